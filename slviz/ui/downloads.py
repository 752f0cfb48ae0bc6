"""Downloads: figures as SVG, PDF, PNG and HTML, edited before, tables as TSV, each with its provenance.

Nothing is made before it is asked for: a file is rendered after the click, away from the page's thread.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.files.names import safe_file_name
from slviz.gene_sets import GeneSet, to_gmt
from slviz.runs import Run, RunSpec
from slviz.ui.made_files import kept_for_visitor
from slviz.ui.slow_reruns import noted_fragment

Size = tuple[float, float | None]
"""Width and height of a figure in millimetres; None for the height that its width gives."""
SIZES: Mapping[str, Size] = {
    "89 mm": (89, None),
    "120 mm": (120, None),
    "183 mm": (183, None),
    "slide 16:9": (338.67, 190.5),
}
LEGENDS = {"as here": None, "on": True, "off": False}
LETTERS = (0, 5, 6, 7, 8, 9, 10, 12, 14, 18)
LONGEST_TITLE = 200
IMAGES = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER = (
    "SVG and PNG at journal width are drawn by a Chrome or Chromium on the server, and none was found there. The "
    "camera above the figure makes an SVG in your own browser."
)
PAGE_SIZE = (
    "One file of about 5 MB. Nearly all of it is Plotly, which draws the figures: the page brings it along, so that it "
    "works without a network."
)
File = tuple[str, Callable[[], bytes]]
"""Ending of a file's name, and what makes its content."""


def provenance(graph: GeneGraph, run: Run | None = None) -> str:
    """One line on where something comes from: data set, model, features, seed, run and version."""
    from slviz import export  # networkx takes a moment, which a first view should not wait for

    return export.data_provenance(graph) if run is None else export.provenance(run, graph)


def provenance_of_runs(graph: GeneGraph, runs: Sequence[Run]) -> str:
    """The same for what shows several runs, all of which it names."""
    from slviz import export

    return export.provenance_of_runs(runs, graph)


def provenance_of_spec(spec: RunSpec) -> str:
    """The same for a run that need not be finished, without its data."""
    from slviz import export

    return export.spec_provenance(spec)


def menu(
    name: str,
    *,
    source: str,
    figure: Callable[[], go.Figure] | None = None,
    table: Callable[[], pd.DataFrame] | None = None,
    others: Mapping[str, File] | None = None,
) -> None:
    """A button that opens the ways to download something; none of them is on the page before it is opened.

    Args:
        name: stem of the file names.
        source: the provenance line.
        figure: makes the figure for a file, all vector; called after the click.
        table: makes the table behind it; called after the click.
        others: further files by their label.
    """
    _menu(name, source, figure, table, others or {})


@noted_fragment
def _menu(
    name: str,
    source: str,
    figure: Callable[[], go.Figure] | None,
    table: Callable[[], pd.DataFrame] | None,
    others: Mapping[str, File],
) -> None:
    """The menu, which runs alone where it is opened, used and closed."""
    opened = st.popover("Download", icon=":material/download:", key=key_of_menu(name), on_change="rerun")
    if not opened.open:
        return
    with opened:
        if figure is not None:
            _figure_buttons(name, figure, source)
        if table is not None:
            _button("Table (TSV)", f"{name}.tsv", lambda: _tsv(table(), source), "text/tab-separated-values")
        for label, (ending, make) in others.items():
            _button(label, f"{name}.{ending}", make, "application/octet-stream")


def key_of_menu(name: str) -> str:
    """What the session calls the menu of these files; it is open where it holds True."""
    return f"downloads {name}"


def table_button(name: str, table: Callable[[], pd.DataFrame], *, source: str, label: str = "Table (TSV)") -> None:
    """A button for one table alone, made after the click."""
    _button(label, f"{name}.tsv", lambda: _tsv(table(), source), "text/tab-separated-values", width="content")


