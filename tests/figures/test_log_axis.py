"""Ticks of logarithmic axes are whole numbers of a kind, few, and within what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.figures.log_axis import APART, MOST_TICKS, log_axis


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.21, 4.95, ["0.5", "1", "2", "5"]),
        (1.0, 8.0, ["1", "2", "5"]),
        (0.31, 0.68, ["0.4", "0.5", "0.6"]),
        (2e-15, 3e-14, ["2e-15", "5e-15", "1e-14", "2e-14"]),
        (5.2, 19.5, ["6", "7", "8", "10"]),
    ],
)
def test_within_a_decade_or_so_every_tick_is_written_whole(low: float, high: float, texts: list[str]) -> None:
    axis = log_axis(np.array([low, 0.0, np.nan, high]))
    assert axis["ticktext"] == texts
    assert axis["tickvals"] == pytest.approx([float(text) for text in texts], rel=1e-6, abs=0)


@pytest.mark.parametrize(("low", "high", "step"), [(1, 1247, 1), (1e-12, 1e6, 3)])
def test_over_more_they_are_whole_decades(low: float, high: float, step: int) -> None:
    assert log_axis(np.array([low, high]))["dtick"] == step


def test_ticks_are_never_so_near_that_their_numbers_overlap() -> None:
    for low in np.linspace(0.1, 1, 40):
        for ratio in np.linspace(1.05, 31, 200):
            ticks = log_axis(np.array([low, low * ratio])).get("tickvals", [])
            assert (np.diff(np.log10(ticks)) >= APART * np.log10(ratio) - 1e-9).all(), (low, ratio, ticks)


def test_nothing_and_one_number_are_axes_too() -> None:
    assert log_axis(np.zeros(3))["type"] == "log"
    assert log_axis(np.array([0.5, 0.5]))["type"] == "log"
    for high in np.linspace(1.001, 31, 200):
        assert len(log_axis(np.array([1.0, high])).get("tickvals", [])) <= MOST_TICKS
