"""What a click costs the server in processor time, page by page, beside another checkout in the same run.

    git worktree add /tmp/base b31d1a3
    python benchmarks/click_profile.py --base /tmp/base [--data FOLDER] [--models FOLDER] [--rounds 3] [--lines]

A visitor without a browser (`visitor.py`) opens every page and uses its controls: about 200 clicks on real runs. A
first view is that of a visitor who comes to the page by its address, on a server that has shown it before; a click is
any rerun after it. Both checkouts are measured in turn, in processes of their own, round by round, so that a slow
moment of the machine hits both; what is reported is the median over rounds. `--lines` also prints the five dearest
lines of each page in both. FOLDER of `--models` is kept: runs are trained in it where it has none.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
MOST_LINES, WATCHED_CLICKS = 5, 3
"""Lines that are told of a page, over its first view and so many clicks: to watch every call takes its time."""
TRAINED = (
    ("--network", "gat", "epochs=20"),
    ("--network", "gat", "--seed", "1", "epochs=20"),
    ("--network", "gat", "--task", "confidence", "epochs=20"),
)
"""The runs that are made where there are none: two that can be compared, and one of another task."""


@dataclass(frozen=True)
class Visit:
    """A page that is opened by its address, and what is clicked on it, one control after the other.

    Attributes:
        page: its name in the address.
        clicks: key of a control, and the option, number or text that is chosen.
        query: of the address.
    """

    page: str
    clicks: Sequence[tuple[str, Any]] = ()
    query: dict[str, str] = field(default_factory=dict)


def visits(run: str, other: str, confidence: str, gene: str) -> list[Visit]:
    """Everything that the visitor does.

    Args:
        run: a link run with maps.
        other: one that can be compared with it.
        confidence: a run that predicts confidence.
        gene: a symbol.
    """
    of_run = {"run": run}
    of_gene = of_run | {"gene": gene}
    compared = of_run | {"with": other}
    again = [("pairs", option) for option in (1, 0, 3, 0)]
    return [
        Visit("overview", [("data picker", 0), ("data picker", 1)] * 3),
        Visit("gene", [("rows", 1), ("rows", 0), *again, ("other-runs", True), ("other-runs", False)] * 2, of_gene),
        Visit("gene", [("show", place) for place in (1, 2, 3, 4, 0)] * 2, of_gene),
        Visit(
            "gene",
            [("new", 20), ("known", 20), ("interactions", True), ("among", 1), ("among", 0), ("new", 10)],
            of_gene | {"show": "network"},
        ),
        Visit(
            "gene",
            [("hops", 1), ("hops", 0), ("limit", 5), ("limit", 10), ("layer", 1), ("layer", 0), ("direction", 1)],
            of_gene | {"show": "neighbourhood"},
        ),
        Visit(
            "train",
            [("network", 1), ("network", 3), ("task", 1), ("task", 0), ("features", 1), ("split", 1), ("optimiser", 1)]
            * 2,
        ),
        Visit(
            "embedding",
            [
                *[("colour", place) for place in (1, 2, 3, 7, 2, 0)],
                *[("size", 6.0), ("size", 4.0), ("opacity", 0.5), ("hubs", False), ("hubs", True)],
                *[("pointer", 1), ("pointer", 0), ("contours", True), ("contours", False)],
                *[("lines", 5), ("lines", 10), ("map", 2), ("map", 0)],
            ]
            * 2,
            of_run,
        ),
        Visit("embedding", [("names", 10), ("names", 5), ("size", 5.0)], of_run | {"cluster": "2"}),
        Visit(
            "predictions",
            [("negatives", 1), ("negatives", 0), ("part", 1), ("part", 0), ("top", 1), ("top", 2), ("top", 0)] * 3,
            of_run,
        ),
        Visit("predictions", [("part", 1), ("part", 0), ("colour-by", 1), ("residuals", 1)] * 2, {"run": confidence}),
        Visit("results", [("metric", place) for place in (1, 2, 3, 0)] * 2),
        Visit("tuning", [("tune network", 1), ("tune network", 3), ("tune optimiser", 1), ("tune sampler", 1)]),
        Visit(
            "compare", [("negatives", 1), ("negatives", 0), *[("choice tab", tab) for tab in (2, 3, 5, 0)]], compared
        ),
        Visit("compare", [("choice scale", 1), ("choice scale", 0)] * 2, compared | {"tab": "disagreements"}),
        Visit("compare", [("partners", 10), ("partners", 30)] * 2, compared | {"tab": "gene", "gene": gene}),
        Visit("training", [("axis", 1), ("axis", 0)] * 3, of_run),
        Visit("vectors"),
        Visit("talk"),
        Visit("glossary", [("find", "auc"), ("find", "map"), ("find", "")]),
        Visit(
            "lab",
            [("points", 1), ("points", 0), ("noise", 0.1), ("noise", 0.2), ("activation", 1), ("lab epoch", 5)]
            + [("show", place) for place in (1, 2, 3, 0)],
        ),
    ]


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, help="another checkout, to compare with")
    parser.add_argument("--data", default=os.environ.get("SLVIZ_DATA", "demo"), help="a data set (SLVIZ_DATA, or demo)")
    parser.add_argument("--models", type=Path, help="a folder with runs; they are made where it has none")
    parser.add_argument("--rounds", type=int, default=3, help="how often both are measured (3)")
    parser.add_argument("--lines", action="store_true", help="print the dearest lines of each page, too")
    parser.add_argument("--pages", nargs="*", help="some of the pages (all)")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)  # this process is one of a round
    wanted = parser.parse_args()
    if wanted.measure is not None:
        return asyncio.run(_measure(wanted.measure, wanted.pages, lines=wanted.lines))
    with tempfile.TemporaryDirectory() as folder:
        models = wanted.models or Path(folder) / "models"
        os.environ |= {"SLVIZ_MODELS": str(models), "SLVIZ_DATA": wanted.data, "SLVIZ_CACHE": f"{folder}/cache"}
        _train_where_empty(models)
        checkouts = {"this": CHECKOUT} | ({"base": wanted.base.resolve()} if wanted.base else {})
        rounds = {name: [] for name in checkouts}
        for _ in range(wanted.rounds):
            for name, checkout in checkouts.items():
                rounds[name].append(_measured(checkout, wanted.pages))
        watched = checkouts if wanted.lines else {}
        lines = {name: _measured(checkout, wanted.pages, "--lines") for name, checkout in watched.items()}
    _report(rounds, lines)
    return 0


def _train_where_empty(models: Path) -> None:
    if any(models.glob("*/manifest.json")):
        return
    for settings in TRAINED:
        command = [sys.executable, "-m", "slviz", "train", *settings]
        subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)


def _measured(checkout: Path, pages: Sequence[str] | None, *options: str) -> dict[str, Any]:
    """One process of a checkout, which does everything once."""
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", str(checkout), *options]
    command += ["--pages", *pages] if pages else []
    done = subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


async def _measure(checkout: Path, pages: Sequence[str] | None, *, lines: bool) -> int:
    """Do everything once in this process, by the code of `checkout`, and print what it cost as one line of JSON."""
    sys.path.insert(0, str(checkout))
    from line_costs import LineCosts
    from visitor import NothingToClick, Visitor, start

    from slviz.runs.store import RunStore

    runtime = await start(checkout / "app.py")
    first: dict[str, list[float]] = defaultdict(list)
    clicks: dict[str, list[float]] = defaultdict(list)
    dearest: dict[str, list[tuple[float, str]]] = {}
    fresh = None
    for visit in visits(*_chosen(RunStore.default())):
        if (pages and visit.page not in pages) or visit.page in dearest:
            continue
        clicked = visit.clicks[:WATCHED_CLICKS] if lines else visit.clicks
        costs = LineCosts(checkout)
        visitor = Visitor(runtime)
        await visitor.open(visit.page, visit.query)
        fresh = visitor.seconds if fresh is None else fresh
        visitor.leave()
        visitor = Visitor(runtime)
        with costs.on() if lines else contextlib.nullcontext():
            await visitor.open(visit.page, visit.query)
            first[visit.page].append(visitor.seconds)
            for key, option in clicked:
                try:
                    await visitor.use(key, option)
                except NothingToClick as problem:
                    print(f"{visit.page}: {problem}", file=sys.stderr)
                else:
                    clicks[visit.page].append(visitor.seconds)
        visitor.leave()
        if lines:
            count = 1 + len(clicked)
            dearest[visit.page] = [
                (seconds / count, f"{path}:{line} {function}")
                for (path, line, function), seconds in costs.seconds.most_common(MOST_LINES)
            ]
    print(json.dumps({"fresh": fresh, "first": first, "clicks": clicks, "lines": dearest}), flush=True)
    os._exit(0)  # the runtime's threads are of no use any more


def _chosen(store: Any) -> tuple[str, str, str, str]:
    """Two runs that can be compared, the one with most maps first, one that predicts confidence, and a gene."""
    from slviz.datasets.sources import open_dataset

    graph = open_dataset(None)
    finished = [
        summary
        for summary in store.summaries()
        if summary.state == "finished" and summary.spec and summary.spec.data_fingerprint == graph.fingerprint
    ]
    links = [summary for summary in finished if summary.spec.task.name == "link"]
    links.sort(key=lambda run: (run.spec.network.name != "gat", -len(list((run.folder / "projections").glob("*")))))
    sure = next((summary for summary in finished if summary.spec.task.name == "confidence"), links[0])
    gene = graph.genes[int(graph.degree.argmax())]
    return links[0].run_id, links[1].run_id, sure.run_id, gene


def _report(rounds: dict[str, list[dict[str, Any]]], lines: dict[str, dict[str, Any]]) -> None:
    names = list(rounds)
    pages = list(rounds["this"][0]["first"])
    heads = [f"{what}, {name}" for what in ("click", "first view") for name in names]
    print("| page | clicks | " + " | ".join(heads) + " |\n| --- |" + " ---: |" * (1 + len(heads)))
    for page in pages:
        count = len(rounds["this"][0]["clicks"].get(page, []))
        figures = [_median(rounds[name], kind, [page]) for kind in ("clicks", "first") for name in names]
        print(f"| {page} | {count} | " + " | ".join(figures) + " |")
    figures = [_median(rounds[name], kind, pages) for kind in ("clicks", "first") for name in names]
    count = sum(len(clicks) for clicks in rounds["this"][0]["clicks"].values())
    print(f"| **all** | {count} | " + " | ".join(figures) + " |")
    print(
        "\nFirst of all views of a fresh process: "
        + ", ".join(f"{name} {_fresh(rounds[name]):.2f} s" for name in names)
    )
    for page in pages if lines else []:
        for name in names:
            print(f"\n{page}, {name}:")
            for seconds, where in lines[name]["lines"].get(page, []):
                print(f"    {1000 * seconds:7.1f} ms  {where}")


def _median(rounds: Sequence[dict[str, Any]], kind: str, pages: Sequence[str]) -> str:
    """The median of all reruns of these pages, each the median over rounds, in seconds."""
    of_each = [statistics.median(same) for page in pages for same in _same(rounds, kind, page)]
    return f"{statistics.median(of_each):.3f}" if of_each else "–"


def _same(rounds: Sequence[dict[str, Any]], kind: str, page: str) -> Iterator[tuple[float, ...]]:
    return zip(*(measured[kind].get(page, []) for measured in rounds), strict=True)


def _fresh(rounds: Sequence[dict[str, Any]]) -> float:
    return statistics.median(measured["fresh"] for measured in rounds)


if __name__ == "__main__":
    sys.exit(main())
