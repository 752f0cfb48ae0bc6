"""`.h5ad` in every layout that anndata ever wrote, and in those that it never would."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.sparse as sp
from sentences import sentence_of

from slviz.errors import MalformedData
from slviz.vectors import VectorSet
from slviz.vectors.h5ad import read_h5ad, vector_choices

CHECKOUT = Path(__file__).resolve().parents[2]
ANNDATA = CHECKOUT / ".venv-anndata" / "bin" / "python"
CASES = CHECKOUT.parent / "shared" / "cases"
NAMES = list("ABCDEF")
VECTORS = np.arange(24, dtype=np.float32).reshape(6, 4)
TEXT = h5py.string_dtype()

Change = Callable[[h5py.File], None]


def _kind(element: h5py.Group | h5py.Dataset, kind: str) -> None:
    element.attrs["encoding-type"] = kind
    element.attrs["encoding-version"] = "0.1.0"


def _plain(root: h5py.File) -> None:
    """What is there in each file: X and the names of six points."""
    root.create_dataset("X", data=VECTORS)
    obs = root.create_group("obs")
    _kind(obs, "dataframe")
    obs.attrs["_index"] = "_index"
    obs.create_dataset("_index", data=NAMES, dtype=TEXT)


def _file(tmp_path: Path, change: Change, *, plain: bool = True) -> Path:
    path = tmp_path / "cells.h5ad"
    with h5py.File(path, "w") as root:
        if plain:
            _plain(root)
        change(root)
    return path


def _read(path: Path, vectors: str | None = None) -> VectorSet:
    return read_h5ad(path, name="cells.h5ad", vectors=vectors)


def _nullable(parent: h5py.Group, name: str, kind: str, values: object, mask: list[bool]) -> None:
    group = parent.create_group(name)
    _kind(group, kind)
    texts = isinstance(values, list) and isinstance(values[0], str)
    group.create_dataset("values", data=values, dtype=TEXT if texts else None)
    group.create_dataset("mask", data=mask)


def _categorical(parent: h5py.Group, name: str, codes: list[int], categories: object, *, ordered: bool = False) -> None:
    group = parent.create_group(name)
    _kind(group, "categorical")
    group.attrs["ordered"] = ordered
    group.create_dataset("codes", data=np.array(codes, dtype=np.int8))
    group.create_dataset("categories", data=categories)


LAST = [False] * 5 + [True]


@pytest.mark.parametrize(
    ("write", "values"),
    [
        (lambda obs: obs.create_dataset("c", data=list("uvwxyz"), dtype=TEXT), list("uvwxyz")),
        (lambda obs: obs.create_dataset("c", data=np.array([b"u", b"v"] * 3)), ["u", "v"] * 3),
        (lambda obs: obs.create_dataset("c", data=["é".encode()] * 6, dtype=h5py.string_dtype(length=4)), ["é"] * 6),
        (lambda obs: obs.create_dataset("c", data=np.arange(6)), list(range(6))),
        (lambda obs: obs.create_dataset("c", data=np.arange(6, dtype=">i4")), list(range(6))),
        (lambda obs: obs.create_dataset("c", data=np.arange(6, dtype=np.float16)), [0, 1, 2, 3, 4, 5]),
        (lambda obs: obs.create_dataset("c", data=np.arange(6) > 2), [False] * 3 + [True] * 3),
        (
            lambda obs: obs.create_dataset("c", data=[0, 1] * 3, dtype=h5py.enum_dtype({"low": 0, "high": 1})),
            ["low", "high"] * 3,
        ),
        (lambda obs: _categorical(obs, "c", [0, 1, -1, 0, 1, 0], ["x", "y"]), ["x", "y", "", "x", "y", "x"]),
        (lambda obs: _categorical(obs, "c", [0, 1] * 3, [7, 9], ordered=True), ["7", "9"] * 3),
        (lambda obs: _nullable(obs, "c", "nullable-string-array", list("uvwxyz"), LAST), [*"uvwxy", ""]),
        (lambda obs: _nullable(obs, "c", "nullable-string-array", list("uvwxyz"), [False] * 6), list("uvwxyz")),
        (lambda obs: _nullable(obs, "c", "nullable-integer", np.arange(6), [False] * 6), list(range(6))),
        (
            lambda obs: _nullable(obs, "c", "nullable-integer", np.full(6, 2**60 + 1), LAST),
            [str(2**60 + 1)] * 5 + [""],
        ),
        (
            lambda obs: _nullable(obs, "c", "nullable-boolean", np.arange(6) > 2, LAST),
            ["False"] * 3 + ["True"] * 2 + [""],
        ),
        (lambda obs: _nullable(obs, "c", "nullable-boolean", np.arange(6) > 2, [False] * 6), [False] * 3 + [True] * 3),
    ],
)
def test_a_column_of_any_kind_is_read_as_it_is(tmp_path: Path, write: Change, values: list) -> None:
    points = _read(_file(tmp_path, lambda root: write(root["obs"])))
    assert points.columns["c"].tolist() == values
    assert points.names == tuple(NAMES)
    assert "left out" not in points.origin


def test_a_missing_number_is_not_a_number(tmp_path: Path) -> None:
    points = _read(_file(tmp_path, lambda root: _nullable(root["obs"], "c", "nullable-integer", np.arange(6), LAST)))
    assert points.columns["c"].tolist()[:5] == [0, 1, 2, 3, 4]
    assert np.isnan(points.columns["c"].iloc[5])


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda obs: _kind(obs.create_group("c"), "datetime-of-tomorrow"), r"'c' \(datetime-of-tomorrow\)"),
        (lambda obs: obs.create_group("c"), r"'c' \(of no kind\)"),
        (lambda obs: obs.create_dataset("c", data=np.arange(6) * 1j), r"'c' \(complex numbers\)"),
        (lambda obs: obs.create_dataset("c", data=np.zeros((6, 2))), r"'c' \(of shape \(6, 2\)\)"),
        (lambda obs: obs.create_dataset("c", data=np.arange(5)), r"'c' \(5 values for 6 points\)"),
        (lambda obs: _categorical(obs, "c", [0, 1, 2, 3, 4, 5], ["x"]), r"'c' \(codes of categories that are not"),
        (lambda obs: _nullable(obs, "c", "nullable-integer", np.arange(6), [True]), "a mask that does not fit"),
        (lambda obs: obs.attrs.__setitem__("column-order", ["lost"]), r"'lost' \(not in the file\)"),
        (lambda obs: obs.__setitem__("c", np.dtype("f4")), r"'c' \(no values\)"),
        (
            lambda obs: [obs.create_dataset(f"c{n:03}", data=np.arange(6)) for n in range(103)],
            r"all columns after the first 100 \(3\)",
        ),
    ],
)
def test_a_column_that_cannot_be_shown_is_named(tmp_path: Path, write: Change, why: str) -> None:
    points = _read(_file(tmp_path, lambda root: write(root["obs"])))
    assert points.names == tuple(NAMES)
    assert "c" not in points.columns
    assert re.search(why, points.origin), points.origin


def _names_as(write: Change) -> Change:
    def change(root: h5py.File) -> None:
        del root["obs/_index"]
        write(root["obs"])

    return change


@pytest.mark.parametrize(
    "write",
    [
        lambda obs: _nullable(obs, "_index", "nullable-string-array", NAMES, [False] * 6),
        lambda obs: obs.create_dataset("_index", data=np.array([name.encode() for name in NAMES])),
        lambda obs: _categorical(obs, "_index", list(range(6)), [name.encode() for name in NAMES]),
        lambda obs: (obs.attrs.__delitem__("_index"), obs.create_dataset("index", data=NAMES, dtype=TEXT)),
    ],
)
def test_names_of_points_are_read_in_every_layout(tmp_path: Path, write: Change) -> None:
    assert _read(_file(tmp_path, _names_as(write))).names == tuple(NAMES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_names_as(lambda obs: _nullable(obs, "_index", "nullable-string-array", NAMES, LAST)), "Point 6 has no name"),
        (
            _names_as(lambda obs: _kind(obs.create_group("_index"), "novel")),
            r"names of 'obs' are of a kind .*\(novel\)",
        ),
        (_names_as(lambda obs: None), "does not say what its points are called"),
        (_names_as(lambda obs: obs.create_dataset("_index", data=["a\rb", *"BCDEF"], dtype=TEXT)), "control character"),
        (_names_as(lambda obs: obs.create_dataset("_index", data=NAMES[:5], dtype=TEXT)), "5 names for 6 vectors"),
        (lambda root: root.pop("obs"), "no table 'obs'"),
    ],
)
def test_points_without_proper_names_are_refused(tmp_path: Path, change: Change, said: str) -> None:
    with pytest.raises(MalformedData, match=said) as refused:
        _read(_file(tmp_path, change))
    assert str(refused.value).isprintable()


def _sparse(root: h5py.File, kind: str = "csr_matrix", **parts: object) -> None:
    del root["X"]
    matrix = (sp.csr_matrix if "csr" in kind else sp.csc_matrix)(VECTORS)
    group = root.create_group("X")
    if kind in ("csr", "csc"):  # before anndata 0.7
        group.attrs["h5sparse_format"], group.attrs["h5sparse_shape"] = kind, (6, 4)
    else:
        _kind(group, kind)
        group.attrs["shape"] = parts.pop("shape", (6, 4))
    for part in ("data", "indices", "indptr"):
        group.create_dataset(part, data=parts.get(part, getattr(matrix, part)))


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr", "csc"])
def test_a_sparse_matrix_is_spelt_out(tmp_path: Path, kind: str) -> None:
    assert np.array_equal(_read(_file(tmp_path, lambda root: _sparse(root, kind))).vectors, VECTORS)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"indices": np.full(23, 10**6)}, "parts do not fit"),
        ({"indices": np.full(23, -1)}, "parts do not fit"),
        ({"indptr": np.array([0, 23, 3, 7, 11, 15, 23])}, "parts do not fit"),
        ({"indptr": np.array([0, 23])}, "parts do not fit"),
        ({"indptr": np.array([0, 4, 8, 12, 16, 20, 10**9])}, "parts do not fit"),
        ({"data": np.zeros(3)}, "parts do not fit"),
        ({"data": [b"x"] * 23}, "parts do not fit"),
        ({"shape": (10**9, 10**4)}, "more than 128 MiB"),
        ({"shape": (6, 10**6)}, "has 1,000,000 columns"),
        ({"shape": (-6, 4)}, "no vectors called 'X'|not a matrix"),
        ({"shape": "wide"}, "no vectors called 'X'|not a matrix"),
    ],
)
def test_a_sparse_matrix_whose_parts_lie_is_refused(tmp_path: Path, parts: dict, said: str) -> None:
    path = _file(tmp_path, lambda root: _sparse(root, **parts))
    with pytest.raises(MalformedData, match=said):
        _read(path, vectors="X")


def test_records_of_anndata_before_0_7_are_read(tmp_path: Path) -> None:
    def old(root: h5py.File) -> None:
        root.create_dataset("X", data=VECTORS)
        obs = np.array(
            [(name.encode(), row % 2, row / 2, b"t") for row, name in enumerate(NAMES)],
            dtype=[("index", "S5"), ("louvain", "i1"), ("score", "f4"), ("text", "S1")],
        )
        root.create_dataset("obs", data=obs)
        root.create_dataset("uns/louvain_categories", data=np.array([b"zero", b"one"]))
        obsm = np.zeros(6, dtype=[("X_pca", "f4", (5,)), ("X_umap", "f8", (2,))])
        obsm["X_pca"], obsm["X_umap"] = np.arange(30).reshape(6, 5), np.arange(12).reshape(6, 2)
        root.create_dataset("obsm", data=obsm)

    path = _file(tmp_path, old, plain=False)
    assert vector_choices(path) == {"X_pca": (6, 5), "X": (6, 4)}
    points = _read(path)
    assert points.names == tuple(NAMES)
    assert points.vectors.tolist() == np.arange(30).reshape(6, 5).tolist()
    assert points.columns["louvain"].tolist() == ["zero", "one"] * 3
    assert points.columns["score"].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert points.columns["text"].tolist() == ["t"] * 6
    assert points.maps["umap"].tolist() == np.arange(12).reshape(6, 2).tolist()


def test_tables_among_the_matrices_and_layers_can_be_chosen(tmp_path: Path) -> None:
    def change(root: h5py.File) -> None:
        table = root.create_group("obsm/scores")
        _kind(table, "dataframe")
        table.attrs["_index"] = "_index"
        table.attrs["column-order"] = list("wxyz")
        table.create_dataset("_index", data=NAMES, dtype=TEXT)
        for place, title in enumerate("wxyz"):
            table.create_dataset(title, data=VECTORS[:, place])
        root.create_dataset("layers/counts", data=VECTORS + 1)

    path = _file(tmp_path, change)
    assert list(vector_choices(path)) == ["scores", "X", "layers/counts"]
    assert np.array_equal(_read(path).vectors, VECTORS)
    assert np.array_equal(_read(path, "layers/counts").vectors, VECTORS + 1)


def _elsewhere(tmp_path: Path) -> Path:
    """A file with a secret, which none of the readers may open."""
    other = tmp_path / "secret.h5"
    with h5py.File(other, "w") as root:
        root.create_dataset("X", data=VECTORS)
        root.create_dataset("names", data=NAMES, dtype=TEXT)
        root.create_group("obs")
    (tmp_path / "secret.bin").write_bytes(b"secret" * 100)
    return other


def _external_link(parent: h5py.Group, name: str, other: Path) -> None:
    parent[name] = h5py.ExternalLink(str(other), "/names")


def _soft_link(parent: h5py.Group, name: str, _other: Path) -> None:
    parent[name] = h5py.SoftLink("/X")


def _looping_link(parent: h5py.Group, name: str, _other: Path) -> None:
    parent[name] = h5py.SoftLink(f"{parent.name}/{name}")


def _external_storage(parent: h5py.Group, name: str, other: Path) -> None:
    parent.create_dataset(name, shape=(6,), dtype="S1", external=[(str(other.with_suffix(".bin")), 0, 6)])


def _virtual(parent: h5py.Group, name: str, other: Path) -> None:
    layout = h5py.VirtualLayout((6, 4), "f4")
    layout[:] = h5py.VirtualSource(str(other), "X", (6, 4))
    parent.create_virtual_dataset(name, layout)


@pytest.mark.parametrize(
    "place", ["obs", "obsm", "layers", "var", "uns", "uns/deep/deeper", "raw", "varm", "obsp", "."]
)
@pytest.mark.parametrize("link", [_external_link, _soft_link, _looping_link, _external_storage, _virtual])
def test_nothing_leads_out_of_the_file_wherever_it_stands(tmp_path: Path, link: Callable, place: str) -> None:
    other = _elsewhere(tmp_path)
    path = _file(tmp_path, lambda root: link(root if place == "." else root.require_group(place), "batch", other))
    for read in (_read, vector_choices):
        with pytest.raises(MalformedData, match="which slviz does not follow"):
            read(path)


@pytest.mark.parametrize("name", ["X", "obs/_index", "obs"])
@pytest.mark.parametrize("link", [_external_link, _soft_link, _external_storage, _virtual])
def test_nothing_that_is_needed_leads_out(tmp_path: Path, link: Callable, name: str) -> None:
    other = _elsewhere(tmp_path)

    def change(root: h5py.File) -> None:
        del root[name]
        link(root, name, other)

    with pytest.raises(MalformedData, match="which slviz does not follow"):
        _read(_file(tmp_path, change))


@pytest.mark.parametrize("link", [_external_storage, _virtual])
def test_a_reference_to_a_data_set_that_no_link_names_is_checked_too(tmp_path: Path, link: Callable) -> None:
    other = _elsewhere(tmp_path)

    def change(root: h5py.File) -> None:
        link(root, "hidden", other)
        root["obs"].create_dataset("c", data=np.zeros(6, dtype=np.int8))
        root["obs/c"].attrs["categories"] = root["hidden"].ref
        root["hidden"].attrs["kept"] = root["hidden"].ref
        kept.append(root["hidden"].id)
        del root["hidden"]

    kept: list = []
    with pytest.raises(MalformedData):
        _read(_file(tmp_path, change))


def test_references_of_other_kinds_are_no_categories(tmp_path: Path) -> None:
    def change(root: h5py.File) -> None:
        root["obs"].create_dataset("c", data=np.arange(6, dtype=np.int8))
        root["obs/c"].attrs["categories"] = root["X"].regionref[:2]
        root["obs"].create_dataset("d", data=np.arange(6, dtype=np.int8))
        root["obs/d"].attrs["categories"] = root["obs"].ref
        root["obs"].create_dataset("e", data=np.arange(6, dtype=np.int8))
        root["obs/e"].attrs["categories"] = np.zeros(1, dtype=h5py.ref_dtype)[0] or 5

    points = _read(_file(tmp_path, change))
    assert points.columns["c"].tolist() == points.columns["d"].tolist() == list(range(6))


def _deep(root: h5py.File) -> None:
    root.create_group("/".join("g" * 1000))


def _round(root: h5py.File) -> None:
    root["uns/self"] = root["/"]


def _attribute(root: h5py.File) -> None:
    root["obs"].attrs.create("column-order", data=np.zeros(8000), dtype="f8")
    root["obs"].attrs["_index"] = "_" * 60_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_deep, "more than 32 deep"),
        (_attribute, "lacks '_|too long"),
        (
            lambda root: root.create_dataset("obsm/X_a", data=np.zeros((6, 5)), scaleoffset=2),
            "packed with scale-offset",
        ),
        (lambda root: [root.create_group(f"uns/{n}") for n in range(30)], None),
        (_round, None),
        (lambda root: root.create_dataset("obsm/X_v", shape=(6,), dtype=h5py.vlen_dtype("f4")), None),
        (lambda root: root.create_dataset("obsm/X_e", data=h5py.Empty("f4")), None),
        (lambda root: root.create_dataset("obsm/X_n", data=np.full((6, 2), np.nan)), None),
    ],
)
def test_odd_files_are_read_or_refused_in_a_sentence(tmp_path: Path, change: Change, said: str | None) -> None:
    path = _file(tmp_path, change)
    if said is None:
        assert _read(path).names == tuple(NAMES)
        return
    with pytest.raises(MalformedData, match=said) as refused:
        _read(path)
    assert str(refused.value).isprintable()


def test_every_damaged_byte_ends_in_points_or_a_sentence(tmp_path: Path) -> None:
    whole = _file(tmp_path, lambda root: _categorical(root["obs"], "c", [0, 1] * 3, ["x", "y"])).read_bytes()
    path = tmp_path / "damaged.h5ad"
    for place in np.random.default_rng(0).integers(0, len(whole), 120).tolist():
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xA5]) + whole[place + 1 :])
        assert sentence_of(lambda: _read(path)).isprintable()
    for length in range(0, len(whole), 997):
        path.write_bytes(whole[:length])
        with pytest.raises(MalformedData):
            _read(path)


WRITE = """
import sys, numpy as np, pandas as pd, scipy.sparse as sp, anndata as ad
ad.settings.allow_write_nullable_strings = True
obs = pd.DataFrame({
    "text": pd.array(["a", None, "c", "d"], dtype="string"), "count": pd.array([1, None, 3, 4], dtype="Int64"),
    "truth": pd.array([True, None, False, True], dtype="boolean"),
    "kind": pd.Categorical(["x", "y", None, "x"], categories=["y", "x"], ordered=True), "plain": list("pqrs"),
}, index=list("ABCD"))
kind = {"csr": sp.csr_matrix, "csc": sp.csc_matrix, "dense": np.asarray}[sys.argv[1]]
table = pd.DataFrame(np.arange(20.0).reshape(4, 5), index=obs.index, columns=list("vwxyz"))
data = ad.AnnData(kind(np.arange(12.0).reshape(4, 3)), obs=obs, obsm={"table": table, "X_umap": np.ones((4, 2))},
                  layers={"counts": np.ones((4, 3))}, uns={"nested": {"list": [1, 2], "text": "t"}})
