"""What earlier versions wrote and called by other names: read as ever, and under the run's own name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec

from slviz import former_names
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.projections import PROJECTIONS
from slviz.runs.artifacts.maps import map_path
from slviz.runs.settings_parser import choices_from_words, words_of
from slviz.runs.spec import RunSpec
from slviz.splits import SPLITS
from slviz.sweeps.plan import SweepEntry, make_plan

NAMES = {"task": "link", "network": "gat", "features": "both", "split": "pairs", "optimiser": "adam"}
# The names that version 0.1 gave these runs.
STORED = (
    ("gat-both-link-4af18c81", "split", {"name": "twin-free", "twin_partners": 1}, "near-duplicate-free"),
    ("adversarial-both-link-ba3e831f", "network", {"name": "adversarial", "pull": 2.0}, "adversarial"),
    ("multiview-both-link-df3293c1", "network", {"name": "multiview", "screens": False}, "multiview"),
    ("gat-both-link-c22b7223", "optimiser", {"name": "adam", "parts": 7}, "adam"),
)


@pytest.mark.parametrize(("run_id", "part", "stored", "name"), STORED)
def test_a_stored_spec_is_read_and_keeps_its_name(run_id: str, part: str, stored: dict, name: str):
    plain = tiny_spec(tiny_graph()).to_json()
    spec = RunSpec.from_json({**plain, part: stored}) if part != "optimiser" else _with_partitions(stored)
    assert spec.run_id == run_id
    written = spec.to_json()[part]
    assert written["name"] == name
    assert not set(written) & (set(stored) - {"name"})
    assert RunSpec.from_json(spec.to_json()) == spec


def _with_partitions(stored: dict) -> RunSpec:
    """The shipped spec has other settings of the optimiser beside."""
    return dataclasses.replace(tiny_spec(tiny_graph()), optimiser=OPTIMISERS.from_json(stored))


def test_every_former_setting_has_a_setting_of_today_and_every_choice_a_choice():
    tables = (SPLITS, NETWORKS, OPTIMISERS, PROJECTIONS)
    choices = {choice.name: choice for table in tables for choice in table.values()}
    for name, settings in former_names.SETTINGS.items():
        keys = {each.key for each in choices[name].settings()}
        assert set(settings.values()) <= keys
        assert not set(settings) & keys
    for kind, names in former_names.CHOICES.items():
        table = next(each for each in tables if each.kind == kind)
        assert set(names.values()) <= set(table)
        assert not set(names) & set(table)
        assert all(former in table and table[former].name == today for former, today in names.items())


def test_the_file_of_a_map_keeps_its_name():
    method = PROJECTIONS.make("umap", spread=0.3)
    assert method == PROJECTIONS.make("umap", min_dist=0.3)
    assert map_path(Path("run"), method, 4).name == "umap-ab33de11.safetensors"


def test_a_command_line_takes_former_settings_and_gives_those_of_today():
    names = {**NAMES, "split": "twin-free", "network": "multiview"}
    choices = choices_from_words(names, ["split.twin_partners=3", "screens=false", "optimiser.parts=4"])
    assert words_of(choices) == ["co_publication=false", "near_duplicate_partners=3", "message_partitions=4"]


def test_a_sweep_takes_former_names():
    graph = tiny_graph()
    axes = {"split": ["twin-free"], "network": ["mlp"], "features": ["ppi"]}
    former = make_plan(graph, [SweepEntry(axes, ["twin_partners=2"])], source="tiny")
    axes = {**axes, "split": ["near-duplicate-free"]}
    today = make_plan(graph, [SweepEntry(axes, ["near_duplicate_partners=2"])], source="tiny")
    assert [str(each) for each in former.refused] == [str(each) for each in today.refused]
    assert former.runs == today.runs


def test_an_address_of_earlier_is_written_as_one_of_today():
    assert former_names.address({"run": "x", "umap-spread": "0.3"}) == {"run": "x", "umap-min_dist": "0.3"}
    assert former_names.address({"split": "twin-free"}) == {"split": "near-duplicate-free"}
    both = {"umap-spread": "0.3", "umap-min_dist": "0.2"}
    assert former_names.address(both) == {"umap-min_dist": "0.2"}


def test_stored_weights_and_checkpoints_have_the_names_of_today():
    stored = {"model/encoder.adversary.judge.0.weight": np.ones(1), "best_figure": np.zeros(1), "best/x": np.ones(2)}
    assert list(former_names.arrays(stored)) == [
        "model/encoder.adversary.discriminator.0.weight",
        "best_metric",
        "best/x",
    ]
