"""Whether a training over-fitted or stopped too soon, told from its losses; it abstains where these do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from slviz.runs.history import is_lower_better, metric_label, watched_metric
from slviz.text import percent

LOSSES = ("train_loss", "validation_loss")
FEWEST_EPOCHS = 20
FEWEST_IN_A_WINDOW = 5
RISE, FALL, LITTLE = 0.05, 0.02, 0.05
"""Shares of a loss: a rise that counts, a fall that is not over yet, and a fall over all epochs that is little."""
NOISE = 2.0
"""A change counts beyond so many standard deviations of single epochs around their smoothed curve."""
HOW = (
    f"Losses are smoothed over a tenth of the epochs (at least {FEWEST_IN_A_WINDOW}). Over-fitting: at the end the "
    f"validation loss lies more than {percent(RISE)}, and {NOISE:g} standard deviations of single epochs, above its "
    f"lowest, while the training loss fell on. Under-fitting: in the last tenth both losses still fell by more than "
    f"{percent(FALL)}, or the training loss fell by less than {percent(LITTLE)} in all. Fewer than {FEWEST_EPOCHS} "
    "epochs, or losses that are no numbers, tell nothing. The two losses are measured on different pairs, so the gap "
    "between them says little."
)
AS_DEVIATION = 1.4826
"""A median absolute deviation times this is the standard deviation of a normal distribution."""
Kind = Literal["over-fitted", "under-fitted", "settled", "unknown"]


@dataclass(frozen=True)
class FitVerdict:
    """What the losses of a training tell.

    Attributes:
        kind: "unknown" where they tell nothing.
        sentence: the same in words, with the numbers that it rests on.
    """

    kind: Kind
    sentence: str


@dataclass(frozen=True)
class Losses:
    """The losses of a training, smoothed. E epochs.

    Attributes:
        epochs: numbers of the epochs, [E].
        train, validation: smoothed over `window` epochs, [E].
        noise: standard deviation of single validation losses around the smoothed ones.
        window: how many epochs a smoothed value is the mean of, at most.
    """

    epochs: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    noise: float
    window: int

    @classmethod
    def of(cls, history: pd.DataFrame) -> Losses:
        """The losses of a history without holes."""
        window = max(FEWEST_IN_A_WINDOW, len(history) // 10) | 1  # odd, so that it has a middle
        train, validation = (_smoothed(history[name].to_numpy(float), window) for name in LOSSES)
        noise = _noise(history["validation_loss"].to_numpy(float), validation)
        return cls(history["epoch"].to_numpy(), train, validation, noise, window)

    @property
    def lowest(self) -> int:
        """The row of the lowest smoothed validation loss."""
        return int(np.argmin(self.validation))


def fit_verdict(history: pd.DataFrame) -> FitVerdict:
    """Over-fitted, under-fitted, settled, or unknown, by the rule that `HOW` puts into words.

    Args:
        history: as `Run.history`.
    """
    if len(history) < FEWEST_EPOCHS:
        few = f"{len(history)} epochs are too few to tell over-fitting from chance; it takes {FEWEST_EPOCHS}."
        return FitVerdict("unknown", few)
    if not np.isfinite(history[list(LOSSES)].to_numpy(float)).all():
        return FitVerdict("unknown", "Some losses are no numbers, so nothing is said of over- or under-fitting.")
    losses = Losses.of(history)
    return _over(losses, history) or _under(losses, history) or _settled(losses)


def _over(losses: Losses, history: pd.DataFrame) -> FitVerdict | None:
    low, end = losses.validation[losses.lowest], losses.validation[-1]
    if end - low <= max(RISE * abs(low), NOISE * losses.noise) or losses.train[-1] >= losses.train[losses.lowest]:
        return None
    return FitVerdict(
        "over-fitted",
        f"Over-fitting by the loss: from epoch {losses.epochs[losses.lowest]} on, the validation loss rose from "
        f"{low:.3g} to {end:.3g}{_in_brackets(low, end)}, while the training loss fell from "
        f"{losses.train[losses.lowest]:.3g} to {losses.train[-1]:.3g}.{_of_metric(losses, history)}",
    )


def _of_metric(losses: Losses, history: pd.DataFrame) -> str:
    """What the followed metric did meanwhile: it may still have become better."""
    column = watched_metric(history)
    if column is None or not np.isfinite(history[column].to_numpy(float)).all():
        return ""
    single = history[column].to_numpy(float)
    values = _smoothed(single, losses.window)
    before, after = float(values[losses.lowest]), float(values[-1])
    if abs(after - before) <= _noise(single, values):
        return (
            f" {metric_label(column)} on validation stayed at {after:.3f}: predictions became more extreme, not worse."
        )
    change = f"{metric_label(column)} on validation went from {before:.3f} to {after:.3f}"
    if (after < before) == is_lower_better(column):
        return f" {change}, which is better: predictions became more extreme, and no worse by what is followed."
    return f" {change}, which is worse, too."


def _under(losses: Losses, history: pd.DataFrame) -> FitVerdict | None:
    first, train_end = float(history["train_loss"].iloc[0]), float(losses.train[-1])
    before = len(losses.epochs) - 1 - losses.window
    falls = [-_rise(loss[before], loss[-1]) for loss in (losses.train, losses.validation)]
    is_noise = losses.validation[before] - losses.validation[-1] <= losses.noise
    if min(falls) > FALL and not is_noise:
        return FitVerdict(
            "under-fitted",
            f"Not finished learning (under-fitting): over the last {losses.window} epochs the training loss still fell "
            f"by {percent(falls[0])} to {train_end:.3g} and the validation loss by {percent(falls[1])} to "
            f"{losses.validation[-1]:.3g}. More epochs may help.",
        )
    if first > 0 and 1 - train_end / first < LITTLE and losses.validation[-1] > (1 - LITTLE) * losses.validation[0]:
        return FitVerdict(
            "under-fitted",
            f"Little was learnt (under-fitting): the training loss went from {first:.3g} to {train_end:.3g} in "
            f"{len(history)} epochs.",
        )
    return None


def _settled(losses: Losses) -> FitVerdict:
    low, end = losses.validation[losses.lowest], losses.validation[-1]
    where = f"{percent(_rise(low, end), digits=1)} above its lowest ({low:.3g}, epoch {losses.epochs[losses.lowest]})"
    if losses.lowest == len(losses.validation) - 1:
        before = len(losses.validation) - 1 - losses.window
        falls = max(-_rise(losses.validation[before], end), 0.0)
        where = f"its lowest; over the last {losses.window} epochs it fell by {percent(falls, digits=1)}"
    return FitVerdict(
        "settled",
        f"No sign of over- or under-fitting: the validation loss ended at {end:.3g}, {where}; single epochs scatter by "
        f"{losses.noise:.2g}.",
    )


def _rise(before: float, after: float) -> float:
    """By what share of itself a loss rose; 0 for one that was 0 before, of which there is no share."""
    return after / before - 1 if before > 0 else 0.0


def _in_brackets(before: float, after: float) -> str:
    return f" ({percent(_rise(before, after), signed=True)})" if before > 0 else ""


def _smoothed(values: np.ndarray, window: int) -> np.ndarray:
    """The mean over `window` values around each, and at both ends over those that are there."""
    ones = np.ones(window)
    return np.convolve(values, ones, mode="same") / np.convolve(np.ones(len(values)), ones, mode="same")


def _noise(values: np.ndarray, smoothed: np.ndarray) -> float:
    """Standard deviation of values around their smoothed curve, by the median: a steep beginning is no noise."""
    return AS_DEVIATION * float(np.median(np.abs(values - smoothed)))
