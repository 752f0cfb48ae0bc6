"""The task `reconstruct`: a graph autoencoder that gives the genes' features back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.features import FeatureSet
from slviz.tasks.task import Task


@dataclass(frozen=True)
class Reconstruct(Task):
    """Give the genes' features back from fewer numbers: a map of features smoothed over the graph.

    With the feature set `none` that is the column of ones, as in the coursework: the loss falls to nothing, and what is
    learnt tells genes apart by the graph alone, where it does at all.
    """

    name: ClassVar[str] = "reconstruct"
    metric: ClassVar[str] = "rmse"
    higher_is_better: ClassVar[bool] = False
    about: ClassVar[Literal["pairs", "features", "classes"]] = "features"

    def refuse_features(self, features: FeatureSet, graph: GeneGraph) -> None:
        """Filled values are no truth to be tested against, and a rule such as the mean has read the test genes."""
        filled = features.filled(graph)
        if filled:
            raise InvalidSetting(
                f"The task '{self.name}' gives features back and is tested on them, and values of '{filled[0]}' were "
                f"missing in the data set '{graph.name}' and are filled. Take features that are whole, such as 'none', "
                "or another task."
            )
