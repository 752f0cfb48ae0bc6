"""The Training page: how the training of a finished run went, from what is stored with it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.figures import training_curves
from slviz.figures.training import step_curves, weight_histograms
from slviz.networks.training_record import TrainingRecord
from slviz.results.fit_verdict import HOW, fit_verdict
from slviz.runs import Run
from slviz.runs.history import kept_epoch, metric_label, watched_metric
from slviz.runs.summary import RunSummary
from slviz.text import duration
from slviz.ui import cache, charts, downloads, layout, loss_axis, run_choice, training_costs
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths
from slviz.ui.training import pictures_over_epochs

DEAD = "Dead: a unit that gave every gene the same number in that step."
NOT_RECORDED = (
    "Gradients of single layers, dead units and weights: not recorded by the version that trained this; train again to "
    "have them."
)
ICONS = {
    "over-fitted": ":material/trending_up:",
    "under-fitted": ":material/trending_down:",
    "settled": ":material/check_circle:",
    "unknown": ":material/help:",
}


def page() -> None:
    """The verdict, the curves, how the steps went, and what all of it took."""
    summary, run = run_choice.open_run_alone(layout.TRAINING_TITLE)
    if len(run.history):
        _verdict(run)
        _curves(run)
        record, damage = cache.record_or_damage(summary)
        if damage:
            st.error(escape_markdown(without_paths(damage)), icon=":material/broken_image:")
        pictures_over_epochs.show(run, None if record is None else record.redrawn)
        _steps(run, record)
        if record is not None and len(record.moments):
            _weights(run, record)
    else:
        _without_history(summary, run)
    _costs(summary, run)


def _verdict(run: Run) -> None:
    """Which epoch was kept and why, and whether the losses tell of over- or under-fitting."""
    st.markdown(escape_markdown(kept_sentence(run)))
    verdict = fit_verdict(run.history)
    st.markdown(
        f"{ICONS[verdict.kind]} {escape_markdown(verdict.sentence)}",
        help=f"{escape_markdown(HOW)} {glossary_link('Over-fitting')}",
    )


def kept_sentence(run: Run) -> str:
    """Such as "Kept: epoch 101 of 200, the best by average precision on validation (0.961)."."""
    history = run.history
    kept, metric = kept_epoch(history, run.spec.optimiser), watched_metric(history)
    if kept is None:
        return (
            f"Which of the {len(history):,} epochs was kept is not known: what decided it is no number in any of them."
        )
    of_all = f"Kept: epoch {kept:,} of {len(history):,}"
    if run.spec.optimiser.keep == "loss":
        loss = float(history.loc[history["epoch"] == kept, "validation_loss"].iloc[0])
        return f"{of_all}, the one of the lowest validation loss ({loss:.4g}), as its settings say."
    if metric is None or run.spec.optimiser.keep == "last":
        return f"{of_all}, the last, as its settings say."
    value = float(history.loc[history["epoch"] == kept, metric].iloc[0])
    return f"{of_all}, the best by {_in_a_sentence(metric_label(metric))} on validation ({value:.4g})."


def _in_a_sentence(label: str) -> str:
    """Small letters, but for abbreviations."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _curves(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        logarithmic = loss_axis.is_logarithmic()

        def drawn() -> go.Figure:
            kept = kept_epoch(run.history, run.spec.optimiser)
            return training_curves(run.history, logarithmic=logarithmic, kept=kept, height=400)

        name = f"{run.run_id}-training"
        source = downloads.provenance_of_spec(run.spec)
        downloads.menu(name, source=source, figure=drawn, table=lambda: run.history)
    charts.draw(drawn(), name=name, synthetic=run.spec.synthetic, alt="Loss and validation metric by epoch")
    if watched_metric(run.history):
        st.caption("The metric is measured on the validation part alone; the loss of training on those of each step.")


