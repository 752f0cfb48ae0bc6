"""Seconds of an epoch of ours against a plain PyG script of the same model, in the same process.

    python benchmarks/epoch_time.py --data synlethdb

Both do the whole work of an epoch of `gat`/`link`: choose pairs and negatives, one step, one validation.
They take turns, so that whatever else the machine does falls on both. The plain script works with one
thread, as ours does, and again with as many as torch takes by itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch_geometric.nn import GATConv
from torch_geometric.utils import degree, negative_sampling, to_undirected

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import RunSpec
from slviz.splits import SPLITS, PairSplit
from slviz.tasks import TASKS
from slviz.training.devices import repeatable
from slviz.training.fitting import Fit
from slviz.training.pair_problem import PairProblem
from slviz.training.structure import WIDTH as STRUCTURE

CPU = torch.device("cpu")
WARM_UP = 3


class PlainModel(nn.Module):
    """The same layers as slviz's `gat` with its decoder, written as a PyG tutorial would."""

    def __init__(self, features: int, genes: int, *, width: int = 64, heads: int = 4, dropout: float = 0.3) -> None:
        super().__init__()
        self.features, self.structure = nn.Linear(features, width), nn.Linear(STRUCTURE, width)
        self.vectors = nn.Embedding(genes, width)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2)])
        self.convolutions = nn.ModuleList([GATConv(width, width // heads, heads=heads) for _ in range(2)])
        self.mixes = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.out = nn.Linear(3 * width, width)
        self.bilinear, self.linear = nn.Parameter(torch.zeros(width, width)), nn.Parameter(torch.zeros(width))
        self.sum, self.product = nn.Linear(width, 64), nn.Linear(width, 64, bias=False)
        self.difference, self.readout = nn.Linear(width, 64, bias=False), nn.Linear(64, 1)
        self.dropout = nn.Dropout(dropout)

    def encode(self, x: Tensor, structure: Tensor, edge_index: Tensor) -> Tensor:
        states = [self.features(x) + self.structure(structure) + self.vectors.weight]
        for norm, convolution, mix in zip(self.norms, self.convolutions, self.mixes, strict=True):
            heard = mix(convolution(self.dropout(norm(states[-1])), edge_index))
            states.append(states[-1] + nn.functional.elu(heard))
        return self.out(torch.cat(states, dim=1))

    def decode(self, z: Tensor, pairs: Tensor) -> Tensor:
        a, b = z[pairs[0]], z[pairs[1]]
        hidden = torch.relu(self.sum(a + b) + self.product(a * b) + self.difference((a - b).abs()))
        bilinear = ((a @ (self.bilinear + self.bilinear.T) / 2) * b).sum(dim=1)
        return bilinear + (a + b) @ self.linear + self.readout(self.dropout(hidden)).squeeze(1)


class PlainScript:
    """One epoch after the other, the straightforward way."""

    def __init__(self, graph: GeneGraph, spec: RunSpec, split: PairSplit) -> None:
        torch.manual_seed(0)
        self.genes = len(graph)
        self.x = torch.as_tensor(spec.features.matrix(graph))
        self.pairs = torch.as_tensor(split.training_pairs.T.copy())
        validation = np.flatnonzero(split.part == "validation")
        self.validation = torch.as_tensor(split.pairs[validation].T.copy())
        self.validation_label = torch.as_tensor(split.actual[validation])
        self.model = PlainModel(self.x.shape[1], self.genes)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=0.005, weight_decay=0.0005)
        self.parts = spec.optimiser.message_partitions

    def epoch(self) -> None:
        self.model.train()
        order = torch.randperm(self.pairs.shape[1])
        asked, seen = order[: len(order) // self.parts], order[len(order) // self.parts :]
        positive, edge_index = self.pairs[:, asked], to_undirected(self.pairs[:, seen], num_nodes=self.genes)
        half = len(asked) // 2
        uniform = negative_sampling(self.pairs, num_nodes=self.genes, num_neg_samples=len(asked) - half)
        ends = positive.reshape(-1)
        matched = ends[torch.randint(len(ends), (2, half))]
        pairs = torch.cat([positive, uniform, matched], dim=1)
        label = torch.cat([torch.ones(len(asked)), torch.zeros(pairs.shape[1] - len(asked))])
        self.optimiser.zero_grad()
        raw = self.model.decode(self.model.encode(self.x, self._structure(edge_index), edge_index), pairs)
        nn.functional.binary_cross_entropy_with_logits(raw, label).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        self._validate()

    @torch.no_grad()
    def _validate(self) -> float:
        self.model.eval()
        edge_index = to_undirected(self.pairs, num_nodes=self.genes)
        z = self.model.encode(self.x, self._structure(edge_index), edge_index)
        return float(average_precision_score(self.validation_label, self.model.decode(z, self.validation)))

    def _structure(self, edge_index: Tensor) -> Tensor:
        """Log partners, and zeros where ours says more."""
        structure = torch.zeros(self.genes, STRUCTURE)
        structure[:, 0] = degree(edge_index[1], self.genes).log1p()
        return structure


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", default=None, help="demo, synlethdb or a folder")
    parser.add_argument("--epochs", type=int, default=30, help="epochs of each that are timed")
    asked = parser.parse_args()
    graph = open_dataset(asked.data)
    spec = _spec(graph)
    split = spec.split.divide(graph)
    threads = torch.get_num_threads()
    plain, plain_free = (PlainScript(graph, spec, split) for _ in range(2))
    with repeatable(CPU):
        fit = Fit(PairProblem(graph, spec, split, device=CPU), spec.optimiser, spec.seed)
    _refuse_other_size(fit.problem.model, plain.model)
    contestants: dict[str, Callable[[], None]] = {
        "slviz": lambda: _ours(fit),
        "plain PyG script, one thread": lambda: _with_threads(plain, 1),
        f"plain PyG script, {threads} threads": lambda: _with_threads(plain_free, threads),
    }
    taken = _take_turns(contestants, epochs=asked.epochs)
    print("| | median ms an epoch | fastest | against the plain script |\n| --- | --- | --- | --- |")
    reference = np.median(taken["plain PyG script, one thread"])
    for name, seconds in taken.items():
        median = np.median(seconds)
        print(f"| {name} | {1000 * median:.0f} | {1000 * min(seconds):.0f} | {median / reference:.2f} |")


def _spec(graph: GeneGraph) -> RunSpec:
    return RunSpec.of(
        graph,
        task=TASKS.make("link"),
        network=NETWORKS.make("gat"),
        features=FEATURE_SETS.make("both"),
        split=SPLITS.make("pairs"),
        optimiser=OPTIMISERS.make("adam"),
    )


def _ours(fit: Fit) -> None:
    with repeatable(CPU):
        fit._one_epoch()


def _with_threads(script: PlainScript, threads: int) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    script.epoch()
    torch.set_num_threads(before)


def _take_turns(contestants: dict[str, Callable[[], None]], *, epochs: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(WARM_UP + epochs):
        for name, epoch in contestants.items():
            started = time.perf_counter()
            epoch()
            if turn >= WARM_UP:
                taken[name].append(time.perf_counter() - started)
    return taken


def _refuse_other_size(ours: nn.Module, plain: nn.Module) -> None:
    sizes = [sum(parameter.numel() for parameter in model.parameters()) for model in (ours, plain)]
    if sizes[0] != sizes[1]:
        raise SystemExit(f"The two models differ: {sizes[0]:,} and {sizes[1]:,} parameters.")


if __name__ == "__main__":
    main()
