"""Labels of points and areas: placed so that none covers another, anew for every size of a figure."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.written import all_written, written

PLACED_LABELS = Path(__file__).with_name("placed_labels.js")
"""The same placing for a browser: a script without imports and exports, to stand before others."""
POINT, AREA = "label of a point", "label of an area"
"""Names of annotations that are placed anew where the figure has another size: here, and in `placed_labels.js`."""
LETTER_WIDTH = 0.62
LINE_HEIGHT = 1.35
STRAIGHT = [(1, 0), (-1, 0), (0, -1), (0, 1)]
ASLANT = [(x * across, y * up) for across, up in ((1, 1), (1, 0.5), (0.5, 1)) for x in (1, -1) for y in (-1, 1)]
DIRECTIONS = np.array([*STRAIGHT, *ASLANT])
LABEL_COVERED = 100
"""What it costs to cover another label, where to cover a named point costs 1."""
CHIP = "rgba(47, 60, 68, 0.88)"
"""Behind white letters: a name reads on points of any colour, in light and in dark."""
AREA_LETTERS = 20
"""Longer names of areas take two lines."""
WIDER_LETTERS = 26
AREA_SIDES = np.array([(0, 1), (0, -1), (1, 0), (-1, 0), (0.8, 1), (-0.8, 1), (0.8, -1), (-0.8, -1)])
AREA_REACHES = (4.0, 16.0, 30.0)
"""Places of a label around the middle of an area, in pixels, the first choice first."""
OWN_POINT, FARTHER = 0.3, 0.15
"""What it costs to cover a point of the area itself (of another: 1), and to take the next place."""
REACHES = (28.0, 42.0, 58.0, 76.0, 96.0, 120.0, 150.0, 185.0, 225.0)
PADDING = 3.0


def callouts(
    x: np.ndarray,
    y: np.ndarray,
    texts: Sequence[str],
    *,
    span: tuple[tuple[float, float], tuple[float, float]],
    size: float = 12,
    pixels: tuple[float, float] = (800, 520),
) -> list[dict[str, Any]]:
    """Annotations that name points, each moved to the first free place around its point.

    Args:
        x, y: where the points lie, [N].
        texts: what to write, N of them; the first have first choice of place.
        span: the ranges ((x low, x high), (y low, y high)) that the figure shows.
        size: of the letters, in pixels.
        pixels: how large the plotting area is thought to be.
    """
    if not len(texts):
        return []
    low = np.array([span[0][0], span[1][0]], dtype=float)
    high = np.array([span[0][1], span[1][1]], dtype=float)
    scale = np.array(pixels) / np.maximum(high - low, 1e-9)
    points = (np.column_stack([x, y]) - low) * scale * (1, -1)
    halves = np.array([_half([text], size) + PADDING for text in texts])
    offsets = _free_offsets(points, halves)
    farthest_first = np.argsort(-np.hypot(*offsets.T), kind="stable").tolist()  # so that no line crosses a label
    return [
        {
            "name": POINT,
            "x": float(x[point]),
            "y": float(y[point]),
            "text": written(texts[point]),
            "showarrow": True,
            "arrowhead": 0,
            "arrowwidth": 1,
            "ax": float(offsets[point, 0]),
            "ay": float(offsets[point, 1]),
            "standoff": 4,
            "font": {"size": size, "weight": 700, "color": "white"},
            "bgcolor": CHIP,
            "borderpad": 2,
            "captureevents": False,
        }
        for point in farthest_first
    ]


def area_labels(
    points: np.ndarray,
    area: np.ndarray,
    names: Sequence[str],
    middles: np.ndarray,
    *,
    span: tuple[tuple[float, float], tuple[float, float]],
    size: float = 12,
    pixels: tuple[float, float] = (800, 520),
) -> list[dict[str, Any]]:
    """Annotations that name areas, such as clusters, on them or right beside, where they cover the fewest points.

    The first areas have first choice. A name without a free place is cut to its number ("7 · DNA repair" to "7"); the
    whole name is in its hover.

    Args:
        points: all points, [G, 2].
        area: int64 [G], the area of each, 0 to N − 1; negative for none.
        names: of the areas, N of them, written in up to two lines.
        middles: where the labels belong, [N, 2].
        span, size, pixels: as for `callouts`.
    """
    low = np.array([span[0][0], span[1][0]], dtype=float)
    high = np.array([span[0][1], span[1][1]], dtype=float)
    scale = np.array(pixels) / np.maximum(high - low, 1e-9)
    on_screen, centres = (points - low) * scale, (np.asarray(middles).reshape(-1, 2) - low) * scale
    taken: list[tuple[np.ndarray, np.ndarray]] = []
    labels = []
    for number, (name, centre) in enumerate(zip(names, centres, strict=True)):
        cost = np.where(area == number, OWN_POINT, 1.0)
        lines, shift, half = _best_place(centre, name, taken, on_screen, cost, size=size, frame=np.array(pixels))
        taken.append((centre + shift, half))
        labels.append(
            {
                "name": AREA,
                "x": float(middles[number][0]),
                "y": float(middles[number][1]),
                "xshift": float(shift[0]),
                "yshift": float(shift[1]),
                "text": "<br>".join(all_written(lines)),
                "hovertext": f"{written(name)}: {int((area == number).sum()):,} genes",
                "showarrow": False,
                "font": {"size": size, "weight": 700, "shadow": "auto"},
            }
        )
    return labels


def placed_anew(figure: go.Figure, pixels: tuple[float, float]) -> go.Figure:
    """The figure with its labels of points and areas placed for a plotting area of that size; changed in place.

    Args:
        figure: with one pair of axes whose ranges are set.
        pixels: width and height of its plotting area, as measured on a drawing of it.
    """
    drawn: Any = figure
    labels = {kind: [note for note in drawn.layout.annotations if note.name == kind] for kind in (POINT, AREA)}
    span = (tuple(drawn.layout.xaxis.range or ()), tuple(drawn.layout.yaxis.range or ()))
    if not (labels[POINT] or labels[AREA]) or not all(len(ends) == 2 for ends in span):
        return figure
    low = np.array([min(span[0]), min(span[1])], dtype=float)
    high = np.array([max(span[0]), max(span[1])], dtype=float)
    scale, frame = np.array(pixels) / np.maximum(high - low, 1e-9), np.array(pixels)
    taken: list[tuple[np.ndarray, np.ndarray]] = []
    own = list(reversed(labels[POINT]))
    places = np.array([[note.x, note.y] for note in own], dtype=float).reshape(-1, 2)
    if own:
        halves = np.array([_half([plain_text(note.text)], note.font.size or 12) + PADDING + 2 for note in own])
        on_screen = (places - low) * scale * (1, -1)
        for note, offset, half, place in zip(own, _free_offsets(on_screen, halves), halves, on_screen, strict=True):
            note.update(ax=float(offset[0]), ay=float(offset[1]))
            taken += [((place + offset) * (1, -1), half), (place * (1, -1), np.array([6.0, 6.0]))]
    points = _points_of(drawn)
    on_screen = (points - low) * scale
    for note in labels[AREA]:
        name, size = plain_text((note.hovertext or note.text).rpartition(": ")[0] or note.text), note.font.size or 12
        centre = (np.array([note.x, note.y], dtype=float) - low) * scale
        lines, shift, half = _best_place(centre, name, taken, on_screen, np.ones(len(points)), size=size, frame=frame)
        free = not any((np.abs(centre + shift - other) < half + theirs).all() for other, theirs in taken)
        taken.append((centre + shift, half))
        note.update(text="<br>".join(all_written(lines)), xshift=shift[0], yshift=shift[1], visible=free)
    return figure


def plain_text(text: str) -> str:
    """The words of a label without Plotly's marks."""
    return html.unescape(re.sub(r"<br ?/?>", " ", text)).replace("\u200b", "")


