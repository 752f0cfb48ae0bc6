"""A visitor's own table as data of the lab: uploaded, kept beside the runs, named in the address by its SHA-256."""

from __future__ import annotations

import streamlit as st

from slviz.errors import SlvizError
from slviz.files.limited import run_limited_if_large
from slviz.lab.own_points import MOST_MEBIBYTES, LabTable, own_points, read_lab_table
from slviz.lab.points import LabPoints
from slviz.runs.uploads import OWN_TABLES, stage, staged
from slviz.ui import access, address, cache
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths

UPLOADED, REFUSED = "lab table", "lab table refused"


def choose(*, seed: int) -> LabPoints | None:
    """The points of the address's table, with the controls for it; None, with a sentence, where there is none."""
    if access.may_work():
        st.file_uploader(
            "Table",
            ["tsv", "csv", "txt", "gz"],
            key=UPLOADED,
            max_upload_size=MOST_MEBIBYTES,
            on_change=_keep,
            help="One row a point: a column with 2 to 10 classes, and columns of numbers as features. 10 to 5,000 "
            "rows.",
        )
    if refused := st.session_state.pop(REFUSED, None):
        st.error(escape_markdown(refused), icon=":material/error:")
    name = address.value("own")
    if name is None:
        st.info("Upload a table with a column of classes and columns of numbers.", icon=":material/upload_file:")
        return None
    path = staged(cache.store().root, name, place=OWN_TABLES)
    if path is None:
        st.warning("The table of this address is not on this server. Upload it again.", icon=":material/link_off:")
        return None
    table = _table(path.stem, path.read_bytes())
    label = address.one_of(st.selectbox, "Column of classes", list(table.labels), key="label")
    return own_points(table, label, seed=seed)


def path_of(digest: str) -> str | None:
    """Where the table of an address lies, for a worker."""
    path = staged(cache.store().root, digest, place=OWN_TABLES)
    return None if path is None else str(path)


def _keep() -> None:
    file = st.session_state.get(UPLOADED)
    if file is None:
        address.put(own=None)
        return
    try:
        path = stage(cache.store().root, file.getvalue(), name=file.name, place=OWN_TABLES)
        address.put(own=path.stem[:16])
    except SlvizError as error:
        st.session_state[REFUSED] = without_paths(error)


@st.cache_resource(max_entries=8, show_spinner="Reading the table …")
def _table(sha256: str, _content: bytes) -> LabTable:
    return run_limited_if_large(read_lab_table, _content, "your table", what="Your table", size_bytes=len(_content))
