"""Finished runs as cards: what each is, and its key figure beside the best baseline on the same pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from slviz.evaluation import METRICS
from slviz.runs import RunSpec
from slviz.runs.store import RunSummary
from slviz.ui import frame
from slviz.ui.words import duration, plain

KEY_FIGURES = {"link": ("auc", ("degree-matched", "random", "file")), "confidence": ("rmse", ("all",))}
RECONSTRUCT = ("rmse", ("genes",))
AGAINST_WORDS = {
    "random": "against random non-pairs",
    "degree-matched": "against degree-matched non-pairs",
    "file": "against the non-pairs of the file",
    "all": "all test pairs",
    "genes": "held-out genes",
}


@dataclass(frozen=True)
class KeyFigure:
    """The figure of a run on its test part, and the best baseline's."""

    label: str
    help: str
    value: float
    baseline: str
    baseline_value: float
    higher_is_better: bool

    @property
    def difference(self) -> float:
        return self.value - self.baseline_value


def key_figure(task: str, metrics: pd.DataFrame) -> KeyFigure | None:
    """The key figure of a metrics table (test part); None where it was not measured."""
    name, wheres = KEY_FIGURES.get(task, RECONSTRUCT)
    metric = METRICS[name]
    for against in wheres:
        wanted = (metrics["part"] == "test") & (metrics["against"] == against) & (metrics["metric"] == name)
        rows = metrics.loc[wanted].dropna(subset=["value"])
        value = rows.loc[rows["scorer"] == "network", "value"]
        if not len(value):
            continue
        others = rows.loc[rows["scorer"] != "network"].sort_values("value")
        best = others.iloc[-1 if metric.higher_is_better else 0] if len(others) else None
        return KeyFigure(
            label=f"{metric.label}, {AGAINST_WORDS.get(against, against)}",
            help=metric.help,
            value=float(value.iloc[0]),
            baseline="" if best is None else str(best["scorer"]),
            baseline_value=float("nan") if best is None else float(best["value"]),
            higher_is_better=metric.higher_is_better,
        )
    return None


def show(summaries: Sequence[RunSummary], *, columns: int = 3) -> None:
    """One card a finished run."""
    for start in range(0, len(summaries), columns):
        for column, each in zip(st.columns(columns), summaries[start : start + columns], strict=False):
            if each.spec is not None:
                with column, st.container(border=True, height="stretch"):
                    _card(each, each.spec)


def _card(summary: RunSummary, spec: RunSpec) -> None:
    st.markdown(f"**{plain(summary.run_id)}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(frame.description(spec, short=True), width="content")
        if spec.synthetic:
            frame.synthetic_badge(short=True)
    figure = key_figure(spec.task.name, summary.metrics)
    if figure is not None:
        _metric(figure)
    if summary.seconds == summary.seconds:  # NaN where unknown
        st.caption(f"Trained in {duration(summary.seconds)} on {plain(summary.device)}")
    with st.container(horizontal=True, gap="xsmall"):
        frame.links_to(summary.run_id, icons=False)


def _metric(figure: KeyFigure) -> None:
    beside = f"{figure.difference:+.3f} vs {figure.baseline} ({figure.baseline_value:.3f})" if figure.baseline else None
    st.metric(
        figure.label,
        f"{figure.value:.3f}",
        beside,
        delta_color="normal" if figure.higher_is_better else "inverse",
        help=f"{figure.help} Below: the difference to the best baseline on the same pairs, which needs no network.",
    )
