"""A gene and the genes around it: edges as wide as the attention on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.datasets.evidence_kinds import evidence_words
from slviz.figures.labels import LETTER_WIDTH
from slviz.figures.palette import HELD_OUT as HELD_OUT_COLOUR
from slviz.figures.palette import KNOWN as KNOWN_COLOUR
from slviz.figures.palette import LINE, MISSING
from slviz.figures.palette import PREDICTED as PREDICTED_COLOUR
from slviz.figures.ring_labels import canvas_for, ring_labels
from slviz.figures.rings import ring_places
from slviz.figures.theme import CLEAR, empty, framed
from slviz.figures.written import all_written, written
from slviz.neighbourhood import AMONG, CENTRE, FURTHER, HELD_OUT, KNOWN, OTHER, OUTER, PREDICTED, SPOKE, Neighbourhood

WIDEST = 12.0
"""Pixels of an edge that carries the stated maximum; 0 carries 0."""
STEP = 0.5
"""Edges whose widths round to the same multiple of this share a trace, which is faster to send."""
UNWEIGHTED = 2.0
CENTRE_SIZE = 58
MARGIN = 10
FOOT = {"orientation": "h", "x": 0, "xanchor": "left", "y": 0, "yanchor": "top", "bgcolor": CLEAR}
"""The legend lies under the genes, so that it meets neither a name nor the toolbar, in any window."""
FOOT_PIXELS = 44
"""Room under the genes for two rows of the legend; Plotly takes more where a narrow window needs it."""

LOOKS = {
    KNOWN: (KNOWN_COLOUR, "circle", "solid"),
    HELD_OUT: (HELD_OUT_COLOUR, "diamond", "dash"),
    PREDICTED: (PREDICTED_COLOUR, "square", "dot"),
    OTHER: (MISSING, "hexagon", "solid"),
    FURTHER: (MISSING, "circle", "solid"),
}


def network_figure(around: Neighbourhood, *, max_weight: float | None = None, height: int = 680) -> go.Figure:
    """The neighbourhood of a gene; nodes carry `customdata = [gene number]`.

    The centre stands in the middle, its neighbours clockwise from twelve o'clock by falling
    attention, predicted partners after a gap, genes two steps away outside. An edge's width runs
    from 0 pixels at no attention to 12 at `max_weight`, which the legend states. Predicted pairs
    carry no attention: they are dotted, and their width means nothing. Edges among the neighbours
    are grey, as wide as the larger of their two directions.

    Args:
        around: what to draw.
        max_weight: attention of the widest edge, so that two figures can be compared; the largest of the
            centre's edges when left out. An edge above it is drawn as wide as it.
        height: in pixels.
    """
    if len(around.genes) == 1:
        return empty("<br>".join(all_written([f"{around.symbols[0]} has no neighbour to draw.", *around.statement])))
    place = ring_places(around)
    widest = max_weight or around.heaviest or 1.0
    ends = _ends(around)
    canvas = canvas_for(around, place, height - 2 * MARGIN - FOOT_PIXELS)
    traces = [*_edges(around, place, ends, widest), *_nodes(around, place), *_width_legend(around, widest)]
    figure = framed(
        traces,
        x="",
        y="",
        keep=f"{around.run_id} {around.centre} {len(around.genes)}",
        height=height,
        annotations=ring_labels(around, place, ends, scale=canvas.scale),
        dragmode="pan",
        margin={"l": MARGIN, "r": MARGIN, "t": MARGIN, "b": MARGIN + FOOT_PIXELS},
        legend=FOOT | {"itemsizing": "trace"},
    )
    figure.update_xaxes(visible=False, range=[-canvas.across, canvas.across])
    figure.update_yaxes(visible=False, range=[-canvas.up, canvas.up], scaleanchor="x", scaleratio=1)
    return figure


def _ends(around: Neighbourhood) -> np.ndarray:
    """[2, M] positions in `genes` of the ends of every edge."""
    order = np.argsort(around.genes, kind="stable")
    return order[np.searchsorted(around.genes[order], around.edges)]


def _edges(around: Neighbourhood, place: np.ndarray, ends: np.ndarray, widest: float) -> list[Any]:
    """Lines, those of one look in one trace; edges among the neighbours lowest."""
    width = np.where(np.isfinite(around.weight), np.minimum(around.weight / widest, 1) * WIDEST, UNWEIGHTED)
    groups: dict[tuple[int, str, str, float], list[int]] = {}
    for edge in _once_a_pair(ends, width, around.place):
        colour, dash = _edge_look(around, edge)
        rounded = max(round(float(width[edge]) / STEP) * STEP, STEP)
        layer = {AMONG: 0, OUTER: 1, SPOKE: 2, PREDICTED: 3}[around.place[edge]]
        groups.setdefault((layer, colour, dash, rounded), []).append(edge)
    return [
        _lines(place[ends[:, edges]], colour=colour, dash=dash, width=width, opacity=0.35 if layer == 0 else 0.8)
        for (layer, colour, dash, width), edges in sorted(groups.items())
    ]


def _once_a_pair(ends: np.ndarray, width: np.ndarray, place: np.ndarray) -> list[int]:
    """Edges to draw: one for two genes, a spoke or branch before an edge among them, then the wider."""
    rank = np.array([{SPOKE: 0, PREDICTED: 0, OUTER: 1, AMONG: 2}[edge_place] for edge_place in place])
    order = np.lexsort((-width, rank))
    key = np.sort(ends, axis=0)[:, order]
    _, first = np.unique(key, axis=1, return_index=True)
    return order[np.sort(first)].tolist()


def _edge_look(around: Neighbourhood, edge: int) -> tuple[str, str]:
    """Colour and dash: what the pair is for edges of the centre, grey among the others."""
    colour, _, dash = LOOKS[around.kind[edge]]
    if around.place[edge] == SPOKE:
        return colour, "solid"  # an edge that carries attention was read by the network
    if around.place[edge] == PREDICTED:
        return colour, dash
    return LINE, "solid"


def _lines(ends: np.ndarray, *, colour: str, dash: str, width: float, opacity: float) -> dict[str, Any]:
    """One trace of several separate lines; ends [2, edges, 2]."""
    gap = np.full((1, ends.shape[1], 2), np.nan)
    path = np.concatenate([ends, gap]).transpose(1, 0, 2).reshape(-1, 2)  # [3, edges, 2] -> [edges * 3, 2]
    return {
        "type": "scatter",
        "x": path[:, 0],
        "y": path[:, 1],
        "mode": "lines",
        "line": {"color": colour, "width": width, "dash": dash},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _nodes(around: Neighbourhood, place: np.ndarray) -> list[Any]:
    """The genes, a trace a relation, the centre last and large."""
    traces = []
    hover = _hover(around)
    for relation, (colour, symbol, _) in LOOKS.items():
        which = np.flatnonzero(around.relation == relation)
        if not len(which):
            continue
        traces.append(
            {
                "type": "scatter",
                "x": place[which, 0],
                "y": place[which, 1],
                "mode": "markers",
                "name": f"{relation} ({len(which)})",
                "marker": {
                    "size": np.where(around.hops[which] == 2, 13, 21),
                    "color": colour,
                    "symbol": symbol,
                    "opacity": 1,
                    "line": {"width": 1.5, "color": "white"},
                },
                "text": hover[which],
                "customdata": around.genes[which][:, None],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    symbol = around.symbols[0]
    fitting = min(15.0, 0.9 * CENTRE_SIZE / max(len(symbol) * LETTER_WIDTH, 1))
    traces.append(
        {
            "type": "scatter",
            "x": [0],
            "y": [0],
            "mode": "markers+text",
            "name": CENTRE,
            "showlegend": False,
            "marker": {"size": CENTRE_SIZE, "color": "#3B3B3B", "line": {"width": 2.5, "color": "white"}},
            "text": [f"<b>{written(symbol)}</b>"],
            "textfont": {"color": "white", "size": max(fitting, 8)},
            "hovertext": [hover[0]],
            "customdata": [[around.centre]],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )
    return traces


def _hover(around: Neighbourhood) -> np.ndarray:
    """Text [N]: bold symbol, name, relation, attention both ways, score, known partners."""
    symbol = written(around.symbols[0])
    toward, back = ("from", "to") if around.direction == "into" else ("to", "from")
    texts = []
    for row in range(len(around.genes)):
        lines = [
            f"<b>{written(around.symbols[row])}</b>",
            written(str(around.names[row])[:80]),
            str(around.relation[row]),
        ]
        lines.append(_number(f"attention {toward} {symbol}", around.attention[row]))
        lines.append(_number(f"attention {back} {symbol}", around.attention_back[row]))
        lines.append(_number("predicted score", around.score[row]))
        lines.append(_number("data-set score", around.dataset_score[row]))
        lines.append(written(evidence_words(around.evidence[row])))
        lines.append(f"{around.degree[row]:,} known partner{'' if around.degree[row] == 1 else 's'}")
        texts.append("<br>".join(line for line in lines if line))
    return np.array(texts, dtype=object)


ALMOST_ONE = 0.9995
"""A score from here would be rounded up to 1, which no model is sure of."""


def _number(label: str, value: float) -> str:
    if ALMOST_ONE <= value < 1:
        return f"{label}: > 0.999"
    return f"{label}: {value:.3f}" if np.isfinite(value) else ""


def _width_legend(around: Neighbourhood, widest: float) -> list[Any]:
    """Lines in the legend that state what a width means."""
    if not around.weighted:
        sample = [(UNWEIGHTED, "edge: known pair (no attention)")]
    else:
        sample = [
            (WIDEST * share, f"edge: attention {widest * share:.3f}{' (widest)' if share == 1 else ''}")
            for share in (1.0, 0.5, 0.1)
        ]
    return [
        {
            "type": "scatter",
            "x": [None],
            "y": [None],
            "mode": "lines",
            "name": name,
            "line": {"width": width, "color": LINE},
            "hoverinfo": "skip",
        }
        for width, name in sample
    ]
