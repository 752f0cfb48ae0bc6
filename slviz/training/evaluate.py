"""Evaluation of what was fitted: predictions beside baselines, and the table of metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.baselines import (
    confidence_baselines,
    knowledge_baselines,
    link_baselines,
    link_rows,
    reconstruction_baselines,
)
from slviz.cores import side_by_side
from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.evaluation import ScoreRows, best_threshold, link_metrics, ranking_metrics, value_metrics
from slviz.networks import Fitted
from slviz.runs import GENE_COLUMNS, METRIC_COLUMNS, NETWORK, PAIR_COLUMNS, PARTS, RunSpec
from slviz.scorers.pair_scorer import FollowedScorer, PairScorer
from slviz.splits import PairSplit
from slviz.splits.pair_split import POPULARITY_MATCHED
from slviz.tasks import Classify, Task
from slviz.training.steps import OF_OWN_SCORES, OnStep, Steps

SCORERS_AT_ONCE = 4  # each holds its scores of all pairs: 80 MB for 6,375 genes
FEWEST = 5  # pairs of one kind of evidence below which a metric would say nothing


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Parts of a `Run`, as they are described there."""

    predictions: pd.DataFrame
    metrics: pd.DataFrame


def evaluate(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    fitted: Fitted,
    *,
    refit: Callable[[PairSplit], Fitted],
    on_step: OnStep | None = None,
) -> Evaluation:
    """Predictions and figures of what was fitted on `split`, whatever its task, beside the baselines.

    `refit` fits the same model on another split; a split that holds out every screen in turn asks for that. `on_step`
    is told how far the ranking of all unknown pairs has come; what it raises ends the evaluation.
    """
    if spec.task.scores_pairs and split.tests_screens:
        from slviz.training.evaluate_screens import evaluate_screens

        return evaluate_screens(graph, spec, split, fitted, refit=refit)
    return EVALUATORS[spec.task.about](graph, spec, split, fitted, on_step)


def _evaluate_pairs(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, fitted: Fitted, on_step: OnStep | None
) -> Evaluation:
    assert fitted.scorer is not None, "a model of a task about pairs gives a scorer"
    return evaluate_pairs(spec.task, graph, split, scorer=fitted.scorer, itself=spec.network.baseline, on_step=on_step)


def _evaluate_features(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, fitted: Fitted, on_step: OnStep | None
) -> Evaluation:
    assert fitted.of_genes is not None, "a model that gives features back says which"
    width = fitted.embedding.shape[1]
    features = spec.features.matrix(graph)
    return evaluate_genes(features, graph.genes, split, reconstruction=fitted.of_genes, width=width)


def _evaluate_classes(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, fitted: Fitted, on_step: OnStep | None
) -> Evaluation:
    from slviz.training.evaluate_classes import evaluate_classes

    assert fitted.of_genes is not None, "a model of classes says the share of each"
    return evaluate_classes(
        graph, cast(Classify, spec.task), split, shares=fitted.of_genes, features=spec.features.matrix(graph)
    )


EVALUATORS = {"pairs": _evaluate_pairs, "features": _evaluate_features, "classes": _evaluate_classes}
"""By what a task is about."""


