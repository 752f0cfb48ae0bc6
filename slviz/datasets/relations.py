"""Relations: pairs of genes that have something to do with each other, such as paralogs, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Int64

from slviz.datasets.digests import ContentDigest
from slviz.errors import DataError, MalformedData, nearest


@dataclass(frozen=True, eq=False)
class Relation:
    """Undirected pairs of genes, each once, with columns of numbers or text. R pairs.

    Attributes:
        pairs: int64 [R, 2], gene numbers, the smaller first, in the order of the file.
        columns: by name; float64 [R], NaN where nothing is told, or text [R] (object), "" where nothing is told.
            Of two columns that speak of one gene each, such as `identity_1` and `identity_2`, the first one speaks
            of `pairs[:, 0]`.
    """

    pairs: Int64[np.ndarray, "rows 2"]
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for problem in _contradictions(self):
            raise MalformedData(f"A relation contradicts itself: {problem}.")
        for array in (self.pairs, *self.columns.values()):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def numbers(self) -> dict[str, np.ndarray]:
        """The columns of numbers, in the order of the file."""
        return {name: column for name, column in self.columns.items() if column.dtype.kind == "f"}

    def matrix(self, genes: int, column: str | None = None) -> sp.csr_array:
        """float32 sparse [G, G], symmetric, without a diagonal: 1 for each pair, or its number in `column`.

        Pairs without a number are left out. Raises `DataError` where there is no such column of numbers.
        """
        if column is not None and column not in self.numbers:
            known = self.numbers
            raise DataError(
                f"The relation has no column of numbers '{column}'.{nearest(column, known)} "
                f"There are: {', '.join(known) or 'none'}."
            )
        weight: Float32[np.ndarray, " rows"] = (np.ones(len(self)) if column is None else self.columns[column]).astype(
            np.float32
        )
        kept = ~np.isnan(weight)
        (a, b), weight = self.pairs[kept].T, weight[kept]
        return sp.csr_array((np.r_[weight, weight], (np.r_[a, b], np.r_[b, a])), shape=(genes, genes))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        digest = ContentDigest()
        digest.add_numbers("pairs", self.pairs, kind="<i8")
        add_columns(digest, self.columns)
        return digest.hexdigest()


def add_columns(digest: ContentDigest, columns: Mapping[str, np.ndarray]) -> None:
    """Adds columns of numbers and of text to a digest, in their order."""
    for name, column in columns.items():
        if column.dtype.kind == "f":
            digest.add_numbers(f"column {name}", np.where(np.isnan(column), np.nan, column), kind="<f8")
        else:
            digest.add_texts(f"column {name}", column.tolist())


def _contradictions(relation: Relation) -> list[str]:
    rows = len(relation.pairs)
    if relation.pairs.shape != (rows, 2):
        return [f"pairs of shape {relation.pairs.shape}"]
    contradictions = []
    if rows and (relation.pairs.min() < 0 or not (relation.pairs[:, 0] < relation.pairs[:, 1]).all()):
        contradictions.append("a pair is not written with the smaller gene number first")
    if len(np.unique(relation.pairs[:, 0] * (relation.pairs.max(initial=0) + 1) + relation.pairs[:, 1])) != rows:
        contradictions.append("a pair is listed twice")
    for name, column in relation.columns.items():
        if column.shape != (rows,):
            contradictions.append(f"column '{name}' has shape {column.shape} for {rows} pairs")
        elif column.dtype.kind == "f" and np.isinf(column).any():
            contradictions.append(f"column '{name}' holds an infinite number")
    return contradictions
