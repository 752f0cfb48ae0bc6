"""Baselines: scores without training a network, from the training pairs alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Float64, Int64

from slviz.splits import PairSplit
from slviz.splits.negatives import pair_keys

BLOCK = 512


def link_baselines(split: PairSplit) -> dict[str, Float32[np.ndarray, " rows"]]:
    """A score for each row of the split, by baseline; higher means more likely real.

    A training pair is scored on the training graph without itself.
    """
    return {"mean": np.full(len(split.pairs), 0.5, dtype=np.float32), **_structural(split)}


def confidence_baselines(split: PairSplit) -> dict[str, Float32[np.ndarray, " rows"]]:
    """A predicted confidence for each row of the split, by baseline.

    `mean` is the training mean; `gene mean` the mean of both genes' own means (of the training mean
    where a gene has no training pair); the structural scores are brought to the scale of confidence by
    a straight line over log(1 + score), fitted on the training pairs.
    """
    rows = split.rows("train")
    target = split.score[rows].astype(np.float64)
    found = {"mean": np.full(len(split.pairs), target.mean()), "gene mean": _gene_mean(split)}
    for name, score in _structural(split).items():
        found[name] = _straight_line(np.log1p(score.astype(np.float64)), target, rows=rows)
    return {name: prediction.astype(np.float32) for name, prediction in found.items()}


def reconstruction_baselines(
    features: Float32[np.ndarray, "genes width"], *, training: Int64[np.ndarray, " training"], width: int
) -> Mapping[str, Float64[np.ndarray, " genes"]]:
    """Root mean squared error of each gene's features, by baseline.

    `mean` gives the training genes' mean of each column; `PCA` the projection onto the `width` leading
    directions of the training genes.
    """
    mean = features[training].mean(axis=0)
    centred = (features - mean).astype(np.float64)
    _, _, directions = np.linalg.svd(centred[training], full_matrices=False)
    kept = directions[:width]  # [D, F]
    return {"mean": _rms(centred), "PCA": _rms(centred - (centred @ kept.T) @ kept)}


def _structural(split: PairSplit) -> dict[str, Float32[np.ndarray, " rows"]]:
    genes = len(split.gene_part)
    training = split.training_pairs
    own = np.isin(pair_keys(split.pairs, genes), pair_keys(training, genes))
    degree = np.bincount(training.ravel(), minlength=genes)
    ends = degree[split.pairs] - own[:, None]  # [N, 2], without the pair itself
    return {
        "max degree": ends.max(axis=1).astype(np.float32),
        "degree product": ends.prod(axis=1).astype(np.float32),
        "L3": paths_of_length_three(split.pairs, training=training, genes=genes, own=own),
    }


def paths_of_length_three(
    pairs: Int64[np.ndarray, "rows 2"],
    *,
    training: Int64[np.ndarray, "pairs 2"],
    genes: int,
    own: np.ndarray,
) -> Float32[np.ndarray, " rows"]:
    """L3 (Kovács 2019): the sum over paths x–u–v–y of 1 / √(k_u k_v), k the number of partners.

    Args:
        pairs: the pairs x, y to score.
        training: the pairs that paths run along, each once.
        genes: number of genes.
        own: bool [N], which of `pairs` are in `training`; walks along the pair itself are taken off,
            so that these are scored as if they were not.
    """
    a, b = training.T
    shape = (genes, genes)
    adjacency = sp.csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=shape)
    degree = np.maximum(np.asarray(adjacency.sum(axis=1)), 1.0)
    weighted = sp.diags_array(degree**-0.5) @ adjacency @ sp.diags_array(degree**-0.5)
    score = _at_pairs(adjacency @ weighted, adjacency, pairs)
    x, y = pairs[own].T
    to_neighbours = adjacency @ degree**-0.5  # the sum of 1 / √k over a gene's partners
    # The walks that use x–y itself: first step, last step, or both (counted twice, so given back once).
    back = to_neighbours[y] * degree[y] ** -0.5 + to_neighbours[x] * degree[x] ** -0.5
    score[own] -= back - (degree[x] * degree[y]) ** -0.5
    return np.maximum(score, 0).astype(np.float32)


def _at_pairs(left: sp.csr_array, right: sp.csr_array, pairs: np.ndarray) -> Float64[np.ndarray, " rows"]:
    """Entries of `left @ right` (`right` symmetric) at `pairs`, a block of rows at a time to bound memory."""
    order = np.argsort(pairs[:, 0], kind="stable")
    found = np.empty(len(pairs))
    starts = np.arange(0, left.shape[0], BLOCK)
    cuts = np.searchsorted(pairs[order, 0], np.append(starts, left.shape[0]))
    for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True):
        if low < high:
            rows = order[low:high]
            product = right @ left[start : start + BLOCK].toarray().T  # [G, block]
            found[rows] = product[pairs[rows, 1], pairs[rows, 0] - start]
    return found


def _gene_mean(split: PairSplit) -> Float64[np.ndarray, " rows"]:
    genes = len(split.gene_part)
    rows = split.rows("train")
    training, score = split.pairs[rows], split.score[rows].astype(np.float64)
    total = np.bincount(training.ravel(), weights=np.repeat(score, 2), minlength=genes)
    count = np.bincount(training.ravel(), minlength=genes)
    own_score, own = np.zeros(len(split.pairs)), np.zeros(len(split.pairs), dtype=np.int64)
    own_score[rows], own[rows] = score, 1
    totals = total[split.pairs] - own_score[:, None]  # [N, 2]
    counts = count[split.pairs] - own[:, None]
    means = np.where(counts > 0, totals / np.maximum(counts, 1), score.mean())
    return means.mean(axis=1)


def _straight_line(x: np.ndarray, target: np.ndarray, *, rows: np.ndarray) -> Float64[np.ndarray, " rows"]:
    centre = x[rows].mean()
    spread = np.sum((x[rows] - centre) ** 2)
    slope = np.sum((x[rows] - centre) * (target - target.mean())) / spread if spread else 0.0
    return target.mean() + slope * (x - centre)


def _rms(rows: np.ndarray) -> Float64[np.ndarray, " rows"]:
    return np.sqrt(np.mean(rows**2, axis=1))
