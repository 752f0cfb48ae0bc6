"""The first visit of a fresh server is our own: it loads libraries, data set and run, so that nobody waits for them."""

from __future__ import annotations

import contextlib
import threading
import time
import urllib.request
from typing import Any

PAGES = ("", "embedding", "predictions")
"""What is opened, by its name in the address: between them they load what all pages need."""
LONGEST_START, LONGEST_PAGE = 60.0, 120.0
RERUN, PAGE_NAME = 11, 4
"""Numbers of `BackMsg.rerun_script` and `ClientState.page_name` in what Streamlit's browser sends."""
SCRIPT_FINISHED, EARLY = 6, 2
"""Number of `ForwardMsg.script_finished`, and its value where the page begins again at once."""


def begin(port: int) -> None:
    """Visit the server on this port of this machine in a thread of its own, as soon as it answers."""
    threading.Thread(target=visit, args=(port,), name="first visit", daemon=True).start()


def visit(port: int) -> bool:
    """Open the pages as a browser does; whether they were drawn. Where the server refuses, the first person waits."""
    from websockets.exceptions import WebSocketException  # Streamlit's server is made of it
    from websockets.sync.client import connect

    if not _answers(port):
        return False
    try:
        protocols: Any = ["streamlit"]
        with connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=protocols, max_size=None, proxy=None
        ) as server:
            return all(_draws(server, page) for page in PAGES)
    except (OSError, WebSocketException):  # such as a server that answers to other names, or asks for a certificate
        return False


def _draws(server: Any, page: str) -> bool:
    server.send(rerun(page))
    until = time.monotonic() + LONGEST_PAGE
    while (left := until - time.monotonic()) > 0:
        with contextlib.suppress(TimeoutError):
            if is_end(server.recv(timeout=left)):
                return True
    return False


def rerun(page: str) -> bytes:
    """The message by which a browser asks for a page (protobuf, written by hand: this process needs no Streamlit)."""
    name = page.encode()
    state = bytes([PAGE_NAME << 3 | 2, len(name)]) + name if name else b""
    return bytes([RERUN << 3 | 2, len(state)]) + state


def is_end(message: bytes) -> bool:
    """Whether a message of the server says that a page is drawn; it is read as far as that takes."""
    place = 0
    while place < len(message):
        tag, place = _number(message, place)
        size, place = _number(message, place)  # of what follows; or, where the tag's kind is 0, the value itself
        if tag == SCRIPT_FINISHED << 3:
            return size != EARLY
        if tag & 7 not in (0, 2):
            return False
        place += size if tag & 7 == 2 else 0
    return False


def _number(message: bytes, place: int) -> tuple[int, int]:
    """A number of protobuf, seven bits a byte, the lowest first; and the place behind it."""
    value = shift = 0
    while place < len(message):
        byte = message[place]
        value, shift, place = value | (byte & 127) << shift, shift + 7, place + 1
        if byte < 128:
            break
    return value, place


def _answers(port: int) -> bool:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2),
        ):
            return True
        time.sleep(0.1)
    return False
