"""Run names: words first, and what tells one run from the others."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
from builders import tiny_graph, tiny_run, tiny_spec

from slviz.cli.demo_runs import digit_spec
from slviz.datasets.sources import open_dataset
from slviz.runs import RunSpec
from slviz.runs.summary import RunSummary
from slviz.splits import HeldOut
from slviz.ui.run_names import labels, names

NOTHING = pd.DataFrame(columns=["model", "part", "negative_kind", "metric", "value"])


def summary(spec: RunSpec, metrics: pd.DataFrame = NOTHING) -> RunSummary:
    return RunSummary(spec.run_id, "finished", Path("models") / spec.run_id, False, spec, metrics)


def test_a_run_is_called_by_what_it_is() -> None:
    spec = tiny_spec(tiny_graph())
    assert names([summary(spec)]) == {spec.run_id: "GAT · GO + PPI · link — tiny (fold 0, seed 0)"}


def test_runs_that_differ_in_a_setting_say_that_setting_and_no_other() -> None:
    spec = tiny_spec(tiny_graph())
    other = dataclasses.replace(spec, network=spec.network.replace(heads=2))
    further = dataclasses.replace(spec, seed=3)
    told = names([summary(each) for each in (spec, other, further)])
    assert told[other.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 0, heads 2)"
    assert told[spec.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 0, heads 4)"
    assert told[further.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 3, heads 4)"


def test_where_several_settings_differ_only_unusual_ones_are_said() -> None:
    spec = tiny_spec(tiny_graph())
    wide = dataclasses.replace(spec, network=spec.network.replace(heads=2))
    plain = dataclasses.replace(spec, network=spec.network.replace(gene_vectors=False))
    told = names([summary(each) for each in (spec, wide, plain)])
    assert told[spec.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 0)"
    assert told[wide.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 0, heads 2)"
    assert told[plain.run_id] == "GAT · GO + PPI · link — tiny (fold 0, seed 0, gene vectors off)"


def test_autoencoders_of_several_widths_say_their_width_beside_any_other_setting() -> None:
    """The usual width, 8, too, although usual settings are left out where several differ."""
    graph = open_dataset("digits")
    specs = [digit_spec(graph, "reconstruct", *words) for words in (["width=8"], ["width=2"], ["width=2", "filters=4"])]
    told = names([summary(spec) for spec in specs])
    base = "Conv autoencoder · pixels · reconstruct — digits (random parts, fold 0, seed 0, width of the bottleneck"
    assert [told[spec.run_id] for spec in specs] == [f"{base} 8)", f"{base} 2)", f"{base} 2, filters 4)"]


def test_every_name_is_there_once(tmp_path: Path) -> None:
    graph, changed = tiny_graph(), tiny_graph(seed=5)
    (tmp_path / "mine.txt").write_text("GENE1 GENE2\n")
    (tmp_path / "other.txt").write_text("GENE1 GENE3\n")
    spec = tiny_spec(graph)
    files = [HeldOut.read(graph, tmp_path / name).split() for name in ("mine.txt", "other.txt")]
    specs = [
        spec,
        tiny_spec(changed),
        *(dataclasses.replace(spec, split=split) for split in (spec.split.replace(fold=1), *files)),
        dataclasses.replace(spec, optimiser=spec.optimiser.replace(learning_rate=0.001)),
    ]
    told = names([summary(each) for each in specs])
    assert len(set(told.values())) == len(specs)
    assert "fold 1" in told[specs[2].run_id]
    assert "own test pairs" in told[specs[3].run_id]
    assert "learning rate 0.001" in told[specs[-1].run_id]


def test_a_label_begins_with_the_model_and_its_key_metric() -> None:
    run = tiny_run(tiny_graph())
    metrics = pd.DataFrame(
        [("network", "test", "degree-matched", "auc", 0.8937)],
        columns=["model", "part", "negative_kind", "metric", "value"],
    )
    label = labels([summary(run.spec, metrics)])[run.run_id]
    assert label == "GAT · AUC 0.894 · GO + PPI · link — tiny (fold 0, seed 0) · degree-matched"


def test_a_run_whose_description_cannot_be_read_keeps_its_folder_name() -> None:
    damaged = RunSummary("gat-both-link-00000000", "damaged", Path("x"), False, None, NOTHING, problem="gone")
    assert labels([damaged]) == {"gat-both-link-00000000": "gat-both-link-00000000"}
