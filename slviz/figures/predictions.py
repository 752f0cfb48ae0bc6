"""Predicted vs actual values, residuals, and how scores spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.errors import InvalidSetting
from slviz.figures.palette import ACCENT, FAINT, LINE, OKABE_ITO, PART_COLOURS, PART_SYMBOLS, categorical, symbols
from slviz.figures.theme import CLEAR, empty, framed, scatter_kind
from slviz.figures.written import written
from slviz.runs import PARTS

MOST_SOURCES = 7
NO_SOURCE, OTHER_SOURCES = "no evidence recorded", "other kinds"
CELLS = 48
CROWDED = 300
"""With more points than this, shading behind them shows where they pile up."""


def predicted_vs_actual(
    predictions: pd.DataFrame,
    *,
    parts: Sequence[str] = PARTS,
    evidence: Sequence[str] | None = None,
    by_source: bool = False,
    marked: int | None = None,
    webgl: bool = True,
    height: int = 560,
) -> go.Figure:
    """Prediction over actual value of each pair; on the dashed line they are equal.

    Points carry `customdata = [row]`: the position in `predictions`, as `Run.predictions` has it.

    Args:
        predictions: of a run whose task gives pairs a score.
        parts: which parts to draw; each has its own colour and symbol.
        evidence: text [rows of predictions] for the hover, such as "GenomeRNAi".
        by_source: whether colours tell kinds of evidence apart instead of parts.
        marked: position in `predictions` of a pair to ring.
        webgl: True for the screen; False keeps every point a vector.
        height: in pixels.
    """
    rows = _rows(predictions, parts)
    if not len(rows):
        return empty("There is no pair of these parts in this run.")
    actual, predicted = _numbers(predictions, "actual"), _numbers(predictions, "prediction")
    span = _span(np.r_[actual[rows], predicted[rows]])
    shading = _shading(actual[rows], predicted[rows], span, span)
    points = _points(
        predictions, rows, actual, predicted, evidence=evidence, by_source=by_source, webgl=webgl, crowded=bool(shading)
    )
    points += _ring(actual, predicted, rows, marked)
    figure = framed(
        [*shading, _identity(span), *points],
        x="Actual score",
        y="Predicted score",
        keep="predicted",
        legend_title="Evidence" if by_source else "Pairs of",
        height=height,
    )
    figure.update_xaxes(range=span, constrain="domain")
    figure.update_yaxes(range=span, scaleanchor="x", scaleratio=1, constrain="domain")
    return figure


def residuals(
    predictions: pd.DataFrame,
    *,
    over: Literal["prediction", "actual"] = "prediction",
    parts: Sequence[str] = PARTS,
    evidence: Sequence[str] | None = None,
    by_source: bool = False,
    marked: int | None = None,
    webgl: bool = True,
    height: int = 420,
) -> go.Figure:
    """Residual (actual − predicted) of each pair over its prediction or its actual value.

    Above the dashed zero line the model said too little, below it too much. Points carry
    `customdata = [row]` of `predictions`; the arguments are those of `predicted_vs_actual`.
    """
    if over not in ("prediction", "actual"):
        raise InvalidSetting(f"over='{over}' is not one of: prediction, actual.")
    rows = _rows(predictions, parts)
    if not len(rows):
        return empty("There is no pair of these parts in this run.")
    across = _numbers(predictions, over)
    residual = _numbers(predictions, "actual") - _numbers(predictions, "prediction")
    reach = float(np.abs(residual[rows]).max()) * 1.06 or 1.0
    span = _span(across[rows])
    shading = _shading(across[rows], residual[rows], span, (-reach, reach))
    zero = go.Scatter(
        x=list(span), y=[0, 0], mode="lines", name="no error", hoverinfo="skip", line=_dashed(), legendrank=2000
    )
    points = _points(
        predictions, rows, across, residual, evidence=evidence, by_source=by_source, webgl=webgl, crowded=bool(shading)
    )
    points += _ring(across, residual, rows, marked)
    figure = framed(
        [*shading, zero, *points],
        x="Predicted score" if over == "prediction" else "Actual score",
        y="Residual (actual − predicted)",
        keep=f"residuals vs {over}",
        legend_title="Evidence" if by_source else "Pairs of",
        height=height,
    )
    figure.update_xaxes(range=span)
    figure.update_yaxes(range=(-reach, reach))
    return figure


def score_distribution(
    predictions: pd.DataFrame, *, part: str = "test", negative_kind: str = "random", height: int = 380
) -> go.Figure:
    """How the scores of known pairs and of drawn negatives spread: the less they overlap, the better."""
    of_part = predictions["part"].to_numpy() == part
    kind = predictions["negative_kind"].to_numpy()
    score = _numbers(predictions, "prediction")
    groups = (
        ("known pairs", "known", OKABE_ITO[0], ""),
        (f"{written(negative_kind)} negatives", negative_kind, OKABE_ITO[5], "/"),
    )
    if not (of_part & np.isin(kind, ["known", negative_kind])).any():
        return empty("There is no pair of this part in this run.")
    edges = np.histogram_bin_edges(score[of_part & np.isin(kind, ["known", negative_kind])], bins=50)
    traces = []
    for name, which, colour, pattern in groups:
        count, _ = np.histogram(score[of_part & (kind == which)], bins=edges)
        traces.append(
            go.Bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=100 * count / max(count.sum(), 1),
                width=np.diff(edges),
                name=f"{name} ({count.sum():,})",
                customdata=count[:, None],
                marker={"color": colour, "opacity": 0.6, "line": {"width": 0}, "pattern": {"shape": pattern}},
                hovertemplate="score %{x:.3f}<br>%{customdata[0]:,} pairs (%{y:.1f} %)<extra></extra>",
            )
        )
    return framed(traces, x="Predicted score", y="Share of pairs (%)", keep="scores", barmode="overlay", height=height)


def _rows(predictions: pd.DataFrame, parts: Sequence[str]) -> np.ndarray:
    """Rows of these parts whose prediction and actual value are numbers."""
    finite = np.isfinite(_numbers(predictions, "actual")) & np.isfinite(_numbers(predictions, "prediction"))
    return np.flatnonzero(predictions["part"].isin(list(parts)).to_numpy() & finite)


def _numbers(predictions: pd.DataFrame, column: str) -> np.ndarray:
    return predictions[column].to_numpy(dtype=np.float32)


def _points(
    predictions: pd.DataFrame,
    rows: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    *,
    evidence: Sequence[str] | None,
    by_source: bool,
    webgl: bool,
    crowded: bool,
) -> list[Any]:
    """A trace a part, test on top, or a trace a kind of evidence; hover names the pair."""
    groups, looks = _groups(predictions, rows, evidence if by_source else None)
    hover = _hover(predictions, rows, evidence)
    traces = []
    for name, look in looks.items():
        inside = groups == name
        which = rows[inside]
        opacity = float(np.clip(15 / np.sqrt(max(len(which), 1)), 0.12, 0.8))
        if not len(which):
            continue
        shared: dict[str, Any] = {"mode": "markers", "name": f"{written(name)} ({len(which):,})", "legendgroup": name}
        # The points are faint where they pile up; the legend is not, so it has a trace of its own.
        traces.append(go.Scatter(x=[None], y=[None], marker=look | {"size": 8}, hoverinfo="skip", **shared))
        traces.append(
            scatter_kind(webgl=webgl)(
                x=x[which],
                y=y[which],
                showlegend=False,
                marker=look | {"size": 4 if crowded else 7, "opacity": opacity},
                text=hover[inside],
                customdata=which[:, None],
                hovertemplate="%{text}<extra></extra>",
                unselected={"marker": {"opacity": opacity}},  # the ring marks the chosen pair
                **shared,
            )
        )
    return traces


def _groups(
    predictions: pd.DataFrame, rows: np.ndarray, evidence: Sequence[str] | None
) -> tuple[np.ndarray, dict[str, dict[str, str]]]:
    """What each row is told apart by, text [rows], and the look of each: parts, or the commonest kinds of evidence."""
    if evidence is None:
        looks = {name: {"color": PART_COLOURS[name], "symbol": PART_SYMBOLS[name]} for name in PARTS}
        return predictions["part"].to_numpy()[rows], looks
    kinds = pd.Series(np.asarray(evidence, dtype=object)[rows]).replace("", NO_SOURCE)
    common = kinds.value_counts().index.tolist()[:MOST_SOURCES]
    group_names = kinds.where(kinds.isin(common), OTHER_SOURCES).to_numpy(dtype=object)
    names = [*common, *([OTHER_SOURCES] if (group_names == OTHER_SOURCES).any() else [])]
    colours, shapes = categorical(names, missing=(NO_SOURCE, OTHER_SOURCES)), symbols(names)
    return group_names, {name: {"color": colours[name], "symbol": shapes[name]} for name in names}


def _ring(x: np.ndarray, y: np.ndarray, rows: np.ndarray, marked: int | None) -> list[Any]:
    """A ring around the chosen pair, where it is drawn."""
    if marked is None or marked not in rows:
        return []
    look = {"size": 16, "color": CLEAR, "line": {"color": ACCENT, "width": 3}}
    ring = {"mode": "markers", "marker": look, "hoverinfo": "skip", "showlegend": False, "name": "chosen pair"}
    return [go.Scatter(x=[x[marked]], y=[y[marked]], **ring)]


def _hover(predictions: pd.DataFrame, rows: np.ndarray, evidence: Sequence[str] | None) -> np.ndarray:
    """[rows] text: bold pair, part, both values, evidence."""
    table = predictions.iloc[rows]
    kinds = [""] * len(rows) if evidence is None else np.asarray(evidence, dtype=object)[rows]
    columns = (table[column].to_numpy() for column in ("gene_a", "gene_b", "part", "actual", "prediction"))
    return np.array(
        [
            f"<b>{written(a)} – {written(b)}</b> ({part})<br>actual {actual:.3f}, predicted {predicted:.3f}"
            + (f"<br>{written(kind)}" if kind else "")
            for a, b, part, actual, predicted, kind in zip(*columns, kinds, strict=True)
        ],
        dtype=object,
    )


def _shading(x: np.ndarray, y: np.ndarray, x_span: tuple[float, float], y_span: tuple[float, float]) -> list[Any]:
    """Grey cells behind the points, darker where more pairs lie (logarithmic); none where few are drawn."""
    if len(x) <= CROWDED:
        return []
    count, x_edges, y_edges = np.histogram2d(x, y, bins=CELLS, range=(x_span, y_span))
    count = count.T  # [x, y] -> rows are y
    shown = np.where(count > 0, np.log10(np.maximum(count, 1)), np.nan).astype(np.float32)
    highest = max(float(np.nanmax(shown)), 1e-6)
    ticks = [tick for tick in (1, 10, 100, 1000, 10_000, 100_000) if np.log10(tick) <= highest]
    return [
        go.Heatmap(
            x=(x_edges[:-1] + x_edges[1:]) / 2,
            y=(y_edges[:-1] + y_edges[1:]) / 2,
            z=shown,
            zmin=0,
            zmax=highest,
            colorscale=[[0, FAINT.replace("0.28", "0.10")], [1, "rgba(127, 127, 127, 0.80)"]],
            colorbar={
                "title": {"text": "Pairs per cell"},
                "tickvals": np.log10(ticks),
                "ticktext": [f"{tick:,}" for tick in ticks],
                "thickness": 10,
                "len": 0.5,
                "y": 0.25,
                "outlinewidth": 0,
            },
            hoverinfo="skip",
        )
    ]


def _identity(span: tuple[float, float]) -> go.Scatter:
    return go.Scatter(
        x=list(span),
        y=list(span),
        mode="lines",
        name="predicted = actual",
        hoverinfo="skip",
        line=_dashed(),
        legendrank=2000,
    )


def _dashed() -> dict[str, Any]:
    return {"color": LINE, "width": 1.5, "dash": "dash"}


def _span(values: np.ndarray) -> tuple[float, float]:
    """The range of the values with a little room around."""
    low, high = float(values.min()), float(values.max())
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room
