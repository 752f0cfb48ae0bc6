"""Surveying a run: one pass over the scores of all pairs, from which single genes are ranked and adjusted for hubs."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Float64, Int64

from slviz.cores import side_by_side
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.projections.method import OnProgress
from slviz.ranking.known_pairs import KnownPairs
from slviz.ranking.scales import is_bounded, on_an_open_scale
from slviz.runs.artifacts.surveys import NOWHERE, Survey
from slviz.scorers import PairScorer

TOP = 10_000
"""So many of the highest pairs are kept."""
MOST_TOP = 1_000_000
"""So many can be asked for at most."""
EVERY_RANK, GROWTH = 64, 1.015
"""Every place up to here is kept; beyond it each is so many times the one before, so a rank is known to 1.5 %."""
BLOCK = 256
SMALL = 1_500
"""Genes up to which a survey takes no longer than a click (a second or two on two cores)."""
MOST_GENES = 16_000
"""Genes beyond which the scores of all pairs do not fit into the memory that is allowed for them."""


def survey(
    graph: GeneGraph,
    known: KnownPairs,
    scorer: PairScorer,
    *,
    top: int = TOP,
    on_progress: OnProgress | None = None,
) -> Survey:
    """The survey of all pairs of `graph` as `scorer` scores them; the same on any number of processors.

    Memory: 8 bytes a pair of genes beside what the scorer takes. Raises `InvalidSetting` for a data set that is too
    large for that, and for fewer than one pair to keep or more than `MOST_TOP`.
    """
    if top < 1:
        raise InvalidSetting(f"top={top} keeps no pair. Ask for 1 or more.")
    if top > MOST_TOP:
        raise InvalidSetting(f"The {top:,} highest pairs are more than a survey holds. Ask for {MOST_TOP:,} at most.")
    if len(graph) > MOST_GENES:
        raise InvalidSetting(
            f"Ranking all pairs of {len(graph):,} genes would take more memory than slviz allows itself "
            f"({MOST_GENES:,} genes at most). Rank single genes instead."
        )
    tell = on_progress or (lambda share, doing: None)
    tell(0.02, "scoring all pairs")
    scores = scorer.all_pairs()
    tell(0.7, "ordering the partners of each gene")
    ranks = kept_ranks(len(graph) - 1)
    score_at, mean, spread = lists_of_genes(scores, known.training.adjacency, ranks)
    tell(0.85, "ordering all pairs")
    pairs, highest = highest_pairs(scores, count=top)
    for low in range(0, len(graph), BLOCK):
        listed = graph.adjacency[low : low + BLOCK].tocoo()
        scores[listed.coords[0] + low, listed.coords[1]] = -np.inf
    (unreported, unreported_scores), (all_ranks, all_score_at) = side_by_side(
        lambda work: work(), (lambda: highest_pairs(scores, count=top), lambda: _over_all(scores))
    )
    tell(1.0, "done")
    return Survey(ranks, score_at, mean, spread, pairs, highest, unreported, unreported_scores, all_ranks, all_score_at)


def kept_ranks(count: int) -> Int64[np.ndarray, " ranks"]:
    """Every place up to `EVERY_RANK`, then ever fewer, and the last, `count`."""
    if count <= EVERY_RANK:
        return np.arange(1, count + 1, dtype=np.int64)
    steps = int(np.ceil(np.log(count / EVERY_RANK) / np.log(GROWTH)))
    further = np.round(EVERY_RANK * (count / EVERY_RANK) ** (np.arange(1, steps + 1) / steps)).astype(np.int64)
    return np.unique(np.r_[np.arange(1, EVERY_RANK + 1), further])


def lists_of_genes(
    scores: Float32[np.ndarray, "genes genes"], training: sp.csr_array, ranks: Int64[np.ndarray, " ranks"]
) -> tuple[Float32[np.ndarray, "genes ranks"], Float64[np.ndarray, " genes"], Float64[np.ndarray, " genes"]]:
    """Of each gene the scores at these places, and mean and spread of `on_an_open_scale` of all scores.

    The gene itself and its training partners are left out of both.
    """
    genes = len(scores)
    score_at = np.empty((genes, len(ranks)), dtype=np.float32)
    mean, spread = np.zeros(genes), np.zeros(genes)
    bounded = is_bounded(scores)

    def fill(start: int) -> None:
        stop = min(start + BLOCK, genes)
        block = scores[start:stop].copy()
        partner = training[start:stop].tocoo()
        block[partner.coords[0], partner.coords[1]] = NOWHERE
        block[np.arange(stop - start), np.arange(start, stop)] = NOWHERE
        there = block > NOWHERE
        opened = on_an_open_scale(block, bounded=bounded)
        mean[start:stop] = opened.mean(axis=1, where=there, dtype=np.float64)
        spread[start:stop] = opened.std(axis=1, where=there, dtype=np.float64)
        block.sort(axis=1)
        score_at[start:stop] = block[:, genes - ranks]

    with np.errstate(invalid="ignore", divide="ignore"):  # a gene whose partners are all the others has no list
        side_by_side(fill, range(0, genes, BLOCK))
    return score_at, np.nan_to_num(mean), np.nan_to_num(spread)


def highest_pairs(
    scores: Float32[np.ndarray, "genes genes"], *, count: int
) -> tuple[Int64[np.ndarray, "highest 2"], Float32[np.ndarray, " highest"]]:
    """The pairs with the highest scores, falling, and these; level ones by gene numbers. −∞ is no score.

    Read a block of genes at a time: of a block only what may still be among the highest is kept.
    """
    genes = len(scores)
    kept_scores, kept_keys = np.empty(0, dtype=np.float32), np.empty(0, dtype=np.int64)
    bound = -np.inf
    for start in range(0, genes, BLOCK):
        block = scores[start : start + BLOCK]
        row, column = np.nonzero(block > bound)  # a pair that is only level with the last one comes after it
        above = column > row + start
        row, column = row[above] + start, column[above]
        kept_scores = np.r_[kept_scores, scores[row, column]]
        kept_keys = np.r_[kept_keys, row * genes + column]
        if len(kept_scores) > count:
            order = np.lexsort((kept_keys, -kept_scores))[:count]
            kept_scores, kept_keys = kept_scores[order], kept_keys[order]
            bound = float(kept_scores[-1])
    order = np.lexsort((kept_keys, -kept_scores))
    kept_scores, kept_keys = kept_scores[order], kept_keys[order]
    return np.stack(np.divmod(kept_keys, genes), axis=1).astype(np.int64).reshape(-1, 2), kept_scores


def _over_all(
    scores: Float32[np.ndarray, "genes genes"],
) -> tuple[Int64[np.ndarray, " ranks"], Float32[np.ndarray, " ranks"]]:
    """Places among all pairs that have a score, and the scores there."""
    genes = len(scores)
    values = np.concatenate([scores[gene, gene + 1 :] for gene in range(genes)])
    values = values[values > -np.inf]
    values.sort()
    ranks = kept_ranks(len(values)) if len(values) else np.empty(0, dtype=np.int64)
    return ranks, values[len(values) - ranks]
