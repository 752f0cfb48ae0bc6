"""The visitor's own held-out pairs on the Train page: uploaded, checked at once, and kept for the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import SlvizError
from slviz.files.limited import run_limited_if_large
from slviz.runs.uploads import MOST_MEBIBYTES, stage
from slviz.splits import HeldOut
from slviz.ui import cache, errors
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

ENDINGS = ["tsv", "txt", "csv", "gz"]
FORMAT = "A table with two genes in each row and a score after them if you have one; other columns are not read."


UPLOADERS = {
    "test_pairs": (
        "Pairs to hold out",
        "held-out pairs",
        f"{FORMAT} They are tested and never learnt from, even where the data set lists them.",
    ),
    "test_negatives": (
        "Negatives to tell them from (optional)",
        "held-out negatives",
        f"{FORMAT} Such as pairs that your screen tested and that survived. Random and matched ones are drawn in any "
        "case, from all genes.",
    ),
    "validation_pairs": (
        "Pairs to validate with (optional)",
        "validation pairs",
        f"{FORMAT} They pick the epoch and the threshold. Otherwise a share of the known pairs does.",
    ),
    "train_negatives": (
        "Negatives to learn from (optional)",
        "training negatives",
        f"{FORMAT} Otherwise they are drawn from the unreported pairs.",
    ),
}
"""By the setting that a file decides: the label, the key and the help of its uploader."""
READ_AS = {"test_negatives": "negatives", "validation_pairs": "validation", "train_negatives": "train_negatives"}
"""What `HeldOut.read` calls the files beside the pairs."""


@dataclass(frozen=True)
class Staged:
    """Held-out pairs that were read and found sound, and where their files lie, by the setting that each decides."""

    held_out: HeldOut
    files: Mapping[str, Path]


def ask(graph: GeneGraph) -> Staged | None:
    """The uploaders; None until there is a file that can be used, with a sentence on why not."""
    uploaded: dict[str, UploadedFile] = {}
    columns = [*st.columns(2), *st.columns(2)]
    for (name, (label, key, help_text)), column in zip(UPLOADERS.items(), columns, strict=True):
        with column:
            file = st.file_uploader(label, ENDINGS, key=key, max_upload_size=MOST_MEBIBYTES, help=in_words(help_text))
        if file is not None:
            uploaded[name] = file
    if "test_pairs" not in uploaded:
        st.info(in_words(f"**Which pairs?** Upload a file. {FORMAT}"), icon=":material/upload_file:")
        return None
    try:
        staged = _staged(graph, uploaded)
    except SlvizError as error:
        errors.show(error)
        return None
    st.caption(described(graph, staged.held_out))
    held_out = staged.held_out
    remarks = {
        "test_pairs": held_out.remarks,
        "test_negatives": held_out.negative_remarks,
        "validation_pairs": held_out.validation_remarks,
        "train_negatives": held_out.train_negative_remarks,
    }
    for name, file in uploaded.items():
        _tell(file.name, remarks[name])
    return staged


def _tell(file: str, remarks: Sequence[str]) -> None:
    """What of a file was left out or not read."""
    if remarks:
        st.warning(escape_markdown(f"{file}: {' '.join(remarks)}"), icon=":material/rule:")


def _staged(graph: GeneGraph, uploaded: Mapping[str, UploadedFile]) -> Staged:
    root = cache.store().root
    paths = {name: stage(root, file.getvalue(), name=file.name) for name, file in uploaded.items()}
    try:
        held_out = _read(graph.fingerprint, tuple((name, str(path)) for name, path in paths.items()), graph)
    except SlvizError as error:
        said = str(error)
        for name, file in uploaded.items():
            said = said.replace(str(paths[name]), file.name)
        raise type(error)(said) from error  # a visitor knows the file by its own name
    return Staged(held_out, paths)


@st.cache_resource(max_entries=8, show_spinner="Reading the pairs …")
def _read(fingerprint: str, files: tuple[tuple[str, str], ...], _graph: GeneGraph) -> HeldOut:
    """By the files' names, which are hashes of their content."""
    paths = {name: Path(path) for name, path in files}
    size = sum(path.stat().st_size for path in paths.values())
    others: dict[str, Any] = {READ_AS[name]: path for name, path in paths.items() if name in READ_AS}
    return run_limited_if_large(
        HeldOut.read, _graph, paths["test_pairs"], what="The file of pairs", size_bytes=size, **others
    )


def described(graph: GeneGraph, held_out: HeldOut) -> str:
    """What was found in the files, as a sentence."""
    listed = int(np.isin(pair_keys(held_out.pairs, len(graph)), pair_keys(graph.pairs, len(graph))).sum())
    known = f"{listed:,} of them in the data set" if listed else "none of them in the data set"
    said = f"{pluralise(len(held_out.pairs), 'pair')} held out, {known}; all are kept from training."
    if held_out.negatives is not None:
        said += f" {pluralise(len(held_out.negatives), 'negative pair')} of your own to compare them with."
    if held_out.validation is not None:
        said += f" {pluralise(len(held_out.validation), 'pair')} of your own to validate with."
    if held_out.learnt_negatives is not None:
        said += f" {pluralise(len(held_out.learnt_negatives), 'negative pair')} of your own to learn from."
    return escape_markdown(said)
