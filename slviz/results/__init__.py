"""Results: every model and baseline by every protocol, from finished runs, on the same pairs."""

from slviz.results.collect import Collected, collect
from slviz.results.table import Cell, ResultRow, ResultTable, tables

__all__ = ["Cell", "Collected", "ResultRow", "ResultTable", "collect", "tables"]
