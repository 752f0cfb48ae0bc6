"""Parquet: rows, columns and unpacked sizes are checked in the footer before the table is made."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from slviz.errors import MalformedData
from slviz.files.limits import MEMBERS, Budget

MAGIC = b"PAR1"
CELL_BYTES = 8
LONGEST_TEXT = 1 << 26
MOST_PARTS = 1 << 20


def read_parquet(content: bytes, name: str) -> pd.DataFrame:
    """The table of a parquet file, once its footer showed that it may be taken; raises `MalformedData`.

    A text that stands in many rows is held once until it is known how much room all of its copies take.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    budget = Budget(name, len(content))
    if len(content) < 12 or not (content.startswith(MAGIC) and content.endswith(MAGIC)):
        raise MalformedData(f"{budget.name} is no parquet file, or it was cut off. Copy it again, or make it anew.")
    if int.from_bytes(content[-8:-4], "little") > len(content) - 12:
        raise MalformedData(f"{budget.name} is cut or altered: its footer is longer than the file.")
    try:
        bounded: dict[str, Any] = {"thrift_string_size_limit": LONGEST_TEXT, "thrift_container_size_limit": MOST_PARTS}
        footer = pq.ParquetFile(pa.BufferReader(content), **bounded)
        texts = _charge(footer, budget)
        table = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts, **bounded).read(use_threads=False)
        for column in table.column_names:
            if pa.types.is_dictionary(table.schema.field(column).type):
                budget.charge(_spelt_out_bytes(table[column]), column)
        return pd.read_parquet(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise MalformedData(f"{budget.name} is cut or altered: it is no parquet table. Make it anew.") from error


def _charge(footer: Any, budget: Budget) -> list[str]:
    """Charge what the footer declares; the names of the columns of text."""
    metadata, schema = footer.metadata, footer.schema_arrow
    if metadata.num_columns > MEMBERS.value or metadata.num_row_groups > MEMBERS.value:
        raise MalformedData(f"{budget.name} has more than {MEMBERS.value:,} columns or parts. {MEMBERS.raised()}")
    budget.charge(max(metadata.num_rows, 0) * max(metadata.num_columns, 1) * CELL_BYTES)
    for group in range(metadata.num_row_groups):
        # Not column by column: of a damaged footer pyarrow's description of a column ends the whole process.
        budget.charge(max(metadata.row_group(group).total_byte_size, 0))
    return [field.name for field in schema if str(field.type) in ("string", "large_string", "binary", "large_binary")]


def _spelt_out_bytes(column: Any) -> int:
    """Bytes of a column of text if every row had a copy of its own."""
    import pyarrow.compute

    pc: Any = pyarrow.compute  # its functions are made when it is imported
    total = 0
    for chunk in column.chunks:
        lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
        total += pc.sum(lengths).as_py() or 0
    return total
