"""What it costs to measure gradients, dead units and weights while training: with and without, in turn.

    python benchmarks/recording.py [--data demo] [--epochs 200] [--rounds 3]

Trainings with and without a recorder take turns, since a busy machine is slower at one time than at another. Beside
the median seconds of an epoch it gives the share of the training that the recorder itself took, free of that noise.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from slviz.datasets.sources import open_dataset
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.runs import RunSpec
from slviz.splits import SPLITS
from slviz.training.recorder import Recorder
from slviz.training.train import fit_model

CASES = (("gat", "both"), ("gcn", "both"), ("mlp", "both"), ("multiview", "both"))
TIMED = ("before", "step", "after")


def main() -> None:
    """One line a network: seconds of an epoch without and with, and the recorder's own share."""
    arguments = _arguments()
    graph = open_dataset(arguments.data)
    print(f"{'network':<12}{'without, s':>12}{'with, s':>12}{'ratio':>8}{'own share':>11}")
    for name, features in CASES:
        network = NETWORKS.make(name, **({"head": False} if name == "multiview" else {}))
        spec = RunSpec.of(graph, network=network, features=FEATURE_SETS.make(features), split=SPLITS.make("pairs"))
        spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=arguments.epochs))
        split = spec.split.divide(graph)
        without, with_record, shares = [], [], []
        for _ in range(arguments.rounds):
            without.append(_unrecorded(graph, spec, split))
            seconds, share = _timed(graph, spec, split)
            with_record.append(seconds)
            shares.append(share)
        plain, recorded = np.median(without), np.median(with_record)
        print(
            f"{name:<12}{plain:>12.4f}{recorded:>12.4f}{recorded / plain:>8.3f}{np.median(shares):>10.2%}", flush=True
        )


def _unrecorded(graph: Any, spec: RunSpec, split: Any) -> float:
    """Median seconds of an epoch when nothing is measured."""
    with (
        mock.patch.object(Recorder, "before", return_value=False),
        mock.patch.object(Recorder, "after", return_value=None),
    ):
        return float(fit_model(graph, spec, split, device="cpu").history["seconds"].median())


def _timed(graph: Any, spec: RunSpec, split: Any) -> tuple[float, float]:
    """Median seconds of an epoch, and the share of all epochs that was spent in the recorder."""
    spent = [0.0]

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **keywords: Any) -> Any:
            started = time.perf_counter()
            try:
                return original(*arguments, **keywords)
            finally:
                spent[0] += time.perf_counter() - started

        return timed

    with mock.patch.multiple(Recorder, **{name: watched(getattr(Recorder, name)) for name in TIMED}):
        history = fit_model(graph, spec, split, device="cpu").history
    return float(history["seconds"].median()), spent[0] / float(history["seconds"].sum())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo", help="the data set")
    parser.add_argument("--epochs", type=int, default=200, help="of each training")
    parser.add_argument("--rounds", type=int, default=3, help="trainings of each kind, in turn")
    return parser.parse_args()


if __name__ == "__main__":
    main()
