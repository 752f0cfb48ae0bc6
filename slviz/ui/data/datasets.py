"""The data set of a page: chosen from those that are present, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.sources import DatasetEntry, known_datasets, locate, title_of
from slviz.errors import MissingDataFile, SlvizError
from slviz.ui import access, address, data_folders, data_of_address, errors, layout, nouns, run_choice
from slviz.ui.data import data_uploads
from slviz.ui.labels import escape_markdown, pluralise

DEMO = "demo"
ANY_FOLDER = (
    "A data set that is present, or the path of a folder on the machine that runs slviz: type it and press Enter."
)
THESE_FOLDERS = "A data set that the owner of this server has put on its list, or one that you have uploaded."


def pick() -> tuple[str, GeneGraph]:
    """The data set of the address, with a control to choose another; stops with a way on when it cannot be read."""
    known = known_datasets()
    titles = {entry.source: entry.title for entry in known}
    wanted = _asked()
    if wanted and wanted not in titles:
        titles[wanted] = title_of(wanted)
    options = list(titles)
    if not options:
        raise MissingDataFile(
            "There is no data set here: neither the demo nor a folder. Run `python -m slviz data demo`, or set "
            "SLVIZ_DATA to a data folder."
        )
    key = "data picker"
    st.session_state[key] = wanted if wanted in options else _default(known)

    def changed() -> None:
        chosen = st.session_state[key]
        data_of_address.note_typed(chosen)
        address.put(data=data_folders.name_in_address(chosen) if chosen else None)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.selectbox(
            "Data",
            options,
            key=key,
            on_change=changed,
            format_func=lambda source: str(titles.get(source, source)),
            accept_new_options=data_folders.any_folder(),
            help=ANY_FOLDER if data_folders.any_folder() else THESE_FOLDERS,
        )
        if access.may_work():
            data_uploads.offer()
    source = source or options[0]
    graph = _opened_or_way_on(source, titles)
    nouns.speak_of(graph)
    _describe(graph)
    return source, graph


def _asked() -> str | None:
    """The source that the address asks for; None, with the sentence, where it may not be opened."""
    name = address.value("data")
    try:
        return data_folders.source_of(name) if name else None
    except MissingDataFile as error:
        errors.show(error)
        return None


def _default(known: Sequence[DatasetEntry]) -> str:
    """What `SLVIZ_DATA` says, else the first that is present."""
    try:
        _, folder = locate()
    except SlvizError as error:
        errors.show(error)
        return known[0].source
    here = (entry.source for entry in known if entry.path.resolve() == folder.resolve())
    return next(here, known[0].source)


def _opened_or_way_on(source: str, titles: dict[str, str]) -> GeneGraph:
    try:
        return data_of_address.opened(source)
    except SlvizError as error:
        errors.show(error)
    others = [other for other in titles if other != source]
    other = DEMO if DEMO in others else next(iter(others), None)
    if other and st.button(f"Use {escape_markdown(titles[other])} instead", type="primary", icon=":material/undo:"):
        address.put(data=data_folders.name_in_address(other))
        st.rerun()
    st.stop()
    raise AssertionError("st.stop() ends the page")


def _describe(graph: GeneGraph) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        features = ", ".join(sorted(graph.features)) or "none"
        st.caption(
            f"{pluralise(len(graph), 'gene')}, {pluralise(len(graph.pairs), 'pair')}, "
            f"features: {escape_markdown(features)}",
            width="content",
        )
        if graph.synthetic:
            layout.synthetic_badge()
    run_choice.remark(graph)
