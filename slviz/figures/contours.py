"""Contours of the density of a map: lines over the points, from a smoothed histogram."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

BINS = 120
SMOOTH_BINS = 2.5
LEVELS = 8
ROOM = 0.06
LINES = "rgba(127, 127, 127, 0.9)"


def density_contours(coordinates: np.ndarray) -> go.Contour:
    """Lines of equal density on a map of G genes (its first two columns), [G, 2 or 3].

    The map is cut into 120 × 120 cells, the genes in each are counted and smoothed by a Gaussian two and a half
    cells wide. The lines enclose what is denser than 1/9, 2/9, … of the densest place.
    """
    from scipy.ndimage import gaussian_filter

    place = np.asarray(coordinates[:, :2], dtype=np.float64)
    low, high = place.min(axis=0), place.max(axis=0)
    room = np.maximum((high - low) * ROOM, 1e-6)
    spans = [(float(a), float(b)) for a, b in zip(low - room, high + room, strict=True)]
    count, x_edges, y_edges = np.histogram2d(place[:, 0], place[:, 1], bins=BINS, range=spans)
    density = gaussian_filter(count, SMOOTH_BINS)
    step = float(density.max()) / (LEVELS + 1)
    lines: dict[str, Any] = {"coloring": "none", "showlabels": False, "start": step, "end": LEVELS * step, "size": step}
    return go.Contour(
        x=_middles(x_edges),
        y=_middles(y_edges),
        z=density.T.astype(np.float32),
        contours=lines,
        autocontour=False,
        line={"color": LINES, "width": 1},
        hoverinfo="skip",
        showscale=False,
        showlegend=False,
        name="density",
    )


def _middles(edges: np.ndarray) -> np.ndarray:
    return ((edges[:-1] + edges[1:]) / 2).astype(np.float32)
