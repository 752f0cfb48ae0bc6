"""`.h5ad`: an embedding as scanpy and anndata open it.

Written with h5py after anndata's on-disk format (https://anndata.readthedocs.io/en/stable/fileformat-prose.html):
every element says what it is by two attributes, `encoding-type` and `encoding-version`. anndata itself is not
used, since it asks for an older pandas; a test opens the files with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.export.annotated import Annotated
from slviz.text import utf8

INDEX = "_index"


def to_h5ad(content: Annotated) -> bytes:
    """The content as `.h5ad`.

    `X` and `obsm["X_embedding"]` are the vectors, so that a tool that takes no `obsm` finds them, too;
    `obsm["X_<map>"]` are the maps (`scanpy.pl.embedding(data, "tsne")` draws one); `obs` holds the columns,
    text as categories where it repeats; `obsp` the pairs; `uns` what the file is about.
    """
    width = content.vectors.shape[1]
    file = io.BytesIO()
    with h5py.File(file, "w") as root:
        _mark(root, "anndata", "0.1.0")
        _array(root, "X", content.vectors)
        _table(root, "obs", content.columns, index=content.names)
        _table(root, "var", pd.DataFrame(index=range(width)), index=[f"embedding_{d + 1}" for d in range(width)])
        matrices = {"X_embedding": content.vectors}
        matrices |= {f"X_{name}": projection.coordinates for name, projection in content.maps.items()}
        for name, matrix in zip(_safe_names(matrices), matrices.values(), strict=True):
            _array(_group(root, "obsm"), name, matrix)
        for name, pairs in content.pairs.items():
            _sparse(_group(root, "obsp"), name, pairs)
        for name, text in zip(_safe_names(content.about), content.about.values(), strict=True):
            _text(_group(root, "uns"), name, text)
        for name in ("layers", "obsm", "obsp", "uns", "varm", "varp"):
            _group(root, name)
    return file.getvalue()


def _mark(element: Any, kind: str, version: str) -> None:
    element.attrs["encoding-type"] = kind
    element.attrs["encoding-version"] = version


def _group(parent: Any, name: str) -> Any:
    if name not in parent:
        _mark(parent.create_group(name), "dict", "0.1.0")
    return parent[name]


def _array(parent: Any, name: str, values: np.ndarray) -> None:
    packed = {"compression": "gzip", "compression_opts": 4} if values.size else {}
    _mark(parent.create_dataset(name, data=values, **packed), "array", "0.2.0")


def _texts(parent: Any, name: str, values: Any) -> None:
    texts = np.array([_storable(str(value)) for value in values], dtype=object)
    _mark(parent.create_dataset(name, data=texts, dtype=h5py.string_dtype()), "string-array", "0.2.0")


def _text(parent: Any, name: str, value: str) -> None:
    _mark(parent.create_dataset(name, data=_storable(value), dtype=h5py.string_dtype()), "string", "0.2.0")


def _table(parent: Any, name: str, table: pd.DataFrame, *, index: Any) -> None:
    group = parent.create_group(name)
    _mark(group, "dataframe", "0.2.0")
    group.attrs["_index"] = INDEX
    columns = _safe_names(table.columns, INDEX)
    # An empty list would be written as float64, which readers refuse as names.
    group.attrs.create("column-order", columns, dtype=h5py.string_dtype(), shape=(len(columns),))
    _texts(group, INDEX, index)
    for safe, column in zip(columns, table.columns, strict=True):
        _column(group, safe, pd.Series(table[column]))


def _safe_names(names: Iterable[Any], *taken: str) -> list[str]:
    """Names of elements, each once: a slash would make a group of its own in HDF5, and points mean the group itself."""
    used = set(taken)
    safe = []
    for given_name in names:
        name = _storable(str(given_name)).replace("/", "_")
        name = name if name.strip(".") else f"column{name}"
        number, made = 1, name
        while made in used:
            number += 1
            made = f"{name}_{number}"
        used.add(made)
        safe.append(made)
    return safe


def _storable(text: str) -> str:
    r"""The text as HDF5 can hold it: a NUL and a lone surrogate are written as their escapes, \x00 and \ud800."""
    return utf8(text.replace("\0", r"\x00")).decode()


def _column(group: Any, name: str, column: pd.Series) -> None:
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        _array(group, name, column.to_numpy())
        return
    codes, categories = pd.factorize(column.where(column.notna(), "").astype(str), sort=True)
    if len(categories) == len(column):
        _texts(group, name, categories[codes])
        return
    _categories(group, name, codes, np.asarray(categories, dtype=object))


def _categories(parent: Any, name: str, codes: np.ndarray, categories: np.ndarray) -> None:
    """A repeating text: the distinct ones and each point's number among them, -1 where it is unknown ("")."""
    known = categories != ""
    number = np.where(known, np.cumsum(known) - 1, -1)
    group = parent.create_group(name)
    _mark(group, "categorical", "0.2.0")
    group.attrs["ordered"] = False
    _texts(group, "categories", categories[known])
    _array(group, "codes", number[codes].astype(np.int32))


def _sparse(parent: Any, name: str, matrix: sp.csr_array) -> None:
    group = parent.create_group(name)
    _mark(group, "csr_matrix", "0.1.0")
    group.attrs["shape"] = np.array(matrix.shape, dtype=np.int64)
    parts: Mapping[str, np.ndarray] = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}
    for part, values in parts.items():
        _array(group, part, np.asarray(values))
