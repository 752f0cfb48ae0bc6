"""Charts on a page: their camera saves a vector file, and what is drawn from synthetic data says so in the picture.

A figure that was drawn before, for anybody, is sent again as it was, where the page says what it shows (`of`).
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz.figures import marked_synthetic
from slviz.figures.colouring import OTHERS
from slviz.files.names import safe_file_name
from slviz.ui import nouns, present
from slviz.ui.content_key import key_of

INK = {"light": "#45525A", "dark": "#B9C4C9"}
"""7.9 : 1 on white, 10 : 1 on the dark page."""
STRETCHED_FROM = 240
"""Pixels that a chart takes at least which fills its place: Streamlit never makes one lower than its figure."""
MOST_KEPT_BYTES = 96_000_000
"""Of figures that are kept for the next who wants to see the same."""


class Drawn(go.Figure):
    """A figure that is ready to be sent: nothing of it is checked or copied again."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        # Plotly's own beginning would check and copy every part; what is drawn here was checked when it was made.
        self.__dict__["_content"] = dict(content)

    def to_dict(self) -> dict[str, Any]:
        """What Plotly draws: `data`, `layout`, and `frames` where there are any."""
        return self.__dict__["_content"]

    def __copy__(self) -> Drawn:
        return Drawn(self.to_dict())

    def __deepcopy__(self, memo: dict[int, Any]) -> Drawn:
        return Drawn(copy.deepcopy(self.to_dict(), memo))


class KeptFigures:
    """Figures that were drawn, by what they show; the ones that nobody has asked for longest go first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._figures: OrderedDict[bytes, tuple[Drawn, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Drawn | None:
        """The figure of this key; None where none is kept."""
        with self._lock:
            if key not in self._figures:
                return None
            self._figures.move_to_end(key)
            return self._figures[key][0]

    def put(self, key: bytes, figure: Drawn) -> None:
        """Keep a figure; one that is larger than all that may be kept is not."""
        size = _bytes_of(figure.to_dict())
        if size > self.most_bytes:
            return
        with self._lock:
            self._size += size - self._figures.pop(key, (figure, 0))[1]
            self._figures[key] = figure, size
            while self._size > self.most_bytes:
                self._size -= self._figures.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._figures.clear()
            self._size = 0


KEPT = KeptFigures(MOST_KEPT_BYTES)


def draw(
    figure: go.Figure | Callable[[], go.Figure],
    *,
    name: str,
    synthetic: bool,
    alt: str,
    of: object = None,
    key: str | None = None,
    scroll_zoom: bool = False,
    height: int | Literal["content", "stretch"] = "content",
    **selecting: Any,
) -> Any:
    """A chart as wide as its place.

    Args:
        figure: the figure for the screen, or what makes it.
        name: stem of the file that the camera saves, in the visitor's browser.
        synthetic: whether it shows synthetic data; the figure then carries that mark itself.
        alt: what the chart shows, for those who cannot see it.
        of: everything that the figure depends on, as `key_of` takes it; it is then made once. None where it is made
            anew each time.
        key: of the chart on the page; `name` when left out.
        scroll_zoom: whether the mouse wheel zooms.
        height: "content" for the figure's own, "stretch" for that of its place.
        selecting: `on_select` and `selection_mode` of `st.plotly_chart`.

    Returns:
        What `st.plotly_chart` returns: the selection where one is asked for.
    """
    config = {
        "displaylogo": False,
        "scrollZoom": scroll_zoom,
        "toImageButtonOptions": {"format": "svg", "filename": safe_file_name(f"{name}.svg").removesuffix(".svg")},
    }
    shown = _shown(figure, None if of is None else (name, key, of), synthetic=synthetic, stretched=height == "stretch")
    present.remember(key or name, shown, alt)
    return st.plotly_chart(shown, key=key or name, config=config, alt=alt, height=height, **selecting)


def _shown(figure: go.Figure | Callable[[], go.Figure], of: object, *, synthetic: bool, stretched: bool) -> Drawn:
    """The figure as it is sent: kept of before, or made now."""
    ink = INK.get(st.context.theme.type or "light", INK["light"])
    enlarged = present.is_on()
    if of is None:
        return _ready(figure, ink, synthetic=synthetic, stretched=stretched, enlarged=enlarged)
    key = key_of(of, ink, synthetic, stretched, enlarged, nouns.current())
    kept = KEPT.get(key)
    if kept is None:
        kept = _ready(figure, ink, synthetic=synthetic, stretched=stretched, enlarged=enlarged)
        KEPT.put(key, kept)
    return kept


def _ready(
    figure: go.Figure | Callable[[], go.Figure], ink: str, *, synthetic: bool, stretched: bool, enlarged: bool
) -> Drawn:
    made = figure if isinstance(figure, go.Figure) else figure()
    content = (marked_synthetic(made) if synthetic else made).to_dict()
    layout = content["layout"]
    _say_in_words(content)
    _make_legible(content, ink)
    if enlarged:
        present.enlarge(content)
    if stretched:
        layout["height"] = STRETCHED_FROM
    return Drawn(content)


def _make_legible(content: dict[str, Any], ink: str) -> None:
    """Letters of axes, legends and scales at 4.5 : 1 or more on the page's own ground; the theme's grey has 3.7."""
    layout = content["layout"]
    for axis in axes_of(layout):
        _colour_letters(axis, ink)
    for scene in _of_kind(layout, "scene"):
        for letter in "xyz":
            _colour_letters(scene.setdefault(f"{letter}axis", {}), ink)
    legend = layout.setdefault("legend", {})
    legend.setdefault("font", {})["color"] = ink
    legend.setdefault("title", {}).setdefault("font", {})["color"] = ink
    for trace in content["data"]:
        if "text" in (trace.get("mode") or "") and trace.get("textfont", {}).get("color") is None:
            trace.setdefault("textfont", {})["color"] = ink
    for bar in _colour_bars(content):
        if bar:  # to touch one that nobody asked for would draw it
            _colour_letters(bar, ink)


def _colour_letters(axis: dict[str, Any], ink: str) -> None:
    """Ink for the ticks and the title of an axis or a scale."""
    axis.setdefault("tickfont", {})["color"] = ink
    axis.setdefault("title", {}).setdefault("font", {})["color"] = ink


def axes_of(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """The flat axes of a figure's layout, the first of either kind in any case."""
    layout.setdefault("xaxis", {})
    layout.setdefault("yaxis", {})
    return [*_of_kind(layout, "xaxis"), *_of_kind(layout, "yaxis")]


