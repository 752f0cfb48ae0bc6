"""Predictions of the task link: curves, yields, precision at priors, and the pairs by score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.yields import PRIORS, RECALLS, precision_at_priors
from slviz.figures import (
    curves_of,
    precision_recall_curves,
    roc_curves,
    score_distribution,
)
from slviz.figures.yields import hits_of_tests
from slviz.runs import PAIR_COLUMNS, PARTS, Run
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.text import percent
from slviz.ui import address, columns, downloads, pairs
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import KEY_METRICS, LACKS_POPULARITY_MATCHED, NEGATIVE_KIND_WORDS, lacks_popularity_matched
from slviz.ui.labels import PART_HELP, SCORE, SCORE_HELP, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.predictions import ranking_views, view_parts

NEGATIVE_KIND_HELP = (
    "What known pairs are compared with.\n"
    "- **degree-matched**: pairs of genes with as many partners as those of known pairs. Counting is near chance: what "
    "is left is insight\n"
    "- **popularity-matched**: pairs of genes with as many interactions, and papers where the data set counts them. "
    "What is left does not follow from how well a gene is studied; how many partners it has may still tell\n"
    "- **random**: any pair that is not known, beside a file of your own pairs of all genes, whatever the file joins. "
    "Counting partners does well here\n"
    "- **file**: your own negatives"
)
PRIOR_HELP = (
    "Computed from the ROC curve: π·TPR / (π·TPR + (1 − π)·FPR), where π is the share of real pairs: about 1 in 10 in "
    "a focused list, 1 in 100 in a screen, 1 in 1,000 or fewer among all pairs of genes. *Found* is the share of the "
    "real pairs that are called."
)
MOST_ROWS = 500


def show(graph: GeneGraph, run: Run) -> None:
    """ROC and precision–recall beside every baseline, the spread of scores, and the pairs by score."""
    kinds = kinds_of_negative_pairs(run)
    left, right = st.columns(2)
    with left:
        negative_kind = address.one_of(
            st.segmented_control,
            "Negatives",
            kinds,
            key="negatives",
            help=in_words(f"{NEGATIVE_KIND_HELP}\n\n{glossary_link('Negatives')}"),
        )
    with right:
        part = address.one_of(st.segmented_control, "Pairs", tuple(reversed(PARTS)), key="part", help=PART_HELP)
    st.caption(f":material/info: {SCORE}")
    if lacks_popularity_matched(run, graph):
        st.caption(f":material/info: {LACKS_POPULARITY_MATCHED}.")
    rows = compared(run.predictions, part=part, negative_kind=negative_kind)
    view_parts.table_of_metrics(graph, run, part=part, negative_kind=negative_kind)
    if not len(rows):
        st.info("This run has no such pairs.", icon=":material/info:")
        return
    _curves(graph, run, part=part, negative_kind=negative_kind)
    _yields(graph, run, part=part, negative_kind=negative_kind)
    view_parts.chart(
        graph,
        run,
        f"{run.run_id}-scores-{part}-{negative_kind}",
        lambda: score_distribution(run.predictions, part=part, negative_kind=negative_kind),
        title="How scores spread",
        of=(part, negative_kind),
        note=_note_on_pairs(run, part=part, negative_kind=negative_kind),
    )
    ranking_views.show(graph, run)
    _ranked_pairs(graph, run, rows, part=part)


def _curves(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    """ROC and precision–recall of the run and of each baseline on the same rows."""
    curves, precisions, share = _curves_of(
        run.predictions, negative_kind=negative_kind, part=part, called=run.spec.network.row_name
    )
    if not curves:
        st.info("There are pairs of one kind alone here, so there is no curve.", icon=":material/info:")
        return
    shows = (part, negative_kind)
    note = _note_on_pairs(run, part=part, negative_kind=negative_kind)
    first, second = columns.beside("curves")
    with first:
        name = f"{run.run_id}-roc-{part}-{negative_kind}"
        view_parts.chart(graph, run, name, lambda: roc_curves(curves), title="ROC curve", note=note, of=shows)
    with second:
        name = f"{run.run_id}-pr-{part}-{negative_kind}"
        view_parts.chart(
            graph,
            run,
            name,
            lambda: precision_recall_curves(precisions, share_positive=share),
            title="Precision and recall",
            note=note,
            of=shows,
        )


_curves_of = once_for_a_table(curves_of)


def _yields(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    """Real pairs among the first tests, and precision where real pairs are as rare as they are."""
    left, right = columns.beside("tests", [3, 2])
    called = run.spec.network.row_name
    with left:
        view_parts.chart(
            graph,
            run,
            f"{run.run_id}-tests-{part}-{negative_kind}",
            lambda: hits_of_tests(run.predictions, negative_kind=negative_kind, part=part, called=called),
            title="Real pairs among the first tests",
            of=(part, negative_kind),
            note=_note_on_pairs(run, part=part, negative_kind=negative_kind),
        )
    with right:
        st.markdown("**Precision at realistic priors**", help=in_words(PRIOR_HELP))
        table = precision_table(compared(run.predictions, part=part, negative_kind=negative_kind), called=called)
        if len(table):
            st.dataframe(table, hide_index=True)
        st.caption(
            "Share of real ones among the pairs that are called, when so many of all pairs are real. Among the drawn "
            "pairs above real ones are far more frequent than at the bench."
        )


@once_for_a_table
def precision_table(rows: pd.DataFrame, *, called: str) -> pd.DataFrame:
    """One row a prior and a recall: precision of the run and of its best baseline there, as texts in per cent."""
    actual = rows["actual"].to_numpy(dtype=np.float64)
    if not len(rows) or actual.min() == actual.max():
        return pd.DataFrame()
    columns = ["prediction", *rows.columns[len(PAIR_COLUMNS) :]]
    values = {column: rows[column].to_numpy(dtype=np.float64) for column in columns}
    usable = {column: score for column, score in values.items() if np.isfinite(score).all()}
    by_scorer = {column: precision_at_priors(actual, score) for column, score in usable.items()}
    others = {column: table for column, table in by_scorer.items() if column != "prediction"}
    table_rows = []
    for place, prior in enumerate(PRIORS):
        for step, recall in enumerate(RECALLS):
            best = max(others, key=lambda column: others[column][place, step], default=None)
            table_rows.append(
                {
                    "Real pairs": f"1 in {round(1 / prior):,}",
                    "Found": percent(recall),
                    called: percent(by_scorer["prediction"][place, step], digits=1),
                    "Best baseline": "" if best is None else f"{percent(others[best][place, step], digits=1)} ({best})",
                }
            )
    return pd.DataFrame(table_rows)


def _note_on_pairs(run: Run, *, part: str, negative_kind: str) -> tuple[str, str]:
    return view_parts.note_of(run, f"{part} pairs {NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)}")


def kinds_of_negative_pairs(run: Run) -> list[str]:
    """What known pairs are compared with in this run, that of its key metric first."""
    present = [kind for kind in view_parts.kinds_of(run.predictions) if kind != "known"]
    _, order = KEY_METRICS["link"]
    return sorted(present, key=lambda kind: order.index(kind) if kind in order else len(order))


@once_for_a_table
def compared(predictions: pd.DataFrame, *, part: str, negative_kind: str) -> pd.DataFrame:
    """Known pairs of a part and the negatives that they are compared with."""
    return predictions.loc[(predictions["part"] == part) & predictions["negative_kind"].isin(["known", negative_kind])]


@once_for_a_table
def _by_score(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("prediction", ascending=False, kind="stable")


def _ranked_pairs(graph: GeneGraph, run: Run, rows: pd.DataFrame, *, part: str) -> None:
    order = _by_score(rows)
    shown = order.head(MOST_ROWS)
    table = pd.DataFrame(
        {
            "Gene": shown["gene_a"],
            "Partner": shown["gene_b"],
            "Score": shown["prediction"],
            "In the data set": np.where(shown["actual"] > 0.5, "known pair", "not listed"),
            "Evidence": pairs.evidence_of(graph, shown),
        }
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Pairs by score", anchor=False, width="content", help="Pick a row for the pair and its evidence.")
        downloads.menu(
            f"{run.run_id}-predictions-{part}",
            source=downloads.provenance(graph, run),
            table=lambda: order,
        )
    event = st.dataframe(
        table,
        hide_index=True,
        key="ranked pairs",
        on_select="rerun",
        selection_mode="single-row",
        height=320,
        column_config={"Score": st.column_config.NumberColumn("Score", format="%.3f", help=SCORE_HELP)},
    )
    st.caption(f"The {pluralise(len(shown), 'pair')} with the highest score, of {len(rows):,}; the download has all.")
    picked = event["selection"]["rows"]
    if picked and picked[0] < len(shown):
        pairs.card(graph, run, int(run.predictions.index.get_indexer(shown.index[[picked[0]]])[0]))
