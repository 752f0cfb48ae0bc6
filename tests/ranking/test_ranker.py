from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from ranking_cases import rich_graph, scoring_run

from slviz.datasets import Terms
from slviz.errors import InvalidSetting, RunError
from slviz.ranking import (
    FLAGS,
    QUESTIONS,
    STATUSES,
    Ranker,
    flag_labels,
    question_of,
    reliability_of_pair,
    runs_of_question,
)
from slviz.ranking.top_pairs import top_pairs
from slviz.reports.wording import popularity_sentence, question_sentence, readable
from slviz.runs.summary import RunSummary
from slviz.tasks import TASKS


def test_every_other_gene_is_there_once_the_best_first(ranker: Ranker):
    table = ranker.partners(5)
    assert sorted(table["number"]) == [number for number in range(40) if number != 5]
    assert (np.diff(table["score"]) <= 0).all()
    assert table["rank"].iloc[0] == 1
    assert table["percentile"].between(0, 100, inclusive="neither").all()
    scores = ranker.scorer.score_with(5)
    assert (table["score"].to_numpy() == scores[table["number"]]).all()


def test_status_says_what_a_pair_is_to_the_run(ranker: Ranker):
    graph, run = ranker.graph, ranker.run
    listed = run.predictions.query("negative_kind == 'known'").iloc[0]
    a, b = (graph.number_of[listed[end]] for end in ("gene_a", "gene_b"))
    table = ranker.partners(a).set_index("number")
    assert table.loc[b, "status"] == ("known" if listed["part"] == "train" else "held out")
    assert set(table["status"]) <= set(STATUSES)
    tested = graph.screens.tested()
    free = ~np.isin(tested.pairs[:, 0] * 40 + tested.pairs[:, 1], graph.pairs[:, 0] * 40 + graph.pairs[:, 1])
    a, b = tested.pairs[free & tested.hit][0]
    assert ranker.partners(int(a)).set_index("number").loc[b, "status"] == "tested hit"
    known = {tuple(pair) for pair in graph.pairs.tolist()} | {tuple(pair) for pair in tested.pairs.tolist()}
    for row in ranker.partners(0).itertuples():
        assert (row.status == "unreported") == ((0, row.number) not in known)


def test_what_is_told_of_a_pair_is_what_the_data_set_holds(ranker: Ranker):
    graph, gene = ranker.graph, 12
    table = ranker.partners(gene).set_index("number")
    learnt = ranker.known.training.adjacency.toarray() > 0
    touching = {frozenset(pair) for pair in graph.interactions.T.tolist()}
    for partner in (0, 4, 21):
        row = table.loc[partner]
        assert row["shared_partners"] == (learnt[gene] & learnt[partner]).sum()
        assert row["interacts"] == (frozenset((gene, partner)) in touching)


def test_the_smallest_shared_set_is_the_pathway():
    graph = rich_graph()
    member = np.zeros((40, 3), dtype=bool)
    member[[1, 2, 3], 0] = member[[1, 2], 1] = True
    member[:, 2] = True  # a set of too many genes to say anything
    sets = Terms(("a", "b", "c"), ("large", "small", "everything"), ("", "", ""), sp.csr_array(member))
    graph = dataclasses.replace(graph, gene_sets={"complexes": sets})
    table = Ranker.of(graph, scoring_run(graph)).partners(1).set_index("number")
    assert table.loc[[2, 3, 4], "same_pathway"].tolist() == ["small (complexes)", "large (complexes)", ""]
    assert "both in small (complexes)" in table.loc[2, "reason"]


def test_other_runs_and_baselines_rank_the_same_partners(ranker: Ranker):
    other = scoring_run(ranker.graph, seed=1).scorer(ranker.graph)
    table = ranker.partners(5, others={"other-run": other})
    best = int(np.delete(np.arange(40), 5)[np.argmax(np.delete(other.score_with(5), 5))])
    assert table.set_index("number").loc[best, "rank_in:other-run"] == 1
    degree = ranker.training_degree
    by_degree = table.set_index("number")["rank_by:max degree"]
    most = np.delete(np.arange(40), 5)[np.argmax(np.maximum(degree, degree[5])[np.arange(40) != 5])]
    assert by_degree.loc[most] == 1


