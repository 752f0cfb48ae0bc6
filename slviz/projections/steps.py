"""Steps: the progress of a library that only prints it, told as ours."""

from __future__ import annotations

import re

from slviz.projections.method import OnProgress


class Steps:
    """A file to print to: the steps in what is printed are told to `on_progress`, whose errors end the printer's work.

    Args:
        on_progress: who is told.
        start: share of the whole work that was done before the first step.
        pattern: what a step is printed as; its first group is the step, its second, if any, how many there are.
        steps: how many there are, where the pattern does not say.
    """

    def __init__(self, on_progress: OnProgress, *, start: float, pattern: str, steps: int = 0) -> None:
        self.on_progress = on_progress
        self.start = start
        self.pattern = re.compile(pattern)
        self.steps = steps

    def write(self, text: str) -> int:
        match = self.pattern.search(text)
        if match:
            step, steps = int(match[1]), self.steps or int(match[2])
            share = self.start + (1 - self.start) * min(step / max(steps, 1), 1.0)
            self.on_progress(share, f"step {step:,} of {steps:,}")
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""
