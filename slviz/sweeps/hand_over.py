"""A run is handed to a Dask cluster and left there: whoever asked for it may go.

The scheduler keeps the run until a worker has ended it, gives it to another when its worker is lost, and has it once
however often it is asked for. Whoever looks sees the run in its folder, as ever.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slviz.errors import RunError
from slviz.pipeline.scheduler import checked_address
from slviz.runs.queue import enter_queue, leave_queue
from slviz.runs.store import RunStore
from slviz.sweeps.cluster import ONE_AT_A_TIME, TrainJob, connected, train_when_free
from slviz.sweeps.runner import Ending, Job

if TYPE_CHECKING:
    from distributed import Client, Scheduler

KEY = "slviz-"
"""What the keys of runs on a scheduler begin with."""
TAKEN_SECONDS = 10.0
ANY_NUMBER = 1_024
"""How many runs a worker's machine trains at once is for the cluster to say."""


def hand_over(address: str, store: RunStore, job: Job, train: TrainJob) -> None:
    """Give a run to the cluster and return once its scheduler has it; the run shows as waiting.

    Args:
        address: of the scheduler.
        store: whose folder every worker must reach under the same path.
        job: the run. What it was held out by is in its folder or its spec; files of a user are not handed over.
        train: trains one job in a worker; a function that workers can import.

    Raises `RunAlreadyRunning` where a worker has the run, `InvalidSetting` where no scheduler answers, `RunError`
    where a worker does not reach the models folder or the scheduler does not take the run.
    """
    client = connected(checked_address(address))
    try:
        store.request(job.spec, device=job.device)
        folder = store.folder(job.run_id)
        if store.state(job.run_id) == "finished":
            return
        _refuse_other_folders(client, store.root)
        enter_queue(folder, address)
        try:
            _submit(client, store, job, train)
        except Exception:
            leave_queue(folder)
            raise
    finally:
        client.close()


def _submit(client: Client, store: RunStore, job: Job, train: TrainJob) -> None:
    from distributed import fire_and_forget

    key = KEY + job.run_id
    future = client.submit(train_handed_over, train, job.to_json(), root=str(store.root), key=key, pure=False)
    fire_and_forget(future)
    end = time.monotonic() + TAKEN_SECONDS
    while not client.run_on_scheduler(_keeps, key=key) and not future.done():
        if time.monotonic() > end:
            raise RunError(f"The scheduler did not take run {job.run_id}. Try again.")
        time.sleep(0.05)


def _keeps(*, key: str, dask_scheduler: Scheduler) -> bool:
    """In the scheduler: whether it keeps a task although its client goes."""
    client = dask_scheduler.clients.get("fire-and-forget")
    return client is not None and any(task.key == key for task in client.wants_what)


def _refuse_other_folders(client: Client, root: Path) -> None:
    """Refuse a cluster of which a worker does not see the models folder; one without workers may get some later."""
    answers: Any = client.run(_is_folder, str(root))
    lacking = [address for address, is_there in answers.items() if is_there is not True]
    if lacking:
        raise RunError(
            f"The models folder {root} is not there on the worker {lacking[0]}. Set SLVIZ_MODELS to a folder that all "
            "workers share."
        )


def _is_folder(path: str) -> bool:
    return Path(path).is_dir()


def train_handed_over(train: TrainJob, job: dict[str, Any], *, root: str) -> dict[str, str]:
    """What a worker of the cluster does for one run; gives the fields of an `Ending`."""
    wanted, store = Job.from_json(job), RunStore(Path(root))
    with ONE_AT_A_TIME:
        if store.state(wanted.run_id) == "cancelled":  # while it was in the queue
            leave_queue(store.folder(wanted.run_id))
            return vars(Ending(wanted.run_id, "cancelled", f"Run {wanted.run_id} was cancelled."))
        return vars(train_when_free(train, store, wanted))
