"""ROC and precision–recall curves, with the baselines and with chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.evaluation import average_precision, pr_curve, roc_auc, roc_curve
from slviz.figures.palette import ACCENT, LINE, LONGER
from slviz.figures.theme import framed
from slviz.figures.written import written
from slviz.runs import PAIR_COLUMNS

MOST_POINTS = 1500
SQUARE, LEGEND_LINE = 400, 19
"""Pixels of the plot with its axis, and of a line of the legend."""
MOST_BASELINES = 9
"""Curves beside the run's own."""
DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True, eq=False)
class NamedCurve:
    """One model's curve.

    Attributes:
        name: the model, such as "network" or "max degree".
        x, y: false and true positive rate (ROC), or recall and precision; same length.
        value: area under the ROC curve, or average precision; stands in the legend.
        baseline: drawn thinner and dashed.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    value: float
    baseline: bool = False


def roc_curves(curves: Sequence[NamedCurve]) -> go.Figure:
    """True against false positive rate, one line a model, and the diagonal of chance."""
    chance = _chance([0, 1], [0, 1], "chance (AUC 0.500)")
    figure = framed(
        [chance, *_lines(curves, "AUC", x="False positives", y="True positives")],
        x="False positive rate (share of negatives called)",
        y="True positive rate (share of pairs found)",
        keep="roc",
    )
    return _unit_square(figure)


def precision_recall_curves(curves: Sequence[NamedCurve], *, share_positive: float) -> go.Figure:
    """Precision against recall, one line a model; chance lies at the share of pairs among what is evaluated."""
    chance = _chance([0, 1], [share_positive] * 2, f"chance (AP {share_positive:.3f})")
    figure = framed(
        [chance, *_lines(curves, "AP", x="Recall", y="Precision")],
        x="Recall (share of pairs found)",
        y="Precision (share of called that are pairs)",
        keep="precision-recall",
    )
    return _unit_square(figure)


def yield_lines(curves: Sequence[NamedCurve], tests: np.ndarray, chance: np.ndarray) -> list[Any]:
    """Lines of real pairs over tests, the value of each in the legend, and the line of chance."""
    line = _chance(tests.tolist(), chance.tolist(), "chance")
    return [line, *_lines(curves, "first 100:", x="tests", y="real pairs", digits=0)]


def _lines(curves: Sequence[NamedCurve], metric_name: str, *, x: str, y: str, digits: int = 3) -> list[Any]:
    """Baselines first and thin, networks on top and thick; the legend by falling figure."""
    order = sorted(curves, key=lambda curve: (not curve.baseline, curve.value))
    ranks = {curve.name: rank for rank, curve in enumerate(sorted(curves, key=lambda curve: -curve.value))}
    colours = _colours(curves)
    traces = []
    for curve in order:
        kept = _thinned(len(curve.x))
        place = [baseline.name for baseline in curves if baseline.baseline].index(curve.name) if curve.baseline else 0
        traces.append(
            go.Scatter(
                x=np.asarray(curve.x, dtype=np.float32)[kept],
                y=np.asarray(curve.y, dtype=np.float32)[kept],
                mode="lines",
                name=f"{written(curve.name)} ({metric_name} {curve.value:.{digits}f})",
                legendrank=1000 + ranks[curve.name],
                line={
                    "color": colours[curve.name],
                    "width": 1.6 if curve.baseline else 3,
                    "dash": DASHES[place % len(DASHES)] if curve.baseline else "solid",
                },
                hovertemplate=f"<b>{written(curve.name)}</b><br>{x}: %{{x:.3f}}<br>{y}: %{{y:.3f}}<extra></extra>",
            )
        )
    return traces


def _colours(curves: Sequence[NamedCurve]) -> dict[str, str]:
    others = [colour for colour in LONGER if colour != ACCENT]
    networks = [curve.name for curve in curves if not curve.baseline]
    rest = [curve.name for curve in curves if curve.baseline]
    colours = dict(zip(networks, [ACCENT, *reversed(others)], strict=False))
    return colours | {name: others[place % len(others)] for place, name in enumerate(rest)}


def _thinned(length: int) -> np.ndarray:
    """At most `MOST_POINTS` places of a curve, its ends among them."""
    return np.unique(np.linspace(0, length - 1, min(length, MOST_POINTS)).round().astype(np.int64))


def _chance(x: list[float], y: list[float], name: str) -> Any:
    line = {"color": LINE, "width": 1.2, "dash": "dash"}
    return go.Scatter(x=x, y=y, mode="lines", name=name, line=line, hoverinfo="skip", legendrank=2000)


def _unit_square(figure: go.Figure) -> go.Figure:
    """Both axes from 0 to 1, equally long, the legend below, a line a curve."""
    figure.update_xaxes(range=[-0.01, 1.01], constrain="domain")
    figure.update_yaxes(range=[-0.01, 1.01], scaleanchor="x", scaleratio=1, constrain="domain")
    height = SQUARE + LEGEND_LINE * len(tuple(figure.select_traces()))
    below = -80 / SQUARE  # under the axis title, in heights of the plot
    figure.update_layout(legend={"orientation": "h", "y": below, "yanchor": "top", "x": 0}, height=height)
    return figure


def curves_of(
    predictions: pd.DataFrame, *, negative_kind: str, part: str = "test", called: str = "network"
) -> tuple[list[NamedCurve], list[NamedCurve], float]:
    """ROC and precision–recall curves of a run's own predictions and its best baselines, and the share of real pairs.

    Args:
        predictions: of a link run, as `Run.predictions` has it.
        negative_kind: the drawn negatives to evaluate on, such as "random".
        part: which part of the pairs.
        called: what the run's own predictions are called beside the baselines.
    """
    chosen = (predictions["part"] == part) & predictions["negative_kind"].isin(["known", negative_kind])
    rows = predictions.loc[chosen]
    actual = rows["actual"].to_numpy(dtype=np.float64)
    if not len(rows) or actual.min() == actual.max():
        return [], [], float("nan")
    roc, precision = [], []
    for column in ["prediction", *predictions.columns[len(PAIR_COLUMNS) :]]:
        score = rows[column].to_numpy(dtype=np.float64)
        if not np.isfinite(score).all():
            continue
        name, baseline = (called, False) if column == "prediction" else (column, True)
        false_rate, true_rate, _ = roc_curve(actual, score)
        recall, exact, _ = pr_curve(actual, score)
        roc.append(NamedCurve(name, false_rate, true_rate, roc_auc(actual, score), baseline))
        precision.append(NamedCurve(name, recall, exact, average_precision(actual, score), baseline))
    return _with_best(roc), _with_best(precision), float(actual.mean())


def _with_best(curves: list[NamedCurve]) -> list[NamedCurve]:
    """The run's own curve and the best of the baselines, in their order: more could not be told apart."""
    baselines = sorted((curve for curve in curves if curve.baseline), key=lambda curve: -curve.value)[:MOST_BASELINES]
    return [curve for curve in curves if not curve.baseline or curve in baselines]
