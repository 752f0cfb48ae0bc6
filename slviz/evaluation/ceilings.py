"""What an experiment says of another on the same pairs: as far as a score can be expected to come."""

from __future__ import annotations

import numpy as np

from slviz.datasets import GeneGraph, ScreenTable
from slviz.evaluation.pairwise import roc_auc
from slviz.evaluation.screens import ENOUGH, OF_PARALOGS, counts
from slviz.features.pair_knowledge import PairKnowledge

PARALOG_SCREENS, SCREENS = "paralog screens", "screens"


def other_lines(screens: ScreenTable, name: str) -> float:
    """ROC AUC with which the other lines of a screen tell the hits of one of its lines; mean over its lines.

    Each line is scored by the share of the others that had the pair as a hit, on the pairs that another line tested.
    NaN for a screen of one line, and where no line has five hits and five other pairs among those.
    """
    rows = np.flatnonzero(screens.screen == screens.number(name))
    base = int(screens.pairs.max(initial=0)) + 1
    key = screens.pairs[rows, 0] * base + screens.pairs[rows, 1]
    lines = screens.cell_line[rows]
    pair, line_of = (np.unique(numbers, return_inverse=True)[1] for numbers in (key, lines))
    by_line = np.full((pair.max(initial=-1) + 1, line_of.max(initial=-1) + 1), np.nan)  # [pairs, lines]
    by_line[pair, line_of] = screens.hit[rows]
    measured = []
    for line in range(by_line.shape[1]):
        others = np.delete(by_line, line, axis=1)
        tested = np.isfinite(by_line[:, line]) & np.isfinite(others).any(axis=1)
        hit = by_line[tested, line] > 0.5
        if min(hit.sum(), (~hit).sum()) >= ENOUGH:
            measured.append(roc_auc(hit.astype(np.float64), np.nanmean(others[tested], axis=1)))
    return float(np.mean(measured)) if measured else float("nan")


def mean_of_other_lines(graph: GeneGraph, names: tuple[str, ...]) -> float:
    """The mean of `other_lines` over the screens that have several; NaN where none has."""
    assert graph.screens is not None, "who asks has screens"
    measured = [auc for name in names if np.isfinite(auc := other_lines(graph.screens, name))]
    return float(np.mean(measured)) if measured else float("nan")


def screens_behind(graph: GeneGraph, names: tuple[str, ...], *, negative_kind: str) -> tuple[str, ...]:
    """Of the screens that a run was evaluated on, those that a mean "screens" or "paralog screens" is taken over."""
    assert graph.screens is not None, "who asks has screens"
    tested = {name: graph.screens.tested(name) for name in names}
    counting = [name for name in names if counts(tested[name].hit)] or list(names)
    if negative_kind == SCREENS:
        return tuple(counting)
    knowledge = PairKnowledge(graph)
    return tuple(name for name in counting if knowledge.are_paralogs(tested[name].pairs).mean() >= OF_PARALOGS)
