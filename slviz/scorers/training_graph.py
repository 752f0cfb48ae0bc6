"""TrainingGraph: the known pairs that may be learnt from, as an undirected graph of all genes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.datasets.pair_keys import pair_keys
from slviz.truncated_svd import leading_directions

RANK = 16


class TrainingGraph:
    """Training pairs of G genes, each once, and beside them the genes' interactions where the data set has them.

    A score at a pair of the graph is computed as if that pair were not in it; rows of scores are over the
    whole graph, for pairs that are not in it.

    Args:
        pairs: the training pairs, int64 [P, 2].
        genes: number of genes G.
        interactions: undirected, each once, int64 [2, E]; None where the data set has none.
    """

    def __init__(
        self,
        pairs: Int64[np.ndarray, "pairs 2"],
        genes: int,
        *,
        interactions: Int64[np.ndarray, "2 interactions"] | None = None,
    ) -> None:
        self.pairs = pairs
        self.genes = genes
        self.interactions = interactions
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

    @cached_property
    def low_rank(self) -> tuple[Float64[np.ndarray, " rank"], Float64[np.ndarray, "genes rank"]]:
        """The 16 eigenvalues of A of largest size and their vectors."""
        return low_rank_of(self.adjacency)

    @cached_property
    def interaction_degree(self) -> Float32[np.ndarray, " genes"]:
        """How many interactions each gene has; zeros where the data set has none."""
        ends = np.empty(0, dtype=np.int64) if self.interactions is None else self.interactions.ravel()
        return np.bincount(ends, minlength=self.genes).astype(np.float32)

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


def low_rank_of(adjacency: sp.csr_array) -> tuple[Float64[np.ndarray, " rank"], Float64[np.ndarray, "genes rank"]]:
    """The 16 eigenvalues of largest size of a symmetric matrix [G, G], and their vectors: its truncated SVD."""
    # ARPACK wants a rank well below the number of genes
    return leading_directions(adjacency, RANK, of="eigen", dense_up_to=4 * RANK)
