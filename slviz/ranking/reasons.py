"""Why a pair may be real, in a line, from what the data set says of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from slviz.ranking.counts import some

NOTHING = "nothing but how many partners both genes have"
MOST = 4
"""Reasons in a line."""


def reasons(table: pd.DataFrame) -> np.ndarray:
    """A line for each row of a table of partners, text [N]: what speaks for the pair, the strongest first.

    Reads the columns earlier_hits, earlier_tests, paralog_identity, same_family, interacts, same_pathway,
    shared_partners, shared_interactors, rarest_term, partners_in_set, set_of_partners and partners_touched.
    """
    columns = ("earlier_hits", "earlier_tests", "paralog_identity", "same_family", "interacts", "same_pathway",
               "shared_partners", "shared_interactors", "rarest_term", "partners_in_set", "set_of_partners",
               "partners_touched")  # fmt: skip
    values = [table[name].tolist() for name in columns]
    return np.array([_line(dict(zip(columns, row, strict=True))) for row in zip(*values, strict=True)], dtype=object)


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """The table with these lines in a column `reason` behind what they are read from."""
    place = table.columns.tolist().index("earlier_tests") + 1
    with_lines = table.copy()
    with_lines.insert(place, "reason", reasons(table))
    return with_lines


def _line(row: dict[str, Any]) -> str:
    reasons = [reason for reason in _all(row) if reason]
    return "; ".join(reasons[:MOST]) if reasons else NOTHING


def _all(row: dict[str, Any]) -> list[str]:
    """Every reason that there may be, "" for one that there is not."""
    identity = row["paralog_identity"]
    return [
        _of_screens(row["earlier_hits"], row["earlier_tests"]),
        f"paralogs ({identity:.0f} % identical)"
        if identity == identity
        else ("same family" if row["same_family"] else ""),
        f"both in {row['same_pathway']}" if row["same_pathway"] else "",
        "their proteins interact" if row["interacts"] else "",
        some(row["shared_partners"], "shared partner") if row["shared_partners"] else "",
        _with_partners(row["partners_in_set"], row["set_of_partners"]),
        f"both in “{row['rarest_term']}”" if row["rarest_term"] else "",
        some(row["shared_interactors"], "shared interactor") if row["shared_interactors"] else "",
        f"touches {some(row['partners_touched'], 'known partner')}" if row["partners_touched"] else "",
    ]


def _of_screens(hits: int, tests: int) -> str:
    """What earlier screens said of the very pair; "" where none tested it."""
    if not tests:
        return ""
    if not hits:
        return f"no hit in {some(tests, 'earlier screen')}"
    return (
        f"hit in {hits:,} of {some(tests, 'earlier screen')}"
        if hits < tests
        else f"hit in {some(tests, 'earlier screen')}"
    )


def _with_partners(count: int, named: str) -> str:
    """That known partners lie in a set of the partner; "" for none."""
    return f"{some(count, 'known partner')} in “{named}”, too" if named else ""
