"""Reading a user's own vectors: the ending of the file says how."""

from __future__ import annotations

from pathlib import Path

from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip
from slviz.files.limits import shown
from slviz.files.regular import check_regular, read_regular
from slviz.files.table_limits import check_cells, check_table_text
from slviz.files.zips import last_name, opened_zip
from slviz.tables import read_text
from slviz.vectors.arrays import read_arrays
from slviz.vectors.tables import read_projector_pair, read_vector_table
from slviz.vectors.vector_set import VectorSet

ENDINGS = (".h5ad", ".tsv", ".csv", ".txt", ".npy", ".npz", ".zip")
KINDS = "an .h5ad, a table (.tsv, .csv, .txt, also .gz), a Projector pair (two .tsv or a .zip), an .npy or .npz"
SHOWN = 10
MOST_PROVENANCE = 10_000
"""Bytes of the line on where a pair comes from; what is longer is not slviz's."""


def read_vectors(
    path: Path,
    *,
    metadata: Path | None = None,
    name: str | None = None,
    vectors: str | None = None,
    labels: tuple[str, ...] | None = None,
) -> VectorSet:
    """Points of a file.

    Args:
        path: an `.h5ad`, a table, an `.npy` or `.npz`, a ZIP of a Projector pair, or the pair's vectors.
        metadata: the pair's other file.
        name: what to call the set; the file's name when left out.
        vectors: which matrix of an `.h5ad` or `.npz`.
        labels: columns of a table that are labels though they hold numbers.

    Raises:
        MissingDataFile: there is no such file.
        MalformedData: it cannot be used; the sentence says why.
    """
    check_regular(path)
    name = name or path.name
    ending = path.with_suffix("").suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if metadata is not None:
        return read_projector_pair(_text(path), _text(metadata), name=name)
    if ending == ".h5ad":
        from slviz.vectors.h5ad import read_h5ad  # h5py takes a moment

        return read_h5ad(path, name=name, vectors=vectors)
    if ending in (".npy", ".npz"):
        return read_arrays(path, name=name, vectors=vectors)
    if ending == ".zip":
        return _read_zip(path, name=name)
    if ending in (".tsv", ".csv", ".txt"):
        return read_vector_table(_text(path), name=name, labels=labels)
    raise MalformedData(f"{shown(path.name)} is of a kind that slviz does not read. Give {KINDS}.")


def vector_choices(path: Path) -> dict[str, tuple[int, int]]:
    """Shape by name of the matrices of an `.h5ad` that can serve as vectors, the usual one first."""
    from slviz.vectors import h5ad  # h5py takes a moment

    return h5ad.vector_choices(path)


def _text(path: Path) -> str:
    packed = read_regular(path)
    return _decoded(unpack_if_gzip(packed, path.name), path.name, size_bytes=len(packed))


def _decoded(content: bytes, name: str, *, size_bytes: int) -> str:
    check_cells(content, name, size_bytes=size_bytes)
    text = read_text(content, name).text
    check_table_text(text, name)
    return text


def _read_zip(path: Path, *, name: str) -> VectorSet:
    """A ZIP of a Projector pair, as slviz writes it."""
    pair = {"vectors.tsv", "metadata.tsv"}
    size_bytes = path.stat().st_size
    with opened_zip(path, name) as packed:
        by_name = {last_name(member.filename): member for member in packed.members}
        if not pair <= set(by_name):
            there = ", ".join(shown(name) for name in list(by_name)[:SHOWN]) or "nothing"
            raise MalformedData(f"{packed.name} should hold vectors.tsv and metadata.tsv; it holds: {there}.")
        beside = by_name.get("provenance.txt")
        said = packed.read(beside) if beside is not None and beside.file_size <= MOST_PROVENANCE else b""
        vectors, metadata = (packed.read(by_name[file_name]) for file_name in ("vectors.tsv", "metadata.tsv"))
    return read_projector_pair(
        _decoded(vectors, f"vectors.tsv of {name}", size_bytes=size_bytes),
        _decoded(metadata, f"metadata.tsv of {name}", size_bytes=size_bytes),
        name=name,
        provenance=said.decode("utf-8", "replace"),
    )
