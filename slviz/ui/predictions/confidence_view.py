"""Predictions of the task confidence: predicted vs actual, residuals, the largest errors, and each source by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words, evidence_words
from slviz.figures import (
    predicted_vs_actual,
    residuals,
)
from slviz.runs import NETWORK, PARTS, Run
from slviz.text import percent
from slviz.ui import address, columns, downloads, metrics_table, pairs, selection
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import PART_HELP, escape_markdown
from slviz.ui.predictions import view_parts

RESIDUAL_HELP = (
    "Over the prediction: is the network wrong where it says much, or little? Over the actual value: which pairs does "
    "it miss?"
)
SOURCE_HELP = (
    "The score mostly says which source a pair comes from. Across sources a network may have learnt no more than that; "
    "within a source it has to tell pairs apart."
)
BY_SOURCE, BY_PART = "evidence", "part"
MOST_ERRORS = 15
FEW_PAIRS = 3
ONE_NUMBER = 1e-3
"""Outputs of all genes that differ by less are one number."""
CHART_HEIGHT = 520


def show(graph: GeneGraph, run: Run) -> None:
    """Predicted vs actual and residuals, parts told apart, with the pair behind each point."""
    left, middle, right = columns.beside("choices", 3, room=columns.FOR_A_CHOICE)
    with left:
        part = address.one_of(
            st.segmented_control,
            "Pairs",
            ("test", "validation", "train", view_parts.ALL_PARTS),
            key="part",
            help=PART_HELP,
        )
    with middle:
        colours = address.one_of(st.segmented_control, "Colour", (BY_SOURCE, BY_PART), key="colour-by")
    with right:
        over = address.one_of(
            st.segmented_control,
            "Residuals vs",
            ("prediction", "actual"),
            key="residuals",
            help=f"{RESIDUAL_HELP} {glossary_link('Residual')}",
        )
    parts, measured = (PARTS, "test") if part == view_parts.ALL_PARTS else ((part,), part)
    sentence = one_number_sentence(run)
    if sentence:
        st.warning(sentence, icon=":material/info:")
    evidence = pairs.evidence_of(graph, run.predictions)
    provenance = provenance_sentence(run, evidence, part=measured)
    if provenance:
        st.warning(provenance, icon=":material/source:")
    names = (f"{run.run_id}-predicted-{part}", f"{run.run_id}-residuals-{over}-{part}")
    marked = _clicked_row(names, len(run.predictions))
    by_source = colours == BY_SOURCE
    note = view_parts.note_of(run, "pairs of every part" if part == view_parts.ALL_PARTS else f"{part} pairs")
    left, right = columns.beside("scores")
    with left:
        view_parts.chart(
            graph,
            run,
            names[0],
            lambda webgl=False: predicted_vs_actual(
                run.predictions,
                parts=parts,
                evidence=all_in_words(evidence),
                by_source=by_source,
                marked=marked,
                webgl=webgl,
                height=CHART_HEIGHT,
            ),
            title="Predicted vs actual",
            clickable=True,
            note=note,
        )
    with right:
        view_parts.chart(
            graph,
            run,
            names[1],
            lambda webgl=False: residuals(
                run.predictions,
                over="actual" if over == "actual" else "prediction",
                parts=parts,
                evidence=all_in_words(evidence),
                by_source=by_source,
                marked=marked,
                webgl=webgl,
                height=CHART_HEIGHT,
            ),
            title="Residuals",
            clickable=True,
            note=note,
        )
    _picked_pair(graph, run, marked)
    view_parts.table_of_metrics(graph, run, part=measured, negative_kind="all")
    _largest_errors(graph, run, evidence, part=measured)
    _within_sources(graph, run, evidence, part=measured)


def one_number_sentence(run: Run) -> str:
    """Why a run that gives every gene the same number is no better than the mean; "" for any other run."""
    task = run.spec.task
    spread = float(np.ptp(run.embedding, axis=0).max())
    if not (task.reads_mean and spread < ONE_NUMBER):
        return ""
    own, mean = (
        tuple(run.metric(metric, negative_kind="all", model=model) for metric in ("rmse", "mae"))
        for model in ("network", "mean")
    )
    return (
        "**One number for every pair.** Each gene starts from the same constant, and attention, whose weights sum to "
        f"1, can only average it: the genes' outputs differ by at most {spread:.0e}, which is rounding. So all that is "
        "learnt is one number, and no one number has a smaller squared error than the mean of the scores: test RMSE "
        f"{own[0]:.4f} and MAE {own[1]:.4f}, beside {mean[0]:.4f} and {mean[1]:.4f} for the training mean."
    )


def _within_sources(graph: GeneGraph, run: Run, evidence: Sequence[str], *, part: str) -> None:
    rows = run.predictions.assign(evidence=evidence).loc[run.predictions["part"] == part]
    table = metrics_table.within_sources(run.metrics, rows, part=part)
    if not len(table):
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            "Within each source",
            anchor=False,
            width="content",
            help=f"{SOURCE_HELP} {glossary_link('Confidence score')}",
        )
        downloads.menu(f"{run.run_id}-sources-{part}", source=downloads.provenance(graph, run), table=lambda: table)
    written = table.assign(
        Evidence=all_in_words(table["Evidence"]),
        **{name: table[name].map(metrics_table.as_text) for name in table.columns[2:]},
    )
    right = {name: st.column_config.TextColumn(name, alignment="right") for name in table.columns[2:]}
    st.dataframe(written, hide_index=True, column_config=right)
    st.caption(
        "Of the mean: the error of predicting one number, the mean of all training pairs. R² is not given here, since "
        f"the scores of some sources hardly vary. {_ranked_within(run, table, part=part)}"
    )


def _ranked_within(run: Run, table: pd.DataFrame, *, part: str) -> str:
    """The mean over the sources beside the best baseline's: across sources a rank says which source it was."""
    mean = metrics_table.ranked_within(run.metrics, part=part, sources=table["Evidence"].tolist())
    others = mean.drop(NETWORK, errors="ignore")
    if NETWORK not in mean or not len(others):
        return ""
    own = escape_markdown(run.spec.network.row_name)
    return (
        f"Spearman ρ within a source, mean over the sources: **{own} {mean[NETWORK]:.3f}**, the best baseline "
        f"({escape_markdown(others.index[0])}) {others.iloc[0]:.3f}."
    )


