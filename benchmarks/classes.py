"""How well classes of genes are given, fold by fold, beside the baselines that see the same genes.

    python benchmarks/classes.py --data demo
    python benchmarks/classes.py --data synlethdb --features ppi none

Prints Markdown: mean ± standard deviation of macro F1 and accuracy over the folds, on the test genes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.datasets.sources import open_dataset
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import Adam
from slviz.runs import RunSpec
from slviz.splits import Pairs
from slviz.tasks import Classify
from slviz.training import train

METRICS = ("macro_f1", "accuracy")


def main() -> None:
    asked = _asked()
    graph = open_dataset(asked.data)
    print(f"{graph.title}. {gene_classes(graph, asked.classes).statement()}\n")
    for features in asked.features:
        rows = [
            row
            for network in asked.network
            for fold in range(asked.folds)
            for row in _rows(graph, asked, features, network, fold)
        ]
        print(_table(pd.DataFrame(rows), features), flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default=None, help="demo, synlethdb, karate or a folder")
    parser.add_argument("--classes", default="auto")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds to run")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--network", nargs="+", default=["gat", "gcn", "mlp"], choices=list(NETWORKS))
    parser.add_argument("--features", nargs="+", default=["go", "ppi"], choices=list(FEATURE_SETS))
    return parser.parse_args()


def _rows(graph: GeneGraph, asked: argparse.Namespace, features: str, network: str, fold: int) -> list[dict]:
    spec = RunSpec.of(
        graph,
        task=Classify(classes=asked.classes),
        network=NETWORKS.make(network),
        features=FEATURE_SETS.make(features),
        split=Pairs(fold=fold),
        optimiser=Adam(epochs=asked.epochs),
    )
    started = time.perf_counter()
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    print(f"{run.run_id}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    test = run.metrics[(run.metrics["part"] == "test") & (run.metrics["negative_kind"] == "genes")]
    named = test.assign(model=test["model"].replace("network", f"**{network}**"), fold=fold)
    return named[["model", "fold", "metric", "value"]].to_dict("records")


def _table(rows: pd.DataFrame, features: str) -> str:
    each = rows.drop_duplicates(["model", "fold", "metric"])
    found = each.groupby(["model", "metric"], sort=False)["value"].agg(["mean", "std"])
    lines = [f"Features {features}:\n", "| | macro F1 | accuracy |", "| --- | --- | --- |"]
    for scorer in each["model"].unique():
        cells = [f"{found.loc[(scorer, key), 'mean']:.3f} ± {found.loc[(scorer, key), 'std']:.3f}" for key in METRICS]
        lines.append(f"| {scorer} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
