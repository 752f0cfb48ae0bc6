"""Similarity: what a data set says of its genes from the side of each view, whoever their known partners are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.scorers.views import VIEWS


class Told(Mapping[str, Any]):
    """By the name of a view, what `View.read` gives, read when somebody looks for it."""

    def __init__(self, graph: GeneGraph) -> None:
        self._graph = graph
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = VIEWS[name].read(self._graph)
        if self._read[name] is None:
            raise KeyError(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in VIEWS if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class Similarity:
    """What is read of a data set of G genes, once for all that learn from it.

    Attributes:
        genes: number of genes G.
        content: by the name of a view, what `View.read` gave; a view about which the data set says nothing is not
            there.
        interactions: how many interactions each gene has, int64 [G]; zeros where the data set has none.
    """

    genes: int
    content: Mapping[str, Any]
    interactions: Int64[np.ndarray, " genes"]

    @classmethod
    def of(cls, graph: GeneGraph) -> Similarity:
        """All that `graph` says from the sides of `VIEWS`."""
        content = Told(graph)
        touching = content.get("interactions")
        return cls(
            genes=len(graph),
            content=content,
            interactions=np.zeros(len(graph), dtype=np.int64) if touching is None else np.diff(touching.ones.indptr),
        )

    @property
    def relations(self) -> dict[str, sp.csr_array]:
        """What messages may run along, by view: float32 [G, G], each row sums to 1, or is empty."""
        return self.relations_of(tuple(self.content))

    def relations_of(self, views: tuple[str, ...]) -> dict[str, sp.csr_array]:
        """`relations` from the sides of these views alone."""
        relations = {name: VIEWS[name].relation(self.content[name]) for name in views if name in self.content}
        return {name: relation for name, relation in relations.items() if relation is not None}
