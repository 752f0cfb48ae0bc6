"""Ways to compute one graph attention layer on one thread, forward and backward, in processor time.

    python benchmarks/attention_layer.py [--rounds 40]

A random graph of the real size with hubs (6,375 genes, 17,700 pairs), 64 columns, four heads of 16: one of two layers
of `gat`. All ways have the weights of one `GATConv` of PyG and take turns; how far their results are from its
own is printed. `torch.compile` needs a C++ compiler and is left out where it fails.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import GATConv
from torch_geometric.utils import add_self_loops, to_undirected

GENES, PAIRS, HEADS, OF_HEAD, WIDTH = 6_375, 17_700, 4, 16, 64
LEAST = -1e9


class Layer:
    """One layer on one graph, computed in several ways. E edges, sorted by target; G genes; H heads."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        chance = 1 / np.arange(1, GENES + 1) ** 0.8
        ends = torch.as_tensor(random.choice(GENES, (2, PAIRS), p=chance / chance.sum()))
        self.edges = to_undirected(ends[:, ends[0] != ends[1]], num_nodes=GENES)
        looped, _ = add_self_loops(self.edges, num_nodes=GENES)
        order = torch.argsort(looped[1] * GENES + looped[0])
        self.source, self.target = looped[:, order]
        counts = torch.bincount(self.target, minlength=GENES)
        self.offsets = torch.cat([torch.zeros(1, dtype=torch.long), counts.cumsum(0)])
        self.convolution = GATConv(WIDTH, OF_HEAD, heads=HEADS)

    def of_pyg(self, x: Tensor) -> Tensor:
        return self.convolution(x, self.edges)

    def by_index_add(self, x: Tensor) -> Tensor:
        vectors, weight = self._vectors(x), self._unscaled(x)
        target = self.target[:, None].expand(-1, HEADS)
        highest = torch.full((GENES, HEADS), LEAST).scatter_reduce(0, target, weight.detach(), "amax")
        weight = (weight - highest[self.target]).exp()
        weight = weight / torch.zeros(GENES, HEADS).index_add(0, self.target, weight)[self.target]
        heard = (vectors[self.source] * weight[..., None]).flatten(1)
        return torch.zeros(GENES, HEADS * OF_HEAD).index_add(0, self.target, heard) + self.convolution.bias

    def by_segments(self, x: Tensor) -> Tensor:
        weight = self._by_segments(self._unscaled(x))
        heard = self._vectors(x)[self.source] * weight[..., None]
        summed = torch.segment_reduce(heard, "sum", offsets=self.offsets, axis=0)
        return summed.flatten(1) + self.convolution.bias

    def by_sparse_products(self, x: Tensor) -> Tensor:
        weight = self._by_segments(self._unscaled(x))
        return _SparseProducts.apply(weight, self._vectors(x), self).flatten(1) + self.convolution.bias

    def _by_segments(self, unscaled: Tensor) -> Tensor:
        highest = torch.segment_reduce(unscaled, "max", offsets=self.offsets, axis=0).detach()
        weight = (unscaled - highest[self.target]).exp()
        return weight / torch.segment_reduce(weight, "sum", offsets=self.offsets, axis=0)[self.target]

    def _vectors(self, x: Tensor) -> Tensor:
        return self.convolution.lin(x).view(GENES, HEADS, OF_HEAD)

    def _unscaled(self, x: Tensor) -> Tensor:
        vectors = self._vectors(x)
        of_source = (vectors * self.convolution.att_src).sum(-1)
        of_target = (vectors * self.convolution.att_dst).sum(-1)
        return nn.functional.leaky_relu(of_source[self.source] + of_target[self.target], 0.2)


class _SparseProducts(torch.autograd.Function):
    """Σ over edges of weight times vector as one sparse product a head; so is the gradient of the vectors."""

    @staticmethod
    def forward(context, weight: Tensor, vectors: Tensor, layer: Layer) -> Tensor:
        context.save_for_backward(weight, vectors)
        context.layer = layer
        return _products(layer.offsets, layer.source, weight, vectors)

    @staticmethod
    def backward(context, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        weight, vectors = context.saved_tensors
        layer, gradient = context.layer, gradients[0]
        of_weight = (gradient[layer.target] * vectors[layer.source]).sum(-1)
        order = torch.argsort(layer.source * GENES + layer.target)
        counts = torch.bincount(layer.source, minlength=GENES)
        offsets = torch.cat([torch.zeros(1, dtype=torch.long), counts.cumsum(0)])
        return of_weight, _products(offsets, layer.target[order], weight[order], gradient), None


def _products(offsets: Tensor, columns: Tensor, weight: Tensor, vectors: Tensor) -> Tensor:
    heads = [
        torch.sparse_csr_tensor(offsets, columns, weight[:, head].contiguous(), size=(GENES, GENES))
        @ vectors[:, head].contiguous()
        for head in range(HEADS)
    ]
    return torch.stack(heads, dim=1)


def main(rounds: int) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    layer, x, direction = Layer(), torch.randn(GENES, WIDTH, requires_grad=True), torch.randn(GENES, HEADS * OF_HEAD)
    ways: dict[str, Callable[[Tensor], Tensor]] = {
        "PyG `GATConv`": layer.of_pyg,
        "sorted edges, `index_add`": layer.by_index_add,
        "sorted edges, `segment_reduce`": layer.by_segments,
        "sparse products (CSR)": layer.by_sparse_products,
        "`torch.compile` of `index_add`": torch.compile(layer.by_index_add),
    }

    def once(way: Callable[[Tensor], Tensor]) -> Tensor:
        x.grad = None
        layer.convolution.zero_grad()
        result = way(x)
        (result * direction).sum().backward()
        return result.detach()

    reference, apart = once(layer.of_pyg), dict[str, float]()
    for name, way in list(ways.items()):
        try:
            once(way)
            apart[name] = float((once(way) - reference).abs().max())
        except Exception as error:  # no compiler
            print(f"{name} is left out: {type(error).__name__}")
            del ways[name]
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.process_time()
            once(way)
            taken[name].append(time.process_time() - began)
    print("| way | median ms | fastest | against PyG | largest difference |\n| --- | ---: | ---: | ---: | ---: |")
    of_pyg = np.median(next(iter(taken.values())))
    for name, seconds in taken.items():
        median = np.median(seconds)
        print(
            f"| {name} | {1000 * median:.1f} | {1000 * min(seconds):.1f} | {median / of_pyg:.2f} | {apart[name]:.0e} |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    main(parser.parse_args().rounds)
