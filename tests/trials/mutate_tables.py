"""HDF5 and Parquet by their own structure: other types and shapes, links out of the file, columns gone or foreign."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from trials.mutate_arrays import an_array
from trials.mutate_bytes import Mutator

CANARY_TEXT = "TRIALS-CANARY-OF-A-FOREIGN-FILE"
CANARY = Path(tempfile.gettempdir()) / "slviz-trials-canary.txt"
CANARY_H5 = CANARY.with_suffix(".h5")
"""Files that stand for another person's: if a word of theirs comes back, a reader followed a way out of its file."""
ATTRIBUTES = ("encoding-type", "encoding-version", "_index", "column-order", "shape", "categories", "h5sparse_format")
HUGE = 3_000_000_000


def lay_canaries() -> None:
    """Write the two files that no reader may follow."""
    CANARY.write_text((CANARY_TEXT + "\n") * 40)
    with h5py.File(CANARY_H5, "w") as file:
        file["names"] = np.array([CANARY_TEXT] * 30, dtype=h5py.string_dtype())
        file["numbers"] = np.full((30, 6), 7.0, np.float32)


def hdf5_element(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """One change to the tree of a sound HDF5 file; what is no longer sound stays as it is."""
    buffer = io.BytesIO(content)
    try:
        with h5py.File(buffer, "r+") as root:
            paths: list[str] = []
            root.visit(paths.append)
            if not paths:
                return content
            path = random.choice(paths)
            random.choice(CHANGES)(root, path, random)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError):
        return content
    return buffer.getvalue()


def _delete(root: h5py.File, path: str, random: Random) -> None:
    del root[path]


def _attribute(root: h5py.File, path: str, random: Random) -> None:
    holder = root[random.choice((path, path, "/"))]
    name = random.choice((*ATTRIBUTES, *holder.attrs))
    value = random.choice(
        (
            *(
                "",
                "array",
                "csr_matrix",
                "csc_matrix",
                "dataframe",
                "categorical",
                "unknown",
                b"\xff",
                0,
                -1,
                1.5,
                True,
            ),
            *(
                [],
                ["a"],
                [1, 2],
                [-1, 4],
                [2**40, 2],
                [0, 0],
                [2, 3, 4],
                np.array([["a"]], dtype=object),
                "\u202e",
                "X",
            ),
            *("../obs", "/obsm/X_pca", "_index", "obs", h5py.Empty("f4"), np.bytes_(b"\x00"), np.array([b"index"])),
        )
    )
    if random.random() < 0.3:
        holder.attrs.pop(name, None)
    else:
        holder.attrs[name] = value


def _another(root: h5py.File, path: str, random: Random) -> None:
    """Another dataset of a kind that HDF5 knows and nobody expects."""
    del root[path]
    kind = random.randrange(9)
    if kind == 0:
        root[path] = an_array(random)
    elif kind == 1:
        root[path] = h5py.Empty(random.choice(("f4", "i8", "S3")))
    elif kind == 2:
        root.create_dataset(path, data=[np.array([1, 2], "f4")] * 4, dtype=h5py.vlen_dtype(np.float32))
    elif kind == 3:
        root.create_dataset(path, data=[1, 0, 1], dtype=h5py.enum_dtype({"RED": 0, "BLUE": 1}, basetype="i"))
    elif kind == 4:
        root.create_dataset(path, data=[root.ref] * 3, dtype=h5py.ref_dtype)
    elif kind == 5:
        root.create_dataset(path, shape=(random.choice((HUGE, 40_000_000)), 4), dtype="f4", chunks=(1024, 4))
    elif kind == 6:
        root.create_dataset(
            path, shape=(30, random.choice((0, 1, 30_000))), dtype="f8", chunks=True, compression="gzip"
        )
    elif kind == 7:
        root.create_group(path)
    else:
        root[path] = np.array(["\x00", "\u202e", "\x1b[31m", "", "a" * 2_000], dtype=h5py.string_dtype())


def _way_out(root: h5py.File, path: str, random: Random) -> None:
    """A link or storage that leads to another file, or round and round."""
    kind = random.randrange(6)
    shape = getattr(root[path], "shape", None)
    del root[path]
    if kind == 0:
        size = CANARY.stat().st_size
        root.create_dataset(path, shape=(30,), dtype="S32", external=[(str(CANARY), 0, size)])
    elif kind == 1:
        length = int(np.prod(shape)) if shape else 30
        offset = [(str(CANARY), 0, max(4 * length, 4))]
        root.create_dataset(path, shape=shape or (30,), dtype="f4", external=offset)
    elif kind == 2:
        root[path] = h5py.ExternalLink(str(CANARY_H5), random.choice(("names", "numbers", "/")))
    elif kind == 3:
        root[path] = h5py.SoftLink(random.choice((f"/{path}", "/", "/nothing", "/obs", "/X", "/obsm")))
    elif kind == 4:
        layout = h5py.VirtualLayout(shape=(30,), dtype=h5py.string_dtype())
        layout[:] = h5py.VirtualSource(str(CANARY_H5), "names", shape=(30,), dtype=h5py.string_dtype())
        root.create_virtual_dataset(path, layout)
    else:
        root[path] = root["/"]


