"""Charts on a page: their camera saves a vector file, and what is drawn from synthetic data says so in the picture."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from slviz.figures import marked_synthetic
from slviz.ui import nouns
from slviz.ui.downloads import safe_file_name


def draw(
    figure: go.Figure,
    *,
    name: str,
    synthetic: bool,
    alt: str,
    key: str | None = None,
    scroll_zoom: bool = False,
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
    return st.plotly_chart(shown, key=key or name, config=config, alt=alt, **selecting)


def _in_words(figure: go.Figure) -> go.Figure:
    """The figure with its axes in the words of the page's data set."""
    if nouns.current().are_genes:
        return figure
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        if axis.title.text:
            axis.title.text = nouns.in_words(axis.title.text)
    return figure
