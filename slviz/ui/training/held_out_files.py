"""The visitor's own held-out pairs on the Train page: uploaded, checked at once, and kept for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Staged:
    """Held-out pairs that were read and found sound, and where their files lie."""

    held_out: HeldOut
    pairs: Path
    negatives: Path | None


def ask(graph: GeneGraph) -> Staged | None:
    """The uploaders; None until there is a file that can be used, with a sentence on why not."""
    left, right = st.columns(2)
    with left:
        pairs = st.file_uploader(
            "Pairs to hold out",
            ENDINGS,
            key="held-out pairs",
            max_upload_size=MOST_MEBIBYTES,
            help=in_words(f"{FORMAT} They are tested and never learnt from, even where the data set lists them."),
        )
    with right:
        negatives = st.file_uploader(
            "Negatives to tell them from (optional)",
            ENDINGS,
            key="held-out negatives",
            max_upload_size=MOST_MEBIBYTES,
            help=in_words(
                f"{FORMAT} Such as pairs that your screen tested and that survived. Random and degree-matched ones are "
                "drawn in any case."
            ),
        )
    if pairs is None:
        st.info(in_words(f"**Which pairs?** Upload a file. {FORMAT}"), icon=":material/upload_file:")
        return None
    try:
        staged = _staged(graph, pairs, negatives)
    except SlvizError as error:
        errors.show(error)
        return None
    st.caption(described(graph, staged.held_out))
    _tell(pairs.name, staged.held_out.remarks)
    _tell("" if negatives is None else negatives.name, staged.held_out.negative_remarks)
    return staged


def _tell(file: str, remarks: Sequence[str]) -> None:
    """What of a file was left out or not read."""
    if remarks:
        st.warning(escape_markdown(f"{file}: {' '.join(remarks)}"), icon=":material/rule:")


def _staged(graph: GeneGraph, pairs: UploadedFile, negatives: UploadedFile | None) -> Staged:
    root = cache.store().root
    pairs_path = stage(root, pairs.getvalue(), name=pairs.name)
    negatives_path = None if negatives is None else stage(root, negatives.getvalue(), name=negatives.name)
    try:
        held_out = _read(graph.fingerprint, str(pairs_path), str(negatives_path or ""), graph)
    except SlvizError as error:
        called = str(error).replace(str(pairs_path), pairs.name)
        if negatives is not None:
            called = called.replace(str(negatives_path), negatives.name)
        raise type(error)(called) from error  # a visitor knows the file by its own name
    return Staged(held_out, pairs_path, negatives_path)


@st.cache_resource(max_entries=8, show_spinner="Reading the pairs …")
def _read(fingerprint: str, pairs: str, negatives: str, _graph: GeneGraph) -> HeldOut:
    """By the files' names, which are hashes of their content."""
    paths = [Path(path) for path in (pairs, negatives) if path]
    size = sum(path.stat().st_size for path in paths)
    others = paths[1] if negatives else None
    return run_limited_if_large(
        HeldOut.read, _graph, paths[0], what="The file of pairs", size_bytes=size, negatives=others
    )


def described(graph: GeneGraph, held_out: HeldOut) -> str:
    """What was found in the files, as a sentence."""
    listed = int(np.isin(pair_keys(held_out.pairs, len(graph)), pair_keys(graph.pairs, len(graph))).sum())
    known = f"{listed:,} of them in the data set" if listed else "none of them in the data set"
    said = f"{pluralise(len(held_out.pairs), 'pair')} held out, {known}; all are kept from training."
    if held_out.negatives is not None:
        said += f" {pluralise(len(held_out.negatives), 'negative pair')} of your own to compare them with."
    return escape_markdown(said)
