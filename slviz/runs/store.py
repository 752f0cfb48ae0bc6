"""RunStore: the folders that hold runs; finds, lists, opens, checks, cancels and removes them.

<run_id>/
    spec.json             first
    .lock                 held while the worker lives; `waiting` beside it while others go first
    progress.jsonl        one line an epoch
    log.txt  cancel  error.json  device  checkpoint.safetensors
    weights.safetensors  arrays.safetensors  predictions.parquet  split.parquet  metrics.json
    training.safetensors  how the parts of the network fared; of what is learnt in epochs, by versions that record it
    projections/<method>-<hash>.safetensors     each checksummed with its own SHA-256; quality-… beside it
    controls/<kind>/…                           what the embedding is told from: see slviz.runs.artifacts.controls
    deletions/<gene or sample>.safetensors      checksummed likewise
    explanations/pair-<low>-<high>.safetensors  checksummed likewise
    tensorboard/          event files, where they were asked for
    manifest.json         last: SHA-256 and size of the files above, versions, device, seconds
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from slviz import former_names, places
from slviz.disk.left_over import aside_of
from slviz.disk.whole_files import remove_any
from slviz.errors import DamagedRun, RunAlreadyRunning, RunError, RunNotFound, RunUnfinished, nearest
from slviz.networks.training_record import TrainingRecord
from slviz.runs.artifacts import ArtifactStore
from slviz.runs.artifacts.comparisons import COMPARISONS
from slviz.runs.artifacts.edge_ablations import EDGE_ABLATIONS
from slviz.runs.artifacts.explanations import EXPLANATIONS
from slviz.runs.artifacts.noise import OUTLIERS
from slviz.runs.artifacts.surveys import RANKINGS
from slviz.runs.contents import LOG, RECORD, SPLIT, WEIGHTS, damage, parquet_to_table, read_record, read_run
from slviz.runs.damage import CURE, readable
from slviz.runs.files import make_folder, saving, unpack_arrays, write_atomically
from slviz.runs.folder import (
    CANCEL,
    CHECKPOINT,
    CONTROLS,
    DEVICE,
    ERROR,
    EVALUATING,
    EVENTS,
    LOCK,
    PROJECTIONS,
    QUEUED,
    RUN_NAME,
    WAITING,
    RunState,
    holding,
    is_held,
    state_of,
)
from slviz.runs.left_over import left_over_in_run
from slviz.runs.manifest import MANIFEST, Manifest
from slviz.runs.map_labels import stored_labels
from slviz.runs.plain_files import is_plain, read_text_if_there
from slviz.runs.run import Run
from slviz.runs.schemas import StoredEvaluation
from slviz.runs.sources import remember_source, with_path, without_path
from slviz.runs.spec import RunSpec
from slviz.runs.summary import RunSummary, shown_name, summarise
from slviz.runs.worker import RunWriter, read_evaluation, read_failure, read_progress

SHIPPED = places.shipped_runs()
PINNED = ".pinned"
"""In the models folder: the run that pages open first."""
LONGEST_PIN = 200
LONGEST_DEVICE, MOST_OF_A_LOG = 100, 1 << 20
NOT_LISTED = {
    MANIFEST,
    LOCK,
    CANCEL,
    ERROR,
    CHECKPOINT,
    WAITING,
    QUEUED,
    EVALUATING,
    DEVICE,
    PROJECTIONS,
    CONTROLS,
    COMPARISONS,
    OUTLIERS,
    EDGE_ABLATIONS,
    EXPLANATIONS,
    RANKINGS,
    EVENTS,
}


class RunStore:
    """Runs in a folder of one's own, and the runs that came with slviz.

    Attributes:
        root: where runs are written.
        shipped: folders whose runs are found too, and never removed from here.
    """

    def __init__(self, root: Path, *, shipped: tuple[Path, ...] = ()) -> None:
        self.root = root.resolve()
        self.shipped = tuple(place for place in shipped if place.resolve() != self.root)

    @classmethod
    def default(cls) -> RunStore:
        """Runs in SLVIZ_MODELS, else in `slviz.places.models()`; the runs that come with slviz are found in both."""
        return cls(places.models(), shipped=(SHIPPED,))

    # --- finding -----------------------------------------------------------------------------------------

    def folder(self, run_id: str) -> Path:
        """The folder of a run, whatever its state; raises `RunNotFound` for a name that no run has."""
        if not RUN_NAME.fullmatch(run_id):
            if (odd := self._odd_folder(run_id)) is not None:
                return odd
            raise RunNotFound(
                f"{_shortened(run_id)} is not the name of a run. A name looks like gat-both-link-3f9c2a81."
            )
        for place in (self.root, *self.shipped):
            if (place / run_id).is_dir():
                return place / run_id
        known = nearest(run_id, self.run_ids())
        raise RunNotFound(f"No run is called '{run_id}'.{known} `python -m slviz runs` lists all of them.")

    def _odd_folder(self, run_id: str) -> Path | None:
        """A folder that is listed by a name that no run has: it shows as damaged, and can be looked at and removed."""
        return next((folder for folder, _ in self._folders() if shown_name(folder) == run_id), None)

    def run_ids(self) -> list[str]:
        """Names of all folders that could be runs, own ones first."""
        return list(dict.fromkeys(shown_name(folder) for folder, _ in self._folders()))

    def _folders(self) -> Iterator[tuple[Path, bool]]:
        for place in (self.root, *self.shipped):
            with contextlib.suppress(OSError):
                for entry in sorted(place.iterdir()):
                    if entry.is_dir() and not entry.name.startswith("."):
                        yield entry, place != self.root

    def summaries(self) -> list[RunSummary]:
        """One summary a run: unfinished ones first, then the latest finished; never raises for a bad folder."""
        by_name: dict[str, RunSummary] = {}
        for folder, shipped in self._folders():
            if shown_name(folder) not in by_name:
                by_name[shown_name(folder)] = self._with_source(summarise(folder, shipped=shipped))
        return sorted(by_name.values(), key=_latest_first)

    def summary(self, run_id: str) -> RunSummary:
        """The summary of one run; raises `RunNotFound`."""
        folder = self.folder(run_id)
        return self._with_source(summarise(folder, shipped=folder.parent != self.root))

    def _with_source(self, summary: RunSummary) -> RunSummary:
        if summary.spec is None:
            return summary
        return dataclasses.replace(summary, spec=with_path(self.root, summary.spec))

    def find(self, spec: RunSpec) -> RunSummary | None:
        """The finished run of exactly this spec, or None."""
        with contextlib.suppress(RunNotFound):
            summary = self.summary(spec.run_id)
            if summary.state == "finished":
                return summary
        return None

    def state(self, run_id: str) -> RunState:
        """Where a run stands, derived from its folder; raises `RunNotFound`."""
        return _state_of(self.folder(run_id))

    # --- the run that is opened first ------------------------------------------------------------------------

    def pinned(self) -> str:
        """The run that was pinned, so that pages open it first; "" where none is, or it is gone."""
        name = read_text_if_there(self.root / PINNED, most_bytes=LONGEST_PIN).strip()
        if not RUN_NAME.fullmatch(name):
            return ""
        with contextlib.suppress(RunNotFound):
            return name if self.state(name) == "finished" else ""
        return ""

    def pin(self, run_id: str | None) -> None:
        """Let pages open this run first, or with None the best one.

        Raises `RunNotFound`, `RunUnfinished` or `RunNotSaved`.
        """
        if run_id is not None:
            self._finished(run_id)
        path = self.root / PINNED
        with saving(path):
            if run_id is None:
                path.unlink(missing_ok=True)
            else:
                make_folder(self.root, within=None)
                write_atomically(path, f"{run_id}\n".encode())

    # --- reading -----------------------------------------------------------------------------------------

    def open(self, run_id: str) -> Run:
        """A finished run, every file that is read checked against the manifest; its `weights` are None.

        Raises `RunNotFound`, `RunUnfinished`, or `DamagedRun` naming the file.
        """
        folder, manifest = self._finished(run_id)
        run = read_run(folder, manifest)
        return dataclasses.replace(run, spec=with_path(self.root, run.spec))

    def open_weights(self, run_id: str) -> dict[str, np.ndarray]:
        """The network's parameters by name, checked as in `open`."""
        folder, manifest = self._finished(run_id)
        return former_names.arrays(unpack_arrays(manifest.read_file(folder, WEIGHTS), folder / WEIGHTS))

    def open_record(self, run_id: str) -> TrainingRecord | None:
        """How the parts of the network fared, checked as in `open`; None where that was not recorded."""
        folder, manifest = self._finished(run_id)
        if RECORD not in manifest.files:
            return None
        return read_record(manifest.read_file(folder, RECORD), folder / RECORD)

    def open_split(self, run_id: str) -> pd.DataFrame:
        """The frozen split as `PairSplit.to_frame` gave it, checked as in `open`."""
        folder, manifest = self._finished(run_id)
        return parquet_to_table(manifest.read_file(folder, SPLIT), folder / SPLIT)

    def _finished(self, run_id: str) -> tuple[Path, Manifest]:
        folder = self.folder(run_id)
        state = _state_of(folder)
        if state == "damaged":
            raise DamagedRun(f"spec.json of run {run_id} is missing, or nothing of it can be read. {CURE}")
        if state != "finished":
            reason = read_failure(folder / ERROR) if state == "failed" else ""
            raise RunUnfinished(f"Run {run_id} has no result: {_why_unfinished(state)} {reason}".rstrip())
        return folder, Manifest.read(folder)

    def check(self, run_id: str) -> list[str]:
        """A sentence for each file of a finished run that is missing, cut, altered or foreign; [] when all is well."""
        folder, manifest = self._finished(run_id)
        problems = damage(partial(manifest.read_file, folder, name) for name in manifest.files)
        try:
            present = {path.name for path in folder.iterdir()}
        except OSError as error:
            return [*problems, f"The files of run {run_id} cannot be listed ({error.strerror})."]
        foreign = sorted(name for name in present - set(manifest.files) - NOT_LISTED if not name.endswith(".part"))
        problems += [
            f"{readable(name)} is not part of run {run_id}; nothing reads it. Move it elsewhere." for name in foreign
        ]
        return problems + self.artifacts(run_id).damage()

    def progress(self, run_id: str) -> pd.DataFrame:
        """One row an epoch done so far, columns as in `Run.history`; empty before the first."""
        return read_progress(self.folder(run_id))

    def evaluation(self, run_id: str) -> StoredEvaluation | None:
        """How far the evaluation of an unfinished run has come; None before it begins."""
        return read_evaluation(self.folder(run_id))

    def device_asked(self, run_id: str) -> str:
        """The device that an unfinished run was started with; "auto" where nothing is known."""
        device = read_text_if_there(self.folder(run_id) / DEVICE, most_bytes=LONGEST_DEVICE).strip()
        return device if device.isascii() and device.isprintable() and device else "auto"

    def failure(self, run_id: str) -> str:
        """Why a run failed, as a sentence; "" where nothing is known."""
        return read_failure(self.folder(run_id) / ERROR)

    def log(self, run_id: str) -> str:
        """The end of the text of the run's log; "" where there is none."""
        return read_text_if_there(self.folder(run_id) / LOG, most_bytes=MOST_OF_A_LOG)

    def can_resume(self, run_id: str) -> bool:
        """Whether an unfinished run left a checkpoint to resume from."""
        folder = self.folder(run_id)
        return _state_of(folder) in ("interrupted", "cancelled", "failed") and is_plain(folder / CHECKPOINT)

    def artifacts(self, run_id: str) -> ArtifactStore:
        """What is made beside a run: maps, their quality, controls, edge ablations; raises `RunNotFound`.

        Something is made of a finished run alone: of others it raises `RunUnfinished`.
        """
        return ArtifactStore(
            self.folder(run_id),
            owner=f"run {run_id}",
            vectors=lambda: self.open(run_id).embedding,
            refuse=lambda: self._finished(run_id),
            labels=lambda: stored_labels(self, run_id),
        )

    def tidy(self, run_id: str) -> None:
        """Clear what killed workers left in the folder of one of your own runs; what a living one uses stays."""
        folder = self.folder(run_id)
        if folder.parent == self.root:
            for left in left_over_in_run(folder):
                left.clear()

    # --- writing -----------------------------------------------------------------------------------------

    def request(self, spec: RunSpec, *, device: str = "auto") -> None:
        """Prepare the folder that a worker will soon take over, so that it shows as waiting at once.

        Raises `RunAlreadyRunning`; a run of this spec that is finished is left alone.
        """
        folder = self.root / spec.run_id
        if (folder / MANIFEST).is_file():
            return
        with self.writing(spec, hand_over=True) as writer, saving(folder):
            writer.forget_the_end()
            writer.note_device(device)

    @contextlib.contextmanager
    def writing(self, spec: RunSpec, *, hand_over: bool = False) -> Iterator[RunWriter]:
        """The right to write the run of `spec` for as long as the block runs, spec.json written.

        With `hand_over` the run shows as waiting afterwards, for the worker that was asked for.
        Raises `RunAlreadyRunning` where another process has it, `RunNotSaved` where the disk refuses.
        """
        stored = without_path(spec)
        with RunWriter.holding_lock(self.root / spec.run_id, stored, hand_over=hand_over) as writer:
            remember_source(self.root, spec)
            if not (writer.folder / MANIFEST).is_file():
                writer.write_spec()
            yield writer

    def cancel(self, run_id: str) -> None:
        """Ask the worker of a run to stop after the epoch it is in; raises `RunError` when nothing runs."""
        folder = self.folder(run_id)
        state = state_of(folder)
        if state not in ("running", "waiting"):
            raise RunError(f"Run {run_id} is not running (it is {state}), so there is nothing to cancel.")
        with saving(folder / CANCEL):
            (folder / CANCEL).touch()

    def remove(self, run_id: str) -> None:
        """Remove a run and all its files; it is gone at once or not at all.

        Raises `RunAlreadyRunning` while a worker holds it or makes something beside it, `RunError` for a run
        that came with slviz when runs are written elsewhere.
        """
        folder = self._folder_of_any_name(run_id)
        if folder.parent != self.root:
            raise RunError(
                f"Run {run_id} came with slviz and lies in {folder.parent.name}/; only your own runs are removed."
            )
        busy = f"Run {run_id} is being written by another process. Cancel it first."
        if state_of(folder) in ("running", "waiting"):
            raise RunAlreadyRunning(busy)
        aside = aside_of(folder)
        with saving(folder), holding(folder / LOCK, busy=busy, tidy=(folder / MANIFEST).is_file):
            _refuse_while_something_is_made(folder)
            folder.replace(aside)
        remove_any(aside)  # what stays of it is cleared by the next start

    def _folder_of_any_name(self, run_id: str) -> Path:
        """Also a junk folder that `summaries` lists may be removed, by a name that is no path."""
        with contextlib.suppress(ValueError):  # a name with a zero byte
            if run_id in self.run_ids() and (self.root / run_id).is_dir():
                return self.root / run_id
        return self.folder(run_id)


