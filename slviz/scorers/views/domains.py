"""The view `domains`: genes whose proteins have the same domains."""

from __future__ import annotations

from dataclasses import dataclass

import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.scorers.views.relations import nearest_by_sets
from slviz.scorers.views.view import RelationView

NEEDS = ("pfam", "prosite", "domains")


@dataclass(frozen=True)
class Domains(RelationView):
    """The 20 genes that share most protein domains with each, rare domains counting more."""

    name: str = "domains"
    title: str = "Protein domains"
    help: str = "Look at genes whose proteins share domains (gene sets pfam, prosite or domains)."
    needs: tuple[str, ...] = tuple(f"gene set {name}" for name in NEEDS)

    def read(self, graph: GeneGraph) -> sp.csr_array | None:
        sets = [graph.gene_sets[name].membership for name in NEEDS if name in graph.gene_sets]
        return nearest_by_sets(sp.csr_array(sp.hstack(sets))) if sets else None
