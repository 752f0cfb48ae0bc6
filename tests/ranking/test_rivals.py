"""The baselines beside a ranking read the graph once, whoever comes at the same moment."""

from __future__ import annotations

import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from ranking_cases import tiny_ranker

from slviz.evaluation.ranking import ScoreRows
from slviz.ranking import rivals
from slviz.scorers import FORMULAS
from slviz.scorers.training_graph import TrainingGraph


def test_visitors_who_come_at_once_share_what_a_formula_makes_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[TrainingGraph] = []

    def rows(graph: TrainingGraph) -> ScoreRows:
        made.append(graph)
        time.sleep(0.1)  # as long as the first takes, the others ask
        return FORMULAS["L3"].rows(graph)

    counted = {**FORMULAS, "L3": dataclasses.replace(FORMULAS["L3"], rows=rows)}
    expected = tiny_ranker().rivals.scores("L3")(3)
    monkeypatch.setattr(rivals, "FORMULAS", counted)
    scores, at_once = tiny_ranker().rivals.scores("L3"), threading.Barrier(4)

    def ask(gene: int) -> np.ndarray:
        at_once.wait()
        return scores(gene)

    with ThreadPoolExecutor(4) as visitors:
        answers = list(visitors.map(ask, [3, 3, 3, 3]))
    assert len(made) == 1
    np.testing.assert_array_equal(answers, [expected] * 4)
