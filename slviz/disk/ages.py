"""Ages of files by a clock that may have been set back: what lies in the future is old, never new."""

from __future__ import annotations

import time
from pathlib import Path

SKEW_SECONDS = 5.0
"""By so much the clock of a file server may be ahead of this machine's."""


def age_seconds(path: Path) -> float | None:
    """Seconds since the file was last written; negative for one from the future, None where there is none."""
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return None


def is_recent(path: Path, seconds: float) -> bool:
    """Whether the file was written less than so many seconds ago; a file from the future was not."""
    age = age_seconds(path)
    return age is not None and -SKEW_SECONDS <= age < seconds


def is_old(path: Path, seconds: float) -> bool:
    """Whether the file is there and was written longer ago than that, or in the future."""
    return age_seconds(path) is not None and not is_recent(path, seconds)


def last_used(path: Path) -> float:
    """The time of last writing, to sort by; the beginning of time for a file from the future or one that is gone."""
    age = age_seconds(path)
    return 0.0 if age is None or age < -SKEW_SECONDS else time.time() - age
