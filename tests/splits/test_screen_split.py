"""Whole screens held out: no evaluated pair is in training, wherever else it was screened or listed."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph
from planted_screens import NAMES, TESTED, planted_graph

from slviz.datasets import ScreenTable
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, NO_HIT
from slviz.splits.screen import Screen


@pytest.fixture(scope="module")
def planted():
    """With every second pair of the first screen listed as known, too."""
    plain = planted_graph()
    listed = plain.screens.tested(NAMES[0]).pairs[::2]
    pairs = np.unique(np.concatenate([plain.pairs, listed]), axis=0)
    return planted_graph(pairs=pairs, score=np.full(len(pairs), 0.5, dtype=np.float32))


def keys(split: PairSplit, rows: np.ndarray) -> set[int]:
    return set(pair_keys(split.pairs[rows], len(split.gene_part)).tolist())


@pytest.mark.parametrize("disjoint", [False, True])
def test_no_judged_pair_is_in_training_wherever_else_it_was_screened_or_listed(planted, disjoint):
    split = Screen(screen=NAMES[0], gene_disjoint=disjoint).divide(planted)
    tested = planted.screens.tested(NAMES[0])
    evaluated = split.part == "test"
    assert keys(split, evaluated) == set(pair_keys(tested.pairs, len(planted)).tolist())
    assert split.rows("test", HIT).size == tested.hit.sum()
    assert split.rows("test", NO_HIT).size == (~tested.hit).sum()
    assert not keys(split, evaluated) & keys(split, ~evaluated)
    assert not set(split.screen[~evaluated & np.isin(split.negative_kind, (HIT, NO_HIT))]) & {NAMES[0]}
    drawn = pair_keys(split.not_drawn_in_training, len(planted)).tolist()
    assert keys(split, evaluated) <= set(drawn)
    genes = set(split.pairs[evaluated].ravel().tolist())
    learnt = np.isin(split.negative_kind, ("known", HIT, NO_HIT)) & ~evaluated
    shared = genes & set(split.pairs[learnt].ravel().tolist())
    assert not shared if disjoint else shared


def test_without_a_name_all_are_learnt_from_and_each_is_held_out_in_turn(planted):
    choice = Screen()
    split = choice.divide(planted)
    assert choice.screens_in_turn(planted) == NAMES
    assert set(split.screen[split.part == "test"]) == set(NAMES)
    assert (split.part[np.isin(split.negative_kind, (HIT, NO_HIT))] == "test").sum() == 2 * len(NAMES) * TESTED
    listed = keys(split, split.negative_kind == "known")
    assert not listed & set(pair_keys(planted.screens.tested().pairs, len(planted)).tolist())
    same = PairSplit.from_frame(split.to_frame(planted.genes), planted.genes)
    for name in ("pairs", "part", "negative_kind", "screen", "gene_part"):
        np.testing.assert_array_equal(getattr(same, name), getattr(split, name))


def test_validation_and_training_share_no_pair(planted):
    split = Screen(screen=NAMES[1]).divide(planted)
    tests = np.isin(split.negative_kind, (HIT, NO_HIT))
    validating, learnt = (tests & (split.part == part) for part in ("validation", "train"))
    assert validating.any()
    assert not keys(split, validating) & keys(split, learnt)


def with_hits(hit: np.ndarray, *, screens: int = 2) -> ScreenTable:
    pairs = np.stack([np.zeros(10, dtype=np.int64), np.arange(1, 11)], axis=1)
    return ScreenTable.of_texts(
        np.concatenate([pairs + np.array([0, 10 * number]) for number in range(screens)]),
        np.tile(hit, screens),
        np.full(10 * screens, np.nan, dtype=np.float32),
        screen=np.repeat([f"Screen {number}" for number in range(screens)], 10),
        cell_line=np.full(10 * screens, "", dtype=object),
        reference=np.full(10 * screens, "", dtype=object),
    )


@pytest.mark.parametrize(
    ("screens", "choice", "sentence"),
    [
        (None, Screen(), "has no screens"),
        (with_hits(np.zeros(10, dtype=bool)), Screen(screen="Screen 0"), "has no hit among its 10 pairs"),
        (with_hits(np.ones(10, dtype=bool)), Screen(screen="Screen 0"), "no tested pair that is none"),
        (with_hits(np.zeros(10, dtype=bool)), Screen(), "No screen of 'tiny' has both"),
        (with_hits(np.arange(10) < 3), Screen(screen="Screen 7"), "No screen is called 'Screen 7'.*Screen 0"),
        (with_hits(np.arange(10) < 3, screens=1), Screen(screen="Screen 0"), "no hit of another screen is left"),
        (with_hits(np.arange(10) < 3), Screen(screen="Screen 0", gene_disjoint=True), "is left to learn from"),
    ],
)
def test_what_cannot_be_held_out_is_said(screens, choice, sentence):
    with pytest.raises(DataError, match=sentence):
        choice.divide(tiny_graph(screens=screens))