def evaluate_pairs(
    task: Task,
    graph: GeneGraph,
    split: PairSplit,
    *,
    scorer: PairScorer,
    itself: str = "",
    on_step: OnStep | None = None,
) -> Evaluation:
    """Score every pair of the split with what the run stores and with the baselines.

    For the task `link` also every pair of genes that is not known outside the test part, unless the task leaves that
    away: see `ranking_metrics`.
    A run of a baseline does not stand beside `itself`: that one is left out of the baselines.
    """
    is_link = bool(task.negative_kinds)
    scores = {NETWORK: scores_of(scorer, split)}
    baselines = link_baselines if is_link else confidence_baselines
    scores |= _but(itself, baselines(split, interactions=graph.interactions))
    if is_link:  # evaluated on the pairs of the split; only formulas of known pairs rank all pairs of genes
        scores |= knowledge_baselines(graph, split.pairs)
    names = np.asarray(graph.genes, dtype=object)
    frame = pd.DataFrame(
        {
            "gene_a": names[split.pairs[:, 0]],
            "gene_b": names[split.pairs[:, 1]],
            "part": split.part,
            "negative_kind": split.negative_kind,
            "actual": split.actual if is_link else split.score,
            **{("prediction" if name == NETWORK else name): score for name, score in scores.items()},
        }
    )
    assert tuple(frame.columns[: len(PAIR_COLUMNS)]) == PAIR_COLUMNS
    if is_link:
        if not task.ranks_unknown:
            return Evaluation(frame, metrics_table(_link_rows(split, scores)))
        steps = Steps(on_step)
        followed = isinstance(scorer, FollowedScorer)
        rows = {NETWORK: network_rows(scorer, steps=steps)}
        rows |= _but(itself, link_rows(split, interactions=graph.interactions))
        ranked = _ranking_rows(graph, split, rows, steps=steps, share=1 - OF_OWN_SCORES if followed else 1.0)
        return Evaluation(frame, metrics_table(chain(_link_rows(split, scores), ranked)))
    evaluated = ((split.negative_kind == "known") & ~np.isnan(split.score)).nonzero()[0]
    kinds = evidence_of(graph, split.pairs)
    return Evaluation(
        frame.iloc[evaluated].reset_index(drop=True),
        metrics_table(_confidence_rows(split, scores, kinds, evaluated)),
    )


def scores_of(scorer: PairScorer, split: PairSplit) -> Float32[np.ndarray, " rows"]:
    """The score of every row of the split.

    Popularity-matched negatives are scored apart: products of matrices round by the number of rows, and the scores of
    the other rows stay, bit for bit, those of the versions that did not draw them.
    """
    apart = split.negative_kind == POPULARITY_MATCHED
    scores = np.empty(len(split.pairs), dtype=np.float32)
    for rows in (np.flatnonzero(~apart), np.flatnonzero(apart)):
        if len(rows):
            scores[rows] = scorer.score(split.pairs[rows])
    return scores


def _but(itself: str, baselines: Mapping[str, Any]) -> dict[str, Any]:
    return {name: score for name, score in baselines.items() if name != itself}


def network_rows(scorer: PairScorer, *, steps: Steps | None = None) -> ScoreRows:
    """The scores of a block of genes with every gene; each pair is computed once and kept."""
    if steps is not None and isinstance(scorer, FollowedScorer):
        scores = scorer.all_pairs_told(lambda share: steps.add(OF_OWN_SCORES * share))
    else:
        scores = scorer.all_pairs()
    return lambda start, stop: scores[start:stop]


def known_elsewhere(graph: GeneGraph, split: PairSplit) -> np.ndarray:
    """Int64 [K, 2]: every known pair that is not tested, left out of the split or not: no candidate."""
    learnt = split.pairs[(split.negative_kind == "known") & (split.part != "test")]
    listed = np.unique(np.concatenate([graph.pairs, learnt]), axis=0)
    genes = len(graph)
    return listed[~np.isin(pair_keys(listed, genes), pair_keys(split.pairs[split.rows("test")], genes))]


def evaluate_genes(
    features: Float32[np.ndarray, "genes columns"],
    genes: Sequence[str],
    split: PairSplit,
    *,
    reconstruction: Float32[np.ndarray, "genes columns"],
    width: int,
) -> Evaluation:
    """Root mean squared error of each gene's features, beside the mean and a PCA of the same width."""
    training = np.flatnonzero(split.gene_part == "train")
    error = np.sqrt(np.mean((features - reconstruction).astype(np.float64) ** 2, axis=1))
    errors = {NETWORK: error, **reconstruction_baselines(features, training=training, width=width)}
    frame = pd.DataFrame(
        {
            "gene": np.asarray(genes, dtype=object),
            "part": split.gene_part,
            **{("prediction" if name == NETWORK else name): error.astype(np.float32) for name, error in errors.items()},
        }
    )
    assert tuple(frame.columns[: len(GENE_COLUMNS)]) == GENE_COLUMNS
    return Evaluation(frame, metrics_table(_gene_rows(split.gene_part, errors)))


