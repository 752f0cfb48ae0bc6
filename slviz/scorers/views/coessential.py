"""The view `coessential`: genes that the same cell lines need."""

from __future__ import annotations

from dataclasses import dataclass

import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.scorers.views.relations import nearest_by_sets
from slviz.scorers.views.view import RelationView

MODULES = "coessential"


@dataclass(frozen=True)
class Coessential(RelationView):
    """The 20 genes that share most co-essential modules with each, small modules counting more."""

    name: str = "coessential"
    title: str = "Co-essential modules"
    help: str = "Look at genes that the same cell lines need (the gene sets coessential)."
    needs: tuple[str, ...] = (f"gene set {MODULES}",)

    def read(self, graph: GeneGraph) -> sp.csr_array | None:
        modules = graph.gene_sets.get(MODULES)
        return None if modules is None else nearest_by_sets(modules.membership)
