"""The workers of a Dask cluster: each run is a future, each worker writes into the same models folder.

When a worker is lost, Dask gives its run to another, which finds the lock free and the checkpoint there.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slviz.disk.left_over import LeftOver, entries_in
from slviz.disk.locks import Held, take
from slviz.errors import InvalidSetting, RunError, RunNotFound
from slviz.runs.files import saving
from slviz.runs.store import RunStore
from slviz.sweeps.runner import Ending, Job

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 20
MARKS = ".sweeps"
MARK = re.compile(r"[0-9a-f]{32}")
BUSY_SECONDS = 1.0
TrainJob = Callable[[RunStore, Job], Ending]
ONE_AT_A_TIME = threading.Lock()
"""Training sets torch's seed and threads for its whole process."""


class Cluster:
    """A runner (see `slviz.sweeps.runner.Runner`) over the workers of a Dask scheduler.

    Args of the constructor:
        address: of the scheduler, such as "tcp://192.168.0.7:8786".
        store: whose folder every worker must reach under the same path.
        train: trains one job in a worker; a function that workers can import.
    """

    def __init__(self, address: str, store: RunStore, train: TrainJob) -> None:
        self.store = store
        self.train = train
        self._client = connected(address)
        self._futures: dict[str, Future] = {}
        self._mark = store.root / MARKS / uuid.uuid4().hex
        self._held: Held | None = None

    @property
    def workers(self) -> int:
        """How many workers there are now; each trains one run at a time."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def start(self, jobs: Sequence[Job]) -> None:
        with saving(self._mark):
            if self._held is None:
                clear_marks(self.store.root)
                self._held = take(self._mark, make_folder=True)
            self._mark.touch()
        for job in jobs:
            self._futures[job.run_id] = self._client.submit(
                train_on_worker,
                self.train,
                job.to_json(),
                root=str(self.store.root),
                mark=str(self._mark),
                key=f"{job.run_id}-{self._mark.name[:8]}",
                pure=False,
            )

    def wait(self, seconds: float) -> list[Ending]:
        end = time.monotonic() + seconds
        while True:
            done = {run_id: future for run_id, future in self._futures.items() if future.done()}
            if done or time.monotonic() >= end:
                break
            time.sleep(0.05)
        for run_id in done:
            del self._futures[run_id]
        return [self._ending(run_id, future) for run_id, future in done.items()]

    def running(self) -> list[str]:
        return [run_id for run_id in self._futures if _is_running(self.store, run_id)]

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        """Take back what has not begun; a run under way is asked to stop through its folder."""
        for run_id in self.running():
            with contextlib.suppress(RunError):  # it may have ended in this moment
                self.store.cancel(run_id)
        if self._futures:
            self._client.cancel(list(self._futures.values()))
        self._client.close()
        if self._held is not None:
            self._held.give_back(remove=True)

    def _ending(self, run_id: str, future: Future) -> Ending:
        error = future.exception()
        if error is not None:
            return Ending(run_id, "failed", f"The cluster gave it up: {type(error).__name__}: {error}")
        return Ending(**future.result())


def left_over_marks(root: Path) -> list[LeftOver]:
    """Marks of sweeps on a cluster that ended without taking theirs away."""
    marks = [path for path in entries_in(root / MARKS) if MARK.fullmatch(path.name)]
    left_overs = [LeftOver(path, "the mark of a sweep on a cluster") for path in marks]
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def clear_marks(root: Path) -> None:
    """Remove the marks that a killed sweep left."""
    for left in left_over_marks(root):
        left.clear()


def train_on_worker(train: TrainJob, job: dict[str, Any], *, root: str, mark: str) -> dict[str, str]:
    """What a worker of the cluster does for one run; gives the fields of an `Ending`."""
    wanted = Job.from_json(job)
    if not Path(mark).is_file():
        said = f"The models folder {root} is not the same place on this worker. Set SLVIZ_MODELS to a shared folder."
        return vars(Ending(wanted.run_id, "failed", said))
    store = RunStore(Path(root))
    with ONE_AT_A_TIME:
        return vars(train_when_free(train, store, wanted))


def train_when_free(train: TrainJob, store: RunStore, job: Job) -> Ending:
    """Train a job as soon as nobody else has it: a worker that the scheduler lost sight of may still be at it."""
    ending = train(store, job)
    while ending.end == "busy":
        time.sleep(BUSY_SECONDS)
        ending = train(store, job)
    return ending


def _is_running(store: RunStore, run_id: str) -> bool:
    try:
        return store.state(run_id) == "running"
    except RunNotFound:
        return False


def connected(address: str) -> Client:
    """A client of a scheduler; raises `InvalidSetting` where none answers."""
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InvalidSetting(
            f"No Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`, and give the address "
            "that it prints."
        ) from error
    return client
