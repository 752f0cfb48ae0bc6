"""The task `classify`: which of a few classes is a gene in?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from jaxtyping import Bool, Float32, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.datasets.classes import AUTO, GeneClasses, gene_classes
from slviz.errors import DataError, InvalidSetting
from slviz.features import FeatureSet
from slviz.splits import PairSplit
from slviz.splits.class_parts import refuse_few_to_sample, refuse_poor_parts
from slviz.tasks.task import Task

if TYPE_CHECKING:
    from torch import Tensor


NO_SAMPLING, SMOTE = "none", "smote"


@dataclass(frozen=True)
class Classify(Task):
    """Which class is a gene in: its pathway, its place in the cell, or what the data set says."""

    name: ClassVar[str] = "classify"
    metric: ClassVar[str] = "macro_f1"
    higher_is_better: ClassVar[bool] = True
    about: ClassVar[Literal["pairs", "features", "classes"]] = "classes"
    classes: str = setting(
        AUTO,
        "A set of classes of the data set (auto takes its first), or two or more of its terms by name or id, with "
        "semicolons between them. A gene in none or in several of them has no class.",
    )
    class_weights: str = setting(
        "balanced",
        "Whether an error counts the more the rarer the class is (balanced), or each the same (equal). With equal, "
        "rare classes are soon never predicted.",
        options=("balanced", "equal"),
        advanced=True,
    )

    over_sampling: str = setting(
        NO_SAMPLING,
        "Whether genes are made up for rare classes until all have as many to learn from (smote, Chawla 2002): each "
        "lies between a training gene and one of its 5 nearest of the same class, in the features. Made-up genes have "
        "no partners, and are never validated or tested on.",
        options=(NO_SAMPLING, SMOTE),
        advanced=True,
        omit_default=True,
    )

    def classes_of(self, graph: GeneGraph) -> GeneClasses:
        """The classes that are asked about; raises `DataError` or `InvalidSetting` where the data set lacks them."""
        return gene_classes(graph, self.classes)

    def asks_like(self, other: Task) -> bool:
        return isinstance(other, Classify) and self.classes == other.classes

    @property
    def is_balanced(self) -> bool:
        """Whether an error counts the more the rarer the class is."""
        return self.class_weights == "balanced"

    @property
    def over_samples(self) -> bool:
        """Whether genes are made up for rare classes while it learns."""
        return self.over_sampling == SMOTE

    def asked_genes(self, graph: GeneGraph) -> Bool[np.ndarray, " genes"]:
        return self.classes_of(graph).label >= 0

    def refuse(self, graph: GeneGraph) -> None:
        names = self.classes_of(graph).names
        if len(names) == 1:
            raise DataError(
                f"The genes of '{graph.name}' that have a class are all of one class, '{names[0]}', so there is "
                "nothing to tell apart. Give a second class, or take another task."
            )

    def refuse_features(self, features: FeatureSet, graph: GeneGraph) -> None:
        if self.over_samples and not features.sources:
            raise InvalidSetting(
                f"over_sampling=smote makes genes up between others in their features, and features={features.name} "
                "gives all the same. Choose features, or over_sampling=none."
            )

    def refuse_split(self, graph: GeneGraph, split: PairSplit) -> None:
        classes = self.classes_of(graph)
        refuse_poor_parts(classes, split)
        if self.over_samples:
            refuse_few_to_sample(classes, split)

    def weights_of(self, label: Int64[np.ndarray, " genes"], *, classes: int) -> Float32[np.ndarray, " classes"]:
        """What an error on a gene of each class counts, 1 on average over the genes with these labels."""
        count = np.bincount(label, minlength=classes)
        if not self.is_balanced:
            return np.ones(classes, dtype=np.float32)
        return (len(label) / (np.count_nonzero(count) * np.maximum(count, 1))).astype(np.float32)

    def loss(self, raw: Tensor, target: Tensor, weights: Tensor) -> Tensor:
        """Weighted mean cross-entropy of raw numbers [N, K] with class numbers [N]."""
        from torch.nn.functional import cross_entropy

        return cross_entropy(raw, target, weight=weights)
