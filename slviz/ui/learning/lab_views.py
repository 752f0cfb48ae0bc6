"""Views of what goes on inside the network: neurons, gradients, weights, activations, numbers, autograd."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.figures.lab_epochs import lab_gradients
from slviz.figures.lab_numbers import activation_curves, activation_table, lab_draws, lab_weighted_sum, lab_weights
from slviz.figures.lab_plane import MOST_NEURONS, lab_neurons
from slviz.lab import measures
from slviz.lab.activations import ACTIVATIONS
from slviz.lab.initialisation import draws
from slviz.lab.training import LabTraining, Moment
from slviz.ui import address, charts, downloads
from slviz.ui.glossary import glossary_link
from slviz.ui.learning import lab_autograd
from slviz.ui.learning.lab_controls import VIEW_WORDS

NEURON_STEPS = 60
FIRST_EPOCHS = (0, 1, 2, 3, 4, 5)
MOST_AFFINE_POINTS = 5
View = Callable[[LabTraining, Moment, str], None]


def show(training: LabTraining, moment: Moment, source: str) -> None:
    """The view of the address; the others compute nothing."""
    st.divider()
    names = {title: name for name, title in VIEW_WORDS.items()}
    VIEWS[names[address.one_of(st.segmented_control, "Look inside", list(names), key="show", ids=names)]](
        training, moment, source
    )


def _chart(name: str, make: Callable[[], Any], table: Callable[[], pd.DataFrame], source: str, *, alt: str) -> None:
    charts.draw(make(), name=name, synthetic=False, alt=alt)
    downloads.menu(name, source=source, figure=make, table=table)


def _table(name: str, table: pd.DataFrame, source: str) -> None:
    numbers = {column: st.column_config.NumberColumn(format="%.6g") for column in table.select_dtypes("float").columns}
    st.dataframe(table, hide_index=True, height=min(38 + 35 * len(table), 420), column_config=numbers, placeholder="")
    downloads.table_button(name, lambda: table, source=source)


def _layer(training: LabTraining, *, hidden_only: bool = False) -> int:
    """A layer, from 0."""
    layers = len(training.setup.widths) + (0 if hidden_only else 1)
    words = [f"layer {number}" for number in range(1, layers + 1)]
    if not hidden_only:
        words[-1] = f"layer {layers}, output"
    ids = {word: str(number) for number, word in enumerate(words, start=1)}
    chosen = address.one_of(st.selectbox, "Layer", words, key="layer", ids=ids, width=180)
    return words.index(chosen)


# --- neurons ----------------------------------------------------------------------------------------------------


def _neurons(training: LabTraining, moment: Moment, source: str) -> None:
    """What each neuron of a layer makes of the plane, and how many are dead."""
    points = training.points
    layer = _layer(training)
    names = list(points.features)
    across = names.index(str(st.session_state.get("across", names[0]))) if len(names) > 2 else 0
    up = names.index(str(st.session_state.get("up", names[-1]))) if len(names) > 2 else len(names) - 1
    plane = measures.grid(points, across=across, up=up, steps=NEURON_STEPS)
    nets = measures.units_on(training, moment.parameters, plane, layer=layer)[:MOST_NEURONS]
    make = partial(
        lab_neurons, plane, nets, [f"neuron {number + 1}" for number in range(len(nets))], x=names[across], y=names[up]
    )
    st.caption(
        "Net input z of each neuron: blue above 0, orange below; the line is its boundary, z = 0. In the first layer "
        "it is straight; in later ones it bends, since they read what earlier neurons give."
    )
    _chart(
        "lab-neurons", make, lambda: _units_table(training, moment), source,
        alt=f"Net inputs of the neurons of layer {layer + 1} all over the plane",
    )  # fmt: skip
    if training.widths[layer + 1] > MOST_NEURONS:
        st.caption(f"The first {MOST_NEURONS} of {training.widths[layer + 1]} neurons are drawn.")
    if training.setup.widths:
        st.markdown(f"**Alive and dead** {glossary_link('Dead neuron')}")
        _table("lab-neurons-alive", _alive_table(training, moment), source)


def _alive_table(training: LabTraining, moment: Moment) -> pd.DataFrame:
    """For each hidden layer how many neurons are dead, and at how many training points the others pass a gradient."""
    shares = measures.active_shares(training, moment)
    return pd.DataFrame(
        {
            "layer": range(1, len(shares) + 1),
            "activation": [activation.title for activation in training.activations],
            "neurons": [len(share) for share in shares],
            "dead": [int((share == 0).sum()) for share in shares],
            "different to the bit": measures.equal_columns(moment.parameters)[:-1],
            "mean share of points with a gradient": [float(share.mean()) for share in shares],
        }
    )


def _units_table(training: LabTraining, moment: Moment) -> pd.DataFrame:
    """Weights, bias and share of active points of every neuron."""
    shares = [*measures.active_shares(training, moment), np.full(training.widths[-1], np.nan)]
    rows = []
    for layer, (weights, bias) in enumerate(zip(moment.parameters.weights, moment.parameters.biases, strict=True)):
        names = measures.input_names(training, layer)
        for unit in range(weights.shape[1]):
            formula = " + ".join(f"{weight:.6g} · {name}" for weight, name in zip(weights[:, unit], names, strict=True))
            rows.append(
                {"layer": layer + 1, "neuron": unit + 1, "net input": f"{formula} + {bias[unit]:.6g}",
                 "share of points with a gradient": shares[layer][unit]}
            )  # fmt: skip
    return pd.DataFrame(rows)


# --- gradients and weights --------------------------------------------------------------------------------------


def _gradients(training: LabTraining, moment: Moment, source: str) -> None:
    """Norms by layer on a log scale, beside every other activation."""
    history = training.history
    others = _norms_by_activation(training) if training.setup.widths else {}
    make = partial(lab_gradients, history, epoch=moment.epoch, by_activation=others)
    weights, biases = measures.gradient_norms(moment.gradients)
    table = pd.DataFrame(
        {
            "layer": range(1, len(weights) + 1),
            f"weights, epoch {moment.epoch}": weights,
            f"biases, epoch {moment.epoch}": biases,
            **{f"weights, {ACTIVATIONS[name].title}, start": norms for name, norms in others.items()},
        }
    )
    st.caption(
        "How long the gradient of each layer is. Thin lines are the same setup with another activation in every hidden "
        "layer, before the first step. A norm of exactly 0 has no place on a log scale; the table has it."
    )
    _chart(
        "lab-gradients", make, lambda: history, source, alt="Norm of the gradient of every layer's weights, log scale"
    )
    _table("lab-gradients-by-layer", table, source)


@st.cache_data(max_entries=32, show_spinner=False)
def _norms_of(words: tuple[str, ...], points: str, _training: LabTraining) -> dict[str, list[float]]:
    return dict(measures.norms_by_activation(_training))


def _norms_by_activation(training: LabTraining) -> dict[str, list[float]]:
    own = f"{training.points.title} {address.value('own')} {address.value('label')}"
    return _norms_of(tuple(training.setup.words()), own, training)


def _weights(training: LabTraining, moment: Moment, source: str) -> None:
    """Histograms of what first weights are drawn from, and of the layers' weights then and now; and all numbers."""
    setup = training.setup
    scale = setup.scale or 1.0
    named = dict.fromkeys(["normal", "uniform", setup.start])
    drawn = {name: draws(name, scale=scale, seed=setup.seed) for name in named}
    st.markdown(f"**10,000 draws** {glossary_link('Initialisation')}")
    _chart(
        "lab-draws", partial(lab_draws, drawn, chosen=setup.start), lambda: pd.DataFrame(drawn), source,
        alt="Histograms of 10,000 draws from initialisations",
    )  # fmt: skip
    first = training.first_parameters()
    epochs = [*(epoch for epoch in FIRST_EPOCHS if epoch <= training.reached)]
    epochs += [moment.epoch] if moment.epoch not in epochs else []
    table = measures.parameter_table(training, epochs)
    st.markdown("**Weights of each layer**")
    _chart(
        "lab-weights", partial(lab_weights, first.weights, moment.parameters.weights, epoch=moment.epoch),
        lambda: measures.parameter_table(training, [moment.epoch]), source,
        alt="Histograms of the weights of every layer, at the start and at this epoch",
    )  # fmt: skip
    st.caption(
        "Every weight and bias in the first epochs and in the one that is shown; w2→3 leads from input 2 to neuron 3."
    )
    _table("lab-parameters", table, source)


