"""What a server says of its work, a line each on its standard error: runs, further work, and slow reruns of pages.

    2026-11-27T07:12:03Z slviz work session=4f1c0a9be2d7 what="gat-both-link-3ec14a25" seconds=81.4 status=0

A session is a browser's tab, told by the start of a SHA-256 of Streamlit's own id; no line names a person, an address
or anything that a visitor typed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable

SLOW_SECONDS = "SLVIZ_SLOW_SECONDS"
USUALLY_SLOW = 2.0
NOBODY = "-"


def _in_nobodys() -> str | None:
    return None


_session_id: Callable[[], str | None] = _in_nobodys


def told_by(session_id: Callable[[], str | None]) -> None:
    """Let `session_id` say in whose session a thread works; None where in nobody's."""
    global _session_id
    _session_id = session_id


def session() -> str:
    """What the lines call the session of this thread; "-" outside one."""
    id = _session_id()
    return NOBODY if not id else hashlib.sha256(id.encode()).hexdigest()[:12]


def note(kind: str, *, of: str | None = None, **fields: object) -> None:
    """Write one line.

    Args:
        kind: "work" or "rerun".
        of: the session that it is about, as `session` calls it; that of this thread when left out.
        fields: further ones; texts stand in quotation marks, without anything that could end the line.
    """
    written = " ".join(f"{name}={_field(value)}" for name, value in fields.items())
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with contextlib.suppress(OSError, ValueError):  # nobody reads, or the stream is closed: work goes on
        print(f"{moment} slviz {kind} session={session() if of is None else of} {written}", file=sys.stderr, flush=True)


def slow_seconds() -> float:
    """From how many seconds on a rerun is slow: `SLVIZ_SLOW_SECONDS`, or 2 where that is no number."""
    try:
        return float(os.environ.get(SLOW_SECONDS, ""))
    except ValueError:
        return USUALLY_SLOW


def _field(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return str(value) if isinstance(value, int) else json.dumps(str(value))  # ASCII on one line, whatever it holds
