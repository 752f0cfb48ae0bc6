"""Which points lie in a region that was drawn on a map."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int64


def inside(place: Float[np.ndarray, "points dimensions"], shape: dict[str, Any] | None) -> Int64[np.ndarray, " inside"]:
    """Numbers of the points inside a lasso or a box; none where there is no shape, or a broken one."""
    if not isinstance(shape, dict) or not isinstance(shape.get("x"), list) or not isinstance(shape.get("y"), list):
        return np.empty(0, dtype=np.int64)
    x, y = np.asarray(shape["x"], dtype=np.float64), np.asarray(shape["y"], dtype=np.float64)
    if len(x) != len(y) or len(x) < 2:
        return np.empty(0, dtype=np.int64)
    near = (place[:, 0] >= x.min()) & (place[:, 0] <= x.max()) & (place[:, 1] >= y.min()) & (place[:, 1] <= y.max())
    rows = np.flatnonzero(near)
    if shape.get("kind") == "lasso":
        rows = rows[_in_polygon(place[rows, :2].astype(np.float64), x, y)]
    return rows


def _in_polygon(place: np.ndarray, x: np.ndarray, y: np.ndarray) -> Bool[np.ndarray, " points"]:
    """Which points lie in a polygon: a ray to the right crosses its border an odd number of times."""
    within = np.zeros(len(place), dtype=bool)
    px, py = place.T
    for x1, y1, x2, y2 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):  # a few hundred corners
        crosses = (y1 > py) != (y2 > py)
        if crosses.any():
            within ^= crosses & (px < (x2 - x1) * (py - y1) / ((y2 - y1) or 1.0) + x1)
    return within
