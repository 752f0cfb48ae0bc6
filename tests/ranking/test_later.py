from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from slviz.errors import UnknownGene
from slviz.ranking import Ranker, later_knowledge, read_later_pairs


def free_pairs(ranker: Ranker) -> list[tuple[int, int]]:
    """Pairs that nobody lists, in the order of their numbers."""
    listed = {tuple(pair) for pair in ranker.graph.pairs.tolist()}
    return [(a, b) for a in range(40) for b in range(a + 1, 40) if (a, b) not in listed]


def test_a_screen_is_evaluated_by_its_own_non_hits(ranker: Ranker):
    pairs = free_pairs(ranker)[:60]
    hit = np.random.default_rng(0).uniform(size=60) < 0.3
    lines = [f"GENE{a},ALIAS{b},screen 7,{int(is_hit)}" for (a, b), is_hit in zip(pairs, hit, strict=True)]
    file = "\n".join(["gene1,gene2,source,hit", *lines, "GENE1,NOSUCH,screen 7,1", "GENE1,,screen 7,0"])
    told = later_knowledge(ranker, read_later_pairs(ranker.graph, file.encode(), name="newer.csv"))
    assert told.kind == "screen"
    assert told.unknown_genes == ("NOSUCH",)
    assert told.left_out == 2
    assert any("NOSUCH" in remark for remark in told.remarks)
    row = told.metrics[told.metrics["model"] == ranker.run.run_id].iloc[0]
    score = ranker.scorer.score(np.array(pairs))
    assert row["auc"] == pytest.approx(roc_auc_score(hit, score))
    assert row["ap"] == pytest.approx(average_precision_score(hit, score))
    assert (row["pairs"], row["others"]) == (hit.sum(), (~hit).sum())
    assert set(told.metrics["model"]) == {ranker.run.run_id, *ranker.rivals.names}
    assert (np.diff(told.rows["score"]) <= 0).all()


def test_a_list_is_told_from_unreported_pairs_and_ranked_among_all(ranker: Ranker):
    best = ranker.survey.unreported_pairs[:3]
    learnt = ranker.known.training.pairs[:2]
    file = "\n".join(f"GENE{a}\tGENE{b}\tCRISPR" for a, b in np.concatenate([best, learnt]).tolist())
    told = later_knowledge(ranker, read_later_pairs(ranker.graph, file.encode(), name="list.tsv"))
    assert told.kind == "list"
    assert told.known_already == 2
    assert any("learnt from 2 of 5 pairs" in remark for remark in told.remarks)
    own = told.metrics[told.metrics["model"] == ranker.run.run_id].set_index("negative_kind")
    assert own.loc["random unreported pairs", "auc"] == 1
    assert own.loc["random unreported pairs", "others"] == 60
    ranked = told.rows.dropna(subset="rank_among_all")
    assert ranked["rank_among_all"].tolist() == [1, 2, 3]
    assert told.among_all[100] == 3


def test_a_file_is_read_once_and_only_its_pairs_go_on(ranker: Ranker, monkeypatch: pytest.MonkeyPatch):
    from slviz.datasets import pair_list

    texts = []
    usual = pair_list.rows_of_pairs
    monkeypatch.setattr(pair_list, "rows_of_pairs", lambda text, *a: texts.append(text) or usual(text, *a))
    file = "partner\tgene\tsl\nGENE3\tGENE1\tno\nGENE1\tGENE3\tyes\nGENE4\tGENE2\tno\nNA\tGENE2\tno\nX\tGENE2\t\n"
    later = pickle.loads(pickle.dumps(read_later_pairs(ranker.graph, file.encode(), name="screen.tsv")))
    assert len(texts) == 1
    assert later.pairs.tolist() == [[1, 3], [2, 4]]
    assert later.hit.tolist() == [True, False]
    assert (later.unknown_genes, later.left_out) == (("X",), 2)


@pytest.mark.parametrize("file", ["A\tGENE1\n", "GENE1\tGENE1\n", "A\tB\nC\tD\n"])
def test_a_file_without_a_usable_pair_says_why(ranker: Ranker, file: str):
    with pytest.raises(Exception, match=r"no pair that can be used|lacks") as refused:
        later_knowledge(ranker, read_later_pairs(ranker.graph, file.encode(), name="odd.tsv"))
    assert isinstance(refused.value, UnknownGene) or "GENE1" in file


def test_a_list_of_nothing_but_training_pairs_is_told_and_not_evaluated(ranker: Ranker):
    a, b = ranker.known.training.pairs[0].tolist()
    told = later_knowledge(ranker, read_later_pairs(ranker.graph, f"GENE{a} GENE{b}\n".encode(), name="known.txt"))
    assert not len(told.metrics)
    assert told.remarks[-1] == "Nothing is evaluated: no pair is left that the run did not learn from."
