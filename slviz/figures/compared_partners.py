"""One gene under several runs: a ring of the same partners at the same places for each, edges as wide as it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import HELD_OUT as HELD_OUT_COLOUR
from slviz.figures.palette import KNOWN as KNOWN_COLOUR
from slviz.figures.palette import MISSING as MISSING_COLOUR
from slviz.figures.palette import PREDICTED as PREDICTED_COLOUR
from slviz.figures.theme import empty, framed
from slviz.figures.written import written
from slviz.neighbourhood import HELD_OUT, KNOWN
from slviz.neighbourhood.compared_partners import MISSING, UNREPORTED, ComparedPartners
from slviz.ranking import score_text
from slviz.ranking.known_pairs import TESTED_HIT, TESTED_NON_HIT
from slviz.ranking.scales import is_bounded

LOOKS = {
    KNOWN: (KNOWN_COLOUR, "circle", "solid"),
    HELD_OUT: (HELD_OUT_COLOUR, "diamond", "dash"),
    TESTED_HIT: (HELD_OUT_COLOUR, "star", "dashdot"),
    TESTED_NON_HIT: (MISSING_COLOUR, "triangle-down", "dashdot"),
    UNREPORTED: (PREDICTED_COLOUR, "square", "dot"),
    MISSING: (MISSING_COLOUR, "x", "solid"),
}
"""Colour and symbol of a partner, and dash of its edge, by what it is to the run."""
WIDEST, THINNEST, UNWEIGHTED = 7.0, 0.75, 1.5
STEP = 0.75
"""Edges whose widths round to the same multiple of this share a trace."""
FAINT, CLEAR = 0.3, 0.95
"""Opacity of partners that only other runs put first, and of the run's own."""
PANEL_HEIGHT, GAP, BETWEEN, TOP = 400, 0.03, 0.09, 84
REACH = 1.75
"""How far from the centre the panels reach; the ring has a radius of 1."""
CROWDED = 24


def compared_neighbourhoods(compared: ComparedPartners, *, only: int | None = None) -> go.Figure:
    """A panel a run; points carry `customdata = [number of the partner]`.

    Partners stand clockwise from twelve o'clock in the order of `ComparedPartners.partners`, at the same place in every
    panel. Width runs up to 7 pixels at the largest weight of the panel, which its title states; a partner that only
    other runs put first is faint.

    Args:
        compared: the partners under each run.
        only: number of the one run whose panel is drawn; all when left out.
    """
    if not compared.partners:
        return empty(f"{written(compared.centre)} has no partner to draw.")
    place = _places(len(compared.partners))
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    named: set[str] = set()
    shown = list(range(len(compared.runs))) if only is None else [only]
    frames = _frames(len(shown))
    for panel_number, (row, (left, right, bottom, top)) in enumerate(zip(shown, frames, strict=True)):
        number = "" if panel_number == 0 else str(panel_number + 1)
        panel = [*_edges(compared, row, place), *_nodes(compared, row, place, named), _centre(compared.centre)]
        traces += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in panel]
        hidden = {"visible": False, "range": [-REACH, REACH]}
        layout[f"xaxis{number}"] = hidden | {"domain": (left, right), "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = hidden | {
            "domain": (bottom, top),
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
            "range": [-REACH, REACH],
        }
        layout["annotations"] += [
            _title(compared, row, (left + right) / 2, top),
            *_labels(compared, row, place, number),
        ]
    rows = len({top for *_, top in frames})
    figure = framed(
        traces,
        x="",
        y="",
        keep=f"{compared.centre} {len(compared.partners)} {' '.join(compared.runs)}",
        height=PANEL_HEIGHT * rows + TOP,
        dragmode="pan",
    )
    legend = {"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top", "title": {"text": ""}}
    return figure.update_layout(**layout, legend=legend, margin={"l": 8, "r": 8, "t": TOP, "b": 12})


def _places(partners: int) -> np.ndarray:
    """[N, 2] on the ring; of many every second stands further out."""
    angle = 2 * np.pi * np.arange(partners) / partners
    radius = np.where((np.arange(partners) % 2 == 1) & (partners > CROWDED), 1.2, 1.0)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


