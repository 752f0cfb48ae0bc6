"""Pictures on the Predictions page: originals beside what is drawn again, error over width, and mistaken ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.baselines import pca_errors, principal_directions
from slviz.datasets import GeneGraph
from slviz.figures.pictures import error_over_width, picture_grid
from slviz.networks.picture_decoder import PictureDecoder
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, pictures
from slviz.ui.labels import pluralise
from slviz.ui.nouns import in_words

SHOWN = 12
CHOICES = {"some": "as they come", "best": "smallest error", "worst": "largest error"}
CHOICE_HELP = (
    "- **as they come**: the first ones of the part\n"
    "- **smallest error**, **largest error**: those that the network draws best and worst"
)


def drawn_again(graph: GeneGraph, run: Run, *, part: str) -> None:
    """Originals, what the network draws from the bottleneck, and what a PCA of the same width gives, in rows."""
    decoder = pictures.decoder_of(graph, run)
    if decoder is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes drawn again"), anchor=False, width="content")
        chosen = address.one_of(
            st.segmented_control,
            "Which",
            list(CHOICES.values()),
            key="pictures",
            ids={words: key for key, words in CHOICES.items()},
            help=in_words(CHOICE_HELP),
        )
    numbers = picked(run, part=part, chosen=chosen)
    name = f"{run.run_id}-pictures-{part}-{chosen.replace(' ', '-')}"

    def drawn() -> go.Figure:
        return grid(graph, run, decoder, numbers)

    charts.draw(
        drawn(), name=name, synthetic=graph.synthetic, alt=in_words(f"{part} genes and how they are drawn again")
    )
    said, ways = st.columns([5, 1])
    width = run.spec.network.embedding_width
    size = "" if graph.pictures is None else f"{graph.pictures.size:,}"
    said.caption(
        in_words(
            f"{pluralise(len(numbers), f'{part} gene')}: as it is, drawn again by the network from "
            f"{pluralise(width, 'number')} in place of {size}, and by a PCA of as many. Under each: the error of the "
            "network (root mean square, pixels from 0 to 1)."
        )
    )
    with ways:
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=drawn,
            table=lambda: run.predictions.iloc[numbers].reset_index(drop=True),
        )


def picked(run: Run, *, part: str, chosen: str) -> np.ndarray:
    """Numbers of the pictures of a part to be shown."""
    rows = np.flatnonzero(run.predictions["part"].to_numpy() == part)
    if chosen == CHOICES["some"]:
        return rows[:SHOWN]
    error = run.predictions["prediction"].to_numpy()[rows]
    order = np.argsort(error if chosen == CHOICES["best"] else -error, kind="stable")
    return rows[order[:SHOWN]]


def grid(graph: GeneGraph, run: Run, decoder: PictureDecoder, numbers: np.ndarray) -> go.Figure:
    """Three rows: originals, the network's and the PCA's."""
    assert graph.pictures is not None
    shape = graph.pictures
    mean, directions = _directions(run.run_id, graph, run)
    kept = directions[: run.spec.network.embedding_width]
    centred = graph.features[shape.feature][numbers] - mean
    rows = {
        "as it is": pictures.of_genes(graph, numbers),
        "network": shape.pictures(pictures.drawn_again(decoder, run, numbers)),
        "PCA": shape.pictures(mean + (centred @ kept.T) @ kept),
    }
    errors = [f"{error:.3f}" for error in run.predictions["prediction"].to_numpy()[numbers]]
    return picture_grid(rows, columns=errors, keep=f"pictures of {run.run_id}")


@st.cache_resource(max_entries=4, show_spinner="Computing the PCA …")
def _directions(run_id: str, _graph: GeneGraph, _run: Run) -> tuple[np.ndarray, np.ndarray]:
    training = np.flatnonzero(_run.predictions["part"].to_numpy() == "train")
    return principal_directions(_run.spec.features.matrix(_graph), training=training)


def over_width(graph: GeneGraph, run: Run, *, part: str) -> None:
    """The error over the width of the bottleneck: finished runs on the same split, beside a PCA of each width."""
    if graph.pictures is None:
        return
    runs = runs_by_width(cache.store().summaries(), run, part=part)
    mean, directions = _directions(run.run_id, graph, run)
    of_part = run.predictions["part"].to_numpy() == part
    errors = pca_errors(run.spec.features.matrix(graph)[of_part], mean, directions)
    most = max(int(runs["width"].to_numpy().max()), graph.pictures.size // 2)
    widths = np.arange(1, min(most, len(errors) - 1) + 1)
    baseline = pd.DataFrame({"width": widths, "error": errors[widths]})
    name = f"{run.run_id}-widths-{part}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Error over width", anchor=False, width="content")
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=lambda: error_over_width(runs, baseline),
            table=lambda: runs.merge(baseline.rename(columns={"error": "error_of_pca"}), on="width", how="left"),
        )
    alt = "Error over the width of the bottleneck, of finished runs and of a PCA"
    charts.draw(error_over_width(runs, baseline), name=name, synthetic=graph.synthetic, alt=alt)
    more = " Train further widths to have them here." if len(set(runs["width"].tolist())) < 3 else ""
    st.caption(
        in_words(
            f"Every finished run on the same split, on {part} genes; the line is a PCA fitted on the same training "
            f"genes.{more}"
        )
    )


def runs_by_width(summaries: list[RunSummary], run: Run, *, part: str) -> pd.DataFrame:
    """One row a finished run that gives the same features back on the same split: `model`, `width`, `error`, `run`."""
    spec = run.spec
    alike = [
        summary.run_id
        for summary in summaries
        if summary.state == "finished"
        and summary.spec is not None
        and summary.spec.data_fingerprint == spec.data_fingerprint
        and (summary.spec.task, summary.spec.features, summary.spec.split) == (spec.task, spec.features, spec.split)
    ]
    by_id = {summary.run_id: summary for summary in summaries}
    rows = []
    for run_id in alike:
        other = run if run_id == run.run_id else cache.run(by_id[run_id])
        error = other.metric("rmse", negative_kind="genes", part=part)
        network = other.spec.network
        rows.append((network.row_name, network.embedding_width, error, run_id))
    return pd.DataFrame(rows, columns=["model", "width", "error", "run"]).dropna()


def mistaken(graph: GeneGraph, run: Run, *, part: str) -> None:
    """Pictures that were given another class than theirs, the surest first."""
    if graph.pictures is None:
        return
    table = run.predictions
    wrong = table.loc[
        (table["part"] == part) & (table["actual"] != "") & (table["actual"] != table["prediction"])
    ].sort_values("score", ascending=False, kind="stable")
    st.subheader(in_words("Genes taken for another class"), anchor=False)
    if wrong.empty:
        st.caption(in_words(f"None of the {part} genes is."))
        return
    numbers = wrong.index.to_numpy()[:SHOWN]
    said = [f"{actual} → {given}" for actual, given in zip(wrong["actual"], wrong["prediction"], strict=True)][:SHOWN]
    name = f"{run.run_id}-mistaken-{part}"
    figure = picture_grid({"": pictures.of_genes(graph, numbers)}, columns=said, keep=name)
    charts.draw(figure, name=name, synthetic=graph.synthetic, alt="Pictures taken for another class")
    st.caption(
        in_words(
            f"{len(numbers):,} of {pluralise(len(wrong), f'{part} gene')} that are taken for another class, the surest "
            "first. Under each: its class → the one that it was given."
        )
    )
