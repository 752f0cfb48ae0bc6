"""What a data set cannot give: impossible runs are refused before any work, with the sentence that says why."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.errors import DataError, InvalidSetting, SlvizError
from slviz.runs.spec import RunSpec
from slviz.splits import HeldOut, PairSplit
from slviz.splits.class_parts import refuse_poor_parts
from slviz.tasks import Classify, PairTask, Reconstruct

JUDGES_WITH = {"train": ("learn from", 2), "validation": ("validate with", 1), "test": ("be judged by", 1)}


class SpecValidation:
    """Checks specs on one data set; each feature set and each split is tried once, however many runs share it."""

    def __init__(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> None:
        self.graph = graph
        self.held_out = held_out
        self._known: dict[str, PairSplit | SlvizError | None] = {}

    def check(self, spec: RunSpec) -> None:
        """Raises `InvalidSetting` or `DataError` where the run of `spec` could not be trained and judged."""
        spec.task.refuse(self.graph)
        refuse_network(spec, self.graph)
        refuse_constant(spec)
        self._once("features", spec.features.to_json(), lambda: self._features(spec))
        split = self._once("split", spec.split.to_json(), lambda: self._divided(spec))
        assert split is not None
        if isinstance(spec.task, PairTask):
            _refuse_unjudged(spec.task, split)
        if isinstance(spec.task, Classify):
            refuse_poor_parts(gene_classes(self.graph, spec.task.classes), split)

    def _once(self, kind: str, choice: dict, make: Callable[[], PairSplit | None]) -> PairSplit | None:
        key = json.dumps([kind, choice], sort_keys=True)
        if key not in self._known:
            try:
                self._known[key] = make()
            except SlvizError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, SlvizError):
            raise found
        return found

    def _features(self, spec: RunSpec) -> None:
        spec.features.matrix(self.graph)

    def _divided(self, spec: RunSpec) -> PairSplit:
        return spec.split.divide(self.graph, held_out=self.held_out)


def refuse_network(spec: RunSpec, graph: GeneGraph) -> None:
    """Raises `InvalidSetting` where the network does not do the task, or reads what the data set does not have."""
    spec.network.refuse(
        spec.task.name, scores_pairs=isinstance(spec.task, PairTask), interactions=graph.interactions is not None
    )


def refuse_constant(spec: RunSpec) -> None:
    """Raises `InvalidSetting` where features are to be given back and there are none but a constant."""
    if isinstance(spec.task, Reconstruct) and not spec.features.sources:
        raise InvalidSetting(
            f"The task '{spec.task.name}' gives features back, and the feature set '{spec.features.name}' has none but "
            "a constant. Take ppi, go or both."
        )


def _refuse_unjudged(task: PairTask, split: PairSplit) -> None:
    """A part without pairs, a confidence without scores, a test part with nothing to tell the pairs from."""
    for part, (purpose, fewest) in JUDGES_WITH.items():
        known = split.rows(part)
        if not task.contrasts:
            known = known[~np.isnan(split.score[known])]
        if len(known) < fewest:
            needed = f"{fewest} known pair{'s' if fewest > 1 else ''}{'' if task.contrasts else ' with a score'}"
            raise DataError(
                f"The task '{task.name}' needs at least {needed} to {purpose}; "
                f"this split leaves {len(known)}. Take another fold, split or data set."
            )
    if task.contrasts and not split.kinds_of_negatives:
        raise InvalidSetting("The test part has no non-pairs to tell its pairs from: give some, or take another split.")
