"""Looking at a trained network: gradients by layer, dead units, regions, and one neuron with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64

from slviz.lab.activations import ACTIVATIONS
from slviz.lab.network import Parameters, backward, forward, loss_error, mean_loss, predicted, probabilities
from slviz.lab.points import PARTS, LabPoints
from slviz.lab.training import LabTraining, Moment

ROOM = 0.12
"""Room around the points, as a share of their extent."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Places of a plane through the space of features.

    Attributes:
        across, up: the two features, as places in `LabPoints.features`.
        x, y: coordinates, float64 [steps].
        values: all features at every place, float64 [steps · steps, F], row by row from the bottom; features that span
            no axis have the mean of the training part.
    """

    across: int
    up: int
    x: Float64[np.ndarray, " steps"]
    y: Float64[np.ndarray, " steps"]
    values: Float64[np.ndarray, "places features"]


def grid(points: LabPoints, *, across: int = 0, up: int = 1, steps: int = 200) -> Grid:
    """A square grid over the points; a single feature is laid across, and up means nothing then."""
    up = min(up, len(points.features) - 1)
    spans = [points.values[:, axis] for axis in (across, up)]
    low, high = (np.array([measure(span) for span in spans]) for measure in (np.min, np.max))
    room = np.maximum(ROOM * (high - low), 1e-9)
    x, y = (np.linspace(a, b, steps) for a, b in zip(low - room, high + room, strict=True))
    values = np.tile(points.of_part("train")[0].mean(axis=0), (steps * steps, 1))
    values[:, up] = np.repeat(y, steps)
    values[:, across] = np.tile(x, steps)
    return Grid(across, up, x, y, values)


def regions(training: LabTraining, parameters: Parameters, plane: Grid) -> Float64[np.ndarray, "steps steps classes"]:
    """The share of every class at every place of a grid; rows go up."""
    steps = len(plane.x)
    return probabilities(training.logits(parameters, plane.values)).reshape(steps, steps, -1)


def units_on(
    training: LabTraining, parameters: Parameters, plane: Grid, *, layer: int
) -> Float64[np.ndarray, "units steps steps"]:
    """The net input of every unit of a layer (from 0) at every place of a grid; 0 is the unit's boundary."""
    passed = forward(parameters, training.activations, plane.values, slope=training.setup.slope)
    steps = len(plane.x)
    return passed.net_inputs[layer].T.reshape(-1, steps, steps)


def unit_lines(parameters: Parameters, plane: Grid) -> Float64[np.ndarray, "units 2 2"]:
    """The boundary of every unit of the first layer on a grid: two ends (x, y); NaN where it does not cross it.

    A boundary of the first layer is straight: w · x + b = 0.
    """
    weights, bias = parameters.weights[0], parameters.biases[0]
    if plane.across == plane.up:
        return np.full((weights.shape[1], 2, 2), np.nan)
    rest = plane.values[0].copy()
    rest[[plane.across, plane.up]] = 0.0
    constant = bias + rest @ weights
    corners = np.array([(x, y) for x, y in ((0, 0), (-1, 0), (-1, -1), (0, -1))])
    places = np.array([(plane.x[x], plane.y[y]) for x, y in corners])
    values = places @ weights[[plane.across, plane.up]] + constant  # [corners, units]
    lines = np.full((weights.shape[1], 2, 2), np.nan)
    for unit in range(weights.shape[1]):
        ends = []
        for here, there in ((0, 1), (1, 2), (2, 3), (3, 0)):
            first, second = values[here, unit], values[there, unit]
            if (first < 0) != (second < 0):
                ends.append(places[here] + (places[there] - places[here]) * first / (first - second))
        if len(ends) == 2:
            lines[unit] = ends
    return lines


# --- gradients and units ---------------------------------------------------------------------------------------


def gradient_norms(gradients: Parameters) -> tuple[list[float], list[float]]:
    """Euclidean norm of the gradient of each layer's weights, and of its biases, first layer first."""
    norms = [float(np.linalg.norm(array)) for array in gradients.arrays]
    return norms[: len(gradients)], norms[len(gradients) :]


