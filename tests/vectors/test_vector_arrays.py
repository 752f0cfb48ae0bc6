"""Vectors in NumPy files: names and labels of every kind, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from slviz.errors import MalformedData
from slviz.vectors import VectorSet, read_vectors

VECTORS = np.arange(8, dtype=np.float32).reshape(4, 2)


def _read(tmp_path: Path, **arrays: np.ndarray) -> VectorSet:
    np.savez(tmp_path / "a.npz", **arrays)
    return read_vectors(tmp_path / "a.npz")


def test_names_and_labels_in_bytes_are_text(tmp_path: Path) -> None:
    points = _read(
        tmp_path, vectors=VECTORS, names=np.array([b"TP53", b"BRCA1", "é".encode(), b"MYC"]), group=np.array([b"x"] * 4)
    )
    assert points.names == ("TP53", "BRCA1", "é", "MYC")
    assert points.columns["group"].tolist() == ["x"] * 4


@pytest.mark.parametrize("dtype", [">f8", "<f2", ">i2", "u1", "<f4"])
def test_real_numbers_of_any_kind_are_vectors(tmp_path: Path, dtype: str) -> None:
    points = _read(tmp_path, vectors=VECTORS.astype(dtype), size=np.arange(4).astype(dtype))
    assert points.vectors.tolist() == VECTORS.tolist()
    assert points.columns["size"].tolist() == [0, 1, 2, 3]


def test_labels_of_other_kinds_become_text_and_other_shapes_are_named(tmp_path: Path) -> None:
    points = _read(
        tmp_path,
        vectors=VECTORS,
        day=np.array(["2026-01-02", "NaT", "2026-01-04", "2026-01-05"], dtype="M8[D]"),
        wave=np.array([1j] * 4),
        row=np.array([(1, b"a")] * 4, dtype=[("n", "i4"), ("t", "S1")]),
        title=np.array("a scalar"),
        more=np.zeros((3, 3)),
    )
    assert points.columns["day"].tolist() == ["2026-01-02", "", "2026-01-04", "2026-01-05"]
    assert points.columns["wave"].tolist() == ["1j"] * 4
    assert points.columns["row.n"].tolist() == [1] * 4
    assert points.columns["row.t"].tolist() == ["a"] * 4
    assert points.origin == "array a.npz; left out: 'title' (), 'more' (3, 3)"


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"vectors": VECTORS, "names": np.array(list("ABC"))}, r"'names' has the shape \(3,\) for 4 vectors"),
        ({"vectors": VECTORS, "names": np.array(["a\x1bb", "c", "d", "e"])}, "control character"),
        ({"vectors": VECTORS, "names": np.array(["a\u202eb", "c", "d", "e"])}, "control character"),
        ({"vectors": VECTORS + 1j}, r"no table of real numbers.* It holds: vectors \(4, 2\) of complex numbers"),
        ({"x": np.array(3.0)}, r"no table of real numbers. It holds: x \(\)"),
        ({"x": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")])}, "of records"),
        ({"vectors": np.where(VECTORS == 3, np.nan, VECTORS)}, "missing or infinite, the first is '2'"),
        ({"vectors": VECTORS.astype(np.float64) * 1e300}, "missing or infinite"),
        ({"vectors": np.zeros((4, 30_000), dtype=np.uint8)}, "30,000 columns"),
        ({"vectors": np.zeros((0, 3))}, "at least 3 points"),
    ],
)
def test_what_cannot_be_vectors_is_said(tmp_path: Path, arrays: dict, said: str) -> None:
    with pytest.raises(MalformedData, match=said) as refused:
        _read(tmp_path, **arrays)
    assert str(refused.value).isprintable()


def test_a_carriage_return_in_metadata_is_said(tmp_path: Path) -> None:
    (tmp_path / "vectors.tsv").write_bytes(b"1\t2\n3\t4\n5\t6\n")
    (tmp_path / "metadata.tsv").write_bytes(b"\tkd\n0\n1\np8\tk\rx\ty\n")
    with pytest.raises(MalformedData) as refused:
        read_vectors(tmp_path / "vectors.tsv", metadata=tmp_path / "metadata.tsv")
    assert str(refused.value).isprintable()
    (tmp_path / "metadata.tsv").write_bytes(b"name\tkind\r\na\tx\r\nb\ty\r\nc\tz\r\n")
    points = read_vectors(tmp_path / "vectors.tsv", metadata=tmp_path / "metadata.tsv")
    assert points.columns["kind"].tolist() == ["x", "y", "z"]
