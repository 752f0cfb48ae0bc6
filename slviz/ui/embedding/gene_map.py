"""The map of the Embedding page: its figure, the click on a gene, and the table of what was lassoed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets
from slviz.projections import Projection
from slviz.projections.lasso import inside
from slviz.projections.neighbours import nearest_neighbours
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import access, address, charts, downloads, genes, layout, own_components, pictures
from slviz.ui.embedding import (
    colour_choices,
    decoded_pointer,
    embedding_files,
    further_colours,
    map_events,
    map_zoom,
    maps,
    outlierness,
)
from slviz.ui.embedding.gene_look import MOST_NAMED, NAMED_HUBS, NAMED_SELECTED, NOBODY, TOOLS, Look
from slviz.ui.embedding.vector_sets import MOST_IN_DETAIL
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

COLOURS = (
    colour_choices.CLUSTER,
    maps.DENSITY,
    maps.DEGREE,
    maps.EVIDENCE,
    maps.PARTNER,
    *(colour for colour in colour_choices.HELP if colour != colour_choices.CLUSTER),
    maps.PRESERVATION,
    maps.QUALITY,
    maps.SPREAD,
    maps.DISTORTION,
    outlierness.COLOUR,
)


def colours(run: Run, graph: GeneGraph) -> tuple[tuple[str, ...], str]:
    """What the genes of a run can be coloured by, and the help on it; classes first where it has them."""
    telling = (colour for colour in COLOURS if colour_choices.tells(colour, graph))
    offered = (*telling, *further_colours.offered(graph))
    if graph.pictures is not None:
        offered = tuple(colour for colour in offered if colour not in maps.OF_GENES)
    if not access.may_work() and not address.value("table"):  # nobody can upload a table, and none is there
        offered = tuple(colour for colour in offered if colour != colour_choices.OWN)
    if run.spec.task.name != "classify":
        if graph.pictures is not None and class_sets(graph):
            return (maps.ACTUAL, *offered), in_words(maps.COLOUR_HELP + maps.CLASS_HELP)
        return offered, in_words(maps.COLOUR_HELP)
    return (*maps.CLASS_COLOURS, *(colour for colour in offered if colour != maps.PARTNER)), (
        in_words(maps.COLOUR_HELP + maps.CLASS_HELP)
    )


TOOL_HELP = (
    "- **pick**: a click opens a gene's card; dragging moves the map\n"
    "- **lasso**, **box**: draw around genes for their table; a double click undoes it"
)
FOLDED_COLOURS = (colour_choices.CLUSTER, maps.DENSITY, maps.DISTORTION)
"""Colours whose further choices have good defaults, so that they are folded away."""
LINES_UP_TO = 10_000
"""With more genes, lines follow a click and no longer the pointer: every gene's nearest are sent with the page."""
SHOWN_ROWS = 2000


def look(
    colour: str,
    summary: RunSummary,
    graph: GeneGraph,
    run: Run,
    projection: Projection,
    gene: int | None,
    *,
    places: tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator],
) -> Look:
    """How the map looks."""
    row, settings, options = places
    tool = next(iter(TOOLS))
    if projection.method.dimensions == 2:
        with row:
            tool = address.one_of(st.segmented_control, "Pointer", list(TOOLS), key="pointer", help=in_words(TOOL_HELP))
    with settings if colour in FOLDED_COLOURS else options:
        colouring, sentence = maps.colouring(colour, summary, graph, run, projection, gene)
    with settings:
        size = address.number("Size", key="size", low=2.0, high=12.0, default=_size(len(graph)), step=0.5)
        opacity = address.number("Opacity", key="opacity", low=0.1, high=1.0, default=0.75, step=0.05)
        hubs = address.toggle(
            "Name the hubs",
            True,
            key="hubs",
            help=in_words(f"Names the {NAMED_HUBS} genes with most known partners, as long as no gene is searched."),
        )
        lines = address.number(
            in_words("Lines to nearest genes"),
            key="lines",
            low=0,
            high=30,
            default=10,
            help=in_words(
                "From the gene under the pointer, and from the one that you searched or clicked, to its nearest in "
                "the embedding itself, wherever the map has put them: long lines are what the map got wrong."
            ),
        )
        names = address.number(
            in_words("Names of selected genes"),
            key="names",
            low=0,
            high=MOST_NAMED,
            default=NAMED_SELECTED,
            help=in_words("So many of the selected genes have their name on the map, those with most partners first."),
        )
        contours = projection.method.dimensions == 2 and address.toggle(
            "Density contours",
            key="contours",
            help=in_words("Lines around where genes lie densest on the map."),
        )
    return Look(graph, run, projection, colouring, sentence, gene, tool, hubs, size, opacity, lines, names, contours)


def zoomed(look: Look) -> Look:
    """The look at the part of a map of very many points to which the visitor has zoomed."""
    return dataclasses.replace(look, window=map_zoom.current(look.events)) if look.is_raster else look


def _size(count: int) -> float:
    return 7.0 if count < 500 else 6.0 if count < 2000 else 4.5


def show(look: Look) -> None:
    """The map and its lines."""
    chart = look.chart
    charts.draw(
        lambda: look.figure(webgl=True),
        of=look,
        name=look.name,
        key=chart,
        synthetic=look.graph.synthetic,
        scroll_zoom=look.is_raster,
        alt=_alt(look),
        height="stretch",
    )
    if not look.is_3d and look.lines and len(look.graph) <= LINES_UP_TO:
        near = _nearest(look.run.run_id, look.lines, look.run)
        map_events.line_up(f"lines-{chart}", chart=chart, near=near)


