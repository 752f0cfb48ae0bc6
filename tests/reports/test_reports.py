from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from ranking_cases import rich_graph, scoring_run, tiny_ranker

from slviz.ranking import Candidate, Ranker, propose_plan
from slviz.reports import gene_report, pair_report, plan_report


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return tiny_ranker()


def text_of(content: bytes) -> str:
    """What a person reads of a page: no script, no style, no tags."""
    page = content.decode()
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def reads_from_elsewhere(content: bytes) -> list[str]:
    """Addresses that a page would load something from."""
    outside = re.sub(rb"<script\b[^>]*>.*?</script>", b"", content, flags=re.DOTALL)
    return [tag.decode() for tag in re.findall(rb"<[^>]+(?:src|href)=[^>]+>", outside)] + [
        tag.decode() for tag in re.findall(rb"<script[^>]+src=[^>]+>", content)
    ]


def test_a_gene_is_told_with_reason_doubt_and_provenance(ranker: Ranker):
    gene = int(np.argmax(ranker.training_degree))
    content = gene_report(ranker, gene)
    text = text_of(content)
    best = ranker.partners(gene).query("status == 'unreported'").iloc[0]
    assert best["gene"] in text
    assert f"of {39 - len(ranker.graph.partners(gene))}; ranks are over all 39 other genes" in text
    assert "SYNTHETIC DATA" in text
    assert ranker.run.run_id in text
    assert f"GENE{gene} has {ranker.training_degree[gene]} training partners" in text
    assert "Plotly.newPlot" in content.decode()
    assert reads_from_elsewhere(content) == []


def test_a_gene_without_training_partner_lists_nobody(ranker: Ranker):
    graph = rich_graph()
    pairs = graph.pairs[(graph.pairs != 5).all(axis=1)]
    graph = dataclasses.replace(
        graph, pairs=pairs, score=np.full(len(pairs), 0.5, dtype=np.float32), evidence=None, fingerprint=""
    )
    text = text_of(gene_report(Ranker.of(graph, scoring_run(graph)), 5))
    assert "everything here rests on hubs" in text
    assert "Ranked partners" not in text
    assert "The data set lists none." in text


def test_a_pair_stands_in_the_lists_of_both_genes(ranker: Ranker):
    content = pair_report(ranker, 5, 9)
    text = text_of(content)
    assert f"{ranker.pair(5, 9)['rank']} GENE9" in text
    assert f"{ranker.pair(9, 5)['rank']} GENE5" in text
    assert reads_from_elsewhere(content) == []


def test_both_lists_of_a_pair_are_ranked_once(ranker: Ranker, monkeypatch: pytest.MonkeyPatch):
    ranked: list[int] = []
    usual = Ranker.partners
    monkeypatch.setattr(Ranker, "partners", lambda self, gene, **b: ranked.append(gene) or usual(self, gene, **b))
    pair_report(ranker, 5, 9)
    assert ranked == [5, 9]


def test_a_plan_can_be_ticked_off(ranker: Ranker):
    plan = propose_plan(ranker, [Candidate(5, 9), Candidate(5, 10), Candidate(6, 9)], budget=2)
    content = plan_report(ranker, plan)
    assert 4.5e6 < len(content) < 5.5e6, "as the page says beside the download"
    assert "a pair counts as follows. What a pair adds to the plan" in text_of(content)
    text = text_of(content)
    assert plan.sentence in text
    assert text.count("☐") == 2 + len(plan.controls)
    assert "cannot be said" in text
    assert reads_from_elsewhere(content) == []
    assert "No pair is ticked" in text_of(plan_report(ranker, propose_plan(ranker, [], budget=3)))


def test_strange_symbols_are_shown_as_text():
    graph = rich_graph()
    genes = ("<script>alert(1)</script>", "=HYPERLINK()", "A&B\u202e", *graph.genes[3:])
    strange = dataclasses.replace(graph, genes=genes, gene_info=None, fingerprint="")
    ranker = tiny_ranker(strange)
    for content in (gene_report(ranker, 0), pair_report(ranker, 0, 2)):
        page = content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "\u202e" not in page
