"""The protocol `near-duplicate-free`: as `pairs`, without test pairs that a near-duplicate in training gives away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit
from slviz.splits.pairs import Pairs
from slviz.splits.popularity import Popularity
from slviz.splits.split import with_negatives

ALIKE = 0.7
PARTNERS_HELP = (
    "Only genes with at least this many known partners count as near-duplicates of each other. 100: only genes of "
    "large screens; 1: also genes that share their only partner, which leaves few pairs to test."
)
BLOCK = 512
ADVICE = (
    "Nearly every pair of this data set has a near-duplicate. Take another fold or split_seed, or the split 'pairs'."
)


@dataclass(frozen=True)
class NearDuplicateFree(Pairs):
    """Random pairs are held out; pairs with a near-duplicate in training are left out, so memorising does not help."""

    name: ClassVar[str] = "near-duplicate-free"
    title: ClassVar[str] = "random pairs without near-duplicates"
    asks: ClassVar[str] = (
        "Insight, or memory? Test pairs that a near-duplicate in training gives away, such as "
        "one screen listed for three genes, are left out."
    )
    short: ClassVar[str | None] = "no near-duplicates"
    near_duplicate_partners: int = setting(
        100, PARTNERS_HELP, label="Partners of a near-duplicate", low=1, high=1000, advanced=True
    )

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """The split of `pairs`, whose test part keeps the pairs without a near-duplicate outside the test part.

        A validation pair counts as seen. The pairs that are taken out of the test part are in no part.
        """
        self._refuse_file(held_out)
        part = self._part_of_pairs(graph)
        tested = np.flatnonzero(part == "test")
        duplicated = has_near_duplicate(
            graph.pairs[tested], seen=graph.pairs[part != "test"], graph=graph, fewest=self.near_duplicate_partners
        )
        part[tested[duplicated]] = "left out"
        self._refuse_empty(part, advice=ADVICE)
        kept = part != "left out"
        return with_negatives(
            graph.pairs[kept],
            part=part[kept],
            score=graph.score[kept],
            gene_part=self._parts_of_genes(len(graph), fold=self.fold, folds=self.folds),
            random=self._generator(1),
            ratio=self.ratio,
            popularity=Popularity.of(graph),
            left_out=graph.pairs[~kept],
        )


def has_near_duplicate(
    pairs: Int64[np.ndarray, "pairs 2"], *, seen: Int64[np.ndarray, "seen 2"], graph: GeneGraph, fewest: int = 1
) -> Bool[np.ndarray, " pairs"]:
    """For each pair (a, b): is there a near-duplicate a' of a with (a', b) among `seen`,
    or b' of b with (a, b')?

    Near-duplicates are two genes whose known partners, held-out ones included, have a Jaccard index above 0.7,
    and of which both have `fewest` or more.
    """
    genes = len(graph)
    known, learnt = _adjacency(graph.pairs, genes), _adjacency(seen, genes)
    either_way = np.concatenate([pairs, pairs[:, ::-1]])  # the near-duplicate stands for the first gene
    order = np.argsort(either_way[:, 0], kind="stable")
    has_copy = np.zeros(len(either_way), dtype=bool)
    cuts = np.searchsorted(either_way[order, 0], np.append(np.arange(0, genes, BLOCK), genes))
    for (start, near_duplicates), low, high in zip(_near_duplicates(known, fewest), cuts[:-1], cuts[1:], strict=True):
        rows = order[low:high]
        copies = sp.csr_array(near_duplicates @ learnt)  # [block, G]: how many of them have this partner
        has_copy[rows] = np.asarray(copies[either_way[rows, 0] - start, either_way[rows, 1]]).ravel() > 0
    return has_copy[: len(pairs)] | has_copy[len(pairs) :]


def near_duplicate_genes(known: sp.csr_array, *, fewest: int = 1) -> sp.csr_array:
    """Which genes are near-duplicates of each other, float64 [G, G] of ones.

    Args:
        known: symmetric [G, G] of ones, the pairs by which genes are compared.
        fewest: partners that both genes have at least.
    """
    blocks = [near_duplicates for _, near_duplicates in _near_duplicates(known, fewest)]
    return sp.csr_array(sp.vstack(blocks, format="csr"))


def _near_duplicates(known: sp.csr_array, fewest: int) -> Iterator[tuple[int, sp.csr_array]]:
    """First gene of a block, and which genes [block, G] are near-duplicates of each gene of the block."""
    degree = np.asarray(known.sum(axis=1)).ravel()
    for start in range(0, known.shape[0], BLOCK):
        block = known[start : start + BLOCK]
        shared = (block @ known).tocoo()
        gene, other = shared.coords
        either = degree[gene + start] + degree[other] - shared.data
        alike = (shared.data > ALIKE * either) & (gene + start != other)
        alike &= np.minimum(degree[gene + start], degree[other]) >= fewest
        ones = np.ones(int(alike.sum()))
        yield start, sp.csr_array((ones, (gene[alike], other[alike])), shape=block.shape)


def _adjacency(pairs: np.ndarray, genes: int) -> sp.csr_array:
    a, b = pairs.T
    return sp.csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(genes, genes))
