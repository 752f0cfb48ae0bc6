"""The view `co_publication`: which publications list a gene's partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from slviz.datasets import GeneGraph
from slviz.scorers.views.seen_graph import SeenGraph
from slviz.scorers.views.view import View


@dataclass(frozen=True)
class CoPublication(View):
    """How many seen partners each publication gives a gene, and how alike two genes are in that."""

    name: str = "co_publication"
    title: str = "Publications that report both"
    help: str = (
        "Look at which publications list a gene's partners. It finds what else the same screen would list, not why."
    )
    is_later: bool = False

    def read(self, graph: GeneGraph) -> Any:
        return ()  # the seen pairs say where they were published

    def gene_features(self, content: Any, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        mean = np.asarray(seen.confidence.sum(axis=1)).ravel() / np.maximum(seen.degree, 1)
        by_source = [(f"partners by source {at}", many / seen.share) for at, many in enumerate(seen.by_source.T)]
        return [*by_source, ("mean score", np.expm1(mean))]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return ("expected from publications", "same publications")

    def pair_features(self, content: Any, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        expected = seen.by_source / np.sqrt(np.maximum(seen.by_source.sum(axis=0), 1))
        share = seen.by_source / np.maximum(seen.degree, 1)[:, None]
        return [np.log1p(expected[of] @ expected.T / seen.share), share[of] @ share.T]
