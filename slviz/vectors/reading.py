"""Reading a user's own vectors: the ending of the file says how."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from slviz.errors import MalformedData, MissingDataFile
from slviz.vectors.tables import read_projector_pair, read_vector_table
from slviz.vectors.vector_set import VectorSet

ENDINGS = (".h5ad", ".tsv", ".csv", ".txt", ".npy", ".npz", ".zip")
KINDS = "an .h5ad, a table (.tsv, .csv, .txt, also .gz), a Projector pair (two .tsv or a .zip), an .npy or .npz"
MOST_MEBIBYTES = 2048
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
    if not path.is_file():
        raise MissingDataFile(f"There is no file {path}.")
    name = name or path.name
    ending = path.with_suffix("").suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    if metadata is not None:
        return read_projector_pair(_text(path), _text(metadata), name=name)
    if ending == ".h5ad":
        from slviz.vectors.h5ad import read_h5ad  # h5py takes a moment

        return read_h5ad(path, name=name, vectors=vectors)
    if ending in (".npy", ".npz"):
        return _read_numpy(path, name=name, vectors=vectors)
    if ending == ".zip":
        return _read_zip(path, name=name)
    if ending in (".tsv", ".csv", ".txt"):
        return read_vector_table(_text(path), name=name, labels=labels)
    raise MalformedData(f"{path.name} is of a kind that slviz does not read. Give {KINDS}.")


def _text(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read((MOST_MEBIBYTES << 20) + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise MalformedData(f"{path.name} is packed with gzip and broken ({error}).") from error
    if len(content) > MOST_MEBIBYTES << 20:
        raise MalformedData(f"{path.name} is larger than {MOST_MEBIBYTES:,} MiB. Save it as .h5ad or .npy.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedData(f"{path.name} is not UTF-8 text ({error.reason} at byte {error.start:,}).") from error


def _read_numpy(path: Path, *, name: str, vectors: str | None) -> VectorSet:
    """An array [N, D]; an `.npz` may hold `names` and label arrays beside it. Pickled arrays are refused."""
    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = dict(loaded.items()) if isinstance(loaded, np.lib.npyio.NpzFile) else {"vectors": loaded}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, PermissionError):
            raise MalformedData(f"{name} may not be read by this account. Change its permissions.") from error
        with path.open("rb") as file:
            first = file.read(2)
        if first not in (b"\x93N", b"PK"):
            raise MalformedData(f"{name} is no NumPy file (pickles are refused). Save it with numpy.save.") from error
        raise MalformedData(
            f"{name} is cut, or holds objects that Python would have to run, which are refused. Save plain numbers."
        ) from error
    wide = {key: array for key, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu"}
    chosen = vectors or ("vectors" if "vectors" in wide else next(iter(wide), None))
    if chosen not in wide:
        shapes = ", ".join(f"{key} {array.shape}" for key, array in arrays.items())
        raise MalformedData(f"{name} has no table of numbers{f' {chosen}' if chosen else ''}. It holds: {shapes}.")
    found = wide[chosen].astype(np.float32)
    rest = {key: array for key, array in arrays.items() if array.shape == (len(found),)}
    names = rest.pop("names", np.arange(1, len(found) + 1).astype(str))
    columns = {key: array.astype(object) if array.dtype.kind in "SU" else array for key, array in rest.items()}
    return VectorSet(
        name=name,
        names=tuple(str(each) for each in names),
        vectors=found,
        columns=pd.DataFrame(columns, index=range(len(found))),
        origin=f"array {name}",
    )


def _read_zip(path: Path, *, name: str) -> VectorSet:
    """A ZIP of a Projector pair, as slviz writes it."""
    try:
        with zipfile.ZipFile(path) as packed:
            by_name = {Path(each.filename).name: each for each in packed.infolist()}
            if not {"vectors.tsv", "metadata.tsv"} <= set(by_name):
                raise MalformedData(f"{name} should hold vectors.tsv and metadata.tsv; it holds: {', '.join(by_name)}.")
            wanted = [by_name["vectors.tsv"], by_name["metadata.tsv"]]
            if sum(each.file_size for each in wanted) > MOST_MEBIBYTES << 20:
                raise MalformedData(f"{name} unpacks to more than {MOST_MEBIBYTES:,} MiB. Save it as .h5ad.")
            beside = [by_name["provenance.txt"]] if "provenance.txt" in by_name else []
            if beside and beside[0].file_size > MOST_PROVENANCE:
                beside = []
            vectors, metadata, *said = (packed.read(each).decode("utf-8") for each in (*wanted, *beside))
    except (zipfile.BadZipFile, UnicodeDecodeError, zlib.error) as error:
        raise MalformedData(f"{name} is no ZIP of text files, or it is broken ({error}).") from error
    return read_projector_pair(vectors, metadata, name=name, provenance="".join(said))
