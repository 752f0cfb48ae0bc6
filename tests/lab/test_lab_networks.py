"""The lab's networks: gradients by hand, and the phenomena that small networks are looked at for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from slviz.errors import InvalidSetting, TrainingDiverged, UnknownChoice
from slviz.lab import measures
from slviz.lab.activations import ACTIVATIONS
from slviz.lab.autograd import Beside, beside_autograd
from slviz.lab.initialisation import INITIALISATIONS, draws
from slviz.lab.network import loss_error, mean_loss, predicted, probabilities
from slviz.lab.points import PARTS, lab_points
from slviz.lab.presets import PRESETS, preset
from slviz.lab.setup import LabSetup, setup_from_words
from slviz.lab.steps import LAB_OPTIMISERS
from slviz.lab.training import LabTraining

DEEP = {"hidden": "3, 3, 3, 3", "scale": 0.01, "rate": 0.01, "epochs": 1, "seed": 102}


def trained(setup: LabSetup) -> LabTraining:
    training = LabTraining(setup, lab_points(setup))
    training.advance()
    return training


def first_norms(**settings: object) -> list[float]:
    training = LabTraining(setup := LabSetup(**{**DEEP, **settings}), lab_points(setup))
    return measures.gradient_norms(training.at(0).gradients)[0]


# --- gradients by hand -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("points", ["moons", "spirals"])
def test_gradients_by_hand_are_those_of_autograd(activation: str, points: str) -> None:
    setup = LabSetup(points=points, hidden="6, 4", activation=activation, slope=0.1, scale=0.7, rate=0.1, epochs=20)
    beside = beside_autograd(trained(setup), epoch=7)
    assert beside.epoch == 7
    assert len(beside.gradients) == 6
    assert beside.largest < 1e-6
    assert beside.largest_parameter < 1e-6
    assert all(layer.by_hand > 0 for layer in beside.gradients)
    assert Beside.from_json(beside.to_json()) == beside


def test_gradients_by_hand_are_those_of_differences() -> None:
    setup = LabSetup(hidden="4, 3", activation="tanh, elu", rate=0.2, epochs=5)
    training = trained(setup)
    moment = training.at(3)
    numeric = measures.numeric_gradients(training, moment)
    for hand, slow in zip(moment.gradients.arrays, numeric.arrays, strict=True):
        assert np.abs(hand - slow).max() < 1e-8


@pytest.mark.parametrize("optimiser", LAB_OPTIMISERS)
def test_an_optimiser_steps_as_torch_does(optimiser: str) -> None:
    setup = LabSetup(hidden="4", optimiser=optimiser, rate=0.05, epochs=30)
    beside = beside_autograd(trained(setup))
    assert beside.largest_parameter < 1e-9
    assert beside.loss_by_hand == pytest.approx(beside.loss_by_autograd, abs=1e-10)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_that_of_torch(name: str) -> None:
    z = np.linspace(-10, 10, 401)
    theirs = {
        "logistic": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, 0.1),
        "elu": torch.nn.functional.elu,
    }[name](torch.tensor(z))
    value = ACTIVATIONS[name].value(z, 0.1)
    assert np.abs(value - theirs.numpy()).max() < 1e-15
    numeric = (ACTIVATIONS[name].value(z + 1e-6, 0.1) - ACTIVATIONS[name].value(z - 1e-6, 0.1)) / 2e-6
    smooth = z != 0  # a bend has two slopes
    assert np.abs(ACTIVATIONS[name].derivative(z, value, 0.1) - numeric)[smooth].max() < 1e-8


def test_a_leaky_relu_has_a_bend_and_is_not_the_line_of_the_text() -> None:
    z = np.array([-2.0, -1.0, 1.0, 2.0])
    assert np.allclose(ACTIVATIONS["leaky_relu"].value(z, 0.1), [-0.2, -0.1, 1.0, 2.0])
    assert not np.allclose(ACTIVATIONS["leaky_relu"].value(z, 0.1), 1.1 * z)


def test_loss_and_shares_stand_very_large_logits() -> None:
    logits, labels = np.array([[800.0], [-800.0], [800.0]]), np.array([1, 0, 0])
    assert mean_loss(logits, labels) == pytest.approx(800 / 3)
    several = np.array([[900.0, 0.0, -900.0]])
    assert probabilities(several).tolist() == [[1.0, 0.0, 0.0]]
    assert mean_loss(several, np.array([1])) == pytest.approx(900.0)
    assert np.isfinite(loss_error(several, np.array([1]))).all()


# --- the phenomena -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"activation": "logistic", "bias": 1.0}, (7e-11, 2e-8, 5e-6, 2e-3, 0.29)),
        ({"activation": "relu", "bias": 1.0}, (5e-8, 3e-6, 2e-4, 1e-2, 0.40)),
        ({"activation": "leaky_relu", "bias": -8.0}, (2.3e-16, 1.9e-13, 1.7e-9, 1.2e-5, 0.070)),
    ],
)
def test_gradients_fall_layer_by_layer_as_they_did_in_the_text(
    settings: dict[str, object], expected: tuple[float, ...]
) -> None:
    norms = first_norms(**settings)
    assert np.abs(np.log10(norms) - np.log10(expected)).max() < 1
    assert norms == sorted(norms)


def test_relu_relieves_vanishing_gradients_and_does_not_cure_them() -> None:
    logistic, relu = first_norms(activation="logistic", bias=1.0), first_norms(activation="relu", bias=1.0)
    assert 1e9 < logistic[-1] / logistic[0] < 1e11
    assert 1e6 < relu[-1] / relu[0] < 1e9  # the text says that it has none of it


def test_dead_units_are_all_dead_and_then_alive() -> None:
    dead, cure = (trained(dataclasses.replace(preset(name).setup, epochs=20)) for name in ("dead-relu", "cure"))
    for epoch in (0, 20):
        assert all(units.all() for units in measures.dead_units(dead, dead.at(epoch)))
        assert not any(units.any() for units in measures.dead_units(cure, cure.at(epoch)))
    weights, biases = measures.gradient_norms(dead.at(0).gradients)
    assert weights == [0.0] * 5
    assert biases[:-1] == [0.0] * 4
    assert biases[-1] > 0.1  # dead as it is, the last bias still learns
    assert dead.history["train_loss"].iloc[-1] < dead.history["train_loss"].iloc[0]
    assert all(norm > 0 for norm in measures.gradient_norms(cure.at(0).gradients)[0])


def test_elu_at_that_bias_is_worse_than_leaky_relu() -> None:
    elu, leaky = (first_norms(activation=name, bias=-8.0) for name in ("elu", "leaky_relu"))
    assert elu[0] < leaky[0] / 1000


@pytest.mark.parametrize("hidden", ["5", "7, 3", "13", "64"])
def test_a_zero_start_keeps_columns_equal_to_the_bit(hidden: str) -> None:
    training = trained(LabSetup(start="zeros", hidden=hidden, rate=0.2, epochs=300))
    assert training.history["train_loss"].iloc[0] == pytest.approx(np.log(2), abs=1e-12)
    for epoch in (1, 5, 300):
        parameters = training.at(epoch).parameters
        assert measures.equal_columns(parameters)[:-1] == [1] * len(training.setup.widths)
        for weights in parameters.weights[1:]:
            assert len(np.unique(weights, axis=0)) == 1


def test_a_zero_start_learns_after_all_a_straight_boundary() -> None:
    training = trained(preset("zero-start").setup)
    first, last = training.history.iloc[5], training.history.iloc[-1]
    assert first["train_loss"] == pytest.approx(0.693, abs=0.002)  # where the text stops
    assert last["train_loss"] < 0.46
    assert training.measures(training.at(2000))["test"][1] > 0.74
    assert measures.equal_columns(training.at(2000).parameters)[0] == 1
    values, labels = training.points.of_part("train")
    line = LogisticRegression().fit(values, labels).predict(training.points.values)
    ours = predicted(training.logits(training.at(2000).parameters, training.points.values))
    assert np.mean(ours == line) > 0.98


def test_accuracy_counts_equal_classes_so_that_the_best_epoch_is_no_longer_the_first() -> None:
    training = trained(LabSetup())
    assert training.best_epoch > 10
    start, best = (training.measures(training.at(epoch))["test"][1] for epoch in (1, training.best_epoch))
    assert best >= 0.76
    assert best > start + 0.1
    moment = training.at(training.best_epoch)
    values, labels = training.points.of_part("test")
    shares = probabilities(training.logits(moment.parameters, values))
    assert best == pytest.approx(np.mean((shares[:, 1] >= 0.5) == labels))


def test_few_noisy_points_and_many_neurons_over_fit() -> None:
    history = trained(preset("over-fitting").setup).history
    lowest = history["validation_loss"].idxmin()
    assert lowest < 100
    assert history["validation_loss"].iloc[-1] > 1.5 * history["validation_loss"].min()
    assert history["train_loss"].iloc[-1] < 0.3 * history["train_loss"].iloc[lowest]


def test_noise_costs_accuracy_and_iris_is_learnt() -> None:
    reached = {}
    for noise in (0.0, 0.1, 0.5):
        training = trained(LabSetup(noise=noise))
        reached[noise] = training.measures(training.at(training.best_epoch))["test"][1]
    assert reached[0.0] > 0.80
    assert 0.74 < reached[0.5] < 0.87
    assert reached[0.5] < reached[0.1]
    iris = trained(preset("iris").setup)
    assert iris.points.outputs == 3
    assert iris.measures(iris.at(iris.best_epoch))["test"][1] > 0.9


# --- how a training is kept ------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", ["descent", "adam"])
def test_any_epoch_is_at_hand_with_the_same_bits_however_it_was_reached(optimiser: str) -> None:
    setup = LabSetup(hidden="4, 3", optimiser=optimiser, rate=0.1, epochs=137)
    whole, bit_by_bit = trained(setup), LabTraining(setup, lab_points(setup))
    seen = {}
    while not bit_by_bit.finished:
        bit_by_bit.advance(epochs=10)
        seen[bit_by_bit.reached] = bit_by_bit.at(bit_by_bit.reached)
    pd.testing.assert_frame_equal(whole.history, bit_by_bit.history)
    for epoch, moment in seen.items():
        again = whole.at(epoch)
        assert all(np.array_equal(a, b) for a, b in zip(moment.parameters.arrays, again.parameters.arrays, strict=True))
        norms = measures.gradient_norms(again.gradients)[0]
        assert norms == pytest.approx(whole.history.loc[epoch, [f"weights_{n}" for n in (1, 2, 3)]].tolist())


def test_a_diverging_training_stops_and_keeps_what_it_reached() -> None:
    training = trained(LabSetup(hidden="16, 16", activation="relu", start="kaiming", rate=1000.0))
    assert isinstance(training.diverged, TrainingDiverged)
    assert training.finished
    assert training.reached < 100
    assert np.isfinite(training.history.to_numpy()).all()
    assert training.at(training.reached).parameters.is_finite()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"hidden": "10000"}, "10000 neurons.*1 to 64"),
        ({"hidden": "9" * 5000}, "1 to 64"),
        ({"hidden": "5, 0"}, "layer of 0 neurons"),
        ({"hidden": "five"}, "'five' is no number of neurons"),
        ({"hidden": "1 " * 9}, "9 hidden layers are too many"),
        ({"hidden": "3, 3", "activation": "relu, tanh, elu"}, "3 activations for 2 hidden layers"),
        ({"hidden": "64, 64, 64", "epochs": 10_000}, "more than the lab computes"),
        ({"noise": -0.1}, "outside the range"),
        ({"rate": float("nan")}, "not a finite number"),
        ({"points": "donuts"}, "not one of: moons"),
    ],
)
def test_an_impossible_setting_ends_in_a_sentence(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        LabSetup(**settings)


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(UnknownChoice, match="Did you mean 'relu'"):
        LabSetup(activation="rlu")
    with pytest.raises(UnknownChoice, match="zero-start"):
        preset("zero-stat")
    with pytest.raises(InvalidSetting, match="noise"):
        setup_from_words(["nose=1"])


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_words_and_trains(name: str) -> None:
    setup = PRESETS[name].setup
    assert setup_from_words(setup.words()) == setup
    assert trained(dataclasses.replace(setup, epochs=3)).reached == 3


def test_parts_are_those_of_the_text_and_draws_those_of_their_distribution() -> None:
    points = lab_points(LabSetup())
    assert [len(points.of_part(part)[1]) for part in PARTS] == [640, 160, 200]
    spread = {name: draws(name, scale=2.0, seed=0).std() for name in INITIALISATIONS}
    assert spread["normal"] == pytest.approx(2.0, rel=0.05)
    assert spread["uniform"] == pytest.approx(2 / 3**0.5, rel=0.05)
    assert spread["zeros"] == spread["constant"] == 0.0
    assert len(draws("uniform", scale=1.0, seed=0)) == 10_000


# --- its numbers ------------------------------------------------------------------------------------------------


def test_a_weighted_sum_adds_up_and_is_a_column_of_the_affine_map() -> None:
    training = trained(LabSetup(epochs=30))
    moment = training.at(30)
    for layer in (0, 1):
        terms = measures.weighted_sum(training, moment, layer=layer, unit=0, point=4)["input · weight"].to_numpy()
        assert terms[:-1].sum() == pytest.approx(terms[-1])
        whole = moment.passed.inputs[layer] @ moment.parameters.weights[layer] + moment.parameters.biases[layer]
        assert terms[-1] == pytest.approx(whole[4, 0])


def test_the_chain_of_one_point_is_what_autograd_finds_for_its_loss() -> None:
    training = trained(LabSetup(hidden="3", epochs=10))
    moment = training.at(10)
    table = measures.chain(training, moment, point=2).set_index("operator")
    values, labels = training.points.of_part("train")
    first, second, bias_1, bias_2 = (torch.tensor(array) for array in moment.parameters.arrays)
    z = (torch.tensor(values[[2]]) @ first + bias_1).requires_grad_()
    hidden = torch.sigmoid(z)
    hidden.retain_grad()
    share = torch.sigmoid(hidden @ second + bias_2)
    share.retain_grad()
    loss = torch.nn.functional.binary_cross_entropy(share[:, 0], torch.tensor(labels[[2]]).double())
    loss.backward()
    for unit in range(3):
        row = table.loc[f"z = x W + b, layer 1, neuron {unit + 1}"]
        assert row["∂loss/∂value"] == pytest.approx(z.grad[0, unit].item())
        assert table.loc[f"a = logistic(z), layer 1, neuron {unit + 1}", "∂loss/∂value"] == pytest.approx(
            hidden.grad[0, unit].item()
        )
    assert table.loc["p = logistic(z)"].tolist() == pytest.approx([share.item(), share.grad.item()])
    assert table.loc["loss = −log p of its class", "value"] == pytest.approx(loss.item())


def test_regions_and_boundaries_are_those_of_the_points() -> None:
    training = trained(LabSetup(epochs=50))
    parameters = training.at(50).parameters
    plane = measures.grid(training.points, steps=40)
    share = measures.regions(training, parameters, plane)
    units = measures.units_on(training, parameters, plane, layer=0)
    assert share.shape == (40, 40, 2)
    assert units.shape == (5, 40, 40)
    place = np.array([[plane.x[30], plane.y[7]]])
    assert share[7, 30, 1] == pytest.approx(probabilities(training.logits(parameters, place))[0, 1])
    expected = place[0] @ parameters.weights[0][:, 3] + parameters.biases[0][3]
    assert units[3, 7, 30] == pytest.approx(expected)


def test_no_torch_is_needed_to_train_and_look() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from slviz.lab import measures, presets, points, training as t; s = presets.preset('iris').setup;"
        "x = t.LabTraining(s, points.lab_points(s)); x.advance(epochs=2); measures.dead_units(x, x.at(2));"
        "assert not {'torch', 'sklearn', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