def _say_in_words(content: dict[str, Any]) -> None:
    """The axes, scales, notes and hover texts in the words of the page's data set."""
    if nouns.current().are_genes:
        return
    layout = content["layout"]
    titled = [*axes_of(layout), layout, layout.get("legend", {}), *_colour_bars(content)]
    titles = [part["title"] for part in titled if part.get("title")]
    for title in [*titles, *(title["subtitle"] for title in titles if title.get("subtitle"))]:
        if title.get("text"):
            title["text"] = nouns.in_words(title["text"])
    for note in layout.get("annotations", ()):
        if note.get("text") and note.get("yref") == "paper":  # others name things of the data
            note["text"] = nouns.in_words(note["text"])
    for trace in content["data"]:
        if isinstance(trace.get("hovertemplate"), str):
            trace["hovertemplate"] = nouns.in_words(trace["hovertemplate"])
        if str(trace.get("name") or "").startswith(OTHERS):  # other names may be words of the data
            trace["name"] = nouns.in_words(trace["name"])


def _colour_bars(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    layout = content["layout"]
    parts = [*_of_kind(layout, "coloraxis"), *content["data"], *(trace.get("marker", {}) for trace in content["data"])]
    yield from (part["colorbar"] for part in parts if part.get("colorbar"))


def _of_kind(layout: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """Parts of a layout such as "xaxis", "xaxis2" and "xaxis10"."""
    return [part for name, part in layout.items() if name.rstrip("0123456789") == kind]


def _bytes_of(content: object) -> int:
    """About as much memory as a figure's content takes."""
    match content:
        case dict():
            return 100 + sum(_bytes_of(value) for value in content.values())
        case list() | tuple():
            return 60 + sum(_bytes_of(value) for value in content)
        case str():
            return 50 + len(content)
        case np.ndarray() if content.dtype == object:  # such as the texts of every point of a map
            return 100 + content.nbytes + sum(_bytes_of(thing) for thing in content.ravel().tolist())
        case _:
            return 40 + int(getattr(content, "nbytes", 0))
