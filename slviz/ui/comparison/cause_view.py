"""Compare, Neighbours: which view of the data makes a run put other partners of a gene first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.views import cause_bars
from slviz.ranking.view_causes import view_causes
from slviz.runs import Run
from slviz.scorers import ExplainedScorer
from slviz.ui import cache, charts, downloads, scorers
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.view_shares import title_of

HELP = (
    "What each view adds to the score (its Shapley value), as the mean over the partners that only this run puts "
    "first, less the mean over those that only the other run does. The bars add up to the difference of the two means."
)


def show(compared: ComparedRuns, runs: Mapping[str, Run], gene: int, first_of: Mapping[str, np.ndarray]) -> None:
    """The views behind the choice of every run whose score is made of views; a sentence on the others.

    Args:
        compared: the runs of the page.
        runs: two runs by name, on its data set.
        gene: whose partners they put first.
        first_of: by the run's name, numbers of the partners that it alone puts first.
    """
    names = list(runs)
    without = []
    for name, other in zip(names, names[::-1], strict=True):
        run = runs[name]
        causes = causes_of(compared.graph, run, gene, own=first_of[name], others=first_of[other])
        if causes is None:
            without.append(name)
        elif len(causes):
            _views(compared, (run, runs[other]), (name, other), gene, causes)
    if without:
        listed = " and ".join(map(escape_markdown, without))
        scores = "score" if len(without) > 1 else "scores"
        st.caption(
            in_words(
                f"{listed} {scores} without views, so no view can be named: open a pair on the Gene page to see what "
                "each block of features and each partner adds to it."
            )
        )


def causes_of(graph: GeneGraph, run: Run, gene: int, *, own: np.ndarray, others: np.ndarray) -> pd.DataFrame | None:
    """`view_causes` by the run's score, worked out once; None for a run whose score is not made of views."""
    return _causes(cache.stamps(run), graph.fingerprint, gene, tuple(own.tolist()), tuple(others.tolist()), graph, run)


@st.cache_resource(max_entries=64, show_spinner="Telling the views apart …")
def _causes(
    stamps: tuple[tuple[str, int], ...],
    fingerprint: str,
    gene: int,
    own: tuple[int, ...],
    others: tuple[int, ...],
    _graph: GeneGraph,
    _run: Run,
) -> pd.DataFrame | None:
    scorer = scorers.scorer(_graph, _run)
    if not isinstance(scorer, ExplainedScorer):
        return None
    numbers = (np.array(side, dtype=np.int64) for side in (own, others))
    causes = view_causes(scorer, gene, **dict(zip(("own", "others"), numbers, strict=True)))
    return causes.assign(view=[title_of(str(view)) for view in causes["view"]])


def _views(
    compared: ComparedRuns, runs: tuple[Run, Run], names: tuple[str, str], gene: int, causes: pd.DataFrame
) -> None:
    symbol = compared.graph.genes[gene]
    unit = "log-odds" if runs[0].spec.task.negative_kinds else "units of the confidence"
    name = f"{symbol}-views-of-{runs[0].run_id}-beside-{runs[1].run_id}"

    def drawn() -> go.Figure:
        return cause_bars(causes, unit=unit)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            in_words(f"**Which view caused it, by {escape_markdown(names[0])}**"),
            width="content",
            help=in_words(f"{HELP} {glossary_link('What a score rests on')}"),
        )
        downloads.menu(name, source=compared.provenance(*runs), figure=drawn, table=lambda: causes)
    st.markdown(in_words(escape_markdown(sentence(causes, names, unit))))
    charts.draw(
        drawn(),
        name=name,
        synthetic=any_synthetic(runs),
        alt=f"What each view of {names[0]} adds to its own first partners, less what it adds to those of {names[1]}",
    )


def sentence(causes: pd.DataFrame, names: tuple[str, str], unit: str) -> str:
    """The view that raises a run's own partners most, and one that speaks against them."""
    most, least = causes.iloc[0], causes.iloc[-1]
    said = (
        f"{names[0]} puts its own first partners {causes['adds'].sum():+.2f} {unit} above those of {names[1]}, most of "
        f"all by {most['view']} ({most['adds']:+.2f})"
    )
    return said + (f"; {least['view']} speaks against it ({least['adds']:+.2f})." if least["adds"] < 0 else ".")
