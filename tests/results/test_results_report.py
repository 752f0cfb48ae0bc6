"""The section of RESULTS.md: between its markers, with commands that make the same runs again."""

from __future__ import annotations

import dataclasses
import re
import shlex
from pathlib import Path

import pytest
from builders import tiny_run, tiny_spec

from slviz.cli import main, parse
from slviz.cli.results import _command
from slviz.cli.sweep import _entries
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.results import Cell, ResultRow, ResultTable, across, collect, tables
from slviz.results.repeat import sweep_commands
from slviz.results.report import BEGIN, END, write_section
from slviz.results.text import as_markdown, in_markdown
from slviz.runs import RunSpec
from slviz.runs.store import RunStore
from slviz.splits import SPLITS
from slviz.sweeps.plan import make_plan


def specs(graph: GeneGraph) -> list[RunSpec]:
    """Two networks over folds and seeds, one with a setting, one protocol with publications."""
    base = tiny_spec(graph)
    found = [
        dataclasses.replace(base, network=NETWORKS.make(network), split=SPLITS.make("one-new", fold=fold), seed=seed)
        for network in ("gat", "gcn")
        for fold in (0, 2)
        for seed in (0, 3)
    ]
    found.append(dataclasses.replace(base, network=NETWORKS.make("gat", heads=2)))
    return [*found, dataclasses.replace(base, split=SPLITS.make("publication", publication="3"))]


def test_the_commands_train_the_same_runs(graph: GeneGraph):
    wanted = specs(graph)
    commands = sweep_commands(wanted, source="demo")
    assert len(commands) == 3
    assert "--network gat gcn --features both --fold 0 2 --seed 0 3" in commands[0]
    planned = set()
    for line in commands:
        words = shlex.split(line)
        assert words[:3] == ["python", "-m", "slviz"]
        entries, _ = _entries(parse(words[3:]))
        plan = make_plan(graph, entries, source="demo")
        assert plan.refused == ()
        planned |= {spec.run_id for spec in plan.runs}
    assert planned == {spec.run_id for spec in wanted}


def test_a_file_of_pairs_has_no_command(graph: GeneGraph):
    split = SPLITS.make("file", test_pairs="0" * 64)
    assert sweep_commands([dataclasses.replace(tiny_spec(graph), split=split)], source="demo") == []


def test_a_section_is_put_between_its_markers(tmp_path: Path):
    path = tmp_path / "RESULTS.md"
    path.write_text("# Results\n\nbefore\n")
    write_section(path, "one")
    write_section(path, "two")
    assert path.read_text() == f"# Results\n\nbefore\n\n{BEGIN}\ntwo\n{END}\n"
    path.write_text(path.read_text() + "after\n")
    write_section(path, "three")
    assert path.read_text() == f"# Results\n\nbefore\n\n{BEGIN}\nthree\n{END}\nafter\n"


@pytest.mark.parametrize("content", [BEGIN, END, f"{END}\n{BEGIN}"])
def test_half_a_pair_of_markers_is_left_alone(tmp_path: Path, content: str):
    path = tmp_path / "RESULTS.md"
    path.write_text(content)
    with pytest.raises(InvalidSetting, match="without the other"):
        write_section(path, "text")
    assert path.read_text() == content


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    monkeypatch.setattr("slviz.runs.store.SHIPPED", tmp_path / "nothing shipped")
    return RunStore.default()


def put(store: RunStore, graph: GeneGraph, *, network: str, protocol: str, fold: int = 0, auc: float = 0.9) -> None:
    run = tiny_run(graph)
    spec = dataclasses.replace(run.spec, network=NETWORKS.make(network), split=SPLITS.make(protocol, fold=fold))
    with store.writing(spec) as writer:
        writer.begin(run.predictions.head(10 + fold))
        writer.finish(dataclasses.replace(run, spec=spec, metrics=run.metrics.assign(value=[auc, 0.8])))


def test_one_figure_by_every_protocol(store: RunStore, graph: GeneGraph):
    put(store, graph, network="gat", protocol="pairs", auc=0.95)
    put(store, graph, network="gat", protocol="one-new", auc=0.70)
    put(store, graph, network="gcn", protocol="pairs", auc=0.90)
    table = across(tables(collect(store, store.summaries())), ("random", "auc"))
    assert set(table.columns) == {("pairs", "auc"), ("one-new", "auc")}
    gat = next(row for row in table.rows if row.model == "gat")
    assert (gat.cells["pairs", "auc"].mean, gat.cells["one-new", "auc"].mean) == (0.95, 0.70)
    assert table.leads(gat, ("pairs", "auc"))
    assert not table.leads(gat, ("one-new", "auc")), "the baseline reaches 0.8"
    gcn = next(row for row in table.rows if row.model == "gcn")
    assert set(gcn.cells) == {("pairs", "auc")}


def test_the_command_writes_the_section_and_how_to_write_it_again(
    store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from slviz.datasets.sources import open_dataset

    demo = open_dataset("demo")
    for fold in (0, 1):
        put(store, demo, network="gat", protocol="pairs", fold=fold)
        put(store, demo, network="gcn", protocol="pairs", fold=fold, auc=0.85)
    put(store, demo, network="gcn", protocol="one-new")
    path = tmp_path / "RESULTS.md"
    path.write_text("# Results\n")
    assert main(["results", "--data", "demo", "--split", "pairs", "--lead", "gat", "--markdown", str(path)]) == 0
    said = path.read_text()
    assert "4 finished runs, written by one command" in said
    assert "python -m slviz results --data demo --split pairs --lead gat --markdown RESULTS.md" in said
    assert "- link · pairs: leads AUC, random" in said
    assert "| `gat`, both | **0.900 ± 0.000** | all |" in said
    assert "one-new" not in said
    assert str(tmp_path) not in said
    assert "    python -m slviz sweep --data demo --task link --split pairs --network" in said
    capsys.readouterr()
    assert main(["results", "--data", "demo", "--network", "gcn"]) == 0
    printed = capsys.readouterr().out
    assert "link · pairs · 2 folds" in printed
    assert "link · one-new · fold 0" in printed
    assert "gat, both" not in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "There is no such finished run on 'demo'"),
        (["--network", "gta"], "Did you mean 'gat'"),
    ],
)
def test_nothing_to_compare_is_a_sentence(
    store: RunStore, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["results", "--data", "demo", *words]) == 1
    assert said in capsys.readouterr().err


def test_the_default_file_is_not_named_in_the_command():
    assert _command(parse(["results", "--markdown"]), "demo").endswith("--data demo --markdown")


def test_figures_of_the_demo_are_called_synthetic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path))  # the runs that git ships are found anyway
    assert main(["results", "--data", "demo"]) == 0
    assert capsys.readouterr().out.startswith("SYNTHETIC DATA")


def test_a_name_in_the_markdown_is_shown_letter_by_letter() -> None:
    assert in_markdown("multihead_gat (heads=2), AUC ↑") == "multihead_gat (heads=2), AUC ↑"
    assert in_markdown("a|b `c` [x](y) <b>\n# h") == r"a\|b \`c\` \[x\](y) \<b\> # h"
    column = ("random", "auc")
    row = ResultRow("a|b`", "x|y", True, {column: Cell(0.9, float("nan"), 1, True, (0.9,))}, 1, ("x",), True)
    text = as_markdown(ResultTable("link", "pairs", (column,), ("fold 0",), 1, (row,)))
    (line,) = [line for line in text.splitlines() if line.startswith(r"| a")]
    assert line.startswith(r"| a\|b\`")
    assert len(re.findall(r"(?<!\\)\|", line)) == 4
