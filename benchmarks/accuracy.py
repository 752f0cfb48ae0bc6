"""How well the networks predict, fold by fold, beside the baselines that see the same pairs.

    python benchmarks/accuracy.py --data synlethdb --folds 5
    python benchmarks/accuracy.py --data synlethdb --task link --split one-new both-new near-duplicate-free publication

Prints Markdown: mean ± standard deviation over the folds of each protocol, on the test pairs. Of `publication`
the folds are the publications with most pairs of their own.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import Run, RunSpec
from slviz.splits import SPLITS, Split, publications
from slviz.tasks import TASKS
from slviz.training import train

SHOWN = {
    "link": (("random", "degree-matched"), ("auc", "ap", "f1", "brier", "ece")),
    "confidence": (("all",), ("rmse", "mae", "r2", "spearman")),
    "reconstruct": (("genes",), ("rmse",)),
}
HEADINGS = {"link": "Link", "confidence": "Confidence", "reconstruct": "Reconstruction"}
RANKED = (("all-unknown", "ap"), ("all-unknown", "recall@5000"), ("per-gene", "ndcg@10"), ("per-gene", "recall@10"))
DIGITS = {"reconstruct": 5}


def main() -> None:
    asked = _asked()
    graph = open_dataset(asked.data)
    print(f"{graph.title or graph.name}: {len(graph):,} genes, {len(graph.pairs):,} pairs; {asked.epochs} epochs\n")
    for task, protocol in itertools.product(asked.task, asked.split):
        cost: list[tuple[float, float]] = []
        tables = []
        for network in asked.network:
            for fold, split in enumerate(_divisions(graph, protocol, folds=asked.folds)):
                run, seconds = _timed(graph, _spec(graph, asked, task=task, network=network, split=split))
                cost += [seconds]
                tables += [_tidy(run, network=network, fold=fold)]
                print(_progress(run, seconds), file=sys.stderr, flush=True)
        print(_section(task, protocol, pd.concat(tables), cost), flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default=None, help="demo, synlethdb or a folder")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds to run")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--task", nargs="+", default=["link", "confidence", "reconstruct"], choices=list(TASKS))
    parser.add_argument("--network", nargs="+", default=["gat", "gcn", "mlp"], choices=list(NETWORKS))
    protocols = [name for name in SPLITS if name != "file"]
    parser.add_argument("--split", nargs="+", default=["pairs"], choices=protocols)
    parser.add_argument("--features", default="both", choices=list(FEATURE_SETS))
    return parser.parse_args()


def _spec(graph: GeneGraph, asked: argparse.Namespace, *, task: str, network: str, split: Split) -> RunSpec:
    return RunSpec.of(
        graph,
        source=asked.data or graph.name,
        task=TASKS.make(task),
        network=NETWORKS.make(network),
        features=FEATURE_SETS.make(asked.features),
        split=split,
        optimiser=OPTIMISERS.make("adam", epochs=asked.epochs),
    )


def _divisions(graph: GeneGraph, protocol: str, *, folds: int) -> list[Split]:
    if protocol == "publication":
        return [SPLITS.make(protocol, publication=name) for name in list(publications(graph))[:folds]]
    return [SPLITS.make(protocol, fold=fold) for fold in range(folds)]


def _timed(graph: GeneGraph, spec: RunSpec) -> tuple[Run, tuple[float, float]]:
    """The run, with the wall-clock and processor seconds of dividing, training and evaluation."""
    wall, processor = time.perf_counter(), time.process_time()
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    return run, (time.perf_counter() - wall, time.process_time() - processor)


def _tidy(run: Run, *, network: str, fold: int) -> pd.DataFrame:
    """The test metrics; a baseline stands in the table once, from the first network's runs."""
    test = run.metrics[run.metrics["part"] == "test"]
    return test.assign(model=test["model"].replace("network", f"**{network}**"), fold=fold)


def _progress(run: Run, seconds: tuple[float, float]) -> str:
    negative_kind, metrics = SHOWN[run.spec.task.name]
    value = run.metric(metrics[0], negative_kind=negative_kind[0])
    return f"{run.run_id}: {metrics[0]} {value:.4f}, {seconds[0]:.0f} s ({seconds[1]:.0f} s processor)"


def _section(task: str, protocol: str, table: pd.DataFrame, cost: list[tuple[float, float]]) -> str:
    wall, processor = (max(column) for column in zip(*cost, strict=True))
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    columns = [(negative_kind, metric) for negative_kind in SHOWN[task][0] for metric in SHOWN[task][1]]
    lines = [f"### {HEADINGS[task]}, {protocol}\n", *_table(table, columns, digits=DIGITS.get(task, 3)), ""]
    if task == "link":
        lines += ["Every pair of genes that is not known, and every gene's possible partners, ranked:\n"]
        lines += [*_table(table, list(RANKED), digits=3), ""]
    if task == "confidence":
        lines += ["Spearman ρ within each kind of evidence (across kinds one predicts provenance):\n"]
        lines += [*_within(table), ""]
    lines += [f"Slowest run: {wall:.0f} s, {processor:.0f} s of processor time; memory up to {memory_gb:.1f} GB.\n"]
    return "\n".join(lines)


def _table(table: pd.DataFrame, columns: list[tuple[str, str]], *, digits: int) -> Iterator[str]:
    yield "| | " + " | ".join(f"{metric.upper()}, {negative_kind}" for negative_kind, metric in columns) + " |"
    yield "| --- |" + " --- |" * len(columns)
    yield from _rows(table, columns, digits=digits)


def _within(table: pd.DataFrame) -> Iterator[str]:
    ranked = table[(table["metric"] == "spearman") & (table["negative_kind"] != "all")]
    kinds = [
        kind for kind, rows in ranked.groupby("negative_kind") if rows["fold"].nunique() == table["fold"].nunique()
    ]
    yield "| | " + " | ".join(kinds) + " |"
    yield "| --- |" + " --- |" * len(kinds)
    yield from _rows(ranked, [(kind, "spearman") for kind in kinds], digits=2)


def _rows(table: pd.DataFrame, columns: list[tuple[str, str]], *, digits: int) -> Iterator[str]:
    each = table.drop_duplicates(["model", "fold", "negative_kind", "metric"])
    found = each.groupby(["model", "negative_kind", "metric"])["value"].agg(["mean", "std"])
    scorers = sorted(each["model"].unique(), key=lambda name: (not name.startswith("**"), name))
    for scorer in scorers:
        cells = [_cell(found, (scorer, *column), digits=digits) for column in columns]
        yield f"| {scorer} | " + " | ".join(cells) + " |"


def _cell(found: pd.DataFrame, key: tuple[str, str, str], *, digits: int) -> str:
    if key not in found.index:
        return ""
    mean, spread = found.loc[key]
    return f"{mean:.{digits}f}" + (f" ± {spread:.{digits}f}" if pd.notna(spread) else "")


if __name__ == "__main__":
    main()
