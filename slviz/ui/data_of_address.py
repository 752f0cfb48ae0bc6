"""The data set that an address asks for, opened without telling what else is on this machine's disk."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.errors import MissingDataFile
from slviz.ui import cache, data_folders

TYPED = "typed data folder"


def opened(source: str) -> GeneGraph:
    """The data set of a source that `data_folders.source_of` gave.

    Of a folder that is not listed, one and the same sentence says that no data set is there, be it a folder of other
    things, a file or nothing: a link from elsewhere tells nothing of the disk. What is wrong with the folder is said
    where its path was typed on the page.

    Raises `MissingDataFile` with that sentence, and `DataError` as `open_dataset` does.
    """
    try:
        return cache.dataset(source)
    except MissingDataFile:
        if data_folders.is_listed(source) or source == st.session_state.get(TYPED):
            raise
    raise MissingDataFile(
        f"There is no data set at “{shown(source)}”: no such folder is there, or it holds no genes and pairs. To see "
        "what is missing, type its path into the box of data sets, or run `python -m slviz data check FOLDER`."
    )


def note_typed(source: str | None) -> None:
    """Remember the path that this visitor typed, who is told what is wrong with the folder."""
    st.session_state[TYPED] = source
