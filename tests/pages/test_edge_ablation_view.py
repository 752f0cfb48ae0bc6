"""The edge ablation in the neighbourhood: offered, started, followed, told in a sentence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_run
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.errors import RunCancelled
from slviz.pipeline import jobs
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.store import RunStore
from slviz.scorers.pair_decoder import NAMES


@pytest.fixture
def scoring(store: RunStore, demo: GeneGraph) -> Run:
    """A finished link run with attention that scores pairs."""
    run = tiny_run(demo)
    width = run.embedding.shape[1]
    shapes = {"bilinear": (width, width), "linear": (width,), "bounds": (0,)}
    decoder = {name: np.zeros(shapes.get(name, (1, width)), dtype=np.float32) for name in NAMES}
    decoder |= {name: np.zeros(1, dtype=np.float32) for name in ("hidden_bias", "readout", "bias")}
    made = dataclasses.replace(run, decoder=decoder)
    finish(store, made)
    return made


def a_test(genes: list[int], top: float) -> EdgeAblation:
    count = len(genes)
    noise = np.random.default_rng(0).normal(scale=0.005, size=(count, 20))
    return EdgeAblation(
        genes=np.array(genes),
        edges=np.full(count, 9),
        removed=np.full(count, 3),
        score=np.full(count, 0.8, dtype=np.float32),
        fall_top=np.full(count, top, dtype=np.float32),
        fall_random=(0.02 + noise).astype(np.float32),
    )


def test_it_is_offered_and_started_as_the_command_line_would(
    scoring: Run, demo: GeneGraph, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, **_: started.append(arguments))
    hub = demo.genes[int(np.argmax(demo.degree))]
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=hub)
    assert not app.exception
    assert "not an explanation by itself" in said(app)
    app.button(key=f"start ablation {scoring.run_id} sample").click().run()
    assert started == [["edge-ablation", scoring.run_id]]
    gene = demo.number_of[hub]
    app.button(key=f"start ablation {scoring.run_id} {gene}").click().run()
    assert started[1:] == [["edge-ablation", scoring.run_id, "--gene", hub]]
    assert not app.exception


@pytest.mark.parametrize(("top", "verdict"), [(0.3, "is faithful"), (0.021, "is not faithful")])
def test_the_result_is_a_sentence_for_the_run_and_for_the_gene(
    top: float, verdict: str, scoring: Run, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    hub = int(np.argmax(demo.degree))
    others = [gene for gene in range(6) if gene != hub]
    artifacts = store.artifacts(scoring.run_id)
    artifacts.save_ablation(a_test(others, top))
    artifacts.save_ablation(a_test([hub], top), hub)
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=demo.genes[hub])
    assert not app.exception
    text = said(app)
    assert f"Attention {verdict} in this run" in text
    assert f"Attention {verdict} for this gene" in text
    assert not any(each.label.startswith("Test ") for each in app.button)


def test_one_at_work_can_be_followed_and_cancelled(
    scoring: Run, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    work = store.artifacts(scoring.run_id).ablation_artifact()
    with work.making(busy="") as tell:
        tell(0.2, "gene 8 of 40")
        app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=demo.genes[0])
        assert not app.exception
        app.button(key=f"cancel ablation {scoring.run_id} sample").click().run()
        with pytest.raises(RunCancelled):
            tell(0.3, "gene 9 of 40")


def test_a_failure_and_a_damaged_file_get_a_sentence_and_a_way_on(
    scoring: Run, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    store.artifacts(scoring.run_id).save_ablation(a_test([1, 2], 0.1))
    path = store.artifacts(scoring.run_id).ablation_artifact().path
    path.write_bytes(path.read_bytes()[:-3])
    app = open_page("gene", show="neighbourhood", run=scoring.run_id, gene=demo.genes[0])
    assert not app.exception
    assert "cut or altered" in said(app)
    assert any(each.label == "Test some genes of this run" for each in app.button)