def _values(root: h5py.File, path: str, random: Random) -> None:
    element: Any = root[path]
    if not isinstance(element, h5py.Dataset) or not element.size:
        return
    place = tuple(random.randrange(length) for length in element.shape)
    if element.dtype.kind in "iu":
        element[place] = random.choice((np.iinfo(element.dtype).max, np.iinfo(element.dtype).min, 0))
    elif element.dtype.kind == "f":
        with np.errstate(over="ignore"):
            element[place] = random.choice((np.nan, np.inf, 1e300))
    else:
        element[place] = random.choice(("", "\x1b[31m", "\u202e", "NA", "x" * 5_000, b"\xff\xfe"))


def _move(root: h5py.File, path: str, random: Random) -> None:
    root.move(
        path, random.choice(("X", "obs/x", "obsm/X_umap", "obsm/y", "var", f"{path}2", "obs/_index", "uns/synthetic"))
    )


CHANGES = (_delete, _attribute, _attribute, _another, _another, _way_out, _values, _move)


def parquet_table(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A sound Parquet file whose table is another: columns gone, renamed, doubled, nested or of another type."""
    try:
        table = pq.read_table(io.BytesIO(content))
        changed = random.choice(OF_TABLE)(table, random)
        buffer = io.BytesIO()
        pq.write_table(changed, buffer, compression=random.choice(("zstd", "snappy", "none")))
        return buffer.getvalue()
    except (pa.ArrowException, OSError, ValueError, TypeError, IndexError):
        return content


def _without_column(table: pa.Table, random: Random) -> pa.Table:
    return table.remove_column(random.randrange(table.num_columns))


def _renamed(table: pa.Table, random: Random) -> pa.Table:
    names = list(table.column_names)
    names[random.randrange(len(names))] = random.choice(("", "x", "gene", "actual", "part", *names, "\u202e"))
    return table.rename_columns(names)


def _another_type(table: pa.Table, random: Random) -> pa.Table:
    place, rows = random.randrange(table.num_columns), table.num_rows
    made = random.choice(
        (
            lambda: pa.array([None] * rows),
            lambda: pa.array([[1, 2]] * rows),
            lambda: pa.array([{"a": 1}] * rows),
            lambda: pa.array([b"\xff"] * rows),
            lambda: pa.array(["x"] * rows).dictionary_encode(),
            lambda: pa.array([0] * rows, pa.timestamp("s")),
            lambda: pa.array([float("nan")] * rows),
            lambda: pa.array([2**62] * rows),
            lambda: pa.array(["\x00\u202e"] * rows),
            lambda: pa.array([True, None] * rows)[:rows],
        )
    )()
    return table.set_column(place, table.column_names[place], made)


def _fewer_rows(table: pa.Table, random: Random) -> pa.Table:
    return table.slice(0, random.choice((0, 1, table.num_rows // 2)))


def _more_columns(table: pa.Table, random: Random) -> pa.Table:
    return table.append_column(random.choice(("more", "gene", "score")), pa.array(range(table.num_rows)))


def _other_pandas(table: pa.Table, random: Random) -> pa.Table:
    """What pandas says of the table in the file is another thing, or no JSON."""
    about = random.choice((b"", b"{", b"[]", b'{"columns": 3}', b'{"index_columns": ["x"], "columns": []}', b"\xff"))
    return table.replace_schema_metadata({b"pandas": about})


def _by_pandas(table: pa.Table, random: Random) -> pa.Table:
    frame = table.to_pandas()
    frame.index = pd.Index(np.arange(len(frame)) + 5, name="gene")
    return pa.Table.from_pandas(frame)


OF_TABLE = (
    _without_column,
    _renamed,
    _another_type,
    _another_type,
    _fewer_rows,
    _more_columns,
    _other_pandas,
    _by_pandas,
)
OF_HDF5: dict[str, Mutator] = {"hdf5_element": hdf5_element}
OF_PARQUET: dict[str, Mutator] = {"parquet_table": parquet_table}
