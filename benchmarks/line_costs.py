"""What each line of slviz costs in processor time, with all that it calls outside slviz."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

Line = tuple[str, int, str]
"""File below the checkout, line, and the function that it is in."""


class LineCosts:
    """Counts processor seconds of threads that run while it is on, by the innermost line of slviz.

    Calls outside slviz count for the line that made them, so they are what a change of that line can save. Every call
    is watched, which lengthens what makes many calls; the seconds are for comparing lines with each other.
    """

    def __init__(self, root: Path) -> None:
        self.seconds: Counter[Line] = Counter()
        self._folders = tuple(f"{root}/{part}" for part in ("slviz", "pages", "app.py"))
        self._root = f"{root}/"

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watch every thread that starts within the block."""
        threading.setprofile(self._begin)
        try:
            yield
        finally:
            threading.setprofile(None)  # pyright: ignore[reportArgumentType]

    def _begin(self, frame: FrameType, event: str, argument: object) -> None:
        """The first call in a new thread: watch it by a counter of its own."""
        watch = self._watch()
        sys.setprofile(watch)
        watch(frame, event, argument)

    def _watch(self):
        ours: list[FrameType] = []
        seconds, folders, root, clock = self.seconds, self._folders, self._root, time.thread_time
        last = clock()

        def watch(frame: FrameType, event: str, argument: object) -> None:
            nonlocal last
            if ours:
                inner = ours[-1]
                code = inner.f_code
                seconds[(code.co_filename.removeprefix(root), inner.f_lineno, code.co_name)] += clock() - last
            if event == "call" and frame.f_code.co_filename.startswith(folders):
                ours.append(frame)
            elif event == "return" and ours and ours[-1] is frame:
                ours.pop()
            last = clock()

        return watch
