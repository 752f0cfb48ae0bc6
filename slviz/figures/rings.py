"""Where the genes of a neighbourhood stand: rings around the centre, the same every time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

from slviz.neighbourhood import OUTER, PREDICTED, Neighbourhood

CROWDED = 24
"""More genes than this on the first ring stand alternately nearer and farther."""
NEAR, STAGGERED, FAR = 1.0, 1.3, 1.8
GAP = 1.0
"""Free places between known neighbours and predicted partners, at either end."""


def ring_places(around: Neighbourhood) -> Float64[np.ndarray, "genes 2"]:
    """Place [N, 2] of each gene: the centre at (0, 0), the first ring clockwise from twelve o'clock by
    falling attention, then predicted partners; genes two steps away outside, near their neighbour.
    """
    angle = np.zeros(len(around.genes))
    radius = np.zeros(len(around.genes))
    first = np.flatnonzero(around.hops == 1)
    angle[first] = _first_ring(around, first)
    radius[first] = NEAR
    if len(first) > CROWDED:
        radius[first[1::2]] = STAGGERED
    second = np.flatnonzero(around.hops == 2)
    if len(second):
        angle[second] = _second_ring(around, second, angle)
        radius[second] = FAR + (STAGGERED - NEAR if len(first) > CROWDED else 0)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


def _first_ring(around: Neighbourhood, first: np.ndarray) -> np.ndarray:
    """Angles clockwise from the top; neighbours and predicted partners in two arcs with a gap between."""
    guesses = set(around.edges[1, around.place == PREDICTED].tolist())
    guessed = np.array([gene in guesses for gene in around.genes[first].tolist()])
    both = guessed.any() and not guessed.all()
    slots = len(first) + (2 * GAP if both else 0)
    slot = np.arange(len(first)) + np.where(guessed & both, GAP, 0)
    return 2 * np.pi * slot / max(slots, 1)


def _second_ring(around: Neighbourhood, second: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Angles around those of the neighbours that lead there, evenly apart and in the parents' order."""
    position = {gene: place for place, gene in enumerate(around.genes.tolist())}
    parent_of: dict[int, int] = {}
    for a, b in around.edges[:, around.place == OUTER].T.tolist():
        child, parent = (a, b) if around.hops[position[a]] == 2 else (b, a)
        parent_of.setdefault(child, parent)  # the first is the neighbour with the most attention
    wanted = np.array([angle[position[parent_of[gene]]] for gene in around.genes[second].tolist()])
    order = np.argsort(wanted, kind="stable")
    return _spread(wanted[order], least=2 * np.pi / max(len(second) * 1.15, 36))[np.argsort(order)]


def _spread(wanted: np.ndarray, *, least: float) -> np.ndarray:
    """Rising angles moved apart to at least `least`, each run of equals centred where it wants to be."""
    angle = wanted.copy()
    for _ in range(60):  # relaxation: neighbours on the ring push each other apart by what they lack
        lack = np.maximum(least - np.diff(angle, append=angle[0] + 2 * np.pi), 0) / 2
        if len(angle) < 2 or lack.max() < 1e-6:
            break
        angle = angle - lack + np.roll(lack, 1)
    return angle
