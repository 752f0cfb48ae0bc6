"""What a data set knows of pairs beside its list: interactions, paralogs, families, and what is told of each gene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float64, Int64

from slviz.datasets import GeneGraph

IDENTITY = ("identity_percent", "identity")
"""Titles of the column of a relation `paralogs` that holds the share of equal amino acids, in per cent."""
ESSENTIAL = ("core_essential", "common_essential")
EXPRESSION = "mean_expression"
YEAST_ESSENTIAL = "yeast_essential_ortholog"
YEAST_ORTHOLOG = ("yeast_orf", "yeast_symbol", "yeast_ortholog")
PAPERS = "papers"


@dataclass(frozen=True, eq=False)
class PairKnowledge:
    """A data set as its pairs are looked up in it. G genes, N pairs asked about.

    Where a folder tells systematic interactions (not steered by how much a gene is studied) or literature ones apart
    from its interactions, those are read; elsewhere all interactions stand for both.
    """

    graph: GeneGraph

    @cached_property
    def interactions(self) -> sp.csr_array | None:
        """Symmetric [G, G] of ones."""
        if self.graph.interactions is None:
            return None
        a, b = self.graph.interactions
        return _ones(np.r_[a, b], np.r_[b, a], genes=len(self.graph))

    @cached_property
    def literature(self) -> sp.csr_array | None:
        """Interactions as the literature tells them."""
        return self._relation("literature", otherwise=self.interactions)

    @cached_property
    def systematic(self) -> sp.csr_array | None:
        """Interactions from systematic maps."""
        return self._relation("systematic", otherwise=self.interactions)

    @cached_property
    def identity(self) -> sp.csr_array | None:
        """Identity of paralogs in per cent, symmetric [G, G]; None where no relation `paralogs` tells it."""
        paralogs = self.graph.relations.get("paralogs")
        if paralogs is None:
            return None
        named = [name for name in IDENTITY if name in paralogs.numbers]
        return paralogs.matrix(len(self.graph), named[0]) if named else None

    @cached_property
    def related(self) -> sp.csr_array | None:
        """Paralogs and genes of one family, symmetric [G, G]; None where the folder tells of neither."""
        named = [self.graph.relations[name] for name in ("paralogs", "families") if name in self.graph.relations]
        matrices = [relation.matrix(len(self.graph)) for relation in named]
        return sp.csr_array(sum(matrices[1:], matrices[0])) if matrices else None

    def are_paralogs(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, " pairs"]:
        """Which pairs the relation `paralogs` holds; none where there is no such relation."""
        paralogs = self.graph.relations.get("paralogs")
        if paralogs is None:
            return np.zeros(len(pairs), dtype=bool)
        return entries(paralogs.matrix(len(self.graph)), pairs) > 0

    def in_range(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, " pairs"]:
        """Which pairs the data set says anything of: the genes are related, or each has an interaction."""
        known = np.zeros(len(pairs), dtype=bool)
        if self.related is not None:
            known |= entries(self.related, pairs) > 0
        touched = np.zeros(len(self.graph), dtype=bool)
        for network in (self.interactions, self.literature, self.systematic):
            if network is not None:
                touched |= degree(network) > 0
        return known | touched[pairs].all(axis=1)

    def numbers(self, prefix: str) -> Float64[np.ndarray, " genes"] | None:
        """The first column of numbers over genes whose name begins with `prefix`; None where there is none."""
        columns = {} if self.graph.gene_columns is None else self.graph.gene_columns.numbers
        named = [name for name in columns if name.startswith(prefix)]
        return columns[named[0]] if named else None

    @cached_property
    def essential(self) -> Float64[np.ndarray, " genes"] | None:
        """1 for a gene that most cell lines cannot do without, 0 for others; None where the folder tells of none."""
        known = [column for column in map(self.numbers, ESSENTIAL) if column is not None]
        return np.max([np.nan_to_num(column) for column in known], axis=0) if known else None

    @cached_property
    def yeast_ortholog(self) -> np.ndarray | None:
        """Text [G], the yeast ortholog of each gene, "" for none; None where the folder tells of none."""
        texts = {} if self.graph.gene_columns is None else self.graph.gene_columns.texts
        named = [texts[name] for name in YEAST_ORTHOLOG if name in texts]
        return named[0] if named else None

    def _relation(self, name: str, *, otherwise: sp.csr_array | None) -> sp.csr_array | None:
        relation = self.graph.relations.get(name)
        return otherwise if relation is None else sp.csr_array(relation.matrix(len(self.graph)), dtype=np.float64)


def entries(matrix: sp.csr_array, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
    """The entries of a sparse matrix at `pairs`."""
    if not len(pairs):
        return np.zeros(0)
    return np.asarray(sp.csr_matrix(matrix)[pairs[:, 0], pairs[:, 1]], dtype=np.float64).ravel()


def degree(network: sp.csr_array) -> Int64[np.ndarray, " genes"]:
    """How many interactions each gene has."""
    return np.diff(network.indptr)


def _ones(rows: np.ndarray, columns: np.ndarray, *, genes: int) -> sp.csr_array:
    different = rows != columns
    network = sp.csr_array((np.ones(different.sum()), (rows[different], columns[different])), shape=(genes, genes))
    network.data[:] = 1  # an interaction listed twice counts once
    return network
