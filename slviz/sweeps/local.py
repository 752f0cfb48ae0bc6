"""The workers of this machine: processes that are fed one run after the other, and replaced when they die.

A worker is `python -m slviz sweep-worker`: a job a line comes in, an ending a line goes out. It lives for many
runs, since importing torch takes longer than a small training. A worker that is killed takes nothing
with it: its run shows as interrupted, and a new worker resumes it from its checkpoint.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from slviz.pipeline import jobs as processes
from slviz.pipeline.slots import slots
from slviz.sweeps.runner import Ending, Job

COMMAND = "sweep-worker"
ATTEMPTS = 3
BUSY_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class LocalWorkers:
    """A runner (see `slviz.sweeps.runner.Runner`) with worker processes on this machine."""

    def __init__(self, root: Path, workers: int) -> None:
        self.root = root
        self.workers = workers
        self._waiting: list[tuple[float, Job]] = []
        self._endings: queue.Queue[Ending] = queue.Queue()
        self._running: dict[str, Worker] = {}
        self._deaths: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._lanes: list[threading.Thread] = []

    def start(self, jobs: Sequence[Job]) -> None:
        with self._guard:
            self._waiting += [(0.0, job) for job in jobs]
        for _ in range(min(self.workers - len(self._lanes), len(jobs))):
            lane = threading.Thread(target=self._lane, daemon=True)
            self._lanes.append(lane)
            lane.start()

    def wait(self, seconds: float) -> list[Ending]:
        endings = []
        with contextlib.suppress(queue.Empty):
            endings.append(self._endings.get(timeout=seconds))
            while True:
                endings.append(self._endings.get_nowait())
        return endings

    def running(self) -> list[str]:
        with self._guard:
            return list(self._running)

    def processes(self) -> dict[str, int]:
        """By run under way, the number of the process that trains it."""
        with self._guard:
            return {run_id: worker.process.pid for run_id, worker in self._running.items()}

    def __enter__(self) -> LocalWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers; a run under way is left interrupted, with its checkpoint."""
        self._stopping.set()
        with self._guard:
            alive = list(self._running.values())
        for worker in alive:
            worker.process.terminate()
        for lane in self._lanes:
            lane.join(PATIENCE_SECONDS)
        for worker in alive:
            worker.process.kill()

    def _lane(self) -> None:
        """One place to work in: takes jobs until all is to stop, with a worker that is replaced when it dies."""
        worker: Worker | None = None
        while (job := self._next()) is not None:
            worker = worker if worker is not None and worker.alive else Worker(self.root, self.workers)
            with self._guard:
                self._running[job.run_id] = worker
            try:
                ending = worker.train(job)
            finally:
                with self._guard:
                    del self._running[job.run_id]
            self._take(job, ending)
        if worker is not None:
            worker.close()

    def _next(self) -> Job | None:
        """The first job whose time has come; None when all is to stop."""
        while not self._stopping.wait(0.05):
            with self._guard:
                ready = [waiting for waiting in self._waiting if waiting[0] <= time.monotonic()]
                if ready:
                    self._waiting.remove(ready[0])
                    return ready[0][1]
        return None

    def _take(self, job: Job, ending: Ending | None) -> None:
        """Report an ending; a run whose worker died, or that another process has, is tried again later."""
        if self._stopping.is_set() and (ending is None or ending.end != "finished"):
            return
        if ending is not None and ending.end != "busy":
            self._endings.put(ending)
            return
        if ending is None:
            self._deaths[job.run_id] += 1
            if self._deaths[job.run_id] >= ATTEMPTS:
                died = f"Its worker died {ATTEMPTS} times without a word; the machine may lack memory for it."
                self._endings.put(Ending(job.run_id, "failed", died))
                return
        with self._guard:
            self._waiting.append((time.monotonic() + (BUSY_SECONDS if ending is not None else 0.0), job))


class Worker:
    """A worker process and the way to talk with it."""

    def __init__(self, root: Path, places: int) -> None:
        log = processes.fresh_log(root / processes.JOBS, COMMAND)
        more = {**ONE_THREAD, "SLVIZ_MODELS": str(root), "SLVIZ_SLOTS": str(max(places, slots()))}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "slviz", COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                env=processes.environment(**more),
                start_new_session=True,  # Ctrl-C is for the sweep, which ends its workers itself
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def train(self, job: Job) -> Ending | None:
        """Train one run; None when the worker died meanwhile."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(job.to_json()) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except OSError:
            line = ""
        if not line.endswith("\n"):
            self.close()
            return None
        return Ending.from_line(line)

    def close(self) -> None:
        """Let the worker end, and wait for it."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()
