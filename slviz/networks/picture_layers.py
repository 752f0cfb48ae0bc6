"""The layers of networks for pictures. Imports torch: import it late."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor, nn

from slviz.datasets.picture_shape import PictureShape
from slviz.networks.encoders import ByteDropout, Encoding, GeneEncoder
from slviz.networks.picture_decoder import level_sizes

KERNEL = 3
AT_ONCE = 1000
"""Pictures that are read at once where nothing is learnt; the numbers of all layers of all pictures would be many."""


class PictureEncoder(GeneEncoder):
    """Convolutions over 3 × 3 places, each halving height and width, then a linear layer to the embedding.

    Edges and structure are not read: a picture is seen by itself. `filters` of the first convolution are doubled by
    each further one. As a classifier it takes the largest of every 2 × 2 places and passes its embedding through ReLU;
    otherwise a convolution looks at every second place, and the embedding is as the linear layer gives it.
    """

    def __init__(
        self, shape: PictureShape, *, layers: int, filters: int, width: int, dropout: float, classifies: bool
    ) -> None:
        super().__init__()
        self.adversary = None
        self.shape = shape
        channels = [shape.channels, *(filters * 2**level for level in range(layers))]
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, KERNEL, stride=1 if classifies else 2, padding=1)
            for before, after in itertools.pairwise(channels)
        )
        height, columns = level_sizes(shape, layers)[-1]
        self.dropout = ByteDropout(dropout)
        self.out = nn.Linear(channels[-1] * height * columns, width)
        self.classifies = classifies

    def encode(self, features: Tensor, structure: Tensor, edges: Tensor) -> Encoding:
        if torch.is_grad_enabled() or len(features) <= AT_ONCE:
            return self._encoding(features)
        embedding = in_parts(lambda rows: self._encoding(rows).embedding, features)
        return Encoding(embedding, [features, embedding])

    def _encoding(self, features: Tensor) -> Encoding:
        shape = self.shape
        state = features.view(-1, shape.height, shape.width, shape.channels).permute(0, 3, 1, 2)  # -> [N, c, h, w]
        states = [features]
        for layer in self.layers:
            state = torch.relu(layer(state))
            state = nn.functional.max_pool2d(state, 2, ceil_mode=True) if self.classifies else state
            states.append(state.flatten(1))
        embedding = self.out(self.dropout(state.flatten(1)))
        embedding = torch.relu(embedding) if self.classifies else embedding
        return Encoding(embedding, [*states, embedding])

    def attention(self, features: Tensor, structure: Tensor, edges: Tensor) -> list[tuple[Tensor, Tensor]]:
        return []


class TorchPictureDecoder(nn.Module):
    """From the embedding back to pixels; the same as `slviz.networks.picture_decoder.PictureDecoder` in NumPy.

    A linear layer, then for each level: every place doubled in height and width, cut to the size of the encoder's
    level, and a convolution. ReLU in between, the logistic at the end.
    """

    def __init__(self, shape: PictureShape, *, layers: int, filters: int, width: int) -> None:
        super().__init__()
        self.shape = shape
        self.sizes = level_sizes(shape, layers)[::-1]
        channels = [*(filters * 2**level for level in reversed(range(layers))), shape.channels]
        height, columns = self.sizes[0]
        self.start = nn.Linear(width, channels[0] * height * columns)
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, KERNEL, padding=1) for before, after in itertools.pairwise(channels)
        )

    def forward(self, embedding: Tensor, edges: Tensor | None = None) -> Tensor:
        """Pixels [N, size] from an embedding [N, width]; the edges are not read."""
        if torch.is_grad_enabled() or len(embedding) <= AT_ONCE:
            return self._decoded(embedding)
        return in_parts(self._decoded, embedding)

    def _decoded(self, embedding: Tensor) -> Tensor:
        state = torch.relu(self.start(embedding)).view(len(embedding), -1, *self.sizes[0])
        for number, (layer, (height, columns)) in enumerate(zip(self.layers, self.sizes[1:], strict=True), start=1):
            doubled = state.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)[:, :, :height, :columns]
            state = layer(doubled)
            state = torch.sigmoid(state) if number == len(self.layers) else torch.relu(state)
        return state.permute(0, 2, 3, 1).flatten(1)  # [N, c, h, w] -> [N, h·w·c]


def in_parts(compute: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """What is computed of each row by itself, of some rows at a time."""
    return torch.cat([compute(part) for part in rows.split(AT_ONCE)])
