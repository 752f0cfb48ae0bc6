"""Likeness: what a data set says of its genes from the side of each view, whoever their known partners are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.scorers.views import VIEWS


@dataclass(frozen=True, eq=False)
class Likeness:
    """What is read of a data set of G genes, once for all that learn from it.

    Attributes:
        genes: number of genes G.
        told: by the name of a view, what `View.read` gave; a view about which the data set says nothing is not there.
        interactions: how many interactions each gene has, int64 [G]; zeros where the data set has none.
    """

    genes: int
    told: Mapping[str, Any]
    interactions: Int64[np.ndarray, " genes"]

    @classmethod
    def of(cls, graph: GeneGraph) -> Likeness:
        """All that `graph` says from the sides of `VIEWS`."""
        told = {name: view.read(graph) for name, view in VIEWS.items()}
        touching = told.get("interactions")
        return cls(
            genes=len(graph),
            told={name: something for name, something in told.items() if something is not None},
            interactions=np.zeros(len(graph), dtype=np.int64) if touching is None else np.diff(touching.ones.indptr),
        )

    @property
    def relations(self) -> dict[str, sp.csr_array]:
        """What messages may run along, by view: float32 [G, G], each row sums to 1, or is empty."""
        relations = {name: VIEWS[name].relation(something) for name, something in self.told.items()}
        return {name: relation for name, relation in relations.items() if relation is not None}
