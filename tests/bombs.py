"""Small files that would take much memory or time of a reader who believes them."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

NAMES = list("ABCDEF")
TEXT = h5py.string_dtype()


def _h5ad(path: Path, change: Callable[[h5py.File], object]) -> None:
    with h5py.File(path, "w") as root:
        obs = root.create_group("obs")
        obs.attrs["_index"] = "_index"
        change(root)
        if "_index" not in obs:
            obs.create_dataset("_index", data=NAMES, dtype=TEXT)


def _dense_without_storage(path: Path) -> None:
    _h5ad(path, lambda root: root.create_dataset("X", shape=(10**6, 10**4), dtype="f4", fillvalue=1.5))


def _dense_just_allowed(path: Path) -> None:
    def change(root: h5py.File) -> None:
        root.create_dataset("X", shape=(10**5, 300), dtype="f8", fillvalue=1.5, chunks=(1000, 300))
        root["obs"].create_dataset("_index", data=np.arange(10**5).astype("S6"))

    _h5ad(path, change)


def _zeros_in_chunks(path: Path) -> None:
    def change(root: h5py.File) -> None:
        data = root.create_dataset("X", shape=(6, 10**8), dtype="u1", chunks=(1, 10**7), compression="gzip")
        packed = zlib.compress(bytes(10**7), 9)
        for row in range(6):
            for column in range(0, 10**8, 10**7):
                data.id.write_direct_chunk((row, column), packed)

    _h5ad(path, change)


def _chunk_that_lies(path: Path) -> None:
    def change(root: h5py.File) -> None:
        data = root.create_dataset("X", shape=(6, 4), dtype="f4", chunks=(6, 4), compression="gzip")
        data.id.write_direct_chunk((0, 0), zlib.compress(bytes(1 << 30), 9))

    _h5ad(path, change)


def _very_many_chunks(path: Path) -> None:
    _h5ad(path, lambda root: root.create_dataset("X", shape=(10**6, 10), dtype="u1", chunks=(1, 1)))


def _one_text_a_hundred_thousand_times(path: Path) -> None:
    def change(root: h5py.File) -> None:
        root.create_dataset("X", data=np.arange(24.0).reshape(6, 4))
        texts = root["obs"].create_dataset("_index", shape=(10**5,), dtype=TEXT, chunks=(10**5,))
        texts[0] = "a" * 5_000_000
        entry = texts.id.read_direct_chunk((0,))[1][:16]
        texts.id.write_direct_chunk((0,), entry * 10**5)

    _h5ad(path, change)


def _sparse(path: Path, *, shape: tuple[int, int], pointers: int) -> None:
    def change(root: h5py.File) -> None:
        group = root.create_group("X")
        group.attrs["encoding-type"], group.attrs["shape"] = "csr_matrix", shape
        group.create_dataset("data", data=np.ones(3, dtype="f4"))
        group.create_dataset("indices", data=np.arange(3))
        group.create_dataset("indptr", shape=(pointers,), dtype="i8", chunks=(10**5,), compression="gzip")

    _h5ad(path, change)


def _npz_zeros(path: Path) -> None:
    np.savez_compressed(path, vectors=np.zeros((10**6, 300), dtype=np.float32))


def _npz_of_many_points(path: Path) -> None:
    np.savez_compressed(path, vectors=np.arange(8 * 10**6, dtype=np.uint8).reshape(-1, 2))


def _npy_that_lies(path: Path) -> None:
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000), }\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(1000))


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _zip_of_many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}.txt", b"")


def _parquet(path: Path) -> None:
    file = io.BytesIO()
    pd.DataFrame({"x": ["a" * 100_000] * 10_000}).to_parquet(file, compression="zstd")
    path.write_bytes(file.getvalue())


BOMBS: dict[str, Callable[[Path], object]] = {
    "dense.h5ad": _dense_without_storage,
    "allowed.h5ad": _dense_just_allowed,
    "chunks.h5ad": _zeros_in_chunks,
    "lies.h5ad": _chunk_that_lies,
    "many.h5ad": _very_many_chunks,
    "text.h5ad": _one_text_a_hundred_thousand_times,
    "pointers.h5ad": lambda path: _sparse(path, shape=(10**9, 2), pointers=10**9 + 1),
    "wide.h5ad": lambda path: _sparse(path, shape=(10**5, 20_000), pointers=10**5 + 1),
    "zeros.npz": _npz_zeros,
    "points.npz": _npz_of_many_points,
    "lies.npy": _npy_that_lies,
    "pair.zip": lambda path: _zip(path, {"vectors.tsv": b"0\t0\n" * (1 << 26), "metadata.tsv": b"a\n" * 10}),
    "many.zip": _zip_of_many,
    "zeros.tsv.gz": lambda path: path.write_bytes(gzip.compress(bytes(1 << 30), 1, mtime=0)),
    "lines.tsv.gz": lambda path: path.write_bytes(gzip.compress(b"n\ta\tb\n" + b"p\t1\t2\n" * (1 << 24), 1, mtime=0)),
    "parts.tsv.gz": lambda path: path.write_bytes(gzip.compress(b"", mtime=0) * 700_000),
    "wide.tsv": lambda path: path.write_bytes(b"\t".join([b"1"] * 7_000_000)),
    "cell.tsv": lambda path: path.write_bytes(b"n\ta\tb\n" + b"x" * 14_000_000 + b"\t1\t2\n"),
}
"""How to write each file, by its name: ways into Vectors."""

OTHER_BOMBS: dict[str, Callable[[Path], object]] = {
    "data.zip": lambda path: _zip(path, {"genes.txt": b"GEN1\n" * (1 << 26), "pairs.tsv": b"GEN1\tGEN2\t1\n"}),
    "nested.zip": lambda path: _zip(path, {"a.zip": bytes(1 << 28)}),
    "table.parquet": _parquet,
}
"""Likewise: a data folder, and a table of a run."""

LARGEST_BYTES = 15_000_000
