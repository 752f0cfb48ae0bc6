"""One number a pair of genes, and where pairs stand among others: the one way in which pairs are compared."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64


def pair_keys(pairs: Int64[np.ndarray, "pairs 2"], genes: int) -> Int64[np.ndarray, " pairs"]:
    """One number a pair, the same whichever gene stands first: smaller * genes + larger."""
    return pairs.min(axis=1) * genes + pairs.max(axis=1)


def rows_among(
    pairs: Int64[np.ndarray, "pairs 2"], others: Int64[np.ndarray, "others 2"], *, genes: int
) -> Int64[np.ndarray, " pairs"]:
    """The row of `others`, each of which is there once, that is each of `pairs`; −1 where none is."""
    if not len(others):
        return np.full(len(pairs), -1, dtype=np.int64)
    keys, wanted = pair_keys(others, genes), pair_keys(pairs, genes)
    order = np.argsort(keys)
    row = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    return np.where(keys[row] == wanted, row, -1)
