"""What lies in the files of a run: from a `Run` to named contents, and back through the manifest."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from slviz import former_names
from slviz.errors import DamagedRun
from slviz.evaluation import METRICS as MEASURES
from slviz.networks.attention import Attention
from slviz.networks.training_record import TrainingRecord
from slviz.runs.checks import check_attention, check_decoder, check_predictions, check_record, genes_in, require
from slviz.runs.damage import CURE, damaged, later, readable
from slviz.runs.files import pack_arrays, to_json, unpack_arrays
from slviz.runs.manifest import Manifest
from slviz.runs.parsing import parse_json, parse_table
from slviz.runs.run import METRIC_COLUMNS, Run
from slviz.runs.schemas import FormerMetric, StoredEpoch, StoredMetric
from slviz.runs.spec import RunSpec

SPEC = "spec.json"
PROGRESS = "progress.jsonl"
LOG = "log.txt"
WEIGHTS = "weights.safetensors"
ARRAYS = "arrays.safetensors"
PREDICTIONS = "predictions.parquet"
SPLIT = "split.parquet"
RECORD = "training.safetensors"
"""How the parts of the network fared; runs of earlier versions and models without epochs have none."""
METRICS = "metrics.json"
NEEDED = (SPEC, PROGRESS, WEIGHTS, ARRAYS, PREDICTIONS, SPLIT, METRICS)
"""What every finished run has, and its manifest lists."""
STANDING_COLUMNS = ("train_loss", "validation_loss", "seconds")
"""Columns of every history beside the epoch."""
MOST_EPOCHS = 10_000_000
MOST_COLUMNS = 200
"""Columns of a history; a network of three layers has some fifteen."""


def contents_of(run: Run) -> dict[str, bytes]:
    """Content by file name of all that `run` holds, spec and split aside."""
    arrays = {
        "genes": np.frombuffer("\n".join(run.genes).encode(), dtype=np.uint8),
        "embedding": run.embedding,
        **{f"decoder.{name}": array for name, array in run.decoder.items()},
    }
    if run.attention is not None:
        arrays |= {"attention.edges": run.attention.edges, "attention.weight": run.attention.weight}
    recorded = {} if run.record is None else {RECORD: pack_arrays(run.record.arrays())}
    return recorded | {
        PROGRESS: history_to_lines(run.history).encode(),
        WEIGHTS: pack_arrays(run.weights or {}),
        ARRAYS: pack_arrays(arrays),
        PREDICTIONS: table_to_parquet(run.predictions),
        METRICS: to_json(_records(run.metrics)),
    }


def read_run(folder: Path, manifest: Manifest) -> Run:
    """The run that lies in `folder`, every file checked against `manifest`; raises `DamagedRun`."""
    path = folder / ARRAYS
    arrays = unpack_arrays(manifest.read_file(folder, ARRAYS), path)
    spec = read_spec(manifest.read_file(folder, SPEC), folder)
    genes = genes_in(arrays, path)
    decoder = {name.removeprefix("decoder."): array for name, array in arrays.items() if name.startswith("decoder.")}
    embedding = require(arrays, "embedding", path, kind="f", shape=[len(genes), None])
    check_decoder(decoder, len(genes), embedding.shape[1], path)
    predictions = parquet_to_table(manifest.read_file(folder, PREDICTIONS), folder / PREDICTIONS)
    check_predictions(predictions, genes, spec.task, folder / PREDICTIONS)
    return Run(
        spec=spec,
        genes=genes,
        history=read_history(manifest.read_file(folder, PROGRESS), folder / PROGRESS),
        embedding=embedding,
        decoder=decoder,
        predictions=predictions,
        metrics=read_metrics(manifest.read_file(folder, METRICS), folder),
        attention=_attention(arrays, len(genes), path),
        device=manifest.device,
        train_seconds=float("nan") if manifest.seconds is None else manifest.seconds,
    )


def read_record(content: bytes, path: Path) -> TrainingRecord:
    """How the parts of the network fared; raises `DamagedRun` naming `path`."""
    arrays = unpack_arrays(content, path)
    check_record(arrays, path)
    return TrainingRecord.from_arrays(arrays)


def _attention(arrays: Mapping[str, np.ndarray], genes: int, path: Path) -> Attention | None:
    if "attention.weight" not in arrays:
        return None
    check_attention(arrays, genes, path)
    return Attention(edges=arrays["attention.edges"], weight=arrays["attention.weight"])


def read_spec(content: bytes, folder: Path) -> RunSpec:
    """The spec in a folder; raises `DamagedRun` where it is garbled or the folder bears another run's name."""
    spec = RunSpec.read(content, folder / SPEC)
    if spec.run_id != folder.name:
        raise DamagedRun(
            f"{SPEC} in folder {readable(folder.name)} belongs to run {spec.run_id}, or to another version of slviz. "
            f"{CURE}"
        )
    return spec


