"""Vectors from `.h5ad`: a matrix of points, the columns of `obs`, and the maps among `obsm`.

Read with h5py after anndata's on-disk format, old and new; nothing in the file is run and nothing leads out of it
(`slviz.files.hdf5`). This is the only way in, also where anndata is installed: anndata follows links to other files
and reads all of a file before its sizes can be looked at, so every file would have to be read by this module first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.sparse as sp

from slviz.errors import MalformedData, nearest
from slviz.files.hdf5 import AGAIN, Hdf5, opened_hdf5
from slviz.files.limits import COLUMNS, shown
from slviz.files.regular import check_regular
from slviz.text import storable
from slviz.vectors.h5ad_table import Table, read_table
from slviz.vectors.vector_set import VectorSet, marked

MAIN, LAYERS = "X", "layers"
PREFERRED = ("X_embedding", "X_pca", "X_scVI", "X_emb")
REAL = "fiub"
"""Kinds of NumPy types that are real numbers or truths."""
SPARSE = {"csr_matrix": sp.csr_matrix, "csc_matrix": sp.csc_matrix, "csr": sp.csr_matrix, "csc": sp.csc_matrix}
SHOWN = 10


@dataclass(frozen=True)
class Field:
    """A matrix among those of `obsm` as anndata wrote it before 0.7: one field of a table of records."""

    table: h5py.Dataset
    name: str


def vector_choices(path: Path) -> dict[str, tuple[int, int]]:
    """Shape by name of the matrices that can serve as vectors: those of `obsm` that are wider than 3, `X` and layers.

    The first is what `read_h5ad` takes when it is not told.
    """
    check_regular(path)
    with opened_hdf5(path, path.name) as file:
        return _choices(file)


def read_h5ad(path: Path, *, name: str, vectors: str | None = None) -> VectorSet:
    """Points of an `.h5ad`.

    Args:
        path: of the file.
        name: what to call the set.
        vectors: a name of `obsm`, "X" or "layers/NAME"; the first of `vector_choices` when left out.

    Other matrices of `obsm` with 2 or 3 columns become maps; what cannot be shown is named in the set's `origin`.
    Raises `MalformedData` with what is missing.
    """
    check_regular(path)
    with opened_hdf5(path, name) as file:
        elements = _matrices(file)
        chosen = vectors or next(iter(_choices(file)), None)
        if chosen is None or chosen not in elements:
            listed = ", ".join(shown(element) for element in list(elements)[:SHOWN]) or "none"
            hint = nearest(chosen, elements) if chosen else ""
            raise MalformedData(
                f"{file.name} has no vectors called '{shown(chosen or MAIN)}'.{shown(hint, 200)} It has: {listed}."
            )
        matrix = _matrix(file, elements[chosen], called=chosen)
        table = read_table(file, "obs")
        maps, lost = _maps(file, elements, leave_out=chosen, count=len(matrix))
        synthetic = _text_of_uns(file, "synthetic") == "yes"
    return VectorSet(
        name=name,
        names=table.names,
        vectors=matrix,
        columns=table.columns,
        maps=maps,
        origin=marked(_origin(name, chosen, table, lost), synthetic=synthetic),
    )


def _origin(name: str, chosen: str, table: Table, lost: list[str]) -> str:
    """Where the vectors come from, and what of the file is not there."""
    left_out = [*table.left_out, *lost]
    more = f" and {len(left_out) - SHOWN:,} more" if len(left_out) > SHOWN else ""
    without = f"; left out: {', '.join(left_out[:SHOWN])}{more}" if left_out else ""
    return f"{shown(name)}, vectors of {shown(chosen)}{without}"


def _text_of_uns(file: Hdf5, key: str) -> str:
    """What `uns` says under a key; "" where it says nothing in text."""
    with file.reading("uns"):
        uns = file.root.get("uns")
        element = uns.get(key) if isinstance(uns, h5py.Group) else None
        if not isinstance(element, h5py.Dataset) or element.shape != ():
            return ""
        value = file.take(element)[()]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


# --- which matrices there are ----------------------------------------------------------------------------


def _choices(file: Hdf5) -> dict[str, tuple[int, int]]:
    shapes = {name: shape for name, element in _matrices(file).items() if (shape := _shape(file, element)) is not None}
    beside = [name for name in shapes if name != MAIN and not name.startswith(f"{LAYERS}/")]
    wide = [name for name in beside if 3 < shapes[name][1] <= COLUMNS.value]
    order = dict.fromkeys([*(name for name in PREFERRED if name in wide), *wide])
    main = shapes.keys() - set(beside)
    order |= dict.fromkeys(name for name in shapes if name in main and 1 < shapes[name][1] <= COLUMNS.value)
    return {name: shapes[name] for name in order} or shapes


def _matrices(file: Hdf5) -> dict[str, Any]:
    """What may be a matrix, by name: `obsm`, then `X`, then layers."""
    with file.reading("obsm"):
        obsm, layers = file.root.get("obsm"), file.root.get(LAYERS)
        matrices: dict[str, Any] = {}
        if isinstance(obsm, h5py.Group):
            matrices |= {str(name): obsm.get(name) for name in obsm}
        elif isinstance(obsm, h5py.Dataset):
            matrices |= {str(name): Field(obsm, str(name)) for name in obsm.dtype.names or ()}
        if MAIN in file.root:
            matrices[MAIN] = file.root.get(MAIN)
        if isinstance(layers, h5py.Group):
            matrices |= {f"{LAYERS}/{name}": layers.get(name) for name in layers}
    return matrices


def _shape(file: Hdf5, element: Any) -> tuple[int, int] | None:
    """Rows and columns of a matrix of numbers; None for anything else."""
    if isinstance(element, Field):
        inner = element.table.dtype[element.name]
        fits = inner.base.kind in REAL and len(inner.shape) == 1 and len(element.table.shape) == 1
        return (int(element.table.shape[0]), int(inner.shape[0])) if fits else None
    if isinstance(element, h5py.Dataset):
        with file.reading("a matrix"):
            shape = element.shape if element.dtype.kind in REAL else None
        return (int(shape[0]), int(shape[1])) if shape is not None and len(shape) == 2 else None
    if not isinstance(element, h5py.Group):
        return None
    if _kind(file, element) == "dataframe":
        return _table_shape(file, element)
    return _said_shape(file, element) if _kind(file, element) in SPARSE else None


def _kind(file: Hdf5, element: h5py.Group) -> str:
    """What a group says that it is; before anndata 0.7 sparse matrices said it in another place."""
    return file.text_attribute(element, "encoding-type") or file.text_attribute(element, "h5sparse_format")


def _said_shape(file: Hdf5, element: h5py.Group) -> tuple[int, int] | None:
    said = file.attribute(element, "shape")
    said = file.attribute(element, "h5sparse_shape") if said is None else said
    values = np.asarray(said if isinstance(said, np.ndarray | list | tuple) else ())
    if values.shape != (2,) or values.dtype.kind not in "iu" or (values < 0).any():
        return None
    return int(values[0]), int(values[1])


def _table_shape(file: Hdf5, element: h5py.Group) -> tuple[int, int] | None:
    columns: list[Any] = [element.get(title) for title in _columns_of(file, element)]
    if not columns or not all(isinstance(column, h5py.Dataset) and len(column.shape or ()) == 1 for column in columns):
        return None
    numbers = all(column.dtype.kind in REAL for column in columns)
    lengths = {int(column.shape[0]) for column in columns}
    return (lengths.pop(), len(columns)) if numbers and len(lengths) == 1 else None


def _columns_of(file: Hdf5, element: h5py.Group) -> list[str]:
    index = file.text_attribute(element, "_index") or "_index"
    order = file.names_attribute(element, "column-order")
    named = order if order is not None else [str(title) for title in element]
    return [title for title in named if title != index and title in element]


# --- reading one -----------------------------------------------------------------------------------------


def _matrix(file: Hdf5, element: Any, *, called: str) -> np.ndarray:
    """A matrix as float32 [rows, columns]; raises `MalformedData`."""
    shape = _shape(file, element)
    if shape is None:
        raise MalformedData(f"{file.name}: '{shown(called)}' is not a matrix of real numbers. Choose another.")
    if shape[1] > COLUMNS.value:
        raise MalformedData(
            f"{file.name}: '{shown(called)}' has {shape[1]:,} columns; slviz takes {COLUMNS.value:,} at most. Reduce "
            f"it first, for instance with scanpy.pp.pca, and take X_pca. {COLUMNS.raised()}"
        )
    if isinstance(element, h5py.Dataset):
        return file.take_float32(element)
    file.budget.charge(shape[0] * shape[1] * 4, called)
    if isinstance(element, Field):
        return np.asarray(file.take(element.table)[element.name], dtype=np.float32)
    with file.reading(called):
        if _kind(file, element) == "dataframe":
            parts: list[Any] = [element[title] for title in _columns_of(file, element)]
            columns = [file.take(part) for part in parts]
            return np.column_stack(columns).astype(np.float32)
        return _sparse(file, element, shape, called=called)


def _sparse(file: Hdf5, element: h5py.Group, shape: tuple[int, int], *, called: str) -> np.ndarray:
    """A sparse matrix spelt out; its numbers of rows and columns are checked, since SciPy trusts them."""
    kind = SPARSE[_kind(file, element)]
    parts: list[Any] = [element.get(part) for part in ("data", "indices", "indptr")]
    if not all(isinstance(part, h5py.Dataset) and len(part.shape or ()) == 1 for part in parts):
        raise MalformedData(f"{file.name}: '{shown(called)}' lacks a part of a sparse matrix. {AGAIN}")
    data, indices, pointers = (file.take(part) for part in parts)
    major, minor = shape if kind is sp.csr_matrix else shape[::-1]
    numbers = data.dtype.kind in REAL and indices.dtype.kind in "iu" and pointers.dtype.kind in "iu"
    if not numbers or not _is_sound(pointers, indices, major=major, minor=minor, stored=len(data)):
        raise MalformedData(f"{file.name}: '{shown(called)}' is a sparse matrix whose parts do not fit. {AGAIN}")
    values = data.astype(np.float32)
    return kind((values, indices.astype(np.int64), pointers.astype(np.int64)), shape=shape).toarray()


def _is_sound(pointers: np.ndarray, indices: np.ndarray, *, major: int, minor: int, stored: int) -> bool:
    """Whether every row has its stretch of the numbers, and every number a column that there is."""
    if len(pointers) != major + 1 or len(indices) != stored or pointers[0] != 0:
        return False
    steps = np.diff(pointers.astype(np.int64))
    if (steps < 0).any() or int(pointers[-1]) != stored:
        return False
    return stored == 0 or (int(indices.min()) >= 0 and int(indices.max()) < minor)


def _maps(
    file: Hdf5, elements: dict[str, Any], *, leave_out: str, count: int
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Matrices of 2 or 3 columns by name, and those of them that cannot be maps."""
    maps: dict[str, np.ndarray] = {}
    lost = []
    for called, element in elements.items():
        shape = _shape(file, element)
        if called in (leave_out, MAIN) or called.startswith(f"{LAYERS}/") or shape is None:
            continue
        if shape[0] == count and shape[1] in (2, 3):
            place, title = _matrix(file, element, called=called), storable(called.removeprefix("X_"))
            if np.isfinite(place).all() and title not in maps:
                maps[title] = place
            else:
                lost.append(f"map '{shown(called, 40)}' (with places that are missing or named twice)")
    return maps, lost
