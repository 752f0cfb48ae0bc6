"""Points of a map: genes as traces, flat or solid, in the colours of a colouring, and what their hover says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from slviz.figures.colouring import Colouring
from slviz.figures.palette import CONTINUOUS, MISSING, SIGNED, categorical, symbols
from slviz.figures.written import written

MOST_TICKS = 8
"""Decades that a logarithmic colour bar names."""
LARGEST = 1e38
"""Numbers below it fit into float32, which is half as much to send."""
SOLID_SYMBOLS = ("circle", "square", "diamond", "cross")
"""What Plotly draws in three dimensions with any font."""


class Points:
    """The genes as traces of one kind: where they lie and what their hover says."""

    def __init__(self, place: np.ndarray, hover: np.ndarray, kind: type, *, few: type | None = None) -> None:
        self.place = place  # [G, 2 or 3]
        self.hover = hover
        self.kind = kind
        self.few = few or kind
        """What marks a few of them: WebGL takes a moment for every other kind of mark, which many points are worth."""

    def where(self, which: np.ndarray) -> dict[str, np.ndarray]:
        """The places of genes `which` by the name of their axis."""
        return {axis: self.place[which, number] for number, axis in enumerate("xyz"[: self.place.shape[1]])}

    def symbol(self, name: str) -> str:
        """The marker symbol of that name, or a circle where this kind of figure has no such symbol."""
        return name if self.place.shape[1] == 2 or name in SOLID_SYMBOLS else "circle"

    def lines(self, ends: np.ndarray, **look: Any) -> Any:
        """Straight lines [N, 2] between genes as one trace, which hovering ignores."""
        gap = np.full(len(ends), np.nan, dtype=np.float32)
        place = {
            axis: np.column_stack([values[: len(ends)], values[len(ends) :], gap]).ravel()
            for axis, values in self.where(np.concatenate([ends[:, 0], ends[:, 1]])).items()
        }
        return self.few(**place, mode="lines", hoverinfo="skip", showlegend=False, connectgaps=False, **look)

    def marked(self, which: np.ndarray, marker: dict[str, Any], **more: Any) -> Any:
        """A few genes as one trace over the others."""
        return self._trace(self.few, which, marker, more)

    def trace(self, which: np.ndarray, marker: dict[str, Any], **more: Any) -> Any:
        """Genes `which` as one trace."""
        return self._trace(self.kind, which, marker, more)

    def _trace(self, kind: type, which: np.ndarray, marker: dict[str, Any], more: dict[str, Any]) -> Any:
        return kind(
            **self.where(which),
            mode="markers",
            marker=marker,
            text=self.hover[which],
            customdata=which[:, None],
            hovertemplate="%{text}<extra></extra>",
            **more,
        )


def coloured(draw: Points, which: np.ndarray, colouring: Colouring, marker: dict[str, Any]) -> list[Any]:
    """Genes `which` in their colours: a trace a category, or the missing and the coloured ones."""
    if colouring.kind == "categorical":
        return _by_category(draw, which, colouring, marker)
    values = colouring.values.astype(np.float64)  # a table may hold what is beyond float32
    known = np.isfinite(values[which])
    traces = []
    if not known.all():
        grey = marker | {"color": MISSING, "opacity": min(marker["opacity"], 0.5)}
        traces.append(draw.trace(which[~known], grey, name="unknown", showlegend=False))
    inside = which[known]
    inside = inside[np.argsort(np.abs(values[inside]), kind="stable")]  # the telling ones on top
    scale = _scale(colouring, values[np.isfinite(values)])
    shown = np.log10(values[inside]) if colouring.logarithmic else values[inside]
    if len(shown) and np.abs(shown).max() < LARGEST:
        shown = shown.astype(np.float32)
    traces.append(
        draw.trace(inside, marker | scale | {"color": shown}, name=written(colouring.title), showlegend=False)
    )
    return traces


def _by_category(draw: Points, which: np.ndarray, colouring: Colouring, marker: dict[str, Any]) -> list[Any]:
    values = colouring.values.astype(str)
    every = tuple(colouring.order) or colouring.categories  # a category keeps its colour where another is not there
    colour, symbol = categorical(every), symbols(every)
    traces = []
    for name in reversed(colouring.categories):  # the missing first, so that they lie below
        inside = which[values[which] == name]
        look = marker | {"color": colour[name], "symbol": draw.symbol(symbol[name])}
        if colour[name] == MISSING:
            look = look | {"opacity": min(marker["opacity"], 0.45), "symbol": "circle"}
        rank = 1000 + colouring.categories.index(name)
        label = f"{written(name) or 'unknown'} ({int((values == name).sum()):,})"
        traces.append(draw.trace(inside, look, name=label, showlegend=True, legendrank=rank))
    return traces


def _scale(colouring: Colouring, finite: np.ndarray) -> dict[str, Any]:
    """Colour scale and colour bar; a logarithmic bar is ticked at round values."""
    bar: dict[str, Any] = {"thickness": 12, "len": 0.75, "outlinewidth": 0}
    if not len(finite):
        return {"colorscale": CONTINUOUS, "showscale": False}
    if colouring.kind == "signed":
        reach = float(np.quantile(np.abs(finite), 0.99)) or 1.0
        return {"colorscale": SIGNED, "cmin": -reach, "cmax": reach, "cmid": 0, "showscale": True, "colorbar": bar}
    if not colouring.logarithmic:
        low, high = float(finite.min()), float(finite.max())
        return {"colorscale": CONTINUOUS, "cmin": low, "cmax": high, "showscale": True, "colorbar": bar}
    low, high = np.log10(finite.min()), np.log10(finite.max())
    places = _round_places(float(low), float(high))
    bar |= {"tickvals": places, "ticktext": [f"{float(f'{10**place:.4g}'):,.4g}" for place in places]}
    return {"colorscale": CONTINUOUS, "cmin": low, "cmax": high, "showscale": True, "colorbar": bar}


def _round_places(low: float, high: float) -> np.ndarray:
    """Logarithms of 1, 2, 5, 10, … from `low` to `high`, which are logarithms, too; fewer where the range is wide."""
    steps = (1,) if high - low > 3 else (1, 3) if high - low > 1.5 else (1, 2, 5)
    decades = np.arange(np.floor(low), np.ceil(high) + 1)
    decades = decades[decades % max(1, np.ceil((high - low) / MOST_TICKS)) == 0]
    places = np.sort((decades[:, None] + np.log10(steps)).ravel())  # [decades, steps] -> [ticks]
    inside = places[(places >= low - 5e-4) & (places <= high + 5e-4)]
    return inside if len(inside) else np.array([low])


def hover_texts(
    genes: Sequence[str], colouring: Colouring, *, names: Sequence[str] | None, degree: np.ndarray | None
) -> np.ndarray:
    """[G] text: bold symbol, full name, known partners, what the colour says."""
    lines = [[f"<b>{written(gene)}</b>" for gene in genes]]
    if names is not None:
        lines.append([written(name[:80]) for name in names])
    if degree is not None:
        lines.append([f"{count:,} known partner{'' if count == 1 else 's'}" for count in degree])
    title = written(colouring.title)
    lines.append([f"{title}: {written(value)}" for value in colouring.texts])
    return np.array(["<br>".join(part for part in parts if part) for parts in zip(*lines, strict=True)], dtype=object)


def heading(colouring: Colouring) -> dict[str, Any]:
    """Title and unit at the upper left, in the theme's own colour."""
    unit = {"text": written(colouring.unit), "font": {"size": 13, "weight": 400}}
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    return {"text": written(colouring.title), "font": {"size": 16}, "subtitle": unit, "pad": {"t": 6, "b": 0}, **place}
