"""The task `reconstruct`: a graph autoencoder that gives the genes' features back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from slviz.errors import InvalidSetting
from slviz.features import FeatureSet
from slviz.tasks.task import Task


@dataclass(frozen=True)
class Reconstruct(Task):
    """Give the genes' features back from fewer numbers: a map of features smoothed over the graph."""

    name: ClassVar[str] = "reconstruct"
    metric: ClassVar[str] = "rmse"
    higher_is_better: ClassVar[bool] = False
    about: ClassVar[Literal["pairs", "features", "classes"]] = "features"

    def refuse_features(self, features: FeatureSet) -> None:
        if not features.sources:
            raise InvalidSetting(
                f"The task '{self.name}' gives features back, and the feature set '{features.name}' has none but "
                "a constant. Take ppi, go or both."
            )