# --- activations and numbers ------------------------------------------------------------------------------------


def _activations(training: LabTraining, moment: Moment, source: str) -> None:
    """The curves of all activations and their derivatives, and where the net inputs of the layers lie on them."""
    slope = training.setup.slope
    chosen = [activation.name for activation in training.activations]
    _chart(
        "lab-activations", partial(activation_curves, slope=slope, chosen=chosen),
        lambda: activation_table(slope=slope), source, alt="Activation functions and their derivatives",
    )  # fmt: skip
    st.caption(
        f"Bold: those of this network. Leaky ReLU has slope 1 right of 0 and {slope:g} left of it, with a bend "
        f"between. Adding both parts everywhere, an easy slip, makes it the line {1 + slope:g} z without a bend, and a "
        "network of lines is a line."
    )
    if training.setup.widths:
        _table("lab-net-inputs", _net_table(training, moment), source)


def _net_table(training: LabTraining, moment: Moment) -> pd.DataFrame:
    """Where the net inputs of the training points lie in each hidden layer, and the mean derivative there."""
    rows = []
    for layer, activation in enumerate(training.activations):
        net, outputs = moment.passed.net_inputs[layer], moment.passed.inputs[layer + 1]
        low, middle, high = np.quantile(net, (0.05, 0.5, 0.95))
        derivative = activation.derivative(net, outputs, training.setup.slope)
        rows.append(
            {"layer": layer + 1, "activation": activation.title, "net input, 5 %": low, "median": middle, "95 %": high,
             "mean derivative": float(derivative.mean())}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _numbers(training: LabTraining, moment: Moment, source: str) -> None:
    """One neuron's weighted sum and one layer's affine map, and one point through all operators and back."""
    labels = training.points.of_part("train")[1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = _layer(training)
        width = training.widths[layer + 1]
        units = [str(number) for number in range(1, width + 1)]
        unit = int(address.one_of(st.selectbox, "Neuron", units, key="unit", width=120)) - 1
        point = int(
            address.entry("Training point", key="point", low=1, high=len(labels), default=1, step=1, width=150)
        ) - 1  # fmt: skip
    terms = measures.weighted_sum(training, moment, layer=layer, unit=unit, point=point)
    st.markdown(f"**Weighted sum of neuron {unit + 1}** {glossary_link('Net input')}")
    st.caption("One neuron, one point, one number: every input times its weight, plus the bias.")
    _chart("lab-weighted-sum", partial(lab_weighted_sum, terms), lambda: terms, source, alt="Terms of a weighted sum")
    st.markdown(f"**Affine map of layer {layer + 1}: Z = X W + b** {glossary_link('Affine map')}")
    st.caption(
        f"All {width} neurons of the layer at once, for {MOST_AFFINE_POINTS} training points: a column of Z is the "
        "weighted sum of one neuron, a row is one point."
    )
    _table("lab-affine-map", _affine_table(training, moment, layer), source)
    st.markdown(f"**Forward and backward, operator by operator** {glossary_link('Backpropagation')}")
    st.caption(
        "The point passes through every operator (value), and its own loss goes back by the chain rule "
        "(∂loss/∂value). The class of this point is number "
        f"{int(labels[point]) + 1} of {len(training.points.classes)}."
    )
    _table("lab-chain", measures.chain(training, moment, point=point), source)


def _affine_table(training: LabTraining, moment: Moment, layer: int) -> pd.DataFrame:
    """Inputs and net inputs of some training points, then the weights and the bias, in one table."""
    inputs, net = moment.passed.inputs[layer], moment.passed.net_inputs[layer]
    count = min(MOST_AFFINE_POINTS, len(inputs))
    names = measures.input_names(training, layer)
    rows = [
        {"row": f"point {number + 1}"}
        | {f"x: {name}": value for name, value in zip(names, inputs[number].tolist(), strict=True)}
        | {f"z: neuron {unit + 1}": value for unit, value in enumerate(net[number].tolist())}
        for number in range(count)
    ]
    weights, bias = moment.parameters.weights[layer], moment.parameters.biases[layer]
    rows += [
        {"row": f"W: from {name}"} | {f"z: neuron {unit + 1}": value for unit, value in enumerate(row.tolist())}
        for name, row in zip(names, weights, strict=True)
    ]
    rows.append({"row": "b"} | {f"z: neuron {unit + 1}": value for unit, value in enumerate(bias.tolist())})
    return pd.DataFrame(rows)


def _autograd(training: LabTraining, moment: Moment, source: str) -> None:
    lab_autograd.show(training, moment, source)


VIEWS: dict[str, View] = {
    "neurons": _neurons,
    "gradients": _gradients,
    "weights": _weights,
    "activations": _activations,
    "numbers": _numbers,
    "autograd": _autograd,
}
