"""Pair measures: what a data set says of two genes as a pair, each as one number with a name and no label behind it.

They are the features of the model `bench` and the baselines of every table about an experiment. A measure that the data
set cannot give is not there. To add one, write a function of `PairKnowledge` and pairs, and a line in `MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float64, Int64

from slviz.datasets import Terms
from slviz.features.pair_knowledge import (
    EXPRESSION,
    PAPERS,
    YEAST_ESSENTIAL,
    PairKnowledge,
    degree,
    entries,
)

Measured = Float64[np.ndarray, " pairs"] | None
COPIED_ENTRIES = 1 << 20
"""Of a sparse matrix, at once: 62,500 pairs of genes with 1,000 interactions each took 7 GB together."""
WHOLE_ROWS = 4
"""A gene that is asked about with more than one in so many of all genes is multiplied with all of them."""


@dataclass(frozen=True)
class PairMeasure:
    """One number of a pair.

    Attributes:
        key: its name in a stored run.
        label: what people read.
        help: one sentence: what is counted, and from what.
        of: the numbers of pairs, NaN where one is not known; None where the data set cannot give any.
    """

    key: str
    label: str
    help: str
    of: Callable[[PairKnowledge, Int64[np.ndarray, "pairs 2"]], Measured]


def _shared(left: sp.csr_array, right: sp.csr_array, pairs: np.ndarray) -> Float64[np.ndarray, " pairs"]:
    """Σ over columns of `left[a]` times `right[b]`, added in the order of the columns.

    Few genes with many others each are a product of whole rows; of other pairs the rows are copied, a block at a time.
    """
    one, other = (sp.csr_matrix(matrix).sorted_indices() for matrix in (left, right))
    first, row = np.unique(pairs[:, 0], return_inverse=True)
    if len(first) * other.shape[0] <= WHOLE_ROWS * len(pairs):
        return _products_of_rows(one, other, first)[row, pairs[:, 1]]
    copied = np.cumsum(np.diff(one.indptr)[pairs[:, 0]] + np.diff(other.indptr)[pairs[:, 1]], dtype=np.int64)
    blocks = np.split(pairs, np.flatnonzero(np.diff(copied // COPIED_ENTRIES)) + 1)
    every = np.ones(one.shape[1])
    return np.concatenate([one[block[:, 0]].multiply(other[block[:, 1]]) @ every for block in blocks])


def _products_of_rows(
    left: sp.csr_matrix, right: sp.csr_matrix, rows: Int64[np.ndarray, " rows"]
) -> Float64[np.ndarray, "rows genes"]:
    """These rows of `left` times every row of `right`."""
    return (left[rows] @ right.T).toarray().astype(np.float64, copy=False)


def _jaccard(matrix: sp.csr_array | None, pairs: np.ndarray) -> Measured:
    """Shared columns over all columns of either row."""
    if matrix is None:
        return None
    shared = _shared(matrix, matrix, pairs)
    together = np.asarray(matrix.sum(axis=1)).ravel()[pairs].sum(axis=1) - shared
    return shared / np.maximum(together, 1)


def _log_shared(network: sp.csr_array | None, pairs: np.ndarray) -> Measured:
    return None if network is None else np.log1p(_shared(network, network, pairs))


def _beyond_chance(network: sp.csr_array | None, pairs: np.ndarray) -> Measured:
    """log(1 + L), L = s log(s / e) − s + e: how far s shared partners exceed the e that chance gives; 0 where they
    do not.

    With d partners of either gene among G genes chance gives e = d_a d_b / G, and exp(−L) bounds the probability of as
    many (Chernoff's bound of a Poisson number).
    """
    if network is None:
        return None
    shared = _shared(network, network, pairs)
    expected = _product(network, pairs) / network.shape[0]
    more = shared > expected
    ratio = np.where(more, shared, 1.0) / np.where(more, expected, 1.0)
    return np.log1p(np.where(more, shared * np.log(ratio) - shared + expected, 0.0))


def _adamic_adar(network: sp.csr_array | None, pairs: np.ndarray) -> Measured:
    if network is None:
        return None
    weighted = sp.csr_array(network @ sp.diags_array(1 / np.log(np.maximum(degree(network), 2.0))))
    return _shared(weighted, network, pairs)


def _product(network: sp.csr_array, pairs: np.ndarray) -> Float64[np.ndarray, " pairs"]:
    return degree(network)[pairs].astype(np.float64).prod(axis=1)


def _counts_product(network: sp.csr_array | None, pairs: np.ndarray) -> Measured:
    return None if network is None else _product(network, pairs)


def _identity(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    return None if knowledge.identity is None else entries(knowledge.identity, pairs)


def _squared_identity(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    """Identity as a share, squared: a pair of 40 % is nearer to none at all than to one of 80 %."""
    identity = _identity(knowledge, pairs)
    return None if identity is None else (identity / 100) ** 2


def _members(sets: Terms | None) -> sp.csr_array | None:
    return None if sets is None else sp.csr_array(sets.membership, dtype=np.float64)


def _term_similarity(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    """Jaccard of the terms, each weighted by −log of the share of genes that have it (Pesquita 2008, simGIC)."""
    members = _members(knowledge.graph.terms)
    if members is None:
        return None
    share = np.maximum(np.asarray(members.sum(axis=0)).ravel(), 1) / members.shape[0]
    weighted = sp.csr_array(members @ sp.diags_array(-np.log(share)))
    shared = _shared(weighted, members, pairs)
    together = np.asarray(weighted.sum(axis=1)).ravel()[pairs].sum(axis=1) - shared
    return shared / np.maximum(together, 1e-9)


def _same_family(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    families = knowledge.graph.relations.get("families")
    return None if families is None else entries(families.matrix(len(knowledge.graph)), pairs)


def _same_ortholog(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    ortholog = knowledge.yeast_ortholog
    if ortholog is None:
        return None
    a, b = ortholog[pairs[:, 0]], ortholog[pairs[:, 1]]
    return ((a == b) & (a != "")).astype(np.float64)


def _both_orthologs(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    ortholog = knowledge.yeast_ortholog
    return None if ortholog is None else (ortholog != "")[pairs].all(axis=1).astype(np.float64)


def _sum(column: Float64[np.ndarray, " genes"] | None, pairs: np.ndarray) -> Measured:
    """Both genes' numbers added, one that is not known counting as 0."""
    return None if column is None else np.nan_to_num(column)[pairs].sum(axis=1)


def _popularity(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    papers = knowledge.numbers(PAPERS)
    return None if papers is None else _sum(np.log1p(np.maximum(papers, 0)), pairs)


def _essentiality(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    """How many of the two genes are essential in most cell lines."""
    return _sum(knowledge.essential, pairs)


def _shared_essential(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    """log(1 + shared partners in the literature that human cells, or yeast by their ortholog, cannot do without)."""
    network = knowledge.literature
    known = [column for column in (knowledge.essential, knowledge.numbers(YEAST_ESSENTIAL)) if column is not None]
    if network is None or not known:
        return None
    essential = np.max([np.nan_to_num(column) for column in known], axis=0)
    return np.log1p(_shared(sp.csr_array(network @ sp.diags_array(essential)), network, pairs))


def _set_essentiality(knowledge: PairKnowledge, sets: Terms | None, pairs: np.ndarray) -> Measured:
    """Mean over both genes of the share of essential genes in the sets that a gene is in; 0 for one that is in none."""
    members, essential = _members(sets), knowledge.essential
    if members is None or essential is None:
        return None
    share = (members.T @ essential) / np.maximum(np.asarray(members.sum(axis=0)).ravel(), 1)
    of_gene = (members @ share) / np.maximum(np.asarray(members.sum(axis=1)).ravel(), 1)
    return of_gene[pairs].mean(axis=1)


def _lower_expression(knowledge: PairKnowledge, pairs: np.ndarray) -> Measured:
    expression = knowledge.numbers(EXPRESSION)
    return None if expression is None else np.fmin(expression[pairs[:, 0]], expression[pairs[:, 1]])


MEASURES: Mapping[str, PairMeasure] = {
    measure.key: measure
    for measure in (
        PairMeasure(
            "interaction_jaccard",
            "interaction Jaccard",
            "Shared interaction partners over all partners of either gene.",
            lambda known, pairs: _jaccard(known.interactions, pairs),
        ),
        PairMeasure(
            "interaction_adamic_adar",
            "interaction Adamic–Adar",
            "Shared interaction partners, those with many interactions counting less (Adamic & Adar 2003).",
            lambda known, pairs: _adamic_adar(known.interactions, pairs),
        ),
        PairMeasure(
            "interaction_product",
            "product of interaction counts",
            "How many interactions each gene has, multiplied.",
            lambda known, pairs: _counts_product(known.interactions, pairs),
        ),
        PairMeasure(
            "literature_jaccard",
            "literature Jaccard",
            "Shared partners over all partners of either gene, in interactions of the literature.",
            lambda known, pairs: _jaccard(known.literature, pairs),
        ),
        PairMeasure(
            "literature_adamic_adar",
            "literature Adamic–Adar",
            "Shared partners in interactions of the literature, those with many interactions counting less.",
            lambda known, pairs: _adamic_adar(known.literature, pairs),
        ),
        PairMeasure(
            "literature_product",
            "product of literature counts",
            "How many interactions of the literature each gene has, multiplied.",
            lambda known, pairs: _counts_product(known.literature, pairs),
        ),
        PairMeasure(
            "literature_shared",
            "shared partners in the literature",
            "Logarithm of 1 + the shared partners, in interactions of the literature.",
            lambda known, pairs: _log_shared(known.literature, pairs),
        ),
        PairMeasure(
            "systematic_jaccard",
            "systematic Jaccard",
            "Shared partners over all partners of either gene, in systematic interactions.",
            lambda known, pairs: _jaccard(known.systematic, pairs),
        ),
        PairMeasure(
            "paralog_identity", "paralog identity", "Equal amino acids of two paralogs, in per cent.", _identity
        ),
        PairMeasure(
            "paralog_identity_squared",
            "squared paralog identity",
            "Share of equal amino acids of two paralogs, squared.",
            _squared_identity,
        ),
        PairMeasure(
            "term_similarity", "GO similarity", "Shared terms, rare ones counting more (simGIC).", _term_similarity
        ),
        PairMeasure("same_family", "same family", "1 where both genes are of one family.", _same_family),
        PairMeasure(
            "coessential_jaccard",
            "shared co-essential modules",
            "Modules of co-essential genes that both are in, over those that either is in.",
            lambda known, pairs: _jaccard(_members(known.graph.gene_sets.get("coessential")), pairs),
        ),
        PairMeasure(
            "same_yeast_ortholog", "same yeast ortholog", "1 where one yeast gene is ortholog of both.", _same_ortholog
        ),
        PairMeasure(
            "yeast_essential",
            "yeast ortholog essential",
            "How many of the two genes have a yeast ortholog that yeast cannot do without.",
            lambda known, pairs: _sum(known.numbers(YEAST_ESSENTIAL), pairs),
        ),
        PairMeasure("popularity", "popularity", "Papers of both genes, in logarithms added.", _popularity),
        PairMeasure(
            "essentiality", "essentiality", "How many of the two genes cells cannot do without.", _essentiality
        ),
        PairMeasure(
            "lower_expression",
            "lower expression",
            "Mean expression in cell lines of the gene that is expressed less.",
            _lower_expression,
        ),
        PairMeasure(
            "literature_beyond_chance",
            "shared partners in the literature beyond chance",
            "How unlikely it is that both genes share so many partners by chance, in interactions of the literature.",
            lambda known, pairs: _beyond_chance(known.literature, pairs),
        ),
        PairMeasure(
            "systematic_beyond_chance",
            "shared systematic partners beyond chance",
            "How unlikely it is that both genes share so many partners by chance, in systematic interactions.",
            lambda known, pairs: _beyond_chance(known.systematic, pairs),
        ),
        PairMeasure(
            "shared_essential",
            "essential shared partners",
            "Logarithm of 1 + the shared partners in the literature that cells, or yeast, cannot do without.",
            _shared_essential,
        ),
        PairMeasure(
            "both_yeast_orthologs",
            "yeast orthologs of both",
            "1 where both genes have a yeast ortholog: functions that have been kept for long.",
            _both_orthologs,
        ),
        PairMeasure(
            "complex_essentiality",
            "essential complexes",
            "Share of essential genes in the complexes of either gene, on average.",
            lambda known, pairs: _set_essentiality(known, known.graph.gene_sets.get("complexes"), pairs),
        ),
        PairMeasure(
            "term_essentiality",
            "essential GO terms",
            "Share of essential genes in the GO terms of either gene, on average.",
            lambda known, pairs: _set_essentiality(known, known.graph.terms, pairs),
        ),
    )
}
"""By key, in the order of the tables."""
BASELINES = (
    "interaction_jaccard",
    "interaction_adamic_adar",
    "interaction_product",
    "literature_jaccard",
    "literature_adamic_adar",
    "literature_product",
    "systematic_jaccard",
    "paralog_identity",
    "term_similarity",
    "same_family",
    "popularity",
    "essentiality",
)
"""Measures that stand in every table about an experiment, higher meaning more likely a hit."""
OF_RELATIONS = {"literature": "literature_", "systematic": "systematic_"}
"""Measures that repeat those of all interactions where the folder has no relation of that name."""


def measured(knowledge: PairKnowledge, pairs: Int64[np.ndarray, "pairs 2"], *keys: str) -> dict[str, np.ndarray]:
    """The measures of that name which the data set can give, by key; float64 [N] each, NaN where not known."""
    values = {key: MEASURES[key].of(knowledge, pairs) for key in keys}
    return {key: numbers for key, numbers in values.items() if numbers is not None}


def baseline_measures(knowledge: PairKnowledge, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, np.ndarray]:
    """`BASELINES` by label, without those that would repeat another; what is not known counts as least."""
    repeats = tuple(prefix for name, prefix in OF_RELATIONS.items() if name not in knowledge.graph.relations)
    keys = [key for key in BASELINES if not key.startswith(repeats)] if repeats else list(BASELINES)
    values = measured(knowledge, pairs, *keys)
    return {MEASURES[key].label: np.nan_to_num(numbers, nan=0.0) for key, numbers in values.items()}