def norms_by_activation(training: LabTraining) -> Mapping[str, list[float]]:
    """Norms of the weights' gradients before the first step, by activation: the same setup with every hidden layer's
    activation replaced, from the same seed."""
    others = {name: replace(training.setup, activation=name, epochs=1) for name in ACTIVATIONS}
    starts = {name: LabTraining(setup, training.points).at(0) for name, setup in others.items()}
    return {name: gradient_norms(moment.gradients)[0] for name, moment in starts.items()}


def active_shares(training: LabTraining, moment: Moment) -> list[Float64[np.ndarray, " units"]]:
    """For each hidden layer and unit the share of training points at which its derivative is not exactly 0."""
    return [
        np.mean(activation.derivative(net, outputs, training.setup.slope) != 0.0, axis=0)
        for activation, net, outputs in zip(
            training.activations, moment.passed.net_inputs[:-1], moment.passed.inputs[1:], strict=True
        )
    ]


def dead_units(training: LabTraining, moment: Moment) -> list[Bool[np.ndarray, " units"]]:
    """Units that no training point can change: their derivative is exactly 0 at every one of them."""
    return [share == 0.0 for share in active_shares(training, moment)]


def equal_columns(parameters: Parameters) -> list[int]:
    """For each layer how many different units it has, compared to the bit: weights and bias of every unit."""
    units = [np.vstack(pair) for pair in zip(parameters.weights, parameters.biases, strict=True)]
    return [np.unique(columns, axis=1).shape[1] for columns in units]


# --- numbers ----------------------------------------------------------------------------------------------------


def point_table(training: LabTraining, moment: Moment) -> pd.DataFrame:
    """Every point with its features, class and part, the class that the network predicts, and the share of each."""
    points = training.points
    logits = training.logits(moment.parameters, points.values)
    shares = probabilities(logits)
    return pd.DataFrame(
        {
            **{name: points.values[:, place] for place, name in enumerate(points.features)},
            "class": [points.classes[label] for label in points.labels],
            "part": [PARTS[part] for part in points.part],
            "predicted": [points.classes[label] for label in predicted(logits)],
            **{f"share of {name}": shares[:, place] for place, name in enumerate(points.classes)},
        }
    )


def parameter_table(training: LabTraining, epochs: Sequence[int]) -> pd.DataFrame:
    """Every weight and bias, a row each, with a column for each of some epochs."""
    moments = [training.at(epoch) for epoch in epochs]
    rows: dict[str, list[object]] = {"layer": [], "parameter": []}
    for layer, weights in enumerate(moments[0].parameters.weights):
        inputs, units = weights.shape
        names = [f"w{source + 1}→{unit + 1}" for source in range(inputs) for unit in range(units)]
        names += [f"b{unit + 1}" for unit in range(units)]
        rows["layer"] += [layer + 1] * len(names)
        rows["parameter"] += names
    columns = {
        f"epoch {moment.epoch:,}": np.concatenate(
            [
                array.ravel()
                for pair in zip(moment.parameters.weights, moment.parameters.biases, strict=True)
                for array in pair
            ]
        )
        for moment in moments
    }
    return pd.DataFrame({**rows, **columns})


def weighted_sum(training: LabTraining, moment: Moment, *, layer: int, unit: int, point: int) -> pd.DataFrame:
    """One neuron's net input for one training point, term by term: input, weight and product; then bias and sum."""
    inputs = moment.passed.inputs[layer][point]
    weights, bias = moment.parameters.weights[layer][:, unit], moment.parameters.biases[layer][unit]
    names = input_names(training, layer)
    terms = pd.DataFrame({"term": names, "input": inputs, "weight": weights, "input · weight": inputs * weights})
    bias_row = pd.DataFrame({"term": ["bias"], "input": [1.0], "weight": [bias], "input · weight": [bias]})
    total = moment.passed.net_inputs[layer][point, unit]
    total_row = pd.DataFrame(
        {"term": ["net input z"], "input": [np.nan], "weight": [np.nan], "input · weight": [total]}
    )
    return pd.concat([terms, bias_row, total_row], ignore_index=True)