def _clicked_row(names: Sequence[str], rows: int) -> int | None:
    """The row behind the point that was clicked on one of the charts, so that both mark it."""
    for name in names:
        chosen = selection.numbers(st.session_state.get(name))
        if len(chosen) and chosen[0] < rows:
            return int(chosen[0])
    return None


def _picked_pair(graph: GeneGraph, run: Run, row: int | None) -> None:
    if row is None:
        st.caption("Click a point to see which pair it is, and on what evidence.")
    else:
        pairs.card(graph, run, row)


def provenance_sentence(run: Run, evidence: Sequence[str], *, part: str) -> str:
    """How much of the scores the mere source of a pair explains; "" where sources are not told apart."""
    rows = run.predictions.assign(evidence=evidence).loc[run.predictions["part"] == part]
    table = metrics_table.within_sources(run.metrics, rows, part=part)
    if len(table) < 2:
        return ""
    actual, source = rows["actual"].to_numpy(dtype=np.float64), rows.groupby("evidence")["actual"].transform("mean")
    spread = float(((actual - actual.mean()) ** 2).sum())
    share = 1 - float(((actual - source.to_numpy()) ** 2).sum()) / spread if spread else 0.0
    return (
        f"**Much of the R² is provenance.** Knowing nothing but the evidence of a pair explains {percent(share)} of "
        f"the variance of the {part} pairs' scores. {_ranked_within(run, table, part=part)}"
    )


def _largest_errors(graph: GeneGraph, run: Run, evidence: Sequence[str], *, part: str) -> None:
    """The pairs of a part that the run misses most, and what about each explains it."""
    table = largest_errors(graph, run, evidence, part=part)
    if not len(table):
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Largest errors", anchor=False, width="content")
        downloads.table_button(
            f"{run.run_id}-largest-errors-{part}", lambda: table, source=downloads.provenance(graph, run)
        )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Actual": number(format="%.3f"),
            "Predicted": number(format="%.3f"),
            "Residual": number(format="%+.3f"),
            "Why": st.column_config.TextColumn(width="large"),
        },
    )


def largest_errors(graph: GeneGraph, run: Run, evidence: Sequence[str], *, part: str) -> pd.DataFrame:
    """The pairs with the largest absolute residuals: both genes, values, evidence, and why, as far as it can be told.

    A pair is told to be unlike its source where its residual from the mean of the training pairs with the same
    evidence is as large as half of its own, and its genes to be little known where one has fewer than three of them.
    """
    rows = run.predictions.assign(evidence=evidence)
    trained = rows.loc[rows["part"] == "train"]
    source_mean = trained.groupby("evidence")["actual"].mean()
    known = pd.concat([trained["gene_a"], trained["gene_b"]]).value_counts()
    of_part = rows.loc[rows["part"] == part].assign(residual=lambda table: table["actual"] - table["prediction"])
    worst = of_part.loc[of_part["residual"].abs().sort_values(ascending=False, kind="stable").index[:MOST_ERRORS]]
    fewest = np.minimum(worst["gene_a"].map(known).fillna(0), worst["gene_b"].map(known).fillna(0))
    mean = worst["evidence"].map(source_mean)
    return pd.DataFrame(
        {
            "Gene": worst["gene_a"],
            "Partner": worst["gene_b"],
            "Actual": worst["actual"],
            "Predicted": worst["prediction"],
            "Residual": worst["residual"],
            "Evidence": all_in_words(worst["evidence"]),
            "Why": [
                _why_missed(*values)
                for values in zip(worst["actual"], worst["residual"], mean, fewest, worst["evidence"], strict=True)
            ],
        }
    )


def _why_missed(actual: float, residual: float, source_mean: float, fewest: float, evidence: str) -> str:
    reasons = []
    if np.isfinite(source_mean) and abs(actual - source_mean) >= abs(residual) / 2:
        reasons.append(f"unlike other pairs of {evidence_words(evidence) or 'no evidence'} (mean {source_mean:.2f})")
    elif evidence and not np.isfinite(source_mean):
        reasons.append("no training pair has this evidence")
    if fewest < FEW_PAIRS:
        reasons.append(f"one of the genes is in {int(fewest)} training pairs")
    return "; ".join(reasons) or "nothing that the data set tells"
