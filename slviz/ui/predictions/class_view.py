"""The Predictions page of the task `classify`: metrics, confusion matrix, each class, and every gene."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses
from slviz.evaluation import METRICS
from slviz.evaluation.classes import confusion_matrix, f1_of_each
from slviz.figures.classes import confusion_figure
from slviz.runs import NETWORK, PARTS, Run
from slviz.tasks import Classify
from slviz.ui import address, charts, columns, downloads, genes, layout, metrics_table, pictures
from slviz.ui.labels import PART_HELP, escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.predictions import picture_views

NO_CLASS = "no class"
PICTURE = "Picture"
MOST_ROWS = 1000
SHARE_HELP = "What the network gives its class, of 1 for all classes; not a probability unless checked."


def classify(graph: GeneGraph, run: Run) -> None:
    """How well classes are given, beside baselines; which are mistaken for which; and each gene."""
    classes = cast(Classify, run.spec.task).classes_of(graph)
    st.caption(in_words(f":material/info: {escape_markdown(classes.statement())}"))
    _say_leak(run, classes)
    left, right = st.columns(2)
    with left:
        part = address.one_of(
            st.segmented_control, in_words("Genes"), tuple(reversed(PARTS)), key="part", help=PART_HELP
        )
    with right:
        model = address.one_of(st.selectbox, "Classes given by", (NETWORK, *run.baselines), key="by")
    rows = run.predictions.loc[(run.predictions["part"] == part) & (run.predictions["actual"] != "")]
    left, right = columns.beside("classes")
    with left:
        _confusion(graph, run, rows, classes, part=part, model=model)
    with right:
        _figures(graph, run, part=part)
        _each_class(graph, run, rows, classes, part=part, model=model)
    picture_views.mistaken(graph, run, part=part)
    _every_gene(graph, run, part=part)


def _say_leak(run: Run, classes: GeneClasses) -> None:
    """Features that were made from the very terms that are predicted make it easy, and say little."""
    if classes.terms and "go" in run.spec.features.sources:
        st.warning(
            "**The answer is among the features.** The classes are terms, and the feature go is made from the same "
            "table of terms. Train with the features ppi or none to see what can be told without it.",
            icon=":material/warning:",
        )


def confusion_of(rows: pd.DataFrame, classes: GeneClasses, *, model: str) -> np.ndarray:
    """The confusion matrix of some rows of predictions, for the network or a baseline."""
    names = pd.Index(classes.names)
    actual, given = (
        names.get_indexer(pd.Index(rows[column])) for column in ("actual", "prediction" if model == NETWORK else model)
    )
    return confusion_matrix(actual, given, classes=len(names))


def class_table(
    rows: pd.DataFrame, metrics: pd.DataFrame, classes: GeneClasses, *, part: str, model: str
) -> pd.DataFrame:
    """One row a class: its genes of the part, recall, precision and F1."""
    of_scorer = metrics.loc[(metrics["part"] == part) & (metrics["model"] == model)]
    confusion = confusion_of(rows, classes, model=model)
    table = pd.DataFrame({"Class": classes.names, "Genes": confusion.sum(axis=1)})
    for metric in ("recall", "precision"):
        values = of_scorer.loc[of_scorer["metric"] == metric].set_index("negative_kind")["value"]
        table[METRICS[metric].label] = [values.get(f"class {name}", np.nan) for name in classes.names]
    return table.assign(F1=f1_of_each(confusion))


def _confusion(graph: GeneGraph, run: Run, rows: pd.DataFrame, classes: GeneClasses, *, part: str, model: str) -> None:
    confusion = confusion_of(rows, classes, model=model)
    name = f"{run.run_id}-confusion-{part}-{model.replace(' ', '-')}"
    figure = confusion_figure(confusion, classes.names, model=model)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Which class is taken for which", anchor=False, width="content")
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=lambda: figure,
            table=lambda: pd.DataFrame({"actual": classes.names} | dict(zip(classes.names, confusion.T, strict=True))),
        )
    charts.draw(figure, name=name, synthetic=graph.synthetic, alt="Confusion matrix")
    st.caption(
        in_words(
            f"{pluralise(int(confusion.sum()), 'gene')} with a class; a row is a class, its diagonal cell is right."
        )
    )


def _figures(graph: GeneGraph, run: Run, *, part: str) -> None:
    table = metrics_table.beside_baselines(run.metrics, part=part, negative_kind="genes")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words(f"Metrics on {part} genes"), anchor=False, width="content")
        downloads.menu(
            f"{run.run_id}-metrics-{part}", source=downloads.provenance(graph, run), table=lambda: run.metrics
        )
    metrics_table.show(table)


def _each_class(graph: GeneGraph, run: Run, rows: pd.DataFrame, classes: GeneClasses, *, part: str, model: str) -> None:
    table = class_table(rows, run.metrics, classes, part=part, model=model)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Each class", anchor=False, width="content")
        downloads.menu(
            f"{run.run_id}-classes-{part}-{model.replace(' ', '-')}",
            source=downloads.provenance(graph, run),
            table=lambda: table,
        )
    numbers: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="%.3f") for name in ("Recall", "Precision", "F1")
    }
    numbers["Genes"] = st.column_config.NumberColumn(in_words("Genes"))
    st.dataframe(table, hide_index=True, column_config=numbers, height=min(38 + 35 * len(table), 320), placeholder="–")


def _every_gene(graph: GeneGraph, run: Run, *, part: str) -> None:
    table = run.predictions.loc[run.predictions["part"] == part]
    table = table.assign(actual=table["actual"].where(table["actual"] != "", NO_CLASS))
    wrong = address.toggle(in_words("Only genes that were given another class than theirs"), key="wrong")
    if wrong:
        table = table.loc[(table["actual"] != NO_CLASS) & (table["actual"] != table["prediction"])]
    shown = table.sort_values("score", ascending=False, kind="stable").head(MOST_ROWS)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            in_words(f"{part.capitalize()} genes"),
            anchor=False,
            width="content",
            help=in_words("Pick a row for the gene."),
        )
        downloads.menu(
            f"{run.run_id}-predictions", source=downloads.provenance(graph, run), table=lambda: run.predictions
        )
    named = {"gene": "Gene", "part": "Part", "actual": "Actual class", "prediction": "Given class", "score": "Share"}
    config: dict[str, Any] = {"Gene": st.column_config.TextColumn(in_words("Gene"))}
    config |= {"Share": st.column_config.NumberColumn("Share", format="%.3f", help=SHARE_HELP)}
    listed = shown.rename(columns=named)[list(named.values())]
    if graph.pictures is not None:
        listed.insert(0, PICTURE, pictures.cells(graph, shown.index.to_numpy()))
        config[PICTURE] = st.column_config.ImageColumn(PICTURE, width="small")
    event = st.dataframe(
        listed,
        hide_index=True,
        key=f"genes by class {wrong} {part}",
        on_select="rerun",
        selection_mode="single-row",
        height=320,
        column_config=config,
    )
    st.caption(
        in_words(
            f"{pluralise(len(shown), 'gene')} of {len(table):,}, surest first; a gene with no class is "
            f"given one all the "
            "same. The download has all, with the baselines."
        )
    )
    picked = event["selection"]["rows"]
    if picked and picked[0] < len(shown):
        gene = str(shown["gene"].iloc[picked[0]])
        genes.card(graph, graph.number_of[gene], run)
        if len(graph.pairs):
            layout.neighbourhood_link("Open its neighbourhood", gene=gene)
