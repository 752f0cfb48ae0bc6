"""What a data set cannot give: impossible runs are refused before any work, with the sentence that says why."""

from __future__ import annotations

import json
from collections.abc import Callable

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.runs.spec import RunSpec
from slviz.splits import HeldOut, PairSplit


class SpecValidation:
    """Checks specs on one data set; each feature set and each split is tried once, however many runs share it."""

    def __init__(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> None:
        self.graph = graph
        self.held_out = held_out
        self._known: dict[str, PairSplit | SlvizError | None] = {}

    def check(self, spec: RunSpec) -> None:
        """Raises `InvalidSetting` or `DataError` where the run of `spec` could not be trained and evaluated."""
        spec.task.refuse(self.graph)
        refuse_network(spec, self.graph)
        spec.task.refuse_features(spec.features, self.graph)
        self._once("features", spec.features.to_json(), lambda: self._features(spec))
        split = self._once("split", spec.split.to_json(), lambda: self._divided(spec))
        assert split is not None
        spec.task.refuse_split(self.graph, split)

    def _once(self, kind: str, choice: dict, make: Callable[[], PairSplit | None]) -> PairSplit | None:
        key = json.dumps([kind, choice], sort_keys=True)
        if key not in self._known:
            try:
                self._known[key] = make()
            except SlvizError as error:
                self._known[key] = error
        answer = self._known[key]
        if isinstance(answer, SlvizError):
            raise answer
        return answer

    def _features(self, spec: RunSpec) -> None:
        spec.features.matrix(self.graph)

    def _divided(self, spec: RunSpec) -> PairSplit:
        return spec.split.divide(self.graph, held_out=self.held_out)


def refuse_network(spec: RunSpec, graph: GeneGraph) -> None:
    """Raises `InvalidSetting` where the model does not do the task, or reads what the data set does not have."""
    spec.network.refuse(spec.task, graph)
    spec.network.refuse_features(spec.features, graph)
