"""Taking away: networks, tables and figures as files that say where they come from."""

from __future__ import annotations

import html
import io
import json
import math
import re
import shutil
import textwrap
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz import __version__
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, SlvizError
from slviz.neighbourhood import Neighbourhood
from slviz.runs import Run
from slviz.splits import in_words

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MILLIMETRES_PER_INCH = 25.4
PIXELS_PER_INCH = 96
PRINT_PIXELS_PER_INCH = 300
RENDER_SECONDS = 60
JOURNAL_WIDTHS_MM = (89, 183)
WIDE_MM = 120
WIDE_PIXELS, NARROW_PIXELS = 920, 560
FOOTER_PIXELS = 9


def provenance(run: Run, graph: GeneGraph) -> str:
    """One line that says where an export comes from: data set, model, features, seed, run, version."""
    spec = run.spec
    kind = "SYNTHETIC data set" if graph.synthetic or spec.synthetic else "data set"
    return (
        f"{kind} {spec.data_name} ({spec.data_fingerprint[:12]}); task {spec.task.name}; network {spec.network.name}; "
        f"features {spec.features.name}; held out {in_words(spec.split)}; seed {spec.seed}; run {spec.run_id}; "
        f"slviz {__version__}"
    )


def data_provenance(graph: GeneGraph) -> str:
    """The same for what shows a data set without a run."""
    kind = "SYNTHETIC data set" if graph.synthetic else "data set"
    return f"{kind} {graph.name} ({graph.fingerprint[:12]}); slviz {__version__}"


def to_tsv(table: pd.DataFrame, *, provenance: str) -> bytes:
    """A table as tab-separated UTF-8 text: a comment line "# …", the column names, the rows.

    Missing values are empty. Tabs and line breaks inside a cell become spaces, so that a row stays a
    row. A text cell that a spreadsheet would run as a formula (it starts with = + - @) gets a leading
    apostrophe; numbers never do.
    """
    cleaned = table.copy()
    for column in cleaned.columns:
        if not pd.api.types.is_numeric_dtype(cleaned[column]) and not pd.api.types.is_bool_dtype(cleaned[column]):
            cleaned[column] = cleaned[column].map(_cell, na_action="ignore")
    cleaned.columns = [_cell(column) for column in cleaned.columns]
    text = io.StringIO()
    text.write(f"# {_one_line(provenance)}\n")
    cleaned.to_csv(text, sep="\t", index=False, lineterminator="\n", float_format="%.6g", quoting=3, escapechar=None)
    return text.getvalue().encode()


def to_graphml(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as GraphML (Cytoscape, Gephi, yEd, networkx); edges run source → target.

    Genes are nodes by their symbol, with name, relation, score, …; an attribute that is unknown is left
    out. The graph's own attribute "provenance" holds the line.
    """
    return "\n".join(nx.generate_graphml(_network(around, provenance), named_key_ids=True)).encode()


def to_cytoscape(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as Cytoscape.js JSON; `data` of a node and an edge hold its attributes."""
    network = _network(around, provenance)
    content = {
        "data": {"provenance": provenance, "name": f"{around.symbols[0]} neighbourhood"},
        "elements": {
            "nodes": [{"data": {"id": gene, **network.nodes[gene]}} for gene in network],
            "edges": [
                {"data": {"id": f"{source}→{target}", "source": source, "target": target, **attributes}}
                for source, target, attributes in network.edges(data=True)
            ],
        },
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode()


def to_sif(around: Neighbourhood) -> bytes:
    """The neighbourhood as SIF: source, kind of pair, target, tab-separated.

    The format has no comments, so it carries no provenance: take the GraphML for that.
    """
    table = around.edge_table()
    kind = table["kind"].str.replace(r"[^a-z]+", "_", regex=True)
    lines = table["source"] + "\t" + kind + "\t" + table["target"]
    return "".join(f"{line}\n" for line in lines).encode()


def figure_to_html(figure: go.Figure, *, provenance: str, title: str = "slviz") -> bytes:
    """A figure as one HTML file that works offline and stays interactive; the line stands under it."""
    drawing = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title>"
        "<style>body{font-family:sans-serif;margin:1.5rem;background:#fff;color:#222}"
        "footer{font-size:.8rem;color:#555;margin-top:1rem}</style></head><body>"
        f"<h1>{html.escape(title)}</h1>{drawing}<footer>{html.escape(provenance)}</footer></body></html>\n"
    )
    return page.encode()


def figure_to_image(
    figure: go.Figure,
    kind: Literal["svg", "png", "pdf"] = "svg",
    *,
    width_mm: float = 183,
    height_mm: float | None = None,
    provenance: str = "",
) -> bytes:
    """A figure as a picture of a journal's width (89 mm one column, 183 mm two), on white.

    It is drawn as on a screen and shrunk, so that nothing overlaps that did not before: letters of
    12 pixels come out at about 6.8 points on 183 mm and 5.4 on 89 mm, where the legend moves below.
    PNG has 300 pixels an inch. `provenance` stands as small lines at the foot. Needs Chrome or
    Chromium on this machine; raises `SlvizError` that says so where there is none.
    """
    if kind not in ("svg", "png", "pdf"):
        raise InvalidSetting(f"kind='{kind}' is not one of: svg, png, pdf.")
    if not 20 <= width_mm <= 1000:
        raise InvalidSetting(f"width_mm={width_mm} is outside the range 20 to 1000.")
    browser = _browser()
    drawn = for_print(figure, width_mm=width_mm, height_mm=height_mm, provenance=provenance)
    pixels_per_inch = PRINT_PIXELS_PER_INCH if kind == "png" else PIXELS_PER_INCH
    scale = width_mm / MILLIMETRES_PER_INCH * pixels_per_inch / drawn.layout.width
    return _render(drawn, kind, scale, browser)


def for_print(figure: go.Figure, *, width_mm: float, height_mm: float | None = None, provenance: str = "") -> go.Figure:
    """A copy of a figure for paper: white, as many pixels wide as a screen, the provenance at its foot."""
    narrow = width_mm < WIDE_MM
    width = NARROW_PIXELS if narrow else WIDE_PIXELS
    drawn = go.Figure(figure)
    drawn.update_layout(
        template="plotly_white", paper_bgcolor="white", width=width, font={"family": "Arial, Helvetica, sans-serif"}
    )
    height = min(figure.layout.height or 500, round(0.85 * width))
    if narrow and figure.layout.legend.orientation != "h":
        height += _legend_below(drawn)
    if provenance:
        height += _add_footer(drawn, provenance)
    drawn.update_layout(height=round(height_mm / width_mm * width) if height_mm else height)
    return drawn


def _legend_below(figure: go.Figure) -> float:
    """Moves the legend under the figure; returns the pixels that it needs."""
    traces: list[dict[str, Any]] = figure.to_dict()["data"]
    entries = sum(trace.get("showlegend") is not False and bool(trace.get("name")) for trace in traces)
    room = 26.0 * math.ceil(entries / 2) + 30
    bottom = _bottom(figure)
    figure.update_layout(
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "entrywidthmode": "fraction",
            "entrywidth": 0.48,
        },
        margin_b=bottom + room,
    )
    return room