def evidence_of(graph: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """Evidence kinds of each pair as text, "" where the data set does not list it or has none."""
    listed = pd.Series(graph.pair_evidence, index=pd.MultiIndex.from_arrays(list(graph.pairs.T)))
    return listed.reindex(pd.MultiIndex.from_arrays(list(pairs.T)), fill_value="").to_numpy(dtype=object)


Row = tuple[str, str, str, str, float]


def metrics_table(rows: Iterator[Row]) -> pd.DataFrame:
    """The tidy table, without the metrics that these pairs do not define (R² of equal scores, …)."""
    table = pd.DataFrame(list(rows), columns=list(METRIC_COLUMNS)).astype({"value": np.float64})
    return table.dropna(subset=["value"]).reset_index(drop=True)


def _link_rows(split: PairSplit, scores: Mapping[str, np.ndarray]) -> Iterator[Row]:
    for model, score in scores.items():
        for negative_kind in split.kinds_of_negatives:
            chosen_on = _compared(split, "validation", negative_kind)
            if chosen_on is None:  # a user's own negatives have no counterpart there, every known pair has
                chosen_on = np.flatnonzero((split.part == "validation") & (split.negative_kind != POPULARITY_MATCHED))
            threshold = best_threshold(split.actual[chosen_on], score[chosen_on])
            share = _share(model, score, of_validation=float(split.actual[chosen_on].mean()))
            for part in PARTS:
                rows = _compared(split, part, negative_kind)
                if rows is not None:
                    metrics = link_metrics(
                        split.actual[rows],
                        score[rows],
                        threshold=threshold,
                        share=None if share is None else share[rows],
                    )
                    yield from ((model, part, negative_kind, metric, value) for metric, value in metrics.items())


def _share(model: str, score: np.ndarray, *, of_validation: float) -> np.ndarray | None:
    """What a model says of the share of real pairs: the run its score, `mean` the share among validation pairs."""
    if model == NETWORK:
        return score
    return np.full(len(score), of_validation) if model == "mean" else None


def _ranking_rows(
    graph: GeneGraph, split: PairSplit, scorers: Mapping[str, ScoreRows], *, steps: Steps, share: float
) -> Iterator[Row]:
    """Metrics of each model's ranking; together they are `share` of the work that `steps` adds up."""
    of_each = share / len(scorers)
    positives, excluded = split.pairs[split.rows("test")], known_elsewhere(graph, split)

    def ranked(rows: ScoreRows) -> dict[str, dict[str, float]]:
        return ranking_metrics(
            rows,
            positives=positives,
            excluded=excluded,
            genes=len(graph),
            on_share=lambda share: steps.add(of_each * share),
        )

    metrics_of_pairs = side_by_side(ranked, list(scorers.values()), most=SCORERS_AT_ONCE)
    for model, of_kinds in zip(scorers, metrics_of_pairs, strict=True):
        for negative_kind, metrics in of_kinds.items():
            yield from ((model, "test", negative_kind, metric, value) for metric, value in metrics.items())


def _compared(split: PairSplit, part: str, negative_kind: str) -> np.ndarray | None:
    """Rows of the known pairs of a part and of what they are compared with; None where that is nothing."""
    others = split.rows(part, negative_kind)
    return np.concatenate([split.rows(part), others]) if len(others) else None


def _confidence_rows(
    split: PairSplit, scores: Mapping[str, np.ndarray], kinds: np.ndarray, evaluated: np.ndarray
) -> Iterator[Row]:
    for model, prediction in scores.items():
        for part in PARTS:
            rows = evaluated[split.part[evaluated] == part]
            for negative_kind, of_kind in _by_evidence(kinds[rows]):
                chosen = rows[of_kind]
                metrics = value_metrics(split.score[chosen], prediction[chosen])
                yield from ((model, part, negative_kind, metric, value) for metric, value in metrics.items())


def _by_evidence(kinds: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """("all", every row), then each kind of evidence that enough of the rows have."""
    if len(kinds):
        yield "all", np.arange(len(kinds))
    for kind in sorted(set(kinds) - {""}):
        rows = np.flatnonzero(kinds == kind)
        if len(rows) >= FEWEST:
            yield kind, rows


def _gene_rows(part: np.ndarray, errors: Mapping[str, np.ndarray]) -> Iterator[Row]:
    for model, error in errors.items():
        for name in PARTS:
            of_part = error[part == name]
            if len(of_part):
                yield model, name, "genes", "rmse", float(np.sqrt(np.mean(of_part**2)))
