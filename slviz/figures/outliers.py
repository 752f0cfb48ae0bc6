"""Outlierness: how its numbers are spread over what was learnt from, other real things, and noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from slviz.figures.colouring import Colouring
from slviz.figures.palette import LINE, MISSING
from slviz.figures.theme import empty, framed
from slviz.figures.written import written

LEARNT, HELD_OUT, SET_ASIDE, NOISE, OTHER = "learnt from", "held out", "set aside", "noise", "neither"
GROUP_COLOURS = {LEARNT: "#56B4E9", HELD_OUT: "#009E73", SET_ASIDE: "#009E73", NOISE: "#D55E00", OTHER: MISSING}
BINS = 60
MOST = 0.995
"""Share of each group within the axis: one far thing would leave the others no room."""


def by_outlierness(values: Float[np.ndarray, " genes"], *, measure: str, percentile: bool) -> Colouring:
    """How unlike each gene is to what was learnt from, as a measure gives it or as a percentile among others (0–1)."""
    if percentile:
        shown = 100 * np.asarray(values, dtype=np.float32)
        return Colouring("Outlierness", "continuous", shown, unit=f"percentile by {measure}")
    return Colouring("Outlierness", "continuous", np.asarray(values, dtype=np.float32), unit=measure)


def by_group(groups: np.ndarray) -> Colouring:
    """What each point is, text [N]: learnt from, held out, noise."""
    order = [name for name in GROUP_COLOURS if name in set(groups.tolist())]
    return Colouring("Group", "categorical", np.asarray(groups, dtype=object), order=order)


def outlier_histograms(
    groups: Mapping[str, Float[np.ndarray, " things"]], *, unit: str, threshold: float, height: int = 320
) -> go.Figure:
    """Share of each group over its outlierness, laid over each other; a dashed line at the threshold.

    Args:
        groups: outlierness by the name of a group, a key of `GROUP_COLOURS`; empty ones are left out.
        unit: of the numbers.
        threshold: from which on a thing is called unlike.
    """
    shown = {name: values[np.isfinite(values)] for name, values in groups.items()}
    shown = {name: values for name, values in shown.items() if len(values)}
    if not shown:
        return empty("There is nothing to measure here.")
    low = min(float(values.min()) for values in shown.values())
    high = max(float(np.quantile(values, MOST)) for values in shown.values())
    high = max(high, threshold) if high > low else low + 1
    edges = np.linspace(low, high, BINS + 1)
    traces: list[Any] = []
    for name, values in shown.items():
        share = 100 * np.histogram(np.minimum(values, high), edges)[0] / len(values)
        traces.append(
            go.Scatter(
                x=np.repeat(edges, 2)[1:-1],
                y=np.repeat(share, 2),
                mode="lines",
                fill="tozeroy",
                opacity=0.8,
                line={"color": GROUP_COLOURS[name], "width": 2, "dash": "dot" if name == NOISE else "solid"},
                name=written(f"{name} ({len(values):,})"),
                hovertemplate=f"{written(name)}: %{{y:.1f}} % at %{{x:.3g}}<extra></extra>",
            )
        )
    figure = framed(traces, x=written(unit), y="% of the group", keep=f"outliers {unit}", height=height)
    figure.add_vline(x=threshold, line={"color": LINE, "dash": "dash"})
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return figure.update_xaxes(range=(low, high))


def auc_bars(aucs: Mapping[str, Mapping[str, float]], *, height: int | None = None) -> go.Figure:
    """AUC of telling noise from real things, a group of bars for each measure, chance as a dashed line.

    Args:
        aucs: by measure, by network ("trained", "random weights"), the AUC; NaN is left out.
    """
    colours = {"trained": "#0072B2", "random weights": "#E69F00"}
    measures = list(aucs)
    traces = []
    for network, colour in colours.items():
        values = [aucs[measure].get(network, float("nan")) for measure in measures]
        if np.isfinite(values).any():
            traces.append(
                go.Bar(
                    y=[written(measure) for measure in measures],
                    x=values,
                    orientation="h",
                    name=network,
                    marker={"color": colour, "pattern": {"shape": "" if network == "trained" else "/"}},
                    text=[f"{value:.3f}" if np.isfinite(value) else "" for value in values],
                    textposition="outside",
                    cliponaxis=False,
                    hovertemplate=f"%{{y}}, {network}: %{{x:.3f}}<extra></extra>",
                )
            )
    legend = {"orientation": "h", "x": 0, "y": 1.1, "yanchor": "bottom"}
    figure = framed(
        traces,
        x="AUC, noise against real ones",
        y="",
        keep="aucs",
        height=height or 150 + 56 * len(aucs),
        legend=legend,
    )
    figure.add_vline(x=0.5, line={"color": LINE, "dash": "dash"}, annotation_text="chance", annotation_position="top")
    figure.update_xaxes(range=(0, 1.08))
    return figure.update_yaxes(autorange="reversed", showgrid=False)
