"""The Predictions page of each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.yields import PRIORS, RECALLS, precision_at_priors
from slviz.figures import (
    curves_of,
    precision_recall_curves,
    predicted_vs_actual,
    residuals,
    roc_curves,
    score_distribution,
)
from slviz.figures.reconstruction import error_vs_baseline
from slviz.figures.theme import noted
from slviz.figures.yields import hits_of_tests
from slviz.runs import NETWORK, PAIR_COLUMNS, PARTS, Run
from slviz.splits.pair_split import TESTED
from slviz.ui import address, charts, downloads, genes, layout, metrics_table, pairs, selection
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import KEY_METRICS, LACKS_POPULARITY_MATCHED, NEGATIVE_KIND_WORDS, lacks_popularity_matched
from slviz.ui.labels import PART_HELP, SCORE, SCORE_HELP, escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.predictions import class_view, ranking_views, screen_view

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
RESIDUAL_HELP = (
    "Over the prediction: is the network wrong where it says much, or little? Over the actual value: which pairs does "
    "it miss?"
)
SOURCE_HELP = (
    "The score mostly says which source a pair comes from. Across sources a network may have learnt no more than that; "
    "within a source it has to tell pairs apart."
)
PRIOR_HELP = (
    "Computed from the ROC curve: π·TPR / (π·TPR + (1 − π)·FPR), where π is the share of real pairs: about 1 in 10 in "
    "a focused list, 1 in 100 in a screen, 1 in 1,000 or fewer among all pairs of genes. *Found* is the share of the "
    "real pairs that are called."
)
BY_SOURCE, BY_PART = "evidence", "part"
MOST_ERRORS = 15
FEW_PAIRS = 3
ALL_PARTS = "all"
ONE_NUMBER = 1e-3
"""Outputs of all genes that differ by less are one number."""
NOTHING = 1e-5
"""An error of rounding."""
CHART_HEIGHT = 520
MOST_ROWS = 500


def link(graph: GeneGraph, run: Run) -> None:
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
    _table(graph, run, part=part, negative_kind=negative_kind)
    if not len(rows):
        st.info("This run has no such pairs.", icon=":material/info:")
        return
    _curves(graph, run, part=part, negative_kind=negative_kind)
    _yields(graph, run, part=part, negative_kind=negative_kind)
    _chart(
        graph,
        run,
        f"{run.run_id}-scores-{part}-{negative_kind}",
        lambda: score_distribution(run.predictions, part=part, negative_kind=negative_kind),
        title="How scores spread",
        note=_note_on_pairs(run, part=part, negative_kind=negative_kind),
    )
    ranking_views.show(graph, run)
    _ranked_pairs(graph, run, rows, part=part)


def _curves(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    """ROC and precision–recall of the run and of each baseline on the same rows."""
    curves, precisions, share = curves_of(
        run.predictions, negative_kind=negative_kind, part=part, called=run.spec.network.row_name
    )
    if not curves:
        st.info("There are pairs of one kind alone here, so there is no curve.", icon=":material/info:")
        return
    roc, precision = roc_curves(curves), precision_recall_curves(precisions, share_positive=share)
    note = _note_on_pairs(run, part=part, negative_kind=negative_kind)
    first, second = st.columns(2)
    with first:
        _chart(graph, run, f"{run.run_id}-roc-{part}-{negative_kind}", lambda: roc, title="ROC curve", note=note)
    with second:
        name = f"{run.run_id}-pr-{part}-{negative_kind}"
        _chart(graph, run, name, lambda: precision, title="Precision and recall", note=note)


def _yields(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    """Real pairs among the first tests, and precision where real pairs are as rare as they are."""
    left, right = st.columns([3, 2])
    called = run.spec.network.row_name
    with left:
        _chart(
            graph,
            run,
            f"{run.run_id}-tests-{part}-{negative_kind}",
            lambda: hits_of_tests(run.predictions, negative_kind=negative_kind, part=part, called=called),
            title="Real pairs among the first tests",
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
                    "Found": f"{recall:.0%}",
                    called: f"{by_scorer['prediction'][place, step]:.1%}",
                    "Best baseline": "" if best is None else f"{others[best][place, step]:.1%} ({best})",
                }
            )
    return pd.DataFrame(table_rows)


def _note_on_pairs(run: Run, *, part: str, negative_kind: str) -> tuple[str, str]:
    return note_of(run, f"{part} pairs {NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind)}")


def kinds_of_negative_pairs(run: Run) -> list[str]:
    """What known pairs are compared with in this run, that of its key metric first."""
    present = [str(kind) for kind in run.predictions["negative_kind"].unique() if kind != "known"]
    _, order = KEY_METRICS["link"]
    return sorted(present, key=lambda kind: order.index(kind) if kind in order else len(order))


def compared(predictions: pd.DataFrame, *, part: str, negative_kind: str) -> pd.DataFrame:
    """Known pairs of a part and the negatives that they are compared with."""
    return predictions.loc[(predictions["part"] == part) & predictions["negative_kind"].isin(["known", negative_kind])]


def _ranked_pairs(graph: GeneGraph, run: Run, rows: pd.DataFrame, *, part: str) -> None:
    order = rows.sort_values("prediction", ascending=False, kind="stable")
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


def confidence(graph: GeneGraph, run: Run) -> None:
    """Predicted vs actual and residuals, parts told apart, with the pair behind each point."""
    left, middle, right = st.columns(3)
    with left:
        part = address.one_of(
            st.segmented_control, "Pairs", ("test", "validation", "train", ALL_PARTS), key="part", help=PART_HELP
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
    parts, measured = (PARTS, "test") if part == ALL_PARTS else ((part,), part)
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
    note = note_of(run, "pairs of every part" if part == ALL_PARTS else f"{part} pairs")
    left, right = st.columns(2)
    with left:
        _chart(
            graph,
            run,
            names[0],
            lambda webgl=False: predicted_vs_actual(
                run.predictions,
                parts=parts,
                evidence=evidence,
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
        _chart(
            graph,
            run,
            names[1],
            lambda webgl=False: residuals(
                run.predictions,
                over="actual" if over == "actual" else "prediction",
                parts=parts,
                evidence=evidence,
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
    _table(graph, run, part=measured, negative_kind="all")
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
    written = table.assign(**{name: table[name].map(metrics_table.as_text) for name in table.columns[2:]})
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
        f"**Much of the R² is provenance.** Knowing nothing but the evidence of a pair explains {share:.0%} of the "
        f"variance of the {part} pairs' scores. {_ranked_within(run, table, part=part)}"
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
            "Evidence": worst["evidence"],
            "Why": [
                _why_missed(*values)
                for values in zip(worst["actual"], worst["residual"], mean, fewest, worst["evidence"], strict=True)
            ],
        }
    )


def _why_missed(actual: float, residual: float, source_mean: float, fewest: float, evidence: str) -> str:
    reasons = []
    if np.isfinite(source_mean) and abs(actual - source_mean) >= abs(residual) / 2:
        reasons.append(f"unlike other pairs of {evidence or 'no evidence'} (mean {source_mean:.2f})")
    elif evidence and not np.isfinite(source_mean):
        reasons.append("no training pair has this evidence")
    if fewest < FEW_PAIRS:
        reasons.append(f"one of the genes is in {int(fewest)} training pairs")
    return "; ".join(reasons) or "nothing that the data set tells"


def reconstruct(graph: GeneGraph, run: Run) -> None:
    """Error of each gene's features beside a baseline's."""
    left, right = st.columns(2)
    with left:
        part = address.one_of(
            st.segmented_control,
            in_words("Genes"),
            ("test", "validation", "train", ALL_PARTS),
            key="part",
            help=PART_HELP,
        )
    with right:
        baseline = address.one_of(st.segmented_control, "Beside", run.baselines, key="beside")
    parts = PARTS if part == ALL_PARTS else (part,)
    left, right = st.columns([3, 2])
    with left:
        chosen = _chart(
            graph,
            run,
            f"{run.run_id}-errors-{part}-{baseline}",
            lambda webgl=False: error_vs_baseline(run.predictions, baseline, parts=parts, webgl=webgl),
            title="Error of each gene",
            clickable=True,
            note=note_of(run, "genes of every part" if part == ALL_PARTS else f"{part} genes"),
        )
        st.caption(
            in_words(
                "Root mean squared error of a gene's features, in their units. Below the dashed line the "
                "network is better."
            )
        )
        if pca_is_exact(run):
            st.caption(
                in_words(
                    f"The PCA makes no error: with {run.spec.network.embedding_width} numbers a gene, as many as the "
                    "features have columns or more, it gives back what it was given. Train with a smaller "
                    "width for a fair "
                    "match."
                )
            )
    with right:
        _table(graph, run, part="test" if part == ALL_PARTS else part, negative_kind="genes")
        if len(chosen) and chosen[0] < len(run.predictions):
            gene = str(run.predictions["gene"].iloc[int(chosen[0])])
            genes.card(graph, graph.number_of[gene])
            layout.link(layout.NEIGHBOURHOOD, "Open its neighbourhood", icon=":material/hub:", gene=gene)
        else:
            st.caption(in_words("Click a point to see which gene it is."))


def pca_is_exact(run: Run) -> bool:
    """Whether the PCA beside the network is as wide as the features, so that it loses nothing."""
    return "PCA" in run.baselines and run.metric("rmse", negative_kind="genes", model="PCA") < NOTHING


def _table(graph: GeneGraph, run: Run, *, part: str, negative_kind: str) -> None:
    table = metrics_table.beside_baselines(run.metrics, part=part, negative_kind=negative_kind)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            in_words(f"Metrics on {part} pairs" if negative_kind != "genes" else f"Metrics on {part} genes"),
            anchor=False,
        )
        downloads.menu(
            f"{run.run_id}-metrics-{part}-{negative_kind}",
            source=downloads.provenance(graph, run),
            table=lambda: run.metrics,
        )
    metrics_table.show(table, own=run.spec.network.row_name)


def note_of(run: Run, evaluated: str) -> tuple[str, str]:
    """What was evaluated, and by which protocol: the lines above a figure."""
    return evaluated[:1].upper() + evaluated[1:], f"Split: {run.spec.held_out}"


def _legend_above(figure: go.Figure) -> go.Figure:
    """The legend over the plot and no colour bar beside it, so that half a page is wide enough."""
    figure.update_traces(showscale=False, selector={"type": "heatmap"})
    return figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None})


def _chart(
    graph: GeneGraph,
    run: Run,
    name: str,
    make: Callable[..., go.Figure],
    *,
    title: str,
    note: Sequence[str],
    clickable: bool = False,
) -> np.ndarray:
    """A titled figure with its downloads and a note on what was evaluated; the rows behind what was clicked."""

    def drawn(**kind: bool) -> go.Figure:
        return noted(go.Figure(make(**kind)), note)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn)
    if not clickable:
        charts.draw(drawn(), name=name, synthetic=graph.synthetic, alt=title)
        return np.empty(0, dtype=np.int64)
    event = charts.draw(
        noted(_legend_above(make(webgl=True)), note),
        name=name,
        synthetic=graph.synthetic,
        alt=title,
        on_select="rerun",
        selection_mode="points",
    )
    return selection.numbers(event)


def show(graph: GeneGraph, run: Run) -> None:
    """The view of the run's task, or, whatever its task, that of screens where it is evaluated by them."""
    of_screens = "negative_kind" in run.predictions and bool(set(TESTED) & set(run.predictions["negative_kind"]))
    (screen_view.show if of_screens else VIEWS[run.spec.task.name])(graph, run)


VIEWS: Mapping[str, Callable[[GeneGraph, Run], None]] = {
    "link": link,
    "confidence": confidence,
    "screen": screen_view.show,
    "reconstruct": reconstruct,
    "classify": class_view.classify,
}
