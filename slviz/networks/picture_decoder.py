"""PictureDecoder: the decoder of an autoencoder of pictures in NumPy, from the stored weights, without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from jaxtyping import Float32

from slviz.datasets.picture_shape import PictureShape
from slviz.errors import DamagedRun

START = "decoder.start"
LAYER = "decoder.layers."


def level_sizes(shape: PictureShape, layers: int) -> list[tuple[int, int]]:
    """Height and width before the first convolution of an encoder and after each, which halves them, rounded up."""
    sizes = [(shape.height, shape.width)]
    for _ in range(layers):
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    return sizes


@dataclass(frozen=True, eq=False)
class PictureDecoder:
    """What turns an embedding into pixels: a linear layer, then for each level a doubling and a convolution.

    With z of `width` numbers: s = relu(W z + b), as channels × height × width of the smallest level. For each
    convolution: every place is repeated in a block of 2 × 2, the result is cut to the size of the level, and
    s = f(conv3×3(s)), with zeros around it; f is ReLU, for the last one the logistic.

    Attributes:
        shape: of the pictures.
        sizes: height and width of each level, the smallest first, the pictures' own last.
        start: the linear layer's weight [c·h·w, width] and bias.
        convolutions: weight [out, in, 3, 3] and bias [out] of each.
    """

    shape: PictureShape
    sizes: tuple[tuple[int, int], ...]
    start: tuple[Float32[np.ndarray, "numbers width"], Float32[np.ndarray, " numbers"]]
    convolutions: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray], shape: PictureShape) -> Self:
        """The decoder in the weights of a run (`RunStore.open_weights`); raises `DamagedRun` where they hold none."""
        layers = len({name for name in weights if name.startswith(LAYER) and name.endswith(".weight")})
        try:
            convolutions = tuple(
                (weights[f"{LAYER}{number}.weight"], weights[f"{LAYER}{number}.bias"]) for number in range(layers)
            )
            start = weights[f"{START}.weight"], weights[f"{START}.bias"]
        except KeyError as error:
            raise DamagedRun(f"The weights hold no decoder of pictures: {error} is missing.") from error
        decoder = cls(shape, tuple(level_sizes(shape, layers)[::-1]), start, convolutions)
        decoder._check()
        return decoder

    @property
    def width(self) -> int:
        """Numbers of an embedding."""
        return self.start[0].shape[1]

    def decode(self, embedding: Float32[np.ndarray, "pictures width"]) -> Float32[np.ndarray, "pictures size"]:
        """Pixels of each row, from 0 to 1, in the order of `PictureShape`."""
        weight, bias = self.start
        height, columns = self.sizes[0]
        state = np.maximum(embedding @ weight.T + bias, 0).reshape(len(embedding), -1, height, columns)
        for number, (kernel, shift) in enumerate(self.convolutions, start=1):
            height, columns = self.sizes[number]
            state = _convolved(state.repeat(2, axis=2).repeat(2, axis=3)[:, :, :height, :columns], kernel, shift)
            state = 1 / (1 + np.exp(-state)) if number == len(self.convolutions) else np.maximum(state, 0)
        return state.transpose(0, 2, 3, 1).reshape(len(embedding), self.shape.size).astype(np.float32)

    def to_json(self) -> str:
        """The decoder for a browser: `shape`, `sizes`, `start`, `convolutions`; weights as nested lists."""

        def plain(values: np.ndarray) -> Any:
            return np.asarray(values, dtype=np.float64).round(6).tolist()

        content = {
            "shape": [self.shape.height, self.shape.width, self.shape.channels],
            "sizes": [list(size) for size in self.sizes],
            "start": [plain(part) for part in self.start],
            "convolutions": [[plain(kernel), plain(shift)] for kernel, shift in self.convolutions],
        }
        return json.dumps(content, separators=(",", ":"), allow_nan=False)

    def _check(self) -> None:
        """`DamagedRun` where the parts do not fit each other and the shape of the pictures."""
        weight, bias = self.start
        height, columns = self.sizes[0]
        channels = [kernel.shape[1] for kernel, _ in self.convolutions]
        outs = [kernel.shape[0] for kernel, _ in self.convolutions]
        fits = (
            bool(self.convolutions)
            and weight.ndim == 2
            and bias.shape == weight.shape[:1] == (channels[0] * height * columns,)
            and outs == [*channels[1:], self.shape.channels]
            and all(
                kernel.shape[2:] == (3, 3) and shift.shape == kernel.shape[:1] for kernel, shift in self.convolutions
            )
        )
        if not fits:
            raise DamagedRun(f"The weights are of no decoder of pictures of {self.shape}.")


def _convolved(state: np.ndarray, kernel: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """The sum over 3 × 3 places with zeros around: [N, in, h, w] -> [N, out, h, w]."""
    _, _, height, columns = state.shape
    padded = np.pad(state, ((0, 0), (0, 0), (1, 1), (1, 1)))
    total = np.zeros((len(state), kernel.shape[0], height, columns), dtype=np.float32)
    for row in range(3):
        for column in range(3):
            window = padded[:, :, row : row + height, column : column + columns]
            total += np.einsum("nihw,oi->nohw", window, kernel[:, :, row, column], optimize=True)
    return total + shift[:, None, None]