def _steps(run: Run, record: TrainingRecord | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("How the steps went", anchor=False, width="content", help=glossary_link("Gradient descent"))

        def drawn() -> go.Figure:
            return step_curves(run.history, kept=kept_epoch(run.history, run.spec.optimiser), record=record)

        name = f"{run.run_id}-steps"
        source = downloads.provenance_of_spec(run.spec)
        downloads.menu(name, source=source, figure=drawn, table=lambda: step_table(run, record))
    alt = "Norm of the gradient, learning rate and spread after each layer by epoch"
    charts.draw(drawn(), name=name, synthetic=run.spec.synthetic, alt=alt)
    st.caption(
        in_words(
            "Gradient norm: length of the gradient of the loss, before it is clipped. Spread: standard deviation over "
            "genes and columns; near 0, or ever larger, says that little is learnt. "
            + (DEAD if record is not None else NOT_RECORDED)
        )
    )


def step_table(run: Run, record: TrainingRecord | None) -> pd.DataFrame:
    """The history with what was measured of the parts beside it, one column a part or layer."""
    if record is None:
        return run.history
    columns = {f"gradient_norm, {part}": values for part, values in record.norms_by_part().items()}
    columns |= {f"dead, layer {layer + 1}": record.dead[:, layer] for layer in range(record.dead.shape[1])}
    return run.history.merge(pd.DataFrame({"epoch": record.epochs} | columns), on="epoch", how="left")


def _weights(run: Run, record: TrainingRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Weights", anchor=False, width="content")

        def drawn() -> go.Figure:
            return weight_histograms(record, kept=kept_epoch(run.history, run.spec.optimiser))

        name = f"{run.run_id}-weights"
        source = downloads.provenance_of_spec(run.spec)
        downloads.menu(name, source=source, figure=drawn, table=lambda: weight_table(record))
    alt = "Histograms of the weights of every part, at the start and as they were kept"
    charts.draw(drawn(), name=name, synthetic=run.spec.synthetic, alt=alt)
    st.caption("Values of the weights across, their density up; the table has more epochs.")


def weight_table(record: TrainingRecord) -> pd.DataFrame:
    """One row a bin of a part's weights at every epoch at which they were counted."""
    tables = []
    for moment, epoch in enumerate(record.moments):
        for number, part in enumerate(record.parts):
            edges = record.edges(moment, number)
            counts = record.counts[moment, number]
            tables.append(
                pd.DataFrame({"epoch": epoch, "part": part, "from": edges[:-1], "to": edges[1:], "weights": counts})
            )
    return pd.concat(tables, ignore_index=True)


def _without_history(summary: RunSummary, run: Run) -> None:
    """What a run that was not learnt in epochs has instead of curves."""
    st.info(escape_markdown(in_words(without_epochs(summary, run))), icon=":material/info:")


def without_epochs(summary: RunSummary, run: Run) -> str:
    """Why a run has no curves and what it has instead, in words."""
    network = run.spec.network
    took = "" if summary.seconds != summary.seconds else f" Fitting and evaluation took {duration(summary.seconds)}."
    if not network.is_fitted:
        what = "it is a formula over the training pairs, of which nothing is fitted"
    else:
        stored = sum(array.size for array in run.decoder.values())
        what = f"it is fitted at once, not step by step; what it learnt are {stored:,} numbers"
    return (
        f"“{network.row_name}” is not learnt in epochs, so there are no curves: {what}. {network.summary()}{took} How "
        "good it is stands on the Predictions page."
    )


def _costs(summary: RunSummary, run: Run) -> None:
    table = training_costs.costs([(summary, run)], {run.run_id: "value"})
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("What it took", anchor=False, width="content")
        source = downloads.provenance_of_spec(run.spec)
        downloads.table_button(f"{run.run_id}-took", lambda: table, source=source)
    _show(table)


def _show(table: pd.DataFrame) -> None:
    st.dataframe(
        table,
        hide_index=True,
        width="content",
        height=38 + 35 * len(table),
        column_config={
            "measure": st.column_config.TextColumn("Measure"),
            "value": st.column_config.TextColumn("Value", width="medium"),
        },
    )
