from __future__ import annotations

import dataclasses
import inspect
import re
import shlex
from pathlib import Path

import pytest
from builders import tiny_spec
from run_folders import CHECKOUT

from slviz.cli import parse
from slviz.cli.train import spec_of
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.pipeline import commands
from slviz.projections import PROJECTIONS, TSNE, UMAP
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import DEFAULTS, TABLES
from slviz.splits import HeldOut


def typed(command: list[str], graph: GeneGraph) -> RunSpec:
    """The spec that the command line makes of a command."""
    asked = parse(command)
    held_out = None
    if asked.test_pairs is not None:
        held_out = HeldOut.read(
            graph,
            asked.test_pairs,
            negatives=asked.test_negatives,
            validation=asked.validation_pairs,
            train_negatives=asked.train_negatives,
        )
    return spec_of(asked, graph, source=asked.data, held_out=held_out)


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, table in TABLES.items() for name in table])
def test_a_command_makes_the_run_that_it_was_made_from(graph: GeneGraph, part: str, name: str) -> None:
    if name == "file":
        pytest.skip("a file of pairs has a test of its own")
    spec = RunSpec.of(graph, **choices_from_words(DEFAULTS | {part: name}, []))
    command = commands.train(spec, source=spec.data_source)
    assert command == [
        *("train", "--data", "tiny", "--task", spec.task.name, "--network", spec.network.name),
        *("--features", spec.features.name, "--split", spec.split.name),
        *(("--optimiser", name) if part == "optimiser" and name != "adam" else ()),
    ]
    assert typed(command, graph) == spec


def test_a_command_holds_all_that_differs_from_the_defaults(graph: GeneGraph):
    spec = dataclasses.replace(
        tiny_spec(graph),
        network=TABLES["network"].make("gat", heads=2, v2=True),
        optimiser=TABLES["optimiser"].make("adam", epochs=7, learning_rate=1 / 3, weight_decay=1e-6),
        split=TABLES["split"].make("pairs", fold=4),
        seed=11,
    )
    command = commands.train(spec, source="a folder", device="cpu")
    assert command[-8:] == [
        *(
            "--device",
            "cpu",
            "heads=2",
            "v2=true",
            "fold=4",
            "epochs=7",
            "learning_rate=0.3333333333333333",
            "weight_decay=1e-06",
        )
    ]
    assert typed(command, graph).run_id == spec.run_id


def test_a_file_of_test_pairs_is_part_of_the_command(graph: GeneGraph, tmp_path: Path):
    pairs, others = tmp_path / "pairs.tsv", tmp_path / "others.tsv"
    pairs.write_text("GENE0\tGENE1\nGENE2\tGENE3\n")
    others.write_text("GENE4\tGENE5\n")
    held_out = HeldOut.read(graph, pairs, negatives=others)
    spec = dataclasses.replace(tiny_spec(graph), split=held_out.split(split_seed=3))
    with pytest.raises(InvalidSetting, match="--test-pairs FILE"):
        commands.train(spec, source="tiny")
    command = commands.train(spec, source="tiny", test_pairs=pairs, test_negatives=others)
    assert typed(command, graph) == spec
    assert not any(word.startswith("test_pairs=") for word in command)
    dev, learnt = tmp_path / "dev.tsv", tmp_path / "learnt.tsv"
    dev.write_text("GENE6\tGENE7\n")
    learnt.write_text("GENE8\tGENE9\n")
    held_out = HeldOut.read(graph, pairs, negatives=others, validation=dev, train_negatives=learnt)
    more = dataclasses.replace(tiny_spec(graph), split=held_out.split(hide_genes=False))
    files = {"test_pairs": pairs, "test_negatives": others, "validation_pairs": dev, "train_negatives": learnt}
    command = commands.train(more, source="tiny", **files)
    assert typed(command, graph) == more
    assert more.hash != spec.hash
    assert "hide_genes=false" in command


