"""Metrics of a ranking of every pair that is not known yet, and of every gene's possible partners."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float32, Int64

TOP = 5_000
CUTS = (10, 20, 50)
BLOCK = 256

ScoreRows = Callable[[int, int], Float32[np.ndarray, "block genes"]]
"""Scores of the genes from `start` up to `stop` with every gene; the same whichever gene of a pair stands first."""


def ranking_metrics(
    rows: ScoreRows,
    *,
    positives: Int64[np.ndarray, "positives 2"],
    excluded: Int64[np.ndarray, "excluded 2"],
    genes: int,
    on_share: Callable[[float], None] = lambda share: None,
) -> dict[str, dict[str, float]]:
    """Metrics over all pairs ("all-unknown") and over each gene's candidates ("per-gene"), by metric key.

    Pairs with the same score share their ranks: each metric is its mean over all orders of such pairs.

    - all-unknown: every pair of different genes but the excluded ones is ranked. `ap` is the average
      precision of the positives, `recall@5000` their share among the 5,000 highest.
    - per-gene: for each gene with a positive, every other gene that is no excluded partner is ranked.
      NDCG@k (Järvelin & Kekäläinen 2002) has its ideal over all positives of the gene; Recall@k is hits
      over positives, Precision@k hits over the smaller of k and positives; the mean over genes.

    Args:
        rows: gives the scores, a block of genes at a time; none may be NaN.
        positives: the held-out pairs to find, each once, none of them excluded.
        excluded: known pairs that are not to be found: those learnt from, or left out of the split.
        genes: number of genes.
        on_share: called after each block of genes with its share of all; what it raises ends the ranking.

    Returns {} when there is no positive. Memory: about 4 bytes a pair of genes.
    """
    if not len(positives):
        return {}
    either_way = np.concatenate([positives, positives[:, ::-1]])
    either_way = either_way[np.argsort(either_way[:, 0], kind="stable")]
    hidden = _PairsByRow(np.concatenate([excluded, excluded[:, ::-1], np.repeat(np.arange(genes), 2).reshape(-1, 2)]))
    scores = np.empty(genes * (genes - 1) // 2, dtype=np.float32)
    above, level = np.empty(len(either_way), dtype=np.int64), np.empty(len(either_way), dtype=np.int64)
    of_positives = np.empty(len(either_way), dtype=np.float32)
    filled = 0
    for start in range(0, genes, BLOCK):
        stop = min(start + BLOCK, genes)
        block = np.array(rows(start, stop), dtype=np.float32, order="C")  # whole rows are read below
        block[hidden.inside(start, stop)] = -np.inf
        chosen = slice(*np.searchsorted(either_way[:, 0], [start, stop]))
        above[chosen], level[chosen], of_positives[chosen] = _places(block, either_way[chosen] - [start, 0])
        for row, gene in enumerate(range(start, stop)):
            scores[filled : filled + genes - gene - 1] = block[row, gene + 1 :]
            filled += genes - gene - 1
        on_share((stop - start) / genes)
    once = of_positives[either_way[:, 0] < either_way[:, 1]]
    return {"all-unknown": _all_unknown(scores, once), "per-gene": _per_gene(either_way[:, 0], above, level)}


class _PairsByRow:
    """Directed pairs sorted by their first gene, to find those of a block of rows."""

    def __init__(self, pairs: Int64[np.ndarray, "pairs 2"]) -> None:
        self.pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]

    def inside(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Row within the block, and column, of each pair whose first gene lies in the block."""
        low, high = np.searchsorted(self.pairs[:, 0], [start, stop])
        return self.pairs[low:high, 0] - start, self.pairs[low:high, 1]


def _places(
    block: Float32[np.ndarray, "block genes"], positives: Int64[np.ndarray, "positives 2"]
) -> tuple[Int64[np.ndarray, " positives"], Int64[np.ndarray, " positives"], Float32[np.ndarray, " positives"]]:
    """For each (row, column): candidates of its row that score higher, those that score the same, its score."""
    score = block[positives[:, 0], positives[:, 1]]
    above, level = np.empty(len(positives), dtype=np.int64), np.empty(len(positives), dtype=np.int64)
    for low in range(0, len(positives), BLOCK):
        few = slice(low, low + BLOCK)
        candidates = block[positives[few, 0]]
        above[few] = (candidates > score[few, None]).sum(axis=1)
        level[few] = (candidates == score[few, None]).sum(axis=1)
    return above, level, score


def _all_unknown(
    scores: Float32[np.ndarray, " candidates"], positives: Float32[np.ndarray, " positives"]
) -> dict[str, float]:
    """Metrics from the scores of all candidates, positives among them; sorts `scores` in place."""
    scores.sort()
    falling, count = np.unique(-positives, return_counts=True)
    above = len(scores) - np.searchsorted(scores, -falling, side="right")
    through = len(scores) - np.searchsorted(scores, -falling, side="left")
    hits_so_far = np.cumsum(count)
    within = (np.minimum(through, TOP) - np.minimum(above, TOP)) / (through - above)
    return {
        "ap": float(np.sum(count / len(positives) * hits_so_far / through)),
        f"recall@{TOP}": float(np.sum(count * within) / len(positives)),
    }


def _per_gene(
    gene: Int64[np.ndarray, " positives"],
    above: Int64[np.ndarray, " positives"],
    level: Int64[np.ndarray, " positives"],
) -> dict[str, float]:
    """Mean metrics over genes from the place of each positive among its gene's candidates."""
    _, which, positives = np.unique(gene, return_inverse=True, return_counts=True)
    gained = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, max(CUTS) + 2)))])  # by number of ranks
    measures: dict[str, dict[int, float]] = {"ndcg": {}, "recall": {}, "precision": {}}
    for k in CUTS:
        first, last = np.minimum(above, k), np.minimum(above + level, k)
        gain = np.bincount(which, weights=(gained[last] - gained[first]) / level)
        hits = np.bincount(which, weights=(last - first) / level)
        possible = np.minimum(positives, k)
        measures["ndcg"][k] = float(np.mean(gain / gained[possible]))
        measures["recall"][k] = float(np.mean(hits / positives))
        measures["precision"][k] = float(np.mean(hits / possible))
    return {f"{name}@{k}": value for name, of_cut in measures.items() for k, value in of_cut.items()}
