"""Columns: some columns of the embedding as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from slviz.choices import setting
from slviz.errors import InvalidSetting
from slviz.projections.method import OnProgress, ProjectionMethod

MOST = 4096
"""No embedding has more columns."""


@dataclass(frozen=True)
class Columns(ProjectionMethod):
    """Two or three columns of the embedding as they are: nothing is turned, moved or scaled.

    Of an embedding of two columns this is all there is. A column that is the same for every gene says nothing of them,
    as one that a ReLU has set to 0 for all.
    """

    name: ClassVar[str] = "columns"
    title: ClassVar[str] = "Columns"
    takes: ClassVar[str] = "A moment."
    at_once: ClassVar[bool] = True
    straight: ClassVar[bool] = True
    as_it_is: ClassVar[bool] = True
    offered: ClassVar[int] = 6
    random: ClassVar[bool] = False
    reading: ClassVar[str] = (
        "The embedding's own numbers: which column is which means nothing, and what lies along any others is not seen."
    )
    first: int = setting(1, "The column along the first axis, counted from 1.", low=1, high=MOST)
    second: int = setting(2, "The column along the second axis.", low=1, high=MOST)
    third: int = setting(3, "The column along the third axis, of a map in 3 dimensions.", low=1, high=MOST)

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        chosen = (self.first, self.second, self.third)[: self.dimensions]
        width = vectors.shape[1]
        for key, column in zip(("first", "second", "third"), chosen, strict=False):
            if column > width:
                raise InvalidSetting(
                    f"{key}={column} is beyond the {width} columns of this embedding. Take 1 to {width}."
                )
        if len(set(chosen)) < len(chosen):
            raise InvalidSetting(
                f"Columns {', '.join(map(str, chosen))} are not different. Take another for each axis."
            )
        drawn = vectors[:, [column - 1 for column in chosen]]
        same = np.ptp(drawn, axis=0) == 0
        return drawn, tuple(
            f"Column {column} (of {width}{', the same for every gene' if still else ''})"
            for column, still in zip(chosen, same.tolist(), strict=True)
        )

    def describe(self, genes: int) -> str:
        chosen = (self.first, self.second, self.third)[: self.dimensions]
        return f"Columns {', '.join(map(str, chosen[:-1]))} and {chosen[-1]} of the embedding"


def same_for_all(vectors: Float[np.ndarray, "genes width"]) -> int:
    """How many columns hold one number for all genes, so that they say nothing of any."""
    return int((np.ptp(np.asarray(vectors), axis=0) == 0).sum())