def read_metrics(content: bytes, folder: Path) -> pd.DataFrame:
    """The table of metrics; NaN where a metric could not be measured; raises `DamagedRun`."""
    rows = _metric_rows(content, folder / METRICS)
    for row in rows:
        if row.metric not in MEASURES:
            raise later(
                folder / METRICS, f"has the metric '{readable(row.metric, most=60)}', which this version does not know"
            )
    return metrics_of(rows)


def _metric_rows(content: bytes, path: Path) -> list[StoredMetric]:
    if any(f'"{former}"'.encode() in content for former in former_names.COLUMNS):
        return [row.today() for row in parse_json(content, list[FormerMetric], path)]
    return parse_json(content, list[StoredMetric], path)


def metrics_of(rows: Sequence[StoredMetric]) -> pd.DataFrame:
    """Rows of metrics as the table of a run."""
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in METRIC_COLUMNS}
    return pd.DataFrame(columns | {"value": np.array(columns["value"], dtype=np.float64)})


def table_to_parquet(table: pd.DataFrame) -> bytes:
    """A table as compressed Parquet, without its index."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def parquet_to_table(content: bytes, path: Path) -> pd.DataFrame:
    """The table that `table_to_parquet` wrote; raises `DamagedRun` naming `path`."""
    return former_names.columns(parse_table(content, path))


def progress_line(row: Mapping[str, Any]) -> str:
    """One line of progress.jsonl; a metric that is not finite is written as null."""
    return json.dumps({key: _plain(value) for key, value in row.items()}, allow_nan=False) + "\n"


def history_to_lines(history: pd.DataFrame) -> str:
    """The record of epochs as progress.jsonl holds it: one line of JSON an epoch."""
    return "".join(progress_line(row) for row in history.to_dict("records"))


def lines_to_history(content: bytes) -> pd.DataFrame:
    """One row an epoch; of an epoch written twice the later. What is no line of an epoch is skipped.

    The last line of a worker that was killed is unfinished, and a power cut may leave zeros.
    """
    rows: dict[int, StoredEpoch] = {}
    columns: set[str] = set()
    for line in content.splitlines():
        with contextlib.suppress(DamagedRun):
            row = _epoch(line, Path(PROGRESS))
            if len(columns | row.keys()) <= MOST_COLUMNS:
                columns |= row.keys()
                rows[int(row["epoch"] or 0)] = row
    return _history(rows)


def read_history(content: bytes, path: Path) -> pd.DataFrame:
    """The same of a finished run, where nothing may be skipped; raises `DamagedRun` naming `path`."""
    lines = [_epoch(line, path) for line in content.splitlines()]
    if len({name for line in lines for name in line}) > MOST_COLUMNS:
        raise damaged(path, f"is altered: it tells more than {MOST_COLUMNS} things of an epoch")
    return _history({int(row["epoch"] or 0): row for row in lines})


def _epoch(line: bytes, path: Path) -> StoredEpoch:
    row = parse_json(line, StoredEpoch, path)
    epoch = row.get("epoch")
    if epoch is None or not 1 <= epoch <= MOST_EPOCHS or epoch != int(epoch):
        raise damaged(path, "is altered: a line of it names no epoch")
    if missing := [name for name in STANDING_COLUMNS if name not in row]:
        raise damaged(path, f"is altered: a line of it lacks {' and '.join(missing)}")
    return row


def _history(rows: Mapping[int, StoredEpoch]) -> pd.DataFrame:
    if not rows:
        return pd.DataFrame({"epoch": pd.Series(dtype="int64"), "train_loss": [], "validation_loss": [], "seconds": []})
    history = pd.DataFrame([{**rows[epoch], "epoch": epoch} for epoch in sorted(rows)])
    values = [column for column in history if column != "epoch"]
    return history.astype(dict.fromkeys(values, "float64"))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def damage(reads: Iterable[Callable[[], object]]) -> list[str]:
    """A sentence for every one of `reads` that finds its file damaged."""
    problems = []
    for read in reads:
        try:
            read()
        except DamagedRun as error:
            problems.append(str(error))
    return problems
