"""Colours with a meaning, safe for colour-blind eyes, legible on white and on black."""

from __future__ import annotations

from collections.abc import Sequence

# Okabe & Ito 2008, without black, which a dark page swallows, and the yellow darkened for a white one.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#C7B200", "#8C6BB1")
LONGER = (
    *OKABE_ITO,
    "#882255",
    "#44AA99",
    "#999933",
    "#4477AA",
    "#CC6677",
    "#7F7F3F",
    "#661100",
    "#88CCEE",
    "#AA4499",
    "#DDAA77",
    "#117733",
    "#6699CC",
    "#BB5566",
    "#AAAA00",
    "#332288",
    "#EE8866",
)
MISSING = "#9A9A9A"
LINE = "rgba(127, 127, 127, 0.85)"
FAINT = "rgba(127, 127, 127, 0.28)"
ACCENT = "#D55E00"
OUTLINE = "#1B1B1B"
CONTINUOUS = "Viridis"
SIGNED = "RdBu_r"

KNOWN = "#0072B2"
HELD_OUT = "#009E73"
PREDICTED = "#D55E00"

PART_COLOURS = {"train": "#56B4E9", "validation": "#E69F00", "test": "#D55E00"}
PART_SYMBOLS = {"train": "circle", "validation": "diamond", "test": "x"}

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "pentagon", "star", "hexagon", "x")


NOTHING = ("", "none", "unknown", "other genes")
"""Names of categories that say that there is nothing to tell."""


def categorical(names: Sequence[str], *, missing: Sequence[str] = NOTHING) -> dict[str, str]:
    """A colour for each name in the order given; names of `missing` are grey; colours repeat after 24."""
    colours = OKABE_ITO if len(names) <= len(OKABE_ITO) else LONGER
    coloured = [name for name in names if name not in missing]
    table = {name: colours[place % len(colours)] for place, name in enumerate(coloured)}
    return {name: table.get(name, MISSING) for name in names}


def symbols(names: Sequence[str]) -> dict[str, str]:
    """A marker symbol for each name, so that colour is never the only sign."""
    return {name: SYMBOLS[place % len(SYMBOLS)] for place, name in enumerate(names)}
