"""Colouring by a column of somebody's own table: text, truths, codes or amounts."""

from __future__ import annotations

import numpy as np

from slviz.figures.colouring import Colouring, fewer

FEW_CODES = 12
MOST_CATEGORIES = 23
SKEWED = 20.0
"""From how many times the median on the largest of positive numbers leaves hardly a colour for the others."""


def by_column(title: str, values: np.ndarray) -> Colouring:
    """Colours of a column [N].

    Text and truths are categories, and so are whole numbers of which there are at most 12 different ones
    (codes of classes). The 23 commonest categories keep their name, the rest become "other". Other numbers
    run from low to high, around zero where they lie on both sides of it, or over their logarithm where a few
    are very much larger than most; missing ones are grey.
    """
    if values.dtype == bool:
        return Colouring(title, "categorical", np.where(values, "yes", "no").astype(object), order=("yes", "no"))
    if values.dtype.kind in "iuf":
        amounts = values.astype(np.float64)
        amounts[~np.isfinite(amounts)] = np.nan
        known = amounts[~np.isnan(amounts)]
        codes = np.unique(known)
        if len(codes) > FEW_CODES or not np.array_equal(codes, np.round(codes)):
            signed = bool(len(known)) and known.min() < 0 < known.max()
            if _is_skewed(known):
                positive = np.where(amounts > 0, amounts, np.nan)
                unit = "log scale" + ("; 0 is grey" if (known == 0).any() else "")
                return Colouring(title, "continuous", positive, unit=unit, logarithmic=True)
            return Colouring(title, "signed" if signed else "continuous", amounts)
        names = [_code(float(code)) for code in codes]
        text = np.array([*names, ""], dtype=object)[np.where(np.isnan(amounts), -1, np.searchsorted(codes, amounts))]
        return Colouring(title, "categorical", text, order=(*names, ""))
    text = fewer(values.astype(str), most=MOST_CATEGORIES)
    names = sorted(set(text) - {""}, key=str)
    codes = len(names) <= FEW_CODES and all(name.isdecimal() for name in names)
    return Colouring(title, "categorical", text, order=(*sorted(names, key=int), "") if codes else ())


def _code(value: float) -> str:
    """A whole number with all of its digits, or, where these are very many, as a power of ten."""
    return f"{value:.0f}" if abs(value) < 1e15 else np.format_float_scientific(value, trim="-")


def _is_skewed(known: np.ndarray) -> bool:
    positive = known[known > 0]
    return bool(len(positive)) and known.min() >= 0 and positive.max() > SKEWED * np.median(positive)
