"""GeneColumns: what a data set tells of each gene in numbers and words, such as essentiality or papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from slviz.datasets.digests import ContentDigest
from slviz.datasets.relations import add_columns
from slviz.errors import MalformedData


@dataclass(frozen=True, eq=False)
class GeneColumns:
    """Columns over the G genes of a data set.

    Attributes:
        columns: by name, in the order of the file; float64 [G], NaN where nothing is told, or text [G] (object), ""
            where nothing is told.
    """

    columns: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({column.shape for column in self.columns.values()}) > 1:
            raise MalformedData("Columns over genes differ in length.")
        for name, column in self.columns.items():
            if column.dtype.kind == "f" and np.isinf(column).any():
                raise MalformedData(f"The column over genes '{name}' holds an infinite number.")
            column.setflags(write=False)

    def __len__(self) -> int:
        return len(self.columns)

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """The columns of numbers."""
        return {name: column for name, column in self.columns.items() if column.dtype.kind == "f"}

    @cached_property
    def texts(self) -> dict[str, np.ndarray]:
        """The columns of words."""
        return {name: column for name, column in self.columns.items() if column.dtype.kind != "f"}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        digest = ContentDigest()
        add_columns(digest, self.columns)
        return digest.hexdigest()
