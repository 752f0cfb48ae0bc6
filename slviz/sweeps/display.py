"""One display for a sweep: what runs now and how far, how many are done and left, and when it will be over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TextIO

from slviz.errors import RunNotFound
from slviz.runs.store import RunStore
from slviz.sweeps.runner import Ending

SHOWN = 8
BAR = 30
EVALUATION = 0.1
"""Of a run's time, about so much comes after its last epoch."""
QUIET_SECONDS = 30.0
"""So often a display that cannot be redrawn says how far it is."""


class Display:
    """Redraws a few lines on a terminal; elsewhere writes a line an ending, and now and then how far it is."""

    def __init__(self, stream: TextIO, store: RunStore, total: int, *, epochs: dict[str, int]) -> None:
        self.stream = stream
        self.store = store
        self.total = total
        self.epochs = epochs
        self.done = 0
        self.bad = 0
        self.started = time.monotonic()
        self._drawn = 0
        self._said = self.started
        self._redraws = stream.isatty()

    def ended(self, ending: Ending) -> None:
        """Tell one ending."""
        self.done += 1
        self.bad += ending.end != "finished"
        self._erase()
        said = f"  {ending.message}" if ending.message else ""
        self.stream.write(f"[{self.done}/{self.total}] {ending.end:<9} {ending.run_id}{said}\n")
        self.stream.flush()

    def show(self, running: Sequence[str]) -> None:
        """Tell how far all is."""
        now = time.monotonic()
        if not self._redraws and now - self._said < QUIET_SECONDS:
            return
        self._said = now
        lines = self._lines(running)
        self._erase()
        self.stream.write("".join(f"{line}\n" for line in lines))
        self.stream.flush()
        self._drawn = len(lines) if self._redraws else 0

    def close(self) -> None:
        """Leave the terminal as it should be."""
        self._erase()
        self.stream.flush()

    def _erase(self) -> None:
        if self._drawn:
            terminal = getattr(self.stream, "as_it_is", self.stream)  # below what spells foreign marks out
            terminal.write(f"\x1b[{self._drawn}F\x1b[0J")
            self._drawn = 0

    def _lines(self, running: Sequence[str]) -> list[str]:
        share = {run_id: self._share(run_id) for run_id in running}
        units = self.done + sum(share.values())
        filled = round(BAR * units / self.total) if self.total else BAR
        left = self.total - self.done
        bar = "█" * filled + "░" * (BAR - filled)
        line = f"{bar} {self.done} done{f' ({self.bad} without a result)' if self.bad else ''}, {left} left, "
        lines = [line + self._time_left(units)]
        lines += [f"  {run_id:<40} {self._epoch(run_id)}" for run_id in list(running)[:SHOWN]]
        more = len(running) - SHOWN
        return lines + ([f"  and {more} more"] if more > 0 else [])

    def _time_left(self, units: float) -> str:
        elapsed = time.monotonic() - self.started
        if units < 0.05:
            return "time left unknown yet"
        return f"about {as_time(elapsed * (self.total - units) / units)} left"

    def _share(self, run_id: str) -> float:
        done, epochs = self._progress(run_id)
        return (1 - EVALUATION) * min(done / epochs, 1.0) if epochs else 0.0

    def _epoch(self, run_id: str) -> str:
        done, epochs = self._progress(run_id)
        if not epochs:
            return ""
        return "evaluating" if done >= epochs else f"epoch {done} of {epochs}"

    def _progress(self, run_id: str) -> tuple[int, int]:
        try:
            done = len(self.store.progress(run_id))
        except RunNotFound:  # its worker has not begun
            done = 0
        return done, self.epochs.get(run_id, 0)


def as_time(seconds: float) -> str:
    """Such as "8 s", "2 min" or "1 h 5 min"."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{round(whole / 60)} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
