"""What is left of a score when negatives are as popular as the real pairs: each protocol, each kind of negative.

    python benchmarks/popularity.py --data human-sl --split time --network boosted_trees
    python benchmarks/popularity.py --data synlethdb --split pairs time --network boosted_trees multiview

Prints Markdown: ROC AUC on test pairs against random, degree-matched and popularity-matched negatives, with the 95 %
interval of a bootstrap over genes, of the models asked for and of every baseline, the best against popularity-matched
negatives first. Rankings of all unknown pairs are not made.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.baselines import link_baselines
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.evaluation.screens import drawn_metrics, gene_draws, interval, of_pairs
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import baseline_measures
from slviz.networks import NETWORKS
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import default_names
from slviz.splits import SPLITS, PairSplit
from slviz.training.train import fit_model

DRAWS = 200
TOP_FIRST = "popularity-matched"


def main() -> None:
    options = _options()
    graph = open_dataset(options.data)
    for name in options.split:
        split = SPLITS.make(name)
        divided = split.divide(graph)
        scores = {
            **link_baselines(divided, interactions=graph.interactions),
            **baseline_measures(PairKnowledge(graph), divided.pairs),
        }
        for network in options.network:
            started = time.perf_counter()
            scores[f"`{network}`"] = _scores(graph, name, network, divided, options.settings)
            print(f"{network}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        print(f"\n`{name}` on {graph.name}: {split.held_out()}; {len(divided.rows('test')):,} test pairs")
        for remark in split.remarks(graph):
            print(remark)
        print(f"\n{_table(divided, scores)}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo")
    parser.add_argument("--split", nargs="+", default=["time"], choices=[name for name in SPLITS if name != "file"])
    parser.add_argument("--network", nargs="*", default=["boosted_trees"], choices=list(NETWORKS))
    parser.add_argument("settings", nargs="*", default=[])
    return parser.parse_args()


def _scores(graph: GeneGraph, split: str, network: str, divided: PairSplit, settings: list[str]) -> np.ndarray:
    names = {**default_names(), "split": split, "network": network}
    spec = RunSpec.of(graph, **choices_from_words(names, settings))
    scorer = fit_model(graph, spec, divided, device="cpu").scorer
    assert scorer is not None
    return scorer.score(divided.pairs)


def _table(divided: PairSplit, scores: Mapping[str, np.ndarray]) -> str:
    draws = gene_draws(len(divided.gene_part), draws=DRAWS)
    cells: dict[str, dict[str, tuple[float, float, float]]] = {name: {} for name in scores}
    for kind in divided.kinds_of_negatives:
        rows = np.concatenate([divided.rows("test"), divided.rows("test", kind)])
        real, weight = divided.actual[rows] > 0.5, of_pairs(draws, divided.pairs[rows])
        for name, score in scores.items():
            values = np.asarray(score, dtype=np.float64)[rows]
            whole = drawn_metrics(real, values, np.ones((1, len(rows))))["auc"]
            cells[name][kind] = (float(whole[0]), *interval(drawn_metrics(real, values, weight)["auc"]))
    order = sorted(cells, key=lambda name: -cells[name].get(TOP_FIRST, (0.0,))[0])
    lines = ["| | " + " | ".join(divided.kinds_of_negatives) + " |", "| --- |" + " --- |" * len(cells[order[0]])]
    for name in order:
        written = [f"{value:.3f} ({low:.3f}–{high:.3f})" for value, low, high in cells[name].values()]
        lines.append(f"| {name} | {' | '.join(written)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
