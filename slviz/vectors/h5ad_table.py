"""The table of points in an `.h5ad`: the names and columns of `obs`, in every way in which anndata ever wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import pandas as pd

from slviz.errors import MalformedData
from slviz.files.hdf5 import AGAIN, Hdf5
from slviz.files.limits import shown
from slviz.text import storable

MOST_COLUMNS = 100
OLD_CATEGORIES = "__categories"
INDICES = ("_index", "index")
LARGEST_EXACT = 1 << 53
"""Beyond this float64 leaves out integers."""


@dataclass(frozen=True, eq=False)
class Table:
    """Names and columns of points.

    Attributes:
        names: of the points [N], "" where one is missing.
        columns: one row a point: text, numbers or truths.
        left_out: columns that are not there, each as its name and the reason.
    """

    names: tuple[str, ...]
    columns: pd.DataFrame
    left_out: tuple[str, ...]


class _Unknown(Exception):
    """A column of a kind that cannot be shown; the text says which."""


def read_table(file: Hdf5, name: str) -> Table:
    """The table in a group (anndata 0.7 and later) or a data set of records (before); raises `MalformedData`."""
    with file.reading(name):
        table = file.root.get(name)
        if isinstance(table, h5py.Group):
            return _of_group(file, table, name)
        if isinstance(table, h5py.Dataset) and table.dtype.names:
            return _of_records(file, table, name)
    raise MalformedData(
        f"{file.name} has no table '{name}' that names its points. Write it again with anndata 0.8 or later."
    )


def _of_group(file: Hdf5, table: h5py.Group, name: str) -> Table:
    said = file.text_attribute(table, "_index")
    index = next((title for title in ([said] if said else INDICES) if title in table), None)
    if index is None:
        lacking = shown(said or INDICES[0])
        raise MalformedData(f"{file.name}: '{name}' does not say what its points are called (it lacks '{lacking}').")
    try:
        names = _texts(_values(file, table, index))
    except _Unknown as error:
        raise MalformedData(
            f"{file.name}: the names of '{name}' are of a kind that slviz does not read ({error})."
        ) from None
    order = file.names_attribute(table, "column-order")
    titles = order if order is not None else [str(title) for title in table]
    wanted = [title for title in dict.fromkeys(titles) if title not in (index, OLD_CATEGORIES)]
    return _table(names, wanted, lambda title: _values(file, table, title))


def _of_records(file: Hdf5, table: h5py.Dataset, name: str) -> Table:
    """As anndata wrote it before 0.7: texts as bytes of fixed length, categories as numbers with names in `uns`."""
    records = file.take(table)
    if records.ndim != 1:
        raise MalformedData(f"{file.name}: '{name}' is no list of points. {AGAIN}")
    titles = list(records.dtype.names or ())
    index = next((title for title in INDICES if title in titles), titles[0])
    uns = file.root.get("uns")

    def column(title: str) -> np.ndarray:
        names = uns.get(f"{title}_categories") if isinstance(uns, h5py.Group) else None
        if isinstance(names, h5py.Dataset) and records[title].dtype.kind in "iu":
            return _categories(records[title], _plain(file.take(names)))
        return _plain(records[title])

    return _table(_texts(_plain(records[index])), [title for title in titles if title != index], column)


def _table(names: tuple[str, ...], titles: list[str], column: Any) -> Table:
    columns, left_out = {}, []
    for title in titles[:MOST_COLUMNS]:
        try:
            values = column(title)
            if len(values) != len(names):
                raise _Unknown(f"{len(values):,} values for {len(names):,} points")
            columns[storable(title)] = values
        except _Unknown as error:
            left_out.append(f"column '{shown(title, 40)}' ({error})")
    if len(titles) > MOST_COLUMNS:
        left_out.append(f"all columns after the first {MOST_COLUMNS} ({len(titles) - MOST_COLUMNS:,})")
    return Table(names, pd.DataFrame(columns, index=range(len(names))), tuple(left_out))


def _values(file: Hdf5, table: h5py.Group, title: str) -> np.ndarray:
    """A column as text, numbers or truths; raises `_Unknown` for a kind that a colour cannot show."""
    element = table.get(title)
    if isinstance(element, h5py.Group):
        return _of_parts(file, element)
    if not isinstance(element, h5py.Dataset):
        raise _Unknown("not in the file" if element is None else "no values")
    values = file.take(element)
    names = _old_categories(file, table, element, title)
    return _plain(values) if names is None else _categories(values, names)


def _of_parts(file: Hdf5, column: h5py.Group) -> np.ndarray:
    """A column that is written in parts: categories with codes, or values with a mask of those that are missing."""
    kind = shown(file.text_attribute(column, "encoding-type") or "of no kind", 40)
    parts = {part: column.get(part) for part in ("codes", "categories", "values", "mask")}
    there: dict[str, Any] = {
        part: element for part, element in parts.items() if isinstance(element, (h5py.Dataset, h5py.Group))
    }
    if {"codes", "categories"} <= set(there):
        names = there["categories"]
        texts = _of_parts(file, names) if isinstance(names, h5py.Group) else _plain(file.take(names))
        if not isinstance(there["codes"], h5py.Dataset):
            raise _Unknown(kind)
        return _categories(file.take(there["codes"]), texts)
    if {"values", "mask"} <= set(there) and all(isinstance(there[part], h5py.Dataset) for part in ("values", "mask")):
        mask = np.asarray(file.take(there["mask"]))
        values = _plain(file.take(there["values"]))
        if mask.shape != values.shape or mask.dtype.kind not in "biu":
            raise _Unknown(f"{kind}, with a mask that does not fit")
        return _masked(values, mask.astype(bool))
    raise _Unknown(kind)


def _masked(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """Values where some are missing: "" in text and among truths, NaN among numbers."""
    if not missing.any():
        return values
    exact = values.dtype.kind in "iu" and np.abs(values[~missing].astype(np.float64)).max(initial=0) < LARGEST_EXACT
    if values.dtype.kind == "f" or exact:
        return np.where(missing, np.nan, values.astype(np.float64))
    texts = np.array(_texts(values), dtype=object)
    texts[missing] = ""
    return texts


def _old_categories(file: Hdf5, table: h5py.Group, column: h5py.Dataset, title: str) -> np.ndarray | None:
    """Names of the categories as anndata 0.7 kept them: in a data set of their own that an attribute points to."""
    names = file.referred(file.attribute(column, "categories"))
    kept = table.get(OLD_CATEGORIES)
    if names is None and isinstance(kept, h5py.Group) and isinstance(kept.get(title), h5py.Dataset):
        names = kept[title]
    return _plain(file.take(names)) if isinstance(names, h5py.Dataset) else None


def _categories(codes: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Text by code, "" for -1; numbered categories stay text, since they are names and not amounts."""
    if codes.dtype.kind not in "iu" or codes.ndim != 1:
        raise _Unknown("categories without codes")
    if len(codes) and (int(codes.min()) < -1 or int(codes.max()) >= len(names)):
        raise _Unknown("codes of categories that are not there")
    return np.array([*_texts(names), ""], dtype=object)[codes.astype(np.int64)]


def _plain(values: np.ndarray) -> np.ndarray:
    """Values of one kind in one row: text as `str` objects, numbers and truths as they are."""
    if values.ndim != 1:
        raise _Unknown(f"of shape {values.shape}")
    names = h5py.check_enum_dtype(values.dtype)
    if names is not None:
        by_code = {code: storable(name) for name, code in names.items()}
        return np.array([by_code.get(code, "") for code in values.tolist()], dtype=object)
    if values.dtype.kind in "OSU":
        return np.array(_texts(values), dtype=object)
    if values.dtype.kind not in "fiub":
        raise _Unknown({"c": "complex numbers", "V": "records or bytes"}.get(values.dtype.kind, str(values.dtype)))
    return values


def _texts(values: np.ndarray) -> tuple[str, ...]:
    return tuple(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else storable(str(value))
        for value in values.tolist()
    )
