"""What lies in the files of a run: from a `Run` to named contents, and back through the manifest."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from slviz.errors import DamagedRun
from slviz.runs.attention import Attention
from slviz.runs.files import CURE, from_json, pack_arrays, to_json, unpack_arrays
from slviz.runs.manifest import Manifest
from slviz.runs.run import METRIC_COLUMNS, Run
from slviz.runs.spec import RunSpec

SPEC = "spec.json"
PROGRESS = "progress.jsonl"
LOG = "log.txt"
WEIGHTS = "weights.safetensors"
ARRAYS = "arrays.safetensors"
PREDICTIONS = "predictions.parquet"
SPLIT = "split.parquet"
METRICS = "metrics.json"


def contents_of(run: Run) -> dict[str, bytes]:
    """Content by file name of all that `run` holds, spec and split aside."""
    arrays = {
        "genes": np.frombuffer("\n".join(run.genes).encode(), dtype=np.uint8),
        "embedding": run.embedding,
        **{f"decoder.{name}": array for name, array in run.decoder.items()},
    }
    if run.attention is not None:
        arrays |= {"attention.edges": run.attention.edges, "attention.weight": run.attention.weight}
    return {
        PROGRESS: history_to_lines(run.history).encode(),
        WEIGHTS: pack_arrays(run.weights or {}),
        ARRAYS: pack_arrays(arrays),
        PREDICTIONS: table_to_parquet(run.predictions),
        METRICS: to_json(_records(run.metrics)),
    }


def read_run(folder: Path, manifest: Manifest) -> Run:
    """The run that lies in `folder`, every file checked against `manifest`; raises `DamagedRun`."""
    arrays = unpack_arrays(manifest.read_file(folder, ARRAYS), folder / ARRAYS)
    spec = read_spec(manifest.read_file(folder, SPEC), folder)
    try:
        return Run(
            spec=spec,
            genes=tuple(arrays["genes"].tobytes().decode().split("\n")),
            history=lines_to_history(manifest.read_file(folder, PROGRESS)),
            embedding=arrays["embedding"],
            decoder={
                name.removeprefix("decoder."): array for name, array in arrays.items() if name.startswith("decoder.")
            },
            predictions=parquet_to_table(manifest.read_file(folder, PREDICTIONS), folder / PREDICTIONS),
            metrics=read_metrics(manifest.read_file(folder, METRICS), folder),
            attention=_attention(arrays),
            device=manifest.device,
            train_seconds=float("nan") if manifest.seconds is None else manifest.seconds,
        )
    except KeyError as error:
        raise DamagedRun(f"{ARRAYS} of run {folder.name} lacks {error}. {CURE}") from error


def _attention(arrays: Mapping[str, np.ndarray]) -> Attention | None:
    if "attention.weight" not in arrays:
        return None
    return Attention(edges=arrays["attention.edges"], weight=arrays["attention.weight"])


def read_spec(content: bytes, folder: Path) -> RunSpec:
    """The spec in a folder; raises `DamagedRun` where it is garbled or the folder bears another run's name."""
    spec = RunSpec.from_json(from_json(content, folder / SPEC))
    if spec.run_id != folder.name:
        raise DamagedRun(
            f"{SPEC} in folder {folder.name} belongs to run {spec.run_id}, or to another version of slviz. {CURE}"
        )
    return spec


def read_metrics(content: bytes, folder: Path) -> pd.DataFrame:
    """The table of metrics; NaN where a figure could not be measured."""
    try:
        rows = from_json(content, folder / METRICS)
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in METRIC_COLUMNS}
        return pd.DataFrame(columns | {"value": np.array(columns["value"], dtype=np.float64)})
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedRun(f"{METRICS} of run {folder.name} is altered: it is no table of figures. {CURE}") from error


def table_to_parquet(table: pd.DataFrame) -> bytes:
    """A table as compressed Parquet, without its index."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def parquet_to_table(content: bytes, path: Path) -> pd.DataFrame:
    """The table that `table_to_parquet` wrote; raises `DamagedRun` naming `path`."""
    try:
        return pd.read_parquet(io.BytesIO(content))
    except (OSError, ValueError) as error:
        raise DamagedRun(f"{path.name} of run {path.parent.name} is cut or altered. {CURE}") from error


def progress_line(row: Mapping[str, Any]) -> str:
    """One line of progress.jsonl; a figure that is not finite is written as null."""
    return json.dumps({key: _plain(value) for key, value in row.items()}, allow_nan=False) + "\n"


def history_to_lines(history: pd.DataFrame) -> str:
    """The record of epochs as progress.jsonl holds it: one line of JSON an epoch."""
    return "".join(progress_line(row) for row in history.to_dict("records"))


def lines_to_history(content: bytes) -> pd.DataFrame:
    """One row an epoch; of an epoch written twice the later, and an unfinished last line skipped."""
    rows: dict[int, dict[str, Any]] = {}
    for line in content.splitlines():
        try:
            row = json.loads(line)
            rows[int(row["epoch"])] = row
        except (ValueError, KeyError, TypeError):
            continue
    if not rows:
        return pd.DataFrame({"epoch": pd.Series(dtype="int64"), "train_loss": [], "validation_loss": [], "seconds": []})
    history = pd.DataFrame([rows[epoch] for epoch in sorted(rows)])
    figures = [column for column in history if column != "epoch"]
    return history.astype(dict.fromkeys(figures, "float64"))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def damage(reads: Iterable[Callable[[], object]]) -> list[str]:
    """A sentence for every one of `reads` that finds its file damaged."""
    found = []
    for read in reads:
        try:
            read()
        except DamagedRun as error:
            found.append(str(error))
    return found
