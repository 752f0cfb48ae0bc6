"""RunSummary: what a card or a line of a list says of a run, read without opening its arrays."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from slviz.errors import SlvizError
from slviz.runs.contents import METRICS, NEEDED, SPEC, read_metrics, read_spec
from slviz.runs.damage import damaged, readable
from slviz.runs.files import read_whole
from slviz.runs.folder import RunState, is_before_its_spec, state_of
from slviz.runs.manifest import MANIFEST, Manifest
from slviz.runs.run import METRIC_COLUMNS
from slviz.runs.spec import RunSpec

Stamp = tuple[int, int, int] | None
MOST_REMEMBERED = 4096
LONGEST_NAME = 255
"""Bytes of a file's name, at most."""
BEFORE_ITS_SPEC = (
    "It was stopped before it had written down what to train. Start it again with the same settings, or remove it."
)


@dataclass(frozen=True, eq=False)
class RunSummary:
    """What a card says of a run.

    Attributes:
        run_id: name of its folder.
        state: where it stands; "damaged" when its files cannot be trusted.
        folder: where it lies.
        shipped: whether it came with slviz and lies outside the folder where runs are written.
        spec: what was asked for; None where that cannot be read.
        metrics: tidy, columns `METRIC_COLUMNS`; empty for a run that is not finished.
        device: what it was trained on; "" for a run that is not finished.
        seconds: wall-clock time of training; NaN where unknown.
        finished: when, in UTC; None for a run that is not finished.
        problem: for a damaged run, or one without a spec, the sentence that says what is wrong; else "".
    """

    run_id: str
    state: RunState
    folder: Path
    shipped: bool
    spec: RunSpec | None
    metrics: pd.DataFrame
    device: str = ""
    seconds: float = float("nan")
    finished: datetime | None = None
    problem: str = ""


def summarise(folder: Path, *, shipped: bool) -> RunSummary:
    """The summary of whatever lies in `folder`; never raises for its content."""
    run_id = shown_name(folder)
    try:
        state = state_of(folder)
        if state == "finished":
            return _finished(folder, shipped=shipped)
        if state != "damaged" and is_before_its_spec(folder):
            return RunSummary(run_id, state, folder, shipped, None, _no_metrics(), problem=BEFORE_ITS_SPEC)
        spec = read_spec(read_whole(folder / SPEC), folder)
        return RunSummary(run_id, state, folder, shipped, spec, _no_metrics())
    except SlvizError as error:
        return RunSummary(run_id, "damaged", folder, shipped, _spec_if_any(folder), _no_metrics(), problem=str(error))
    except OSError as error:
        problem = f"Nothing of run {run_id} can be read ({error.strerror}). Give yourself the right to, or remove it."
        return RunSummary(run_id, "damaged", folder, shipped, None, _no_metrics(), problem=problem)


def _no_metrics() -> pd.DataFrame:
    return pd.DataFrame(columns=list(METRIC_COLUMNS))


def shown_name(folder: Path) -> str:
    """What a run is called: the name of its folder, with what does not print spelt out."""
    return readable(folder.name, most=LONGEST_NAME)


def _finished(folder: Path, *, shipped: bool) -> RunSummary:
    manifest, spec, metrics = _read(folder, tuple(_stamp(folder / name) for name in (MANIFEST, SPEC, METRICS)))
    problem = manifest.missing_or_cut(folder)
    return RunSummary(
        run_id=folder.name,
        state="damaged" if problem else "finished",
        folder=folder,
        shipped=shipped,
        spec=spec,
        metrics=metrics,
        device=manifest.device,
        seconds=float("nan") if manifest.seconds is None else manifest.seconds,
        finished=datetime.fromisoformat(manifest.finished),
        problem=problem,
    )


@functools.lru_cache(maxsize=MOST_REMEMBERED)
def _read(folder: Path, stamps: tuple[Stamp, ...]) -> tuple[Manifest, RunSpec, pd.DataFrame]:
    """What a finished run says of itself, read and checked again when one of the three files has another stamp.

    A list of runs is made anew with every click on a page.
    """
    manifest = Manifest.read(folder)
    for name in NEEDED:
        if name not in manifest.files:
            raise damaged(folder / name, f"is not listed in its {MANIFEST}")
    spec = read_spec(manifest.read_file(folder, SPEC), folder)
    return manifest, spec, read_metrics(manifest.read_file(folder, METRICS), folder)


def _stamp(path: Path) -> Stamp:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


def _spec_if_any(folder: Path) -> RunSpec | None:
    try:
        return RunSpec.read(read_whole(folder / SPEC), folder / SPEC)
    except SlvizError:
        return None
