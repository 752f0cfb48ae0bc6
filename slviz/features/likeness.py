"""Likeness: which genes are alike, whoever their known partners are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Int64

from slviz.datasets import GeneGraph

VIEWS = ("partners", "co_publication", "interactions", "terms", "location")
"""The sides from which a pair is seen, in the order of the tables."""
NEAREST = 20
UNKNOWN = -1


@dataclass(frozen=True, eq=False)
class Likeness:
    """What a data set says of its G genes beside their pairs; None where it says nothing.

    Attributes:
        interactions: float32 sparse [G, G] of ones, symmetric: proteins that touch.
        terms: float32 sparse [G, G]; each gene's 20 nearest by the cosine of their GO features, a row
            sums to 1.
        term_vectors: float32 [G, F], the unit-length GO features themselves.
        bands: float32 sparse [G, G]; the other genes of the same chromosome band, a row sums to 1.
        chromosome: number of each gene's chromosome, -1 where it is not known.
    """

    genes: int
    interactions: sp.csr_array | None
    terms: sp.csr_array | None
    term_vectors: Float32[np.ndarray, "genes columns"] | None
    bands: sp.csr_array | None
    chromosome: Int64[np.ndarray, " genes"] | None

    @classmethod
    def of(cls, graph: GeneGraph) -> Likeness:
        """All that `graph` says."""
        vectors = graph.features.get("go")
        vectors = None if vectors is None or not np.any(vectors) else _unit_length(vectors)
        location = None if graph.gene_info is None else graph.gene_info
        bands = chromosome = None
        if location is not None and {"chromosome", "cytoband"} <= set(location.columns):
            chromosome = _numbered(location["chromosome"].fillna("").to_numpy(dtype=str))
            band = _numbered(location["cytoband"].fillna("").to_numpy(dtype=str))
            bands = _together(np.where((chromosome < 0) | (band < 0), UNKNOWN, chromosome * (band.max() + 2) + band))
            if not bands.nnz:
                bands = chromosome = None
        return cls(
            genes=len(graph),
            interactions=_symmetric(graph.interactions, len(graph)) if graph.interactions is not None else None,
            terms=None if vectors is None else _nearest(vectors),
            term_vectors=vectors,
            bands=bands,
            chromosome=chromosome,
        )

    @property
    def views(self) -> dict[str, sp.csr_array]:
        """The row-normalised relations that there are, by view: each row sums to 1, or is empty."""
        found = {"interactions": row_shares(self.interactions), "terms": self.terms, "location": self.bands}
        return {name: relation for name, relation in found.items() if relation is not None}


def row_shares(relation: sp.csr_array | None) -> sp.csr_array | None:
    """Every row over its sum; an empty row stays empty."""
    if relation is None:
        return None
    total = np.asarray(relation.sum(axis=1)).ravel()
    return sp.csr_array(sp.diags_array((1 / np.maximum(total, 1e-12)).astype(np.float32)) @ relation)


def _symmetric(edges: Int64[np.ndarray, "2 edges"], genes: int) -> sp.csr_array:
    a, b = edges
    different = a != b
    both = np.concatenate([edges[:, different], edges[::-1, different]], axis=1)
    relation = sp.csr_array((np.ones(both.shape[1], dtype=np.float32), tuple(both)), shape=(genes, genes))
    relation.data[:] = 1  # an interaction listed twice counts once
    return relation


def _unit_length(vectors: Float32[np.ndarray, "genes columns"]) -> Float32[np.ndarray, "genes columns"]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


def _nearest(vectors: Float32[np.ndarray, "genes columns"]) -> sp.csr_array:
    """The nearest other genes by cosine, weighted by it; a gene without features has none and is none."""
    genes = len(vectors)
    kept = min(NEAREST, genes - 1)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    column = np.argpartition(-alike, kept - 1, axis=1)[:, :kept].ravel()
    row = np.repeat(np.arange(genes), kept)
    weight = np.maximum(alike[row, column], 0)
    relation = sp.csr_array((weight, (row, column)), shape=(genes, genes))
    relation.eliminate_zeros()
    shares = row_shares(relation)
    assert shares is not None
    return shares


def _numbered(labels: np.ndarray) -> Int64[np.ndarray, " genes"]:
    names, number = np.unique(np.char.strip(labels), return_inverse=True)
    missing: Bool[np.ndarray, " names"] = names == ""
    return np.where(missing[number], UNKNOWN, number).astype(np.int64)


def _together(group: Int64[np.ndarray, " genes"]) -> sp.csr_array:
    """Row-normalised: the other genes of each gene's group; none for a gene without."""
    genes = len(group)
    placed = np.flatnonzero(group >= 0)
    _, number = np.unique(group[placed], return_inverse=True)
    member = sp.csr_array(
        (np.ones(len(placed), dtype=np.float32), (placed, number)), shape=(genes, number.max(initial=0) + 1)
    )
    relation = sp.csr_array(member @ member.T)
    relation.setdiag(0)
    relation.eliminate_zeros()
    shares = row_shares(relation)
    assert shares is not None
    return shares
