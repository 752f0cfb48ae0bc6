"""EvaluationProgress: how far the evaluation of a run has come, left for pages and told on the terminal."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from slviz.pipeline.time_left import evaluation_words
from slviz.pipeline.voice import Voice
from slviz.runs.worker import RunWriter

if TYPE_CHECKING:
    from slviz.training.steps import EvaluationStep

RECORDED_EVERY_SECONDS = 1.0
TOLD_EVERY_SECONDS = 15.0


class EvaluationProgress:
    """Called with every step; leaves one a second in the folder of the run, and tells one every fifteen.

    Raises `RunCancelled` where somebody asked the run to stop.
    """

    def __init__(self, writer: RunWriter, voice: Voice) -> None:
        self._writer = writer
        self._voice = voice
        self._recorded = -math.inf
        self._told = time.monotonic()

    def __call__(self, step: EvaluationStep) -> None:
        now = time.monotonic()
        if now - self._recorded >= RECORDED_EVERY_SECONDS:
            self._recorded = now
            self._writer.note_evaluation(step.share, step.seconds_left)
        if now - self._told >= TOLD_EVERY_SECONDS:
            self._told = now
            self._voice.tell(evaluation_words(step.share, step.seconds_left))
