"""`explain` and `deletion --pairs`: told once, kept with the run, refused in a sentence."""

from __future__ import annotations

import pytest
from builders import tiny_graph
from run_folders import write_data_folder

from slviz.cli import main
from slviz.runs.store import RunStore


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A models folder with a GAT and a formula on the tiny graph, and their names."""
    place = tmp_path_factory.mktemp("explain")
    data = write_data_folder(place / "data", tiny_graph())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLVIZ_MODELS", str(place / "models"))
        for network, words in (("gat", ["epochs=2", "width=8"]), ("l3", [])):
            command = ["train", "--data", str(data), "--network", network, "--no-projections", *words]
            assert main(command) == 0
        store = RunStore(place / "models")
        gat, formula = sorted(store.run_ids())
        yield store, gat, formula


def test_a_pair_is_explained_checked_and_kept(trained, capsys) -> None:
    store, run_id, _ = trained
    genes = [store.open(run_id).genes[gene] for gene in tiny_graph().pairs[0].tolist()]
    assert main(["explain", run_id, *genes]) == 0
    output = capsys.readouterr().out
    assert f"{genes[0]} – {genes[1]}: score 0." in output
    assert "messages from partners: adds" in output
    assert "Attention confirmed" in output or "Attention refused" in output
    assert "order partners alike by ρ" in output
    pair = tuple(tiny_graph().pairs[0].tolist())
    path = store.artifacts(run_id).explanation_artifact(pair).path
    stamp = path.stat().st_mtime_ns
    assert main(["explain", run_id, *genes[::-1]]) == 0
    assert path.stat().st_mtime_ns == stamp
    assert store.check(run_id) == []


def test_a_formula_tells_its_score_alone(trained, capsys) -> None:
    _, _, formula = trained
    assert main(["explain", formula, "GENE3", "GENE4"]) == 0
    output = capsys.readouterr().out
    assert "GENE3 – GENE4: score" in output
    assert "Do these explanations hold" not in output


def test_faithfulness_over_pairs_is_measured_once(trained, capsys) -> None:
    store, run_id, _ = trained
    assert main(["deletion", run_id, "--pairs", "3"]) == 0
    assert "Faithfulness 0." in capsys.readouterr().out
    measured = store.artifacts(run_id).open_faithfulness()
    assert measured is not None
    assert len(measured.pairs) == 3
    assert store.artifacts(run_id).open_ablation() is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["explain", "RUN", "GENE3", "GENE3"], "with itself is no pair"),
        (["explain", "RUN", "GENE3", "NOSUCH"], "No gene"),
        (["deletion", "RUN", "--pairs", "0"], "whole number from 1"),
        (["deletion", "RUN", "--pairs", "3", "--gene", "GENE1"], "stands without --gene"),
        (["deletion", "FORMULA", "--pairs"], "no attention to test"),
    ],
)
def test_what_cannot_be_explained_is_said(trained, words, sentence, capsys) -> None:
    _, run_id, formula = trained
    words = [{"RUN": run_id, "FORMULA": formula}.get(word, word) for word in words]
    assert main(words) == 1
    assert sentence in capsys.readouterr().err
