"""Fitting `multiview` to experiments: how much measures, trees, paths and the embedding count, by inner screens."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import measured
from slviz.scorers.bench_scorer import BenchScorer, columns_of, fit_bench
from slviz.scorers.blend_scorer import OF_MEASURES, Blend, BlendScorer, raw_decoder
from slviz.scorers.experiment_scorer import LEVEL, ExperimentScorer
from slviz.scorers.head import StructuralHead
from slviz.scorers.inner_folds import in_whole_folds
from slviz.scorers.pair_features import PairFeatures
from slviz.scorers.seen_pairs import SeenPairs, untested_rows
from slviz.scorers.similarity import Similarity
from slviz.scorers.tested_before import calibrated_on, fit_beside_earlier
from slviz.scorers.tested_pairs import Tests
from slviz.scorers.trees import Trees, fit_trees
from slviz.splits import PairSplit

SHARED = "features of tested pairs"
NO_BOUNDS = np.empty(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class TestedFeatures:
    """What the views say of every pair that any screen tested, counted on known pairs that none did. T pairs.

    No label is read, and no tested pair, so fits without one screen or another read the same numbers.

    Attributes:
        seen: the known pairs.
        features: of any pair.
        keys: int64 [T], of the tested pairs, ascending.
        numbers: float32 [T, F], their features.
    """

    __test__ = False  # for pytest: the name begins with "Test"

    seen: SeenPairs
    features: PairFeatures
    keys: Int64[np.ndarray, " tested"]
    numbers: Float32[np.ndarray, "tested features"]

    @classmethod
    def of(cls, graph: GeneGraph, split: PairSplit, *, views: tuple[str, ...]) -> TestedFeatures:
        """Of the pairs that the screens of `graph` tested, counted on the untested known pairs of `split`."""
        rows = untested_rows(split)
        seen = SeenPairs.of(graph, split.pairs[rows], split.score[rows])
        features = PairFeatures(seen, Similarity.of(graph), views=views)
        assert graph.screens is not None, "the task refuses a data set without"
        keys = np.unique(pair_keys(graph.screens.pairs, len(graph)))
        pairs = np.stack(np.divmod(keys, len(graph)), axis=1)
        return cls(seen, features, keys, features.at(pairs))

    def at(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, "pairs features"]:
        """The features of tested pairs."""
        return self.numbers[np.searchsorted(self.keys, pair_keys(pairs, self.features.genes))]


@dataclass(frozen=True, eq=False)
class _Tested:
    """Tests with all that a fit reads of them: measures [R, K] and the features of views [R, F]."""

    tests: Tests
    knowledge: PairKnowledge
    keys: tuple[str, ...]
    penalty: float
    measures: Float64[np.ndarray, "rows measures"]
    features: Float32[np.ndarray, "rows features"]
    seed: int

    def linear(self, rows: Bool[np.ndarray, " rows"]) -> BenchScorer:
        """The measures weighed by those tests alone."""
        return fit_bench(
            self.knowledge, self.tests.keep(rows), self.measures[rows], keys=self.keys, penalty=self.penalty
        )

    def trees(self, rows: Bool[np.ndarray, " rows"]) -> Trees:
        """Trees over the features of the views, fitted on those tests alone."""
        tests = self.tests.keep(rows)
        weight = tests.balanced() * len(tests)
        return fit_trees(self.features[rows], tests.hit, weight=weight, values=False, seed=self.seed)


def fit_screen_blend(
    graph: GeneGraph,
    split: PairSplit,
    *,
    embedding: Float32[np.ndarray, "genes width"],
    decoder: Mapping[str, np.ndarray],
    views: tuple[str, ...],
    measures: tuple[str, ...],
    penalty: float,
    seed: int,
    shared: dict[str, Any],
) -> tuple[ExperimentScorer, dict[str, np.ndarray]]:
    """What scores experiments, and the arrays that a run stores for it.

    Measures of a pair, weighed as by `bench`; trees over what the views say; paths and low rank of known pairs; and
    the raw number of an embedding that learnt from known pairs alone. How much each counts is fitted on inner folds of
    whole screens: every test is scored by a fit without its screen and its pairs. Nothing counts less than nothing.

    Args:
        graph: the data set.
        split: its split; tests of training and validation are read, and known pairs that no screen tested.
        embedding: of a network that saw no test.
        decoder: the arrays of its decoder.
        views: what the trees may look at.
        measures: keys of what is read of a pair, as far as the data set gives them.
        penalty: of their coefficients.
        seed: of the trees.
        shared: what other fits of the same run may read again.
    """
    if SHARED not in shared:
        shared[SHARED] = TestedFeatures.of(graph, split, views=views)
    tested: TestedFeatures = shared[SHARED]
    knowledge, tests = PairKnowledge(graph), Tests.of(split, "train", "validation")
    nobody = np.zeros((0, 2), dtype=np.int64)
    keys = tuple(measured(knowledge, nobody, *measures))
    read = _Tested(
        tests, knowledge, keys, penalty, columns_of(knowledge, keys, tests.pairs), tested.at(tests.pairs), seed
    )
    everything = np.ones(len(tests), dtype=bool)
    linear = dataclasses.replace(read.linear(everything), tests=tests.keep(~everything))
    head = StructuralHead(tested.features, read.trees(everything))
    network = raw_decoder(decoder)
    columns, chosen = _out_of_screen(read)
    columns = np.column_stack([columns, head.straight(read.features), network.score(embedding, tests.pairs)])
    constant, *counts, of_hits, of_non_hits = _counts(columns, tests, chosen=chosen).tolist()
    of_measures, *of_parts, of_network = counts
    parts = {OF_MEASURES: of_measures, **dict(zip(head.part_names, of_parts, strict=True))}
    base = BlendScorer(head, network, embedding, Blend(constant, of_network, parts), NO_BOUNDS, linear)
    scorer = ExperimentScorer(base, knowledge, 0.0, 1.0, of_hits, of_non_hits, tests)
    as_new = constant + columns @ np.array(counts)
    scorer = dataclasses.replace(scorer, conformal=calibrated_on(scorer, as_new, chosen=chosen, level=LEVEL))
    return scorer, {**decoder, **base.arrays(tested.seen), **scorer.arrays()}


def _out_of_screen(read: _Tested) -> tuple[Float64[np.ndarray, "rows 2"], Bool[np.ndarray, " rows"]]:
    """What measures and trees say of each test by fits without its screen and its pairs; and which tests have that."""
    tests = read.tests
    columns = np.zeros((len(tests), 2))
    chosen = np.zeros(len(tests), dtype=bool)
    for of_screen, rest in _without(tests, tests.screen):
        chosen |= of_screen
        fitted = read.linear(rest)
        columns[of_screen, 0] = fitted.constant + fitted.parts_of(read.measures[of_screen]).sum(axis=1)
    folds = in_whole_folds(np.unique(tests.screen.astype(str), return_inverse=True)[1])
    for of_fold, rest in _without(tests, folds):
        columns[of_fold, 1] = read.trees(rest).raw(read.features[of_fold])
    return columns, chosen


def _without(tests: Tests, group: np.ndarray) -> Iterator[tuple[Bool[np.ndarray, " rows"], Bool[np.ndarray, " rows"]]]:
    """The tests of each group, and those of other groups and other pairs; without a group that leaves no hits."""
    keys = pair_keys(tests.pairs, tests.genes)
    for name in sorted(set(group.tolist())):
        of_group = group == name
        rest = ~of_group & ~np.isin(keys, keys[of_group])
        if tests.keep(rest).balanced().any():
            yield of_group, rest


def _counts(
    columns: Float64[np.ndarray, "rows columns"], tests: Tests, *, chosen: Bool[np.ndarray, " rows"]
) -> Float64[np.ndarray, " numbers"]:
    """As `fit_beside_earlier`; measures alone where no inner screen can tell how much the others count."""
    if tests.keep(chosen).balanced().any():
        return fit_beside_earlier(columns, tests, chosen=chosen)
    numbers = np.zeros(columns.shape[1] + 3)
    numbers[1] = 1.0
    return numbers
