"""What visitors held is given back when they have gone: their sessions, what they uploaded, and free memory.

Streamlit keeps the session of a browser that has gone for `server.disconnectedSessionTTL` seconds, so that it may come
back. After that it forgets it only when the next one goes: fifty listeners who leave together stay in memory with all
they uploaded until somebody else comes and leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import threading
import time
from typing import Any

import streamlit as st
from streamlit import runtime

THREAD = "forgotten sessions"
LONGEST_WAIT = 10.0
"""Seconds for the server's own loop to answer."""


@st.cache_resource(show_spinner=False)
def watch() -> None:
    """Look after this server's sessions from now on, in a thread of its own; begun once, whoever calls it."""
    server: Any = runtime.get_instance() if runtime.exists() else None
    if type(server) is runtime.Runtime:  # and nothing that a test puts in its place
        every = max(float(st.get_option("server.disconnectedSessionTTL")) / 2, 1.0)
        threading.Thread(target=_look_after, args=(server, every), name=THREAD, daemon=True).start()


def _look_after(server: Any, every: float) -> None:
    while runtime.exists() and runtime.get_instance() is server:
        time.sleep(every)
        with contextlib.suppress(AttributeError, RuntimeError, TimeoutError):  # another Streamlit, or the server stops
            loop = server._get_async_objs().eventloop
            gone = asyncio.run_coroutine_threadsafe(_forget(server), loop).result(LONGEST_WAIT)
            give_back(collect=gone > 0)


async def _forget(server: Any) -> int:
    """Drop the sessions whose time is over, in the server's own loop, which alone may; how many."""
    return forget(server._session_mgr._session_storage)


def forget(storage: Any) -> int:
    """Drop those sessions of a `MemorySessionStorage` whose time is over; how many."""
    kept = storage._cache
    before = len(kept._data)
    return before - len(kept)  # to be asked for its length drops them


def give_back(*, collect: bool) -> None:
    """Give free memory to the system, where glibc is there; before, `collect` garbage: a session is a circle."""
    if collect:
        gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
