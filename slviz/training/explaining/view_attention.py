"""Whom the layers of `multiview` listen to: weights of views for each gene, and of neighbours within a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int64

if TYPE_CHECKING:
    from slviz.training.pair_problem import PairProblem

NEIGHBOURS = 10
"""At most so many of a view, those with the largest shares."""


@dataclass(frozen=True, eq=False)
class ViewAttention:
    """Weights that the layers give to views, and to neighbours within them, for two genes. L layers, V views, K edges.

    Attributes:
        names: of the views; empty for a network without them.
        weight: float32 [L, 2, V], each gene's weights in a layer sum to 1 where any view reaches it.
        edges: int64 [2, K], neighbour → gene.
        view: int64 [K], which view each lies in.
        share: float32 [K], the neighbour's share of what the gene hears in that view; the same in every layer.
    """

    names: tuple[str, ...]
    weight: Float32[np.ndarray, "layers genes views"]
    edges: Int64[np.ndarray, "2 edges"]
    view: Int64[np.ndarray, " edges"]
    share: Float32[np.ndarray, " edges"]


def no_views() -> ViewAttention:
    """Of a network whose layers know no views."""
    none = np.zeros((2, 0), dtype=np.int64)
    return ViewAttention((), np.zeros((0, 2, 0), dtype=np.float32), none, none[0], np.zeros(0, dtype=np.float32))


def view_attention(problem: PairProblem, pair: tuple[int, int]) -> ViewAttention:
    """What the layers give to views for both genes of a pair; `no_views` for another network."""
    from slviz.networks.view_encoder import PARTNERS, ViewEncoder, ViewLayer
    from slviz.training.explaining.pair_messages import of_trained

    encoder = problem.model.encoder
    if not isinstance(encoder, ViewEncoder):
        return no_views()
    layer = encoder.layers[0]
    assert isinstance(layer, ViewLayer)
    inputs = (problem.features, problem.whole.structure, problem.whole.edges)
    weights = of_trained(problem, "view weights", lambda: encoder.view_weights(*inputs))
    edges, view, share = [], [], []
    for number, name in enumerate(layer.names):
        for gene in pair:
            if name == PARTNERS:
                sources = problem.whole.edges[0, problem.whole.edges[1] == gene].numpy()
                shares = np.full(len(sources), 1 / max(len(sources), 1))
            else:
                row = layer.relation(name).matrix()[[gene]]
                sources, shares = row.indices, row.data
            largest = np.argsort(-shares, kind="stable")[:NEIGHBOURS]
            edges += [(int(sources[at]), gene) for at in largest]
            view += [number] * len(largest)
            share += shares[largest].tolist()
    return ViewAttention(
        names=layer.names,
        weight=np.stack([weight[list(pair)].numpy() for _, weight in weights]).astype(np.float32),
        edges=np.array(edges, dtype=np.int64).reshape(-1, 2).T,
        view=np.array(view, dtype=np.int64),
        share=np.array(share, dtype=np.float32),
    )
