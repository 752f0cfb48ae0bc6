"""Vectors from NumPy's `.npy` and `.npz`: one matrix, and beside it the names and labels of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from slviz.errors import MalformedData, nearest
from slviz.files.limits import COLUMNS, Budget, shown
from slviz.files.npy import NpyHeader, npy_header, npz_shapes, read_npy, read_npz
from slviz.text import storable
from slviz.vectors.vector_set import VectorSet

REAL = "fiu"
USUAL, NAMES = "vectors", "names"
SHOWN = 10
NAME_BYTES = 128
"""What the name of a point takes as a Python object, in a row and in a set."""
KINDS = {
    "c": "complex numbers",
    "V": "records",
    "M": "dates",
    "m": "durations",
    "S": "text",
    "U": "text",
    "b": "truths",
}


def read_arrays(path: Path, *, name: str, vectors: str | None = None) -> VectorSet:
    """An array [N, D] of real numbers; an `.npz` may hold `names` [N] and arrays of labels [N] beside it.

    Arrays of other shapes are named in the set's `origin`. Arrays of Python objects are refused. Raises
    `MalformedData`.
    """
    if path.suffix.lower() == ".npy":
        headers = {USUAL: npy_header(path, name)}
        chosen = _chosen(headers, vectors, name)
        _charge(path, name, headers[chosen])
        arrays = {USUAL: read_npy(path, name)}
    else:
        headers = npz_shapes(path, name)
        chosen = _chosen(headers, vectors, name)
        _charge(path, name, headers[chosen])
        count = headers[chosen].shape[0]
        arrays = read_npz(path, name, wanted=lambda key, header: key == chosen or header.shape == (count,))
    matrix = _matrix(arrays.pop(chosen))
    if NAMES in headers and chosen != NAMES and headers[NAMES].shape != (len(matrix),):
        raise MalformedData(
            f"{shown(name)}: '{NAMES}' has the shape {headers[NAMES].shape} for {len(matrix):,} vectors. Each vector "
            "needs one name."
        )
    names = arrays.pop(NAMES, np.arange(1, len(matrix) + 1))
    lost = [
        f"'{shown(key, 40)}' {header.shape}" for key, header in headers.items() if key not in (*arrays, chosen, NAMES)
    ]
    without = f"; left out: {', '.join(lost[:SHOWN])}{' and more' if len(lost) > SHOWN else ''}" if lost else ""
    return VectorSet(
        name=name,
        names=tuple(_texts(names).tolist()),
        vectors=matrix,
        columns=pd.DataFrame(_columns(arrays), index=range(len(matrix))),
        origin=f"array {shown(name)}{without}",
    )


def _charge(path: Path, name: str, header: NpyHeader) -> None:
    """Refuse more points than a file of this size may bring, each with its name and its numbers as float32."""
    rows, columns = header.shape
    Budget(name, path.stat().st_size).charge(rows * (NAME_BYTES + 4 * columns))


def _chosen(headers: Mapping[str, NpyHeader], wanted: str | None, name: str) -> str:
    """Which array is the matrix: the one that was asked for, `vectors`, or the first that can be it."""
    fitting = [key for key, header in headers.items() if len(header.shape) == 2 and header.dtype.kind in REAL]
    chosen = wanted or (USUAL if USUAL in fitting else next(iter(fitting), None))
    if chosen not in fitting:
        listed = [f"{shown(key, 40)} {_described(header)}" for key, header in list(headers.items())[:SHOWN]]
        called = f" called '{shown(chosen)}'" if chosen else ""
        hint = shown(nearest(chosen, fitting), 200) if chosen else ""
        raise MalformedData(
            f"{shown(name)} has no table of real numbers{called}.{hint} It holds: {', '.join(listed) or 'nothing'}."
        )
    if headers[chosen].shape[1] > COLUMNS.value:
        raise MalformedData(
            f"{shown(name)}: '{shown(chosen)}' has {headers[chosen].shape[1]:,} columns; slviz takes {COLUMNS.value:,} "
            f"at most. Reduce it first, for instance by PCA. {COLUMNS.raised()}"
        )
    return chosen


def _described(header: NpyHeader) -> str:
    shape = f"({', '.join(f'{length:,}' for length in header.shape)})"
    kind = KINDS.get(header.dtype.kind)
    return f"{shape} of {kind}" if kind else shape


def _matrix(array: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # what is beyond float32 becomes infinite, and is refused as such
        return array.astype(np.float32)


def _columns(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Labels by title; of an array of records every field is one."""
    columns = {}
    for key, array in arrays.items():
        fields = {f"{key}.{field}": array[field] for field in array.dtype.names or ()} or {key: array}
        for title, values in fields.items():
            if values.ndim == 1:
                columns[storable(title)] = values if values.dtype.kind in "fiub" else _texts(values)
    return columns


def _texts(values: np.ndarray) -> np.ndarray:
    """Values as `str`; bytes are read as UTF-8, and a date that is none is ""."""
    if values.dtype.kind in "Mm":
        return np.where(np.isnat(values), "", values.astype(str)).astype(object)
    texts = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else storable(str(value))
        for value in values.tolist()
    ]
    return np.array(texts, dtype=object).reshape(values.shape)
