"""Shapley values against a game worked out by hand, and their three laws."""

import numpy as np
import pytest

from slviz.scorers.shapley import shapley_values


def test_the_gloves_are_shared_out_as_in_the_textbook():
    """One left glove, two right ones, and a pair is worth 1: 2/3, 1/6 and 1/6."""

    def worth(told):
        return np.array([float("left" in told and bool({"right", "other right"} & told))])

    found = shapley_values(["left", "right", "other right"], worth)
    assert {side: value[0] for side, value in found.items()} == pytest.approx(
        {"left": 2 / 3, "right": 1 / 6, "other right": 1 / 6}
    )


def test_values_add_up_and_a_side_that_says_nothing_gets_nothing():
    random = np.random.default_rng(0)
    table = {}

    def worth(told):
        return table.setdefault(frozenset(told - {"mute"}), random.normal(size=5))

    found = shapley_values(["a", "b", "c", "mute"], worth)
    assert sum(found.values()) == pytest.approx(worth({"a", "b", "c"}) - worth(set()))
    assert found["mute"] == pytest.approx(np.zeros(5))


def test_what_only_adds_up_is_told_apart_exactly():
    each = {"a": np.array([1.0, -2.0]), "b": np.array([0.5, 3.0])}
    found = shapley_values(list(each), lambda told: sum((each[side] for side in told), np.zeros(2)))
    assert found["a"] == pytest.approx(each["a"])
    assert found["b"] == pytest.approx(each["b"])
