"""How long a data folder takes to open, the first time and from the cache, beside plain readers of the same files.

    python benchmarks/load_time.py [FOLDER]

FOLDER is SynLethDB where it is found, else the demo. The plain readers check nothing and build no graph: NumPy's
`loadtxt` and pandas' `read_csv` for the features, pandas for the tables, a split for the terms. Each figure is the
median of several repeats in this very run; files are in the system's file cache.
"""

from __future__ import annotations

import gzip
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from slviz.datasets.cache import load_folder
from slviz.datasets.folder import read_folder
from slviz.datasets.layout import Layout, find_layout
from slviz.datasets.report import Report
from slviz.datasets.sources import locate
from slviz.errors import MissingDataFile

REPEATS = 5


def main() -> int:
    folder = _folder(sys.argv[1:])
    layout, _ = find_layout(folder, Report(folder.name))
    read_folder(folder)  # so that no first import is measured
    with tempfile.TemporaryDirectory() as place:
        os.environ["SLVIZ_CACHE"] = place
        fresh = _median(lambda: _load_fresh(folder, Path(place)))
        load_folder(folder)
        cached = _median(lambda: load_folder(folder))
    with_numpy = _median(lambda: _read_plainly(folder, layout, _with_numpy))
    with_pandas = _median(lambda: _read_plainly(folder, layout, _with_pandas))
    graph, _ = read_folder(folder)
    print(f"{folder.name}: {len(graph):,} genes, {len(graph.pairs):,} pairs, {len(graph.features)} features")
    for name, seconds in (
        ("slviz, first time (reads, checks, writes the cache)", fresh),
        ("slviz, from the cache", cached),
        ("plain: numpy.loadtxt and pandas", with_numpy),
        ("plain: pandas alone", with_pandas),
    ):
        ratios = f"{seconds / with_pandas:6.2f} × pandas, {seconds / with_numpy:6.2f} × numpy"
        print(f"  {name:<52} {seconds:7.3f} s   {ratios}")
    return 0


def _folder(arguments: list[str]) -> Path:
    if arguments:
        return locate(arguments[0])[1]
    try:
        return locate("synlethdb")[1]
    except MissingDataFile:
        return locate("demo")[1]


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _load_fresh(folder: Path, place: Path) -> None:
    for entry in place.iterdir():
        entry.unlink()
    load_folder(folder)


def _read_plainly(folder: Path, layout: Layout, read_matrix: Callable[[Path], object]) -> None:
    for file in layout.features.values():
        read_matrix(folder / file)
    for role, file in layout.files.items():
        if role == "terms":
            _read_terms(folder / file)
        else:
            heading = "infer" if role in ("evidence", "gene_info") else None
            pd.read_csv(folder / file, sep="\t", header=heading, dtype=str, keep_default_na=False, quoting=3)


def _with_numpy(path: Path) -> np.ndarray:
    return np.loadtxt(path, dtype=np.float32, ndmin=2)


def _with_pandas(path: Path) -> np.ndarray:
    return pd.read_csv(path, sep=" ", header=None, dtype=np.float32).to_numpy()


def _read_terms(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [line.split("\t") for line in text.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
