"""Matrices of which genes belong together: shares of rows, nearest by features, members of one group."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Int64

from slviz.cores import side_by_side

NEAREST = 20
ROWS_AT_ONCE = 256
UNKNOWN = -1


def row_shares(relation: sp.csr_array) -> sp.csr_array:
    """Every row over its sum; an empty row stays empty."""
    total = np.asarray(relation.sum(axis=1)).ravel()
    return sp.csr_array(sp.diags_array((1 / np.maximum(total, 1e-12)).astype(np.float32)) @ relation)


def symmetric(edges: Int64[np.ndarray, "2 edges"], genes: int) -> sp.csr_array:
    """Float32 [G, G] of ones at each edge, either way; one that is listed twice counts once, a loop not at all."""
    a, b = edges
    different = a != b
    both = np.concatenate([edges[:, different], edges[::-1, different]], axis=1)
    relation = sp.csr_array((np.ones(both.shape[1], dtype=np.float32), tuple(both)), shape=(genes, genes))
    relation.data[:] = 1
    return relation


def unit_length(vectors: Float32[np.ndarray, "genes columns"]) -> Float32[np.ndarray, "genes columns"]:
    """Each row over its length; a row of zeros stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


def nearest(vectors: Float32[np.ndarray, "genes columns"]) -> sp.csr_array:
    """The 20 nearest other genes by the cosine of unit-length vectors, weighted by it, each row summing to 1.

    A gene without features has none and is none.
    """
    genes = len(vectors)
    kept = min(NEAREST, genes - 1)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)

    def highest(start: int) -> np.ndarray:
        return np.argpartition(-alike[start : start + ROWS_AT_ONCE], kept - 1, axis=1)[:, :kept].ravel()

    column = np.concatenate(side_by_side(highest, range(0, genes, ROWS_AT_ONCE)))
    row = np.repeat(np.arange(genes), kept)
    weight = np.maximum(alike[row, column], 0)
    relation = sp.csr_array((weight, (row, column)), shape=(genes, genes))
    relation.eliminate_zeros()
    return row_shares(relation)


def nearest_by_sets(membership: sp.csr_array) -> sp.csr_array:
    """The 20 genes that share most sets with each, weighted by the cosine of their sets, each row summing to 1.

    A set weighs −log of the share of genes that are in it, so that a small one that is shared says more. A gene that
    shares no set has none. Of genes as near as each other those with the smaller numbers are taken.

    Args:
        membership: true where the gene [G] is in the set [S].
    """
    member = sp.csr_array(membership, dtype=np.float32)
    share = np.maximum(np.asarray(member.sum(axis=0)).ravel(), 1) / member.shape[0]
    weighted = sp.csr_array(member @ sp.diags_array(-np.log(share).astype(np.float32)))
    length = np.sqrt(np.asarray(weighted.power(2).sum(axis=1)).ravel())
    rows = sp.csr_array(sp.diags_array((1 / np.maximum(length, 1e-12)).astype(np.float32)) @ weighted)
    alike = sp.csr_array(rows @ rows.T)
    alike.setdiag(0)
    alike.eliminate_zeros()
    row, column = alike.nonzero()
    weight = np.asarray(alike[row, column]).ravel()
    order = np.lexsort((column, -weight, row))
    first = np.searchsorted(row[order], row[order], side="left")
    kept = order[np.arange(len(order)) - first < NEAREST]
    return row_shares(sp.csr_array((weight[kept], (row[kept], column[kept])), shape=alike.shape))


def numbered(labels: np.ndarray) -> Int64[np.ndarray, " genes"]:
    """A number for each text, the same for the same; `UNKNOWN` for an empty one."""
    names, number = np.unique(np.char.strip(labels), return_inverse=True)
    missing: Bool[np.ndarray, " names"] = names == ""
    return np.where(missing[number], UNKNOWN, number).astype(np.int64)


def together(group: Int64[np.ndarray, " genes"]) -> sp.csr_array:
    """The other genes of each gene's group, each row summing to 1; none for a gene without a group (`UNKNOWN`)."""
    genes = len(group)
    placed = np.flatnonzero(group >= 0)
    _, number = np.unique(group[placed], return_inverse=True)
    member = sp.csr_array(
        (np.ones(len(placed), dtype=np.float32), (placed, number)), shape=(genes, number.max(initial=0) + 1)
    )
    relation = sp.csr_array(member @ member.T)
    relation.setdiag(0)
    relation.eliminate_zeros()
    return row_shares(relation)
