"""How long a click on a gene takes until its figure is ready to send, against networkx in the same run.

    python benchmarks/gene_click.py [--genes 6375] [--pairs 19668]

A random graph of the real size with hubs, two layers of four heads. slviz: neighbourhood (scores of all
genes included), figure, JSON. networkx: the ego graph and its heaviest edges from a graph of the whole
attention that was built before; no scores, names, evidence or drawing. The target is 0.3 s.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests"))

from builders import tiny_graph, tiny_run  # noqa: E402 # pyright: ignore[reportMissingImports]

from slviz.datasets import GeneGraph  # noqa: E402
from slviz.figures import network_figure  # noqa: E402
from slviz.neighbourhood import AttentionIndex, neighbourhood  # noqa: E402
from slviz.runs import Attention, Run  # noqa: E402

TARGET_SECONDS = 0.3
CLICKS = 60
WIDTH, HIDDEN = 64, 64


def hub_graph(genes: int, pairs: int) -> GeneGraph:
    """A few genes with thousands of partners, most with a handful, as in screens."""
    random = np.random.default_rng(0)
    chance = 1 / np.arange(1, genes + 1) ** 0.8
    a = random.choice(genes, 4 * pairs, p=chance / chance.sum())
    b = random.integers(genes, size=4 * pairs)
    drawn = np.unique(np.sort(np.stack([a, b], axis=1)[a != b], axis=1), axis=0)
    chosen = drawn[np.sort(random.choice(len(drawn), size=pairs, replace=False))]
    return dataclasses.replace(tiny_graph(genes, pairs), fingerprint="", pairs=chosen.astype(np.int64))


def wide_run(graph: GeneGraph) -> Run:
    """A run with attention of four heads and a decoder of the usual size, random content."""
    random = np.random.default_rng(1)
    run = tiny_run(graph, width=WIDTH)
    assert run.attention is not None
    weight = np.concatenate([run.attention.weight, run.attention.weight], axis=1)
    decoder = {
        name: random.normal(size=(HIDDEN, WIDTH)).astype(np.float32) for name in ("sum", "product", "difference")
    }
    decoder |= {name: random.normal(size=HIDDEN).astype(np.float32) for name in ("hidden_bias", "readout")}
    decoder |= {
        "bilinear": np.eye(WIDTH, dtype=np.float32),
        "linear": np.zeros(WIDTH, dtype=np.float32),
        "bias": np.zeros(1, dtype=np.float32),
        "bounds": np.zeros(0, dtype=np.float32),
    }
    return dataclasses.replace(run, attention=Attention(run.attention.edges, weight), decoder=decoder)


def whole_network(run: Run) -> nx.DiGraph:
    assert run.attention is not None
    network = nx.DiGraph()
    network.add_weighted_edges_from(zip(*run.attention.edges.tolist(), run.attention.averaged().tolist(), strict=True))
    return network


def ego_by_networkx(network: nx.DiGraph, gene: int, hops: int, limit: int) -> list[tuple[int, int, float]]:
    around = nx.ego_graph(network.reverse(copy=False), gene, radius=hops)
    return sorted(around.edges(data="weight"), key=lambda edge: -edge[2])[:limit]


def times(work, genes: np.ndarray) -> np.ndarray:
    taken = []
    for gene in genes.tolist():
        start = time.perf_counter()
        work(gene)
        taken.append(time.perf_counter() - start)
    return np.array(taken)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--genes", type=int, default=6375)
    arguments.add_argument("--pairs", type=int, default=19668)
    asked = arguments.parse_args()
    graph = hub_graph(asked.genes, asked.pairs)
    run = wide_run(graph)
    assert run.attention is not None
    start = time.perf_counter()
    index = AttentionIndex.build(graph, run)
    graph.pair_evidence  # noqa: B018  computed once a data set, as the viewer has it
    built = time.perf_counter() - start
    start = time.perf_counter()
    network = whole_network(run)
    built_network = time.perf_counter() - start
    print(f"{len(graph):,} genes, {run.attention.edges.shape[1]:,} attention edges")
    print(f"once a run: slviz index {built:.3f} s; networkx graph {built_network:.3f} s")
    hubs = np.argsort(-graph.degree)[: CLICKS // 2]
    genes = np.r_[hubs, np.random.default_rng(2).integers(len(graph), size=CLICKS // 2)]
    network_figure(neighbourhood(graph, run, int(genes[0]), index=index)).to_json()  # imports and warms up
    unscored = dataclasses.replace(run, decoder={})
    plain = AttentionIndex.build(graph, unscored)
    for hops, limit in ((1, 10), (2, 10), (2, 25)):
        find = times(lambda gene: neighbourhood(graph, unscored, gene, hops=hops, limit=limit, index=plain), genes)  # noqa: B023
        click = times(
            lambda gene: network_figure(
                neighbourhood(graph, run, gene, hops=hops, limit=limit, index=index)  # noqa: B023
            ).to_json(),
            genes,
        )
        naive = times(lambda gene: ego_by_networkx(network, gene, hops, limit), genes)  # noqa: B023
        print(
            f"{hops} step(s), {limit} neighbours: click → figure median {1000 * np.median(click):.0f} ms, "
            f"slowest {1000 * click.max():.0f} ms ({'within' if click.max() < TARGET_SECONDS else 'OVER'} 300 ms); "
            f"without scores and figure: median {1000 * np.median(find):.1f} ms, slowest {1000 * find.max():.1f}; "
            f"networkx median {1000 * np.median(naive):.1f} ms, slowest {1000 * naive.max():.1f} "
            f"(slowest {naive.max() / find.max():.1f} ×)"
        )


if __name__ == "__main__":
    main()
