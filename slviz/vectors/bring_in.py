"""From an uploaded file to a kept set of vectors: what the child process of a page runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slviz.vectors.reading import read_vectors
from slviz.vectors.store import VectorStore


@dataclass(frozen=True)
class BroughtIn:
    """What a page needs to know of a set that was kept.

    Attributes:
        id: of the set.
        points: how many it has.
        maps: names of the maps that came with it.
    """

    id: str
    points: int
    maps: tuple[str, ...]


def bring_in(
    path: Path,
    root: Path,
    *,
    metadata: Path | None = None,
    name: str | None = None,
    vectors: str | None = None,
    labels: tuple[str, ...] | None = None,
) -> BroughtIn:
    """Read a file as `read_vectors` does and keep its points in the store at `root`; errors are those of both."""
    points = read_vectors(path, metadata=metadata, name=name, vectors=vectors, labels=labels)
    return BroughtIn(VectorStore(root).keep(points), len(points), tuple(points.maps))
