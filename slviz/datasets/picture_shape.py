"""PictureShape: how the pixels of a data set of pictures lie in a row of its features, and back to pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from slviz.datasets.digests import ContentDigest
from slviz.errors import MalformedData

GREY, COLOUR = 1, 3
WHITE = 255


@dataclass(frozen=True)
class PictureShape:
    """Pictures of one size, whose pixels are a feature of the data set.

    The feature has one row a picture: row after row of pixels, the channels of a pixel side by side, each from 0
    (black) to 1 (white).

    Attributes:
        height, width: in pixels.
        channels: 1 for grey, 3 for red, green and blue.
    """

    feature: ClassVar[str] = "pixels"
    """Name of the feature in `GeneGraph.features`."""
    height: int
    width: int
    channels: int = GREY

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1 or self.channels not in (GREY, COLOUR):
            raise MalformedData(
                f"Pictures of {self.height} × {self.width} pixels with {self.channels} channels are none: give grey "
                "ones (1 channel) or red, green and blue (3)."
            )

    @property
    def size(self) -> int:
        """Numbers of one picture."""
        return self.height * self.width * self.channels

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the three lengths."""
        digest = ContentDigest()
        digest.add_numbers("pictures", np.array([self.height, self.width, self.channels]), kind="<i8")
        return digest.hexdigest()

    def __str__(self) -> str:
        """Such as "8 × 8 pixels" or "32 × 32 pixels in colour"."""
        return f"{self.height} × {self.width} pixels{'' if self.channels == GREY else ' in colour'}"

    def pictures(self, pixels: Float32[np.ndarray, "pictures size"]) -> UInt8[np.ndarray, "pictures height width *rgb"]:
        """Rows of pixels as pictures to be looked at, 0 black and 255 white; what lies outside 0 to 1 is cut off."""
        bright = np.rint(np.clip(pixels, 0, 1) * WHITE).astype(np.uint8)
        colour = () if self.channels == GREY else (self.channels,)
        return bright.reshape(len(pixels), self.height, self.width, *colour)  # [N, h·w·c] -> [N, h, w(, c)]
