"""Compare, Training: the curves of several runs over each other, and what each training took."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.figures.compared_training import NamedTraining, compared_gradients, compared_training
from slviz.results.fit_verdict import HOW, fit_verdict
from slviz.ui import cache, charts, downloads, layout, loss_axis, training_costs
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths


def show(compared: ComparedRuns) -> None:
    """Curves of the runs that learnt in epochs, what the losses of each tell, and a table of all."""
    records = {summary.run_id: cache.record_or_damage(summary) for summary in compared.summaries}
    trainings = [
        NamedTraining(compared.name(run), run.history, records[run.run_id][0])
        for run in compared.runs
        if len(run.history)
    ]
    for run in compared.runs:
        if damage := records[run.run_id][1]:
            st.error(escape_markdown(f"{compared.name(run)}: {without_paths(damage)}"), icon=":material/broken_image:")
    without = [compared.name(run) for run in compared.runs if not len(run.history)]
    if without:
        st.info(
            f"Not learnt in epochs, so without curves: {escape_markdown(', '.join(without))}.",
            icon=":material/info:",
        )
    if trainings:
        _curves(compared, trainings)
        _verdicts(compared)
        _gradients(compared, trainings)
    _costs(compared)


def _curves(compared: ComparedRuns, trainings: list[NamedTraining]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        logarithmic = loss_axis.is_logarithmic()

        def drawn() -> go.Figure:
            return compared_training(trainings, logarithmic=logarithmic)

        _menu(compared, "training", drawn, lambda: histories(trainings))
    alt = "Loss and validation metric of each run by epoch"
    charts.draw(
        drawn(), name=f"{compared.first.run_id}-compared-training", synthetic=any_synthetic(compared.runs), alt=alt
    )


def _verdicts(compared: ComparedRuns) -> None:
    """What the losses of each run tell, with the way to its own Training page."""
    for run in compared.runs:
        if len(run.history):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"**{escape_markdown(compared.name(run))}**: {escape_markdown(fit_verdict(run.history).sentence)}",
                    help=f"{escape_markdown(HOW)} {glossary_link('Over-fitting')}",
                )
                layout.link(layout.TRAINING, layout.TRAINING_TITLE, icon=layout.TRAINING_ICON, run=run.run_id)


def _gradients(compared: ComparedRuns, trainings: list[NamedTraining]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Gradient norms", anchor=False, width="content", help=glossary_link("Gradient descent"))

        def drawn() -> go.Figure:
            return compared_gradients(trainings)

        _menu(compared, "gradients", drawn, lambda: gradients(trainings))
    alt = "Norm of the gradient of each run by epoch, of the whole network and of each part"
    charts.draw(
        drawn(), name=f"{compared.first.run_id}-compared-gradients", synthetic=any_synthetic(compared.runs), alt=alt
    )
    if lacking := [training.name for training in trainings if training.record is None]:
        st.caption(
            f"Parts: not recorded by the version that trained {escape_markdown(', '.join(lacking))}; train again to "
            "have them."
        )


def _costs(compared: ComparedRuns) -> None:
    table = training_costs.costs(list(zip(compared.summaries, compared.runs, strict=True)), compared.names)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("What they took", anchor=False, width="content")
        downloads.table_button(f"{compared.first.run_id}-compared-took", lambda: table, source=compared.provenance())
    st.dataframe(
        table,
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={"measure": st.column_config.TextColumn("Measure", pinned=True)},
    )


def histories(trainings: list[NamedTraining]) -> pd.DataFrame:
    """The histories under each other, the run's name first."""
    tables = [training.history.assign(run=training.name) for training in trainings]
    whole = pd.concat(tables, ignore_index=True)
    return whole.loc[:, ["run", *(column for column in whole.columns if column != "run")]]


def gradients(trainings: list[NamedTraining]) -> pd.DataFrame:
    """One row a run, epoch and part of the network; no row where nothing was recorded."""
    tables = [
        pd.DataFrame({"run": training.name, "epoch": training.record.epochs, "part": part, "gradient_norm": norms})
        for training in trainings
        if training.record is not None
        for part, norms in training.record.norms_by_part().items()
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["run", "epoch", "part"])


def _menu(
    compared: ComparedRuns, what: str, figure: Callable[[], go.Figure], table: Callable[[], pd.DataFrame]
) -> None:
    name = f"{compared.first.run_id}-compared-{what}"
    downloads.menu(name, source=compared.provenance(), figure=figure, table=table)
