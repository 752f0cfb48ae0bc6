"""The known pairs as a matrix: genes along both sides in some order, darker where more pairs are."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Int64

from slviz.figures.theme import empty, framed

MOST_CELLS = 250
"""Cells along a side; of more genes several share one."""
SCALE = [[0.0, "rgba(128, 128, 128, 0.07)"], [1e-6, "#9ecae1"], [1.0, "#08306b"]]


def pair_matrix(
    pairs: Int64[np.ndarray, "pairs 2"], order: Int64[np.ndarray, " genes"], *, by: str, height: int = 520
) -> go.Figure:
    """The adjacency matrix of a graph without directions, so that it is its own mirror image.

    Args:
        pairs: gene numbers.
        order: the gene number at each place of a side.
        by: what the order is, for the titles of the axes.
        height: in pixels.
    """
    if not len(pairs):
        return empty("This data set has no pairs.", height=height)
    genes = len(order)
    cells = min(MOST_CELLS, genes)
    place = np.empty(genes, dtype=np.int64)
    place[order] = np.arange(genes) * cells // genes
    counts = np.zeros((cells, cells), dtype=np.int64)
    first, second = place[pairs[:, 0]], place[pairs[:, 1]]
    np.add.at(counts, (first, second), 1)
    np.add.at(counts, (second, first), 1)
    holds = f"up to {-(-genes // cells):,} genes" if genes > cells else "one gene"
    trace = go.Heatmap(
        z=np.log1p(counts),
        customdata=counts,
        colorscale=SCALE,
        showscale=False,
        hovertemplate="%{customdata:,} pairs<extra></extra>",
    )
    title = f"genes by {by}, {holds} a cell"
    figure = framed([trace], x=title, y=title, keep=f"pair matrix {by}", height=height)
    figure.update_xaxes(showticklabels=False, showgrid=False, constrain="domain")
    return figure.update_yaxes(
        showticklabels=False, showgrid=False, scaleanchor="x", autorange="reversed", constrain="domain"
    )
