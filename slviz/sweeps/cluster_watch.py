"""What a Dask cluster is at: its workers, their memory, and the runs in its queue; looked at again and again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slviz.errors import SlvizError
from slviz.runs.queue import leave_queue, runs_in_queue
from slviz.sweeps.cluster import connected
from slviz.sweeps.hand_over import KEY

if TYPE_CHECKING:
    from distributed import Client, Scheduler

EVERY_SECONDS = 3.0


@dataclass(frozen=True)
class ClusterWorker:
    """A worker of the cluster.

    Attributes:
        name: what the cluster calls it.
        runs: ids of the runs that it trains.
        memory_bytes: how much it holds.
        memory_limit_bytes: how much it may hold; 0 where no limit is set.
    """

    name: str
    runs: tuple[str, ...] = ()
    memory_bytes: int = 0
    memory_limit_bytes: int = 0


@dataclass(frozen=True)
class ClusterState:
    """A look at a cluster.

    Attributes:
        address: of its scheduler.
        workers: those that are there now.
        waiting: ids of the runs that no worker has begun.
        problem: one sentence where the scheduler cannot be asked, else "".
    """

    address: str
    workers: Sequence[ClusterWorker] = field(default_factory=tuple)
    waiting: Sequence[str] = field(default_factory=tuple)
    problem: str = ""


class ClusterWatch:
    """Looks at a cluster in a thread of its own, so that nobody waits for a scheduler that does not answer.

    Runs that the models folder says are in the cluster's queue, and that the scheduler does not know any more (it was
    started again), leave the queue, so that they can be resumed.
    """

    def __init__(self, address: str, root: Path) -> None:
        self.address, self.root = address, root
        self.latest: ClusterState | None = None
        self._missing: frozenset[str] = frozenset()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="cluster watch").start()

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.is_set():
            try:
                with contextlib.closing(connected(self.address)) as client:
                    while not self._ended.wait(0 if self.latest is None or self.latest.problem else EVERY_SECONDS):
                        self.latest = state_of_cluster(client, self.address)
                        self._forget(self.latest)
            except SlvizError as error:
                self.latest = ClusterState(self.address, problem=str(error))
            except Exception as error:  # whatever a library says of a connection that is gone
                problem = f"The Dask scheduler at {self.address} does not answer any more ({type(error).__name__})."
                self.latest = ClusterState(self.address, problem=problem)
            self._ended.wait(EVERY_SECONDS)

    def _forget(self, state: ClusterState) -> None:
        """Let runs leave the queue that the scheduler did not know twice: one may be on its way to it."""
        known = {*state.waiting, *(run for worker in state.workers for run in worker.runs)}
        missing = frozenset(runs_in_queue(self.root, self.address)) - known
        for run_id in missing & self._missing:
            with contextlib.suppress(SlvizError):
                leave_queue(self.root / run_id)
        self._missing = missing


def state_of_cluster(client: Client, address: str) -> ClusterState:
    """What the cluster of a client is at now."""
    answer: Any = client.run_on_scheduler(_tell)
    workers = [
        ClusterWorker(
            str(worker["name"]),
            tuple(sorted(key.removeprefix(KEY) for key in worker["keys"] if key.startswith(KEY))),
            int(worker["memory"]),
            int(worker["limit"] or 0),
        )
        for worker in answer["workers"]
    ]
    training = {run for worker in workers for run in worker.runs}
    keys = (key.removeprefix(KEY) for key in answer["unfinished"] if key.startswith(KEY))
    return ClusterState(address, tuple(workers), tuple(run for run in keys if run not in training))


def _tell(*, dask_scheduler: Scheduler) -> Mapping[str, Any]:
    """In the scheduler: its workers with what they compute, and all tasks that are not finished."""
    workers = [
        {
            "name": state.name,
            "memory": state.metrics.get("memory", 0),
            "limit": state.memory_limit,
            "keys": [str(task.key) for task in state.executing],
        }
        for state in dask_scheduler.workers.values()
    ]
    unfinished = [str(task.key) for task in dask_scheduler.tasks.values() if task.state not in ("memory", "erred")]
    return {"workers": workers, "unfinished": unfinished}
