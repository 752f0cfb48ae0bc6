"""The pass of a trained GCN or GAT from its stored weights, in NumPy alone, so that its sums can be shown with numbers.

The same formulas as `slviz.networks.encoders` with the layers of torch_geometric; nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from jaxtyping import Float64, Int64
from scipy.special import erf, expit

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting
from slviz.features.scaling import scaled_columns
from slviz.networks import GraphNetwork
from slviz.networks.activations import BATCH
from slviz.networks.model import ATTENTION
from slviz.runs import Run
from slviz.scorers.seen_pairs import untested_rows
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT
from slviz.training.structure import structure_of

SLOPE = 0.2
"""Of the LeakyReLU of attention left of 0 (Veličković 2018)."""
EPSILON = 1e-5
CLOSE = 1e-3
"""Relative to the largest number of the embedding: float32 sums in another order differ by less."""


@dataclass(frozen=True, eq=False)
class LayerPass:
    """What one layer computed. G genes, A edges with every gene's own loop, H heads (1 for GCN), C numbers a head.

    Attributes:
        edges: int64 [2, A], source → target.
        values: float64 [G, H, C], W h: what each gene sends.
        raw: float64 [A, H], GAT: LeakyReLU(a_source · W h_source + a_target · W h_target); None for GCN.
        weight: float64 [A, H]; GCN: 1 / √(d_source d_target), where d counts a gene's edges and its loop; GAT: the
            softmax of `raw` over the edges into each target.
        bias: float64 [H, C].
        summed: float64 [G, H, C], Σ weight · values over the edges into each gene, and the bias.
    """

    edges: Int64[np.ndarray, "2 edges"]
    values: Float64[np.ndarray, "genes heads numbers"]
    raw: Float64[np.ndarray, "edges heads"] | None
    weight: Float64[np.ndarray, "edges heads"]
    bias: Float64[np.ndarray, "heads numbers"]
    summed: Float64[np.ndarray, "genes heads numbers"]

    def into(self, gene: int) -> Int64[np.ndarray, " edges"]:
        """Numbers of the edges into a gene, its loop among them."""
        return np.flatnonzero(self.edges[1] == gene)


@dataclass(frozen=True, eq=False)
class NetworkPass:
    """The pass of a network over its training graph.

    Attributes:
        layers: in their order.
        states: float64 [G, D] each, before the first layer and after each.
        embedding: float64 [G, D].
        off: the largest difference to the embedding that the run stored.
    """

    layers: tuple[LayerPass, ...]
    states: tuple[Float64[np.ndarray, "genes width"], ...]
    embedding: Float64[np.ndarray, "genes width"]
    off: float


def why_not_by_hand(run: Run) -> str:
    """Why the pass of a run is not written out here, as a sentence; "" where it is."""
    if not run.spec.network.layer_formula:
        return (
            f"The sums of '{run.spec.network.name}' with these settings are not written out here: they are for gcn, "
            "gat (v2=false) and adversarial, whose layers are a formula of one line."
        )
    return ""


def pass_by_hand(graph: GeneGraph, run: Run, split: PairSplit, weights: Mapping[str, np.ndarray]) -> NetworkPass:
    """The whole pass of a run's network from its weights, features and training pairs.

    Raises `InvalidSetting` for a network that is not written out here, `DamagedRun` where the weights are those of
    another network or do not give the embedding that the run stored.
    """
    if reason := why_not_by_hand(run):
        raise InvalidSetting(reason)
    network = cast(GraphNetwork, run.spec.network)
    try:
        computed = _pass(
            graph, run, network, split, {name: np.asarray(value, float) for name, value in weights.items()}
        )
    except (KeyError, ValueError) as error:
        raise DamagedRun(f"The weights are not those of run {run.run_id}: {error}. Train it again.") from error
    if computed.off > CLOSE * (1 + np.abs(run.embedding).max()):
        raise DamagedRun(f"The weights of run {run.run_id} do not give its embedding. Train it again.")
    return computed


def _pass(
    graph: GeneGraph, run: Run, network: GraphNetwork, split: PairSplit, weights: Mapping[str, np.ndarray]
) -> NetworkPass:
    pairs, score = _training_pairs(run, split)
    edges = np.concatenate([pairs.T, pairs.T[::-1]], axis=1)
    matrix = run.spec.features.matrix(graph)
    as_they_are = network.raw_features or run.spec.features.has_own_scale(graph)
    features = np.asarray(matrix if as_they_are else scaled_columns(matrix), dtype=np.float64)
    is_bare = "encoder.features.weight" not in weights
    state = features
    if not is_bare:
        bounds = (float(score.min()), float(score.max())) if len(score) else (0.0, 1.0)
        state = _linear(features, weights, "encoder.features")
        if "encoder.structure.weight" in weights:
            structure = structure_of(pairs, score, genes=len(graph), bounds=bounds)
            state = state + _linear(structure.astype(np.float64), weights, "encoder.structure")
        if "encoder.vectors.weight" in weights:
            state = state + weights["encoder.vectors.weight"]
    states, layers = [state], []
    for number in range(network.layers):
        heard = states[-1] if is_bare else _normalised(states[-1], weights, number, network.normalisation)
        layer, change = _layer(network, heard, edges, weights, f"encoder.layers.{number}")
        change = activated(change, network.activation)
        layers.append(layer)
        states.append(states[-1] + change if network.residual and not is_bare else change)
    embedding = states[-1] if is_bare else _linear(np.concatenate(states, axis=1), weights, "encoder.out")
    return NetworkPass(tuple(layers), tuple(states), embedding, float(np.abs(embedding - run.embedding).max()))


def _training_pairs(run: Run, split: PairSplit) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that messages run along, and their scores, as `slviz.training` takes them."""
    rows = untested_rows(split) if run.spec.task.positives == HIT else split.rows("train")
    if run.spec.task.scores_pairs and not run.spec.task.negative_kinds and run.spec.task.positives != HIT:
        rows = rows[~np.isnan(split.score[rows])]
    return split.pairs[rows], np.nan_to_num(split.score[rows])


