"""train_run: one run is trained under its lock, with a record that others can follow, and its maps are made."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pandas as pd

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, SlvizError
from slviz.pipeline.evaluation_progress import EvaluationProgress
from slviz.pipeline.slots import slot
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.pipeline.voice import SILENT, Voice
from slviz.projections import PROJECTIONS
from slviz.runs.data_of import data_of
from slviz.runs.event_files import EventFile
from slviz.runs.folder import EVENTS
from slviz.runs.manifest import MANIFEST
from slviz.runs.run import NETWORK, Run
from slviz.runs.spec import RunSpec
from slviz.runs.store import RunStore
from slviz.runs.worker import RunWriter, StoredCheckpoint
from slviz.splits import HeldOut, PairSplit
from slviz.text import percent

if TYPE_CHECKING:
    from slviz.training import Checkpoint, Epoch

MAPS_SEED = 0
TOLD = ("random", "degree-matched", "popularity-matched", "file", "all", "genes")
"""Metrics of single evidence kinds are left to `runs show`."""
LINES = 20
"""At most about so many lines on the progress of one training."""


def train_run(
    store: RunStore,
    spec: RunSpec,
    *,
    graph: GeneGraph | None = None,
    held_out: HeldOut | None = None,
    device: str = "auto",
    maps: bool = True,
    places: int | None = None,
    events: bool = False,
    voice: Voice = SILENT,
) -> None:
    """Train `spec` unless it is trained already, then make the maps that are missing.

    Args:
        store: where the run is written.
        spec: what to train.
        graph: its data set; opened from the spec's source when left out.
        held_out: the user's own test pairs, for the split `file` on its first start.
        device: "auto", "cpu", "cuda" or "mps".
        maps: whether to make the run's maps.
        places: how many runs this machine trains at once; `slviz.pipeline.slots.slots()` when left out.
        events: whether to write TensorBoard event files; a run that has some goes on with them.
        voice: what is told on the way.

    Raises `RunAlreadyRunning` where another worker has the run, `DamagedRun` where it is finished and cannot be read,
    `RunCancelled` when somebody asked to stop, and what `slviz.training.train` raises.
    """
    known = store.find(spec)
    if known is not None:
        voice.tell(f"Run {spec.run_id} is finished already; nothing to train.")
        if events and not known.shipped:
            EventFile(known.folder, store.progress(spec.run_id)).close()
        store.tidy(spec.run_id)
        if maps and not known.shipped:
            _make_maps(store, spec.run_id, voice)
        return
    with store.writing(spec) as writer:
        if (writer.folder / MANIFEST).is_file():
            _refuse_damaged(store, spec)
            voice.tell(f"Run {spec.run_id} was finished by another process meanwhile.")
        else:
            voice.tell(f"Run {spec.run_id}")
            if spec.synthetic:
                voice.tell(SYNTHETIC)
            writer.note_device(device)
            with slot(writer, store, places=places, voice=voice):
                events = events or (writer.folder / EVENTS).is_dir()
                _train(writer, spec, graph=graph, held_out=held_out, device=device, events=events, voice=voice)
                if maps:
                    _make_maps(store, spec.run_id, voice)


def _refuse_damaged(store: RunStore, spec: RunSpec) -> None:
    """What another worker finished meanwhile is fine; what is finished and cannot be read is not."""
    problem = store.summary(spec.run_id).problem
    if problem:
        raise DamagedRun(problem)


def _train(
    writer: RunWriter,
    spec: RunSpec,
    *,
    graph: GeneGraph | None,
    held_out: HeldOut | None,
    device: str,
    events: bool,
    voice: Voice,
) -> None:
    writer.stop_if_cancelled()
    graph = graph if graph is not None else data_of(spec)
    split = _split(writer, spec, graph, held_out=held_out)
    for remark in spec.split.remarks(graph, held_out=held_out):
        voice.tell(remark)
    stored = writer.stored_checkpoint()
    writer.begin(split.to_frame(graph.genes), after_epoch=stored.epoch if stored else 0)
    if stored is not None:
        voice.tell(f"Resumes after epoch {stored.epoch}.")
    before = stored.history if stored else pd.DataFrame()
    with EventFile(writer.folder, before) if events else contextlib.nullcontext() as file:
        run = _trained(writer, spec, graph, split, stored=stored, device=device, events=file, voice=voice)
    writer.finish(run)
    voice.tell(f"Finished in {run.train_seconds:.0f} s on {run.device}.")
    _tell_metrics(run, voice)


def _trained(
    writer: RunWriter,
    spec: RunSpec,
    graph: GeneGraph,
    split: PairSplit,
    *,
    stored: StoredCheckpoint | None,
    device: str,
    events: EventFile | None,
    voice: Voice,
) -> Run:
    from slviz.training import Checkpoint, train

    def on_epoch(epoch: Epoch) -> None:
        row = _row(epoch)
        if events is not None:
            events.record(row)
        writer.record(row)
        if epoch.epoch % max(epoch.epochs // LINES, 1) == 0:
            voice.tell(_line(epoch))

    def on_checkpoint(checkpoint: Checkpoint) -> None:
        writer.save_checkpoint(StoredCheckpoint(checkpoint.epoch, checkpoint.arrays, checkpoint.history))

    return train(
        graph,
        spec,
        split,
        device=device,
        on_epoch=on_epoch,
        on_evaluation=EvaluationProgress(writer, voice),
        checkpoint=Checkpoint(stored.epoch, dict(stored.arrays), stored.history) if stored else None,
        on_checkpoint=on_checkpoint,
    )


def _split(writer: RunWriter, spec: RunSpec, graph: GeneGraph, *, held_out: HeldOut | None) -> PairSplit:
    """The split that the run was started with, or a new one."""
    with contextlib.suppress(DamagedRun):  # one that cannot be read is divided anew: the spec decides it
        frozen = writer.stored_split()
        if frozen is not None:
            return PairSplit.from_frame(frozen, graph.genes)
    return spec.split.divide(graph, held_out=held_out)  # type: ignore[attr-defined]


def _row(epoch: Epoch) -> dict[str, float]:
    """One line of the record, columns as in `Run.history`."""
    return {
        "epoch": epoch.epoch,
        "train_loss": epoch.train_loss,
        "validation_loss": epoch.validation_loss,
        epoch.metric_name: epoch.metric,
        "seconds": epoch.seconds,
        **epoch.measures,
    }


def _line(epoch: Epoch) -> str:
    return (
        f"epoch {epoch.epoch}/{epoch.epochs}  loss {epoch.train_loss:.4f}  "
        f"validation loss {epoch.validation_loss:.4f}  {epoch.metric_name} {epoch.metric:.4f}"
    )


def _tell_metrics(run: Run, voice: Voice) -> None:
    on_test = run.metrics[(run.metrics["part"] == "test") & run.metrics["negative_kind"].isin(TOLD)]
    itself = {NETWORK: run.spec.network.row_name}
    table = on_test.pivot_table(index=["negative_kind", "model"], columns="metric", values="value", sort=False)
    table = table.rename(index=itself, level="model")
    if len(table):
        voice.tell((table.round(4) + 0.0).to_string(na_rep=""))  # + 0: no minus before a zero


def _make_maps(store: RunStore, run_id: str, voice: Voice) -> None:
    """The maps that are made with each run; one that cannot be made is told and harms nothing."""
    for name in (name for name, method in PROJECTIONS.items() if method.with_each_run):
        try:
            projection = store.artifacts(run_id).make_map(PROJECTIONS.make(name), MAPS_SEED)
            voice.tell(f"Map {name}: {percent(projection.kept.mean())} of nearest neighbours preserved.")
            store.artifacts(run_id).measure_map_quality(projection.method, MAPS_SEED)
        except SlvizError as error:
            voice.warn(f"The {name} map was not made. {error}")
