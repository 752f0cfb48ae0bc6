"""Missing marks: what programs write where nothing is known, told apart from a name that happens to look like one."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
from jaxtyping import Bool

MISSING_MARKS = frozenset(
    {"", "na", "n/a", "nan", "-nan", "null", "none", "nil", "-", "--", "—", ".", "?", "<na>", "#n/a", "#n/a n/a", "#na"}
    | {"#null!", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "nat", "\\n"}
)
"""In lower case: R, pandas, SQL, Excel and hand-made tables."""


def is_missing(cell: str, *, symbols: Container[str] = ()) -> bool:
    """Whether a cell says that nothing is known; a mark that is one of `symbols`, letter by letter, is a name."""
    text = cell.strip()
    return text.casefold() in MISSING_MARKS and not (text and text in symbols)


def missing_in(cells: Iterable[str], *, symbols: Container[str] = ()) -> Bool[np.ndarray, " rows"]:
    """`is_missing` of each cell."""
    known: dict[str, bool] = {}
    return np.array(
        [known[cell] if cell in known else known.setdefault(cell, is_missing(cell, symbols=symbols)) for cell in cells],
        dtype=bool,
    )


def without_marks(cells: np.ndarray, *, symbols: Container[str] = ()) -> np.ndarray:
    """The cells with "" in place of every missing mark."""
    return np.where(missing_in(cells, symbols=symbols), "", cells).astype(object)
