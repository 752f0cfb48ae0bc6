"""Relatedness: what a data set and the training pairs say of one gene and every other, whatever a model scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Bool, Float64, Int64

from slviz.datasets import GeneGraph, Terms
from slviz.features.pair_knowledge import ESSENTIAL, PairKnowledge
from slviz.ranking.known_pairs import KnownPairs
from slviz.splits.near_duplicate_free import near_duplicate_genes

LARGEST_SHARE, LARGEST_COUNT, LARGEST_PART = 0.02, 50, 0.25
"""A term or a set with more than this share of all genes, and more than so many, is too general to be a reason; in a
small data set one with more than a quarter of the genes is."""
FEWEST_PARTNERS, LIFT = 2, 3.0
"""Known partners that lie in a set for it to be a reason, and how many times more that is than chance puts there."""
FEWEST_IN_COMMON = 10
"""Training partners that both of two near-duplicate genes have at least; with fewer, sharing them says little."""
HUB_SHARE = 0.01
FEWEST_OF_A_HUB = 10
"""A hub is among this share of genes with most training partners, and has so many at least."""


@dataclass(frozen=True, eq=False)
class Relatedness:
    """What there is to say of pairs beside their scores. G genes.

    Attributes:
        graph: the data set.
        known: its pairs, as a run saw them.
    """

    graph: GeneGraph
    known: KnownPairs

    @cached_property
    def knowledge(self) -> PairKnowledge:
        return PairKnowledge(self.graph)

    @property
    def degree(self) -> Int64[np.ndarray, " genes"]:
        """Training partners of each gene."""
        return self.known.training.degree

    def shared_partners(self, gene: int) -> Int64[np.ndarray, " genes"]:
        """Training partners that a gene has in common with each."""
        return _row_product(self.known.training.adjacency, gene)

    def interacts(self, gene: int) -> Bool[np.ndarray, " genes"]:
        """Which proteins touch that of a gene."""
        return _row(self.knowledge.interactions, gene, len(self.graph)) > 0

    def shared_interactors(self, gene: int) -> Int64[np.ndarray, " genes"]:
        """Interaction partners that a gene has in common with each."""
        network = self.knowledge.interactions
        return np.zeros(len(self.graph), dtype=np.int64) if network is None else _row_product(network, gene)

    def paralog_identity(self, gene: int) -> Float64[np.ndarray, " genes"]:
        """Equal amino acids of a gene and each paralog, in per cent; NaN for others, or where unknown."""
        identity = _row(self.knowledge.identity, gene, len(self.graph))
        return np.where(identity > 0, identity, np.nan)

    def same_family(self, gene: int) -> Bool[np.ndarray, " genes"]:
        """Paralogs of a gene, and genes of its family."""
        return _row(self.knowledge.related, gene, len(self.graph)) > 0

    def shared_terms(self, gene: int) -> tuple[Int64[np.ndarray, " genes"], np.ndarray]:
        """How many terms a gene shares with each, the most general left out, and the name of the rarest one or ""."""
        if self.graph.terms is None:
            return np.zeros(len(self.graph), dtype=np.int64), np.full(len(self.graph), "", dtype=object)
        return _shared_sets(self.graph.terms, self._members(""), gene)

    def same_pathway(self, gene: int) -> np.ndarray:
        """Of each gene the smallest set of a further collection that it shares with a gene, text [G], "" for none."""
        named = np.full(len(self.graph), "", dtype=object)
        for collection, sets in self.graph.gene_sets.items():
            _, smallest = _shared_sets(sets, self._members(collection), gene)
            fresh = (named == "") & (smallest != "")
            named[fresh] = [f"{name} ({collection})" for name in smallest[fresh].tolist()]
        return named

    def partners_touched(self, gene: int) -> Int64[np.ndarray, " genes"]:
        """How many training partners of a gene the protein of each gene touches."""
        network = self.knowledge.interactions
        if network is None:
            return np.zeros(len(self.graph), dtype=np.int64)
        partners = self._training_partners(gene)
        return np.asarray(network[partners].sum(axis=0)).ravel().astype(np.int64)

    def sets_of_partners(self, gene: int) -> tuple[Int64[np.ndarray, " genes"], np.ndarray]:
        """Of each gene the term or set with most training partners of `gene` in it: how many, and its name.

        Sets of many genes are left out, and those that hold no more partners than chance puts there; 0 and "" for none.
        """
        genes = len(self.graph)
        count, named = np.zeros(genes, dtype=np.int64), np.full(genes, "", dtype=object)
        learnt = np.zeros(genes)
        learnt[self._training_partners(gene)] = 1
        for collection, sets in self._collections().items():
            members = self._members(collection)
            size = np.diff(members.indptr)
            inside = np.asarray(members.T @ learnt).ravel()
            expected = learnt.sum() * size / genes
            telling = (inside >= FEWEST_PARTNERS) & (inside >= LIFT * expected) & (size <= _largest(genes))
            for column in np.flatnonzero(telling)[np.argsort(inside[telling] - size[telling] / genes, kind="stable")]:
                of_set = members.indices[members.indptr[column] : members.indptr[column + 1]]
                better = of_set[inside[column] - learnt[of_set] >= np.maximum(count[of_set], FEWEST_PARTNERS)]
                count[better] = (inside[column] - learnt[better]).astype(np.int64)
                named[better] = sets.names[column]
        return count, named

    @cached_property
    def core_essential(self) -> Bool[np.ndarray, " genes"]:
        """Genes that cells cannot do without, as the data set tells; none where it does not."""
        columns = [column for column in map(self.knowledge.numbers, ESSENTIAL) if column is not None]
        return columns[0] > 0.5 if columns else np.zeros(len(self.graph), dtype=bool)  # NaN is not above

    @cached_property
    def hub_floor(self) -> int:
        """Training partners from which a gene is a hub."""
        highest = np.sort(self.degree)[::-1]
        return max(int(highest[max(int(HUB_SHARE * len(highest)), 1) - 1]), FEWEST_OF_A_HUB)

    @cached_property
    def hub(self) -> Bool[np.ndarray, " genes"]:
        """Genes with `hub_floor` training partners or more."""
        return self.degree >= self.hub_floor

    @cached_property
    def near_duplicates(self) -> sp.csr_array:
        """Which genes are near-duplicates by their training partners, float64 [G, G]."""
        return near_duplicate_genes(self.known.training.adjacency, fewest=FEWEST_IN_COMMON)

    @cached_property
    def given_away(self) -> sp.csr_array:
        """Pairs with a near-duplicate among the training pairs: entries above 0 of a symmetric [G, G]."""
        copies = sp.csr_array(self.near_duplicates @ self.known.training.adjacency)
        return sp.csr_array(copies + copies.T)

    @cached_property
    def band(self) -> np.ndarray:
        """Chromosome and band of each gene, text [G]; "" where unknown."""
        info = self.graph.gene_info
        if info is None:
            return np.full(len(self.graph), "", dtype=object)
        chromosome, band = (
            info[name].fillna("").str.strip().to_numpy(dtype=object) for name in ("chromosome", "cytoband")
        )
        known = (chromosome != "") & (band != "")
        return np.where(known, chromosome + " " + band, "").astype(object)

    @cached_property
    def publication(self) -> np.ndarray:
        """The publication that most training partners of each gene come from, text [G]; "" where unknown."""
        main = np.full(len(self.graph), "", dtype=object)
        evidence = self.graph.evidence
        if evidence is None or not len(evidence):
            return main
        records = pd.DataFrame(evidence[["pair", "pubmed"]]).drop_duplicates()
        pair, pubmed = records["pair"].to_numpy(), records["pubmed"].to_numpy(dtype=object)
        kept = (self.known.part[pair] == "train") & (pubmed != "")
        ends = self.graph.pairs[pair[kept]]
        listed = pd.DataFrame({"gene": ends.ravel(), "pubmed": np.repeat(pubmed[kept], 2)})
        counts = (
            listed.value_counts().reset_index().sort_values(["gene", "count", "pubmed"], ascending=[True, False, True])
        )
        first = counts.drop_duplicates("gene")
        main[first["gene"].to_numpy()] = first["pubmed"].to_numpy(dtype=object)
        return main

    @cached_property
    def _memberships(self) -> dict[str, sp.csc_array]:
        return {}

    def _collections(self) -> dict[str, Terms]:
        """Every collection of sets, the terms as "" among them."""
        terms = {} if self.graph.terms is None else {"": self.graph.terms}
        return {**terms, **self.graph.gene_sets}

    def _training_partners(self, gene: int) -> Int64[np.ndarray, " partners"]:
        adjacency = self.known.training.adjacency
        return adjacency.indices[adjacency.indptr[gene] : adjacency.indptr[gene + 1]].astype(np.int64)

    def _members(self, collection: str) -> sp.csc_array:
        """Membership by column of the terms ("") or of a further collection."""
        if collection not in self._memberships:
            membership = self._collections()[collection].membership
            self._memberships[collection] = sp.csc_array(membership, dtype=np.float64)
        return self._memberships[collection]


def _row(matrix: sp.csr_array | None, gene: int, genes: int) -> Float64[np.ndarray, " genes"]:
    """A row of a sparse matrix, zeros where there is no matrix."""
    row = np.zeros(genes)
    if matrix is not None:
        inside = slice(matrix.indptr[gene], matrix.indptr[gene + 1])
        row[matrix.indices[inside]] = matrix.data[inside]
    return row


def _row_product(adjacency: sp.csr_array, gene: int) -> Int64[np.ndarray, " genes"]:
    """How many ones the row of a gene has in common with that of each."""
    counts = np.asarray((adjacency[[gene]] @ adjacency).toarray()).ravel().astype(np.int64)
    counts[gene] = 0
    return counts


def _shared_sets(sets: Terms, members: sp.csc_array, gene: int) -> tuple[Int64[np.ndarray, " genes"], np.ndarray]:
    """How many of the sets of a gene each gene is in, those of many genes left out, and the smallest one's name."""
    genes = members.shape[0]
    size = np.diff(members.indptr)
    own = np.flatnonzero(members[[gene]].toarray().ravel())
    own = own[size[own] <= _largest(genes)]
    own = own[np.argsort(size[own], kind="stable")]  # the smallest first, so that it names
    count, named = np.zeros(genes, dtype=np.int64), np.full(genes, "", dtype=object)
    for column in own[::-1].tolist():
        inside = members.indices[members.indptr[column] : members.indptr[column + 1]]
        count[inside] += 1
        named[inside] = sets.names[column]
    return count, named


def _largest(genes: int) -> float:
    """Genes in a set from which it is too general."""
    return min(max(LARGEST_SHARE * genes, LARGEST_COUNT), max(LARGEST_PART * genes, 2))
