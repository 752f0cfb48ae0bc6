"""Real pairs among the first tests: a run beside its baselines and chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.evaluation.yields import first_tests, hits_by_tests
from slviz.figures.curves import NamedCurve, yield_lines
from slviz.figures.log_axis import log_axis
from slviz.figures.theme import empty, framed
from slviz.runs import PAIR_COLUMNS


def hits_of_tests(
    predictions: pd.DataFrame, *, negative_kind: str, part: str = "test", called: str = "network", height: int = 420
) -> go.Figure:
    """Real pairs among the first N tests of the pairs of a part and their negatives, over N on a logarithmic axis.

    The arguments are those of `curves_of`.
    """
    rows = predictions.loc[(predictions["part"] == part) & predictions["negative_kind"].isin(["known", negative_kind])]
    actual = rows["actual"].to_numpy(dtype=np.float64)
    if not len(rows) or actual.min() == actual.max():
        return empty("There are pairs of one kind alone here.")
    tests = first_tests(len(rows))[1:]
    curves = []
    for column in ["prediction", *predictions.columns[len(PAIR_COLUMNS) :]]:
        score = rows[column].to_numpy(dtype=np.float64)
        if np.isfinite(score).all():
            hits = hits_by_tests(actual, score)
            own = column == "prediction"
            at_hundred = float(hits[min(100, len(rows))])
            curves.append(NamedCurve(called if own else column, tests, hits[tests], at_hundred, not own))
    chance = tests * actual.mean()
    figure = framed(
        yield_lines(curves, tests, chance),
        x="Pairs tested, the highest scores first",
        y="Real pairs among them",
        keep="hits of tests",
        height=height,
        yaxis_rangemode="tozero",
    )
    return figure.update_xaxes(log_axis(tests))
