"""A map of very many points: a picture of their density that is drawn on the server, or points of one window.

Up to `POINTS_UP_TO` points are drawn one by one by the browser. More become one picture, transparent where
nothing lies, coloured by the mean (or the commonest category) in each cell. In a window that holds at most
`POINTS_IN_WINDOW` of them they become points again.
"""

from __future__ import annotations

import base64
import functools
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float32, UInt8
from plotly.colors import sample_colorscale, unlabel_rgb

from slviz.figures.colouring import Colouring
from slviz.figures.palette import ACCENT, CONTINUOUS, MISSING, OUTLINE, SIGNED, categorical, symbols
from slviz.figures.theme import framed, plain_axes, scatter_kind
from slviz.figures.written import all_written, written

POINTS_UP_TO = 150_000
POINTS_IN_WINDOW = 50_000
CELLS = 600
FAINTEST = 110
"""Alpha of a cell with one point; the fullest has 255."""
ROOM = 0.03
MARGIN = 0.12
LEGEND = {
    "orientation": "h",
    "x": 0,
    "y": 1.01,
    "yanchor": "bottom",
    "title": {"side": "top"},
    "itemsizing": "constant",
}


@dataclass(frozen=True)
class Window:
    """A rectangle of a map."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def around(cls, place: Float32[np.ndarray, "points dimensions"]) -> Window:
        """The whole map with a little room."""
        (left, bottom), (right, top) = place[:, :2].min(axis=0).tolist(), place[:, :2].max(axis=0).tolist()
        across, up = max((right - left) * ROOM, 1e-6), max((top - bottom) * ROOM, 1e-6)
        return cls(left - across, right + across, bottom - up, top + up)

    def wider(self) -> Window:
        """The same with a margin on each side: a chart shows a little more when its legend changes its shape."""
        across, up = MARGIN * (self.right - self.left), MARGIN * (self.top - self.bottom)
        return Window(self.left - across, self.right + across, self.bottom - up, self.top + up)

    def holds(self, place: Float32[np.ndarray, "points dimensions"]) -> Bool[np.ndarray, " points"]:
        """Which points lie inside."""
        x, y = place[:, 0], place[:, 1]
        return (x >= self.left) & (x <= self.right) & (y >= self.bottom) & (y <= self.top)


def map_of_many(
    names: Sequence[str],
    place: Float32[np.ndarray, "points dimensions"],
    colouring: Colouring,
    *,
    axes: Sequence[str],
    keep: str,
    window: Window | None = None,
    marked: Sequence[int] | np.ndarray = (),
    point_size: float = 3.0,
    opacity: float = 0.7,
    webgl: bool = True,
    height: int = 700,
) -> tuple[go.Figure, int]:
    """The map, and how many points are drawn one by one: 0 where it is a picture of their density.

    Args:
        names: what each point is called [N].
        place: float32 [N, 2 or more]; the first two columns are drawn.
        colouring: what the colour means.
        axes: titles of the two axes.
        keep: the zoom survives redrawing as long as this stays the same.
        window: the part that is looked at; all of it when left out.
        marked: numbers of points that are drawn on top, one by one, whatever else is a picture.
        point_size, opacity: of a point, in pixels and from 0 to 1.
        webgl: False keeps every point a vector in an exported file.
        height: in pixels.
    """
    whole = Window.around(place)
    shown = window or whole
    everything = len(place) <= POINTS_UP_TO
    inside = everything or int(shown.holds(place).sum())
    if everything or inside <= POINTS_IN_WINDOW:
        drawn = np.arange(len(place)) if everything else np.flatnonzero(shown.wider().holds(place))
        traces = _points(names, place, colouring, drawn, point_size, opacity, scatter_kind(webgl=webgl))
        images: list[dict[str, Any]] = []
    else:
        drawn = np.empty(0, dtype=np.int64)
        traces, images = _key(colouring), [_picture(place, colouring, shown.wider() if window else shown)]
    if len(marked):
        traces = [*traces, _marked(names, place, np.unique(marked), point_size, scatter_kind(webgl=webgl))]
    categories = colouring.kind == "categorical"
    figure = framed(
        traces,
        x=written(axes[0]),
        y=written(axes[1]),
        keep=keep,
        legend_title=colouring.heading,
        height=height,
        dragmode="pan",
        margin={"l": 36, "r": 8, "t": 16 if categories else 38, "b": 36},
        images=images,
    )
    figure.update_xaxes(range=[shown.left, shown.right])
    figure.update_yaxes(range=[shown.bottom, shown.top])
    if categories:
        figure.update_layout(legend=LEGEND)
    else:
        figure.update_layout(title={"text": written(colouring.title), "font": {"size": 16}, "x": 0, "xref": "paper"})
    return plain_axes(figure), len(place) if everything else inside if len(drawn) else 0


def _points(
    names: Sequence[str],
    place: np.ndarray,
    colouring: Colouring,
    drawn: np.ndarray,
    size: float,
    opacity: float,
    kind: type,
) -> list[Any]:
    """One trace a category, or one of all: places as float32, numbers as int32, so that little is sent."""
    texts, title = np.array(all_written(names), dtype=object), written(colouring.title)

    def trace(which: np.ndarray, marker: dict[str, Any], **more: Any) -> Any:
        x, y = np.ascontiguousarray(place[which, 0]), np.ascontiguousarray(place[which, 1])
        look = {"size": size, "opacity": opacity, **marker}
        return kind(x=x, y=y, mode="markers", marker=look, text=texts[which], customdata=which.astype(np.int32), **more)

    if colouring.kind != "categorical":
        values = colouring.values[drawn].astype(np.float32)
        order = np.argsort(np.nan_to_num(values, nan=-np.inf), kind="stable")  # the unknown below, the telling on top
        marker = {"color": _shown(values[order], colouring), **_bar(colouring)}
        template = "<b>%{text}</b><br>" + title + ": %{marker.color:.4g}<extra></extra>"
        return [trace(drawn[order], marker, hovertemplate=template, showlegend=False)]
    categories, code = _codes(colouring)
    colour, symbol, code = categorical(categories), symbols(categories), code[drawn]
    traces = []
    for rank, name in enumerate(categories):
        which = drawn[code == rank]
        template = f"<b>%{{text}}</b><br>{title}: {written(name) or 'unknown'}<extra></extra>"
        marker = {"color": colour[name], "symbol": symbol[name]}
        traces.append(trace(which, marker, showlegend=False, hovertemplate=template))
    return [*traces[::-1], *_key(colouring)]


def _marked(names: Sequence[str], place: np.ndarray, numbers: np.ndarray, size: float, kind: type) -> Any:
    """Some points on top of the others, named on hover."""
    return kind(
        x=place[numbers, 0],
        y=place[numbers, 1],
        mode="markers",
        marker={"size": size + 4, "color": ACCENT, "line": {"width": 1.6, "color": OUTLINE}},
        text=all_written([names[number] for number in numbers.tolist()]),
        customdata=numbers.astype(np.int32),
        hovertemplate="<b>%{text}</b><extra></extra>",
        name="selected",
        showlegend=False,
    )


def _picture(place: np.ndarray, colouring: Colouring, shown: Window) -> dict[str, Any]:
    """The density as an image that lies on the window."""
    which = np.flatnonzero(shown.holds(place))
    cell = _cells(place[which], shown)
    count = np.bincount(cell, minlength=CELLS * CELLS)
    if colouring.kind == "categorical":
        colour = _commonest(cell, colouring, which)
    else:
        colour = _means(cell, count, colouring, which)
    full = np.log1p(count) / np.log1p(max(int(count.max()), 1))
    alpha = np.where(count > 0, FAINTEST + (255 - FAINTEST) * full, 0)
    pixels = np.column_stack([colour, alpha]).astype(np.uint8).reshape(CELLS, CELLS, 4)[::-1]  # the first row is on top
    return {
        "source": png_address(pixels),
        "xref": "x",
        "yref": "y",
        "x": shown.left,
        "y": shown.top,
        "sizex": shown.right - shown.left,
        "sizey": shown.top - shown.bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _cells(place: np.ndarray, shown: Window) -> np.ndarray:
    """The cell of each point, rows from below: row · CELLS + column."""
    low = np.array([shown.left, shown.bottom], dtype=np.float32)
    span = np.array([shown.right - shown.left, shown.top - shown.bottom], dtype=np.float32)
    column, row = np.clip((place[:, :2] - low) * (CELLS / span), 0, CELLS - 1).astype(np.int64).T
    return row * CELLS + column


def _means(cell: np.ndarray, count: np.ndarray, colouring: Colouring, which: np.ndarray) -> np.ndarray:
    """RGB of each cell by the mean of its known values; grey where there is none."""
    values = _shown(colouring.values[which].astype(np.float32), colouring)
    known = np.isfinite(values)
    number = np.bincount(cell[known], minlength=len(count))
    mean = np.bincount(cell[known], weights=values[known], minlength=len(count)) / np.maximum(number, 1)
    low, high = _reach(colouring)
    level = np.clip((mean - low) / max(high - low, 1e-12) * 255, 0, 255).astype(np.int64)
    table = _table(SIGNED if colouring.kind == "signed" else CONTINUOUS)
    return np.where((number > 0)[:, None], table[level], _rgb(MISSING))


def _commonest(cell: np.ndarray, colouring: Colouring, which: np.ndarray) -> np.ndarray:
    """RGB of each cell by the category that most of its points have."""
    names, code = _codes(colouring)
    colour, code = categorical(names), code[which]
    best = np.zeros(CELLS * CELLS, dtype=np.int64)
    rgb = np.zeros((CELLS * CELLS, 3))
    for number, name in enumerate(names):
        count = np.bincount(cell[code == number], minlength=len(best))
        rgb[count > best] = _rgb(colour[name])
        best = np.maximum(best, count)
    return rgb


def _key(colouring: Colouring) -> list[Any]:
    """Empty traces that carry the legend, the same in every window, or the colour bar of a picture."""
    if colouring.kind == "categorical":
        names, code = _codes(colouring)
        colour, look = categorical(names), symbols(names)
        size = np.bincount(code, minlength=len(names))
        labels = [f"{written(name) or 'unknown'} ({count:,})" for name, count in zip(names, size.tolist(), strict=True)]
        markers = [{"color": colour[name], "symbol": look[name], "size": 9} for name in names]
        return [
            go.Scatter(x=[None], y=[None], mode="markers", name=label, marker=marker)
            for label, marker in zip(labels, markers, strict=True)
        ]
    low, high = _reach(colouring)
    marker = {"color": [low, high], "size": 0.1, "opacity": 0, **_bar(colouring)}
    return [go.Scatter(x=[None, None], y=[None, None], mode="markers", marker=marker, showlegend=False)]


@functools.lru_cache(maxsize=8)
def _codes(colouring: Colouring) -> tuple[tuple[str, ...], np.ndarray]:
    """The categories in the legend's order and the number of each point's; a million texts are compared once."""
    names = colouring.categories
    place = {name: number for number, name in enumerate(names)}
    return names, np.fromiter(map(place.__getitem__, colouring.values), np.int64, len(colouring.values))


def _shown(values: np.ndarray, colouring: Colouring) -> np.ndarray:
    """The values as they are coloured: their logarithm where the scale is logarithmic."""
    if not colouring.logarithmic:
        return values
    return np.log10(np.where(values > 0, values, np.nan))


def _reach(colouring: Colouring) -> tuple[float, float]:
    """Lowest and highest colour; of all points, so that a zoom changes no colour."""
    values = _shown(colouring.values.astype(np.float32), colouring)
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    if colouring.kind == "signed":
        most = float(np.abs(known).max()) or 1.0
        return -most, most
    return float(known.min()), float(known.max())


def _bar(colouring: Colouring) -> dict[str, Any]:
    low, high = _reach(colouring)
    bar = {"thickness": 12, "len": 0.75, "outlinewidth": 0, "tickprefix": "10^" if colouring.logarithmic else ""}
    scale = SIGNED if colouring.kind == "signed" else CONTINUOUS
    return {"colorscale": scale, "cmin": low, "cmax": high, "showscale": True, "colorbar": bar}


def _table(scale: str) -> UInt8[np.ndarray, "256 3"]:
    return np.array([unlabel_rgb(colour) for colour in sample_colorscale(scale, np.linspace(0, 1, 256))]).astype(
        np.uint8
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def png(pixels: UInt8[np.ndarray, "height width channels"]) -> bytes:
    """The content of a PNG file: 1 channel is grey, 3 are red, green and blue, 4 have opacity beside these."""
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * channels)], axis=1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_address(pixels: UInt8[np.ndarray, "height width channels"]) -> str:
    """The same as an address that a browser draws without asking a server."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()
