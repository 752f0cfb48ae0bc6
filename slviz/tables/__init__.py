"""The one way in for every table of text: what is read is decided by the file, and said.

    text = read_text(raw, "table.csv").text
    table = read_table(text, "table.csv")
    table.names, table.cells["lfc"], table.lines, table.how, table.uneven, table.remarks
    numbers = read_numbers(table.cells["lfc"])          # None: not a column of numbers

`read_text` raises `UnreadableText` (a `MalformedData`); `read_table` takes any text.
"""

from slviz.formulas import unguarded
from slviz.tables.missing import MISSING_MARKS, is_missing, missing_in, without_marks
from slviz.tables.numbers import Numbers, finite_numbers, has_decimal_commas, is_number, read_numbers, slips_in
from slviz.tables.table import Table, UnevenRow, fold_name, read_table
from slviz.tables.text import Text, UnreadableText, read_text

__all__ = [
    "MISSING_MARKS",
    "Numbers",
    "Table",
    "Text",
    "UnevenRow",
    "UnreadableText",
    "finite_numbers",
    "fold_name",
    "has_decimal_commas",
    "is_missing",
    "is_number",
    "missing_in",
    "read_numbers",
    "read_table",
    "read_text",
    "slips_in",
    "unguarded",
    "without_marks",
]
