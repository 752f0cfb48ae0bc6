"""The panel of a pair in the neighbourhood: offered, made, shown with its check; never torch in the page."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from builders import tiny_run
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.evaluation.removal import removal_curves
from slviz.networks import NETWORKS
from slviz.pipeline import jobs
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.artifacts.explanations import ATTENTION, INTEGRATED, PARTNERS, PairExplanation, blocks_frame
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.store import RunStore
from slviz.scorers.pair_decoder import NAMES
from slviz.training import train
from slviz.ui.pairs import screens_sentence


@pytest.fixture
def scoring(store: RunStore, demo: GeneGraph) -> Run:
    """A finished link run with attention that scores pairs: more, the larger the sum of both first numbers."""
    run = tiny_run(demo)
    width = run.embedding.shape[1]
    shapes = {"bilinear": (width, width), "linear": (width,), "bounds": (0,)}
    decoder = {name: np.zeros(shapes.get(name, (1, width)), dtype=np.float32) for name in NAMES}
    decoder |= {name: np.zeros(1, dtype=np.float32) for name in ("hidden_bias", "readout", "bias")}
    decoder["linear"][0] = 1
    made = dataclasses.replace(run, decoder=decoder)
    finish(store, made)
    return made


@pytest.fixture
def hub(demo: GeneGraph) -> int:
    return int(np.argmax(demo.degree))


def an_explanation(run: Run, pair: tuple[int, int], *, faithful: bool) -> PairExplanation:
    """Nine partners of each gene, of which the earlier ones matter more; attention sees that, or its contrary."""
    low, high = sorted(pair)
    sources = np.setdiff1d(np.arange(20), pair)[:18]
    edges = np.stack([sources, np.repeat([low, high], 9)])
    adds = np.tile(np.linspace(2, 0, 9), 2).astype(np.float32)
    attention = adds if faithful else adds[::-1].copy()
    values = {ATTENTION: attention, INTEGRATED: adds, PARTNERS: np.arange(18, dtype=np.float32)}
    curves = removal_curves(lambda kept: float(adds[kept].sum()), values, target=edges[1])
    return PairExplanation(
        pair=(low, high),
        edges=edges,
        attention=np.stack([[attention, attention]]),
        values=values,
        randomised={ATTENTION: attention},
        curves=curves,
        blocks=blocks_frame(("feature ppi", "messages from partners"), (0.5, 1.5), (1.0, 0.2)),
    )


def shown_partner(app) -> str:
    return next(table.value for table in app.dataframe if "Gene" in table.value)["Gene"].iloc[0]


def test_it_is_offered_with_the_command_and_then_shown_with_its_verdict(
    scoring: Run, store: RunStore, demo: GeneGraph, hub: int, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, **_: started.append(arguments))
    gene = demo.genes[hub]
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=gene)
    partner = shown_partner(app)
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=gene, partner=partner)
    assert not app.exception
    pair = tuple(sorted((hub, demo.number_of[partner])))
    app.button(key=f"start why {scoring.run_id} {pair[0]} {pair[1]}").click().run()
    assert started == [["explain", scoring.run_id, demo.genes[pair[0]], demo.genes[pair[1]]]]
    store.artifacts(scoring.run_id).save_explanation(an_explanation(scoring, pair, faithful=True))
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=gene, partner=partner)
    assert not app.exception
    text = said(app)
    assert "Attention confirmed" in text
    verdicts = next(frame.value for frame in app.dataframe if "Verdict" in frame.value)
    assert dict(zip(verdicts["Explanation"], verdicts["Verdict"], strict=True))["Integrated gradients"] == "✓ confirmed"
    assert "random weights orders the partners alike" in text
    table = next(frame.value for frame in app.dataframe if "Partner" in frame.value)
    assert table["Integrated grad."].is_monotonic_decreasing
    assert "Test 200 pairs" in [button.label for button in app.button]


def test_attention_that_fails_is_refused_and_the_run_told(
    scoring: Run, store: RunStore, demo: GeneGraph, hub: int, open_page: Open
) -> None:
    gene = demo.genes[hub]
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=gene)
    partner = shown_partner(app)
    pair = (hub, demo.number_of[partner])
    artifacts = store.artifacts(scoring.run_id)
    artifacts.save_explanation(an_explanation(scoring, pair, faithful=False))
    artifacts.save_faithfulness(
        PairFaithfulness(
            pairs=np.arange(12).reshape(6, 2),
            edges=np.full(6, 9),
            change={ATTENTION: np.full(6, 0.9)},
            random=np.linspace(0, 1, 60).reshape(6, 10),
        )
    )
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=gene, partner=partner)
    assert not app.exception
    assert "Attention refused" in said(app)
    assert "in this run (6 pairs tested)" in said(app)


def test_neighbours_are_picked_by_attention_only_where_it_passed_its_test(
    scoring: Run, store: RunStore, demo: GeneGraph, hub: int, open_page: Open
) -> None:
    def partners(sentence: str) -> list[str]:
        app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=demo.genes[hub], limit="5")
        assert not app.exception
        table = next(frame.value for frame in app.dataframe if "Gene" in frame.value)
        assert sentence in said(app)
        return table["Gene"].head(5).tolist()

    def tested(fall: float) -> None:
        store.artifacts(scoring.run_id).save_ablation(
            EdgeAblation(
                genes=np.array([hub]),
                edges=np.array([9]),
                removed=np.array([3]),
                score=np.array([0.8], dtype=np.float32),
                fall_top=np.array([fall], dtype=np.float32),
                fall_random=np.linspace(0, 0.2, 20, dtype=np.float32)[None],
            ),
            hub,
        )

    by_score = partners("was not tested yet, so partners are ordered by score")
    tested(fall=0.001)
    assert partners("failed its test for this gene, so partners are ordered by score") == by_score
    tested(fall=0.7)
    assert partners("Attention passed its test for this gene, so it decides order and width") != by_score
    source, target = scoring.attention.edges  # type: ignore[union-attr]
    candidates = np.unique(source[(target == hub) & (source != hub)])
    expected = candidates[np.argsort(-scoring.scorer(demo).score_with(hub)[candidates], kind="stable")][:5]
    assert by_score == [demo.genes[gene] for gene in expected]


def test_a_formula_says_what_it_counts(
    store: RunStore, demo: GeneGraph, hub: int, open_page: Open, scoring: Run
) -> None:
    spec = dataclasses.replace(scoring.spec, network=NETWORKS.make("l3"))
    run = train(demo, spec, spec.split.divide(demo), device="cpu")
    finish(store, run)
    gene = demo.genes[hub]
    partner = shown_partner(open_page("gene", show="neighbourhood", run=run.run_id, gene=gene))
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=gene, partner=partner)
    assert not app.exception
    text = said(app).replace("\\", "")
    assert "one formula, paths of three hops" in text
    known = run.predictions.query("negative_kind == 'known' and part == 'train'")
    partners = {
        name: set(known.loc[known["gene_a"] == name, "gene_b"]) | set(known.loc[known["gene_b"] == name, "gene_a"])
        for name in (gene, partner)
    }
    assert f"{gene} has {len(partners[gene] - {partner})} other partners" in text or (
        f"{gene} has {len(partners[gene] - {partner})}." in text
    )
    shared = partners[gene] & partners[partner]
    assert ("They share none" in text) == (not shared)
    assert len(shared) > 10 or all(name in text for name in shared)


def test_the_panel_says_whether_a_screen_tested_the_pair(scoring: Run, demo: GeneGraph, open_page: Open) -> None:
    """For a known partner of each kind: a tested one with what was found in which cells, and one that nobody tested."""
    assert demo.screens is not None
    partners = [np.flatnonzero(demo.adjacency[[gene]].toarray().ravel()) for gene in range(len(demo))]
    tested = [demo.screens.of_gene(gene, genes=len(demo))[0] for gene in range(len(demo))]
    hub = next(gene for gene in range(len(demo)) if 0 < tested[gene][partners[gene]].sum() < len(partners[gene]) < 40)
    address = {"run": scoring.run_id, "gene": demo.genes[hub], "limit": "50"}
    for was_tested in (True, False):
        partner = demo.genes[int(partners[hub][tested[hub][partners[hub]] == was_tested][0])]
        for show in ("neighbourhood", "network"):
            app = open_page("gene", show=show, partner=partner, **address)
            assert not app.exception
            assert ("No screen of this data set tested this pair" in said(app)) != was_tested
            words = r"\*\*Screens\.\*\* \d screens? tested this pair in cells: (no|a) hit in"
            assert bool(re.search(words, said(app).replace("\\", ""))) == was_tested


def test_the_sentence_counts_tests_and_names_what_each_found(demo: GeneGraph) -> None:
    screens = demo.screens
    assert screens is not None
    both = screens.tested()
    hit, miss = both.pairs[both.hit][0].tolist(), both.pairs[~both.hit][0].tolist()
    for pair, is_hit in ((hit, True), (miss, False)):
        sentence = screens_sentence(demo, *pair)
        rows = np.flatnonzero((screens.pairs == pair).all(axis=1))
        count = int(screens.hit[rows].sum()) if is_hit else len(rows)
        assert (
            f"{'a' if is_hit else 'no'} hit in {count} of {len(rows)} test{'' if len(rows) == 1 else 's'} (" in sentence
        )
        assert ("may be one in others" in sentence) != is_hit
        assert sentence == screens_sentence(demo, *reversed(pair))
        assert all(screens.names[number] in sentence for number in screens.screen[rows[:6]])
    assert screens_sentence(dataclasses.replace(demo, screens=None), *hit) == ""