def say_how(look: Look) -> None:
    """How the map was made, what its colour means, and what is drawn on it."""
    if look.is_raster:
        drawn_singly = look.of_many(webgl=True)[1]
        map_zoom.say(look.projection.coordinates, look.window, drawn=drawn_singly, things=in_words("genes"))
    elif len(look.graph) > MOST_IN_DETAIL:
        map_zoom.say_each_is_drawn(len(look.graph), things=in_words("genes"))
    st.caption(_caption(look))
    if look.is_3d:
        st.caption(in_words("Turn it by dragging; to select genes, take a map of 2 dimensions."))


def drawn(look: Look) -> np.ndarray:
    """The numbers of the genes in the lasso or box on the map; a click on a gene goes into the address.

    A map of three dimensions has neither lasso nor box.
    """

    def picked() -> None:
        gene = own_components.clicked(look.events)
        if gene is not None and 0 <= gene < len(look.graph):
            address.put(gene=look.graph.genes[gene])

    view = map_zoom.edges(look.window)
    shape = map_events.listen(
        look.events, chart=look.chart, zooms=look.is_raster, view=view, marks=look.marks, on_click=picked
    ).shape
    if look.is_raster and map_zoom.current(look.events) != look.window:  # a zoom runs this part of the page alone
        st.rerun()
    return NOBODY if look.is_3d else inside(look.projection.coordinates, shape)


@st.cache_resource(max_entries=8, show_spinner=False)
def _nearest(run_id: str, count: int, _run: Run) -> np.ndarray:
    """The numbers of each gene's true nearest in the embedding."""
    return nearest_neighbours(_run.embedding, count=min(count, len(_run.embedding) - 1))[0]


def _alt(look: Look) -> str:
    return in_words(f"Map of {len(look.graph)} genes, coloured by {look.colouring.title}")


def _caption(look: Look) -> str:
    lines = ""
    if look.joined is not None:
        gene = escape_markdown(look.graph.genes[look.gene or 0])
        near = f"{len(look.joined)} nearest {in_words('genes')}"
        lines = f" **Lines** lead from {gene} to its {near} in the embedding itself."
    named = ""
    if len(look.selected) > look.names > 0 and not (look.is_3d or look.is_raster):
        named = f" The {look.names} of {len(look.selected):,} selected with most known partners are **named**."
    return in_words(f"{look.projection.caption} **Colour:** {look.sentence}{lines}{named}")


def details(look: Look) -> None:
    """The card of the searched or clicked gene, with the way to its neighbourhood."""
    _picture_under_pointer(look)
    decoded_pointer.show(look)
    if look.gene is None:
        if look.is_3d:
            st.caption(in_words("**Click** a gene for its card, or search one."))
            return
        st.caption(
            in_words(
                "**Click** a gene for its card. Choose the **lasso** and draw around genes for their table; a double "
                "click undoes it."
            )
        )
        return
    genes.card(look.graph, look.gene, look.run)
    if not len(look.graph.pairs):
        return
    layout.neighbourhood_link("Open its neighbourhood", gene=look.graph.genes[look.gene])


def _picture_under_pointer(look: Look) -> None:
    """The picture of the point under the pointer, beside the map; nothing where things have none."""
    graph = look.graph
    if graph.pictures is None:
        return
    sprites = _sprites(graph.fingerprint, graph)
    if sprites is None:
        st.caption(in_words("There are too many genes to send all of their pictures: click one for its own."))
        return
    map_events.show_pictures(f"pictures-{look.chart}", chart=look.chart, sprites=sprites, chosen=look.gene)
    st.caption(in_words("Point at a gene on the map for its picture."))


@st.cache_resource(max_entries=4, show_spinner=False)
def _sprites(fingerprint: str, _graph: GeneGraph) -> dict[str, Any] | None:
    return map_events.sprites_of(pictures.of_genes(_graph, np.arange(len(_graph))))


def table(look: Look, chosen: np.ndarray) -> None:
    """The selected genes by name (all genes when none are selected), to read and to download."""
    several = len(chosen) > 1
    shown = chosen if several else np.arange(len(look.graph))
    rows = table_of(look, shown)
    title = f"{pluralise(len(shown), 'selected gene')}" if several else f"All {pluralise(len(shown), 'gene')}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        name = f"{look.name}-selected" if several else look.name
        downloads.menu(
            name,
            source=downloads.provenance(look.graph, look.run),
            figure=lambda: look.figure(webgl=False),
            table=lambda: rows,
            others=embedding_files.of_run(look.run, look.graph),
        )
    if several:
        st.dataframe(rows.head(SHOWN_ROWS), hide_index=True, height=min(38 + 35 * len(rows), 420))
        if len(rows) > SHOWN_ROWS:
            st.caption(f"The first {SHOWN_ROWS:,} are shown; the download has all {len(rows):,}.")
    else:
        part = address.folded("Show the table", key="all-genes", icon=":material/table:")
        if part.open:
            part.dataframe(rows.head(SHOWN_ROWS), hide_index=True)


def table_of(look: Look, chosen: np.ndarray) -> pd.DataFrame:
    """One row a gene: symbol, name, partners, what its colour says, where it lies."""
    graph, info = look.graph, look.graph.gene_info
    columns: dict[str, object] = {"gene": np.asarray(graph.genes, dtype=object)[chosen]}
    if info is not None:
        columns["name"] = info["name"].to_numpy()[chosen]
    columns["known_partners"] = graph.degree[chosen]
    columns[look.colouring.title.lower().replace(" ", "_")] = np.asarray(look.colouring.values)[chosen]
    for axis, title in enumerate(look.projection.axes):
        columns[title.partition(" (")[0].lower().replace(" ", "_")] = look.projection.coordinates[chosen, axis]
    columns["neighbourhood_preservation"] = look.projection.kept[chosen]
    return pd.DataFrame(columns).sort_values("known_partners", ascending=False, kind="stable", ignore_index=True)
