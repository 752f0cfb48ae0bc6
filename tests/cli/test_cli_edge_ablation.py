"""`edge-ablation`: made once, kept with the run, refused in a sentence."""

from __future__ import annotations

import pytest
from builders import tiny_graph
from run_folders import write_data_folder

from slviz.cli import main
from slviz.runs.store import RunStore


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A data folder, a models folder, and the names of two runs: with attention and without."""
    place = tmp_path_factory.mktemp("edge-ablation")
    data = write_data_folder(place / "data", tiny_graph())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLVIZ_MODELS", str(place / "models"))
        for network in ("gat", "mlp"):
            words = ["train", "--data", str(data), "--network", network, "--no-projections", "epochs=3", "width=8"]
            assert main(words) == 0
        store = RunStore(place / "models")
        with_attention, without = sorted(store.run_ids())
        yield store, with_attention, without


def test_a_sample_is_tested_once_and_kept(trained, capsys):
    store, run_id, _ = trained
    assert main(["edge-ablation", run_id, "--genes", "6"]) == 0
    said = capsys.readouterr().out
    assert "Attention is" in said
    found = store.artifacts(run_id).open_ablation()
    assert found is not None
    assert len(found.genes) == 6
    stamp = store.artifacts(run_id).ablation_artifact().path.stat().st_mtime_ns
    assert main(["edge-ablation", run_id]) == 0
    assert capsys.readouterr().out == said
    assert store.artifacts(run_id).ablation_artifact().path.stat().st_mtime_ns == stamp
    assert store.check(run_id) == []


def test_a_gene_is_tested_by_any_of_its_names(trained, capsys):
    store, run_id, _ = trained
    graph = tiny_graph()
    run = store.open(run_id)
    partners = dict.fromkeys(run.genes, 0)
    for gene in run.attention.edges[1]:
        partners[run.genes[gene]] += 1
    symbol = max(partners, key=lambda name: partners[name])
    assert main(["edge-ablation", run_id, "--gene", symbol.lower()]) == 0
    assert symbol in capsys.readouterr().out
    assert store.artifacts(run_id).open_ablation(graph.number_of[symbol]) is not None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--gene", "NOSUCH"], "No gene"),
        (["--genes", "0"], "whole number from 1"),
        (["--gene", "GENE1", "--genes", "3"], "stands without --gene"),
    ],
)
def test_what_cannot_be_tested_is_said(trained, words, told, capsys):
    _, run_id, _ = trained
    assert main(["edge-ablation", run_id, *words]) == 1
    assert told in capsys.readouterr().err


def test_a_network_without_attention_is_refused_and_the_reason_kept(trained, capsys):
    store, _, run_id = trained
    assert main(["edge-ablation", run_id]) == 1
    assert "has no attention to test" in capsys.readouterr().err
    assert "has no attention" in store.artifacts(run_id).ablation_artifact().failure
