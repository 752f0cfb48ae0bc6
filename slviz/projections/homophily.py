"""Neighbour homophily: how often a gene's nearest neighbours are related to it, so that embeddings can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses, class_sets, gene_classes
from slviz.projections.agreement import PERMUTATIONS, Null, permuted_names, renamed
from slviz.text import percent

LARGEST_TERM = 0.05
"""A term with more than this share of the genes says little about two that share it."""
BLOCK = 20_000
HELD_OUT = "share a held-out partner"
SAME_CLASS = "are in the same class"
"""Of things without pairs, such as pictures."""


@dataclass(frozen=True, eq=False)
class Relation:
    """A relation between two genes. G genes.

    Attributes:
        name: such as "share a term".
        help: a sentence on what it means.
        bound: bool [G], whether a gene is related to any other.
        between: whether genes [N] are related to others [N], by their numbers; bool [N].
    """

    name: str
    help: str
    related: Bool[np.ndarray, " genes"]
    between: Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class NeighbourHomophily:
    """How many of the genes' nearest neighbours are related to them. G genes.

    Attributes:
        relation: the name of the relation.
        share: float32 [G], share (0 to 1) of each gene's nearest that are related to it; NaN for a gene that
            is related to no gene at all.
        neighbours: how many nearest genes are looked at.
        null: the mean over genes where names are permuted.
    """

    relation: str
    share: Float32[np.ndarray, " genes"]
    neighbours: int
    null: Null

    @property
    def mean(self) -> float:
        """Over the genes that are related to any."""
        return float(np.nanmean(self.share))


def relations_of(
    graph: GeneGraph, *, training: Int64[np.ndarray, "training 2"], test: Int64[np.ndarray, "test 2"]
) -> tuple[Relation, ...]:
    """The relations between genes of a data set, as far as it has the data for them.

    Args:
        graph: the data set.
        training: the known pairs that the network learnt from.
        test: the known pairs that were held out.
    """
    genes = len(graph)
    learnt, unseen = _listed(training, genes), _listed(test, genes)
    relations = [
        _sharing(
            "share a partner", "Both are listed with the same third gene, in pairs it learnt from.", learnt, learnt
        ),
        _sharing(
            HELD_OUT,
            "The near gene is listed with a partner of the gene, and the network never saw that this gene has it.",
            unseen,
            learnt,
        ),
        _paired("are partners", "Known pairs themselves, held-out ones included.", [training, test], genes),
    ]
    if graph.terms is not None:
        size = np.asarray(graph.terms.membership.sum(axis=0)).ravel()
        telling = np.flatnonzero((size >= 2) & (size <= max(LARGEST_TERM * genes, 2)))
        chosen = sp.csr_array(graph.terms.membership[:, telling])
        help = f"A term (a pathway, a Gene Ontology term) with at most {percent(LARGEST_TERM)} of the genes names both."
        relations.insert(0, _sharing("share a term", help, chosen, chosen))
    if not len(graph.pairs) and (sets := class_sets(graph)):
        relations.append(_of_class(gene_classes(graph, sets[0])))
    return tuple(relation for relation in relations if relation.related.any())


def _of_class(classes: GeneClasses) -> Relation:
    label = classes.label

    def between(genes: np.ndarray, others: np.ndarray) -> np.ndarray:
        return (label[genes] == label[others]) & (label[genes] >= 0)

    return Relation(
        SAME_CLASS,
        "Both have the same class. A network that predicts classes was told those of the genes that it learnt from.",
        label >= 0,
        between,
    )


def neighbour_homophily(
    nearest: Int64[np.ndarray, "genes count"], relation: Relation, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> NeighbourHomophily:
    """How many of each gene's `nearest` [G, k] are related to it, beside the same with permuted names."""
    share = np.where(relation.related, _share(nearest, relation), np.nan)
    draws = [
        _share(renamed(nearest, order), relation)[relation.related].mean()
        for order in permuted_names(len(nearest), permutations, seed=seed)
    ]
    return NeighbourHomophily(relation.name, share.astype(np.float32), nearest.shape[1], Null.of(np.array(draws)))


def _share(nearest: np.ndarray, relation: Relation) -> np.ndarray:
    genes, count = nearest.shape
    return relation.between(np.repeat(np.arange(genes), count), nearest.ravel()).reshape(genes, count).mean(axis=1)


def _sharing(name: str, help: str, own: sp.csr_array, others: sp.csr_array) -> Relation:
    """Genes one of whose `own` marks (bool [G, M]) another gene has among its marks in `others` (bool [G, M])."""
    shared = np.flatnonzero((_columns(own) > 0) & (_columns(others) > (1 if own is others else 0)))
    mine, theirs = own[:, shared], others[:, shared]
    own_bits, other_bits = _words(mine), _words(theirs)

    def between(genes: np.ndarray, near: np.ndarray) -> np.ndarray:
        blocks = [slice(at, at + BLOCK) for at in range(0, len(genes), BLOCK)]
        return np.concatenate([(own_bits[genes[block]] & other_bits[near[block]]).any(axis=1) for block in blocks])

    return Relation(name, help, np.diff(mine.indptr) > 0, between)


def _words(marks: sp.csr_array) -> np.ndarray:
    """The marks as bits, 64 to a number: [G, M] -> [G, M / 64], so that all marks of a gene are compared at once."""
    bits = np.packbits(marks.toarray().astype(bool), axis=1)
    bytes_short = -bits.shape[1] % 8
    return np.ascontiguousarray(np.pad(bits, ((0, 0), (0, bytes_short)))).view(np.uint64)


def _paired(name: str, help: str, pairs: list[np.ndarray], genes: int) -> Relation:
    """Genes that are one of `pairs` [P, 2]."""
    known = np.concatenate(pairs)
    keys = np.unique(known.min(axis=1) * genes + known.max(axis=1))
    related = np.zeros(genes, dtype=bool)
    related[known.ravel()] = True

    def between(some: np.ndarray, near: np.ndarray) -> np.ndarray:
        return np.isin(np.minimum(some, near) * genes + np.maximum(some, near), keys)

    return Relation(name, help, related, between)


def _listed(pairs: np.ndarray, genes: int) -> sp.csr_array:
    """Bool [G, G], true for both directions of each pair."""
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    return sp.csr_array((np.ones(len(ends), dtype=bool), (ends[:, 0], ends[:, 1])), shape=(genes, genes))


def _columns(marks: sp.csr_array) -> np.ndarray:
    return np.bincount(marks.indices, minlength=marks.shape[1])
