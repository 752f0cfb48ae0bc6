"""What the score of a pair rests on: how much each side of the data adds, beside the score without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.views import share_bars
from slviz.runs import Run
from slviz.scorers import EMBEDDING, ExplainedScorer
from slviz.scorers.views import VIEWS
from slviz.ui import charts, downloads, scorers
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

HELP = (
    "**Adds**: what a view adds to the score, as the mean over all orders in which the views can be added (its Shapley "
    "value); together they add up to the score. **Score without it**: the score when that view is left out. The two "
    "differ where views agree: each is then credited, and neither is missed."
)
PLACE = (
    "The place on the chromosome raises this score. Many listed pairs were inferred from copy number, which "
    "neighbouring genes share: look at the score without it as well."
)
NOTICED = 0.25


def show(graph: GeneGraph, run: Run, pair: tuple[int, int]) -> None:
    """Bars and table for one pair of genes; nothing for a run whose score has one side only."""
    scorer = scorers.scorer(graph, run)
    if not isinstance(scorer, ExplainedScorer) or pair[0] == pair[1]:
        return
    shares = shares_of(scorer, pair)
    score = float(scorer.score(np.array([pair]))[0])
    symbols = tuple(graph.genes[gene] for gene in pair)
    name = f"{run.run_id}-sides-{symbols[0]}-{symbols[1]}"
    unit = "log-odds" if run.spec.task.negative_kinds else "units of the confidence"

    def figure():
        return share_bars(shares, unit=unit)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        named = escape_markdown(" – ".join(symbols))
        st.markdown(
            f"**What the score of {named} rests on**",
            width="content",
            help=f"{HELP} {glossary_link('What a score rests on')}",
        )
        downloads.menu(name, source=downloads.provenance(graph, run), figure=figure, table=lambda: shares)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        charts.draw(figure(), name=name, synthetic=graph.synthetic, alt="What each side adds to the score")
    with right:
        st.dataframe(
            shares,
            hide_index=True,
            column_config={
                "side": "View",
                "adds": st.column_config.NumberColumn("Adds", format="%+.2f"),
                "without": st.column_config.NumberColumn("Score without it", format="%.3f"),
            },
        )
        st.caption(f"With all views the score is {score:.3f}.")
    place = shares.loc[shares["side"] == title_of("location"), "adds"]
    if len(place) and place.iloc[0] > NOTICED * shares["adds"].clip(lower=0).sum():
        st.warning(in_words(PLACE), icon=":material/location_on:")


def title_of(side: str) -> str:
    """What a side of a score is called on the page."""
    if side == EMBEDDING:
        return "Embedding of the network"
    return VIEWS[side].title if side in VIEWS else side


def shares_of(scorer: ExplainedScorer, pair: tuple[int, int]) -> pd.DataFrame:
    """Columns "side", "adds" and "without", what adds most first."""
    pairs = np.array([pair])
    rows = [
        {"side": title_of(view), "adds": float(adds[0]), "without": float(scorer.without(view, pairs)[0])}
        for view, adds in scorer.by_view(pairs).items()
    ]
    return pd.DataFrame(rows).sort_values("adds", ascending=False, kind="stable", ignore_index=True)
