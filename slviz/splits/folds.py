"""Folded: what the protocols that hold out one of several folds have in common."""

from __future__ import annotations

from dataclasses import dataclass

from slviz.choices import setting
from slviz.errors import InvalidSetting
from slviz.splits.split import Split


@dataclass(frozen=True)
class Folded(Split):
    """A split of which one fold is held out."""

    folds: int = setting(5, "Number of parts of equal size; one of them is held out.", low=2, high=20, advanced=True)
    fold: int = setting(0, "Which part is held out, counted from 0.", low=0, high=19, advanced=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fold >= self.folds:
            raise InvalidSetting(f"fold={self.fold} is outside the range 0 to {self.folds - 1} of {self.folds} folds.")
