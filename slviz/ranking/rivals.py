"""The best baselines of a run, and the rank that each gives to the partners of a gene."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.features.pair_measures import BASELINES, MEASURES, measured
from slviz.ranking.places import ranks
from slviz.ranking.question import BEST_BY, question_of
from slviz.ranking.relatedness import Relatedness
from slviz.runs.run import OWN_ROWS, Run
from slviz.scorers import FORMULAS
from slviz.scorers.pair_scorer import with_every_gene

MOST = 3
Scores = Callable[[int], np.ndarray]
WITHOUT_METRICS = ("L3", "SVD", "max degree")
"""Shown where a run was not evaluated in a way that orders baselines."""


class Rivals:
    """The baselines that a run is to be compared with, at most three, the best first by the run's own metrics.

    Attributes:
        names: as tables of metrics call them.
    """

    def __init__(self, run: Run, related: Relatedness) -> None:
        self._related = related
        self.names = tuple(name for name in _best_baselines(run) if name in self._known)[:MOST]

    def ranks(self, gene: int) -> dict[str, Int64[np.ndarray, " genes"]]:
        """The rank of each gene as a partner of `gene` by each baseline, over all other genes; level ones share."""
        others = np.delete(np.arange(len(self._related.graph)), gene)
        ranks_of_models = {}
        for name in self.names:
            place = np.zeros(len(self._related.graph), dtype=np.int64)
            place[others] = ranks(self.scores(name)(gene)[others])
            ranks_of_models[name] = place
        return ranks_of_models

    def scores(self, name: str) -> Scores:
        """What scores one gene with every gene by a baseline."""
        return self._known[name]

    def score_pairs(self, name: str, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """The scores of pairs by a baseline; a training pair's as if it were none."""
        if name in FORMULAS:
            return FORMULAS[name].score(self._related.known.training, pairs)
        key = next(key for key in BASELINES if MEASURES[key].label == name)
        return np.nan_to_num(measured(self._related.knowledge, pairs, key).get(key, np.zeros(len(pairs))), nan=0.0)

    @cached_property
    def _known(self) -> dict[str, Scores]:
        """Every baseline that can be computed here, by name."""
        related = self._related
        graph = related.known.training
        known: dict[str, Scores] = {}
        for name, formula in FORMULAS.items():
            if not formula.needs_interactions or graph.interactions is not None:
                known[name] = self._of_formula(name)
        for key in BASELINES:
            known[MEASURES[key].label] = self._of_measure(key)
        return known

    def _of_formula(self, name: str) -> Scores:
        rows: list = []
        once = threading.Lock()

        def scores(gene: int) -> np.ndarray:
            with once:  # it reads the whole graph, and visitors who came at the same moment would keep a copy each
                if not rows:
                    rows.append(FORMULAS[name].rows(self._related.known.training))
            return rows[0](gene, gene + 1)[0]

        return scores

    def _of_measure(self, key: str) -> Scores:
        def scores(gene: int) -> np.ndarray:
            genes = len(self._related.graph)
            numbers = measured(self._related.knowledge, with_every_gene(gene, genes), key)
            return np.nan_to_num(numbers.get(key, np.zeros(genes)), nan=0.0)

        return scores


def _best_baselines(run: Run) -> list[str]:
    """Names of the baselines in the metrics of a run, the best first."""
    table = run.metrics
    for metric, negative_kind in BEST_BY[question_of(run.spec)]:
        wanted = (table["metric"] == metric) & (table["negative_kind"] == negative_kind) & (table["part"] == "test")
        wanted &= ~table["model"].isin(OWN_ROWS) & table["value"].notna()
        rows = pd.DataFrame(table.loc[wanted])
        if len(rows):
            return rows.sort_values("value", ascending=False, kind="stable")["model"].tolist()
    return list(WITHOUT_METRICS)