@pytest.mark.parametrize("method", PROJECTIONS)
def test_a_map_has_a_command(method: str):
    command = commands.project("gat-both-link-3f9c2a81", PROJECTIONS.make(method), seed=2)
    asked = parse(command)
    assert (asked.run, asked.method, asked.seed, asked.settings) == ("gat-both-link-3f9c2a81", method, 2, [])
    changed = parse(commands.project("r", UMAP(neighbours=7)))
    assert changed.settings == ["neighbours=7"]


SPELT = {
    "train": lambda spec: commands.train(spec, source="demo"),
    "train_example": lambda spec: commands.train_example(["--network", "gat"], source="demo"),
    "resume": lambda spec: commands.resume(spec.run_id),
    "remove": lambda spec: commands.remove(spec.run_id),
    "project": lambda spec: commands.project(spec.run_id, TSNE(), seeds=3),
    "project_vectors": lambda spec: commands.project_vectors("iris-00000000", TSNE(perplexity=5), seed=2),
    "measure_given_map": lambda spec: commands.measure_given_map("iris-00000000", "X_umap"),
    "controls": lambda spec: commands.controls(spec.run_id, ["features", "untrained"], TSNE()),
    "outliers": lambda spec: commands.outliers(spec.run_id, "matched"),
    "survey": lambda spec: commands.survey(spec.run_id),
    "ablate_edges": lambda spec: commands.ablate_edges(spec.run_id, "GENE3"),
    "measure_faithfulness": lambda spec: commands.measure_faithfulness(spec.run_id),
    "compare": lambda spec: commands.compare(spec.run_id, "gat-none-link-3f9c2a81", neighbours=15),
    "explain": lambda spec: commands.explain(spec.run_id, "GENE3", "GENE5"),
    "sweep": lambda spec: commands.sweep({"network": ["gat", "mlp"], "fold": ["0", "1"]}, ["epochs=3"], source="demo"),
    "tune": lambda spec: commands.tune(DEFAULTS, ["width=8,16"], source="demo", options={"trials": 3, "seed": 0}),
    "lab": lambda spec: commands.lab(["noise=0.1"], table="own.tsv", label="kind", epoch=5, autograd=True),
    "results": lambda spec: commands.results({"network": ["gat"], "task": None}, source="demo", more=["--defaults"]),
}


@pytest.mark.parametrize("name", SPELT)
def test_the_command_line_understands_every_command_that_is_spelt_out(name: str, graph: GeneGraph) -> None:
    arguments = SPELT[name](tiny_spec(graph))
    assert parse(arguments).command == arguments[0]
    assert shlex.split(commands.in_terminal(arguments)) == ["python", "-m", "slviz", *arguments]


def test_every_command_that_is_spelt_out_is_tried() -> None:
    public = {name for name, each in inspect.getmembers(commands, inspect.isfunction) if not name.startswith("_")}
    spelling = {name for name in public if getattr(commands, name).__module__ == commands.__name__}
    assert spelling - {"in_terminal"} == set(SPELT)


def test_one_module_alone_spells_commands() -> None:
    """Others start processes (`sys.executable, "-m", …`) or name a command within a sentence."""
    spelling = re.compile(r'"python", "-m"|"-m", "slviz", \*?"')
    found = {path.name for path in (CHECKOUT / "slviz").rglob("*.py") if spelling.search(path.read_text("utf-8"))}
    assert found == {"commands.py"}


def test_a_gene_that_begins_with_a_dash_is_no_option() -> None:
    explained = parse(commands.explain("r", "-1A", "GENE5"))
    assert (explained.run, explained.gene_a, explained.gene_b) == ("r", "-1A", "GENE5")
    assert parse(commands.ablate_edges("r", "-1A")).gene == "-1A"
    assert parse(commands.lab([], table="own.tsv", label="-kind")).label == "-kind"
    assert parse(commands.measure_given_map("r", "-X")).given == "-X"
