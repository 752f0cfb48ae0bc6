"""The decoders that are trained. Imports torch: import it late."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from slviz.networks.encoders import ByteDropout


class TorchPairDecoder(nn.Module):
    """Symmetric decoder of pairs; the formula stands at `slviz.scorers.pair_decoder.PairDecoder`."""

    def __init__(self, width: int, *, hidden: int, dropout: float, start: float = 0.0) -> None:
        super().__init__()
        self.bilinear = nn.Parameter(torch.zeros(width, width))
        self.linear = nn.Parameter(torch.zeros(width))
        self.sum = nn.Linear(width, hidden)
        self.product = nn.Linear(width, hidden, bias=False)
        self.difference = nn.Linear(width, hidden, bias=False)
        self.readout = nn.Linear(hidden, 1)
        nn.init.constant_(self.readout.bias, start)
        self.dropout = ByteDropout(dropout)

    def forward(self, embedding: Tensor, pairs: Tensor) -> Tensor:
        """Raw numbers [P] for pairs [P, 2] of genes with this embedding [G, D]."""
        a, b = embedding.index_select(0, pairs[:, 0]), embedding.index_select(0, pairs[:, 1])
        hidden = torch.relu(self.sum(a + b) + self.product(a * b) + self.difference((a - b).abs()))
        bilinear = ((a @ self._symmetric()) * b).sum(dim=1)
        return bilinear + (a + b) @ self.linear + self.readout(self.dropout(hidden)).squeeze(1)

    def arrays(self, bounds: tuple[float, ...] = ()) -> dict[str, np.ndarray]:
        """What `PairDecoder` needs, as float32; `bounds` are empty for the logistic."""
        parts = {
            "bilinear": self._symmetric(),
            "linear": self.linear,
            "sum": self.sum.weight,
            "product": self.product.weight,
            "difference": self.difference.weight,
            "hidden_bias": self.sum.bias,
            "readout": self.readout.weight[0],
            "bias": self.readout.bias,
        }
        arrays = {name: part.detach().cpu().numpy().astype(np.float32).copy() for name, part in parts.items()}
        return arrays | {"bounds": np.array(bounds, dtype=np.float32)}

    def _symmetric(self) -> Tensor:
        return (self.bilinear + self.bilinear.T) / 2


class MeanDecoder(nn.Module):
    """The mean of all numbers of both genes: nothing in it is learnt."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, embedding: Tensor, pairs: Tensor) -> Tensor:
        """Raw numbers [P] for pairs [P, 2] of genes with this embedding [G, D]."""
        return embedding.mean(dim=1)[pairs].mean(dim=1)  # [P, 2] -> [P]

    def arrays(self, bounds: tuple[float, ...] = ()) -> dict[str, np.ndarray]:
        """What `PairDecoder` needs to give the same: its linear part alone."""
        shapes = {"bilinear": (self.width, self.width), "sum": (1, self.width), "product": (1, self.width)}
        shapes |= {"difference": (1, self.width), "hidden_bias": (1,), "readout": (1,), "bias": (1,)}
        arrays = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}
        linear = np.full(self.width, 1 / (2 * self.width), dtype=np.float32)
        return arrays | {"linear": linear, "bounds": np.array(bounds, dtype=np.float32)}


class FeatureDecoder(nn.Module):
    """One layer of the network from the embedding back to the features, beside a straight line."""

    def __init__(self, layer: nn.Module, width: int, out_channels: int) -> None:
        super().__init__()
        self.layer = layer
        self.straight = nn.Linear(width, out_channels)

    def forward(self, embedding: Tensor, edges: Tensor) -> Tensor:
        """Features [G, F] from an embedding [G, D]."""
        return self.straight(embedding) + self.layer(embedding, edges)
