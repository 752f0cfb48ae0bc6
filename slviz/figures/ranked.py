"""Ranked partners of a gene: their rank by score beside their rank with hubs adjusted for; and how a plan adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.log_axis import log_axis
from slviz.figures.palette import FAINT, KNOWN, PREDICTED
from slviz.figures.theme import framed
from slviz.figures.written import all_written

SHOWN = 500
LABELLED = 12


def rank_comparison(table: pd.DataFrame) -> go.Figure:
    """One point a partner: rank over all genes to the right, hub-adjusted rank upwards, the best at the left and top.

    Args:
        table: rows of `Ranker.partners`; the first 500 by either rank are drawn. `customdata`: gene number.
    """
    first = table.loc[(table["rank"] <= SHOWN) | (table["hub_adjusted_rank"] <= SHOWN)]
    best = np.sqrt(first["rank"] * first["hub_adjusted_rank"]).rank(method="first") <= LABELLED
    traces = []
    for title, chosen, colour in (
        ("unreported", first["status"] == "unreported", PREDICTED),
        ("known or tested", first["status"] != "unreported", KNOWN),
    ):
        rows = first.loc[chosen]
        names = all_written(rows["gene"])
        traces.append(
            go.Scatter(
                x=rows["rank"],
                y=rows["hub_adjusted_rank"],
                mode="markers+text",
                text=[name if is_best else "" for name, is_best in zip(names, best[chosen].tolist(), strict=True)],
                textposition="top center",
                name=title,
                customdata=rows[["number"]].to_numpy(),
                hovertext=[
                    f"<b>{name}</b>, {status}<br>{reason}"
                    for name, status, reason in zip(
                        names, all_written(rows["status"]), all_written(rows["reason"]), strict=True
                    )
                ],
                hovertemplate="%{hovertext}<br>rank %{x:,}, adjusted %{y:,.0f}<extra></extra>",
                marker={"color": colour, "size": 7, "opacity": 0.8},
            )
        )
    figure = framed(traces, x="Rank by score", y="Rank adjusted for hubs", keep="ranked", height=440)
    figure.update_xaxes(log_axis(first["rank"].to_numpy()), gridcolor=FAINT)
    adjusted = log_axis(first["hub_adjusted_rank"].to_numpy())
    return figure.update_yaxes(adjusted, autorange="reversed", gridcolor=FAINT)


def plan_curve(table: pd.DataFrame) -> go.Figure:
    """Hits to expect after each test of a plan, and what each pair adds once partners and families are spread.

    Args:
        table: of a `Plan`; without shares of hits only the second line is drawn.
    """
    pairs = all_written(table["gene_a"] + " – " + table["gene_b"])
    lines = {"spread over partners and families": table["counts"].cumsum()}
    if len(table) and np.isfinite(table["hit_probability"].to_numpy()).all():
        lines["hits to expect"] = table["hit_probability"].cumsum()
    traces = [
        go.Scatter(
            x=table["order"],
            y=values,
            mode="lines+markers",
            name=name,
            hovertext=pairs,
            hovertemplate="%{hovertext}<br>after %{x} tests: %{y:.2f}<extra></extra>",
            line={"color": PREDICTED if name == "hits to expect" else KNOWN},
        )
        for name, values in lines.items()
    ]
    figure = framed(traces, x="Tests", y="Total", keep="plan", height=340)
    figure.update_layout(showlegend=True)
    return figure.update_xaxes(dtick=max(1, len(table) // 10))
