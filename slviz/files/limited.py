"""Work on an upload in a process of its own, with a bound on its memory and its time; never in the server.

    id = run_limited(bring_in, path, what="cells.h5ad", size_bytes=path.stat().st_size)

The child is `python -m slviz.files.child`. It gets a function that can be imported, and its arguments; it gives back
the value or the `SlvizError`. Where the system has no such bounds (Windows), the limit on time still holds.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from slviz import places
from slviz.errors import MalformedData, SlvizError
from slviz.files.answers import ForeignAnswer, taken_back
from slviz.files.limits import MEBIBYTE, MEMORY_MB, SECONDS, SMALL_MEMORY_MB, SMALL_SECONDS, Limit, shown

Value = TypeVar("Value")
MEMORY_RATIO = 20
"""Bytes of memory that reading may take for each byte of the file."""
BYTES_PER_SECOND = 1_500_000
WALL_RATIO, WALL_START_SECONDS = 3, 10
"""By the clock on the wall reading may take three times its computing time, and ten seconds to start."""
POLL_SECONDS = 0.1
LARGE_BYTES = 1 << 20
"""A text that is larger than this is read in a process of its own."""
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Each thread would set memory aside."""
VALUE, ERROR, MEMORY, DEFECT = "value", "error", "memory", "defect"
_places = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
_log = logging.getLogger(__name__)


def memory_bytes(size_bytes: int) -> int:
    """How much memory reading files of this size may take beyond what Python itself takes."""
    return min(MEMORY_MB.value * MEBIBYTE, max(SMALL_MEMORY_MB.value * MEBIBYTE, MEMORY_RATIO * size_bytes))


def cpu_seconds(size_bytes: int) -> int:
    """How many seconds reading files of this size may compute."""
    return min(SECONDS.value, max(SMALL_SECONDS.value, size_bytes // BYTES_PER_SECOND))


def wall_seconds(size_bytes: int) -> int:
    """How many seconds reading files of this size may take by the clock, on a machine that is busy."""
    return WALL_RATIO * cpu_seconds(size_bytes) + WALL_START_SECONDS


def run_limited(
    function: Callable[..., Value],
    *arguments: Any,
    what: str,
    size_bytes: int,
    on_wait: Callable[[float], None] | None = None,
    **more: Any,
) -> Value:
    """What `function(*arguments, **more)` returns, computed by a child process with bounded memory and time.

    Args:
        function: one at the top of a module; arguments and value are pickled.
        arguments: for the function.
        what: what to call the upload in a sentence.
        size_bytes: of the upload; memory and time follow from it.
        on_wait: told several times a second which share of the time has passed, 0 to 1. What it raises ends the child.
        more: for the function, by name.

    Raises the `SlvizError` of the function, or `MalformedData` where it takes more memory or time than it may.
    """
    order = pickle.dumps((function, arguments, more))
    began = time.monotonic()
    while not _places.acquire(timeout=POLL_SECONDS):  # as many at once as there are processors for it
        if on_wait is not None:
            on_wait(0.0)
        if time.monotonic() - began > wall_seconds(size_bytes):
            raise MalformedData(f"{shown(what)} was not read: other uploads are being read. Try again in a minute.")
    try:
        return _run(order, shown(what), size_bytes, on_wait)
    finally:
        _places.release()


def run_limited_if_large(
    function: Callable[..., Value], *arguments: Any, what: str, size_bytes: int, packed: bool = False, **more: Any
) -> Value:
    """As `run_limited` for an upload that is packed or larger than `LARGE_BYTES`; a smaller one is read here."""
    if size_bytes <= LARGE_BYTES and not packed:
        return function(*arguments, **more)
    return run_limited(function, *arguments, what=what, size_bytes=size_bytes, **more)


def _run(order: bytes, what: str, size_bytes: int, on_wait: Callable[[float], None] | None) -> Any:
    limits = [str(memory_bytes(size_bytes)), str(cpu_seconds(size_bytes))]
    path = os.pathsep.join(filter(None, [str(places.importable()), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryFile() as stored:  # a pipe that is full would wait for a child that is still starting
        stored.write(order)
        stored.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "slviz.files.child", *limits],
            stdin=stored,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
            start_new_session=True,
        )
    with child:
        try:
            answer = _answer(child, wall_seconds(size_bytes), on_wait)
        finally:
            child.kill()
    if answer is None:
        _refuse_time(what, size_bytes)
    return _value(answer, child.returncode, what, size_bytes)


def _answer(child: subprocess.Popen[bytes], seconds: float, on_wait: Callable[[float], None] | None) -> bytes | None:
    """What the child wrote; None where it did not end in time."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        try:
            return child.communicate(timeout=POLL_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if on_wait is not None:
                on_wait(passed / seconds)
    return None


def _value(answer: bytes, status: int, what: str, size_bytes: int) -> Any:
    """The value in an answer; raises what the child raised, or a sentence on how it ended."""
    try:
        kind, content = taken_back(answer) if status == 0 and answer else ("", None)
    except ForeignAnswer as error:
        kind, content = DEFECT, str(error)
    if kind == VALUE:
        return content
    if kind == ERROR and isinstance(content, SlvizError):
        raise content
    if kind == DEFECT:
        _log.error("Reading %s failed:\n%s", what, content)
        raise SlvizError(
            f"{what} could not be read, and slviz does not know why; the server's log says more. Try the file in "
            "another format."
        )
    if -status == getattr(signal, "SIGXCPU", None):
        _refuse_time(what, size_bytes)
    damaged = "" if kind == MEMORY else "it is damaged, or "
    limit = _binding(memory_bytes(size_bytes), SMALL_MEMORY_MB, MEMORY_MB, MEBIBYTE)
    raise MalformedData(
        f"{what} was not read: {damaged}it takes more than the {memory_bytes(size_bytes) >> 20:,} MiB of memory that a "
        f"file of its size may take. {limit.raised()}"
    )


def _refuse_time(what: str, size_bytes: int) -> NoReturn:
    limit = _binding(cpu_seconds(size_bytes), SMALL_SECONDS, SECONDS, 1)
    raise MalformedData(
        f"{what} was not read: it takes longer than the {cpu_seconds(size_bytes):,} seconds that a file of its size "
        f"may take. {limit.raised()}"
    )


def _binding(bound: int, small: Limit, most: Limit, unit: int) -> Limit:
    """Which of two limits to raise where `bound` was too little."""
    return small if bound == small.value * unit < most.value * unit else most
