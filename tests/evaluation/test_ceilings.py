"""What one experiment says of another: against scikit-learn, and beside models in a picture."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from planted_screens import NAMES, planted_graph
from sklearn.metrics import roc_auc_score

from slviz.datasets import ScreenTable
from slviz.evaluation.ceilings import mean_of_other_lines, other_lines, screens_behind
from slviz.figures import screen_dots


def three_lines(*, noise: float = 0.2) -> ScreenTable:
    """Forty pairs in three lines that agree but for chance; the third tested half of them."""
    random = np.random.default_rng(0)
    truth = np.arange(40) % 3 == 0
    pairs = np.stack([np.arange(40), np.arange(40) + 50], axis=1)
    parts = []
    for line, tested in (("A", np.arange(40)), ("B", np.arange(40)), ("C", np.arange(20))):
        parts.append((pairs[tested], truth[tested] ^ (random.uniform(size=len(tested)) < noise), line))
    rows = sum(len(part[0]) for part in parts)
    return ScreenTable.of_texts(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.full(rows, np.nan, dtype=np.float32),
        screen=np.full(rows, "One", dtype=object),
        cell_line=np.concatenate([np.full(len(part[0]), part[2], dtype=object) for part in parts]),
        reference=np.full(rows, "", dtype=object),
    )


def test_another_line_is_the_share_of_the_others_that_hit() -> None:
    screens = three_lines()
    hits = {line: {} for line in "ABC"}
    for pair, hit, line in zip(screens.pairs.tolist(), screens.hit, screens.cell_line, strict=True):
        hits[screens.cell_lines[line]][tuple(pair)] = bool(hit)
    expected = []
    for line in "ABC":
        others = [
            (hit, np.mean([hits[other][pair] for other in "ABC" if other != line and pair in hits[other]]))
            for pair, hit in hits[line].items()
        ]
        expected.append(roc_auc_score(*zip(*others, strict=True)))
    assert other_lines(screens, "One") == pytest.approx(np.mean(expected))
    assert other_lines(three_lines(noise=0.0), "One") == 1.0


def test_a_screen_of_one_line_says_nothing_and_means_leave_it_out() -> None:
    graph = planted_graph()
    assert graph.screens is not None
    assert np.isnan(other_lines(graph.screens, NAMES[0]))
    assert np.isnan(mean_of_other_lines(graph, NAMES))
    with_lines = dataclasses.replace(graph, screens=three_lines(), fingerprint="")
    assert mean_of_other_lines(with_lines, ("One",)) == other_lines(three_lines(), "One")
    assert screens_behind(graph, NAMES, negative_kind="paralog screens") == NAMES
    bare = dataclasses.replace(graph, relations={}, fingerprint="")
    assert screens_behind(bare, NAMES, negative_kind="paralog screens") == ()
    assert screens_behind(bare, NAMES, negative_kind="screens") == NAMES


def test_the_picture_has_a_line_for_each_ceiling_and_the_best_on_top() -> None:
    table = pd.DataFrame(
        {"model": ["bench", "mean", "L3"], "auc": [0.8, 0.5, 0.6], "auc_low": [0.7, np.nan, 0.5], "auc_high": 0.9}
    )
    figure = screen_dots(table, own=("bench",), ceilings={"another screen": 0.87, "another line": float("nan")})
    assert list(figure.data[0].y) == ["mean", "L3", "bench"]
    assert figure.data[0].error_x.array[-1] == pytest.approx(0.1)
    assert [shape.x0 for shape in figure.layout.shapes] == [0.5, 0.87]
    assert [note.text for note in figure.layout.annotations] == ["chance 0.500", "another screen 0.870"]
