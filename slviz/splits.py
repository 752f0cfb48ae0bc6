"""The held-out protocols and their negatives, frozen into the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import Choice, Choices, setting


@dataclass(frozen=True)
class Split(Choice):
    """Which pairs are held out."""

    name: ClassVar[str]


@dataclass(frozen=True)
class Pairs(Split):
    """Random pairs are held out, in folds."""

    name: ClassVar[str] = "pairs"
    folds: int = setting(5, "Number of parts of equal size.", low=2, high=20)
    fold: int = setting(0, "Which part is held out, counted from 0.", low=0, high=19)
    split_seed: int = setting(0, "Seed of the division.", low=0, high=2**31 - 1)


SPLITS: Choices[Split] = Choices("split", Pairs)
