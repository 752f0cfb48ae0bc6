"""Texts that no file can hold: halves of a character, and numbers that are no letters at all."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from slviz.errors import MalformedData
from slviz.vectors import VectorSet, VectorStore, read_vectors

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3) ** 2


def _npz(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, allow_pickle=False, **arrays)
    return path


def _no_letters(count: int) -> np.ndarray:
    """Texts of one letter whose number is beyond the last letter of Unicode."""
    return np.full(count, 0x4F02B70, dtype="<u4").view("<U1")


@pytest.mark.parametrize("title", ["names", "kind"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_letters_that_do_not_exist_are_refused(tmp_path: Path, title: str, order: str) -> None:
    texts = np.full(4, 0x110000, dtype=f"{order}u4").view(f"{order}U1")
    path = _npz(tmp_path / "a.npz", vectors=VECTORS, **{title: texts})
    with pytest.raises(MalformedData, match="letters that do not exist"):
        read_vectors(path, name="a.npz")


def test_letters_that_do_not_exist_are_refused_in_a_record(tmp_path: Path) -> None:
    records = np.zeros(4, dtype=[("kind", "<U1"), ("size", "<f4")])
    records["kind"].view("<u4")[:] = 0x110000 if records["kind"].flags["C_CONTIGUOUS"] else 0
    raw = records.view(np.uint8).reshape(4, -1).copy()
    raw[:, :4] = _no_letters(4).view(np.uint8).reshape(4, 4)
    path = _npz(tmp_path / "a.npz", vectors=VECTORS, labels=raw.view(records.dtype).ravel())
    with pytest.raises(MalformedData, match="letters that do not exist"):
        read_vectors(path, name="a.npz")


def test_halves_of_a_character_are_spelt_out_and_kept(tmp_path: Path) -> None:
    names = np.array(["a", "b\ud800", "c", "d"])
    kinds = np.array(["x", "\udfff", "x", "y"])
    points = read_vectors(_npz(tmp_path / "a.npz", vectors=VECTORS, names=names, kind=kinds), name="a.npz")
    store = VectorStore(tmp_path / "kept")
    opened = store.open(store.keep(points))
    assert opened.names == ("a", r"b\ud800", "c", "d")
    assert opened.columns["kind"].tolist() == ["x", r"\udfff", "x", "y"]


def test_a_set_with_half_a_character_in_a_name_is_refused() -> None:
    with pytest.raises(MalformedData, match="point 2"):
        VectorSet(name="a", names=("a", "\ud800", "c", "d"), vectors=VECTORS, columns=pd.DataFrame(index=range(4)))


def test_a_set_with_half_a_character_in_the_name_of_a_map_is_refused() -> None:
    with pytest.raises(MalformedData, match="name of the map"):
        VectorSet(
            name="a",
            names=tuple("abcd"),
            vectors=VECTORS,
            columns=pd.DataFrame(index=range(4)),
            maps={"\ud800": VECTORS[:, :2]},
        )


def test_half_a_character_in_the_name_of_the_file_is_kept(tmp_path: Path) -> None:
    points = read_vectors(_npz(tmp_path / "a.npz", vectors=VECTORS), name="a\udcff.npz")
    store = VectorStore(tmp_path / "kept")
    assert store.open(store.keep(points)).name == points.name


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("x", b"")
    raw = content.getvalue()
    directory = raw.index(b"PK\x01\x02")
    end = raw.index(b"PK\x05\x06")
    entry = bytearray(raw[directory:end])
    entry[28:30] = b"\0\0"  # the length of the name
    entry = entry[:46]
    tail = bytearray(raw[end:])
    tail[12:16] = len(entry).to_bytes(4, "little")
    path = tmp_path / "a.npz"
    path.write_bytes(raw[:directory] + entry + tail)
    with pytest.raises(MalformedData, match="without a name"):
        read_vectors(path, name="a.npz")


ODD = [np.array([], dtype="<f8"), np.arange(3), 5, h5py.Empty("f4"), np.array(["csr_matrix"], dtype="S10")]


@pytest.mark.parametrize("odd", ODD, ids=["empty", "numbers", "number", "nothing", "list"])
@pytest.mark.parametrize("place", ["obs", "X", "column"])
@pytest.mark.parametrize("key", ["encoding-type", "_index", "column-order", "shape", "h5sparse_format"])
def test_an_odd_attribute_ends_in_a_value_or_a_sentence(tmp_path: Path, odd: object, place: str, key: str) -> None:
    path = tmp_path / "a.h5ad"
    with h5py.File(path, "w") as file:
        file.create_dataset("obsm/X_pca", data=np.hstack([VECTORS, VECTORS]))
        obs = file.create_group("obs")
        obs.create_dataset("_index", data=[b"a", b"b", b"c", b"d"])
        obs.create_dataset("kind/codes", data=[0, 1, 0, 1])
        obs.create_dataset("kind/categories", data=[b"u", b"v"])
        file.create_group("X")
        {"obs": obs, "X": file["X"], "column": obs["kind"]}[place].attrs[key] = odd
    try:
        points = read_vectors(path, name="a.h5ad")
    except MalformedData as error:
        assert "a.h5ad" in str(error)  # noqa: PT017
    else:
        assert points.names == tuple("abcd")
