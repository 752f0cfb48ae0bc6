"""The view `partners`: paths along the known pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from slviz.datasets import GeneGraph
from slviz.scorers.views.seen_graph import SeenGraph, times
from slviz.scorers.views.view import View
from slviz.truncated_svd import leading_directions

PATHS = "paths of length three"
LOW_RANK, BY_DEGREE = "approximated", "approximated by degree"
RANKS = {LOW_RANK: 16, BY_DEGREE: 32}


@dataclass(frozen=True)
class Partners(View):
    """Paths of two and three steps over seen partners, and truncated decompositions of the seen pairs."""

    name: str = "partners"
    title: str = "Paths over known partners"
    help: str = "Look at paths along known pairs."
    is_later: bool = False

    def read(self, graph: GeneGraph) -> Any:
        return ()  # all that it reads are the seen pairs

    def arrays(self, seen: SeenGraph) -> dict[str, np.ndarray]:
        """Leading eigenvalues and vectors of the seen pairs, plain and divided by the roots of the degrees."""
        arrays = {}
        for name, matrix in zip(RANKS, (seen.adjacency, seen.by_root), strict=True):
            arrays[f"{name} values"], arrays[f"{name} vectors"] = leading_directions(
                matrix, RANKS[name], of="eigen", quick=True
            )
        return arrays

    def gene_features(self, content: Any, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        return [("partners of partners", (seen.adjacency @ seen.full_degree) / np.maximum(seen.degree, 1))]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return (
            PATHS,
            "paths of length three by degree",
            "paths of length two by degree",
            "common partners",
            "Adamic–Adar",
            *RANKS,
        )

    def pair_features(self, content: Any, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        two = times(seen.by_root, seen.by_root[of].toarray())
        busy = np.log(np.maximum(seen.degree, 2))
        more = 100 / seen.share
        root = np.maximum(seen.degree, 1) ** np.float32(-0.5)
        three = times(seen.adjacency, times(seen.adjacency, own * root) * root)  # L3, Kovács 2019
        by_degree = [np.log1p(more * times(seen.by_root, two)), np.log1p(more * two)]
        shared = [times(seen.adjacency, own), times(seen.adjacency, own / busy)]
        return [
            np.log1p(three / seen.share**2),
            *by_degree,
            *(np.log1p(paths / seen.share**2) for paths in shared),
            *(self._approximated(name, seen, of) for name in RANKS),
        ]

    def _approximated(self, name: str, seen: SeenGraph, of: np.ndarray) -> np.ndarray:
        values, vectors = seen.arrays[f"{name} values"], seen.arrays[f"{name} vectors"]
        scale = np.float32(1) if name == BY_DEGREE else seen.share
        return (vectors[of] * (values / scale)) @ vectors.T
