"""The view `families`: paralogs, and genes of one family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.features.pair_knowledge import PairKnowledge
from slviz.scorers.views.relations import row_shares
from slviz.scorers.views.view import RelationView


@dataclass(frozen=True)
class Families(RelationView):
    """Genes that are paralogs or of one family, each counting as much as the others."""

    name: str = "families"
    title: str = "Paralogs and families"
    help: str = "Look at paralogs and genes of one family, where the data set tells of them."
    needs: tuple[str, ...] = ("relation paralogs", "relation families")

    def read(self, graph: GeneGraph) -> sp.csr_array | None:
        related = PairKnowledge(graph).related
        if related is None or not related.nnz:
            return None
        ones = sp.csr_array(related, dtype=np.float32)
        ones.data[:] = 1
        return row_shares(ones)
