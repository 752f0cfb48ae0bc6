"""Classes of known graphs by the words of their papers or pages, beside what was published where it was.

    python benchmarks/known_graphs.py FOLDER/cora FOLDER/citeseer
    python benchmarks/known_graphs.py FOLDER/cornell FOLDER/texas --split pairs --network gcn gat mlp --seeds 5

Trains what `slviz train --data FOLDER --task classify --split public --features terms --network gat` trains,
for every seed, in one process, and prints Markdown. With `--split pairs` seed N also takes fold N. The epoch is
chosen on validation; test genes are looked at once.
"""

from __future__ import annotations

import argparse
import json
import sys
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
"""Test accuracy on the public split (arXiv 1710.10903, table 2)."""


def main() -> None:
    options = _options()
    graphs = [open_dataset(str(folder)) for folder in options.folders]
    reached: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for seed in range(options.seeds):
        for graph in graphs:
            for network in options.network:
                accuracies = reached.setdefault((graph.name, network), [])
                accuracies.append(_accuracies(graph, network, seed, split=options.split, log=options.log))
    print("| data | network | seeds | test accuracy | validation accuracy | published |\n|" + " --- |" * 6)
    for (name, network), accuracies in reached.items():
        validation, test = 100 * np.array(accuracies).T
        spread = f" ± {test.std(ddof=1):.1f}" if len(test) > 1 else ""
        published = PUBLISHED.get((name, network), "") if options.split == "public" else ""
        told = f"{test.mean():.1f}{spread} | {validation.mean():.1f} | {published}"
        print(f"| {name} | {network} | {len(test)} | {told} |")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--network", nargs="+", default=["gcn", "gat"], choices=list(NETWORKS))
    parser.add_argument("--split", default="public", choices=["public", "pairs"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--log", type=Path, help="a line of JSON a run; a run that it lists is not trained again")
    return parser.parse_args()


def _accuracies(graph: GeneGraph, network: str, seed: int, *, split: str, log: Path | None) -> tuple[float, float]:
    """Accuracy on the validation and on the test genes of one run."""
    names = {"task": "classify", "network": network, "features": "terms", "split": split, "optimiser": "adam"}
    words = [f"fold={seed}"] if split == "pairs" else []
    spec = RunSpec.of(graph, seed=seed, **choices_from_words(names, words))
    known = {} if log is None or not log.exists() else dict(map(json.loads, log.read_text().splitlines()))
    if spec.hash not in known:
        run = train(graph, spec, spec.split.divide(graph), device="cpu")
        metrics = run.metrics[(run.metrics["model"] == "network") & (run.metrics["metric"] == "accuracy")]
        by_part = dict(zip(metrics["part"], metrics["value"], strict=True))
        known[spec.hash] = [by_part["validation"], by_part["test"]]
        print(f"{graph.name} {network} seed {seed}: {known[spec.hash]}", file=sys.stderr, flush=True)
        if log is not None:
            with log.open("a") as lines:
                lines.write(json.dumps([spec.hash, known[spec.hash]]) + "\n")
    validation, test, *_ = known[spec.hash]
    return validation, test


if __name__ == "__main__":
    main()
