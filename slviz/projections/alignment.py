"""Alignment: the same map from several seeds laid on top of each other, and how far each gene moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from slviz.errors import DataError

ROUNDS = 10


@dataclass(frozen=True, eq=False)
class Spread:
    """How far each gene moves from seed to seed. G genes, S maps.

    Attributes:
        value: float32 [G], how far a gene lies from its mean place (root mean square over the maps),
            as a share of the mean map's radius.
        chance: the mean of `value` when each map's genes are permuted: about 1.
        aligned: float32 [S, G, 2 or 3], the maps laid on top of each other.
    """

    value: Float32[np.ndarray, " genes"]
    chance: float
    aligned: Float32[np.ndarray, "maps genes dimensions"]

    def __post_init__(self) -> None:
        self.value.setflags(write=False)
        self.aligned.setflags(write=False)


def aligned_to(
    target: Float[np.ndarray, "genes dimensions"], place: Float[np.ndarray, "genes dimensions"]
) -> Float[np.ndarray, "genes dimensions"]:
    """`place` moved, turned, mirrored and scaled to lie as near to `target` as it can (Procrustes; Gower 1975)."""
    middle = target.mean(axis=0)
    goal, moved = target - middle, place - place.mean(axis=0)
    left, strength, right = np.linalg.svd(moved.T @ goal)
    size = (moved**2).sum()
    return middle + moved @ (left @ right) * (strength.sum() / size if size > 0 else 1.0)


def laid_on(
    target: Float[np.ndarray, "genes dimensions"], place: Float[np.ndarray, "genes dimensions"]
) -> Float[np.ndarray, "genes dimensions"]:
    """`place` moved, turned and mirrored to lie as near to `target` as it can, and as large as it (Procrustes).

    The fit alone would shrink a map that agrees little with the target; both keep the same root mean square distance
    from their centre instead, so that a reader sees two maps of one size.
    """
    wide = np.asarray(target, dtype=np.float64)
    middle = wide.mean(axis=0)
    radius = np.sqrt(((wide - middle) ** 2).sum(axis=1).mean())
    return middle + radius * _turned_to(_unit(wide), _unit(place))


def spread_over(maps: Sequence[Float[np.ndarray, "genes dimensions"]], *, seed: int = 0) -> Spread:
    """How far each gene moves between two or more maps of the same genes.

    The maps are brought to one size and aligned to their mean, which is taken anew until it rests
    (generalised Procrustes). Raises `DataError` for fewer than two maps, or maps of different shape.
    """
    if len(maps) < 2 or len({coordinates.shape for coordinates in maps}) > 1:
        raise DataError("To see how far genes move it takes two maps or more of the same genes and dimensions.")
    placed = [_unit(coordinates) for coordinates in maps]
    aligned, value = _aligned(placed)
    random = np.random.default_rng(seed)
    chance = _aligned([random.permutation(coordinates) for coordinates in placed])[1]
    return Spread(value.astype(np.float32), float(chance.mean()), aligned.astype(np.float32))


def _aligned(placed: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The maps [S, G, d] on top of each other, and each gene's distance from its mean place [G]."""
    aligned, mean = np.stack(placed), placed[0]
    for _ in range(ROUNDS):
        aligned = np.stack([_turned_to(mean, coordinates) for coordinates in placed])
        mean = _unit(aligned.mean(axis=0))
    away = np.sqrt(((aligned - aligned.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))
    return aligned, away


def _turned_to(target: np.ndarray, place: np.ndarray) -> np.ndarray:
    """As `aligned_to` for maps that are centred and of one size: shrinking would hide how far they are apart."""
    left, _, right = np.linalg.svd(place.T @ target)
    return place @ (left @ right)


def _unit(place: np.ndarray) -> np.ndarray:
    """Centred, with a root mean square distance of 1 from the centre."""
    centred = np.asarray(place, dtype=np.float64) - np.asarray(place, dtype=np.float64).mean(axis=0)
    radius = np.sqrt((centred**2).sum(axis=1).mean())
    return centred / radius if radius > 0 else centred
