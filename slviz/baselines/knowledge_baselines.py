"""Baselines from what a data set says of a pair beside its list: interactions, paralogs, terms, papers, screens."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import MEASURES, baseline_measures
from slviz.scorers.tested_pairs import Tests

EARLIER = "earlier screens"
SAME_AS_A_FORMULA = MEASURES["interaction_product"].label
"""The formula `PPI degree product` is the same number, and stands in the tables of known pairs already."""


def knowledge_baselines(
    graph: GeneGraph, pairs: Int64[np.ndarray, "pairs 2"]
) -> dict[str, Float32[np.ndarray, " pairs"]]:
    """A score for each pair, by baseline; higher means more likely real, what is not known counts as least.

    As far as the data set has what they read. None of them learns from known pairs, so they are the same for every
    split. `earlier screens` is the share of screens that had the very pair as a hit, drawn towards the share of all.
    """
    scores = baseline_measures(PairKnowledge(graph), pairs)
    if graph.interactions is not None:
        scores.pop(SAME_AS_A_FORMULA, None)
    if graph.screens is not None and len(graph.screens):
        scores[EARLIER] = earlier_screens(every_test(graph), pairs)
    return {label: np.asarray(score, dtype=np.float32) for label, score in scores.items()}


def earlier_screens(
    tests: Tests, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray | None = None
) -> np.ndarray:
    """(hits + share of hits among all tests) / (screens that tested the pair + 1); `without` as in `Tests.counts`."""
    hits, others = tests.counts(pairs, without=without)
    return (hits + tests.hit.mean()) / (hits + others + 1)


def every_test(graph: GeneGraph) -> Tests:
    """All that any screen says, held out or not."""
    assert graph.screens is not None, "who asks has screens"
    parts = [(name, graph.screens.tested(name)) for name in graph.screens.names]
    return Tests(
        np.concatenate([tested.pairs for _, tested in parts]),
        np.concatenate([tested.hit for _, tested in parts]),
        np.concatenate([np.full(len(tested), name, dtype=object) for name, tested in parts]),
        len(graph),
    )