def _layer(
    network: GraphNetwork, state: np.ndarray, edges: np.ndarray, weights: Mapping[str, np.ndarray], name: str
) -> tuple[LayerPass, np.ndarray]:
    """One layer, and what it adds before the activation."""
    loops = np.arange(len(state))
    with_loops = np.concatenate([edges, np.stack([loops, loops])], axis=1)
    source, target = with_loops
    if network.layer_formula != ATTENTION:
        values = (state @ weights[f"{name}.lin.weight"].T)[:, None, :]  # [G, C] -> [G, 1, C]
        degree = np.bincount(target, minlength=len(state))
        weight = (1 / np.sqrt(degree[source] * degree[target]))[:, None]
        layer = _summed(with_loops, values, None, weight, weights[f"{name}.bias"][None])
        return layer, layer.summed[:, 0]
    name_of = f"{name}.convolution"
    to_source, to_target = weights[f"{name_of}.att_src"][0], weights[f"{name_of}.att_dst"][0]  # [H, C]
    values = (state @ weights[f"{name_of}.lin.weight"].T).reshape(len(state), *to_source.shape)  # [G, HC] -> [G, H, C]
    raw = (values * to_source).sum(axis=2)[source] + (values * to_target).sum(axis=2)[target]
    raw = np.where(raw > 0, raw, SLOPE * raw)
    weight = softmax_by_target(raw, target, genes=len(state))
    layer = _summed(with_loops, values, raw, weight, weights[f"{name_of}.bias"].reshape(to_source.shape))
    side_by_side = layer.summed.reshape(len(state), -1)  # [G, H, C] -> [G, HC]
    return layer, _linear(side_by_side, weights, f"{name}.mix") if f"{name}.mix.weight" in weights else side_by_side


def softmax_by_target(
    raw: Float64[np.ndarray, "edges heads"], target: Int64[np.ndarray, " edges"], *, genes: int
) -> Float64[np.ndarray, "edges heads"]:
    """exp(raw) over its sum, over the edges into each target, head by head."""
    highest = np.full((genes, raw.shape[1]), -np.inf)
    np.maximum.at(highest, target, raw)
    power = np.exp(raw - highest[target])
    total = np.zeros((genes, raw.shape[1]))
    np.add.at(total, target, power)
    return power / total[target]


def _summed(
    edges: np.ndarray, values: np.ndarray, raw: np.ndarray | None, weight: np.ndarray, bias: np.ndarray
) -> LayerPass:
    import scipy.sparse as sp

    source, target = edges
    genes = len(values)
    summed = np.empty_like(values)
    for head in range(values.shape[1]):
        summed[:, head] = sp.csr_array((weight[:, head], (target, source)), shape=(genes, genes)) @ values[:, head]
    return LayerPass(edges, values, raw, weight, bias, summed + bias)


def _linear(numbers: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    return numbers @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normalised(state: np.ndarray, weights: Mapping[str, np.ndarray], number: int, kind: str) -> np.ndarray:
    name = f"encoder.norms.{number}"
    if f"{name}.weight" not in weights:
        return state
    if kind == BATCH:
        mean, variance = weights[f"{name}.running_mean"], weights[f"{name}.running_var"]
    else:
        mean, variance = state.mean(axis=1, keepdims=True), state.var(axis=1, keepdims=True)
    return (state - mean) / np.sqrt(variance + EPSILON) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def activated(numbers: Float64[np.ndarray, "*any"], name: str) -> Float64[np.ndarray, "*any"]:
    """An entry of `slviz.networks.activations.ACTIVATIONS`, as torch has it."""
    if name == "elu":
        return np.where(numbers > 0, numbers, np.expm1(np.minimum(numbers, 0)))
    if name == "relu":
        return np.maximum(numbers, 0)
    if name == "leaky_relu":
        return np.where(numbers > 0, numbers, 0.01 * numbers)
    if name == "gelu":
        return numbers * (1 + erf(numbers / np.sqrt(2))) / 2
    return np.tanh(numbers) if name == "tanh" else expit(numbers)
