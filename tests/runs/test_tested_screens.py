"""The screen of each tested pair in a run's predictions."""

from __future__ import annotations

import numpy as np
import pytest
from planted_screens import NAMES, planted_graph

from slviz.errors import DamagedRun
from slviz.runs.tested_screens import screens_of
from slviz.splits import SPLITS


def test_each_test_is_of_its_screen_and_others_of_none():
    graph = planted_graph()
    split = SPLITS.make("screen").divide(graph).to_frame(graph.genes)
    predictions = split.loc[split["negative_kind"].isin(["known", "hit", "no hit"])].drop(columns="screen")
    screens = screens_of(predictions, split)
    tested = predictions["negative_kind"].isin(["hit", "no hit"]).to_numpy()
    assert set(screens[~tested]) == {""}
    for name in NAMES:
        rows = predictions.loc[(screens == name) & (predictions["part"] == "test")]
        number = {gene: place for place, gene in enumerate(graph.genes)}
        pairs = [(number[a], number[b]) for a, b in zip(rows["gene_a"], rows["gene_b"], strict=True)]
        of_screen = graph.screens.tested(name)
        assert sorted(pairs) == sorted(map(tuple, of_screen.pairs.tolist()))
    with pytest.raises(DamagedRun, match="different pairs"):
        screens_of(predictions.iloc[1:], split)


def test_a_split_without_screens_has_none():
    graph = planted_graph()
    split = SPLITS.make("pairs").divide(graph).to_frame(graph.genes)
    assert np.array_equal(screens_of(split.iloc[:3], split), ["", "", ""])
