"""What a sweep makes of lists: each run once, settings where they fit, and a sentence for what cannot be."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest
from builders import tiny_graph
from planted_screens import planted_graph
from trials.endings import fault_of

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.splits import publications
from slviz.sweeps.plan import Plan, SweepEntry, make_plan
from slviz.sweeps.reading import read_entries, words_to_entry


def planned(graph: GeneGraph, *lines: str) -> Plan:
    return make_plan(
        graph, [words_to_entry(line.split(), where=f"line {at}") for at, line in enumerate(lines)], source="x"
    )


def test_every_combination_is_there_once(graph: GeneGraph):
    plan = planned(graph, "--network gat gcn --features both none --split pairs one-new --fold 0 1 2 --seed 0 7")
    assert len(plan.runs) == 2 * 2 * 2 * 3 * 2
    assert len({spec.run_id for spec in plan.runs}) == len(plan.runs)
    assert plan.refused == ()
    last = plan.runs[-1]
    assert (last.network.name, last.features.name, last.split.name, last.seed) == ("gcn", "none", "one-new", 7)
    assert last.split.fold == 2  # type: ignore[attr-defined]


def test_a_run_that_two_lines_want_is_trained_once(graph: GeneGraph):
    assert len(planned(graph, "--fold 0 1", "--fold 1 2").runs) == 3


def test_the_split_follows_the_task_where_none_is_named():
    graph = planted_graph()
    plan = planned(graph, "--task link screen --network gcn --fold 0 1")
    assert [(spec.task.name, spec.split.name) for spec in plan.runs] == [
        ("link", "pairs"),
        ("link", "pairs"),
        ("screen", "screen"),
    ]
    assert plan.refused == ()
    named = planned(graph, "--task link --split screen --network gcn")
    assert [spec.split.name for spec in named.runs] == ["screen"]


def test_a_setting_goes_to_the_runs_that_have_it(graph: GeneGraph):
    gat, gcn = planned(graph, "--network gat gcn heads=2 epochs=7").runs
    assert gat.network.heads == 2  # type: ignore[attr-defined]
    assert not hasattr(gcn.network, "heads")
    assert (gat.optimiser.epochs, gcn.optimiser.epochs) == (7, 7)


def test_all_folds_are_as_many_as_were_asked_for(graph: GeneGraph):
    folds = [spec.split.fold for spec in planned(graph, "--fold all folds=3").runs]  # type: ignore[attr-defined]
    assert folds == [0, 1, 2]


def test_publications_are_held_out_in_turn_and_have_no_folds(graph: GeneGraph):
    plan = planned(graph, "--split publication --publication largest:2 --fold 0 1 2")
    held_out = [spec.split.publication for spec in plan.runs]  # type: ignore[attr-defined]
    assert held_out == list(publications(graph))[:2]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--network gta", "Did you mean 'gat'"),
        ("--features all", "No feature set is called 'all'"),
        ("--fold 5", "fold=5 is outside the range 0 to 4"),
        ("--fold x", "is not a whole number"),
        ("--seed -1", "seed='-1' is not a whole number"),
        ("--split publication --publication 99", "rests on publication '99' alone"),
        ("--split publication --publication largest:x", "write a number"),
        ("--split file", "train it with `train --test-pairs FILE`"),
        ("heds=2", "Nothing chosen here has a setting 'heds'. Did you mean 'heads'"),
        ("heads=99", "heads=99 is outside the range 1 to 8"),
    ],
)
def test_a_bad_line_is_a_sentence_and_the_others_go_on(graph: GeneGraph, line: str, said: str):
    entry = words_to_entry(line.split(), where="line 1")
    plan = make_plan(graph, [entry, SweepEntry({}, where="line 2")], source="x")
    assert [spec.network.name for spec in plan.runs] == ["gat"]
    assert len(plan.refused) == 1
    assert said in plan.refused[0].reason
    assert str(plan.refused[0]).startswith("line 1: ")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("width", "'width' stands before the first option"),
        ("--network", "--network is followed by nothing"),
        ("--netwrk gat", "'--netwrk' is not a list of a sweep"),
    ],
)
def test_a_line_that_is_none_is_a_sentence(line: str, said: str):
    with pytest.raises(InvalidSetting, match=said):
        words_to_entry(line.split())


def test_one_reason_is_told_once(graph: GeneGraph):
    plan = planned(graph, "--network gat gta --fold 0 1 2 3 4")
    assert len(plan.runs) == 5
    assert len(plan.refused) == 1
    assert "gta both link pairs fold=0" in str(plan.refused[0])
    assert "and 2 more" in str(plan.refused[0])


def test_a_task_without_its_data_is_refused(graph: GeneGraph):
    bare = dataclasses.replace(graph, features={"ppi": graph.features["ppi"]}, evidence=None)
    assert "needs the feature 'go'" in planned(bare, "--features both").refused[0].reason
    assert "does not say which publication" in planned(bare, "--split publication --features ppi").refused[0].reason


def test_an_empty_part_is_refused(graph: GeneGraph):
    few = dataclasses.replace(graph, pairs=graph.pairs[:2], score=graph.score[:2], evidence=None)
    plan = planned(few, "--split both-new")
    assert plan.runs == ()
    assert "leaves" in plan.refused[0].reason


def test_a_file_of_lines_takes_what_it_leaves_out_from_the_options(tmp_path: Path):
    path = tmp_path / "runs.txt"
    path.write_text("# a comment\n--network gat gcn --fold 0 1 epochs=9\n\n--netwrk gat\n--split one-new # the rest\n")
    entries, refused = read_entries(path, beside=words_to_entry(["--seed", "3", "epochs=5", "width=8"]))
    assert [entry.where for entry in entries] == ["line 2 of runs.txt", "line 5 of runs.txt"]
    assert entries[0].axes == {"seed": ["3"], "network": ["gat", "gcn"], "fold": ["0", "1"]}
    assert (entries[0].settings, entries[1].settings) == (["width=8", "epochs=9"], ["epochs=5", "width=8"])
    assert "line 4 of runs.txt: '--netwrk' is not a list of a sweep" in str(refused[0])


def test_a_toml_file_says_the_same(tmp_path: Path):
    path = tmp_path / "runs.toml"
    path.write_text(
        'features = "both"\n[settings]\nepochs = 9\n'
        '[[runs]]\nnetwork = ["gat", "gcn"]\nfold = [0, 1]\nsettings = {residual = false}\n'
        '[[runs]]\nnetwrk = "gat"\n'
    )
    entries, refused = read_entries(path, beside=SweepEntry({}))
    assert entries[0].axes == {"features": ["both"], "network": ["gat", "gcn"], "fold": ["0", "1"]}
    assert entries[0].settings == ["epochs=9", "residual=false"]
    assert "group 2 of runs.toml: 'netwrk' is not a list" in str(refused[0])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", "# nothing\n", "names no runs"),
        ("a.toml", "network = [", "is no TOML"),
        ("no.txt", None, "There is no file"),
    ],
)
def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, name: str, content: str | None, said: str):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InvalidSetting, match=said):
        read_entries(tmp_path / name, beside=SweepEntry({}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("seed = [SEEDS]\nfold = [SEEDS]", "A sweep has at most 5,000 runs"),
        ("network = [SEEDS]\nfeatures = [SEEDS]\ntask = [SEEDS]", "A sweep has at most 5,000 runs"),
        ('split = "publication"\npublication = [SEEDS]\nseed = [SEEDS]', "A sweep has at most 5,000 runs"),
        ('fold = "all"\n[settings]\nfolds = 999999999999', "A sweep has at most 5,000 runs"),
        ('seed = "' + "9" * 5_000 + '"', "is not a whole number from 0"),
        ('split = "publication"\npublication = "largest:' + "9" * 5_000 + '"', "write a number, such as largest:6"),
        ("[settings]\n" + "\n".join(f"k{number} = 1" for number in range(300)), "300 settings are more than the 200"),
        ('network = ["\u2029", "\u202e"]', "No network is called"),
        ("[settings]\nlearning_rat" + "x" * 2_000 + " = 1", "has a setting 'learning_ratxxx"),
        ("a.b." * 50_000 + "c = 1", "a key has more than 32 parts"),
    ],
)
def test_what_is_too_much_for_a_sweep_is_told_at_once(tmp_path: Path, content: str, said: str):
    path = tmp_path / "runs.toml"
    path.write_text(content.replace("SEEDS", ",".join(f'"{seed}"' for seed in range(5_000))), encoding="utf-8")
    began = time.process_time()
    try:
        entries, refused = read_entries(path, beside=SweepEntry({}))
        told = [*refused, *make_plan(tiny_graph(), entries, source="demo").refused]
    except InvalidSetting as error:
        told = [error]
    assert said in str(told[0])
    assert not any(map(fault_of, map(str, told)))
    assert time.process_time() - began < 5


def test_a_sweep_of_too_many_groups_keeps_the_first_and_tells_the_first_that_is_left_out():
    groups = [SweepEntry({"seed": [str(seed)]}, where=f"group {seed}") for seed in range(12)]
    many = SweepEntry({"seed": [str(seed) for seed in range(5_000)]}, where="group 5")
    plan = make_plan(tiny_graph(), [*groups[:5], many, *groups[6:]], source="demo")
    assert [run.seed for run in plan.runs] == [0, 1, 2, 3, 4]
    assert [refused.where for refused in plan.refused] == ["group 5"]


def test_the_sweep_of_every_model_has_every_model_that_learns_by_every_protocol():
    demo = open_dataset("demo")
    entries, refused = read_entries(
        Path(__file__).parents[2] / "benchmarks" / "every_model.toml", beside=SweepEntry({})
    )
    plan = make_plan(
        demo, [SweepEntry(entry.axes, [], entry.where) for entry in entries], source="demo"
    )  # Dede is not there
    assert (refused, plan.refused) == ([], ())
    protocols = {"pairs", "one-new", "both-new", "near-duplicate-free", "publication", "time"}
    learning = {name for name, model in NETWORKS.items() if model.is_fitted} - {
        "bench", "coursework_gat", "coursework_multihead", "conv_autoencoder", "conv_classifier",
    }  # fmt: skip
    of_database = {(spec.network.name, spec.split.name) for spec in plan.runs if spec.task.name == "link"}
    assert of_database == {(network, protocol) for network in learning for protocol in protocols}
    assert {spec.network.name for spec in plan.runs if spec.task.name == "screen"} == learning | {"bench"}
