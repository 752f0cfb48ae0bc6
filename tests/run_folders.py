"""Run folders, data folders and worker processes for the tests of runs, jobs and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from slviz.datasets import GeneGraph
from slviz.projections import PCA, Projection
from slviz.runs import Run
from slviz.runs.store import RunStore

CHECKOUT = Path(__file__).resolve().parent.parent


def finish(store: RunStore, run: Run) -> Path:
    """Write `run` into `store` as a worker does, and give its folder."""
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        writer.finish(run)
    return store.folder(run.run_id)


def a_map(run: Run, *, seed: int = 0, dimensions: int = 2) -> Projection:
    """A map with random places, quicker than a fitted one."""
    random = np.random.default_rng(seed)
    return Projection(
        method=PCA(dimensions=dimensions),
        seed=seed,
        coordinates=random.normal(size=(len(run.genes), dimensions)).astype(np.float32),
        axes=tuple(f"PCA {axis + 1}" for axis in range(dimensions)),
        kept=random.uniform(size=len(run.genes)).astype(np.float32),
    )


def write_data_folder(folder: Path, graph: GeneGraph) -> Path:
    """The genes, pairs and features of `graph` as a data folder."""
    folder.mkdir(parents=True)
    (folder / "genes.txt").write_text("\n".join(graph.genes) + "\n")
    rows = [
        f"{graph.genes[a]}\t{graph.genes[b]}\t{score:.2f}"
        for (a, b), score in zip(graph.pairs, graph.score, strict=True)
    ]
    (folder / "pairs.tsv").write_text("\n".join(rows) + "\n")
    for name, matrix in graph.features.items():
        np.savetxt(folder / f"feature_{name}_{matrix.shape[1]}.txt", matrix, fmt="%.4f")
    return folder


def environment(models: Path) -> dict[str, str]:
    """What a worker needs to write into `models`, with one thread so that several fit beside each other."""
    return {**os.environ, "SLVIZ_MODELS": str(models), "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}


def slviz(models: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    """`python -m slviz` to its end."""
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-m", "slviz", *arguments],
        env=environment(models) | more.pop("env", {}),  # type: ignore[operator]
        capture_output=True,
        text=True,
        timeout=300,
        cwd=more.pop("cwd", models.parent),
        **more,
    )


def start_slviz(models: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`python -m slviz` left running; the test ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "slviz", *arguments],
        env=environment(models) | (env or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=models.parent,
    )


def wait_until(true: Callable[[], bool], *, seconds: float = 120.0) -> None:
    """Wait for something another process does; fails when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.01)
