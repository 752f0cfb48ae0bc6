"""npy and npz: what the header declares is held against the bytes."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sentences import sentence_of

from slviz.errors import MalformedData
from slviz.files.npy import npz_shapes, read_npy, read_npz


def _npy(array: np.ndarray, **more: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **more)
    return file.getvalue()


def _with_header(text: str, data: bytes = b"", version: int = 1) -> bytes:
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + data


def _put(tmp_path: Path, content: bytes, name: str = "a.npy") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=">f4").reshape(3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.float16([[1, 2]]),
        np.array(["a", "bb"]),
        np.array([b"a", b"bb"]),
        np.array([True, False]),
        np.array(3.5),
        np.zeros((0, 4)),
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array(["α", "β"]),
    ],
)
def test_an_array_is_read_as_numpy_reads_it(tmp_path: Path, array: np.ndarray) -> None:
    read = read_npy(_put(tmp_path, _npy(array)), "a.npy")
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)
    packed = io.BytesIO()
    np.savez_compressed(packed, x=array)
    path = _put(tmp_path, packed.getvalue(), "a.npz")
    np.testing.assert_array_equal(read_npz(path, "a.npz")["x"], array)
    assert npz_shapes(path, "a.npz")["x"].shape == array.shape


@pytest.mark.parametrize("version", [1, 2, 3])
def test_all_versions_of_the_header_are_read_also_those_of_python_2(tmp_path: Path, version: int) -> None:
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 2L), }\n"
    read = read_npy(_put(tmp_path, _with_header(text, bytes(16), version)), "a.npy")
    assert read.tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no array of NumPy"),
        (b"\x80\x04pickle", "pickles are refused"),
        (_npy(np.array(["a", 1], dtype=object), allow_pickle=True), "objects that Python would have to run"),
        (_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000)}", bytes(16)), "too few"),
        (_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4)}", bytes(16)), "no list of lengths"),
        (_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (True, 4)}", bytes(16)), "no list of lengths"),
        (_with_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 2)}", bytes(16)), "no list of lengths"),
        (_with_header("{'descr': '|V0', 'fortran_order': False, 'shape': (999999999,)}"), "without any bytes"),
        (_with_header("{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999999,)}"), "so it is damaged"),
        (_with_header("{'descr': 'xx', 'fortran_order': False, 'shape': (1,)}"), "damaged"),
        (_with_header("{'descr': '<f4', 'shape': (1,)}"), "damaged"),
        (_with_header("__import__('os').system('true')"), "damaged"),
        (_with_header("(" * 30000), "damaged"),
        (_with_header("{'descr': [('a', '<f4'), 3], 'fortran_order': False, 'shape': (1,)}"), "damaged"),
        (_with_header("{"), "damaged"),
        (_with_header("'a\x00"), "damaged"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", "has a header of"),
        (_npy(np.zeros(9))[:-1], "too few"),
    ],
)
def test_a_header_that_lies_or_is_damaged_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(MalformedData, match=said) as refused:
        read_npy(_put(tmp_path, content), "a.npy")
    assert str(refused.value).isprintable()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.npy", content)
    with pytest.raises(MalformedData, match=said):
        read_npz(_put(tmp_path, packed.getvalue(), "a.npz"), "a.npz")


def test_every_damaged_byte_of_an_npz_ends_in_arrays_or_a_sentence(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, vectors=np.arange(6.0).reshape(3, 2), names=np.array(["a", "b", "c"]))
    whole = file.getvalue()
    for place in range(len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 0x21]) + whole[place + 1 :]
        path = _put(tmp_path, damaged, "a.npz")
        assert sentence_of(partial(read_npz, path, "a.npz")).isprintable()


def test_zeros_that_unpack_to_too_much_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, x=np.zeros((6 << 20, 6), dtype=np.float32))
    with pytest.raises(MalformedData, match=r"more than 128 MiB.*SLVIZ_UNPACKED_SMALL_MB"):
        read_npz(_put(tmp_path, file.getvalue(), "a.npz"), "a.npz")
