"""How unlike the things of a run are to what it learnt from, measured once and shared by all visitors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, RunError
from slviz.outliers import MEASURES, Groups, Scores, scores_of
from slviz.outliers.measures import NEIGHBOURS
from slviz.outliers.telling import UNLIKE_FROM
from slviz.pipeline.noise import groups_of_run, share_of
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import cache
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

MOST_GENES = 20_000
"""With more, distances to thousands of others take longer than a page should."""
TOO_MANY = (
    "Outlierness is measured on a page for up to {most:,} genes; here are {genes:,}. In a terminal: "
    "`slviz outliers {run}`."
)
UNREADABLE = (
    "Outlierness is unknown: the run's split cannot be read, so nothing says what it learnt from. *Known partners* "
    "below tells what is wrong with it."
)
TOO_FEW = (
    "The run learnt from {learnt:,} genes, and {compared:,} are there to compare with: outlierness needs 20 of each."
)


def why_not(graph: GeneGraph, run: Run, groups: Groups) -> str:
    """Why outlierness cannot be shown, as Markdown; "" where it can."""
    if len(graph) > MOST_GENES:
        return TOO_MANY.format(most=MOST_GENES, genes=len(graph), run=escape_markdown(run.run_id))
    if not groups.can_compare:
        return TOO_FEW.format(learnt=groups.learnt, compared=len(groups.compared))
    try:
        scores(run, graph, groups, "nearest")
    except InvalidSetting as error:  # all vectors the same
        return escape_markdown(str(error))
    return ""


def measures_of(run: Run) -> tuple[str, ...]:
    """The measures that a run can have: `softmax` where it gives classes with a share."""
    table = run.predictions
    has_share = "score" in table and bool(np.isfinite(table["score"].to_numpy(dtype=np.float64)).all())
    return tuple(name for name in MEASURES if name != "softmax" or has_share)


def groups(summary: RunSummary, graph: GeneGraph, run: Run) -> Groups:
    """What the run learnt from, and what it is compared with."""
    return _groups(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, summary, graph, run)


def scores(run: Run, graph: GeneGraph, groups: Groups, name: str, *, count: int = NEIGHBOURS) -> Scores:
    """Outlierness of all genes by one measure; raises `InvalidSetting` where it cannot be had."""
    key = (run.run_id, cache.run_stamp(run.run_id), graph.fingerprint)
    return _scores(key, name, count if name == "nearest" else 0, run, graph, groups)


def say_of_gene(summary: RunSummary, graph: GeneGraph, run: Run, gene: int) -> None:
    """Whether the run's embedding of a gene is unlike what it learnt from, in a sentence; nothing where unknown."""
    try:
        compared = groups(summary, graph, run)
    except RunError:  # a split that cannot be read takes this sentence away, and not the page
        st.caption(f":material/explore: {UNREADABLE}")
        return
    if why_not(graph, run, compared):
        return
    measured = scores(run, graph, compared, "nearest")
    percentile = float(measured.percentile[gene])
    text = in_words(f"{sentence(graph.genes[gene], percentile, compared, gene)} {glossary_link('Outlierness')}")
    if percentile >= UNLIKE_FROM and not compared.learns[gene]:
        st.warning(text, icon=":material/explore_off:")
    else:
        st.caption(f":material/explore: {text}")


def sentence(symbol: str, percentile: float, groups: Groups, gene: int) -> str:
    """What a percentile says of a gene, as Markdown about genes."""
    others = "held-out genes" if groups.held_out else "genes set aside"
    share = f"{100 * percentile:.0f} % of {len(groups.compared):,} {others}"
    where = f"its {NEIGHBOURS} nearest in training are farther away than those of {share} are"
    rule = f"from {100 * UNLIKE_FROM:.0f} % on, as is one of these in {round(1 / (1 - UNLIKE_FROM))}"
    name = escape_markdown(symbol)
    if percentile < UNLIKE_FROM:
        nearer = f"{100 * (1 - percentile):.0f} % of {len(groups.compared):,} {others}"
        return (
            f"{name} is like what was learnt from: its {NEIGHBOURS} nearest in training are at least as near as those "
            f"of {nearer}."
        )
    if groups.learns[gene]:
        return (
            f"**{name} is unlike the other genes that the run learnt from**: {where} (said {rule}). The run learnt "
            "from it as well, so it is a rare kind of gene rather than an unknown one."
        )
    return (
        f"**{name} is unlike what was learnt from**: {where} (said {rule}). What the run says of it is an "
        "extrapolation."
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _groups(run_id: str, stamp: int, fingerprint: str, _summary: RunSummary, _graph: GeneGraph, _run: Run) -> Groups:
    return groups_of_run(_run, _graph, cache.split(_summary, _graph))


@st.cache_resource(max_entries=32, show_spinner="Measuring outlierness …")
def _scores(key: tuple[str, int, str], name: str, count: int, _run: Run, _graph: GeneGraph, _groups: Groups) -> Scores:
    share = share_of(_run, _graph) if name == "softmax" else None
    return scores_of(_run.embedding, _groups, share=share, measures=[name], count=count or NEIGHBOURS)[name]
