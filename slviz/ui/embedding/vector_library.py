"""The Vectors page: which vectors of other things are here, and bringing in one's own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from slviz import jobs
from slviz.errors import SlvizError
from slviz.ui import errors, frame
from slviz.ui.embedding import vector_sets
from slviz.ui.words import counted, plain
from slviz.vectors import ENDINGS, REFERENCES, Given, VectorSet, VectorSummary, read_vectors, reference
from slviz.vectors.mapping import EXACT_UP_TO
from slviz.vectors.vector_set import SYNTHETIC

FORMATS = (
    "- **.h5ad**: of scanpy or anndata; `obs` gives names and colours, `obsm` vectors and maps\n"
    "- **.tsv, .csv, .txt** (also .gz): the first line names the columns, the first column the points; columns of "
    "numbers are the vector, columns of text are labels\n"
    "- **.zip**: a pair of TensorBoard's Projector, `vectors.tsv` and `metadata.tsv`; or both files at once\n"
    "- **.npy, .npz**: plain numbers, one row a point"
)
TITLES = {"digits": "Handwritten digits, with their pictures", "iris": "Iris flowers"}


def page() -> None:
    """What is there, then the ways to bring in more."""
    frame.heading("Vectors")
    st.caption("Embeddings of anything else, on the same maps: single cells, proteins, drugs, pictures, words.")
    _bring_in()
    found = vector_sets.store().summaries()
    st.subheader("Vectors that are here", anchor=False)
    if not found:
        st.info("**None yet.** Bring in a file, or open a reference set.", icon=":material/upload_file:")
    for each in found:
        _card(each)


def _bring_in() -> None:
    left, right = st.columns([3, 2])
    with left:
        files = st.file_uploader(
            "Your own vectors", [each[1:] for each in ENDINGS] + ["gz"], accept_multiple_files=True, help=FORMATS
        )
        if files:
            with errors.as_sentences():
                _uploaded(files)
    with right:
        st.markdown("Reference sets", help="Small sets whose groups are known, to learn what a map shows.")
        for name in REFERENCES:
            if st.button(TITLES[name], icon=":material/school:", key=f"reference {name}"):
                _open(_keep(reference(name)))


def _uploaded(files: list[UploadedFile]) -> None:
    """Read what was uploaded, after what has to be chosen first; then its map opens."""
    if empty := [each.name for each in files if not each.size]:
        raise SlvizError(f"{empty[0]} is empty: there are no vectors in it. Choose another file.")
    with _on_disk(files) as paths:
        vectors, labels = None, None
        if paths[0].suffix.lower() == ".h5ad":
            from slviz.vectors.h5ad import vector_choices

            choices = {name: f"{name} ({shape[1]:,} numbers)" for name, shape in vector_choices(paths[0]).items()}
            if len(choices) > 1:
                vectors = st.selectbox("Which vectors", list(choices), format_func=lambda each: str(choices[each]))
        elif len(paths) == 1 and _is_table(paths[0]):
            numbers = st.text_input(
                "Columns of numbers that are labels (optional)",
                placeholder="such as age, batch",
                help="Their names, with commas. They become colours and not part of the vector.",
            )
            labels = tuple(each.strip() for each in (numbers or "").split(",") if each.strip())
        if st.button("Bring in and open", type="primary", icon=":material/bubble_chart:"):
            first, second = _in_order(paths)
            points = read_vectors(first, metadata=second, name=first.name, vectors=vectors, labels=labels)
            _open(_keep(points))


@contextlib.contextmanager
def _on_disk(files: list[UploadedFile]) -> Iterator[list[Path]]:
    """The uploads as files under their own names; only the last part of a name is taken."""
    with tempfile.TemporaryDirectory(prefix="slviz-upload-") as folder:
        paths = []
        for each in files:
            path = Path(folder) / (Path(each.name).name or "upload")
            path.write_bytes(each.getbuffer())
            paths.append(path)
        yield paths


def _is_table(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith((".tsv", ".csv", ".txt"))


def _in_order(paths: list[Path]) -> tuple[Path, Path | None]:
    """The vectors, then the metadata of a Projector pair."""
    if len(paths) == 1:
        return paths[0], None
    if len(paths) > 2:
        raise SlvizError(f"{len(paths)} files were chosen. Give one, or the two of a Projector pair.")
    metadata = next((each for each in paths if "meta" in each.name.lower()), paths[1])
    return next(each for each in paths if each is not metadata), metadata


def _keep(points: VectorSet) -> str:
    with st.spinner("Keeping the vectors …"):
        id = vector_sets.store().keep(points)
    if len(points) > EXACT_UP_TO:
        for name in points.maps:
            jobs.start(vector_sets.project_command(id, Given(map=name)))
    return id


def _open(id: str) -> None:
    st.switch_page(frame.EMBEDDING, query_params={"vectors": id})


def _card(each: VectorSummary) -> None:
    with st.container(border=True):
        words, link, removal = st.columns([6, 1, 1], vertical_alignment="center")
        words.markdown(f"**{plain(each.title)}** · {counted(each.points, 'point')} × {counted(each.width, 'number')}")
        words.caption(plain(each.origin))
        if SYNTHETIC in each.origin:
            with words:
                frame.synthetic_badge(short=True)
        link.page_link(frame.EMBEDDING, label="Open", icon=":material/bubble_chart:", query_params={"vectors": each.id})
        if removal.button("Remove", key=f"remove {each.id}", icon=":material/delete:", type="tertiary"):
            vector_sets.store().remove(each.id)
            st.rerun()
