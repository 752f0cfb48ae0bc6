"""The view `terms`: genes with like GO terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.scorers.views.relations import nearest, unit_length
from slviz.scorers.views.seen_graph import SeenGraph
from slviz.scorers.views.view import View, supported


@dataclass(frozen=True, eq=False)
class LikeTerms:
    """The unit-length GO features [G, F], and each gene's nearest by their cosine, rows that sum to 1."""

    vectors: Float32[np.ndarray, "genes columns"]
    near: sp.csr_array


@dataclass(frozen=True)
class Terms(View):
    """The 20 genes with the most similar GO features, and the similarity itself."""

    name: str = "terms"
    title: str = "GO terms"
    help: str = "Look at genes with like GO terms."
    is_later: bool = False

    def read(self, graph: GeneGraph) -> LikeTerms | None:
        features = graph.features.get("go")
        if features is None or not np.any(features):
            return None
        vectors = unit_length(features)
        return LikeTerms(vectors, nearest(vectors))

    def relation(self, content: LikeTerms) -> sp.csr_array:
        return content.near

    def gene_features(self, content: LikeTerms, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        return [("partners of genes with like terms", content.near @ seen.full_degree)]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return ("partners alike", "partners' partners alike", "alike")

    def pair_features(self, content: LikeTerms, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[Any]:
        return [*supported(seen, content.near, of, own), content.vectors[of] @ content.vectors.T]