def gmt_button(name: str, genes: Callable[[], tuple[str, Sequence[str]]], *, source: str) -> None:
    """A button for a set of genes as GMT: its name and its symbols, made after the click."""

    def make() -> bytes:
        called, symbols = genes()
        return to_gmt([GeneSet(called, tuple(symbols))], provenance=source)

    _button("Genes (GMT)", f"{name}.gmt", make, "text/plain", width="content")


def page_button(name: str, make: Callable[[], bytes], *, label: str) -> None:
    """A button for a page of its own, made after the click."""
    _button(label, f"{name}.html", make, "text/html", width="content", help=PAGE_SIZE)


def _figure_buttons(name: str, figure: Callable[[], go.Figure], source: str) -> None:
    """The figure editor: what the file looks like, then a button for each kind of file."""
    from slviz.export import FONTS

    title = st.text_input("Title", key=f"title {name}", max_chars=LONGEST_TITLE, placeholder="As on the page")
    size = st.segmented_control(
        "Width",
        list(SIZES),
        default="183 mm",
        required=True,
        key=f"width {name}",
        help="One column of a journal, one and a half, two; or a slide.",
    )
    left, right = st.columns(2)
    legend = left.segmented_control(
        "Legend", list(LEGENDS), default=next(iter(LEGENDS)), required=True, key=f"legend {name}"
    )
    theme = right.segmented_control("Ground", ["light", "dark"], default="light", required=True, key=f"theme {name}")
    left, middle, right = st.columns(3)
    font = left.selectbox("Font", list(FONTS), key=f"font {name}")
    letters = middle.selectbox(
        "Letters", LETTERS, key=f"letters {name}", format_func=lambda points: f"{points} pt" if points else "usual"
    )
    points = right.number_input("Points", 0.25, 4.0, 1.0, 0.25, key=f"points {name}", help="Times their size here.")
    look = {
        "title": (title or "").strip(),
        "legend": LEGENDS[str(legend)],
        "font": font,
        "letters_pt": letters or None,
        "point_scale": float(points),
        "dark": theme == "dark",
    }
    size_mm = SIZES[str(size)]
    if _can_draw():
        with st.container(horizontal=True):
            for kind, mime in IMAGES.items():
                label = f"Figure ({kind.upper()})"
                _button(label, f"{name}.{kind}", _image_maker(figure, kind, size_mm, look, source), mime)
    else:
        st.caption(NO_BROWSER)
    _button("Figure (HTML)", f"{name}.html", lambda: _html(figure(), source, name, size_mm, look), "text/html")


def _image_maker(
    figure: Callable[[], go.Figure], kind: Any, size_mm: Size, look: Mapping[str, Any], source: str
) -> Callable[[], bytes]:
    return lambda: _image(figure(), kind, size_mm, look, source)


def _button(
    label: str,
    file_name: str,
    make: Callable[[], bytes],
    mime: str,
    *,
    width: Literal["stretch", "content"] = "stretch",
    help: str | None = None,
) -> None:
    name = safe_file_name(file_name)
    kept = kept_for_visitor(make, file_name=name, mime=mime)
    st.download_button(label, kept, name, mime, key=f"download {file_name}", on_click="ignore", width=width, help=help)


def _tsv(table: pd.DataFrame, source: str) -> bytes:
    from slviz import export

    return export.to_tsv(table, provenance=source)


def _image(
    figure: go.Figure, kind: Literal["svg", "png", "pdf"], size_mm: Size, look: Mapping[str, Any], source: str
) -> bytes:
    from slviz import export

    width_mm, height_mm = size_mm
    appearance = export.Appearance(**look)
    return export.figure_to_image(
        figure, kind, width_mm=width_mm, height_mm=height_mm, provenance=source, appearance=appearance
    )


def _html(figure: go.Figure, source: str, name: str, size_mm: Size, look: Mapping[str, Any]) -> bytes:
    from slviz import export

    width_mm, height_mm = size_mm
    title = look["title"] or name
    appearance = export.Appearance(**look)
    return export.figure_to_html(
        figure, provenance=source, title=title, width_mm=width_mm, height_mm=height_mm, appearance=appearance
    )


def _can_draw() -> bool:
    return any(shutil.which(name) for name in BROWSERS)
