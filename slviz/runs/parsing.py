"""The one place that parses a file of the models folder: JSON, arrays and tables, each by a checked schema.

Whatever a file holds, of any depth, type, key or size, what comes back is what its schema promises, or `DamagedRun`.
"""

from __future__ import annotations

import functools
import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np
import pandas as pd
import safetensors
import safetensors.numpy

from slviz.runs.damage import damaged, later, readable

T = TypeVar("T")
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
PARSER_ERRORS = (
    ValueError,  # also of msgspec, JSON, Unicode and most of Arrow
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,  # also too deep a nesting
    MemoryError,
    OSError,
    safetensors.SafetensorError,
)
"""What the parsers raise on foreign content; all of it ends here."""
UNKNOWN_KEY = re.compile(r"Object contains unknown field `(.*?)`", re.DOTALL)
LONGEST_HEADER = 64 << 20
"""Bytes of the largest header of safetensors; a checkpoint has its whole history in there."""
MOST_ARRAYS = 20_000
KINDS = {"F64": 8, "F32": 4, "F16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2, "U8": 1}
KINDS |= {"BOOL": 1}
"""Bytes of a number of each kind that NumPy has."""
MOST_TABLE_ROWS = 50_000_000
MOST_TABLE_COLUMNS = 20_000
MOST_TABLE_CELLS = 1_000_000_000
MOST_TABLE_BYTES = 16 << 30
MOST_TEXT_BYTES, MOST_TEXT_RATIO = 256 << 20, 64


@contextmanager
def making_sense(path: Path, what: str = "not as slviz writes it") -> Iterator[None]:
    """Turn whatever foreign content raises into `DamagedRun`: the file "is cut or altered: it is `what`"."""
    try:
        yield
    except PARSER_ERRORS as error:
        raise damaged(path, f"is cut or altered: it is {what}") from error


# --- JSON ------------------------------------------------------------------------------------------------


def parse_json(content: bytes, kind: type[T] | Any, path: Path) -> T:
    """JSON as `kind`, a type that msgspec checks; raises `DamagedRun` naming `path` and the first thing amiss.

    Numbers that are not finite, too large or too long, broken Unicode and a byte-order mark are no JSON here.
    """
    with making_sense(path, "not JSON"):
        try:
            return _decoder(kind).decode(content)
        except msgspec.ValidationError as error:
            refusal = _refusal(error, path)
    raise refusal


def convert(value: Any, kind: type[T] | Any, path: Path) -> T:
    """What was parsed already, as `kind`; raises `DamagedRun` as `parse_json` does."""
    with making_sense(path):
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            refusal = _refusal(error, path)
    raise refusal


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder:
    return msgspec.json.Decoder(kind)


def _refusal(error: msgspec.ValidationError, path: Path) -> Exception:
    said = str(error)
    unknown = UNKNOWN_KEY.match(said)
    if unknown:
        return later(path, f"holds '{readable(unknown[1], most=60)}', which this version does not know")
    return damaged(path, f"is altered ({readable(said.replace('`', ''))})")


# --- arrays ----------------------------------------------------------------------------------------------


class _Array(msgspec.Struct, forbid_unknown_fields=True):
    """One array in the header of safetensors."""

    dtype: str
    shape: list[Whole]
    data_offsets: tuple[Whole, Whole]

    @property
    def bytes(self) -> int:
        return self.data_offsets[1] - self.data_offsets[0]


class Header(msgspec.Struct):
    """What the header of safetensors says: shapes by name, and the texts beside them."""

    shapes: dict[str, tuple[int, ...]]
    metadata: dict[str, str]


def parse_arrays(content: bytes, path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays of safetensors by name and the texts beside them; declared sizes are checked before a byte is used."""
    with making_sense(path, "not safetensors"):
        length = int.from_bytes(content[:8], "little")
        if len(content) < 8 or length > min(LONGEST_HEADER, len(content) - 8):
            raise ValueError(f"a header of {length} bytes")
        header = parse_header(content[8 : 8 + length], len(content) - 8 - length, path)
        return safetensors.numpy.load(content), header.metadata


def parse_header(header: bytes, data_bytes: int, path: Path) -> Header:
    """The header of safetensors, where its arrays fill `data_bytes` bytes exactly; raises `DamagedRun`."""
    with making_sense(path, "not safetensors"):
        parts = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(parts.pop("__metadata__", msgspec.Raw(b"{}")), type=dict[str, str])
        if len(parts) > MOST_ARRAYS:
            raise ValueError(f"{len(parts)} arrays")
        arrays = {name: msgspec.json.decode(part, type=_Array) for name, part in parts.items()}
        if sum(array.bytes for array in arrays.values()) != data_bytes:
            raise ValueError("the arrays do not fill the file")
    for name, array in arrays.items():
        if array.dtype not in KINDS:
            raise later(path, f"holds numbers of the kind '{readable(array.dtype, most=20)}' in {readable(name)}")
        if math.prod(array.shape) * KINDS[array.dtype] != array.bytes:
            raise damaged(path, f"is cut or altered: {readable(name)} has not the size that it declares")
    return Header({name: tuple(array.shape) for name, array in arrays.items()}, metadata)


# --- tables ----------------------------------------------------------------------------------------------


def parse_table(content: bytes, path: Path) -> pd.DataFrame:
    """A table of texts, numbers and truths as Parquet; what it declares is checked before a row is read.

    Raises `DamagedRun` naming `path` where it is cut or altered, too large, or holds columns of other kinds.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with making_sense(path, "no Parquet table"):
        try:
            file = pq.ParquetFile(pa.BufferReader(content))
            _check_declared(file.metadata, path)
            _check_columns(file.schema_arrow, path)
            _check_texts(content, file.schema_arrow, path)
            table = pd.read_parquet(io.BytesIO(content))
        except pa.ArrowException as error:  # some of them are nothing else
            raise ValueError(str(error)) from error
        if len(table) != file.metadata.num_rows or list(table.columns) != file.schema_arrow.names:
            raise ValueError("rows or columns are not as declared")
        return table.set_axis(pd.RangeIndex(len(table)), axis=0)


def _check_declared(declared: Any, path: Path) -> None:
    rows, columns = declared.num_rows, declared.num_columns
    size_bytes = sum(declared.row_group(group).total_byte_size for group in range(declared.num_row_groups))
    too_large = rows > MOST_TABLE_ROWS or columns > MOST_TABLE_COLUMNS or rows * columns > MOST_TABLE_CELLS
    if too_large or not 0 <= size_bytes <= MOST_TABLE_BYTES or rows < 0:
        raise damaged(
            path, f"declares {rows:,} rows of {columns:,} columns ({size_bytes:,} bytes), more than slviz ever writes"
        )


def _check_texts(content: bytes, schema: Any, path: Path) -> None:
    """A text that stands in many rows is held once in the file, and once a row in the table."""
    import pyarrow as pa
    import pyarrow.compute
    import pyarrow.parquet as pq

    pc: Any = pyarrow.compute  # its functions are made when it is imported
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    most_bytes = max(MOST_TEXT_BYTES, MOST_TEXT_RATIO * len(content))
    for name in texts:
        column = pq.read_table(pa.BufferReader(content), columns=[name], read_dictionary=[name])[name]
        for chunk in column.chunks:
            most_bytes -= pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
        if most_bytes < 0:
            raise damaged(path, "holds far longer texts than slviz ever writes")


def _check_columns(schema: Any, path: Path) -> None:
    from pyarrow import types

    plain = (types.is_string, types.is_large_string, types.is_integer, types.is_floating, types.is_boolean)
    plain += (types.is_null,)
    if len(set(schema.names)) != len(schema.names):
        raise damaged(path, "has two columns of one name")
    for field in schema:
        if not any(is_kind(field.type) for is_kind in plain):
            kind = readable(str(field.type), most=60)
            raise later(path, f"has a column '{readable(field.name, most=60)}' of the kind {kind}")
