"""Every row of a split scored by each baseline, and every pair of genes by those that rank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.evaluation.ranking import ScoreRows
from slviz.scorers.formulas import formulas_for
from slviz.scorers.training_graph import TrainingGraph
from slviz.splits import PairSplit


def link_baselines(
    split: PairSplit, *, interactions: Int64[np.ndarray, "2 interactions"] | None = None
) -> dict[str, Float32[np.ndarray, " rows"]]:
    """A score for each row of the split, by baseline; higher means more likely real.

    A training pair is scored on the training graph without itself. Formulas that read interactions are there where
    the data set has some.
    """
    return {"mean": np.full(len(split.pairs), 0.5, dtype=np.float32), **_structural(split, interactions)}


def link_rows(
    split: PairSplit, *, interactions: Int64[np.ndarray, "2 interactions"] | None = None
) -> dict[str, ScoreRows]:
    """The baselines of `link_baselines`, each giving the scores of a block of genes with every gene."""
    graph = _training_graph(split, interactions)
    return {
        "mean": lambda start, stop: np.full((stop - start, graph.genes), 0.5, dtype=np.float32),
        **{formula.name: formula.rows(graph) for formula in formulas_for(graph)},
    }


def confidence_baselines(
    split: PairSplit, *, interactions: Int64[np.ndarray, "2 interactions"] | None = None
) -> dict[str, Float32[np.ndarray, " rows"]]:
    """A predicted confidence for each row of the split, by baseline.

    `mean` is the training mean; `gene mean` the mean of both genes' own means (of the training mean
    where a gene has no training pair); the structural scores are brought to the scale of confidence by
    a straight line over log(1 + score), fitted on the training pairs.
    """
    rows = split.rows("train")
    target = split.score[rows].astype(np.float64)
    predictions = {"mean": np.full(len(split.pairs), target.mean()), "gene mean": _gene_mean(split)}
    for name, score in _structural(split, interactions).items():
        predictions[name] = _straight_line(np.log1p(np.maximum(score.astype(np.float64), 0)), target, rows=rows)
    return {name: prediction.astype(np.float32) for name, prediction in predictions.items()}


def reconstruction_baselines(
    features: Float32[np.ndarray, "genes width"], *, training: Int64[np.ndarray, " training"], width: int
) -> Mapping[str, Float64[np.ndarray, " genes"]]:
    """Root mean squared error of each gene's features, by baseline.

    `mean` gives the training genes' mean of each column; `PCA` the projection onto the `width` leading
    directions of the training genes.
    """
    mean, directions = principal_directions(features, training=training)
    centred = (features - mean).astype(np.float64)
    kept = directions[:width]  # [D, F]
    return {"mean": _rms(centred), "PCA": _rms(centred - (centred @ kept.T) @ kept)}


def principal_directions(
    features: Float32[np.ndarray, "genes width"], *, training: Int64[np.ndarray, " training"]
) -> tuple[Float32[np.ndarray, " width"], Float64[np.ndarray, "directions width"]]:
    """The mean of the training genes' features, and the directions of their PCA, the leading one first."""
    mean = features[training].mean(axis=0)
    centred = (features - mean).astype(np.float64)
    _, _, directions = np.linalg.svd(centred[training], full_matrices=False)
    return mean, directions


def pca_errors(
    features: Float32[np.ndarray, "genes width"],
    mean: Float32[np.ndarray, " width"],
    directions: Float64[np.ndarray, "directions width"],
) -> Float64[np.ndarray, " widths"]:
    """Root mean squared error of some genes' features given back by a PCA of width 0, 1, 2, … numbers."""
    centred = (features - mean).astype(np.float64)
    along = ((centred @ directions.T) ** 2).sum(axis=0)  # what each direction explains
    left = np.concatenate([[0.0], np.cumsum(along)])
    return np.sqrt(np.maximum((centred**2).sum() - left, 0) / max(centred.size, 1))


def _structural(
    split: PairSplit, interactions: Int64[np.ndarray, "2 interactions"] | None
) -> dict[str, Float32[np.ndarray, " rows"]]:
    graph = _training_graph(split, interactions)
    return {formula.name: formula.score(graph, split.pairs) for formula in formulas_for(graph)}


def _training_graph(split: PairSplit, interactions: Int64[np.ndarray, "2 interactions"] | None) -> TrainingGraph:
    return TrainingGraph(split.training_pairs, len(split.gene_part), interactions=interactions)


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
