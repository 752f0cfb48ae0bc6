"""Is attention faithful? An edge ablation's falls → a verdict with its interval, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

RESAMPLES = 2000
INTERVAL = (0.025, 0.975)
FEWEST_GENES = 5
CLEAR = 0.95
"""Share of the draws whose fall the most attended edges must exceed for one gene."""
SLIGHT = 0.01
"""A fall below this, of a score from 0 to 1, is too small to mean anything."""


@dataclass(frozen=True)
class Tested:
    """What a test was made on, in the words of its sentence.

    Attributes:
        noun: one of them.
        prediction: whose fall is told.
        is_many: whether that is a plural: "fall" instead of "falls".
        slight: a fall of up to this is too small to mean anything.
        unit: of the fall, after a number.
    """

    noun: str
    prediction: str
    is_many: bool
    slight: float
    unit: str

    def told(self, verb: str) -> str:
        """Such as "the predicted confidence falls"."""
        return f"{self.prediction} {verb}{'' if self.is_many else 's'}"


GENES = Tested("gene", "the score of the best new partners", False, SLIGHT, "the score")
LOG_ODDS = Tested("pair", "the log-odds of the prediction", True, 0.1, "log-odds")
"""The odds change by a tenth; a network that learnt nothing moves those of most pairs by less."""
CONFIDENCE = Tested("pair", "the predicted confidence", False, SLIGHT, "the confidence")


@dataclass(frozen=True)
class Faithfulness:
    """Whether predictions need the edges that attention favours.

    Attributes:
        faithful: whether removing them hurts more than removing others, beyond chance.
        count: how many genes, or pairs, were tested.
        top, random: mean fall of the prediction without the most attended edges, and without others.
        low, high: 95 % interval of the difference over genes (bootstrap), or the 5 % and 95 % quantile of the
            fall without others for a single gene.
        beaten: share of draws that fall less than the most attended edges make it fall, an equal fall counted half,
            mean over genes; 0.5 by chance.
        tested: what was tested.
    """

    faithful: bool
    count: int
    top: float
    random: float
    low: float
    high: float
    beaten: float
    tested: Tested = GENES

    @property
    def sentence(self) -> str:
        """The result for a reader who knows no statistics."""
        noun = self.tested.noun
        where = f"for this {noun}" if self.count == 1 else f"in this run ({self.count} {noun}s tested)"
        others = f"without as many others by {_two_digits(self.random)}"
        if self.count == 1:
            others += f" ({_two_digits(self.low)} to {_two_digits(self.high)})"
        else:
            others += f" (difference {self.top - self.random:+.4f}, 95 % interval {self.low:+.4f} to {self.high:+.4f})"
        return (
            f"Attention is {'faithful' if self.faithful else 'not faithful'} {where}: {self._why}. Without the most "
            f"attended edges {self.tested.told('fall')} by {_two_digits(self.top)}, {others}."
        )

    @property
    def _why(self) -> str:
        if self.faithful:
            return "predictions need the edges that it favours more than others"
        if self.top <= self.tested.slight:
            least = f"{self.tested.slight:g} of {self.tested.unit}"
            return f"without the edges that it favours predictions hardly change (by at most {least})"
        return "predictions need the edges that it favours no more than others"


def _two_digits(value: float) -> str:
    """Four decimals; what rounds to nothing has no sign."""
    return f"{round(value, 4) + 0.0:.4f}"


def faithfulness(
    fall_top: Float[np.ndarray, " tested"],
    fall_random: Float[np.ndarray, "tested draws"],
    *,
    tested: Tested = GENES,
    seed: int = 0,
) -> Faithfulness:
    """The verdict on one gene or pair, or on several.

    Several: faithful when the interval of the mean difference, genes drawn anew 2,000 times, lies
    above 0. One alone: when the most attended edges exceed 95 % of the draws. In both cases the fall must be
    more than `tested.slight`. Fewer than five are too few for an interval and never found faithful.
    """
    top, random = np.asarray(fall_top, dtype=np.float64), np.asarray(fall_random, dtype=np.float64)
    beaten = float(((top[:, None] > random) + 0.5 * (top[:, None] == random)).mean())
    if len(top) == 1:
        low, high = np.quantile(random[0], [0.05, 0.95])
        faithful = beaten >= CLEAR and top[0] > tested.slight
    else:
        difference = top - random.mean(axis=1)
        chosen = np.random.default_rng(seed).integers(0, len(top), size=(RESAMPLES, len(top)))
        low, high = np.quantile(difference[chosen].mean(axis=1), INTERVAL)
        faithful = len(top) >= FEWEST_GENES and low > 0 and top.mean() > tested.slight
    return Faithfulness(
        faithful=bool(faithful),
        count=len(top),
        top=float(top.mean()),
        random=float(random.mean()),
        low=float(low),
        high=float(high),
        beaten=beaten,
        tested=tested,
    )
