"""Where the names of a neighbourhood's genes stand: outside their rings, and clear of edges between two rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64, Int64

from slviz.figures.labels import LETTER_WIDTH, LINE_HEIGHT
from slviz.figures.rings import CROWDED
from slviz.figures.written import written
from slviz.neighbourhood import Neighbourhood

LEVEL_SIZE, INNER_SIZE, OUTER_SIZE = 13, 12, 11
"""Letters in pixels: of a single ring, of the inner one of two, of names along the radius."""
NODE = 12.0
"""Pixels from the middle of a node to its rim; a box of this half width is kept free."""
TURNS = 24
GAPS = (2.0, 7.0, 13.0)
"""Pixels between a node and its name, the nearest first."""
NARROWEST = 520.0
"""Pixels of width in which no name is cut; a page in a window of 900 has more."""
COVERED = 400.0
"""What covering a node or another name costs, in pixels of edge under the name."""
FARTHER = 2.0
"""What a pixel of distance from the node costs."""


@dataclass(frozen=True)
class Canvas:
    """How many pixels a unit of the rings takes, and how far the axes must reach so that no name is cut."""

    scale: float
    across: float
    up: float


def canvas_for(around: Neighbourhood, place: Float64[np.ndarray, "genes 2"], height: int) -> Canvas:
    """The rings as large as the height allows once there is room for the names outside them."""
    radius = float(np.linalg.norm(place, axis=1).max())
    outermost = np.linalg.norm(place, axis=1) > radius - 0.5
    longest = max(len(symbol) for symbol in around.symbols[outermost])
    if _is_radial(around):
        above = across = 2 * NODE + longest * LETTER_WIDTH * OUTER_SIZE
    else:
        above, across = 2 * NODE + LINE_HEIGHT * LEVEL_SIZE, 2 * NODE + longest * LETTER_WIDTH * LEVEL_SIZE
    scale = (height - 2 * above) / (2 * radius)
    narrow = (max(NARROWEST, height / 2) - 2 * across) / (
        2 * radius
    )  # where the width decides, a unit has fewer pixels
    return Canvas(scale, radius + across / max(min(narrow, scale), 1.0), radius + above / scale)


def ring_labels(
    around: Neighbourhood, place: Float64[np.ndarray, "genes 2"], ends: Int64[np.ndarray, "2 edges"], *, scale: float
) -> list[dict[str, Any]]:
    """An annotation for every gene but the centre, in their order.

    Outside the last ring there is no edge, so names stand there, along the radius where genes are many.
    Names of the inner of two rings are level, each at the first place around its node that covers least.

    Args:
        around: whose names.
        place: of its genes, as `ring_places` gives them.
        ends: rows of `place` that are joined by a drawn edge.
        scale: pixels of one unit.
    """
    rows = range(1, len(around.genes))
    if int(around.hops.max()) < 2:
        return [_outside(around, place, row) for row in rows]
    offset = _inner_offsets(around, place * scale, ends)
    return [
        _level(around.symbols[row], place[row], offset[row]) if row in offset else _outside(around, place, row)
        for row in rows
    ]


def _is_radial(around: Neighbourhood) -> bool:
    return int(around.hops.max()) == 2 or int((around.hops == 1).sum()) > CROWDED


def _outside(around: Neighbourhood, place: np.ndarray, row: int) -> dict[str, Any]:
    direction = place[row] / np.linalg.norm(place[row])
    text = around.symbols[row]
    if _is_radial(around):
        shift = direction * (len(text) * LETTER_WIDTH * OUTER_SIZE / 2 + 17)
        angle = -np.degrees(np.arctan2(direction[1], direction[0]))
        angle = angle - 180 * np.sign(angle) if abs(angle) > 90 else angle  # never upside down
        return _label(text, place[row], shift, size=OUTER_SIZE, angle=float(angle))
    shift = direction * (np.abs(direction) @ _half(text, LEVEL_SIZE) + 14)
    return _label(text, place[row], shift, size=LEVEL_SIZE)


def _level(text: str, place: np.ndarray, shift: np.ndarray) -> dict[str, Any]:
    return _label(text, place, shift, size=INNER_SIZE)


def _label(text: str, place: np.ndarray, shift: np.ndarray, *, size: int, angle: float = 0.0) -> dict[str, Any]:
    """An annotation shifted by pixels, so that it clears its node at any zoom; the halo lifts it off lines."""
    return {
        "x": float(place[0]),
        "y": float(place[1]),
        "text": written(text),
        "showarrow": False,
        "xshift": float(shift[0]),
        "yshift": float(shift[1]),
        "textangle": angle,
        "font": {"size": size, "shadow": "auto"},
    }


def _half(text: str, size: int) -> Float64[np.ndarray, " 2"]:
    """Half the width and half the height of a name, in pixels."""
    return np.array([len(text) * LETTER_WIDTH * size / 2, LINE_HEIGHT * size / 2])


def _inner_offsets(around: Neighbourhood, pixels: np.ndarray, ends: np.ndarray) -> dict[int, np.ndarray]:
    """By row of an inner gene the shift of its name; one after the other, each knowing the names before it."""
    angle = np.arange(TURNS) * 2 * np.pi / TURNS
    directions = np.column_stack([np.sin(angle), np.cos(angle)])
    boxes, halves = list(pixels), [np.full(2, NODE)] * len(pixels)
    halves[0] = np.full(2, 3 * NODE)
    offsets: dict[int, np.ndarray] = {}
    for row in np.flatnonzero(around.hops == 1).tolist():  # at most a ring of them
        half = _half(around.symbols[row], INNER_SIZE)
        reach = NODE + np.minimum(*(half / np.maximum(np.abs(directions), 1e-9)).T)  # to the rim of the name's box
        shifts = np.concatenate([directions * (reach + gap)[:, None] for gap in GAPS])
        centres = pixels[row] + shifts
        cost = length_inside(pixels[ends[0]], pixels[ends[1]], centres, half).sum(axis=1)
        cost += COVERED * _covers(centres, half, np.array(boxes), np.array(halves)).sum(axis=1)
        cost += FARTHER * np.repeat(GAPS, TURNS)
        offsets[row] = shifts[int(np.argmin(cost))]
        boxes.append(pixels[row] + offsets[row])
        halves.append(half)
    return offsets


def _covers(
    centres: Float64[np.ndarray, "places 2"],
    half: Float64[np.ndarray, " 2"],
    boxes: Float64[np.ndarray, "boxes 2"],
    halves: Float64[np.ndarray, "boxes 2"],
) -> Bool[np.ndarray, "places boxes"]:
    """Which boxes a name would lie on at each of several places."""
    return np.asarray((np.abs(centres[:, None] - boxes) < half + halves).all(axis=2))


def length_inside(
    starts: Float64[np.ndarray, "lines 2"],
    stops: Float64[np.ndarray, "lines 2"],
    centres: Float64[np.ndarray, "boxes 2"],
    half: Float64[np.ndarray, " 2"],
) -> Float64[np.ndarray, "boxes lines"]:
    """How much of each straight line lies inside each box (Liang & Barsky 1984), all boxes of half size `half`."""
    along = stops - starts
    slope = np.where(np.abs(along) < 1e-9, 1e-9, along)
    low = (centres[:, None] - half - starts) / slope  # [boxes, lines, 2]
    high = (centres[:, None] + half - starts) / slope
    enter = np.minimum(low, high).max(axis=2).clip(0, 1)
    leave = np.maximum(low, high).min(axis=2).clip(0, 1)
    return np.maximum(leave - enter, 0) * np.linalg.norm(along, axis=1)
