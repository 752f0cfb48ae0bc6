"""Results: every model and baseline by every protocol, from finished runs, on the same pairs."""

from slviz.results.collect import Collected, collect
from slviz.results.table import EVERY, Cell, Column, ResultRow, ResultTable, across, higher_is_better, tables

__all__ = [
    "EVERY",
    "Cell",
    "Collected",
    "Column",
    "ResultRow",
    "ResultTable",
    "across",
    "collect",
    "higher_is_better",
    "tables",
]
