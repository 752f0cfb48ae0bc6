"""Missing marks: what programs write where nothing is known, told apart from a name that happens to look like one."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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
    texts = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    marks = pa.array(sorted(MISSING_MARKS), type=pa.string())
    try:
        text = pc.call_function("utf8_trim_whitespace", [pa.array(texts, type=pa.string())])
    except UnicodeEncodeError:  # half of a surrogate pair
        return np.array([is_missing(cell, symbols=symbols) for cell in texts], dtype=bool)
    lower = pc.call_function("utf8_lower", [text])
    missing = pc.call_function("is_in", [lower], pc.SetLookupOptions(marks)).to_numpy(zero_copy_only=False).copy()
    for row in np.flatnonzero(missing) if symbols else ():
        missing[row] = is_missing(texts[row], symbols=symbols)
    return missing


def without_marks(cells: np.ndarray, *, symbols: Container[str] = ()) -> np.ndarray:
    """The cells with "" in place of every missing mark."""
    return np.where(missing_in(cells, symbols=symbols), "", cells).astype(object)
