"""Sessions of visitors who have gone are dropped when their time is over, though nobody comes or goes."""

from __future__ import annotations

import threading
import time
import weakref
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage

from slviz.ui import forgotten_sessions


class Session:
    """One that holds itself, as Streamlit's do."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.itself = self


def test_only_sessions_whose_time_is_over_are_dropped() -> None:
    storage, now = MemorySessionStorage(ttl_seconds=120), time.monotonic()
    sessions = {name: Session(name) for name in ("early", "late")}
    early, late = (weakref.ref(session) for session in sessions.values())
    for name, moment in (("early", now - 110), ("late", now)):
        storage._cache._timer = lambda moment=moment: moment  # pyright: ignore[reportAttributeAccessIssue]
        storage.save(SimpleNamespace(session=sessions.pop(name)))  # pyright: ignore[reportArgumentType]
    assert early() is not None
    storage._cache._timer = lambda: now + 20  # pyright: ignore[reportAttributeAccessIssue]
    assert forgotten_sessions.forget(storage) == 1
    forgotten_sessions.give_back(collect=True)
    assert early() is None
    assert late() is not None
    assert forgotten_sessions.forget(storage) == 0


@pytest.mark.parametrize("server", [None, MagicMock(spec=Runtime)])
def test_nothing_is_begun_without_a_server(server: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runtime, "_instance", server)
    forgotten_sessions.watch.clear()
    forgotten_sessions.watch()
    assert forgotten_sessions.THREAD not in [thread.name for thread in threading.enumerate()]
