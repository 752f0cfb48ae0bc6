"""Scores of pairs from the training graph alone: degrees, paths of two and three steps, a truncated SVD."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.splits.negatives import pair_keys

BLOCK = 512
RANK = 16
FOLDS = 5

ScoreRows = Callable[[int, int], Float32[np.ndarray, "block genes"]]


class TrainingGraph:
    """The known pairs that may be learnt from, as an undirected graph of all genes; each pair once.

    A score at a pair of the graph is computed as if that pair were not in it; rows of scores are over the
    whole graph, for pairs that are not in it.
    """

    def __init__(self, pairs: Int64[np.ndarray, "pairs 2"], genes: int) -> None:
        self.pairs = pairs
        self.genes = genes
        self.adjacency = adjacency_of(pairs, genes)
        self.degree: Int64[np.ndarray, " genes"] = np.bincount(pairs.ravel(), minlength=genes)

    @cached_property
    def by_root(self) -> sp.csr_array:
        """D^-½ A D^-½, float64 [G, G]."""
        root = sp.diags_array(np.maximum(self.degree, 1.0) ** -0.5)
        return sp.csr_array(root @ self.adjacency @ root)

    @cached_property
    def by_log(self) -> sp.csr_array:
        """A with each column divided by the logarithm of its gene's partners, float64 [G, G]."""
        return sp.csr_array(self.adjacency @ sp.diags_array(1 / np.log(np.maximum(self.degree, 2.0))))

    def has(self, pairs: Int64[np.ndarray, "rows 2"]) -> Bool[np.ndarray, " rows"]:
        """Which of `pairs` are pairs of the graph."""
        return np.isin(pair_keys(pairs, self.genes), pair_keys(self.pairs, self.genes))

    def without_itself(self, pairs: Int64[np.ndarray, "rows 2"]) -> Int64[np.ndarray, "rows 2"]:
        """Number of partners of both genes of each pair, not counting each other."""
        return self.degree[pairs] - self.has(pairs)[:, None]


def adjacency_of(pairs: Int64[np.ndarray, "pairs 2"], genes: int) -> sp.csr_array:
    """Symmetric float64 [G, G] of ones."""
    a, b = pairs.T
    return sp.csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(genes, genes))


def structural_scores(
    graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]
) -> dict[str, Float32[np.ndarray, " rows"]]:
    """A score for each pair, by baseline; `SVD` of a pair of the graph comes from a fold without it."""
    return {name: structural_score(name, graph, pairs) for name in FORMULAS}


def structural_score(
    name: str, graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]
) -> Float32[np.ndarray, " rows"]:
    """One of the scores of `structural_scores`, by its name."""
    return FORMULAS[name](graph, pairs).astype(np.float32)


def structural_rows(graph: TrainingGraph) -> dict[str, ScoreRows]:
    """For each baseline of `structural_scores`, its scores of a block of genes with every gene."""
    degree = graph.degree.astype(np.float32)
    values, vectors = leading_vectors(graph.adjacency)
    two_steps = graph.adjacency @ graph.by_root  # the first two of the three steps of L3
    return {
        "max degree": lambda start, stop: np.maximum(degree[start:stop, None], degree),
        "degree product": lambda start, stop: degree[start:stop, None] * degree,
        "common neighbours": _product_rows(graph.adjacency, graph.adjacency),
        "Adamic–Adar": _product_rows(graph.by_log, graph.adjacency),
        "L3": _product_rows(two_steps, graph.adjacency),
        "SVD": lambda start, stop: ((vectors[start:stop] * values) @ vectors.T).astype(np.float32),
    }


def _product_rows(left: sp.csr_array, right: sp.csr_array) -> ScoreRows:
    """Rows of `left @ right`, `right` symmetric."""
    return lambda start, stop: (right @ left[start:stop].toarray().T).T.astype(np.float32)


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
    found = np.empty(len(pairs))
    starts = np.arange(0, left.shape[0], BLOCK)
    cuts = np.searchsorted(pairs[order, 0], np.append(starts, left.shape[0]))
    for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True):
        if low < high:
            rows = order[low:high]
            product = right @ left[start : start + BLOCK].toarray().T  # [G, block]
            found[rows] = product[pairs[rows, 1], pairs[rows, 0] - start]
    return found


def svd_out_of_fold(graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]) -> Float64[np.ndarray, " rows"]:
    """The pair's entry of the rank-16 approximation of the SL matrix; in five folds for pairs of the graph."""
    fold_of = np.random.default_rng(0).permutation(len(graph.pairs)) % FOLDS
    keys, asked = pair_keys(graph.pairs, graph.genes), pair_keys(pairs, graph.genes)
    order = np.argsort(keys)
    row = order[np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)]
    own = keys[row] == asked
    found = np.empty(len(pairs))
    found[~own] = _approximated(graph.adjacency, pairs[~own])
    for fold in np.unique(fold_of[row[own]]):
        chosen = np.flatnonzero(own & (fold_of[row] == fold))
        found[chosen] = _approximated(adjacency_of(graph.pairs[fold_of != fold], graph.genes), pairs[chosen])
    return found


def _approximated(adjacency: sp.csr_array, pairs: np.ndarray) -> Float64[np.ndarray, " rows"]:
    values, vectors = leading_vectors(adjacency)
    return ((vectors[pairs[:, 0]] * values) * vectors[pairs[:, 1]]).sum(axis=1)


def leading_vectors(
    adjacency: sp.csr_array, rank: int = RANK
) -> tuple[Float64[np.ndarray, " rank"], Float64[np.ndarray, "genes rank"]]:
    """Eigenvalues of largest size and their vectors: the truncated SVD of a symmetric matrix, signs kept."""
    genes = adjacency.shape[0]
    if genes <= 4 * rank or not adjacency.nnz:  # ARPACK wants a rank well below the number of genes
        values, vectors = np.linalg.eigh(adjacency.toarray())
        largest = np.argsort(-np.abs(values), kind="stable")[:rank]
        return values[largest], vectors[:, largest]
    start = np.random.default_rng(0).normal(size=genes)
    values, vectors = scipy.sparse.linalg.eigsh(adjacency, k=rank, which="LM", v0=start)
    return np.asarray(values), np.asarray(vectors)


FORMULAS: Mapping[str, Callable[[TrainingGraph, np.ndarray], np.ndarray]] = {
    "max degree": lambda graph, pairs: graph.without_itself(pairs).max(axis=1),
    "degree product": lambda graph, pairs: graph.without_itself(pairs).prod(axis=1),
    "common neighbours": lambda graph, pairs: at_pairs(graph.adjacency, graph.adjacency, pairs),
    "Adamic–Adar": lambda graph, pairs: at_pairs(graph.by_log, graph.adjacency, pairs),
    "L3": paths_of_length_three,
    "SVD": svd_out_of_fold,
}
