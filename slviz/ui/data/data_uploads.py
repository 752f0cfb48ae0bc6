"""A data folder from the visitor's own machine: uploaded, checked, and opened with its report."""

from __future__ import annotations

import streamlit as st

from slviz.datasets.uploads import ENDINGS, MOST_MEBIBYTES, keep_upload
from slviz.errors import SlvizError
from slviz.ui import address, data_folders, errors, opened
from slviz.ui.words import counted

KEY = "data upload"
WHAT = (
    "A zip of a data folder, or its files one by one. Needed are **genes** (one symbol a line) and **pairs** (two "
    "symbols and, if you have it, a score); features, interactions, terms and evidence may come along."
)


def offer() -> None:
    """The way to upload a data folder; what was uploaded is opened when it can be used, else its report is shown."""
    with st.popover("Upload", icon=":material/upload:"):
        st.markdown(WHAT)
        files = st.file_uploader(
            "Files or a zip",
            [each.removeprefix(".") for each in (*ENDINGS, ".zip")],
            accept_multiple_files=True,
            key=KEY,
            max_upload_size=MOST_MEBIBYTES,
            help="They are kept on the machine that runs slviz, by their content, until somebody removes them there.",
        )
        if files and st.button("Check and open", key="open upload", type="primary", icon=":material/rule:"):
            _open({each.name: each.getvalue() for each in files})


def _open(files: dict[str, bytes]) -> None:
    try:
        folder = keep_upload(files)
        graph, report = opened.dataset_with_report(str(folder))
    except SlvizError as error:
        errors.show(error)
        return
    left_out = sum(report.skipped.values())
    said = f"{counted(len(graph), 'gene')} and {counted(len(graph.pairs), 'pair')} read"
    st.toast(f"{said}, {counted(left_out, 'row')} left out." if left_out else f"{said}.", icon=":material/check:")
    address.put(data=data_folders.name_in_address(str(folder)))
    st.rerun()
