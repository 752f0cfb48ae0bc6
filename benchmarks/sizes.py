"""How time and memory grow with the data set: reading, training, maps, ranking and every page, at several sizes.

    python benchmarks/sizes.py [--genes 1250 2500 5000 10000 20000] [--keep FOLDER] [--parts reading pages …]

Data folders are generated (`large_folder.py`): N genes, 50 N pairs, 500 N interactions. Every part runs in a process
of its own with one thread, at most `--most-gb` of memory and `--longest` seconds; what does not fit says so in the
table. Seconds are those of the processor and, in brackets, of the clock; memory is the most that the process held,
libraries and data included. The exponent is the slope of a least-squares line through the logarithms, and beside it the
slope between the two largest sizes, which imports and libraries flatten less. With `--keep` folders, runs and figures
stay there, and a part that has been measured is not measured again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from large_folder import write_large  # noqa: E402
from ranking import timed  # noqa: E402

SIZES = (1250, 2500, 5000, 10000, 20000)
EPOCHS = 3
PAGES = ("overview", "gene", "embedding", "predictions", "results", "compare", "training", "train", "tuning")
PAGES += ("vectors", "talk", "glossary", "lab")
OF_A_RUN = ("gene", "embedding", "predictions", "compare", "training")
TOO_LARGE, TOO_LONG, FAILED = "memory", "time", "failed"

Measured = dict[str, tuple[float, float]]
"""Seconds by the clock and of the processor, by what was done."""


def read_cold(_: str) -> Measured:
    from slviz.datasets.sources import open_dataset

    return {"reading, cold": timed(lambda: open_dataset(os.environ["SLVIZ_DATA"]))[1:]}


def read_cached(_: str) -> Measured:
    from slviz.datasets.sources import open_dataset

    return {"reading, from the cache": timed(lambda: open_dataset(os.environ["SLVIZ_DATA"]))[1:]}


def trained(network: str) -> Measured:
    """Splits, trains a few epochs, evaluates and stores."""
    from slviz.datasets.sources import open_dataset
    from slviz.features import FEATURE_SETS
    from slviz.networks import NETWORKS
    from slviz.optimisers import OPTIMISERS
    from slviz.pipeline.train_run import train_run
    from slviz.runs.spec import RunSpec
    from slviz.runs.store import RunStore
    from slviz.splits import SPLITS

    graph, store = open_dataset(os.environ["SLVIZ_DATA"]), RunStore.default()
    spec = RunSpec.of(
        graph,
        network=NETWORKS.make(network),
        features=FEATURE_SETS.make("both"),
        split=SPLITS.make("pairs"),
        optimiser=OPTIMISERS.make("adam", epochs=EPOCHS),
    )
    _, clock, processor = timed(lambda: train_run(store, spec, graph=graph, device="cpu", maps=False))
    epoch = float(np.median(store.progress(spec.run_id)["seconds"].to_numpy(dtype=np.float64)))
    return {
        f"training {network}, {EPOCHS} epochs, evaluation": (clock, processor),
        f"of that, an epoch of {network}": (epoch, epoch),
    }


def mapped(network: str) -> Measured:
    from slviz.projections import PROJECTIONS

    artifacts = _store().artifacts(_run(network))
    names = [name for name, method in PROJECTIONS.items() if method.with_each_run or name == "umap"]
    return {f"map {name}": timed(lambda name=name: artifacts.make_map(PROJECTIONS.make(name), 0))[1:] for name in names}


def ranked(network: str) -> Measured:
    """Partners of one gene, for the first time and of another gene."""
    from slviz.datasets.sources import open_dataset
    from slviz.pipeline.survey import open_ranker

    graph = open_dataset(os.environ["SLVIZ_DATA"])
    ranker = open_ranker(_store(), _run(network), graph)
    hub = int(graph.degree.argmax())
    return {
        f"partners of the first gene, {network}": timed(lambda: ranker.partners(0))[1:],
        f"partners of another gene, {network}": timed(lambda: ranker.partners(hub))[1:],
    }


def surveyed(network: str) -> Measured:
    from slviz.datasets.sources import open_dataset
    from slviz.pipeline.survey import open_ranker, survey_run

    store, graph = _store(), open_dataset(os.environ["SLVIZ_DATA"])
    ranker = open_ranker(store, _run(network), graph)
    return {f"all pairs ranked, {network}": timed(lambda: survey_run(store, ranker))[1:]}


def opened(network: str) -> Measured:
    """First view of every page, in Streamlit's own runtime: the first one also reads the data set."""
    return asyncio.run(_opened(network))


async def _opened(network: str) -> Measured:
    from visitor import NothingToClick, Visitor, start

    runtime = await start(ROOT / "app.py")
    run, measured = _run(network), {}
    for page in PAGES:
        query = {"run": run} if page in OF_A_RUN else {}
        visitor = Visitor(runtime)
        began = time.perf_counter()
        try:
            await visitor.open(page, query | ({"gene": "G00001"} if page == "gene" else {}))
        except (NothingToClick, TimeoutError) as problem:
            print(f"page {page}: {problem!r}", file=sys.stderr)
        else:
            measured[f"page {page}"] = (time.perf_counter() - began, visitor.seconds)
        visitor.leave()
    return measured


PARTS: dict[str, tuple[Callable[[str], Measured], str]] = {
    "reading": (read_cold, ""),
    "cache": (read_cached, ""),
    "gat": (trained, "gat"),
    "multiview": (trained, "multiview"),
    "maps": (mapped, "gat"),
    "partners": (ranked, "gat"),
    "partners-multiview": (ranked, "multiview"),
    "pages": (opened, "gat"),
    "survey": (surveyed, "gat"),
    "survey-multiview": (surveyed, "multiview"),
}
"""What is measured, in this order: a later part reads what an earlier one stored."""


