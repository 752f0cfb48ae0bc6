"""The view `essentiality`: which genes cells cannot do without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.features.pair_knowledge import EXPRESSION, YEAST_ESSENTIAL, PairKnowledge
from slviz.scorers.views.seen_graph import SeenGraph
from slviz.scorers.views.view import View

ESSENTIAL, IN_YEAST, EXPRESSED = "essential", "essential in yeast", "expression"


@dataclass(frozen=True)
class Essentiality(View):
    """Whether cells, and yeast, need each gene, and how far it is expressed; and how many of a pair cells need."""

    name: str = "essentiality"
    title: str = "Essentiality"
    help: str = "Look at which genes cells and yeast cannot do without, and how far each is expressed (gene columns)."
    needs: tuple[str, ...] = ("gene columns",)

    def read(self, graph: GeneGraph) -> dict[str, Float32[np.ndarray, " genes"]] | None:
        """Numbers of genes, none below 0, by name; 0 where one is not known."""
        known = PairKnowledge(graph)
        columns = {
            ESSENTIAL: known.essential,
            IN_YEAST: known.numbers(YEAST_ESSENTIAL),
            EXPRESSED: known.numbers(EXPRESSION),
        }
        return {
            name: np.maximum(np.nan_to_num(column), 0).astype(np.float32)
            for name, column in columns.items()
            if column is not None
        } or None

    def gene_features(self, content: dict[str, np.ndarray], seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        return list(content.items())

    @property
    def pair_names(self) -> tuple[str, ...]:
        return ("essential genes of the pair",)

    def pair_features(
        self, content: dict[str, Any], seen: SeenGraph, of: np.ndarray, own: np.ndarray
    ) -> list[np.ndarray]:
        essential = content.get(ESSENTIAL, np.zeros(seen.genes, dtype=np.float32))
        return [essential[of][:, None] + essential]
