"""What the views of the Predictions page share: a titled chart, a table of metrics, and the note of a figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.theme import noted
from slviz.runs import Run
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.ui import charts, downloads, metrics_table, selection
from slviz.ui.nouns import in_words

ALL_PARTS = "all"


@once_for_a_table
def kinds_of(predictions: pd.DataFrame) -> tuple[str, ...]:
    """The kinds of pairs among these, known ones too, in the order of their first; none of genes."""
    return tuple(map(str, predictions["negative_kind"].unique())) if "negative_kind" in predictions else ()


def chart(
    graph: GeneGraph,
    run: Run,
    name: str,
    make: Callable[..., go.Figure],
    *,
    title: str,
    note: Sequence[str],
    clickable: bool = False,
    of: object = None,
) -> np.ndarray:
    """A titled figure with its downloads and a note on what was evaluated; the rows behind what was clicked.

    Args:
        graph: the data set.
        run: what is evaluated.
        name: stem of the file names, and key of the chart.
        make: makes the figure; takes `webgl` where it is clickable.
        title: over the figure.
        note: lines in the figure.
        clickable: whether a click on a point counts.
        of: what the figure depends on beside the run and the note, as `charts.draw` takes it; None where it is made
            anew each time.
    """
    shows = None if of is None else (run, tuple(note), of)

    def drawn(**kind: bool) -> go.Figure:
        return noted(go.Figure(make(**kind)), note)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn)
    if not clickable:
        charts.draw(drawn, of=shows, name=name, synthetic=graph.synthetic, alt=title)
        return np.empty(0, dtype=np.int64)
    event = charts.draw(
        lambda: noted(_legend_below(make(webgl=True)), note),
        of=shows,
        name=name,
        synthetic=graph.synthetic,
        alt=title,
        on_select="rerun",
        selection_mode="points",
    )
    return selection.numbers(event)


def table_of_metrics(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    """The metrics of a run beside those of every baseline on the same rows, with their download."""
    table = metrics_table.beside_baselines(run.metrics, part=part, negative_kind=negative_kind)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            in_words(f"Metrics on {part} pairs" if negative_kind != "genes" else f"Metrics on {part} genes"),
            anchor=False,
        )
        downloads.menu(
            f"{run.run_id}-metrics-{part}-{negative_kind}",
            source=downloads.provenance(graph, run),
            table=lambda: run.metrics,
        )
    metrics_table.show(table, own=run.spec.network.row_name)


def note_of(run: Run, evaluated: str) -> tuple[str, str]:
    """What was evaluated, and by which protocol: the lines above a figure."""
    return evaluated[:1].upper() + evaluated[1:], f"Split: {run.spec.held_out}"


def _legend_below(figure: go.Figure) -> go.Figure:
    """The legend below the plot, where its lines meet no note, and no colour bar: half a page is wide enough."""
    figure.update_traces(showscale=False, selector={"type": "heatmap"})
    return figure.update_layout(legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "title": None})
