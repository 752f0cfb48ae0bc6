"""`sweep-worker`: a process that trains the runs it is told, one after the other, and says how each ended."""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import sys

from slviz.cli.terminal import voice
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import RunAlreadyRunning, RunCancelled, SlvizError
from slviz.pipeline.train_run import train_run
from slviz.runs.store import RunStore
from slviz.sweeps.local import COMMAND
from slviz.sweeps.runner import Ending, Job


def add_sweep_worker_command(commands: argparse._SubParsersAction) -> None:
    """Add `sweep-worker` to the command line, unlisted: `sweep` starts it."""
    command = commands.add_parser(
        COMMAND,
        description="Train the runs that come in as lines of JSON, and answer each with a line. `sweep` starts these.",
        allow_abbrev=False,
    )
    command.set_defaults(action=_work)


def _work(_asked: argparse.Namespace) -> int:
    store = RunStore.default()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):  # what a training tells goes into the log
        for line in sys.stdin:
            answers.write(train_job(store, Job.from_json(json.loads(line))).to_line())
            answers.flush()
    return 0


def train_job(store: RunStore, job: Job) -> Ending:
    """Train one run and say how it ended; never raises for what is wrong with the run alone."""
    try:
        graph = None if store.find(job.spec) else _graph(job.spec.data_source, job.spec.data_fingerprint)
        train_run(
            store,
            job.spec,
            graph=graph,
            device=job.device,
            maps=job.maps,
            places=job.places,
            events=job.events,
            voice=voice(),
        )
    except RunAlreadyRunning as error:
        return Ending(job.run_id, "busy", str(error))
    except RunCancelled as error:
        return Ending(job.run_id, "cancelled", str(error))
    except SlvizError as error:
        return Ending(job.run_id, "failed", str(error))
    except Exception as error:  # a defect: its traceback is in the run's log, and the other runs continue
        said = f"A defect of slviz stopped it ({type(error).__name__}: {error}). `runs show` and its log say more."
        return Ending(job.run_id, "failed", said)
    return Ending(job.run_id, "finished")


@functools.lru_cache(maxsize=2)
def _graph(source: str, fingerprint: str) -> GeneGraph | None:
    """The data set, read once a worker; None where it is another by now, which the training then says."""
    graph = open_dataset(source)
    return graph if graph.fingerprint == fingerprint else None
