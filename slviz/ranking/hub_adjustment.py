"""Hub adjustment: how surprising a partner is beyond being a hub, by the pair's place in the partner's own list.

    surprise(gene, partner) = ( x(gene, partner) − mean over g of x(g, partner) ) / deviation over g of x(g, partner)

x is the log-odds of the score, and g runs over the genes that are neither the partner itself nor one of its training
partners. A hub scores high with every gene, so its own mean takes that off: what is left says what the pair has beyond
the hub. It is the z-score against the background of a gene's own pairs by which CLR tells regulation from promiscuous
genes (Faith 2007, doi:10.1371/journal.pbio.0050008), taken from the side of the partner alone, since the gene is the
same in the whole list. The hub-adjusted rank orders partners by it.

Beside it stands the place of the gene in the list of the partner, which says the same in ranks.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.ranking.places import mean_ranks_among, ranks
from slviz.ranking.scales import is_bounded, on_an_open_scale
from slviz.runs.artifacts.surveys import NOWHERE, Survey

BLOCK = 8_192
"""Pairs whose kept scores, some 400 each, are read at once."""


def surprise(
    survey: Survey, partners: Int64[np.ndarray, " partners"], scores: Float32[np.ndarray, " partners"]
) -> Float64[np.ndarray, " partners"]:
    """By how many deviations each score lies above its partner's mean; 0 where a partner scores the same with all."""
    opened = on_an_open_scale(np.asarray(scores, dtype=np.float64), bounded=_is_bounded(survey))
    spread = survey.spread[partners]
    return np.where(spread > 0, (opened - survey.mean[partners]) / np.where(spread > 0, spread, 1.0), 0.0)


def _is_bounded(survey: Survey) -> bool:
    """Whether all scores that the survey read lie between 0 and 1, whatever those of one gene do."""
    kept = survey.score_at[survey.score_at > NOWHERE]
    return is_bounded(kept) and is_bounded(survey.scores)


def adjusted_ranks(surprises: Float64[np.ndarray, " partners"]) -> Int64[np.ndarray, " partners"]:
    """1 for the most surprising partner; level ones share the smallest."""
    return ranks(surprises)


def places_for_gene(
    scores: Float32[np.ndarray, " genes"], *, gene: int, learnt: Bool[np.ndarray, " genes"]
) -> Float64[np.ndarray, " genes"]:
    """The place of every gene in the list of `gene` (mean of level ones), among those that it did not learn from."""
    candidates = ~learnt
    candidates[gene] = False
    return np.maximum(mean_ranks_among(scores, scores[candidates]), 1.0)


def places_for_partners(
    survey: Survey, partners: Int64[np.ndarray, " partners"], scores: Float32[np.ndarray, " partners"]
) -> Float64[np.ndarray, " partners"]:
    """The place that a score takes in each partner's own list, from the scores that the survey keeps.

    Exact up to the place 64, and where every place is kept; between two kept places interpolated by score. Level with
    a run of places it is their mean. At least 1. Read a block of pairs at a time.
    """
    blocks = [
        _places_for_partners(survey, partners[start : start + BLOCK], scores[start : start + BLOCK])
        for start in range(0, len(partners), BLOCK)
    ]
    return np.concatenate(blocks) if blocks else np.empty(0)


def _places_for_partners(survey: Survey, partners: np.ndarray, scores: np.ndarray) -> Float64[np.ndarray, " partners"]:
    table = survey.score_at[partners]  # [P, J], falling along a row
    wanted = np.asarray(scores, dtype=np.float64)[:, None]
    rounding = _rounding(wanted)
    above, through = (table > wanted + rounding).sum(axis=1), (table >= wanted - rounding).sum(axis=1)
    ranks = survey.ranks.astype(np.float64)
    before = np.where(above > 0, ranks[np.maximum(above - 1, 0)], 0.0)
    after = ranks[np.minimum(above, len(ranks) - 1)]
    level = (after + ranks[np.maximum(through - 1, 0)]) / 2
    between = before + _share(table, wanted, above) * (after - before)
    return np.maximum(np.where(through > above, level, np.maximum(between, before + 0.5)), 1.0)


def lengths(survey: Survey) -> Int64[np.ndarray, " genes"]:
    """How many genes every gene's own list has, to the last kept place."""
    there = (survey.score_at > NOWHERE).sum(axis=1)
    return survey.ranks[np.maximum(there - 1, 0)]


def _rounding(score: np.ndarray) -> np.ndarray:
    """How far the score of a pair alone may lie from its score among all pairs: sums run in another order there.

    A logistic score moves by s (1 − s) where what it is of moves by 1; a step of single precision comes on top.
    """
    steep = np.where((score >= 0) & (score <= 1), score * (1 - score), np.abs(score))
    return 5e-6 * steep + 1.2e-7 * np.abs(score)


def _share(table: np.ndarray, wanted: np.ndarray, above: np.ndarray) -> Float64[np.ndarray, " partners"]:
    """How far along from the kept score above it to the one below it each wanted score lies, from 0 to 1."""
    row = np.arange(len(table))
    upper = table[row, np.maximum(above - 1, 0)].astype(np.float64)
    lower = table[row, np.minimum(above, table.shape[1] - 1)].astype(np.float64)
    inside = (above > 0) & (above < table.shape[1]) & (lower > NOWHERE) & (upper > lower)
    gap = np.where(inside, upper - lower, 1.0)
    return np.where(inside, (upper - wanted.ravel()) / gap, 0.0)


def training_row(adjacency: sp.csr_array, gene: int) -> Bool[np.ndarray, " genes"]:
    """Which genes are training partners of a gene."""
    learnt = np.zeros(adjacency.shape[0], dtype=bool)
    learnt[adjacency.indices[adjacency.indptr[gene] : adjacency.indptr[gene + 1]]] = True
    return learnt
