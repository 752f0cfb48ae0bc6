"""The Predictions page of a run evaluated by screens: hits beside tested non-hits, and what the score is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.ceilings import PARALOG_SCREENS, SCREENS, mean_of_other_lines, screens_behind
from slviz.features.pair_measures import MEASURES
from slviz.figures import screen_dots
from slviz.runs import NETWORK, Run
from slviz.runs.run import WITH_EARLIER
from slviz.scorers import ScreenScorer
from slviz.scorers.experiment_scorer import LEVEL
from slviz.splits.pair_split import HIT, TESTED
from slviz.text import percent
from slviz.ui import address, cache, charts, downloads, metrics_table, pairs, scorers
from slviz.ui.labels import DATABASE_SCORE, EXPERIMENT_SCORE, escape_markdown

WHERE_HELP = (
    "Which held-out screens, or which of their pairs.\n"
    "- **screens**: the mean over all with five hits and five other tested pairs or more\n"
    "- **paralog screens**: of those, the ones in which a quarter of the pairs or more are paralogs\n"
    "- **pairs screened before**: those that another screen tested, too; **earlier screens** is what it said of them"
)
GROUPS = ("paralog screens", "screens", "paralogs", "other pairs", "pairs screened before")
EARLIER = "earlier screens"
CEILING_HELP = (
    "Bars are 95 % intervals when genes are drawn anew. Lines say how far one experiment tells another on the same "
    "pairs, which is about as far as a score can come: **another screen**, the share of other screens in which the "
    "very pair was a hit (a pair that no other screen tested counts as average); **another line**, the share of the "
    "same screen's other cell lines, where it has several."
)
COLUMNS_SHOWN = ("auc", "auc_low", "auc_high", "ap", "base_rate", "hits@10", "hits@20", "hits@50", "hits@100",
                 "enrichment@50")  # fmt: skip
OF_EARLIER = {
    "model": ("the model", "One unit of the model's own log-odds, before screens are read."),
    "earlier_hits": ("earlier hit", "A screen that was learnt from had the very pair as a hit."),
    "earlier_non_hits": ("earlier non-hit", "A screen that was learnt from tested the very pair, and it was none."),
}
ONE_SCREEN = "screen "
MOST_ROWS = 500


def show(graph: GeneGraph, run: Run) -> None:
    """Metrics on held-out screens, the coefficients where there are some, and the tested pairs by score."""
    of_experiment = run.spec.task.positives == HIT
    st.caption(f":material/info: {EXPERIMENT_SCORE if of_experiment else DATABASE_SCORE}")
    measured = run.metrics.loc[run.metrics["part"] == "test", "negative_kind"].unique().tolist()
    groups = [group for group in GROUPS if group in measured] + [
        group for group in measured if group.startswith(ONE_SCREEN)
    ]
    negative_kind = address.one_of(st.selectbox, "Measured on", groups, key="negatives", help=WHERE_HELP)
    _metrics(graph, run, negative_kind=negative_kind)
    _dots(graph, run, negative_kind=negative_kind)
    _answers(run, negative_kind=negative_kind)
    _coefficients(graph, run)
    _tested_pairs(graph, run, negative_kind=negative_kind)


def _metrics(graph: GeneGraph, run: Run, *, negative_kind: str) -> None:
    table = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=negative_kind)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Hits told from tested non-hits", anchor=False)
        downloads.menu(
            f"{run.run_id}-metrics-{negative_kind}",
            source=downloads.provenance(graph, run),
            table=lambda: run.metrics,
        )
    metrics_table.show(table.filter(items=["model", *COLUMNS_SHOWN]), own=run.spec.network.row_name)
    st.caption(
        "`mean` gives every pair the same score: it finds what chance finds. Intervals are of 95 % when genes are "
        "drawn anew; with few hits they are wide, and a difference of a few hundredths says nothing."
    )


def _dots(graph: GeneGraph, run: Run, *, negative_kind: str) -> None:
    """The ROC AUC of every row with its interval; what other lines and other screens say of the pairs as lines."""
    table = metrics_table.beside_baselines(run.metrics, part="test", negative_kind=negative_kind)
    columns = [name for name in ("model", "auc", "auc_low", "auc_high") if name in table]
    if "auc" not in columns:
        return
    own = (run.spec.network.row_name, NETWORK, WITH_EARLIER)
    shown = table.filter(items=columns)
    shown = shown.assign(model=shown["model"].replace(NETWORK, run.spec.network.row_name))
    ceilings = {"another screen": run.metric("auc", negative_kind=negative_kind, model=EARLIER)}
    ceilings["another line"] = _of_other_lines(graph, run, negative_kind=negative_kind)

    def make(**_: bool) -> go.Figure:
        return screen_dots(shown, own=own, ceilings=ceilings)

    name = f"{run.run_id}-auc-{negative_kind}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Beside what an experiment says", anchor=False, width="content", help=CEILING_HELP)
        downloads.menu(name, source=downloads.provenance(graph, run), figure=make)
    charts.draw(make(), name=name, synthetic=graph.synthetic, alt="ROC AUC of each model, with intervals")


def _of_other_lines(graph: GeneGraph, run: Run, *, negative_kind: str) -> float:
    measured = run.metrics["negative_kind"].unique().tolist()
    names = tuple(name.removeprefix(ONE_SCREEN) for name in measured if name.startswith(ONE_SCREEN))
    if negative_kind.startswith(ONE_SCREEN):
        names = (negative_kind.removeprefix(ONE_SCREEN),)
    elif negative_kind not in (SCREENS, PARALOG_SCREENS):
        return float("nan")
    return _other_lines(graph.fingerprint, run.run_id, negative_kind, graph, names)


@st.cache_data(max_entries=64, show_spinner=False)
def _other_lines(
    fingerprint: str, run_id: str, negative_kind: str, _graph: GeneGraph, _names: tuple[str, ...]
) -> float:
    known = () if _graph.screens is None else tuple(name for name in _names if name in _graph.screens.names)
    if not known:
        return float("nan")
    if not negative_kind.startswith(ONE_SCREEN):
        known = screens_behind(_graph, known, negative_kind=negative_kind)
    return mean_of_other_lines(_graph, known)


def _answers(run: Run, *, negative_kind: str) -> None:
    covered = [
        run.metric(metric=name, negative_kind=negative_kind)
        for name in ("coverage_hit", "coverage_no_hit", "cannot_say")
    ]
    if np.isfinite(covered).all():
        of_hits, of_others, unsaid = covered
        st.caption(
            f"Answers, on screens that were not learnt from: of the hits {percent(of_hits)} keep “hit” open, of the "
            f"other tested pairs {percent(of_others)} keep “no hit” open; of {percent(unsaid)} it cannot say. "
            f"{percent(getattr(run.spec.network, 'level', LEVEL))} of each were promised."
        )


def _coefficients(graph: GeneGraph, run: Run) -> None:
    scorer = scorers.scorer(graph, run)
    if not isinstance(scorer, ScreenScorer):
        return
    table = coefficients(scorer)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            "Coefficients",
            anchor=False,
            width="content",
            help="What one standard deviation of a measure, or one earlier screen, adds to the log-odds of a hit.",
        )
        downloads.menu(f"{run.run_id}-coefficients", source=downloads.provenance(graph, run), table=lambda: table)
    numbers = {"adds": st.column_config.NumberColumn("Adds (log-odds)", format="%+.3f")}
    st.dataframe(table, hide_index=True, column_config=numbers | {"measure": "Measure", "what": "What is counted"})


def coefficients(scorer: ScreenScorer) -> pd.DataFrame:
    """Columns "measure", "adds" and "what" of a scorer, what adds most first."""
    named = {key: (measure.label, measure.help) for key, measure in MEASURES.items()} | OF_EARLIER
    rows = [
        {"measure": named[key][0], "adds": value, "what": named[key][1]}
        for key, value in scorer.coefficient_table().items()
    ]
    return pd.DataFrame(rows).sort_values("adds", ascending=False, kind="stable", ignore_index=True)


def _tested_pairs(graph: GeneGraph, run: Run, *, negative_kind: str) -> None:
    """Tests by score, each with its screen; of one screen where that is what is measured on."""
    every = run.predictions.assign(screen=cache.tested_screens(run))
    rows = every.loc[(every["part"] == "test") & every["negative_kind"].isin(TESTED)]
    of_one = negative_kind.removeprefix(ONE_SCREEN) if negative_kind.startswith(ONE_SCREEN) else ""
    if of_one:
        rows = rows.loc[rows["screen"] == of_one]
    order = rows.sort_values("prediction", ascending=False, kind="stable")
    shown = order.head(MOST_ROWS)
    table = pd.DataFrame(
        {
            "Gene": shown["gene_a"],
            "Partner": shown["gene_b"],
            "Score": shown["prediction"],
            "Screen": shown["screen"],
            "In the screen": shown["negative_kind"],
        }
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Tested pairs by score", anchor=False, width="content", help="Pick a row for the pair.")
        downloads.menu(f"{run.run_id}-tested-pairs", source=downloads.provenance(graph, run), table=lambda: order)
    event = st.dataframe(
        table,
        hide_index=True,
        key="tested pairs",
        on_select="rerun",
        selection_mode="single-row",
        height=320,
        column_config={
            "Score": st.column_config.NumberColumn(
                escape_markdown(run.spec.task.score_name.capitalize()), format="%.3f"
            )
        },
    )
    st.caption(
        f"The {len(shown):,} tests{f' of {escape_markdown(of_one)}' if of_one else ''} with the highest score, of "
        f"{len(rows):,}; each is scored by a model that did not "
        + (
            "learn from it."
            if of_one
            else "learn from it. A pair that several screens tested stands there once for each."
        )
    )
    picked = event["selection"]["rows"]
    if picked and picked[0] < len(shown):
        pairs.card(graph, run, int(run.predictions.index.get_indexer(shown.index[[picked[0]]])[0]))