def _frames(count: int) -> list[tuple[float, float, float, float]]:
    """Left, right, bottom and top of each panel as shares of the figure, two in a row."""
    columns = min(count, 2)
    rows = -(-count // columns)
    width, height = (1 - GAP * (columns - 1)) / columns, (1 - BETWEEN * (rows - 1)) / rows
    frames = []
    for number in range(count):
        row, column = divmod(number, columns)
        left, top = column * (width + GAP), 1 - row * (height + BETWEEN)
        frames.append((left, left + width, max(top - height, 0.0), top))
    return frames


def _widths(weight: np.ndarray) -> np.ndarray:
    """Pixels of edges of these weights: by the largest of them."""
    largest = np.nanmax(weight, initial=0.0, where=np.isfinite(weight))
    if largest <= 0:
        return np.full(len(weight), UNWEIGHTED)
    share = np.clip(np.nan_to_num(weight / largest), 0, 1)
    return np.where(np.isfinite(weight), THINNEST + (WIDEST - THINNEST) * share, THINNEST)


def _edges(compared: ComparedPartners, row: int, place: np.ndarray) -> list[dict[str, Any]]:
    width = np.round(_widths(compared.weight[row]) / STEP) * STEP
    groups: dict[tuple[str, bool, float], list[int]] = {}
    for partner, relation in enumerate(compared.relation[row]):
        if relation != MISSING:
            key = (str(relation), bool(compared.is_own[row, partner]), max(float(width[partner]), STEP))
            groups.setdefault(key, []).append(partner)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": _from_centre(place[partners, 0]),
            "y": _from_centre(place[partners, 1]),
            "line": {"color": LOOKS[relation][0], "dash": LOOKS[relation][2], "width": pixels},
            "opacity": 0.8 if is_own else FAINT,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for (relation, is_own, pixels), partners in groups.items()
    ]


def _from_centre(ends: np.ndarray) -> np.ndarray:
    """Lines from 0 to each end, with a gap after each."""
    return np.column_stack([np.zeros(len(ends)), ends, np.full(len(ends), np.nan)]).ravel()


def _nodes(compared: ComparedPartners, row: int, place: np.ndarray, named: set[str]) -> list[dict[str, Any]]:
    """A trace a relation; the legend names each once."""
    traces = []
    for relation, (colour, symbol, _) in LOOKS.items():
        partners = np.flatnonzero(compared.relation[row] == relation)
        if not len(partners):
            continue
        opacity = np.where(compared.is_own[row, partners], CLEAR, FAINT)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": place[partners, 0],
                "y": place[partners, 1],
                "name": relation,
                "legendgroup": relation,
                "showlegend": relation not in named,
                "marker": {"size": 15, "color": colour, "symbol": symbol, "opacity": opacity},
                "customdata": partners[:, None],
                "text": [_hover(compared, row, int(partner)) for partner in partners],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
        named.add(relation)
    return traces


def _hover(compared: ComparedPartners, row: int, partner: int) -> str:
    lines = [f"<b>{written(compared.partners[partner])}</b>", str(compared.relation[row, partner])]
    rank, weight = compared.rank[row, partner], compared.weight[row, partner]
    if np.isfinite(rank):
        by = "by score" if compared.order_is[row] == "score" else "by nearness in the embedding"
        lines.append(f"place {int(rank):,} {by}")
    if np.isfinite(weight):
        lines.append(f"{compared.width_is[row]} {weight:.3f}")
    if not compared.is_own[row, partner]:
        lines.append("put first by another run")
    return "<br>".join(lines)


def _centre(symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [0.0],
        "y": [0.0],
        "text": [written(symbol)],
        "textposition": "middle center",
        "textfont": {"color": "#fff", "size": 12},
        "marker": {"size": max(46, 9 * len(symbol)), "color": "#4A5560"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _title(compared: ComparedPartners, row: int, x: float, y: float) -> dict[str, Any]:
    weight = compared.weight[row]
    largest = float(np.nanmax(weight)) if np.isfinite(weight).any() else 0.0
    bounded = compared.width_is[row] == "score" and is_bounded(weight[np.isfinite(weight)])
    widest = f"{compared.width_is[row]} {score_text(largest, bounded=bounded)}"
    width_is = f"widest edge: {widest}" if largest > 0 else "widths mean nothing here"
    text = f"<b>{written(compared.runs[row])}</b><br><span style='font-size: 11px'>{width_is}</span>"
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "font": {"size": 13}, "yshift": 2}


def _labels(compared: ComparedPartners, row: int, place: np.ndarray, number: str) -> list[dict[str, Any]]:
    """The names of the partners outside the ring, those that the run puts first clearer."""
    labels = []
    for partner, (x, y) in enumerate(place):
        angle = float(np.degrees(np.arctan2(y, x)))
        flipped = abs(angle) > 90
        radial = len(place) > CROWDED
        labels.append(
            {
                "x": float(x),
                "y": float(y),
                "xref": f"x{number}",
                "yref": f"y{number}",
                "text": written(compared.partners[partner]),
                "showarrow": False,
                "font": {"size": 11},
                "opacity": 1.0 if compared.is_own[row, partner] else 0.7,
                "textangle": (-angle + (180 if flipped else 0) if radial else 0),
                "xanchor": "center" if radial or abs(x) < 0.3 else "left" if x > 0 else "right",
                "yanchor": "middle",
                "xshift": float(x) * _shift(compared.partners[partner], radial=radial, across=abs(x) >= 0.3),
                "yshift": float(y) * (_shift(compared.partners[partner], radial=True, across=False) if radial else 16),
            }
        )
    return labels


def _shift(text: str, *, radial: bool, across: bool) -> float:
    """Pixels from a node to its name: to its middle where it lies along the radius, else to its edge."""
    if radial:
        return 13 + 3.3 * min(len(text), 24)
    return 11.0 if across else 0.0
