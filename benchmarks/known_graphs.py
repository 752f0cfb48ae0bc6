"""Classes of known graphs on their public split, beside what was published: mean ± standard deviation over seeds.

    python benchmarks/known_graphs.py FOLDER/cora FOLDER/citeseer

Trains what `slviz train --data FOLDER --task classify --split public --features terms --network gat` trains, for
every seed, in one process, and prints Markdown. The epoch is chosen on validation; test genes are looked at once.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.networks import NETWORKS
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words
from slviz.training import train

PUBLISHED = {("cora", "gcn"): 81.5, ("cora", "gat"): 83.0, ("citeseer", "gcn"): 70.3, ("citeseer", "gat"): 72.5}
"""Test accuracy of arXiv 1710.10903, table 2."""


def main() -> None:
    options = _options()
    graphs = {folder: open_dataset(str(folder)) for folder in options.folders}
    lines = [
        "| data | network | seeds | test accuracy | validation accuracy | published | seconds a run |",
        "| " + "--- | " * 7,
    ]
    rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for seed in range(options.seeds):
        for graph in graphs.values():
            for network in options.network:
                rows.setdefault((graph.name, network), []).append(_trained(graph, network, seed, options.log))
    for (name, network), reached in rows.items():
        validation, test, seconds = np.array(reached).T
        lines.append(
            f"| {name} | {network} | {len(reached)} | {100 * test.mean():.1f} ± {100 * test.std(ddof=1):.1f} | "
            f"{100 * validation.mean():.1f} | {PUBLISHED.get((name, network), '')} | {seconds.mean():.0f} |"
        )
    print("\n".join(lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--network", nargs="+", default=["gcn", "gat"], choices=list(NETWORKS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--log", type=Path, help="a file for one line of JSON a run; what it lists is not trained again"
    )
    return parser.parse_args()


def _trained(graph: GeneGraph, network: str, seed: int, log: Path | None) -> tuple[float, float, float]:
    """Accuracy on validation and test genes, and seconds, of one run."""
    names = {"task": "classify", "network": network, "features": "terms", "split": "public", "optimiser": "adam"}
    spec = RunSpec.of(graph, seed=seed, **choices_from_words(names, []))
    known = {} if log is None or not log.exists() else dict(map(json.loads, log.read_text().splitlines()))
    if spec.hash not in known:
        started = time.perf_counter()
        run = train(graph, spec, spec.split.divide(graph), device="cpu")
        metrics = run.metrics[(run.metrics["model"] == "network") & (run.metrics["metric"] == "accuracy")]
        by_part = dict(zip(metrics["part"], metrics["value"], strict=True))
        known[spec.hash] = [by_part["validation"], by_part["test"], time.perf_counter() - started]
        print(f"{graph.name} {network} seed {seed}: {known[spec.hash]}", file=sys.stderr, flush=True)
        if log is not None:
            with log.open("a") as lines:
                lines.write(json.dumps([spec.hash, known[spec.hash]]) + "\n")
    return tuple(known[spec.hash])


if __name__ == "__main__":
    main()