def _store() -> Any:
    from slviz.runs.store import RunStore

    return RunStore.default()


def _run(network: str) -> str:
    """The run of the network that an earlier part stored."""
    runs = (run for run in _store().summaries() if run.state == "finished" and run.spec.network.name == network)
    return next(runs).run_id


def measure(part: str) -> None:
    """Do a part in this process and print what it took as JSON, its peak of memory in MB with it."""
    work, network = PARTS[part]
    measured = work(network)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": measured, "peak": peak}), flush=True)
    os._exit(0)  # threads of the runtime are of no use any more


def run_part(part: str, genes: int, place: Path, *, most_gb: float, longest: float) -> dict[str, Any]:
    """The figures of a part at one size, from a process of its own."""
    folder = place / f"data{genes}"
    if not (folder / "feature_go_128.txt").exists():
        write_large(folder, genes)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    places = {"SLVIZ_DATA": str(folder), "SLVIZ_CACHE": str(place / f"cache{genes}")}
    environment = {**os.environ, **threads, **places, "SLVIZ_MODELS": str(place / f"models{genes}")}
    if part == "reading":
        for entry in Path(environment["SLVIZ_CACHE"]).glob("*"):
            entry.unlink()
    Path(environment["SLVIZ_MODELS"]).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(Path(__file__).resolve()), "--part", part]
    limit = int(most_gb * 1e9)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=longest,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
        )
    except subprocess.TimeoutExpired:
        return {"refused": TOO_LONG}
    print(done.stderr[-2000:], end="", file=sys.stderr)
    if done.returncode:
        # torch says "DefaultCPUAllocator: can't allocate memory", NumPy and Arrow "Unable to allocate" and "malloc"
        short = any(word in done.stderr for word in ("MemoryError", "allocate", "malloc", "bad_alloc"))
        return {"refused": TOO_LARGE if short else FAILED}
    return json.loads(done.stdout.splitlines()[-1])


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the least-squares line through log size and log value; NaN for fewer than two values above zero."""
    known = [(size, value) for size, value in zip(sizes, values, strict=True) if value > 0]
    if len(known) < 2:
        return float("nan")
    x, y = np.log(np.array(known)).T
    return float(np.polyfit(x, y, 1)[0])


def report(results: Mapping[str, Mapping[int, dict[str, Any]]], sizes: Sequence[int]) -> str:
    """Two Markdown tables: seconds, and memory."""
    rows = [
        _row(name, sizes, {genes: row["seconds"].get(name) for genes, row in of_part.items() if "seconds" in row})
        for of_part in results.values()
        for name in _names(of_part)
    ]
    memory = []
    for part, of_part in results.items():
        peaks = {genes: row["peak"] for genes, row in of_part.items() if "peak" in row}
        refused = {genes: row["refused"] for genes, row in of_part.items() if "refused" in row}
        cells = [f"{peaks[genes]:,.0f}" if genes in peaks else refused.get(genes, "–") for genes in sizes]
        memory.append(f"| {part} | " + " | ".join([*cells, *_slopes(sizes, peaks)]) + " |")
    heads = [*(f"{genes:,}" for genes in sizes), "exponent", "last"]
    line = " | ".join(heads) + " |\n| --- |" + " ---: |" * len(heads)
    return "\n".join([f"| seconds | {line}", *rows, "", f"| MB at most | {line}", *memory])


def _names(of_part: Mapping[int, dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in of_part.values() for name in row.get("seconds", ())))


def _row(name: str, sizes: Sequence[int], taken: Mapping[int, Sequence[float] | None]) -> str:
    known = {genes: seconds for genes, seconds in taken.items() if seconds is not None}
    cells = [f"{known[genes][1]:.2f} ({known[genes][0]:.2f})" if genes in known else "–" for genes in sizes]
    return (
        f"| {name} | " + " | ".join([*cells, *_slopes(sizes, {key: value[1] for key, value in known.items()})]) + " |"
    )


def _slopes(sizes: Sequence[int], values: Mapping[int, float]) -> list[str]:
    known = [genes for genes in sizes if genes in values]
    slopes = [exponent(part, [values[genes] for genes in part]) for part in (known, known[-2:])]
    return ["–" if np.isnan(slope) else f"{slope:.2f}" for slope in slopes]


@contextmanager
def _place(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--genes", type=int, nargs="+", default=list(SIZES), help="the sizes")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS), help="some of the parts (all)")
    parser.add_argument("--keep", type=Path, help="a folder for data, runs and figures, to go on with later")
    parser.add_argument("--most-gb", type=float, default=16.0, help="memory of a process (16)")
    parser.add_argument("--longest", type=float, default=1800.0, help="seconds of a process (1800)")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)  # this process is one of a part
    options = parser.parse_args(arguments)
    if options.part:
        measure(options.part)
    with _place(options.keep) as place:
        figures = place / "figures.json"
        known = json.loads(figures.read_text()) if figures.exists() else {}
        for genes in options.genes:
            for part in options.parts:
                key = f"{part} {genes}"
                if key not in known:
                    known[key] = run_part(part, genes, place, most_gb=options.most_gb, longest=options.longest)
                    figures.write_text(json.dumps(known))
                    print(f"{key}: {known[key]}", file=sys.stderr, flush=True)
        results = {
            part: {genes: known[f"{part} {genes}"] for genes in options.genes if f"{part} {genes}" in known}
            for part in PARTS
        }
        print(report({part: of_part for part, of_part in results.items() if of_part}, options.genes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
