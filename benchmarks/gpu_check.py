"""Every network trained on a graphics card and on the processor: is it the same, and how fast is it?

    python3 scripts/gpu_check [--data demo] [--networks gat multiview …] [--epochs 25]

For each network: the losses of the first five epochs without dropout, relative to the processor's (a card draws other
random numbers, so what is dropped differs; `vgae` draws its embedding and `adversarial` its prior as well, and their
losses are shown without a tolerance); the metrics of both runs as they are trained by default, on the test part, among
all unknown pairs too; whether a training that was resumed from its checkpoint ends as an unbroken one; and
the time of an epoch on both. Beside it stands the least time that the card's memory allows: messages of every layer are
written and read once forward and twice backward, at the rate at which the card copies 256 MB. Without a card it says so
and ends with 0. Ends with 1 where anything differs by more than the tolerances below.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import Run, RunSpec
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.training import Checkpoint, train

EARLY_EPOCHS, EARLY_TOLERANCE = 5, 1e-3
"""So far rounding has not grown: losses agree to a thousandth."""
DRAWING = ("vgae", "adversarial")
"""Networks whose loss holds random numbers that are drawn on the device."""
METRIC_TOLERANCE = 0.03
"""Of AUC and average precision after all epochs, by which rounding has grown as a change of the seed would."""
RESUMED_TOLERANCE = {"cpu": 0.0, "cuda": 1e-3}
"""Of the embedding, relative to its largest number: a card adds up in another order each time."""
COPIED_BYTES = 256 << 20
PASSES = 3
"""Messages are written and read once forward and twice backward."""


@dataclass(frozen=True)
class Comparison:
    """One network on both devices.

    Attributes:
        network: its name.
        loss: largest relative difference of the training loss in the first epochs.
        metric: largest difference of AUC and average precision on the test part.
        resumed: largest difference of the embedding of a resumed training, relative to its largest number.
        epoch_seconds: on the processor and on the device.
        tolerated: of `resumed`.
    """

    network: str
    loss: float
    metric: float
    resumed: float
    epoch_seconds: tuple[float, float]
    tolerated: float

    @property
    def agrees(self) -> bool:
        """Whether all is within its tolerance; NaN never is."""
        early = self.loss <= EARLY_TOLERANCE or self.network in DRAWING
        return early and self.metric <= METRIC_TOLERANCE and self.resumed <= self.tolerated


def names_of_networks() -> list[str]:
    """Every network that learns from pairs in epochs."""
    return [name for name, network in NETWORKS.items() if network.learns_in_epochs and not network.reads_pictures]


def spec_of(graph: GeneGraph, network: str, epochs: int, **settings: float) -> RunSpec:
    return RunSpec.of(
        graph,
        task=TASKS.make("link"),
        network=NETWORKS.make(network, **settings),
        features=FEATURE_SETS.make("both"),
        split=SPLITS.make("pairs"),
        optimiser=OPTIMISERS.make("adam", epochs=epochs),
    )


def compare(graph: GeneGraph, network: str, device: str, epochs: int) -> Comparison:
    """Train a network on the processor and on the device, and there once more from its first checkpoint."""
    spec = spec_of(graph, network, epochs)
    split = spec.split.divide(graph)
    here, seconds_here = _timed(graph, spec, split, "cpu", [])
    checkpoints: list[Checkpoint] = []
    there, seconds_there = _timed(graph, spec, split, device, checkpoints)
    again = train(graph, spec, split, device=device, checkpoint=checkpoints[0]) if checkpoints else there
    return Comparison(
        network,
        early_difference(graph, network, device),
        metric_difference(here, there),
        relative(there.embedding, again.embedding),
        (seconds_here, seconds_there),
        RESUMED_TOLERANCE[device.split(":")[0]],
    )


def early_difference(graph: GeneGraph, network: str, device: str) -> float:
    """The largest relative difference of losses in the first epochs, where nothing is dropped at random."""
    dropped = {name: 0.0 for name in ("dropout", "attention_dropout") if hasattr(NETWORKS.make(network), name)}
    spec = spec_of(graph, network, EARLY_EPOCHS, **dropped)
    split = spec.split.divide(graph)
    runs = [train(graph, spec, split, device=where) for where in ("cpu", device)]
    return relative(*(run.history["train_loss"].to_numpy(dtype=np.float64)[:EARLY_EPOCHS] for run in runs))


def metric_difference(here: Run, there: Run) -> float:
    """The largest difference of metrics on the test part; NaN where the runs have not the same ones."""
    first, other = _metrics(here), _metrics(there)
    if first.keys() != other.keys():
        return float("nan")
    return max((abs(value - other[key]) for key, value in first.items()), default=0.0)


def relative(first: np.ndarray, other: np.ndarray) -> float:
    """The largest difference, relative to the largest number of the first."""
    return float(np.abs(first - other).max() / max(np.abs(first).max(), 1e-30))


def _metrics(run: Run) -> dict[tuple[str, str], float]:
    rows = run.metrics.query("part == 'test' and model == 'network' and metric in ['auc', 'ap']")
    return {(str(row.negative_kind), str(row.metric)): float(row.value) for row in rows.itertuples()}  # type: ignore[arg-type]


def _timed(
    graph: GeneGraph, spec: RunSpec, split: object, device: str, checkpoints: list[Checkpoint]
) -> tuple[Run, float]:
    """A run, and the median time from epoch to epoch."""
    moments: list[float] = []
    run = train(
        graph,
        spec,
        split,  # type: ignore[arg-type]
        device=device,
        on_epoch=lambda _: moments.append(time.perf_counter()),
        on_checkpoint=checkpoints.append,
    )
    return run, float(np.median(np.diff(moments))) if len(moments) > 1 else float("nan")


def least_seconds(graph: GeneGraph, spec: RunSpec, bytes_a_second: float) -> float:
    """Of an epoch, were moving messages all that it did."""
    width, layers = spec.network.embedding_width, getattr(spec.network, "layers", 1)
    messages = 2 * len(graph.pairs) * width * layers * np.dtype(np.float32).itemsize
    return 2 * PASSES * messages / bytes_a_second


def copied_bytes_a_second(device: str) -> float:
    """At which rate the device reads and writes its own memory."""
    import torch

    source = torch.zeros(COPIED_BYTES, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    target.copy_(source)
    _wait(device)
    began = time.perf_counter()
    for _ in range(10):
        target.copy_(source)
    _wait(device)
    return 2 * 10 * COPIED_BYTES / (time.perf_counter() - began)


def _wait(device: str) -> None:
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize()


def report(graph: GeneGraph, comparisons: Sequence[Comparison], epochs: int, bytes_a_second: float) -> None:
    """Print the table."""
    print(
        f"Copies {bytes_a_second / 1e9:,.0f} GB/s. Tolerances: loss {EARLY_TOLERANCE:g}, metric {METRIC_TOLERANCE:g}."
    )
    print("| network | loss | metric | resumed | epoch, processor | epoch, device | least by memory | agrees |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for found in comparisons:
        here, there = (f"{1000 * seconds:.1f} ms" for seconds in found.epoch_seconds)
        least = 1000 * least_seconds(graph, spec_of(graph, found.network, epochs), bytes_a_second)
        print(
            f"| {found.network} | {found.loss:.1e} | {found.metric:.4f} | {found.resumed:.1e} | {here} | {there} "
            f"| {least:.3f} ms | {'yes' if found.agrees else 'NO'} |",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where all agrees or there is no card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo", help="a data set (demo)")
    parser.add_argument("--networks", nargs="*", choices=names_of_networks(), help="some of the networks (all)")
    parser.add_argument("--epochs", type=int, default=25, help="a checkpoint is kept after 20 (25)")
    wanted = parser.parse_args(arguments)
    import torch

    if not torch.cuda.is_available():
        print("Skipped: torch finds no CUDA device on this machine, so nothing was compared.")
        return 0
    print(f"Device: {torch.cuda.get_device_name()}, torch {torch.__version__}, CUDA {torch.version.cuda}")
    graph = open_dataset(wanted.data)
    comparisons = [compare(graph, name, "cuda", wanted.epochs) for name in wanted.networks or names_of_networks()]
    report(graph, comparisons, wanted.epochs, copied_bytes_a_second("cuda"))
    return 0 if all(comparison.agrees for comparison in comparisons) else 1


if __name__ == "__main__":
    sys.exit(main())
