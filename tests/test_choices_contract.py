"""One contract for every entry of every table that a run is made of."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_further_parts, tiny_graph, tiny_spec

from slviz import choices, former_names
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, UnknownChoice
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.projections import PROJECTIONS
from slviz.runs import PARTS, RunSpec
from slviz.runs.spec import TABLES as RUN_TABLES
from slviz.runs.spec_validation import SpecValidation
from slviz.splits import SPLITS, HeldOut
from slviz.tasks import TASKS, PairTask
from slviz.training import train

OF_PICTURES = [name for name, network in NETWORKS.items() if network.reads_pictures]
"""Their contract is in tests/training/test_picture_networks.py."""
LEARNING = [name for name, network in NETWORKS.items() if network.learns_in_epochs and name not in OF_PICTURES]
BASELINES = [name for name in NETWORKS if name not in (*LEARNING, *OF_PICTURES)]
TABLES = (NETWORKS, FEATURE_SETS, TASKS, SPLITS, OPTIMISERS)
WITH_ATTENTION = ("gat", "gatv2", "multihead_gat", "transformer", "coursework_gat", "coursework_multihead")
ENTRIES = [pytest.param(table, name, id=f"{table.kind} {name}") for table in TABLES for name in table]


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    """With screens and further parts, so that every entry has what it reads."""
    return tiny_graph(**tiny_further_parts())


def extremes(setting):
    """Values at the ends of what a setting allows."""
    if setting.options is not None:
        return setting.options
    if setting.kind is bool:
        return (False, True)
    return tuple(setting.kind(value) for value in (setting.low, setting.high) if value is not None)


@pytest.mark.parametrize(("table", "name"), ENTRIES)
def test_json_there_and_back_with_every_setting_at_every_end(table, name):
    default = table.make(name)
    assert table.from_json(json.loads(json.dumps(default.to_json()))) == default
    for setting in type(default).settings():
        for value in extremes(setting):
            try:
                changed = default.replace(**{setting.key: value})
            except InvalidSetting:  # one setting may bound another: fold and folds, width and heads
                assert setting.key in ("fold", "folds", "width", "heads")
                continue
            assert table.from_json(json.loads(json.dumps(changed.to_json()))) == changed


STORED_DEFAULTS = json.loads((Path(__file__).parent / "stored_defaults.json").read_text(encoding="utf-8"))
STORED_TABLES = {**RUN_TABLES, "projection": PROJECTIONS}


@pytest.mark.parametrize("stored", STORED_DEFAULTS)
def test_a_default_choice_is_stored_as_ever_so_that_no_stored_run_or_map_is_renamed(stored):
    part, name = stored.split()
    told = "A setting that was added needs setting(…, omit_default=True); a changed default is another choice."
    table = STORED_TABLES[part]
    assert former_names.as_hashed(table.kind, table.make(name).to_json()) == {
        "name": name,
        **STORED_DEFAULTS[stored],
    }, told


def test_a_setting_that_omits_its_default_is_stored_where_it_has_another_value_and_read_back():
    @dataclasses.dataclass(frozen=True)
    class Later(type(TASKS.make("link"))):
        """The task with a setting that came later."""

        name = "later"
        margin: float = choices.setting(0.5, "A setting that came later.", low=0.0, high=1.0, omit_default=True)

    table = choices.Choices("task", Later)
    assert "margin" not in Later().to_json()
    assert table.from_json(Later().to_json()) == Later(margin=0.5)
    assert table.from_json(Later(margin=0.25).to_json()) == Later(margin=0.25)


def test_what_was_stored_before_a_setting_came_with_a_better_default_means_what_it_meant():
    bench = NETWORKS.make("bench")
    first = NETWORKS.from_json({"name": "bench", "penalty": 3.0, "level": 0.8})
    assert first.measures == "first" != bench.measures
    assert first.to_json() == {"name": "bench", "penalty": 3.0, "level": 0.8}
    assert NETWORKS.from_json(bench.to_json()) == bench


@pytest.mark.parametrize(("table", "name"), ENTRIES)
def test_a_person_can_read_what_it_is_and_what_it_can_be_set_to(table, name):
    cls = table[name]
    assert cls.summary().endswith(".")
    for setting in cls.settings():
        assert setting.help.endswith(".")
        assert setting.check(setting.default) == setting.default
        if setting.kind in (int, float):
            assert setting.low is not None
            assert setting.high is not None
            assert setting.parse(str(setting.default)) == setting.default


@pytest.mark.parametrize(("table", "name"), ENTRIES)
def test_an_unknown_setting_and_a_misspelt_name_say_what_there_is(table, name):
    with pytest.raises(InvalidSetting, match=f"The {table.kind} '{name}' has no setting 'colour'"):
        table.make(name, colour=3)
    if table is not FEATURE_SETS:  # any word may be a feature of a data set, which tests/features asks
        with pytest.raises(UnknownChoice, match=f"Did you mean '{name}'"):
            table.make(name + "q")


def test_a_setting_name_belongs_to_one_table_so_that_a_command_line_can_stay_flat():
    keys = {table.kind: {setting.key for cls in table.values() for setting in cls.settings()} for table in TABLES}
    for (one, ours), (other, theirs) in itertools.combinations(keys.items(), 2):
        assert not ours & theirs, f"{one} and {other} share a setting"
    reserved = {"seed", "task", "network", "features", "split", "optimiser", "data", "device"}
    assert not reserved & set().union(*keys.values())


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_feature_set_has_a_row_a_gene(graph, name):
    matrix = FEATURE_SETS.make(name).matrix(graph)
    assert matrix.dtype == np.float32
    assert matrix.shape[0] == len(graph)
    assert np.array_equal(matrix, FEATURE_SETS.make(name).matrix(graph))


@pytest.mark.parametrize("name", LEARNING)
def test_a_network_gives_each_gene_an_embedding_of_its_width_and_the_same_from_the_same_seed(name):
    import torch

    network = NETWORKS.make(name, width=8)
    features, structure, edges = torch.randn(9, 4), torch.randn(9, 3), torch.tensor([[0, 1, 5], [1, 0, 6]])

    def embedding():
        with torch.random.fork_rng():
            torch.manual_seed(3)
            return network.build(4, genes=9, structure=3).eval()(features, structure, edges)

    assert embedding().shape == (9, 8)
    assert torch.equal(embedding(), embedding())


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_puts_a_known_pair_in_one_part_at_most_and_the_same_from_the_same_seed(graph, tmp_path, name):
    held_out = None
    split = SPLITS.make(name)
    if name == "file":
        path = tmp_path / "pairs.tsv"
        path.write_text("\n".join("\t".join(graph.genes[end] for end in pair) for pair in graph.pairs[:9]))
        held_out = HeldOut.read(graph, path)
        split = held_out.split()
    one, again = (split.divide(graph, held_out=held_out) for _ in range(2))
    known = one.pairs[one.negative_kind == "known"]
    assert len(np.unique(known, axis=0)) == len(known)
    assert {tuple(pair) for pair in known.tolist()} <= {tuple(pair) for pair in graph.pairs.tolist()}
    assert (len(known) == len(graph.pairs)) or name in (
        "one-new",
        "both-new",
        "near-duplicate-free",
        "screen",
        "file",  # where a gene has pairs in the file alone
    )  # these leave pairs out
    assert set(one.part) == (set(PARTS) if SPLITS[name].holds_out_pairs else {"train"})
    assert np.array_equal(one.pairs, again.pairs)
    assert np.array_equal(one.part, again.part)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_starts_at_its_rate_and_slows_down(name):
    optimiser = OPTIMISERS.make(name, learning_rate=0.1, epochs=50)
    rates = [optimiser.rate(epoch) for epoch in range(1, 51)]
    assert rates[0] == pytest.approx(0.1)
    assert all(np.diff(rates) < 0)
    assert rates[-1] > 0


def combinations() -> list[tuple[str, str, str]]:
    """Every network by every task and by every feature set: all three together only in the long form."""
    sets = list(FEATURE_SETS)
    every = [(task, network, features) for task in TASKS for network in LEARNING for features in sets]
    if os.environ.get("SLVIZ_LONG_TRIALS"):
        return every
    return [
        (task, network, sets[(at + number) % len(sets)])
        for at, task in enumerate(TASKS)
        for number, network in enumerate(LEARNING)
    ]


@pytest.mark.parametrize(("task", "network", "features"), combinations())
def test_every_combination_trains_and_each_network_and_task_says_the_same_twice(graph, task, network, features):
    spec = tiny_spec(graph, task=task, network=network, features=features)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=3))
    assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    split = spec.split.divide(graph)
    one = train(graph, spec, split, device="cpu")
    assert one.embedding.shape == (len(graph), spec.network.embedding_width)
    if task == next(iter(TASKS)) or network == LEARNING[0]:
        again = train(graph, spec, split, device="cpu")
        assert np.array_equal(one.embedding, again.embedding)
        assert one.predictions.equals(again.predictions)
    assert (one.attention is not None) == (network in WITH_ATTENTION)
    assert bool(one.decoder) == isinstance(spec.task, PairTask)
    assert np.isfinite(one.metric(spec.task.metric, negative_kind=one.metrics["negative_kind"].iloc[0]))


@pytest.mark.parametrize("network", BASELINES)
@pytest.mark.parametrize("task", TASKS)
def test_a_baseline_scores_pairs_the_same_twice_and_refuses_what_is_not_about_pairs(graph, task, network):
    spec = tiny_spec(graph, task=task, network=network, features="none")
    assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    split = spec.split.divide(graph)
    if network == "bench" and task != "screen":
        with pytest.raises(InvalidSetting, match="Take --task screen"):
            train(graph, spec, split)
        return
    if not isinstance(spec.task, PairTask):
        with pytest.raises(InvalidSetting, match=f"The baseline '{network}' scores pairs"):
            train(graph, spec, split)
        with pytest.raises(InvalidSetting, match=f"The baseline '{network}' scores pairs"):
            SpecValidation(graph).check(spec)
        return
    one, again = (train(graph, spec, split) for _ in range(2))
    assert one.embedding.shape == (len(graph), spec.network.embedding_width)
    assert one.predictions.equals(again.predictions)
    assert np.isfinite(one.metric(spec.task.metric, negative_kind=one.metrics["negative_kind"].iloc[0]))


@pytest.fixture(scope="module")
def usual(graph):
    """A short run with every other setting at its default."""
    spec = tiny_spec(graph)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=4))
    return train(graph, spec, spec.split.divide(graph), device="cpu")


@pytest.mark.parametrize(
    ("part", "settings"),
    [
        ("network", {"heads": 3, "layers": 1, "width": 9}),
        ("network", {"heads": 8, "layers": 3, "v2": True, "dropout": 0.0}),
        ("network", {"gene_vectors": False}),
        ("network", {"residual": False}),
        ("network", {"normalise": False}),
        ("network", {"activation": "relu", "normalisation": "batch"}),
        ("network", {"bare": True}),
        ("task", {"negatives": "random"}),
        ("task", {"negatives": "degree-matched"}),
        ("split", {"folds": 2, "fold": 1, "validation_share": 0.5}),
        ("split", {"folds": 20, "fold": 19, "split_seed": 5}),
        ("optimiser", {"message_partitions": 20, "patience": 1, "clip": 0.1, "weight_decay": 0.0}),
    ],
)
def test_settings_change_the_name_of_the_run_and_its_result(graph, usual, part, settings):
    spec = dataclasses.replace(usual.spec, **{part: getattr(usual.spec, part).replace(**settings)})
    assert spec.run_id != usual.run_id
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    same_shape = run.embedding.shape == usual.embedding.shape
    assert not (same_shape and np.array_equal(run.embedding, usual.embedding))


def test_a_graph_of_few_pairs_still_trains():
    """More parts than training pairs, validation of one pair, no room for degree-matched negatives."""
    small = tiny_graph(12, 10, interactions=None)
    spec = tiny_spec(small)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=3, message_partitions=20))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = train(small, spec, spec.split.divide(small), device="cpu")
    assert np.isfinite(run.embedding).all()
