"""PairMessages: the raw number of a pair as messages into its two genes are left out. Imports torch: import it late."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor, nn
from torch_geometric.explain.algorithm.utils import clear_masks, set_masks
from torch_geometric.nn import SAGEConv

from slviz.networks.attention_layers import AttentionLayer
from slviz.networks.encoders import Encoder, GraphFreeLinear
from slviz.networks.view_encoder import ViewLayer
from slviz.training.models import PairModel
from slviz.training.pair_problem import PairProblem

T = TypeVar("T")
OF_WHAT_IT_HEARS = (AttentionLayer, GraphFreeLinear, SAGEConv, ViewLayer)
"""Layers whose result for a gene follows from itself and the genes that it hears; a GCN also counts their partners."""
LAYERS = 2
"""Beyond so many layers, edges into the pair change what its neighbours are, too."""


class PairMessages:
    """What the edges into the two genes of a pair do to its raw number, before the last step of the score. E edges.

    Where the network allows it, only these two genes are computed anew, beside what their neighbours are: exactly the
    same numbers, many times faster than a pass over the whole graph.

    Args:
        problem: of a run about pairs, with its weights; used inside `repeatable`.
        pair: two different genes.
        weight: what the raw number of the decoder counts in the score; 1 for a network alone.

    Attributes:
        edges: int64 [2, E], the edges into either gene, by gene and then in the order of the graph.
    """

    def __init__(self, problem: PairProblem, pair: tuple[int, int], *, weight: float = 1.0) -> None:
        self._problem, self._weight = problem, weight
        self.pair = pair
        problem.model.eval()
        every = problem.whole.edges.cpu().numpy()
        into = np.concatenate([np.flatnonzero((every[1] == gene) & (every[0] != gene)) for gene in pair])
        self._into = into
        self.edges: Int64[np.ndarray, "2 edges"] = every[:, into]

    def raw(self, kept: Bool[np.ndarray, " edges"] | None = None) -> float:
        """The raw number when messages pass along these edges into the pair alone, and along all others as ever."""
        kept = np.ones(self.edges.shape[1], dtype=bool) if kept is None else kept
        with torch.no_grad():
            return float(self._decoded(self._local(kept) if self._is_local else self._whole(kept)))

    def gated(self, gate: Tensor) -> Tensor:
        """The raw number, a scalar, when each message into the pair is multiplied by `gate` [E].

        Its attention weight is not given to others, as it is when the edge is left out.
        """
        every = np.ones(self.edges.shape[1], dtype=bool)
        if self._is_local and self._states:  # which are made before anything is gated
            with _gates(self._layers, gate, self._local_edges):
                return self._decoded(self._local(every))
        whole = self._problem.whole.edges
        of_all = torch.ones(whole.shape[1]).index_put((torch.as_tensor(self._into),), gate)
        with _gates(list(self._problem.model.encoder.modules()), of_all, whole):
            return self._decoded(self._whole(every))

    def raw_of(self, features: Tensor, structure: Tensor, *, keep: bool) -> float:
        """The raw number when all genes are told this; with no message into the pair unless `keep`."""
        edges = self._problem.whole.edges
        left = torch.ones(edges.shape[1], dtype=torch.bool)
        left[torch.as_tensor(self._into)] = keep
        with torch.no_grad():
            embedding = self.model.encoder(features, structure, edges[:, left])
            return float(self._decoded(embedding[list(self.pair)]))

    @property
    def model(self) -> PairModel:
        """The model that is asked."""
        return self._problem.model

    @cached_property
    def _is_local(self) -> bool:
        encoder = self.model.encoder
        return (
            isinstance(encoder, Encoder)
            and len(encoder.layers) <= LAYERS
            and all(isinstance(layer, OF_WHAT_IT_HEARS) for layer in encoder.layers)
        )

    def _decoded(self, of_pair: Tensor) -> Tensor:
        """The raw number of a pair with this embedding [2, width]."""
        return self._weight * self.model.decoder(of_pair, torch.tensor([[0, 1]])).squeeze(0)

    def _whole(self, kept: np.ndarray) -> Tensor:
        """The embedding of the pair [2, width] by a pass over the whole graph."""
        edges = self._problem.whole.edges
        left = torch.ones(edges.shape[1], dtype=torch.bool)
        left[torch.as_tensor(self._into)] = torch.as_tensor(kept)
        embedding = self.model.encoder(self._problem.features, self._problem.whole.structure, edges[:, left])
        return embedding[list(self.pair)]

    def _local(self, kept: np.ndarray) -> Tensor:
        """The same by the two genes alone."""
        encoder = self.model.encoder
        assert isinstance(encoder, Encoder)
        return encoder.of_first(self._states, self._layers, self._local_edges[:, torch.as_tensor(kept)], genes=2)

    @cached_property
    def _genes(self) -> Tensor:
        """The pair, then every gene that either hears along any relation."""
        heard = [self.edges[0]]
        for layer in self.model.encoder.modules():
            if isinstance(layer, ViewLayer):
                heard += [layer.relation(name).matrix()[list(self.pair)].indices for name in layer.relations]
        others = np.setdiff1d(np.concatenate(heard), self.pair)
        return torch.as_tensor(np.r_[np.array(self.pair), others])

    @cached_property
    def _local_edges(self) -> Tensor:
        """`edges` by the places of genes in `_genes`."""
        genes = self._genes.numpy()
        order = np.argsort(genes)
        return torch.as_tensor(order[np.searchsorted(genes[order], self.edges)])

    @cached_property
    def _layers(self) -> list[nn.Module]:
        """The layers, as they are for `_genes`."""
        layers = self.model.encoder.layers
        return [layer.among(self._genes) if isinstance(layer, ViewLayer) else layer for layer in layers]  # type: ignore[union-attr]

    @cached_property
    def _states(self) -> list[Tensor]:
        """What `_genes` are before the first layer and after each, along all edges."""
        return [state[self._genes] for state in states_of(self._problem)]


def states_of(problem: PairProblem) -> list[Tensor]:
    """All genes before the first layer and after each, [G, width] each."""
    inputs = (problem.features, problem.whole.structure, problem.whole.edges)
    return of_trained(problem, "states", lambda: problem.model.encoder.encode(*inputs).states)


def of_trained(problem: PairProblem, what: str, compute: Callable[[], T]) -> T:
    """What follows from a problem's inputs and weights alone, computed once for its model, without gradients."""
    known = getattr(problem, "_of_trained", None)
    if known is None or known[0] is not problem.model:
        known = (problem.model, {})
        problem._of_trained = known  # type: ignore[attr-defined]
    if what not in known[1]:
        with torch.no_grad():
            known[1][what] = compute()
    return known[1][what]


@contextlib.contextmanager
def _gates(layers: Sequence[nn.Module], gate: Tensor, edges: Tensor) -> Iterator[None]:
    """Inside, each message along these edges is multiplied by its gate, whatever the layers are made of."""
    held = nn.ModuleList(layers)
    of_views = [layer for layer in held if isinstance(layer, ViewLayer)]
    set_masks(held, gate, edges, apply_sigmoid=False)
    for layer in of_views:
        layer.gate = gate
    try:
        yield
    finally:
        clear_masks(held)
        for layer in of_views:
            layer.gate = None
