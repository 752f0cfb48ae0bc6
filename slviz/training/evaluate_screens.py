"""Evaluation by experiments: each held-out screen's hits told from its own tested non-hits, beside the baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64

from slviz.baselines import earlier_screens, every_test, link_baselines
from slviz.baselines.knowledge_baselines import EARLIER
from slviz.datasets import GeneGraph
from slviz.evaluation.screens import (
    FEWEST,
    OF_PARALOGS,
    counts,
    coverage,
    drawn_metrics,
    gene_draws,
    interval,
    mean_of_screens,
    of_pairs,
    screen_metrics,
)
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import baseline_measures
from slviz.networks import Fitted
from slviz.runs import NETWORK, RunSpec
from slviz.runs.run import PAIR_COLUMNS, WITH_EARLIER
from slviz.scorers.pair_scorer import PairScorer, ScreenScorer
from slviz.scorers.tested_pairs import Tests
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, TESTED
from slviz.training.evaluate import Evaluation, Row, metrics_table

SCREENS, PARALOG_SCREENS = "screens", "paralog screens"
PARALOGS, OTHERS, SCREENED_BEFORE = "paralogs", "other pairs", "pairs screened before"
Refit = Callable[[PairSplit], Fitted]


@dataclass(frozen=True, eq=False)
class EvaluatedScreen:
    """One held-out screen. N pairs.

    Attributes:
        name: of the screen.
        rows: int64 [N], of the split.
        tests: its pairs and hits.
        scores: by model or baseline, float64 [N].
        paralogs, before: bool [N], which pairs are paralogs, and which another screen tested, too.
        covered: metrics of the conformal answers; empty where the model gives none.
    """

    name: str
    rows: np.ndarray
    tests: Tests
    scores: Mapping[str, Float64[np.ndarray, " pairs"]]
    paralogs: Bool[np.ndarray, " pairs"]
    before: Bool[np.ndarray, " pairs"]
    covered: Mapping[str, float]

    @property
    def counts(self) -> bool:
        """Whether it has hits and non-hits enough for a mean over screens."""
        return counts(self.tests.hit)


def evaluate_screens(graph: GeneGraph, spec: RunSpec, split: PairSplit, fitted: Fitted, *, refit: Refit) -> Evaluation:
    """Predictions and metrics of a run on held-out screens, beside every baseline that needs no training.

    Where the protocol holds out every screen in turn and the task learns from screens, each screen is scored by a fit
    without it and its pairs; the model that the run keeps has learnt from all.

    Args:
        graph: the data set.
        spec: of the run; its split tests pairs that screens tested.
        split: its split.
        fitted: on that split.
        refit: fits the same model on another split.
    """
    assert fitted.scorer is not None, "a model of a task about pairs gives a scorer"
    knowledge, all_tests = PairKnowledge(graph), every_test(graph)
    learns = spec.task.positives == HIT and spec.split.holds_out_each_screen
    structural = link_baselines(split)  # interactions count among the measures of pairs
    screens = []
    for name in spec.split.screens_in_turn(graph):
        scorer = fitted.scorer
        if learns:
            refitted = refit(spec.split.without_screen(name).divide(graph)).scorer
            assert refitted is not None, "the same model gives a scorer again"
            scorer = refitted
        rows = np.flatnonzero((split.part == "test") & (split.screen == name))
        of_screen = {label: score[rows] for label, score in structural.items()}
        screens.append(_evaluated_screen(name, rows, split, scorer, knowledge, all_tests, of_screen))
    return Evaluation(_predictions(graph, spec, split, fitted.scorer, screens), metrics_table(_rows(screens)))


def _evaluated_screen(
    name: str,
    rows: np.ndarray,
    split: PairSplit,
    scorer: PairScorer,
    knowledge: PairKnowledge,
    all_tests: Tests,
    structural: Mapping[str, np.ndarray],
) -> EvaluatedScreen:
    tests = Tests(split.pairs[rows], split.actual[rows] > 0.5, split.screen[rows], len(split.gene_part))
    hits, others = all_tests.counts(tests.pairs, without=tests.screen)
    scores = {NETWORK: scorer.score(tests.pairs)}
    covered: dict[str, float] = {}
    if isinstance(scorer, ScreenScorer):
        scores[WITH_EARLIER] = scorer.score_after(all_tests, tests.pairs, without=tests.screen)
        covered = coverage(tests.hit, scorer.possible(tests.pairs))
    scores |= {**structural, **baseline_measures(knowledge, tests.pairs)}
    scores[EARLIER] = earlier_screens(all_tests, tests.pairs, without=tests.screen)
    return EvaluatedScreen(
        name=name,
        rows=rows,
        tests=tests,
        scores={label: np.asarray(score, dtype=np.float64) for label, score in scores.items()},
        paralogs=knowledge.are_paralogs(tests.pairs),
        before=hits + others > 0,
        covered=covered,
    )


def _predictions(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, scorer: PairScorer, screens: list[EvaluatedScreen]
) -> pd.DataFrame:
    """The rows of the split that the task is about, and what each scorer says of the tested ones."""
    of_task = ("known", *TESTED) if spec.task.positives == HIT else tuple(np.unique(split.negative_kind))
    kept = np.flatnonzero(np.isin(split.negative_kind, of_task))
    labels = list(screens[0].scores)
    scores = {label: np.full(len(split.pairs), np.nan) for label in labels}
    learnt = kept[split.part[kept] != "test"]
    scores[NETWORK][learnt] = scorer.score(split.pairs[learnt])
    for screen in screens:
        for label in labels:
            scores[label][screen.rows] = screen.scores[label]
    names = np.asarray(graph.genes, dtype=object)
    frame = pd.DataFrame(
        {
            "gene_a": names[split.pairs[kept, 0]],
            "gene_b": names[split.pairs[kept, 1]],
            "part": split.part[kept],
            "negative_kind": split.negative_kind[kept],
            "actual": split.actual[kept],
            **{
                ("prediction" if label == NETWORK else label): score[kept].astype(np.float32)
                for label, score in scores.items()
            },
        }
    )
    assert tuple(frame.columns[: len(PAIR_COLUMNS)]) == PAIR_COLUMNS
    return frame


def _rows(screens: list[EvaluatedScreen]) -> Iterator[Row]:
    draws = gene_draws(screens[0].tests.genes)
    weights = {screen.name: of_pairs(draws, screen.tests.pairs) for screen in screens}
    for label in screens[0].scores:
        drawn = {
            screen.name: drawn_metrics(screen.tests.hit, screen.scores[label], weights[screen.name])
            for screen in screens
        }
        for negative_kind, of_group in _groups(screens).items():
            metrics = mean_of_screens([screen_metrics(screen.tests.hit, screen.scores[label]) for screen in of_group])
            for key in ("auc", "ap"):
                low, high = interval(np.mean([drawn[screen.name][key] for screen in of_group], axis=0))
                metrics |= {f"{key}_low": low, f"{key}_high": high}
            yield from ((label, "test", negative_kind, metric, value) for metric, value in metrics.items())
        for negative_kind, part_of in _parts().items():
            metrics = mean_of_screens(
                [
                    screen_metrics(screen.tests.hit[chosen], screen.scores[label][chosen])
                    for screen in screens
                    if _is_measured(screen.tests.hit, chosen := part_of(screen))
                ]
            )
            yield from ((label, "test", negative_kind, metric, metrics[metric]) for metric in ("auc", "ap") if metrics)
    for negative_kind, of_group in _groups(screens).items():
        covered = mean_of_screens([screen.covered for screen in of_group])
        yield from ((NETWORK, "test", negative_kind, metric, value) for metric, value in covered.items())


def _groups(screens: list[EvaluatedScreen]) -> dict[str, list[EvaluatedScreen]]:
    """What a mean is taken over: the screens that count, those of paralogs, and each by itself."""
    counting = [screen for screen in screens if screen.counts] or screens
    groups = {
        SCREENS: counting,
        PARALOG_SCREENS: [screen for screen in counting if screen.paralogs.mean() >= OF_PARALOGS],
    }
    groups |= {f"screen {screen.name}": [screen] for screen in screens}
    return {negative_kind: of_group for negative_kind, of_group in groups.items() if of_group}


def _parts() -> dict[str, Callable[[EvaluatedScreen], Bool[np.ndarray, " pairs"]]]:
    return {
        PARALOGS: lambda screen: screen.paralogs,
        OTHERS: lambda screen: ~screen.paralogs,
        SCREENED_BEFORE: lambda screen: screen.before,
    }


def _is_measured(hit: np.ndarray, chosen: np.ndarray) -> bool:
    return min(hit[chosen].sum(), (~hit[chosen]).sum()) >= FEWEST
