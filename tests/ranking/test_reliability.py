from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from ranking_cases import rich_graph, scoring_run

from slviz.datasets import GeneGraph
from slviz.ranking import Ranker, reliability_of_gene, reliability_of_pair, sibling_runs
from slviz.runs.run import METRIC_COLUMNS
from slviz.runs.summary import RunSummary
from slviz.scorers.conformal import NO_HIT, OUTSIDE
from slviz.tasks import TASKS


def with_pairs(pairs: list[tuple[int, int]]) -> Ranker:
    """A ranker whose run learnt from these pairs and no others."""
    array = np.array(sorted(pairs), dtype=np.int64)
    graph: GeneGraph = dataclasses.replace(
        rich_graph(), pairs=array, score=np.full(len(array), 0.5, dtype=np.float32), evidence=None, fingerprint=""
    )
    run = scoring_run(graph)
    return Ranker.of(graph, dataclasses.replace(run, predictions=run.predictions.assign(part="train")))


@pytest.fixture(scope="module")
def few() -> Ranker:
    """Gene 0 has no partner, gene 1 one, gene 2 twelve."""
    return with_pairs([(1, 2), *((2, partner) for partner in range(20, 31))])


def test_a_gene_without_training_partner_is_not_listed(few: Ranker):
    told = reliability_of_gene(few, 0)
    assert told.abstains
    assert "everything here rests on hubs" in told.sentence
    assert reliability_of_pair(few, 2, 0).abstains


@pytest.mark.parametrize(("gene", "level"), [(1, "weak"), (2, "good")])
def test_the_more_training_partners_the_better(few: Ranker, gene: int, level: str):
    told = reliability_of_gene(few, gene)
    assert told.level == level
    assert ("Training partners", f"{few.training_degree[gene]}") in told.facts


def test_runs_of_other_seeds_that_rank_otherwise_lower_it(few: Ranker):
    same = reliability_of_gene(few, 2, siblings={"same": few.scorer})
    assert same.level == "good"
    assert ("First ten shared by runs of other seeds or folds", "100 %") in same.facts
    others = {"turned round": SimpleNamespace(score_with=lambda gene: -few.scorer.score_with(gene))}
    turned = reliability_of_gene(few, 2, siblings=others)
    assert turned.level == "weak"
    assert "differ in seed or fold" in turned.sentence
    facts = dict(reliability_of_pair(few, 2, 1, siblings=others).facts)
    low, high = map(float, facts["Percentile over seeds and folds"].split(" to "))
    assert 0 < low < high < 100


def test_a_pair_that_a_near_duplicate_gives_away_is_weak():
    told = with_pairs([(gene, partner) for gene in (0, 1) for partner in range(20, 32)] + [(0, 2), (2, 3), (2, 4)])
    pair = reliability_of_pair(told, 1, 2)
    assert pair.level == "weak"
    assert "near-duplicate" in pair.sentence


def test_siblings_differ_in_seed_or_fold_alone():
    graph = rich_graph()
    run = scoring_run(graph)

    def summary(spec) -> RunSummary:
        return RunSummary(spec.run_id, "finished", None, False, spec, pd.DataFrame(columns=list(METRIC_COLUMNS)))

    fold = dataclasses.replace(run.spec, split=run.spec.split.replace(fold=1))
    seed = dataclasses.replace(run.spec, seed=3)
    other = dataclasses.replace(run.spec, network=run.spec.network.replace(heads=1))
    summaries = [summary(spec) for spec in (run.spec, fold, seed, other)]
    assert sibling_runs(summaries, run.spec) == [fold.run_id, seed.run_id]


class SaysNothing:
    """A scorer of experiments that has an answer for the pairs of gene 2 alone, but for the one with gene 1."""

    def __init__(self, scorer) -> None:
        self.score, self.score_with, self.all_pairs = scorer.score, scorer.score_with, scorer.all_pairs
        self.score_after = self.possible = self.coefficient_table = print  # nobody asks

    def answers(self, pairs):
        told = (pairs == 2).any(axis=1) & ~(pairs == 1).any(axis=1)
        return np.where(told, NO_HIT, OUTSIDE).astype(object)

    def earlier(self, pairs):
        return (pairs == 2).any(axis=1).astype(np.int64), np.zeros(len(pairs), dtype=np.int64)


def test_a_run_about_experiments_abstains_where_it_can_answer_nothing(few: Ranker):
    run = dataclasses.replace(few.run, spec=dataclasses.replace(few.run.spec, task=TASKS.make("screen")))
    experiment = dataclasses.replace(few, run=run, scorer=SaysNothing(few.scorer))
    assert [reliability_of_gene(experiment, gene).abstains for gene in (20, 2, 1)] == [False, False, True]
    assert "tells nothing of GENE1" in reliability_of_gene(experiment, 1).sentence
    pair = reliability_of_pair(experiment, 2, 1)
    assert pair.abstains
    assert "tells nothing of this pair" in pair.sentence


def test_a_pair_that_rests_on_popularity_is_weak(ranker: Ranker):
    tables = pd.concat([ranker.partners(gene, baselines=False).assign(of=gene) for gene in range(40)])
    degree = ranker.training_degree
    rows = tables[tables["popularity"] & ~tables["near_duplicate"]]
    row = next(row for row in rows.itertuples() if min(degree[row.of], degree[row.number]) >= 3)
    told = reliability_of_pair(ranker, row.of, row.number)
    assert told.level == "weak"
    assert "rests on popularity" in told.sentence
