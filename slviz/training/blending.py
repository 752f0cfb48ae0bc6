"""A structural head beside a trained network: how much each counts, fitted on validation pairs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32, Float64

from slviz.datasets import GeneGraph
from slviz.features.likeness import VIEWS, Likeness
from slviz.runs import RunSpec
from slviz.scoring import ViewScorer, arrays_of, raw_decoder
from slviz.splits import PairSplit
from slviz.structure import SeenPairs, fit_head
from slviz.structure.head import weights
from slviz.tasks import PairTask

SMALLEST_PENALTY = 1e-6


def with_head(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    *,
    decoder: Mapping[str, np.ndarray],
    embedding: Float32[np.ndarray, "genes width"],
) -> tuple[ViewScorer, dict[str, np.ndarray]]:
    """The head fitted and added to the network; what scores pairs, and the arrays that a run stores for it.

    Args:
        graph, spec, split: of the run; its task is about pairs. Only training and validation pairs are read.
        decoder: arrays of the trained decoder; empty for the head alone.
        embedding: of the trained network.
    """
    assert isinstance(spec.task, PairTask)
    head = fit_head(
        graph,
        split,
        contrasts=spec.task.contrasts,
        views=getattr(spec.network, "views", VIEWS),
        unseen_ends=spec.split.unseen_ends,
        likeness=Likeness.of(graph),
        seed=spec.seed,
    )
    bounds = decoder.get("bounds", np.empty(0, dtype=np.float32))
    seen = SeenPairs.of_training(graph, split)
    if not spec.task.contrasts:
        bounds = np.array([seen.score.min(), seen.score.max()], dtype=np.float32)
    network = raw_decoder(decoder) if decoder else None
    alone = ViewScorer(head, network, embedding, np.array([0.0, 1.0, 0.0]), bounds)
    rows, weight = _validation(split, spec.task.contrasts)
    pairs = split.pairs[rows]
    columns = [np.ones(len(rows)), head.raw(pairs)]
    if network is not None:
        columns.append(network.score(embedding, pairs).astype(np.float64))
    target = split.actual[rows] if spec.task.contrasts else split.score[rows]
    fit = _logistic if spec.task.contrasts else _least_squares
    blend = np.zeros(3)
    blend[: len(columns)] = fit(np.stack(columns, axis=1), target.astype(np.float64), weight)
    scorer = ViewScorer(alone.head, network, embedding, blend, bounds)
    return scorer, {**decoder, **arrays_of(scorer, seen)}


def _validation(split: PairSplit, contrasts: tuple[str, ...]) -> tuple[np.ndarray, Float64[np.ndarray, " rows"]]:
    """Rows that the blend is fitted on and their weights: those that the head was fitted with."""
    known = split.rows("validation")
    if not contrasts:
        known = known[~np.isnan(split.score[known])]
        return known, np.ones(len(known))
    others = {kind: split.rows("validation", kind) for kind in contrasts}
    counted = weights(len(known), {kind: len(rows) for kind, rows in others.items()})
    return np.concatenate([known, *others.values()]), counted


def _logistic(columns: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Float64[np.ndarray, " columns"]:
    """Weights of a logistic regression, none below 0 but the first's; what would be is left out."""
    from scipy.optimize import minimize

    def loss(blend: np.ndarray) -> tuple[float, np.ndarray]:
        raw = columns @ blend
        slope = weight * (0.5 * (1 + np.tanh(raw / 2)) - target)
        value = np.sum(weight * (np.logaddexp(0, raw) - target * raw)) + SMALLEST_PENALTY * np.sum(blend**2)
        return float(value), columns.T @ slope + 2 * SMALLEST_PENALTY * blend

    return _bounded(loss, columns.shape[1], minimize)


def _least_squares(columns: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Float64[np.ndarray, " columns"]:
    from scipy.optimize import minimize

    def loss(blend: np.ndarray) -> tuple[float, np.ndarray]:
        miss = columns @ blend - target
        return float(np.sum(weight * miss**2)), 2 * columns.T @ (weight * miss)

    return _bounded(loss, columns.shape[1], minimize)


def _bounded(loss, count: int, minimize) -> Float64[np.ndarray, " columns"]:
    start = np.zeros(count)
    start[1] = 1.0
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None)] + [(0, None)] * (count - 1))
    return np.asarray(found.x, dtype=np.float64)
