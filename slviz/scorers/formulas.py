"""The table of formulas: scores of a pair from the training graph alone, with nothing to fit.

Each formula is one row of `FORMULAS`. A new one is a new row here; it then stands as a baseline in the metrics of
every run about pairs. To train it as a run of its own, name it in `slviz/networks/formulas.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Float64, Int64

from slviz.datasets.pair_keys import rows_among
from slviz.evaluation.ranking import ScoreRows
from slviz.scorers.training_graph import TrainingGraph, adjacency_of, low_rank_of

BLOCK = 512
FOLDS = 5


@dataclass(frozen=True)
class Formula:
    """A score of a pair, higher where the pair is more likely to be real.

    Attributes:
        name: what tables call it.
        at_pairs: the scores [N] of pairs [N, 2]; that of a pair of the graph as if it were not in it.
        rows: makes what gives the scores of a block of genes with every gene, over the whole graph.
        needs_interactions: whether it reads `TrainingGraph.interactions`, which a data set need not have.
    """

    name: str
    at_pairs: Callable[[TrainingGraph, Int64[np.ndarray, "pairs 2"]], np.ndarray]
    rows: Callable[[TrainingGraph], ScoreRows]
    needs_interactions: bool = False

    def score(self, graph: TrainingGraph, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """Score of each pair, as single precision numbers."""
        return self.at_pairs(graph, pairs).astype(np.float32)

    def all_pairs(self, graph: TrainingGraph) -> Float32[np.ndarray, "genes genes"]:
        """Score of each gene with each over the whole graph."""
        rows = self.rows(graph)
        scores = np.empty((graph.genes, graph.genes), dtype=np.float32)
        for start in range(0, graph.genes, BLOCK):
            scores[start : start + BLOCK] = rows(start, min(start + BLOCK, graph.genes))
        return scores


def formulas_for(graph: TrainingGraph) -> tuple[Formula, ...]:
    """The formulas that this graph can be asked about, in the order of the tables."""
    has_interactions = graph.interactions is not None
    return tuple(formula for formula in FORMULAS.values() if has_interactions or not formula.needs_interactions)


def paths_of_length_three(graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]) -> Float64[np.ndarray, " rows"]:
    """L3 (Kovács 2019): the sum over paths x–u–v–y of 1 / √(k_u k_v), k the number of partners.

    Walks along the pair itself are taken off, so that a pair of the graph is scored as if it were not in it.
    """
    degree = np.maximum(graph.degree, 1.0)
    score = at_pairs(graph.adjacency @ graph.by_root, graph.adjacency, pairs)
    own = graph.has(pairs)
    x, y = pairs[own].T
    to_neighbours = graph.adjacency @ degree**-0.5  # the sum of 1 / √k over a gene's partners
    # The walks that use x–y itself: first step, last step, or both (counted twice, so given back once).
    back = to_neighbours[y] * degree[y] ** -0.5 + to_neighbours[x] * degree[x] ** -0.5
    score[own] -= back - (degree[x] * degree[y]) ** -0.5
    return np.maximum(score, 0)


def at_pairs(left: sp.csr_array, right: sp.csr_array, pairs: np.ndarray) -> Float64[np.ndarray, " rows"]:
    """Entries of `left @ right` (`right` symmetric) at `pairs`, a block of rows at a time to bound memory."""
    order = np.argsort(pairs[:, 0], kind="stable")
    entries = np.empty(len(pairs))
    starts = np.arange(0, left.shape[0], BLOCK)
    cuts = np.searchsorted(pairs[order, 0], np.append(starts, left.shape[0]))
    for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True):
        if low < high:
            rows = order[low:high]
            product = right @ left[start : start + BLOCK].toarray().T  # [G, block]
            entries[rows] = product[pairs[rows, 1], pairs[rows, 0] - start]
    return entries


def svd_out_of_fold(graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]) -> Float64[np.ndarray, " rows"]:
    """The pair's entry of the rank-16 approximation of the SL matrix; in five folds for pairs of the graph."""
    fold_of = np.random.default_rng(0).permutation(len(graph.pairs)) % FOLDS
    row = rows_among(pairs, graph.pairs, genes=graph.genes)
    own = row >= 0
    scores = np.empty(len(pairs))
    scores[~own] = _approximated(graph.low_rank, pairs[~own])
    for fold in np.unique(fold_of[row[own]]):
        of_fold = np.flatnonzero(own & (fold_of[row] == fold))
        without_fold = adjacency_of(graph.pairs[fold_of != fold], graph.genes)
        scores[of_fold] = _approximated(low_rank_of(without_fold), pairs[of_fold])
    return scores


def _approximated(low_rank: tuple[np.ndarray, np.ndarray], pairs: np.ndarray) -> Float64[np.ndarray, " rows"]:
    values, vectors = low_rank
    return ((vectors[pairs[:, 0]] * values) * vectors[pairs[:, 1]]).sum(axis=1)


def _svd_rows(graph: TrainingGraph) -> ScoreRows:
    values, vectors = graph.low_rank
    return lambda start, stop: ((vectors[start:stop] * values) @ vectors.T).astype(np.float32)


def _max_degree_rows(graph: TrainingGraph) -> ScoreRows:
    degree = graph.degree.astype(np.float32)
    return lambda start, stop: np.maximum(degree[start:stop, None], degree)


def _outer_rows(values: np.ndarray) -> ScoreRows:
    """Rows of the products of one number a gene."""
    numbers = values.astype(np.float32)
    return lambda start, stop: numbers[start:stop, None] * numbers


def _product_rows(left: sp.csr_array, right: sp.csr_array) -> ScoreRows:
    """Rows of `left @ right`, `right` symmetric."""
    return lambda start, stop: (right @ left[start:stop].toarray().T).T.astype(np.float32)


FORMULAS: Mapping[str, Formula] = {
    formula.name: formula
    for formula in (
        Formula("max degree", lambda graph, pairs: graph.without_itself(pairs).max(axis=1), _max_degree_rows),
        Formula(
            "degree product",
            lambda graph, pairs: graph.without_itself(pairs).prod(axis=1),
            lambda graph: _outer_rows(graph.degree),
        ),
        Formula(
            "common neighbours",
            lambda graph, pairs: at_pairs(graph.adjacency, graph.adjacency, pairs),
            lambda graph: _product_rows(graph.adjacency, graph.adjacency),
        ),
        Formula(
            "Adamic–Adar",
            lambda graph, pairs: at_pairs(graph.by_log, graph.adjacency, pairs),
            lambda graph: _product_rows(graph.by_log, graph.adjacency),
        ),
        Formula(
            "L3",
            paths_of_length_three,
            lambda graph: _product_rows(graph.adjacency @ graph.by_root, graph.adjacency),
        ),
        Formula("SVD", svd_out_of_fold, _svd_rows),
        Formula(
            "PPI degree product",
            lambda graph, pairs: graph.interaction_degree[pairs].prod(axis=1),
            lambda graph: _outer_rows(graph.interaction_degree),
            needs_interactions=True,
        ),
    )
}
