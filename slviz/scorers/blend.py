"""Fitting what scores pairs beside or without a network: how much each side counts, by validation pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.scorers.blend_scorer import Blend, BlendScorer, raw_decoder
from slviz.scorers.formula_scorer import FormulaScorer
from slviz.scorers.formulas import FORMULAS
from slviz.scorers.head import RATIO, fit_head, fit_head_on_tests, weights
from slviz.scorers.seen_pairs import SeenPairs
from slviz.scorers.similarity import Similarity
from slviz.scorers.tested_before import none_below_zero
from slviz.scorers.tested_pairs import Tests
from slviz.scorers.training_graph import TrainingGraph
from slviz.splits import PairSplit, Split
from slviz.splits.pair_split import NO_HIT, POPULARITY_MATCHED, TESTED

SMALLEST_PENALTY = 1e-6
OF_TESTS = (NO_HIT,)
"""What tells hits apart: the pairs that were tested and are none."""


def fit_blend_scorer(
    graph: GeneGraph,
    split: PairSplit,
    *,
    negative_kinds: tuple[str, ...],
    protocol: Split,
    seed: int,
    embedding: Float32[np.ndarray, "genes width"],
    decoder: Mapping[str, np.ndarray] | None = None,
    views: tuple[str, ...],
    negatives_per_pair: int = 0,
    new_publication: bool | None = None,
    weighed_by: Tests | None = None,
) -> tuple[BlendScorer, dict[str, np.ndarray]]:
    """A structural head fitted and added to an embedding; what scores pairs, and the arrays that a run stores for it.

    Args:
        graph: the data set.
        split: only its training and validation pairs are read.
        negative_kinds: kinds of negatives that known pairs are told from; none to predict their confidence.
        protocol: what held-out pairs are, which the inner folds imitate.
        seed: of the folds, the negatives and the trees.
        embedding: of the trained network; of no meaning for the head alone.
        decoder: arrays of the trained decoder; None for the head alone.
        views: what the trees may look at.
        negatives_per_pair: how many the trees tell each known pair from, of all kinds; 0: `RATIO` of each kind.
        new_publication: whether inner folds are whole publications; as the protocol says when left out.
        weighed_by: tests by which it is fitted how much each side counts; validation pairs when left out.
    """
    if negative_kinds == OF_TESTS:
        head, seen = fit_head_on_tests(graph, split, views=views, seed=seed)
    else:
        head = fit_head(
            graph,
            split,
            negative_kinds=negative_kinds,
            views=views,
            unseen_genes_per_pair=protocol.unseen_genes_per_pair,
            unseen_shares=protocol.unseen_shares(split),
            new_publication=protocol.new_publication if new_publication is None else new_publication,
            similarity=Similarity.of(graph),
            ratio=max(1, round(negatives_per_pair / len(negative_kinds))) if negatives_per_pair else RATIO,
            seed=seed,
        )
        seen = SeenPairs.of_training(graph, split)
    network = raw_decoder(decoder) if decoder else None
    pairs = split.pairs[_may_blend(split)] if weighed_by is None else weighed_by.pairs
    columns = [*head.parts(pairs).T, *([] if network is None else [network.score(embedding, pairs)])]
    if weighed_by is None:
        constant, *counts = fit_blend(split, negative_kinds, columns, of_validation=True).tolist()
    else:
        hit, weight = weighed_by.hit.astype(np.float64), weighed_by.balanced()
        constant, *counts = none_below_zero(np.column_stack(columns), hit, weight).tolist()
    of_network = 0.0 if network is None else counts.pop()
    blend = Blend(constant, of_network, dict(zip(head.part_names, counts, strict=True)))
    scorer = BlendScorer(head, network, embedding, blend, bounds_of(seen, negative_kinds))
    return scorer, {**(decoder or {}), **scorer.arrays(seen)}


def fit_formula_scorer(
    graph: GeneGraph, split: PairSplit, *, formula: str, negative_kinds: tuple[str, ...]
) -> tuple[FormulaScorer, dict[str, np.ndarray]]:
    """A formula over the training pairs, brought to the scale of a score; and the arrays that a run stores for it."""
    seen = SeenPairs.of_training(graph, split)
    of_training = TrainingGraph(seen.pairs, len(graph), interactions=graph.interactions)
    bounds = bounds_of(seen, negative_kinds)
    plain = FormulaScorer(FORMULAS[formula], of_training, 0.0, 1.0, bounds)
    constant, weight = fit_blend(split, negative_kinds, [plain.raw(split.pairs)]).tolist()
    scorer = FormulaScorer(FORMULAS[formula], of_training, constant, weight, bounds)
    return scorer, scorer.arrays()


def bounds_of(seen: SeenPairs, negative_kinds: tuple[str, ...]) -> Float32[np.ndarray, " bounds"]:
    """Lowest and highest confidence of the training pairs; empty for a score from 0 to 1."""
    limits = [] if negative_kinds else [seen.score.min(), seen.score.max()]
    return np.array(limits, dtype=np.float32)


def fit_blend(
    split: PairSplit, negative_kinds: tuple[str, ...], columns: Sequence[np.ndarray], *, of_validation: bool = False
) -> Float64[np.ndarray, " numbers"]:
    """A constant and how much each of `columns` counts, none less than nothing, fitted on validation pairs.

    Args:
        split: which pairs are learnt from and evaluated.
        negative_kinds: kinds of negatives that known pairs are told from (logistic regression); none for their
            confidence (least squares).
        columns: raw numbers of all rows of the split, or with `of_validation` of the rows of `_may_blend`.
    """
    rows, weight = _validation(split, negative_kinds)
    target = (split.actual if negative_kinds else split.score)[rows].astype(np.float64)
    at = np.searchsorted(_may_blend(split), rows) if of_validation else rows
    chosen = np.stack([np.ones(len(rows)), *(np.asarray(column, dtype=np.float64)[at] for column in columns)], axis=1)
    return (_logistic if negative_kinds else _least_squares)(chosen, target, weight)


def _may_blend(split: PairSplit) -> Int64[np.ndarray, " rows"]:
    """Rows of validation pairs that a blend may be fitted on; popularity-matched negatives evaluate and no more."""
    return np.flatnonzero((split.part == "validation") & (split.negative_kind != POPULARITY_MATCHED))


def _validation(split: PairSplit, negative_kinds: tuple[str, ...]) -> tuple[np.ndarray, Float64[np.ndarray, " rows"]]:
    """Rows that the blend is fitted on and their weights: those that the head was fitted with."""
    if negative_kinds == OF_TESTS:
        return _validation_tests(split)
    known = split.rows("validation")
    if not negative_kinds:
        known = known[~np.isnan(split.score[known])]
        return known, np.ones(len(known))
    others = {kind: split.rows("validation", kind) for kind in negative_kinds}
    counted = weights(len(known), {kind: len(rows) for kind, rows in others.items()})
    return np.concatenate([known, *others.values()]), counted


def _validation_tests(split: PairSplit) -> tuple[np.ndarray, Float64[np.ndarray, " rows"]]:
    """Rows of the tests that validate, each screen balanced."""
    rows = np.flatnonzero((split.part == "validation") & np.isin(split.negative_kind, TESTED))
    weight = Tests.of(split, "validation").balanced()
    return rows, weight * len(rows)


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
    minimum = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None)] + [(0, None)] * (count - 1))
    return np.asarray(minimum.x, dtype=np.float64)
