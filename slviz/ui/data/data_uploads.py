"""A data folder from the visitor's own machine: uploaded, checked, and opened with its report."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from slviz.datasets.uploads import MOST_MEBIBYTES, OFFERED, keep_and_read
from slviz.errors import MalformedData, SlvizError
from slviz.files.limits import shown
from slviz.ui import address, cache, data_folders, errors, reading
from slviz.ui.labels import pluralise

KEY = "data upload"
WHAT = (
    "A zip of a data folder, or its files one by one. It needs **genes** (one symbol a line) and **pairs** (two "
    "symbols and, if you have it, a score); features, interactions, terms and evidence are optional. Or "
    "**pictures** of one size: files such as PNG, a zip of them with one folder a class, or an npz with images and, if "
    "you have them, labels."
)


def offer() -> None:
    """The way to upload a data folder; what was uploaded is opened when it can be used, else its report is shown."""
    with st.popover("Upload", icon=":material/upload:"):
        st.markdown(WHAT)
        files = st.file_uploader(
            "Files or a zip",
            [ending.removeprefix(".") for ending in OFFERED],
            accept_multiple_files=True,
            key=KEY,
            max_upload_size=MOST_MEBIBYTES,
            help="They are kept on the machine that runs slviz, by their content, until somebody removes them there.",
        )
        if files and st.button("Check and open", key="open upload", type="primary", icon=":material/rule:"):
            _open([(file.name, file.getvalue()) for file in files])


def _on_disk(files: dict[str, bytes], place: Path) -> dict[str, Path]:
    """Where each upload lies for the process that reads it, by its own name, which is not the name on the disk."""
    paths = {name: place / str(number) for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_bytes(files[name])
    return paths


def _called(names: list[str]) -> str:
    """What to call uploads in a sentence, which is short although they are many."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _by_name(given: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """Content by name; raises `MalformedData` where two files of one name differ, as of two folders."""
    files: dict[str, bytes] = {}
    for name, content in given:
        if files.get(name, content) != content:
            raise MalformedData(
                f"Two files are called {shown(name)} and differ. Give each a name of its own, or zip their folders."
            )
        files[name] = content
    return files


def _open(given: list[tuple[str, bytes]]) -> None:
    try:
        files = _by_name(given)
        with tempfile.TemporaryDirectory() as place:
            paths = _on_disk(files, Path(place))
            size = sum(len(content) for content in files.values())
            folder = reading.limited(keep_and_read, paths, what=_called(list(files)), size_bytes=size)
        graph, report = cache.dataset_with_report(str(folder))
    except SlvizError as error:
        errors.show(error)
        return
    left_out = sum(report.skipped.values())
    pairs = f" and {pluralise(len(graph.pairs), 'pair')}" if graph.pictures is None else ""
    said = f"{pluralise(len(graph), graph.nouns.thing)}{pairs} read"
    st.toast(f"{said}, {pluralise(left_out, 'row')} left out." if left_out else f"{said}.", icon=":material/check:")
    address.put(data=data_folders.name_in_address(str(folder)))
    st.rerun()
