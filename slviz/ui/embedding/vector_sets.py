"""Vector sets on a page: opened once for all visitors, their maps chosen, and made by a job where they are missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.figures import Colouring, by_cluster, by_density, by_preservation
from slviz.figures.own_columns import MOST_CATEGORIES, by_column
from slviz.pipeline import commands
from slviz.projections import CLUSTERINGS, DENSITIES, PCA, PROJECTIONS, Projection, ProjectionMethod
from slviz.projections.projection import PRESERVED_NEIGHBOURS
from slviz.ui import address, cache, job_panel
from slviz.ui.embedding import map_choice
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.vectors import Given, VectorSet, VectorStore
from slviz.vectors.mapping import EXACT_UP_TO, SAMPLE, map_at_once

MOST_IN_DETAIL = 20_000
"""So many points can be drawn in three dimensions, and have a full hover text; of more a map is flat."""
PRESERVATION, DENSITY, CLUSTER, PLAIN = "Neighbourhood preservation", "Local density", "Cluster", "One colour"
NO_LDA = (
    "LDA, which draws given classes apart, is offered for runs alone. A run holds classes out, and only those say "
    "whether the vectors know them: of vectors without a split it would show its own training. Colour by the column "
    "instead."
)
COLOUR_IDS = {PRESERVATION: "preservation", DENSITY: "density", CLUSTER: "cluster", PLAIN: "plain"}
"""What an address calls the colours that are no columns."""


def store() -> VectorStore:
    """The vector sets beside the runs."""
    return VectorStore.default()


def open_set(id: str) -> VectorSet:
    """A set, read and checked once; raises `RunNotFound` or `DamagedRun`."""
    return _set(str(store().folder(id)), id)


def say_if_unknown(id: str, *, shown_instead: str) -> None:
    """Say above the page that the address asks for a vector set that is not there, and which ones are."""
    known = [summary.id for summary in store().summaries()]
    if id in known:
        return
    more = f" and {len(known) - address.MOST_LISTED:,} more" if len(known) > address.MOST_LISTED else ""
    listed = ", ".join(known[: address.MOST_LISTED]) or "none yet"
    address.say_unknown("vectors", id, f"There are: {listed}{more}. {shown_instead}")


@st.cache_resource(max_entries=3, show_spinner="Opening the vectors …")
def _set(folder: str, id: str) -> VectorSet:
    return store().open(id)


def choose_map(id: str, points: VectorSet) -> tuple[ProjectionMethod, int]:
    """Method, settings and seed of the address: maps that came with the vectors first, then those that were made."""
    made = _made_maps(id, points)
    titles = {method.title for method, _ in made}
    known = [
        *points.maps,
        *(cls.title for cls in map_choice.offered(with_classes=False) if cls.title not in points.maps),
    ]
    at_once = {cls.title for cls in map_choice.offered(with_classes=False) if cls.at_once}
    order = sorted(known, key=lambda title: (title not in points.maps, title not in titles | at_once))
    line = st.container(horizontal=True, vertical_alignment="bottom")
    with line:
        title = address.one_of(
            st.segmented_control if len(order) < 6 else st.selectbox,
            "Map",
            order,
            key="map",
            ids={cls.title: cls.name for cls in map_choice.offered(with_classes=False)},
            help="How the many numbers of each point are reduced to two or three.\n\n"
            + "\n".join(
                f"- **{cls.title}**: {escape_markdown(cls.summary())} {glossary_link(cls.name)}"
                for cls in map_choice.offered(with_classes=False)
            )
            + (f"\n\n{NO_LDA}" if _classes(points) else ""),
        )
    if title in points.maps:
        return Given(map=title), 0
    usual = next(cls() for cls in map_choice.offered(with_classes=False) if cls.title == title)
    of_kind = [stored_map for stored_map in made if stored_map[0].name == usual.name]
    start, seed = (usual, 0) if (usual, 0) in of_kind or not of_kind else of_kind[0]
    settled = () if _can_be_3d(points) else ("dimensions",)
    if settled and address.value(f"{usual.name}-dimensions") == "3":
        st.caption(f"Drawn flat: 3 dimensions need at least 3 numbers a point and at most {MOST_IN_DETAIL:,} points.")
    if not start.random and all(setting.key in settled for setting in start.settings()):
        return start, seed
    with line, st.popover("Settings", icon=":material/tune:"):
        if len(of_kind) > 1:
            map_choice.finished_maps(of_kind, start)
        return map_choice.settings_of(start, seed, but=settled)


def _classes(points: VectorSet) -> list[str]:
    """The columns that LDA could learn from: those with a few values."""
    return [
        str(title)
        for title in points.columns.columns
        if points.columns[title].dtype.kind not in "f" and _tells(points.columns[title].to_numpy())
    ]


def _can_be_3d(points: VectorSet) -> bool:
    return len(points) <= MOST_IN_DETAIL and points.vectors.shape[1] >= 3


def _made_maps(id: str, points: VectorSet) -> list[tuple[ProjectionMethod, int]]:
    """The stored maps that can be drawn; flat ones first."""
    most = 3 if _can_be_3d(points) else 2
    made = [(method, seed) for method, seed in store().artifacts(id).maps() if method.dimensions <= most]
    return sorted(made, key=lambda stored_map: stored_map[0].dimensions)


def open_map(id: str, points: VectorSet, method: ProjectionMethod, seed: int) -> Projection:
    """The map; quick ones are made at once, others by a job: until then its progress, and another map that is there.

    Of very many points without any map there is nothing to show meanwhile: then this stops the page.
    """
    at_hand = _at_hand(id, points, method, seed)
    if at_hand is not None:
        return at_hand
    job_panel.panel(_job(id, method, seed))
    there = [(made, made_seed) for made, made_seed in _made_maps(id, points) if made.name in PROJECTIONS]
    others = sorted(there, key=lambda stored_map: stored_map[0].name != method.name)
    others += [(Given(map=name), 0) for name in points.maps] + [(PCA(), 0)]
    meanwhile = next(filter(None, (_at_hand(id, points, *stored_map) for stored_map in others)), None)
    if meanwhile is None:
        st.stop()
        raise AssertionError("st.stop() ends the page")
    st.info(
        f"Until then you see another map that is there: {escape_markdown(meanwhile.caption.partition('. ')[0])}.",
        icon=":material/visibility:",
    )
    return meanwhile


def _at_hand(id: str, points: VectorSet, method: ProjectionMethod, seed: int) -> Projection | None:
    """The map where it is stored, or made within a moment."""
    stored = _stored(id, method, seed)
    if stored is not None:
        return stored
    return _at_once(id, method, seed, points) if method.at_once else None


def _job(id: str, method: ProjectionMethod, seed: int) -> job_panel.Job:
    return job_panel.Job(
        key=f"{id} {method} {seed}",
        artifacts=lambda: [store().artifacts(id).map_artifact(method, seed)],
        command=commands.project_vectors(id, method, seed=seed),
        what=f"the {escape_markdown(method.title)} map",
        offer=f"**There is no {escape_markdown(method.title)} map of these vectors with these settings yet.** "
        + escape_markdown(method.summary()),
        button=f"Make the {escape_markdown(method.title)} map",
        takes="Seconds for thousands of points, minutes for a hundred thousand.",
    )


def _stored(id: str, method: ProjectionMethod, seed: int) -> Projection | None:
    work = store().artifacts(id).map_artifact(method, seed)
    if work.state != "finished":
        return None
    return cache.whole(work.path, lambda: _read(id, str(method.to_json()), seed, method))


@st.cache_resource(max_entries=8, show_spinner="Opening the map …")
def _read(id: str, key: str, seed: int, _method: ProjectionMethod) -> Projection | None:
    return store().artifacts(id).open_map(_method, seed)


@st.cache_resource(max_entries=8, show_spinner="Making the map …")
def _at_once(id: str, method: ProjectionMethod, seed: int, _points: VectorSet) -> Projection | None:
    return map_at_once(_points, method, seed)


def caption(points: VectorSet, projection: Projection) -> str:
    """Method, seed, how many neighbours the map keeps, and how to read it."""
    used = projection.method.describe(len(points))
    said = [f"{used}, seed {projection.seed}." if projection.method.random else f"{used}."]
    known = projection.kept[np.isfinite(projection.kept)]
    if len(known):
        sample = f" (measured on {len(known):,} points)" if len(known) < len(points) else ""
        count = min(PRESERVED_NEIGHBOURS, len(points) - 1)
        share = f"{100 * float(known.mean()):.0f} %" if known.mean() >= 0.01 else "less than 1 %"
        said.append(
            f"On average {share} of a point's {count} nearest neighbours among the vectors "
            f"are also its nearest on the map{sample}."
        )
    else:
        said.append(f"How well it keeps neighbours was not measured; `vectors project` does so on {SAMPLE:,} points.")
    return escape_markdown(" ".join([*said, projection.method.reading]))


def colours(points: VectorSet) -> list[str]:
    """What a set can be coloured by: first the columns that tell points apart in a few colours or along a scale.

    Names, identifiers and columns that say the same of every point come last.
    """
    measured = [PRESERVATION] if len(points) > EXACT_UP_TO else [DENSITY, CLUSTER, PRESERVATION]
    own = {str(title): _tells(points.columns[title].to_numpy()) for title in points.columns.columns}
    telling, others = ([title for title, tells in own.items() if tells is wanted] for wanted in (True, False))
    return [*telling, *(measure for measure in measured if measure not in own), *others, PLAIN]


def _tells(values: np.ndarray) -> bool:
    distinct = pd.Series(values).nunique()
    if values.dtype.kind in "iuf":
        return distinct > 1 and not (values.dtype.kind in "iu" and distinct == len(values))  # a number of its own
    return 1 < distinct <= max(MOST_CATEGORIES, len(values) // 10)


def colouring(id: str, points: VectorSet, projection: Projection, name: str) -> Colouring:
    """The colour of that name."""
    if name in points.columns.columns:
        return _by_column(id, name, points)
    if name == PRESERVATION:
        return by_preservation(projection)
    if name == PLAIN:
        return Colouring("Points", "categorical", np.full(len(points), "point", dtype=object))
    return _measured(id, f"{projection.method.to_json()} {projection.seed}", name, projection)


@st.cache_resource(max_entries=8)
def _by_column(id: str, name: str, _points: VectorSet) -> Colouring:
    return by_column(name, _points.columns[name].to_numpy())


@st.cache_resource(max_entries=8, show_spinner="Measuring …")
def _measured(id: str, map_key: str, name: str, _projection: Projection) -> Colouring:
    if name == DENSITY:
        estimate = next(iter(DENSITIES.values()))()
        return by_density(estimate.estimate(_projection.coordinates, space="map"), of="point")
    return by_cluster(next(iter(CLUSTERINGS.values()))().find(_projection.coordinates, space="map"))  # pyright: ignore
