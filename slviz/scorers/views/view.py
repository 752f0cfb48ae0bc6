"""View: one side from which a pair of genes is seen, and what it needs to say something of pairs.

To add one, write one file in `slviz/scorers/views/` with a frozen dataclass that is a `RelationView` (which genes are
alike, near or together, as a matrix) or a `View`, and put its name last into `VIEWS`. `multiview` then has a yes/no
setting for it, its network passes messages along its relation, its trees read its features, and the pages say what it
adds. A view that is added later is off unless asked for, so that stored runs stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.scorers.views.seen_graph import SeenGraph, times


@dataclass(frozen=True)
class View:
    """What a side of the data says of genes and of pairs. G genes.

    Attributes:
        name: of the setting of `multiview`, and of what a run stores.
        title: what a page calls it beside a score.
        help: of the setting, one sentence or two.
        is_later: whether it came after the first version of `multiview`: off unless asked for.
        needs: parts of a data set (`GeneGraph.digests`) any of which it is read from; none where it reads what every
            data set has.
    """

    name: str
    title: str
    help: str
    is_later: bool = True
    needs: tuple[str, ...] = ()

    def parts(self, graph: GeneGraph) -> tuple[str, ...]:
        """Those of `needs` that the data set has."""
        return tuple(name for name in self.needs if name in graph.digests)

    def read(self, graph: GeneGraph) -> Any:
        """What the data set says from this side, in any form that the methods below read; None for nothing."""
        raise NotImplementedError

    def relation(self, content: Any) -> sp.csr_array | None:
        """Which genes hear which, float32 sparse [G, G], each row summing to 1 or empty; None for no such relation."""
        return None

    def arrays(self, seen: SeenGraph) -> dict[str, np.ndarray]:
        """What is costly to make from the seen pairs, so that a run stores it, by name; nothing here."""
        return {}

    def gene_features(self, content: Any, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        """Name and counts [G] of what it says of single genes; they are read as log(1 + count)."""
        return []

    @property
    def pair_names(self) -> tuple[str, ...]:
        """What its features of pairs are called; different from those of other views."""
        raise NotImplementedError

    def pair_features(
        self, content: Any, seen: SeenGraph, of: Int64[np.ndarray, " block"], own: Float32[np.ndarray, "block genes"]
    ) -> list[np.ndarray]:
        """Each feature of `pair_names` for these genes with every gene, [block, G]; the same either way round.

        Args:
            content: what `read` gave.
            seen: the pairs that may be read.
            of: numbers of the genes of the block.
            own: their seen partners, 1 or 0.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class RelationView(View):
    """A view that is a relation between genes, given by `read` as the matrix of `View.relation`.

    Its features of a pair: how far genes near the one are seen partners of the other, how far genes near both are
    partners of each other, and whether the two are near each other; of a gene: the partners of the genes near it.
    """

    def relation(self, content: Any) -> sp.csr_array | None:
        return content

    def gene_features(self, content: Any, seen: SeenGraph) -> list[tuple[str, np.ndarray]]:
        return [(f"partners of genes near by {self.name}", content @ seen.full_degree)]

    @property
    def pair_names(self) -> tuple[str, ...]:
        return (f"partners near by {self.name}", f"partners' partners near by {self.name}", f"near by {self.name}")

    def pair_features(self, content: Any, seen: SeenGraph, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        # a nearest gene need not have this one as its own
        direct = content[of].toarray() + content.T.tocsr()[of].toarray()
        return [*supported(seen, content, of, own), direct]


def supported(
    seen: SeenGraph, near: sp.csr_array, of: Int64[np.ndarray, " block"], own: Float32[np.ndarray, "block genes"]
) -> tuple[np.ndarray, np.ndarray]:
    """How far genes like the one are seen partners of the other (both ways), and genes like both of each other."""
    one_way = times(seen.adjacency, near[of].toarray())  # [block, G]: near A
    other_way = times(near, own)  # A near'
    both_ways, between = (one_way + other_way) / seen.share, times(near, one_way) / seen.share
    return np.log1p(10 * both_ways), np.log1p(100 * between)
