"""Colours of what a screen tested."""

from __future__ import annotations

import numpy as np

from slviz.datasets import TestedPairs
from slviz.figures.colouring import OTHERS, Colouring

HIT, TESTED, UNTESTED = "in a hit", "tested, in no hit", OTHERS


def by_screen(tested: TestedPairs, genes: int, *, title: str) -> Colouring:
    """The genes of a screen's hits, the others that it tested, and in grey those that it did not."""
    values = np.full(genes, UNTESTED, dtype=object)
    values[np.unique(tested.pairs)] = TESTED
    values[np.unique(tested.pairs[tested.hit])] = HIT
    return Colouring(title, "categorical", values, order=(HIT, TESTED, UNTESTED))