def _state_of(folder: Path) -> RunState:
    """The state of a run; "damaged" where nobody may look into its folder."""
    try:
        return state_of(folder)
    except OSError:
        return "damaged"


def _refuse_while_something_is_made(folder: Path) -> None:
    """Raise `RunAlreadyRunning` while a map, a control or an edge ablation of the run is made."""
    for lock in sorted(folder.rglob(".*.lock")):
        if is_held(lock):
            made = lock.name.removeprefix(".").removesuffix(".lock")
            raise RunAlreadyRunning(
                f"Another process is making {made} of run {folder.name}. Cancel that, or wait for its end."
            )


def _latest_first(summary: RunSummary) -> tuple[bool, float, str]:
    return (
        summary.finished is not None,
        -summary.finished.timestamp() if summary.finished is not None else 0.0,
        summary.run_id,
    )


def _why_unfinished(state: RunState) -> str:
    return {
        "running": "it is still being trained.",
        "waiting": "it waits until other runs have finished.",
        "failed": "training failed.",
        "cancelled": "it was cancelled. Train it again to resume it, or remove it.",
        "interrupted": "its worker was interrupted. Train it again to resume it, or remove it.",
    }[state]


def _shortened(run_id: str) -> str:
    return repr(run_id if len(run_id) <= 60 else run_id[:60] + "…")
