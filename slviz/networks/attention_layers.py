"""Layers that say whom they listen to: PyG's attention layers in one shape. Imports torch: import it late."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class AttentionLayer(nn.Module):
    """A graph attention layer of PyG whose heads are mixed into the width asked for.

    Args:
        convolution: the layer; it gives [G, heads_width].
        heads_width, out_channels: what the mixing makes of what; equal where nothing is mixed.
        mix: what does so; a linear layer when left out.
    """

    def __init__(
        self, convolution: nn.Module, heads_width: int, out_channels: int, *, mix: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.convolution = convolution
        self.mix = nn.Linear(heads_width, out_channels) if mix is None else mix

    def forward(self, genes: Tensor, edges: Tensor) -> Tensor:
        return self.mix(self.convolution(genes, edges))

    def with_attention(self, genes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The layer's result, the edges it used [2, A] (it re-adds self-loops) and their weights [A, heads]."""
        result, (used, weight) = self.convolution(genes, edges, return_attention_weights=True)
        return self.mix(result), used, weight


class LoopedAttentionLayer(AttentionLayer):
    """The same for a layer of PyG that adds no self-loops of its own.

    With them a gene weighs itself among its partners, and the weights of a gene without partners sum to 1 as well.
    """

    def forward(self, genes: Tensor, edges: Tensor) -> Tensor:
        return super().forward(genes, _with_loops(edges, len(genes)))

    def with_attention(self, genes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return super().with_attention(genes, _with_loops(edges, len(genes)))


class SideBySide(nn.Module):
    """Separate attention layers of one head each, called as one layer of several heads."""

    def __init__(self, convolutions: Sequence[nn.Module]) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(convolutions)

    def forward(
        self, genes: Tensor, edges: Tensor, return_attention_weights: bool | None = None
    ) -> Tensor | tuple[Tensor, tuple[Tensor, Tensor]]:
        """The heads' results [G, heads * width]; with `return_attention_weights` also edges and weights [A, heads]."""
        if not return_attention_weights:
            return torch.cat([convolution(genes, edges) for convolution in self.convolutions], dim=1)
        results, attention = zip(
            *(convolution(genes, edges, return_attention_weights=True) for convolution in self.convolutions),
            strict=True,
        )
        weight = torch.cat([of_head for _, of_head in attention], dim=1)  # [A, 1] each -> [A, heads]
        return torch.cat(results, dim=1), (attention[0][0], weight)


def _with_loops(edges: Tensor, genes: int) -> Tensor:
    from torch_geometric.utils import add_remaining_self_loops

    return add_remaining_self_loops(edges, num_nodes=genes)[0]
