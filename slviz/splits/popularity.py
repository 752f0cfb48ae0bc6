"""Popularity-matched negatives: unlisted pairs of genes that are as well studied as those of the listed ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.splits.negatives import Pool, among

PAPERS = "papers"
"""The column over genes that counts the publications of each."""
CLOSE = 0.1
"""How far the log counts of a gene and of the one in its place may lie apart at first."""
WIDER = 1.25
PATIENCE = 4
"""So many rounds are drawn before what is close is widened."""
ROUNDS = 60
CANDIDATES = 24


@dataclass(frozen=True, eq=False)
class Popularity:
    """How well studied each gene is. G genes, M measures.

    Attributes:
        log_counts: float64 [G, M], log(1 + count) of its interactions and, where the data set tells them, its papers.
        measures: what was counted, in words, such as ("interactions", "papers").
    """

    log_counts: Float64[np.ndarray, "genes measures"]
    measures: tuple[str, ...]

    @classmethod
    def of(cls, graph: GeneGraph) -> Popularity | None:
        """The popularity of the genes of `graph`; None where it has neither interactions nor a column `papers`."""
        counts: dict[str, np.ndarray] = {}
        if graph.interactions is not None and graph.interactions.size:
            counts["interactions"] = np.bincount(graph.interactions.ravel(), minlength=len(graph))
        papers = None if graph.gene_columns is None else graph.gene_columns.numbers.get(PAPERS)
        if papers is not None:
            counts[PAPERS] = np.maximum(np.nan_to_num(papers), 0)
        if not counts:
            return None
        return cls(np.log1p(np.stack(list(counts.values()), axis=1).astype(np.float64)), tuple(counts))


def popularity_matched_negatives(
    random: np.random.Generator,
    like: Int64[np.ndarray, "pairs 2"],
    *,
    popularity: Popularity,
    avoid: Int64[np.ndarray, " keys"],
    pool: Pool | None = None,
) -> Int64[np.ndarray, "drawn 2"]:
    """For each pair of `like` an unlisted pair of two genes that are as popular as its own two.

    Each gene is replaced by one drawn uniformly among those whose counts lie within a factor of exp(`CLOSE`) of its
    own, the gene itself among them: hubs have few like them. Where the pair drawn is not allowed, both are drawn again,
    after `PATIENCE` rounds from a wider window. So every negative has about the counts of its own real pair, and no
    function of the counts tells the two apart. (The degree of genes among known pairs is not matched.)

    Args:
        random: where chance comes from.
        like: the real pairs.
        popularity: of every gene.
        avoid: keys (`pair_keys`) of the pairs that may not be drawn, ascending.
        pool: which genes a pair may join; of any genes where it is None.

    Returns different pairs, smaller gene first; fewer than `like` has where a pair finds no partner in `ROUNDS` rounds.
    """
    genes = len(popularity.log_counts)
    sides = _sides(like, pool, genes=genes)
    drawn = np.full(len(like), -1, dtype=np.int64)
    missing = np.arange(len(like))
    for turn in range(ROUNDS):
        if not len(missing):
            break
        close = CLOSE * WIDER ** (turn // PATIENCE)
        ends = np.stack([side.replaced(random, missing, popularity, close=close) for side in sides], axis=1)
        keys = pair_keys(ends, genes)
        taken = np.sort(drawn[drawn >= 0])
        allowed = (ends[:, 0] != ends[:, 1]) & ~among(keys, avoid) & ~among(keys, taken) & _is_first(keys)
        drawn[missing[allowed]] = keys[allowed]
        missing = missing[~allowed]
    kept = drawn[drawn >= 0]
    return np.stack([kept // genes, kept % genes], axis=1)


@dataclass(frozen=True, eq=False)
class _Side:
    """One gene of each real pair, and the genes that may stand in its place. N pairs."""

    of_pairs: Int64[np.ndarray, " pairs"]
    candidates: Int64[np.ndarray, " candidates"]

    def replaced(
        self, random: np.random.Generator, rows: Int64[np.ndarray, " rows"], popularity: Popularity, *, close: float
    ) -> Int64[np.ndarray, " rows"]:
        """A gene for each of `rows`, about as popular as the one that stands there, which it is where none is drawn."""
        wanted = self.of_pairs[rows]
        counts = popularity.log_counts
        by_first = self.candidates[np.argsort(counts[self.candidates, 0], kind="stable")]
        first = counts[by_first, 0]
        low = np.searchsorted(first, counts[wanted, 0] - close, side="left")
        high = np.searchsorted(first, counts[wanted, 0] + close, side="right")
        width = np.maximum(high - low, 1)
        places = low[:, None] + (random.random((len(rows), CANDIDATES)) * width[:, None]).astype(np.int64)
        tried = by_first[np.minimum(places, len(by_first) - 1)]  # [rows, CANDIDATES]
        fits = (np.abs(counts[tried] - counts[wanted][:, None, :]) <= close).all(axis=-1)
        chosen = tried[np.arange(len(rows)), fits.argmax(axis=1)]
        return np.where(fits.any(axis=-1), chosen, wanted)


def _sides(like: Int64[np.ndarray, "pairs 2"], pool: Pool | None, *, genes: int) -> tuple[_Side, _Side]:
    if pool is None:
        everyone = np.arange(genes)
        return _Side(like[:, 0], everyone), _Side(like[:, 1], everyone)
    one_first = np.where(np.isin(like[:, 0], pool.ones)[:, None], like, like[:, ::-1])
    return _Side(one_first[:, 0], pool.ones), _Side(one_first[:, 1], pool.others)


def _is_first(keys: Int64[np.ndarray, " keys"]) -> Bool[np.ndarray, " keys"]:
    first = np.zeros(len(keys), dtype=bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return first
