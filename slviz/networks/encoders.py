"""Encoder: the layers of a network stacked, with what surrounds them. Imports torch: import it late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from slviz.networks.activations import ACTIVATIONS, BATCH, LAYER
from slviz.networks.attention_layers import AttentionLayer
from slviz.networks.prior import Adversary

NORMALISATIONS = {LAYER: nn.LayerNorm, BATCH: nn.BatchNorm1d}


class GraphFreeLinear(nn.Linear):
    """A linear layer that may be called like a graph layer; it ignores the edges."""

    def forward(self, input: Tensor, edges: Tensor | None = None) -> Tensor:
        return super().forward(input)


def activation_of(name: str) -> Callable[[Tensor], Tensor]:
    """The function of an entry of `slviz.networks.activations.ACTIVATIONS`."""
    return getattr(nn.functional, ACTIVATIONS[name])


class ByteDropout(nn.Module):
    """Dropout that spends one random byte on a number instead of four.

    Drawing random numbers was a tenth of an epoch on the processor. `share` is rounded to 1/256.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.dropped = round(256 * share)

    def forward(self, numbers: Tensor) -> Tensor:
        if not self.training or not self.dropped:
            return numbers
        if numbers.device.type != "cpu":
            return nn.functional.dropout(numbers, self.dropped / 256)
        words = torch.empty(-(-numbers.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        kept = words.view(torch.uint8)[: numbers.numel()].view_as(numbers) >= self.dropped
        return numbers * kept.mul(256 / (256 - self.dropped))


@dataclass(frozen=True, eq=False)
class Encoding:
    """What one pass of an encoder gave.

    Attributes:
        embedding: [G, width].
        states: the genes' numbers before the first layer and after each, [G, width] each.
        penalty: what is added to the task's loss in a step of training; None for nothing.
    """

    embedding: Tensor
    states: list[Tensor]
    penalty: Tensor | None = None


class GeneEncoder(nn.Module):
    """What every encoder is to training: features, place in the graph and edges → embedding."""

    residual: bool = False
    """Whether a layer adds to what a gene was before it."""
    adversary: Adversary | None
    """Its parameters are fitted by steps of their own, on its own loss over the embedding of the step."""

    def forward(self, features: Tensor, structure: Tensor, edges: Tensor) -> Tensor:
        """Embedding [G, width] from features [G, F], structure [G, S] and directed edges [2, E]."""
        return self.encode(features, structure, edges).embedding

    def encode(self, features: Tensor, structure: Tensor, edges: Tensor) -> Encoding:
        """The same with all that a step of training needs to know of the pass."""
        raise NotImplementedError

    def attention(self, features: Tensor, structure: Tensor, edges: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Per layer, the edges that it used [2, A] and their weights [A, heads]; empty without attention."""
        raise NotImplementedError


class RawFeatureEncoder(GeneEncoder):
    """Layers one after the other on the features, and nothing beside; the last gives the embedding.

    The structure of the step's graph is not read. Each layer is followed by the `activation`, by nothing where None.
    """

    def __init__(self, layers: Sequence[nn.Module], *, dropout: float, activation: str | None = None) -> None:
        super().__init__()
        self.adversary = None
        self.layers = nn.ModuleList(layers)
        self.dropout = ByteDropout(dropout)
        self.activation = nn.Identity() if activation is None else activation_of(activation)

    def encode(self, features: Tensor, structure: Tensor, edges: Tensor) -> Encoding:
        states = [features]
        for layer in self.layers:
            states.append(self.activation(layer(self.dropout(states[-1]), edges)))
        return Encoding(states[-1], states)

    def attention(self, features: Tensor, structure: Tensor, edges: Tensor) -> list[tuple[Tensor, Tensor]]:
        layers = []
        for layer in self.layers:
            if not isinstance(layer, AttentionLayer):
                return []
            change, used, weight = layer.with_attention(features, edges)
            features = self.activation(change)
            layers.append((used, weight))
        return layers


class LastLayer(nn.Module):
    """A layer along the graph that gives the answer itself, with dropout before it."""

    def __init__(self, layer: nn.Module, *, dropout: float) -> None:
        super().__init__()
        self.layer = layer
        self.dropout = ByteDropout(dropout)

    def forward(self, embedding: Tensor, edges: Tensor) -> Tensor:
        """Raw numbers [G, C] from the embedding [G, width]."""
        return self.layer(self.dropout(embedding), edges)


class Encoder(GeneEncoder):
    """Features, place in the graph and learnt gene vectors → embedding.

    Each layer adds to what a gene already is (a residual step after normalisation), and the embedding is
    a linear map of the start and of every layer side by side, so that a gene stays itself however
    much it listens to its partners. Without `residual` a layer replaces what the gene was; without
    `normalise` it reads the numbers as they are; `normalisation` is "layer" or "batch".
    """

    def __init__(
        self,
        *,
        layers: Sequence[nn.Module],
        in_channels: int,
        width: int,
        dropout: float,
        genes: int,
        structure: int,
        residual: bool = True,
        normalise: bool = True,
        normalisation: str = LAYER,
        activation: str = "elu",
    ) -> None:
        super().__init__()
        self.adversary = None
        self.residual = residual
        self.features = nn.Linear(in_channels, width)
        self.structure = nn.Linear(structure, width) if structure else None
        self.vectors = nn.Embedding(genes, width) if genes else None
        if self.vectors is not None:
            nn.init.normal_(self.vectors.weight, std=0.1)
        norm = NORMALISATIONS[normalisation] if normalise else nn.Identity
        self.norms = nn.ModuleList(norm(width) for _ in layers)
        self.activation = activation_of(activation)
        self.layers = nn.ModuleList(layers)
        self.dropout = ByteDropout(dropout)
        self.out = nn.Linear(width * (len(layers) + 1), width)

    def encode(self, features: Tensor, structure: Tensor, edges: Tensor) -> Encoding:
        return self._encoding(self._states(self._start(features, structure), edges))

    def _encoding(self, states: list[Tensor]) -> Encoding:
        return Encoding(self.out(torch.cat(states, dim=1)), states)  # [G, width * (layers + 1)] -> [G, width]

    def attention(self, features: Tensor, structure: Tensor, edges: Tensor) -> list[tuple[Tensor, Tensor]]:
        state = self._start(features, structure)
        layers = []
        for norm, layer in zip(self.norms, self.layers, strict=True):
            if not isinstance(layer, AttentionLayer):
                return []
            change, used, weight = layer.with_attention(norm(state), edges)
            layers.append((used, weight))
            state = self._after(state, change)
        return layers

    def _start(self, features: Tensor, structure: Tensor) -> Tensor:
        start = self.features(features)
        if self.structure is not None:
            start = start + self.structure(structure)
        if self.vectors is not None:
            start = start + self.vectors.weight
        return start

    def _states(self, start: Tensor, edges: Tensor) -> list[Tensor]:
        states = [start]
        for norm, layer in zip(self.norms, self.layers, strict=True):
            change = layer(self.dropout(norm(states[-1])), edges)
            states.append(self._after(states[-1], change))
        return states

    def of_first(self, states: Sequence[Tensor], layers: Sequence[nn.Module], edges: Tensor, *, genes: int) -> Tensor:
        """The embedding of the first `genes` genes when only edges into these differ from the pass of `states`.

        Args:
            states: of some genes, before the first layer and after each, as `Encoding.states` has them.
            layers: of this encoder, as they are for these genes.
            edges: the edges that are left into the first genes, by their places in `states`.
            genes: how many genes stand first.

        Exact for up to two layers whose result for a gene depends on itself and the genes that it hears.
        """
        own, heard = [states[0][:genes]], states[0]
        for norm, layer, after in zip(self.norms, layers, states[1:], strict=True):
            own.append(self._after(own[-1], layer(self.dropout(norm(heard)), edges)[:genes]))
            heard = torch.cat([own[-1], after[genes:]])
        return self.out(torch.cat(own, dim=1))

    def _after(self, state: Tensor, change: Tensor) -> Tensor:
        change = self.activation(change)
        return state + change if self.residual else change
