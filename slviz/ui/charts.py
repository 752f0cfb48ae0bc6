"""Charts on a page: their camera saves a vector file, and what is drawn from synthetic data says so in the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from slviz.figures import marked_synthetic
from slviz.files.names import safe_file_name
from slviz.ui import nouns, present

INK = {"light": "#45525A", "dark": "#B9C4C9"}
"""7.9 : 1 on white, 10 : 1 on the dark page."""
STRETCHED_FROM = 240
"""Pixels that a chart takes at least which fills its place: Streamlit never makes one lower than its figure."""


def draw(
    figure: go.Figure,
    *,
    name: str,
    synthetic: bool,
    alt: str,
    key: str | None = None,
    scroll_zoom: bool = False,
    height: int | Literal["content", "stretch"] = "content",
    **selecting: Any,
) -> Any:
    """A chart as wide as its place.

    Args:
        figure: the figure for the screen.
        name: stem of the file that the camera saves, in the visitor's browser.
        synthetic: whether it shows synthetic data; the figure then carries that mark itself.
        alt: what the chart shows, for those who cannot see it.
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
    shown = _in_words(marked_synthetic(figure) if synthetic else figure)
    present.remember(key or name, shown, alt)
    _legible(shown)
    if present.is_on():
        present.enlarged(shown)
    if height == "stretch":
        shown.update_layout(height=STRETCHED_FROM)
    return st.plotly_chart(shown, key=key or name, config=config, alt=alt, height=height, **selecting)


def _legible(figure: go.Figure) -> None:
    """Letters of axes, legends and scales at 4.5 : 1 or more on the page's own ground; the theme's grey has 3.7."""
    ink = {"color": INK.get(st.context.theme.type or "light", INK["light"])}
    figure.update_xaxes(tickfont=ink, title_font=ink)
    figure.update_yaxes(tickfont=ink, title_font=ink)
    figure.update_scenes({f"{axis}axis": {"title": {"font": ink}, "tickfont": ink} for axis in "xyz"})
    figure.update_layout(legend={"font": ink, "title": {"font": ink}})
    for trace in _traces(figure):
        if "text" in (getattr(trace, "mode", None) or "") and trace.textfont.color is None:
            trace.textfont.color = ink["color"]
    for bar in _colour_bars(figure):
        if bar.to_plotly_json():  # to touch one that nobody asked for would draw it
            bar.update(tickfont=ink, title={"font": ink})


def _in_words(figure: go.Figure) -> go.Figure:
    """The figure with its axes, scales, notes and hover texts in the words of the page's data set."""
    if nouns.current().are_genes:
        return figure
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        if axis.title.text:
            axis.title.text = nouns.in_words(axis.title.text)
    layout: Any = figure.layout
    for heading in (layout.title, layout.title.subtitle, layout.legend.title):
        if heading.text:
            heading.text = nouns.in_words(heading.text)
    for note in layout.annotations:
        if note.text and note.yref == "paper":  # others name things of the data
            note.text = nouns.in_words(note.text)
    for trace in _traces(figure):
        if isinstance(getattr(trace, "hovertemplate", None), str):
            trace.hovertemplate = nouns.in_words(trace.hovertemplate)
    for bar in _colour_bars(figure):
        if bar.title.text:
            bar.title.text = nouns.in_words(bar.title.text)
    return figure


def _colour_bars(figure: go.Figure) -> Iterator[Any]:
    yield from (axis.colorbar for axis in figure.select_coloraxes())
    for trace in _traces(figure):
        parts: tuple[Any, ...] = (trace, getattr(trace, "marker", None))
        yield from (part.colorbar for part in parts if hasattr(part, "colorbar"))


def _traces(figure: go.Figure) -> Sequence[Any]:
    return figure.data  # pyright: ignore[reportReturnType]