data.raw = data.copy()
data.write_h5ad(sys.argv[2], compression=None if sys.argv[3] == "none" else sys.argv[3])
"""


@pytest.mark.skipif(not ANNDATA.is_file(), reason="no .venv-anndata here; scripts/test makes it")
@pytest.mark.parametrize(("kind", "compression"), [("csr", "gzip"), ("csc", "lzf"), ("dense", "none")])
def test_what_anndata_writes_is_read(tmp_path: Path, kind: str, compression: str) -> None:
    path = tmp_path / "real.h5ad"
    subprocess.run([str(ANNDATA), "-W", "ignore", "-c", WRITE, kind, str(path), compression], check=True)
    assert list(vector_choices(path)) == ["table", "X", "layers/counts"]
    points = _read(path, "X")
    assert points.names == tuple("ABCD")
    assert points.vectors.tolist() == np.arange(12.0).reshape(4, 3).tolist()
    assert points.columns["text"].tolist() == ["a", "", "c", "d"]
    assert points.columns["count"].fillna(-1).tolist() == [1, -1, 3, 4]
    assert points.columns["truth"].tolist() == ["True", "", "False", "True"]
    assert points.columns["kind"].tolist() == ["x", "y", "", "x"]
    assert points.columns["plain"].tolist() == list("pqrs")
    assert set(points.maps) == {"umap"}
    assert _read(path).vectors.tolist() == np.arange(20.0).reshape(4, 5).tolist()


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases lie outside of the repository")
@pytest.mark.parametrize("name", ["index.h5ad", "column.h5ad"])
def test_nullable_strings_of_anndata_0_13_are_read(name: str) -> None:
    points = _read(CASES / "h5ad-nullable-strings" / name)
    assert points.names == tuple(f"G{number}" for number in range(6))
