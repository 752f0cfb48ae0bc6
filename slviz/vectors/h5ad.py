"""Vectors from `.h5ad`: a matrix of points, the columns of `obs`, and the maps among `obsm`.

Read with h5py after anndata's on-disk format, old and new; nothing in the file is run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.errors import MalformedData, nearest
from slviz.vectors.vector_set import VectorSet, marked

MAIN = "X"
PREFERRED = ("X_embedding", "X_pca", "X_scVI", "X_emb")
WIDEST = 20_000
MOST_COLUMNS = 100


def vector_choices(path: Path) -> dict[str, tuple[int, int]]:
    """Shape by name of the matrices that can serve as vectors: those of `obsm` that are wider than 3, and `X`.

    The first is what `read_h5ad` takes when it is not told.
    """
    with _opened(path) as root:
        shapes = {name: shape for name, element in _matrices(root).items() if (shape := _shape(element)) is not None}
    wide = {name: shape for name, shape in shapes.items() if 1 < shape[1] <= WIDEST and (shape[1] > 3 or name == MAIN)}
    order = [name for name in PREFERRED if name in wide]
    order += [name for name in wide if name not in order and name != MAIN] + [name for name in (MAIN,) if name in wide]
    return {name: wide[name] for name in order} or shapes


def read_h5ad(path: Path, *, name: str, vectors: str | None = None) -> VectorSet:
    """Points of an `.h5ad`.

    Args:
        path: of the file.
        name: what to call the set.
        vectors: a name of `obsm`, or "X"; the first of `vector_choices` when left out.

    Other matrices of `obsm` with 2 or 3 columns become maps. Raises `MalformedData` with what is missing.
    """
    choices = vector_choices(path)
    chosen = vectors or next(iter(choices), None)
    with _opened(path) as root:
        elements = _matrices(root)
        if chosen is None or chosen not in elements:
            listed = ", ".join(elements) or "none"
            hint = nearest(chosen, elements) if chosen else ""
            raise MalformedData(f"{name} has no vectors called '{chosen or MAIN}'.{hint} It has: {listed}.")
        found = _matrix(elements[chosen], name=name, called=chosen)
        names, columns = _points(root, name=name)
        maps = _maps(elements, leave_out=chosen, count=len(found), name=name)
        origin = marked(f"{name}, vectors of {chosen}", synthetic=_said(root, "synthetic") == "yes")
    return VectorSet(name=name, names=names, vectors=found, columns=columns, maps=maps, origin=origin)


def _said(root: h5py.File, key: str) -> str:
    """What `uns` says under a key; "" where it says nothing in text."""
    found = root.get(f"uns/{key}")
    value = found[()] if isinstance(found, h5py.Dataset) and found.shape == () else b""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _opened(path: Path) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise MalformedData(
            f"{path.name} is no .h5ad file (HDF5), or a part of it is missing. Save it again with "
            "anndata's write_h5ad, and copy it whole."
        ) from error


def _matrices(root: h5py.File) -> dict[str, Any]:
    obsm = root.get("obsm")
    found = {str(name): element for name, element in obsm.items()} if isinstance(obsm, h5py.Group) else {}
    return found | ({MAIN: root[MAIN]} if MAIN in root else {})


def _shape(element: Any) -> tuple[int, int] | None:
    shape = element.shape if isinstance(element, h5py.Dataset) else element.attrs.get("shape")
    if shape is None or len(shape) != 2:
        return None
    return int(shape[0]), int(shape[1])


def _matrix(element: Any, *, name: str, called: str) -> np.ndarray:
    shape = _shape(element)
    if shape is None:
        raise MalformedData(f"{name}: '{called}' is not a matrix of numbers. Choose another.")
    if shape[1] > WIDEST:
        raise MalformedData(
            f"{name}: '{called}' has {shape[1]:,} columns; slviz takes {WIDEST:,} at most. Reduce it first, for "
            "instance with scanpy.pp.pca, and take X_pca."
        )
    try:
        if isinstance(element, h5py.Dataset):
            return np.asarray(element[()], dtype=np.float32)
        kind = sp.csc_matrix if "csc" in str(element.attrs.get("encoding-type")) else sp.csr_matrix
        parts = (element["data"][()], element["indices"][()], element["indptr"][()])
        return kind(parts, shape=shape).toarray().astype(np.float32)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise MalformedData(
            f"{name}: '{called}' cannot be read. Save the file again with anndata's write_h5ad, and copy it whole."
        ) from error


def _maps(elements: dict[str, Any], *, leave_out: str, count: int, name: str) -> dict[str, np.ndarray]:
    found = {}
    for called, element in elements.items():
        shape = _shape(element)
        if called not in (leave_out, MAIN) and shape is not None and shape[0] == count and shape[1] in (2, 3):
            place = _matrix(element, name=name, called=called)
            if np.isfinite(place).all():
                found[called.removeprefix("X_")] = place
    return found


def _points(root: h5py.File, *, name: str) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Names and columns of the points, from `obs`."""
    obs = root.get("obs")
    if not isinstance(obs, h5py.Group):
        raise MalformedData(
            f"{name} has no table 'obs' that names its points. Write it again with anndata 0.8 or later."
        )
    index = obs.attrs.get("_index", "_index")
    if index not in obs:
        raise MalformedData(f"{name}: 'obs' does not say what its points are called (it lacks '{index}').")
    names = tuple(_texts(obs[index]))
    order = [str(each) for each in obs.attrs.get("column-order", [each for each in obs if each != index])]
    columns = {}
    for title in order[:MOST_COLUMNS]:
        values = _values(obs, title)
        if values is not None and len(values) == len(names):
            columns[title] = values
    return names, pd.DataFrame(columns, index=range(len(names)))


def _values(obs: Any, title: str) -> np.ndarray | None:
    """A column of `obs` as text, numbers or truths; None for a kind that a colour cannot show."""
    element = obs.get(title)
    if isinstance(element, h5py.Group):
        parts: dict[str, Any] = dict(element.items())
        if "codes" in parts and "categories" in parts:
            return _categories(parts["codes"][()], _plain(parts["categories"]))
        if "values" in parts and "mask" in parts:  # nullable numbers and truths
            return np.where(parts["mask"][()], np.nan, parts["values"][()].astype(np.float64))
        return None
    if not isinstance(element, h5py.Dataset):
        return None
    old = element.attrs.get("categories")  # anndata before 0.7 kept the categories elsewhere
    if old is not None:
        return _categories(element[()], _plain(obs[old]))
    return _plain(element)


def _categories(codes: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Text by code, "" for -1; numbered categories stay text, since they are names and not amounts."""
    texts = np.append(np.array([str(each) for each in names], dtype=object), "")
    return texts[codes]


def _plain(element: Any) -> np.ndarray:
    values = element[()]
    return np.array(_texts(element), dtype=object) if values.dtype.kind in "OSU" else values


def _texts(element: Any) -> list[str]:
    return [each.decode() if isinstance(each, bytes) else str(each) for each in element[()]]
