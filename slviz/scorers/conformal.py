"""Conformal answers: "hit", "no hit" or "cannot say", right as often as they claim (split conformal, Mondrian).

For each class the scores of pairs whose class is known, from models that never saw them, say how unusual a score would
be in that class; a class stays possible as long as the score is not among its most unusual ones (Vovk, Gammerman &
Shafer 2005; by class and by group of pairs: Mondrian). Of the hits, and of the non-hits, each by itself, at least the
promised share keeps its own class among the possible ones, however rare hits are in a new screen; as far, that is,
as the new screen is like those that were calibrated on, which is why coverage is measured on whole held-out screens.
Each screen is calibrated by itself and the p-values are averaged: pooled over screens, the unusual pairs of a strange
screen would pass for usual ones of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float64, Int64

from slviz.scorers.stored_arrays import stored

HIT, NO_HIT, CANNOT_SAY, OUTSIDE = "hit", "no hit", "cannot say", "outside its range"
ANSWERS = (HIT, NO_HIT, CANNOT_SAY, OUTSIDE)
ROUNDING = 1e-12
"""What 1 − 0.8 falls short of 0.2."""
PREFIX = "conformal."


@dataclass(frozen=True, eq=False)
class Conformal:
    """Scores of tested pairs out of fold, as what new pairs are compared with. C calibration pairs.

    Attributes:
        raw: float64 [C], scores before the last step, from models that did not see the pair.
        hit: bool [C].
        group: int64 [C], which kind of pair it is, such as paralogs or others.
        weight: float64 [C], how much each counts among those of its screen.
        level: share of each class that is to keep its own class among the possible ones.
        screen: int64 [C], number of the screen that tested the pair. Runs of earlier versions have one for all, whose
            `weight` keeps a large screen from drowning the others.
    """

    raw: Float64[np.ndarray, " calibration"]
    hit: Bool[np.ndarray, " calibration"]
    group: Int64[np.ndarray, " calibration"]
    weight: Float64[np.ndarray, " calibration"]
    level: float
    screen: Int64[np.ndarray, " calibration_or_none"] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.screen):
            object.__setattr__(self, "screen", np.zeros(len(self.raw), dtype=np.int64))

    def possible(
        self, raw: Float64[np.ndarray, " pairs"], group: Int64[np.ndarray, " pairs"]
    ) -> Bool[np.ndarray, "pairs 2"]:
        """Whether "hit" (first column) and "no hit" (second) are possible for pairs with these scores.

        A group is answered by its own pairs alone, and of each screen by a p-value of its own: how unusual a pair is
        differs from screen to screen, and a new pair comes from a new one. What is averaged over the screens counts the
        new pair in each, so that screens with few pairs of a class rule it out less easily: of n alike none can unless
        (n + 1)(1 − level) is 1 or more. A class of which no pair of the group is known stays possible.
        """
        answers = np.ones((len(raw), 2), dtype=bool)
        for of_group in np.unique(group):
            chosen = group == of_group
            for column, is_hit in enumerate((True, False)):
                known = (self.hit == is_hit) & (self.group == of_group)
                if known.any():
                    answers[chosen, column] = self._share(known, raw[chosen], is_hit=is_hit) > 1 - self.level + ROUNDING
        return answers

    def _share(self, known: np.ndarray, raw: np.ndarray, *, is_hit: bool) -> Float64[np.ndarray, " pairs"]:
        """The p-value of each pair, a mean over the screens in which pairs of the class are `known`."""
        unusual = -raw if is_hit else raw  # a low score is unusual for a hit, a high one for a non-hit
        calibration = -self.raw if is_hit else self.raw
        of_screens = [
            at_least(calibration[inside], self.weight[inside], unusual)
            for screen in np.unique(self.screen[known])
            if (inside := known & (self.screen == screen)).any()
        ]
        return np.mean(of_screens, axis=0)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back."""
        return {
            f"{PREFIX}raw": self.raw,
            f"{PREFIX}hit": self.hit.astype(np.uint8),
            f"{PREFIX}group": self.group.astype(np.int32),
            f"{PREFIX}weight": self.weight,
            f"{PREFIX}screen": self.screen.astype(np.int32),
            f"{PREFIX}level": np.array([self.level]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Conformal:
        """What was stored; raises `DamagedRun` where an array is not there."""
        return cls(
            raw=stored(arrays, f"{PREFIX}raw").astype(np.float64),
            hit=stored(arrays, f"{PREFIX}hit").astype(bool),
            group=stored(arrays, f"{PREFIX}group").astype(np.int64),
            weight=stored(arrays, f"{PREFIX}weight").astype(np.float64),
            level=float(stored(arrays, f"{PREFIX}level")[0]),
            screen=arrays.get(f"{PREFIX}screen", np.empty(0)).astype(np.int64),  # not there in runs of earlier versions
        )


def at_least(
    calibration: Float64[np.ndarray, " known"],
    weight: Float64[np.ndarray, " known"],
    unusual: Float64[np.ndarray, " pairs"],
) -> Float64[np.ndarray, " pairs"]:
    """Weighted share of the calibration pairs that are as unusual as each pair, the pair itself counted among them.

    With equal weights (#{calibration ≥ unusual} + 1) / (C + 1), the conformal p-value; the pair itself weighs as much
    as the calibration pairs do on average (Tibshirani 2019).
    """
    order = np.argsort(calibration, kind="stable")
    above = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0)
    own = weight.mean()
    return (above[np.searchsorted(calibration[order], unusual, side="left")] + own) / (weight.sum() + own)


def in_words(possible: Bool[np.ndarray, "pairs 2"], in_range: Bool[np.ndarray, " pairs"]) -> np.ndarray:
    """One of `ANSWERS` a pair; where neither class is possible, nothing can be said either."""
    words = np.full(len(possible), CANNOT_SAY, dtype=object)
    words[possible[:, 0] & ~possible[:, 1]] = HIT
    words[possible[:, 1] & ~possible[:, 0]] = NO_HIT
    words[~in_range] = OUTSIDE
    return words
