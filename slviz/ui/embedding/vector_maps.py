"""The Embedding page for vectors of other things: `?vectors=…` in its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.errors import RunError
from slviz.figures import Colouring, embedding_3d, embedding_scatter
from slviz.figures.raster import POINTS_UP_TO, Window, map_of_many, png_address
from slviz.projections import Projection
from slviz.projections.lasso import inside
from slviz.ui import address, charts, downloads, errors, layout, own_components
from slviz.ui.embedding import embedding_files, map_events, map_zoom, vector_sets
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.slow_reruns import noted_fragment
from slviz.vectors import VectorSet, nearest_to
from slviz.vectors.vector_set import SYNTHETIC

if TYPE_CHECKING:
    from slviz.export import Annotated

DETAILED_UP_TO = vector_sets.MOST_IN_DETAIL
"""So many points have a full hover text and rings around the searched; more are drawn by the leaner figure."""
LISTED_UP_TO = 10_000
"""So many names are listed in the search box; among more one is typed whole."""
TOOLS = {"pick": "pan", "zoom": "zoom", "lasso": "lasso", "box": "select"}
TOOL_HELP = (
    "- **pick**: a click opens a point; dragging moves the map\n"
    "- **zoom**: drag a rectangle to look into it; a double click shows all again\n"
    "- **lasso**, **box**: draw around points for their table; a double click undoes it"
)
SHOWN_ROWS, PICTURED_ROWS = 2000, 200
PICTURE_PIXELS = 112
DISTANCES = ("Euclidean", "cosine")
NEAREST = 10


@dataclass(frozen=True, eq=False)
class Look:
    """What the map shows and how."""

    id: str
    points: VectorSet
    projection: Projection
    colouring: Colouring
    point: int | None
    tool: str
    size: float
    opacity: float

    @property
    def name(self) -> str:
        return f"{self.id}-{self.projection.method.name}"

    @property
    def is_3d(self) -> bool:
        """Whether the map has three dimensions."""
        return self.projection.method.dimensions == 3

    def figure(self, *, window: Window | None, webgl: bool) -> tuple[go.Figure, int]:
        """The figure, and how many points are drawn one by one."""
        if self.is_3d:
            shown = [] if self.point is None else [self.point]
            return embedding_3d(
                self.points.names,
                self.projection,
                self.colouring,
                highlighted=shown,
                point_size=self.size,
                opacity=self.opacity,
            ), len(self.points)
        if len(self.points) <= DETAILED_UP_TO:
            drawn = embedding_scatter(
                self.points.names,
                self.projection,
                self.colouring,
                highlighted=[] if self.point is None or webgl else [self.point],
                point_size=self.size,
                opacity=self.opacity,
                webgl=webgl,
            )
            return drawn.update_layout(dragmode=TOOLS[self.tool]), len(self.points)
        drawn, count = map_of_many(
            self.points.names,
            self.projection.coordinates,
            self.colouring,
            axes=self.projection.axes,
            keep=f"{self.name} {self.projection.method} {self.projection.seed}",
            window=window,
            point_size=self.size,
            opacity=self.opacity,
            webgl=webgl and len(self.points) > DETAILED_UP_TO,
        )
        return drawn.update_layout(dragmode=TOOLS[self.tool]), count


def id_in_address() -> str | None:
    """The vector set that the address asks for."""
    return address.value("vectors")


def page() -> None:
    """Controls, map, the point that was picked, and the table of what was selected."""
    id = str(id_in_address())
    points = _opened_or_way_on(id)
    layout.heading("Embedding", synthetic=SYNTHETIC in points.origin)
    count, width = points.vectors.shape
    title = points.title or points.name
    st.caption(escape_markdown(f"{title}: {count:,} points, {width:,} numbers each. {points.origin}."))
    search, method_column, colour_column = st.columns([3, 4, 3])
    with search:
        point = _search(points)
    with method_column:
        method, seed = vector_sets.choose_map(id, points)
    with colour_column:
        colour = address.one_of(
            st.selectbox, "Colour", vector_sets.colours(points), key="colour", ids=vector_sets.COLOUR_IDS
        )
    projection = vector_sets.open_map(id, points, method, seed)
    colouring = vector_sets.colouring(id, points, projection, colour)
    noted_fragment(_map)(id, points, projection, colouring, point, address.value("point"))


def _opened_or_way_on(id: str) -> VectorSet:
    try:
        return vector_sets.open_set(id)
    except RunError as error:
        layout.heading("Embedding")
        vector_sets.say_if_unknown(id, shown_instead="No map is shown.")
        errors.show(error)
        st.page_link(layout.VECTORS, label="See which vectors are here", icon=":material/scatter_plot:")
        st.stop()
        raise AssertionError("st.stop() ends the page") from error


def _search(points: VectorSet) -> int | None:
    """A search box whose point is in the address; its number."""
    key, wanted = "point box", address.value("point")
    st.session_state[key] = wanted

    def changed() -> None:
        address.put(point=st.session_state[key])

    if len(points) <= LISTED_UP_TO:
        options = [*points.names, *([wanted] if wanted and wanted not in points.names else [])]
        st.selectbox(
            "Point", options, index=None, key=key, on_change=changed, placeholder=f"Search, such as {points.names[0]}"
        )
    else:
        st.text_input("Point", key=key, on_change=changed, placeholder=f"Its whole name, such as {points.names[0]}")
    if not wanted:
        return None
    if wanted in points.names:
        return points.names.index(wanted)
    st.caption(escape_markdown(f"No point is called “{wanted[:80]}” here."))
    return None


@errors.as_sentences()
def _map(
    id: str, points: VectorSet, projection: Projection, colouring: Colouring, point: int | None, wanted: str | None
) -> None:
    if address.value("point") != wanted:  # a click, which runs this part of the page alone
        st.rerun()
    left, right = st.columns([5, 2])
    key = f"vectors-{id}-{projection.method.name}-{crc32(f'{projection.method} {projection.seed}'.encode()):08x}"
    with right:
        look = _look(id, points, projection, colouring, point)
    with left:
        view = map_zoom.current(key)
        figure, drawn = look.figure(window=view, webgl=True)
        chart = f"chart-{key}"
        charts.draw(
            figure,
            name=look.name,
            key=chart,
            synthetic=SYNTHETIC in points.origin,
            scroll_zoom=True,
            alt=f"Map of {len(points):,} points, coloured by {colouring.title}",
        )
        _say_how(points, projection, view, drawn)
        if look.is_3d:
            st.caption("Turn it by dragging; to select points, take a map of 2 dimensions.")
    with right:
        shape = None if look.is_3d else _listen(look, key, chart, view)
        _neighbours(look)
    _table(look, inside(projection.coordinates, shape), view)


def _look(id: str, points: VectorSet, projection: Projection, colouring: Colouring, point: int | None) -> Look:
    many = len(points) > DETAILED_UP_TO
    tools = [tool for tool in TOOLS if tool != "zoom"] if not many else ["zoom", "pick", "lasso", "box"]
    tool = tools[0]
    if projection.method.dimensions == 2:
        tool = address.one_of(st.segmented_control, "Pointer", tools, key="pointer", help=TOOL_HELP)
    with st.expander("Points", icon=":material/tune:"):
        standard = 7.0 if len(points) < 500 else 5.0 if len(points) < DETAILED_UP_TO else 3.0
        size = address.number("Size", key="size", low=1.0, high=12.0, default=standard, step=0.5)
        opacity = address.number("Opacity", key="opacity", low=0.1, high=1.0, default=0.75, step=0.05)
    return Look(id, points, projection, colouring, point, tool, size, opacity)


def _say_how(points: VectorSet, projection: Projection, view: Window | None, drawn: int) -> None:
    """What is drawn, and how the map was made."""
    if len(points) > POINTS_UP_TO:
        map_zoom.say(projection.coordinates, view, drawn=drawn, things="points")
    elif len(points) > DETAILED_UP_TO:
        map_zoom.say_each_is_drawn(len(points), things="points")
    st.caption(vector_sets.caption(points, projection))


def _listen(look: Look, key: str, chart: str, view: Window | None) -> dict | None:
    def picked() -> None:
        number = own_components.clicked(key)
        if number is not None and 0 <= number < len(look.points):
            address.put(point=look.points.names[number])

    marks = None
    if look.point is not None:
        number, _ = _nearest(look.id, look.point, st.session_state.get("distance") or DISTANCES[0], look.points)
        marks = look.projection.coordinates[[look.point, *number], :2]
    events = map_events.listen(
        key,
        chart=chart,
        zooms=len(look.points) > POINTS_UP_TO,
        view=map_zoom.edges(view),
        marks=marks,
        sprites=_sprites(look.id, look.points),
        chosen=look.point,
        on_click=picked,
    )
    return events.shape


@st.cache_resource(max_entries=4)
def _sprites(id: str, _points: VectorSet) -> dict | None:
    return map_events.sprites_of(_points.images)


@st.cache_resource(max_entries=200)
def _nearest(id: str, point: int, distance: str, _points: VectorSet) -> tuple[np.ndarray, np.ndarray]:
    number, away = nearest_to(_points.vectors, np.array([point]), count=NEAREST, cosine=distance == "cosine")
    return number[0], away[0]


def _neighbours(look: Look) -> None:
    """The chosen point and its nearest neighbours among the vectors, which the lines on the map lead to."""
    if look.point is None:
        if look.is_3d:
            st.caption("Search a point for its nearest neighbours.")
        else:
            st.caption("**Click** a point for its nearest neighbours. **Lasso** points for their table.")
        return
    points = look.points
    with st.container(border=True):
        st.subheader(escape_markdown(points.names[look.point]), anchor=False)
        if points.images is not None:
            st.image(_picture(points.images[look.point]), width=112)
        for title in list(points.columns.columns)[:6]:
            st.caption(escape_markdown(f"{title}: {points.columns[title].iloc[look.point]}"))
    distance = address.one_of(
        st.segmented_control, "Nearest by", DISTANCES, key="distance", help="Exact, among the vectors themselves."
    )
    number, away = _nearest(look.id, look.point, distance, points)
    near = pd.DataFrame({"point": [points.names[point] for point in number], "distance": away})
    if look.colouring.title in points.columns:
        near[look.colouring.title] = points.columns[look.colouring.title].to_numpy()[number]
    st.dataframe(_with_pictures(near, number, points), hide_index=True, **_pictured())
    downloads.table_button(f"{look.name}-nearest", lambda: near, source=_source(look), label="Nearest (TSV)")


def _with_pictures(table: pd.DataFrame, number: np.ndarray, points: VectorSet) -> pd.DataFrame:
    if points.images is None:
        return table
    pictures = [_picture(points.images[point]) for point in number[: len(table)]]
    return table.assign(picture=pictures)


def _picture(image: np.ndarray) -> str:
    """A point's picture, enlarged where it is small, so that a browser does not blur it."""
    times = max(1, PICTURE_PIXELS // max(image.shape))
    return png_address(image.repeat(times, axis=0).repeat(times, axis=1)[:, :, None])


def _pictured() -> dict:
    return {"column_config": {"picture": st.column_config.ImageColumn("picture", width="small")}}


def _source(look: Look) -> str:
    from slviz.export.provenance import vectors_provenance

    return vectors_provenance(look.points)


def _table(look: Look, chosen: np.ndarray, view: Window | None) -> None:
    """The selected points by name (all when none are selected), to read and to download."""
    several = len(chosen) > 0
    shown = chosen if several else np.arange(len(look.points))
    title = pluralise(len(shown), "selected point") if several else f"All {pluralise(len(shown), 'point')}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        downloads.menu(
            f"{look.name}-selected" if several else look.name,
            source=_source(look),
            figure=lambda: look.figure(window=view, webgl=len(look.points) > DETAILED_UP_TO)[0],
            table=lambda: _rows(look, shown),
            others=embedding_files.files(lambda: _content(look)),
        )
    if several:
        first = shown[: PICTURED_ROWS if look.points.images is not None else SHOWN_ROWS]
        rows = _with_pictures(_rows(look, first), first, look.points)
        st.dataframe(rows, hide_index=True, height=min(38 + 35 * len(rows), 420), **_pictured())
        if len(shown) > len(rows):
            st.caption(f"The first {len(rows):,} are shown; the download has all {len(shown):,}.")


def _rows(look: Look, which: np.ndarray) -> pd.DataFrame:
    named = pd.DataFrame({"point": np.array([look.points.names[point] for point in which], dtype=object)})
    columns = look.points.columns.iloc[which].reset_index(drop=True)
    place = look.projection.coordinates[which]
    places = {f"{look.projection.method.name} {axis + 1}": place[:, axis] for axis in range(place.shape[1])}
    return pd.concat([named, columns.rename(columns={"point": "point_column"}), pd.DataFrame(places)], axis=1)


def _content(look: Look) -> Annotated:
    from slviz.export import of_stored_vectors

    return of_stored_vectors(vector_sets.store(), look.id)