def _add_footer(figure: go.Figure, text: str) -> float:
    """Small lines of text at the foot of a figure, broken to its width; returns the pixels that they need."""
    left = figure.layout.margin.l if figure.layout.margin.l is not None else 60
    lines = textwrap.wrap(text, width=int(figure.layout.width / (0.5 * FOOTER_PIXELS)))
    bottom, room = _bottom(figure), len(lines) * FOOTER_PIXELS * 1.4 + 10
    if figure.layout.legend.yref == "container":
        figure.update_layout(legend_y=room / (figure.layout.width + bottom))
    figure.update_layout(margin_b=bottom + room)
    figure.add_annotation(
        text="<br>".join(html.escape(line) for line in lines),
        showarrow=False,
        align="left",
        x=0,
        y=0,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=8 - left,
        yshift=2 - bottom - room,
        font={"size": FOOTER_PIXELS, "color": "#555555"},
    )
    return room


def _bottom(figure: go.Figure) -> float:
    return figure.layout.margin.b if figure.layout.margin.b is not None else 50


def _browser() -> str:
    """Path of a Chrome or Chromium on this machine."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise SlvizError(
        "Making a picture file needs Chrome or Chromium on the machine that runs slviz, and none was found. "
        "Install Chromium there, or use the camera button above the figure, which draws in your own browser."
    )


def _render(figure: go.Figure, kind: str, scale: float, browser: str) -> bytes:
    """The picture as Chromium draws it, through kaleido."""
    import kaleido

    layout = figure.layout
    try:
        return kaleido.calc_fig_sync(
            figure.to_dict(),
            opts={"format": kind, "width": layout.width, "height": layout.height, "scale": scale},
            kopts={"path": browser, "mathjax": False, "timeout": RENDER_SECONDS},
        )
    except (RuntimeError, OSError, TimeoutError) as error:
        raise SlvizError(
            f"The browser {browser} did not draw the picture ({type(error).__name__}: {error}). "
            "Use the camera button above the figure, which draws in your own browser."
        ) from error


def _network(around: Neighbourhood, provenance: str) -> nx.DiGraph:
    """A directed networkx graph of the neighbourhood, attributes without missing values."""
    network = nx.DiGraph(
        provenance=provenance,
        run=around.run_id,
        centre=str(around.symbols[0]),
        attention_direction=around.direction,
        layer="mean" if around.layer is None else str(around.layer + 1),
        head="mean" if around.head is None else str(around.head + 1),
    )
    network.add_node(str(around.symbols[0]), relation="centre", name=str(around.names[0]))
    for row in around.table().to_dict("records"):
        network.add_node(row.pop("gene"), **_present(row))
    for row in around.edge_table().to_dict("records"):
        network.add_edge(row.pop("source"), row.pop("target"), **_present(row))
    return network


def _present(row: dict[Any, Any]) -> dict[str, Any]:
    """Plain Python values of a row, without the missing ones; text without characters that XML forbids."""
    kept = {}
    for key, value in row.items():
        if isinstance(value, str):
            if value:
                kept[str(key)] = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
        elif np.isfinite(value):
            kept[str(key)] = int(value) if isinstance(value, (int, np.integer)) else round(float(value), 7)
    return kept


def _cell(value: Any) -> str:
    text = _one_line(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _one_line(text: str) -> str:
    return re.sub(r"[\t\r\n]+", " ", text)