def test_near_duplicates_and_popularity_are_flagged():
    """Genes 0 and 1 have eleven partners in common; gene 2 is a partner of 0 alone, which gives (1, 2) away."""
    graph = rich_graph()
    pairs = [(gene, partner) for gene in (0, 1) for partner in range(20, 32)] + [(0, 2)]
    pairs = np.array(sorted(pairs), dtype=np.int64)
    graph = dataclasses.replace(
        graph, pairs=pairs, score=np.full(len(pairs), 0.5, dtype=np.float32), evidence=None, fingerprint=""
    )
    run = scoring_run(graph)
    run = dataclasses.replace(run, predictions=run.predictions.assign(part="train"))
    table = Ranker.of(graph, run).partners(1).set_index("number")
    assert table.loc[2, "near_duplicate"]
    assert not table.loc[3, "near_duplicate"]
    assert table.loc[0, "hub"]
    assert not table.loc[2, "hub"]


def test_the_highest_pairs_are_flagged_whichever_gene_is_meant(ranker: Ranker):
    table = top_pairs(ranker, ranker.survey, count=50)
    assert list(table["rank"]) == sorted(table["rank"])
    of_gene = {gene: ranker.partners(gene).set_index("number") for gene in range(40)}
    for row in table.itertuples():
        forth, back = of_gene[row.a].loc[row.b], of_gene[row.b].loc[row.a]
        for flag in FLAGS:
            assert getattr(row, flag) == (forth[flag] or back[flag])
    unreported = top_pairs(ranker, ranker.survey, count=50, unreported=True)
    assert (unreported["known"] == "").all()


def test_a_pair_is_a_row_of_the_table(ranker: Ranker):
    row = ranker.pair(3, 4)
    assert row["gene"] == "GENE4"
    assert row["rank"] == ranker.partners(3).set_index("number").loc[4, "rank"]
    with pytest.raises(InvalidSetting, match="paired with itself"):
        ranker.pair(3, 3)
    with pytest.raises(InvalidSetting, match="none of the 40"):
        ranker.partners(40)


def test_a_run_without_scores_says_so(ranker: Ranker):
    with pytest.raises(RunError, match="scores no pairs"):
        Ranker.of(ranker.graph, dataclasses.replace(ranker.run, decoder={}))


def confidence_run(ranker: Ranker):
    spec = dataclasses.replace(ranker.run.spec, task=TASKS.make("confidence"))
    return dataclasses.replace(ranker.run, spec=spec)


def test_a_confidence_run_answers_no_question_about_databases_or_experiments(ranker: Ranker):
    run = confidence_run(ranker)
    assert question_of(run.spec) == "confidence"
    sure = Ranker.of(ranker.graph, run, scorer=ranker.scorer)
    assert "list next" not in question_sentence(sure)
    assert "does not say which other pair is real" in question_sentence(sure)
    assert len(sure.partners(5)) == 39
    summary = RunSummary(run.run_id, "finished", None, False, run.spec, run.metrics)
    fingerprint = run.spec.data_fingerprint
    assert not any(runs_of_question([summary], question, fingerprint=fingerprint) for question in QUESTIONS)


def test_whether_scores_are_bounded_is_a_matter_of_the_task(ranker: Ranker):
    """A list of confidences that all happen to lie between 0 and 1 is not cut at .999."""
    row = ranker.partners(5).head(1).assign(score=1.0)
    sure = Ranker.of(ranker.graph, confidence_run(ranker), scorer=ranker.scorer)
    assert readable(ranker, row)["Score"].tolist() == ["> 0.999"]
    assert readable(sure, row)["Score"].tolist() == ["1.000"]


def test_without_a_survey_popularity_is_unknown_and_said_to_be(ranker: Ranker):
    bare = Ranker.of(ranker.graph, ranker.run, scorer=ranker.scorer)
    table = bare.partners(5)
    assert table["popularity"].isna().all()
    assert "popularity" not in "".join(flag_labels(table))
    assert dict(reliability_of_pair(bare, 5, 9).facts)["Rests on popularity"] == "unknown until all pairs are ranked"
    assert "unknown until all pairs are ranked" in popularity_sentence(bare)
    assert not popularity_sentence(ranker)
    known = ranker.partners(5)
    assert known["popularity"].dtype == bool
