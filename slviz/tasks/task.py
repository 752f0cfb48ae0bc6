"""Task: what every entry of the table of tasks has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Bool

from slviz.choices import Choice
from slviz.datasets import GeneGraph
from slviz.errors import DataError, InvalidSetting
from slviz.features import FeatureSet
from slviz.splits import PairSplit

if TYPE_CHECKING:
    from torch import Tensor

FEWEST_PAIRS = {"train": ("learn from", 2), "validation": ("validate with", 1), "test": ("be evaluated by", 1)}
"""What a part is for, and how many known pairs it needs for that."""


@dataclass(frozen=True)
class Task(Choice):
    """What is predicted.

    Class attributes:
        metric: the metric (see `slviz.evaluation`) that picks the best epoch on validation.
        higher_is_better: its direction.
        positives: which rows of a split are to be told from the others: "known" pairs, or the "hit"s of screens.
        score_name: what its scores are called wherever they are shown, so that nobody takes one kind for another.
        default_split: name of the split that is taken where nobody names one; "" for that of all tasks.
        about: what is asked: a number for each pair of genes ("pairs"), the features of each gene ("features") or
            the class of each gene ("classes"). It decides how a network learns and how a run is evaluated.
    """

    name: ClassVar[str]
    metric: ClassVar[str]
    higher_is_better: ClassVar[bool]
    positives: ClassVar[str] = "known"
    score_name: ClassVar[str] = "score"
    default_split: ClassVar[str] = ""
    about: ClassVar[Literal["pairs", "features", "classes"]]

    @property
    def scores_pairs(self) -> bool:
        """Whether it is about pairs of genes."""
        return self.about == "pairs"

    @property
    def negative_kinds(self) -> tuple[str, ...]:
        """Kinds of negatives that known pairs are told from; none for a task about known pairs alone, or genes."""
        return ()

    def refuse(self, graph: GeneGraph) -> None:
        """Raises `DataError` or `InvalidSetting` when the data set lacks what the task needs; before any work."""

    def asks_like(self, other: Task) -> bool:
        """Whether the predictions of both tasks mean the same, so that one can be set beside the other."""
        return self.name == other.name or bool(self.negative_kinds and other.negative_kinds)

    @property
    def negatives_in_training(self) -> int:
        """How many negatives a known pair is told from while a model learns, of all kinds; 0: as each model has it."""
        return 0

    @property
    def ranks_unknown(self) -> bool:
        """Whether an evaluation also ranks every unknown pair, beside the pairs of the split."""
        return bool(self.negative_kinds)

    @property
    def of_evaluation(self) -> dict[str, Any]:
        """The settings that decide what is measured and nothing of what is learnt."""
        return {}

    @property
    def reads_mean(self) -> bool:
        """Whether a pair's number is the plain mean of its genes' numbers, with no decoder learnt."""
        return False

    def asked_genes(self, graph: GeneGraph) -> Bool[np.ndarray, " genes"]:
        """Of a task about genes: which of them are learnt from and evaluated."""
        return np.ones(len(graph), dtype=bool)

    def refuse_features(self, features: FeatureSet, graph: GeneGraph) -> None:
        """Raises `InvalidSetting` where the task cannot be asked about genes with these features; nothing here."""

    def refuse_split(self, graph: GeneGraph, split: PairSplit) -> None:
        """Raises `DataError` or `InvalidSetting` where a part is too poor to learn from, or to be evaluated by."""


@dataclass(frozen=True)
class PairTask(Task):
    """A task about pairs of genes: one number from the decoder for each pair."""

    about: ClassVar[Literal["pairs", "features", "classes"]] = "pairs"

    def refuse_split(self, graph: GeneGraph, split: PairSplit) -> None:
        """A part needs pairs, with scores where those are predicted; the test part something to tell its pairs from."""
        of_screens = bool(self.negative_kinds) and split.tests_screens
        for part, (purpose, fewest) in FEWEST_PAIRS.items():
            if part == "test" and of_screens:
                continue
            known = split.rows(part)
            if not self.negative_kinds:
                known = known[~np.isnan(split.score[known])]
            if len(known) < fewest:
                needed = (
                    f"{fewest} known pair{'s' if fewest > 1 else ''}{'' if self.negative_kinds else ' with a score'}"
                )
                raise DataError(
                    f"The task '{self.name}' needs at least {needed} to {purpose}; "
                    f"this split leaves {len(known)}. Take another fold, split or data set."
                )
        if self.negative_kinds and not of_screens and not split.kinds_of_negatives:
            raise InvalidSetting(
                "The test part has no negatives to tell its pairs from: give some, or take another split."
            )

    def loss(self, raw: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Mean loss of the decoder's raw numbers [P] against what is true [P], each pair counting `weight` [P]."""
        raise NotImplementedError
