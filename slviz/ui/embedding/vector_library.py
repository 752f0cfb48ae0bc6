"""The Vectors page: which vectors of other things are here, and bringing in one's own."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from slviz.errors import SlvizError
from slviz.pipeline import commands, jobs
from slviz.ui import access, address, columns, errors, layout, reading
from slviz.ui.embedding import vector_sets
from slviz.ui.labels import escape_markdown, pluralise
from slviz.vectors import ENDINGS, REFERENCES, VectorSet, VectorSummary, reference, vector_choices
from slviz.vectors.bring_in import bring_in
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
    layout.heading("Vectors")
    st.caption("Embeddings of anything else, on the same maps: single cells, proteins, drugs, pictures, words.")
    if access.may_work():
        _bring_in()
    if (wanted := address.value("vectors")) is not None:
        vector_sets.say_if_unknown(wanted, shown_instead="This page lists those that are here.")
    summaries = vector_sets.store().summaries()
    st.subheader("Your data sets", anchor=False)
    if not summaries:
        way_on = " Bring in a file, or open a reference set." if access.may_work() else ""
        st.info(f"**None yet.**{way_on}", icon=":material/upload_file:")
    for summary in summaries:
        _card(summary)


def _bring_in() -> None:
    left, right = columns.beside("bring-in", [3, 2], room="17.5rem")
    with left:
        files = st.file_uploader(
            "Your own vectors", [ending[1:] for ending in ENDINGS] + ["gz"], accept_multiple_files=True, help=FORMATS
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
    if empty := [file.name for file in files if not file.size]:
        raise SlvizError(f"{empty[0]} is empty: there are no vectors in it. Choose another file.")
    with _on_disk(files) as paths:
        vectors, labels = None, None
        if paths[0].suffix.lower() == ".h5ad":
            shapes = _choices(files[0].file_id, paths[0])
            choices = {name: f"{name} ({shape[1]:,} numbers)" for name, shape in shapes.items()}
            if len(choices) > 1:
                vectors = st.selectbox("Which vectors", list(choices), format_func=lambda choice: str(choices[choice]))
        elif len(paths) == 1 and _is_table(paths[0]):
            numbers = st.text_input(
                "Columns of numbers that are labels (optional)",
                placeholder="such as age, batch",
                help="Their names, with commas. They become colours and not part of the vector.",
            )
            labels = tuple(number.strip() for number in (numbers or "").split(",") if number.strip())
        if st.button("Bring in and open", type="primary", icon=":material/bubble_chart:"):
            first, second = _in_order(paths)
            given = {"metadata": second, "name": first.name, "vectors": vectors, "labels": labels}
            size = sum(path.stat().st_size for path in paths)
            root = vector_sets.store().root
            known = {kept.id for kept in vector_sets.store().summaries()}
            kept = reading.limited(bring_in, first, root, what=first.name, size_bytes=size, **given)
            if kept.id not in known:
                access.note_made(f"vectors {kept.id}")
            _measure_large_maps(kept.id, kept.points, kept.maps)
            _open(kept.id)


def _choices(file_id: str, path: Path) -> dict[str, tuple[int, int]]:
    """Matrices of an `.h5ad`, looked for once an upload and not in this process, since HDF5 is not to be trusted."""
    key = f"choices of {file_id}"
    if key not in st.session_state:
        st.session_state[key] = reading.limited(vector_choices, path, what=path.name, size_bytes=path.stat().st_size)
    return st.session_state[key]


@contextlib.contextmanager
def _on_disk(files: list[UploadedFile]) -> Iterator[list[Path]]:
    """The uploads as files under their own names; only the last part of a name is taken."""
    with tempfile.TemporaryDirectory(prefix="slviz-upload-") as folder:
        paths = []
        for file in files:
            path = Path(folder) / (Path(file.name).name or "upload")
            path.write_bytes(file.getbuffer())
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
    metadata = next((path for path in paths if "meta" in path.name.lower()), paths[1])
    return next(path for path in paths if path is not metadata), metadata


def _keep(points: VectorSet) -> str:
    with st.spinner("Keeping the vectors …"):
        known = {summary.id for summary in vector_sets.store().summaries()}
        id = vector_sets.store().keep(points)
    if id not in known:
        access.note_made(f"vectors {id}")
    _measure_large_maps(id, len(points), tuple(points.maps))
    return id


def _measure_large_maps(id: str, points: int, maps: tuple[str, ...]) -> None:
    """Start a job for each map that came with so many points that measuring it takes long."""
    if points > EXACT_UP_TO:
        for name in maps:
            jobs.start(commands.measure_given_map(id, name))


def _open(id: str) -> None:
    st.switch_page(layout.EMBEDDING, query_params={"vectors": id})


def _card(summary: VectorSummary) -> None:
    with st.container(border=True):
        words, link, removal = st.columns([6, 1, 1], vertical_alignment="center")
        if summary.problem:
            words.error(escape_markdown(summary.problem), icon=":material/broken_image:")
            _removal(removal, summary)
            return
        size = f"{pluralise(summary.points, 'point')} × {pluralise(summary.width, 'number')}"
        words.markdown(f"**{escape_markdown(summary.title)}** · {size}")
        words.caption(escape_markdown(summary.origin))
        if SYNTHETIC in summary.origin:
            with words:
                layout.synthetic_badge(short=True)
        link.page_link(
            layout.EMBEDDING, label="Open", icon=":material/bubble_chart:", query_params={"vectors": summary.id}
        )
        _removal(removal, summary)


def _removal(place: DeltaGenerator, summary: VectorSummary) -> None:
    if not access.may_remove(f"vectors {summary.id}"):
        return
    if place.button("Remove", key=f"remove {summary.id}", icon=":material/delete:", type="tertiary"):
        vector_sets.store().remove(summary.id)
        access.note_removed(f"vectors {summary.id}")
        st.rerun()
