"""SeenGraph: the pairs that may be read, in the forms in which views read them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32

from slviz.scorers.seen_pairs import SeenPairs


class SeenGraph:
    """Seen pairs as single precision matrices. G genes.

    Args:
        pairs: the pairs that may be read.
        share: which share of a gene's training pairs they are; counts are divided by it.

    Attributes:
        adjacency: float32 sparse [G, G], symmetric, 1 for a seen pair.
        degree: float32 [G], seen partners of each gene.
        share: as given.
        arrays: what views made of the pairs at some cost (`View.arrays`), by name.
    """

    def __init__(self, pairs: SeenPairs, *, share: float = 1.0) -> None:
        self.genes = pairs.genes
        self.pairs = pairs
        self.adjacency = self._both_ways(np.ones(len(pairs), dtype=np.float32))
        self.degree: Float32[np.ndarray, " genes"] = np.diff(self.adjacency.indptr).astype(np.float32)
        self.share = np.float32(share)
        self.arrays: dict[str, np.ndarray] = {}

    @property
    def full_degree(self) -> Float32[np.ndarray, " genes"]:
        """How many partners each gene has once all training pairs are seen."""
        return self.degree / self.share

    @cached_property
    def by_root(self) -> sp.csr_array:
        """D^-½ A D^-½, float32 [G, G]."""
        root = sp.diags_array(np.maximum(self.degree, 1) ** np.float32(-0.5))
        return sp.csr_array(root @ self.adjacency @ root)

    @cached_property
    def confidence(self) -> sp.csr_array:
        """The confidence of each seen pair, float32 [G, G]."""
        return self._both_ways(self.pairs.score)

    @cached_property
    def by_source(self) -> Float32[np.ndarray, "genes sources"]:
        """Seen partners of each gene by the publication that lists them."""
        sources = len(self.pairs.sources) + 1
        ends = self.pairs.pairs.ravel() * sources + np.repeat(self.pairs.source, 2)
        counts = np.bincount(ends, minlength=self.genes * sources).reshape(self.genes, sources)
        return counts.astype(np.float32)

    def _both_ways(self, values: np.ndarray) -> sp.csr_array:
        a, b = self.pairs.pairs.T
        places = (np.r_[a, b], np.r_[b, a])
        return sp.csr_array((np.r_[values, values].astype(np.float32), places), shape=(self.genes, self.genes))


def times(relation: sp.csr_array, block: np.ndarray) -> np.ndarray:
    """`block @ relation.T`, float32 [block, G]."""
    return (relation @ block.T).T
