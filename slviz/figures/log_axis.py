"""Logarithmic axes whose ticks are numbers that one reads at once."""

from __future__ import annotations

import numpy as np

from slviz.figures.panels import Trace

DECADES = 1.5
"""Over more than so many, ticks are whole decades; over fewer, there are some between."""
STEPS = (np.array([1.0, 2.0, 5.0]), np.arange(1.0, 10.0), np.arange(1.0, 10.0, 0.1))
"""What ticks within a decade may be, the fewest first."""
FEWEST_TICKS, MOST_TICKS = 3, 8
APART = 0.09
"""Share of the axis that lies between two ticks at least: less, and their numbers overlap."""
SMALL, LARGE = 1e-4, 1e6
"""Beyond them numbers are written as powers of ten."""


def log_axis(values: np.ndarray) -> Trace:
    """A logarithmic axis for these values, of which those above 0 have a place."""
    shown = values[values > 0]
    if not len(shown):
        return {"type": "log"}
    low, high = float(shown.min()), float(shown.max())
    axis: Trace = {"type": "log", "exponentformat": "none" if low >= SMALL and high <= LARGE else "power"}
    decades = np.log10(high / low)
    if decades >= DECADES:
        return axis | {"dtick": max(1, int(np.ceil(decades / MOST_TICKS)))}
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for steps in STEPS:
        ticks = np.unique([float(f"{tick:.6g}") for tick in np.outer(powers, steps).ravel()])
        ticks = ticks[(ticks >= low / 1.02) & (ticks <= high * 1.02)]
        if len(ticks) >= FEWEST_TICKS:
            ticks = _apart(ticks[:: int(np.ceil(len(ticks) / MOST_TICKS))], decades)
            return axis | {"tickvals": ticks.tolist(), "ticktext": [f"{tick:g}" for tick in ticks]}
    return axis | {"nticks": FEWEST_TICKS}


def _apart(ticks: np.ndarray, decades: float) -> np.ndarray:
    """The ticks without those that lie too near to the one before on an axis of so many decades."""
    kept = [float(ticks[0])]
    for tick in ticks[1:].tolist():
        if np.log10(tick / kept[-1]) >= APART * decades:
            kept.append(tick)
    return np.array(kept)
