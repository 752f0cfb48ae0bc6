"""A structural head beside a trained network: how much each counts, fitted on validation pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        unseen_genes_per_pair=spec.split.unseen_genes_per_pair,
        new_publication=spec.split.new_publication,
        likeness=Likeness.of(graph),
        seed=spec.seed,
    )
    bounds = decoder.get("bounds", np.empty(0, dtype=np.float32))
    seen = SeenPairs.of_training(graph, split)
    if not spec.task.contrasts:
        bounds = np.array([seen.score.min(), seen.score.max()], dtype=np.float32)
    network = raw_decoder(decoder) if decoder else None
    pairs = split.pairs[split.part == "validation"]
    columns = [*head.parts(pairs).T, *([] if network is None else [network.score(embedding, pairs)])]
    constant, *counts = fit_blend(split, spec.task.contrasts, columns, of_validation=True)
    of_network = 0.0 if network is None else counts.pop()
    blend = np.array([constant, of_network, *counts])
    scorer = ViewScorer(head, network, embedding, blend, bounds)
    return scorer, {**decoder, **arrays_of(scorer, seen)}


def fit_blend(
    split: PairSplit, contrasts: tuple[str, ...], columns: Sequence[np.ndarray], *, of_validation: bool = False
) -> Float64[np.ndarray, " numbers"]:
    """A constant and how much each of `columns` counts, none less than nothing, fitted on validation pairs.

    Args:
        split: the division.
        contrasts: kinds of non-pairs that known pairs are told from (logistic regression); none for their
            confidence (least squares).
        columns: raw numbers of all rows of the split, or with `of_validation` of its validation rows.
    """
    rows, weight = _validation(split, contrasts)
    target = (split.actual if contrasts else split.score)[rows].astype(np.float64)
    at = np.searchsorted(np.flatnonzero(split.part == "validation"), rows) if of_validation else rows
    chosen = np.stack([np.ones(len(rows)), *(np.asarray(column, dtype=np.float64)[at] for column in columns)], axis=1)
    return (_logistic if contrasts else _least_squares)(chosen, target, weight)


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
