"""The view `interactions`: proteins that touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.scorers.views.relations import row_shares, symmetric
from slviz.scorers.views.seen_graph import SeenGraph, times
from slviz.scorers.views.view import View, supported


@dataclass(frozen=True, eq=False)
class Touching:
    """Interactions as float32 sparse [G, G] of ones, symmetric; and the same with rows that sum to 1."""

    ones: sp.csr_array
    shares: sp.csr_array


@dataclass(frozen=True)
class Interactions(View):
    """Protein interactions of both genes, direct and one step on."""

    name: str = "interactions"
    title: str = "Protein interactions"
    help: str = "Look at protein interactions."
    is_later: bool = False

    def read(self, graph: GeneGraph) -> Touching | None:
        if graph.interactions is None:
            return None
        ones = symmetric(graph.interactions, len(graph))
        return Touching(ones, row_shares(ones))

    def relation(self, content: Touching) -> sp.csr_array:
        return content.shares

    def gene_features(self, content: Touching, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        near, around = content.shares, content.shares @ seen.full_degree
        return [
            ("interactions", np.diff(near.indptr)),
            ("partners around", around),
            ("partners two steps around", near @ around),
        ]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return ("partners touch", "partners' partners touch", "touch each other", "shared interactors")

    def pair_features(self, content: Touching, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[Any]:
        root = np.maximum(np.diff(content.ones.indptr), 1).astype(np.float32) ** np.float32(-0.5)
        direct = content.ones[of].toarray()
        shared = times(content.ones, direct * root**2) * root[of, None] * root  # D^-½ P D^-1 P D^-½
        return [*supported(seen, content.shares, of, own), direct, shared]
