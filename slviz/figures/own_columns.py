"""Colouring by a column of somebody's own table: text, truths, codes or amounts."""

from __future__ import annotations

import numpy as np

from slviz.figures.colouring import Colouring

FEW_CODES = 12
MOST_CATEGORIES = 23
OTHER = "other"


def by_column(title: str, values: np.ndarray) -> Colouring:
    """Colours of a column [N].

    Text and truths are categories, and so are whole numbers of which there are at most 12 different ones
    (codes of classes). The 23 commonest categories keep their name, the rest become "other". Other numbers
    run from low to high; missing ones are grey.
    """
    if values.dtype == bool:
        return Colouring(title, "categorical", np.where(values, "yes", "no").astype(object), order=("yes", "no"))
    if values.dtype.kind in "iuf":
        amounts = values.astype(np.float64)
        amounts[~np.isfinite(amounts)] = np.nan
        known = amounts[~np.isnan(amounts)]
        codes = np.unique(known)
        if len(codes) > FEW_CODES or not np.array_equal(codes, np.round(codes)):
            return Colouring(title, "continuous", amounts.astype(np.float32))
        names = [f"{code:g}" for code in codes]
        text = np.array([*names, ""], dtype=object)[np.where(np.isnan(amounts), -1, np.searchsorted(codes, amounts))]
        return Colouring(title, "categorical", text, order=(*names, ""))
    text = fewer(values.astype(str))
    names = sorted(set(text) - {""}, key=str)
    codes = len(names) <= FEW_CODES and all(name.isdigit() for name in names)
    return Colouring(title, "categorical", text, order=(*sorted(names, key=int), "") if codes else ())


def fewer(values: np.ndarray, *, most: int = MOST_CATEGORIES) -> np.ndarray:
    """The `most` commonest texts; the rest become "other", missing ones ("") stay."""
    names, code, size = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(np.where(names == "", 1, -size), kind="stable"), kind="stable")
    kept = np.where(rank < most, names, OTHER).astype(object)
    kept[names == ""] = ""
    return kept[code]