def _points_of(figure: Any) -> np.ndarray:
    """All points of the figure's traces that carry numbers of genes, [N, 2]."""
    traces = [trace for trace in figure.data if trace.customdata is not None and trace.y is not None]
    places = [np.column_stack([np.asarray(trace.x, float), np.asarray(trace.y, float)]) for trace in traces]
    return np.concatenate([np.empty((0, 2)), *places])


def _best_place(
    centre: np.ndarray,
    name: str,
    taken: Sequence[tuple[np.ndarray, np.ndarray]],
    points: np.ndarray,
    cost: np.ndarray,
    *,
    size: float,
    frame: np.ndarray,
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The lines of an area's label, its shift in pixels, half its size: the free place with the least under it."""
    number = [name.partition(" · ")[0]]
    for lines in (_in_two_lines(name), number):
        half = _half(lines, size)
        shifts = np.concatenate([np.zeros((1, 2)), *(AREA_SIDES * (half + reach) for reach in AREA_REACHES)])
        free = [
            shift
            for shift in shifts
            if (centre + shift >= half).all()
            and (centre + shift <= frame - half).all()
            and not any((np.abs(centre + shift - other) < half + theirs).all() for other, theirs in taken)
        ]
        if free:
            covered = [cost[(np.abs(points - centre - shift) < half).all(axis=1)].sum() for shift in free]
            best = int(np.argmin(np.array(covered) + FARTHER * np.arange(len(free))))
            return lines, free[best], half
    return number, np.zeros(2), _half(number, size)


def _in_two_lines(name: str) -> list[str]:
    """The name in two lines, a little wider than usual where that spares its end, which may tell it from another."""
    for letters in (AREA_LETTERS, WIDER_LETTERS):
        lines = textwrap.wrap(name, letters)
        if len(lines) <= 2:
            return lines or [""]
    return textwrap.wrap(name, AREA_LETTERS, max_lines=2, placeholder=" …")


def _half(lines: Sequence[str], size: float) -> np.ndarray:
    """Half the width and height of some lines of letters, in pixels."""
    return np.array([max(map(len, lines), default=1) * LETTER_WIDTH * size / 2, len(lines) * LINE_HEIGHT * size / 2])


def _free_offsets(points: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """For each label the offset in pixels [N, 2] whose box covers least: no label before it, and few points."""
    taken = np.concatenate([points, points])[: len(points)]
    boxes = [(point, np.array([6.0, 6.0])) for point in taken]
    offsets = np.zeros_like(points)
    for label, (point, half) in enumerate(zip(points, halves, strict=True)):
        places = np.concatenate([DIRECTIONS * (half + reach / 2) * (1, 1) for reach in REACHES])
        centres = np.array([centre for centre, _ in boxes])
        sizes = np.array([size for _, size in boxes])
        apart = np.abs((point + places)[:, None] - centres) - (sizes + half)
        covered = (apart < 0).all(axis=2)
        cost = covered[:, : len(points)].sum(axis=1) + LABEL_COVERED * covered[:, len(points) :].sum(axis=1)
        best = int(np.argmin(cost))
        offsets[label] = places[best]
        boxes.append((point + places[best], half))
    return offsets
