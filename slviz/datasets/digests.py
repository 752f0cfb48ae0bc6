"""A SHA-256 over named parts, each with its length, so that no two contents run into one another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np


class ContentDigest:
    """Adds up the parts of some content; the same parts in the same order give the same digest."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, part: str, content: bytes) -> None:
        """Adds the bytes of a part."""
        self._digest.update(f"{part}:{len(content)}:".encode())
        self._digest.update(content)

    def add_numbers(self, part: str, numbers: np.ndarray, *, kind: str) -> None:
        """Adds an array in one byte order, such as "<i8" or "<f4"."""
        self.add(part, np.ascontiguousarray(numbers, dtype=kind).tobytes())

    def add_texts(self, part: str, texts: Iterable[str]) -> None:
        """Adds texts, one a line."""
        self.add(part, "\n".join(texts).encode())

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._digest.hexdigest()
