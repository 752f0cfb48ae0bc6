"""The model `bench`: a logistic regression over a few measures of a pair, for experiments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import measured
from slviz.networks.baseline import svd_embedding
from slviz.networks.model import Fitted, Model, Training
from slviz.scorers.bench_scorer import BenchScorer, calibration, columns_of, fit_bench
from slviz.scorers.tested_pairs import Tests
from slviz.scorers.training_graph import RANK
from slviz.splits.pair_split import HIT
from slviz.tasks import Task

FIRST = "first"
MEASURES_READ = {
    "essentials": (
        "literature_beyond_chance",
        "shared_essential",
        "systematic_beyond_chance",
        "paralog_identity_squared",
        "same_yeast_ortholog",
        "both_yeast_orthologs",
        "yeast_essential",
        "complex_essentiality",
        "coessential_jaccard",
        "term_essentiality",
        "lower_expression",
    ),
    FIRST: (
        "literature_shared",
        "systematic_jaccard",
        "paralog_identity_squared",
        "coessential_jaccard",
        "same_yeast_ortholog",
        "yeast_essential",
        "lower_expression",
    ),
}
"""By name, the default first; `benchmarks/RESULTS.md` tells how they were chosen, and what that choice is worth where
it is made without the screen that evaluates."""

PARTS_READ = (
    "relation literature",
    "relation systematic",
    "relation paralogs",
    "relation families",
    "gene set coessential",
    "gene columns",
)
PARTS_OF_ESSENTIALS = ("gene set complexes",)
"""Parts of a data set that the measures, or the range of the answers, are taken from (`GeneGraph.digests`)."""


@dataclass(frozen=True)
class Bench(Model):
    """Logistic regression over what is known of a pair, fitted on tested hits and non-hits; its numbers can be read."""

    name: ClassVar[str] = "bench"
    penalty: float = setting(
        3.0,
        "How strongly coefficients are held near 0. A strong hold makes each the share of what its measure tells "
        "alone, which holds better in screens that were not learnt from.",
        low=0.001,
        high=1000.0,
        advanced=True,
    )
    level: float = setting(
        0.8,
        "How often the answers “hit”, “no hit” and “cannot say” are to leave the truth open: of the hits, and of the "
        "pairs that are none, this share keeps its own class among what is possible.",
        low=0.5,
        high=0.99,
    )
    measures: str = setting(
        "essentials",
        "What is read of a pair: measures that also say whether the two genes work where cells need them "
        "(essentials), or the seven of the first version (first).",
        options=tuple(MEASURES_READ),
        advanced=True,
        omit=FIRST,
    )

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        parts = PARTS_READ if self.measures == FIRST else (*PARTS_READ, *PARTS_OF_ESSENTIALS)
        return tuple(name for name in parts if name in graph.digests)

    @property
    def embedding_width(self) -> int:
        return RANK

    @property
    def needs_data(self) -> bool:
        return True

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        if task.positives != HIT:
            raise InvalidSetting(
                f"The model '{self.name}' learns from tested hits and non-hits, and the task '{task.name}' has none. "
                "Take --task screen, or another model."
            )
        if not self._keys(PairKnowledge(graph)):
            raise InvalidSetting(
                f"The model '{self.name}' reads interactions, paralogs, co-essential modules, yeast orthologs or "
                f"expression, and the data set '{graph.name}' has none of them. Take another model."
            )

    def fit(self, training: Training) -> Fitted:
        """Fitted on the tests of training and validation alike: nothing is chosen by validation."""
        knowledge = PairKnowledge(training.graph)
        tests = Tests.of(training.split, "train", "validation")
        keys = self._keys(knowledge)
        columns = columns_of(knowledge, keys, tests.pairs)
        fitted = fit_bench(knowledge, tests, columns, keys=keys, penalty=self.penalty)
        conformal = calibration(fitted, columns, penalty=self.penalty, level=self.level)
        scorer = dataclasses.replace(fitted, conformal=conformal)
        return Fitted(svd_embedding(training.split), scorer, scorer.arrays())

    def scorer(
        self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None
    ) -> BenchScorer:
        assert graph is not None, "these scores need the data set: see Model.needs_data"
        return BenchScorer.from_arrays(arrays, knowledge=PairKnowledge(graph))

    def _keys(self, knowledge: PairKnowledge) -> tuple[str, ...]:
        """Those of the chosen measures that the data set gives."""
        nobody = np.zeros((0, 2), dtype=np.int64)
        return tuple(measured(knowledge, nobody, *MEASURES_READ[self.measures]))
