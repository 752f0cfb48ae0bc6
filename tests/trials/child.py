"""A process of its own that makes attempts one after another, so that a crash or a full memory ends it alone."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from trials.endings import FAILURE, MOST_BYTES, MOST_SECONDS, PACKAGE, Ending, of_error, of_sentences

MOST_WALL_SECONDS = 300.0
"""A busy machine makes everybody wait; after so long the attempt is given up though it took little of a processor."""
ADDRESS_SPACE = 4 << 30
LARGEST_IDLE_BYTES = 600 << 20
"""A process that holds so much between attempts is replaced."""
ALWAYS_TRACED, TRACED_EVERY = 100, 4
"""The lines of the first attempts by a way in are looked at, then those of every fourth: to look doubles the time."""
Line = tuple[str, int]


class Child:
    """The other process, seen from this one; started when it is needed and again after it died."""

    def __init__(self, *, traced: bool = False) -> None:
        self.traced = traced
        self.known: set[Line] = set()
        self._process: Any = None
        self._pipe: Any = None

    def seeds(self, way: str) -> Sequence[bytes]:
        """Sound contents for a way in, made there, since it takes libraries that are slow to import."""
        self._start()
        self._pipe.send(("seeds", way, b""))
        answer = self._pipe.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def attempt(self, way: str, content: bytes) -> Ending:
        """Read a content by a way in and tell how it ended."""
        self._start()
        began, began_seconds = time.monotonic(), self._processor_seconds()
        try:
            self._pipe.send(("attempt", way, content))
            while not self._pipe.poll(0.5):
                if not self._process.is_alive():
                    raise EOFError
                used = self._processor_seconds() - began_seconds
                if used > 1.5 * MOST_SECONDS or time.monotonic() - began > MOST_WALL_SECONDS:
                    where = self._stuck_at()
                    self.close()
                    waited = MOST_SECONDS if used > MOST_SECONDS else MOST_WALL_SECONDS
                    return Ending(FAILURE, f"more than {waited:.0f} s in {where}", "given up", used)
            ending = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(5)
            code = self._process.exitcode
            self.close()
            return Ending(FAILURE, f"the process died with {code}", f"exit code {code}")
        self.known |= ending.new_lines
        if ending.peak_bytes > LARGEST_IDLE_BYTES and self._resident() > LARGEST_IDLE_BYTES:
            self.close()
        return ending

    def close(self) -> None:
        """End the process and remove what it wrote."""
        if self._process is not None:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
            self._pipe.close()
            shutil.rmtree(self._place, ignore_errors=True)
            self._process = None

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._place = Path(tempfile.mkdtemp(prefix="slviz-trials-"))
        self._process = context.Process(target=_serve, args=(theirs, self._place, self.traced, frozenset(self.known)))
        self._process.start()
        theirs.close()

    def _processor_seconds(self) -> float:
        try:
            used = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return used.user + used.system

    def _resident(self) -> int:
        try:
            return psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:
            return 0

    def _stuck_at(self) -> str:
        """Where in slviz the process is, as its fault handler tells."""
        told = self._place / "stuck"
        with contextlib.suppress(OSError):
            os.kill(self._process.pid, STUCK_SIGNAL)
            time.sleep(0.3)
            lines = [line for line in told.read_text().splitlines() if str(PACKAGE) in line]
            if lines:
                file, _, line = lines[0].partition('", line ')
                return f"{file.partition(str(PACKAGE) + os.sep)[2]}:{line.split()[0].rstrip(',')}"
        return "a library"


STUCK_SIGNAL = 10
"""SIGUSR1, at which the process writes where it is."""


def _serve(pipe: Connection, place: Path, traced: bool, known: frozenset[Line]) -> None:
    """The other process: answers until the pipe is closed."""
    import faulthandler

    from trials.mutate_tables import lay_canaries
    from trials.ways_in import WAYS

    os.environ.update(SLVIZ_MODELS=str(place / "models"), SLVIZ_CACHE=str(place / "cache"), OMP_NUM_THREADS="1")
    os.environ.pop("SLVIZ_DATA", None)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.register(STUCK_SIGNAL, (place / "stuck").open("w"), all_threads=False)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # warnings of libraries; sentences are taken before they get here
    lay_canaries()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    readers: dict[str, Any] = {}
    attempts: Counter[str] = Counter()
    tracer = Tracer(known) if traced else None
    while True:
        try:
            order, way, content = pipe.recv()
        except EOFError:
            return
        if order == "seeds":
            try:
                pipe.send(list(WAYS[way].seeds()))
            except Exception as error:  # told where it was asked
                pipe.send(error)
            continue
        try:
            if way not in readers:
                folder = place / str(len(readers))
                folder.mkdir()
                readers[way] = WAYS[way].reader(folder)
        except Exception as error:
            pipe.send(of_error(error))
            continue
        looked_at = attempts[way] < ALWAYS_TRACED or attempts[way] % TRACED_EVERY == 0
        attempts[way] += 1
        pipe.send(measured(readers[way], content, tracer if looked_at else None))


def _end_with(parent: int) -> None:
    """End this process when the one that started it is gone, whatever it is at."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def measured(read: Any, content: bytes, tracer: Tracer | None) -> Ending:
    """One attempt with its time, its memory and the lines that it was the first to reach."""
    forget_peak()
    before, resident_bytes = Used.now(), peak_bytes()
    try:
        with tracer.tracing() if tracer else contextlib.nullcontext():
            ending = of_sentences(read(content))
    except (Exception, SystemExit) as error:
        ending = of_error(error)
        del error
    after = Used.now()
    seconds, peak = after.seconds - before.seconds, peak_bytes()
    if after.children_bytes > before.children_bytes:  # a process of its own did the work
        peak = max(peak, after.children_bytes)
    kind, place = ending.kind, ending.place
    if kind != FAILURE and seconds > MOST_SECONDS:
        kind, place = FAILURE, f"more than {MOST_SECONDS:.0f} s"
    if kind != FAILURE and peak > MOST_BYTES:
        kind, place = FAILURE, "more than 1 GB of memory"
    new_lines = tracer.take() if tracer else frozenset()
    return Ending(kind, place, ending.detail, seconds, peak, peak - resident_bytes, new_lines)


@dataclass(frozen=True)
class Used:
    """What this process and those that it started and that have ended took so far.

    Attributes:
        seconds: of processors.
        children_bytes: the largest resident memory of any of those others.
    """

    seconds: float
    children_bytes: int

    @classmethod
    def now(cls) -> Used:
        own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        seconds = sum(each.ru_utime + each.ru_stime for each in (own, others))
        return cls(seconds, others.ru_maxrss << (0 if sys.platform == "darwin" else 10))


def forget_peak() -> None:
    """Begin to measure the largest resident memory anew, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_bytes() -> int:
    """The largest resident memory since `forget_peak`, in bytes."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


class Tracer:
    """Which lines of slviz were reached for the first time."""

    def __init__(self, known: frozenset[Line]) -> None:
        self._known = set(known)
        self._new: set[Line] = set()
        self._inside = str(PACKAGE) + os.sep

    @contextlib.contextmanager
    def tracing(self) -> Iterator[None]:
        """Look at every line of slviz for as long as the block runs."""
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(None)

    def take(self) -> frozenset[Line]:
        """The new lines, each given once."""
        new, self._new = frozenset(self._new), set()
        self._known |= new
        return new

    def _called(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(self._inside) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        line = (frame.f_code.co_filename, frame.f_lineno)
        if line not in self._known:
            self._new.add(line)
        return self._line