def input_names(training: LabTraining, layer: int) -> list[str]:
    """What a layer (from 0) reads: the features, or the neurons of the layer before."""
    if layer == 0:
        return list(training.points.features)
    return [f"neuron {number + 1} of layer {layer}" for number in range(training.widths[layer])]


def chain(training: LabTraining, moment: Moment, *, point: int) -> pd.DataFrame:
    """One training point through every operator: the value forward, the derivative of its own loss backward.

    A row for every number that an operator gives: `operator`, `value` and `∂loss/∂value`.
    """
    values, labels = training.points.of_part("train")
    values, labels = values[[point]], labels[[point]]
    slope = training.setup.slope
    passed = forward(moment.parameters, training.activations, values, slope=slope)
    error = loss_error(passed.logits, labels)
    rows: list[dict[str, object]] = []
    last = len(moment.parameters) - 1
    errors = [error]
    for layer in range(last, 0, -1):
        before = errors[-1] @ moment.parameters.weights[layer].T
        activation = training.activations[layer - 1]
        derivative = activation.derivative(passed.net_inputs[layer - 1], passed.inputs[layer], slope)
        errors += [before, before * derivative]
    errors.reverse()  # ∂loss/∂z of layer 1, ∂loss/∂a of layer 1, ∂loss/∂z of layer 2, …
    place = 0
    for layer in range(last + 1):
        rows += _numbers(f"z = x W + b, layer {layer + 1}", passed.net_inputs[layer], errors[place])
        place += 1
        if layer < last:
            title = f"a = {training.activations[layer].title}(z), layer {layer + 1}"
            rows += _numbers(title, passed.inputs[layer + 1], errors[place])
            place += 1
    shares = probabilities(passed.logits)
    if shares.shape[1] == 2:
        share, label = shares[0, 1], int(labels[0])
        slope_here = (share - label) / max(share * (1.0 - share), 1e-300)
        rows += _numbers("p = logistic(z)", shares[:, 1:], np.array([[slope_here]]))
    rows += _numbers("loss = −log p of its class", np.array([[mean_loss(passed.logits, labels)]]), np.ones((1, 1)))
    return pd.DataFrame(rows)


def _numbers(operator: str, values: np.ndarray, errors: np.ndarray) -> list[dict[str, object]]:
    several = values.shape[1] > 1
    return [
        {"operator": f"{operator}, neuron {unit + 1}" if several else operator, "value": value, "∂loss/∂value": error}
        for unit, (value, error) in enumerate(zip(values[0].tolist(), errors[0].tolist(), strict=True))
    ]


def numeric_gradients(training: LabTraining, moment: Moment, *, step: float = 1e-6) -> Parameters:
    """The gradients by central differences of the loss: slow, and independent of the backward pass."""
    values, labels = training.points.of_part("train")
    arrays = [array.copy() for array in moment.parameters.arrays]
    slopes = [np.empty_like(array) for array in arrays]
    for array, slope in zip(arrays, slopes, strict=True):
        for place in np.ndindex(array.shape):
            kept, ends = array[place], []
            for shift in (step, -step):
                array[place] = kept + shift
                ends.append(mean_loss(training.logits(Parameters.of(arrays), values), labels))
            array[place] = kept
            slope[place] = (ends[0] - ends[1]) / (2 * step)
    return Parameters.of(slopes)


def gradients_by_hand(training: LabTraining, parameters: Parameters) -> Parameters:
    """The gradients of the training loss at some parameters, by the backward pass written here."""
    values, labels = training.points.of_part("train")
    slope = training.setup.slope
    passed = forward(parameters, training.activations, values, slope=slope)
    return backward(parameters, training.activations, passed, loss_error(passed.logits, labels), slope=slope)
