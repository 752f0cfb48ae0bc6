"""What losses tell of over- and under-fitting, on curves made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slviz.results.fit_verdict import FEWEST_EPOCHS, fit_verdict

EPOCHS = np.arange(1, 101)
FLAT = 0.3 + 0.7 * np.exp(-EPOCHS / 8)
RISING = FLAT + np.clip(EPOCHS - 40, 0, None) * 0.002


def history(train: np.ndarray, validation: np.ndarray, **metrics: np.ndarray) -> pd.DataFrame:
    epochs = np.arange(1, len(train) + 1)
    return pd.DataFrame({"epoch": epochs, "train_loss": train, "validation_loss": validation, **metrics})


def noise(scale: float) -> np.ndarray:
    return np.random.default_rng(3).normal(size=100) * scale


@pytest.mark.parametrize(
    ("kind", "train", "validation"),
    [
        ("over-fitted", FLAT - 0.001 * EPOCHS, RISING),
        ("over-fitted", FLAT - 0.001 * EPOCHS, RISING + noise(0.01)),
        ("settled", FLAT + 0.001 * EPOCHS, RISING),  # the training loss does not fall on
        ("settled", FLAT - 0.001 * EPOCHS, RISING + noise(0.2)),  # the rise is lost in the noise
        ("settled", FLAT - 0.001 * EPOCHS, FLAT),
        ("under-fitted", 2 - 0.01 * EPOCHS, 2.2 - 0.01 * EPOCHS),
        ("under-fitted", np.full(100, 0.69), np.full(100, 0.69)),
        ("unknown", np.where(EPOCHS == 50, np.nan, FLAT), FLAT),
    ],
)
def test_what_the_losses_tell(kind: str, train: np.ndarray, validation: np.ndarray) -> None:
    assert fit_verdict(history(train, validation)).kind == kind


def test_losses_of_nothing_are_told_without_a_share() -> None:
    nothing = fit_verdict(history(np.zeros(100), np.zeros(100)))
    assert nothing.kind == "settled"
    assert "ended at 0, 0.0 % above its lowest (0," in nothing.sentence
    falling = fit_verdict(history(2 - 0.01 * EPOCHS, 1 - 1e-6 * EPOCHS))
    assert "ended at 1, its lowest; over the last" in falling.sentence
    rising = np.clip(EPOCHS - 40, 0, None) * 0.01
    assert "rose from 0 to 0.575, while" in fit_verdict(history(2 - 0.001 * EPOCHS, rising)).sentence


def test_a_short_training_tells_nothing() -> None:
    short = history(np.linspace(2, 1, FEWEST_EPOCHS - 1), np.linspace(2, 1, FEWEST_EPOCHS - 1))
    verdict = fit_verdict(short)
    assert verdict.kind == "unknown"
    assert "19 epochs are too few" in verdict.sentence


def test_the_sentence_has_the_numbers_and_what_the_metric_did_meanwhile() -> None:
    better = fit_verdict(history(FLAT - 0.001 * EPOCHS, RISING, ap=0.5 + EPOCHS / 1000)).sentence
    lowest = min(RISING[row - 5 : row + 6].mean() for row in range(5, 95))  # eleven epochs; at the end six are left
    assert f"rose from {lowest:.3g} to {RISING[-6:].mean():.3g}" in better
    assert "Average precision on validation went from 0.5" in better
    assert "which is better" in better
    worse = fit_verdict(history(FLAT - 0.001 * EPOCHS, RISING, rmse=0.5 + EPOCHS / 1000)).sentence
    assert "which is worse, too" in worse
