"""Outlierness on the Embedding page: a colour, a table, and noise mixed in to see which measure can be believed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.figures.outliers import HELD_OUT, LEARNT, NOISE, SET_ASIDE, by_outlierness, outlier_histograms
from slviz.outliers import MEASURES, Groups, Scores
from slviz.outliers.measures import NEIGHBOURS
from slviz.outliers.telling import UNLIKE_FROM
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import address, charts, downloads, outliers
from slviz.ui.embedding import noise_classes, noise_mixed
from slviz.ui.embedding.noise_mixed import Mixed
from slviz.ui.glossary import glossary_link
from slviz.ui.nouns import in_words

COLOUR = "Outlierness"
HELP = "how unlike a gene is to those that the run learnt from"
PERCENTILE, RAW = "percentile", "as measured"
SHOWN_ROWS = 200


def colouring(summary: RunSummary, graph: GeneGraph, run: Run) -> tuple[Colouring, str]:
    """The colour by outlierness and a sentence on it; asks by which measure."""
    groups = outliers.groups(summary, graph, run)
    reason = outliers.why_not(graph, run, groups)
    if reason:
        st.info(in_words(reason), icon=":material/info:")
        return figures.by_degree(graph), "Known partners, held-out ones included."
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _measure(run)
        count = _count() if name == "nearest" else NEIGHBOURS
        form = address.one_of(st.segmented_control, "Shown", [PERCENTILE, RAW], key="outlier-as")
    scores = outliers.scores(run, graph, groups, name, count=count)
    measure = MEASURES[name]
    is_percentile = form == PERCENTILE
    values = scores.percentile if is_percentile else scores.real
    shown = measure.title if is_percentile else measure.unit
    meaning = f"{measure.help} ({measure.source})"
    sentence = f"{meaning[:1].upper()}{meaning[1:]}. {groups.sentence}"
    if is_percentile:
        sentence += " 100: more unlike than all of these."
    return by_outlierness(values, measure=shown, percentile=is_percentile), sentence


def _measure(run: Run) -> str:
    names = outliers.measures_of(run)
    title = address.one_of(
        st.selectbox,
        "Measure",
        [MEASURES[name].title for name in names],
        key="outlier-measure",
        ids={MEASURES[name].title: name for name in names},
        help=in_words(
            "\n".join(f"- **{MEASURES[name].title}**: {MEASURES[name].help}" for name in names)
            + f"\n\n{glossary_link('Outlierness')}"
        ),
    )
    return next(name for name in names if MEASURES[name].title == title)


def _count() -> int:
    return int(
        address.number(
            in_words("Nearest genes"),
            key="outlier-k",
            low=1,
            high=50,
            default=NEIGHBOURS,
            help="Their mean distance counts.",
        )
    )


def show(summary: RunSummary, graph: GeneGraph, run: Run, *, open: bool = False) -> None:
    """Below the map: which genes are unlike what was learnt from, and whether a measure tells noise from genes."""
    part = address.folded("Outlierness", key="outlierness", icon=":material/explore_off:", open=open)
    if not part.open:
        return
    with part:
        groups = outliers.groups(summary, graph, run)
        reason = outliers.why_not(graph, run, groups)
        if reason:
            st.info(in_words(reason), icon=":material/info:")
            return
        mixed = noise_mixed.choose(summary, graph, run, groups)
        st.markdown(in_words("**Which measure tells noise from genes?**"))
        noise_mixed.aucs(summary, graph, run, groups, mixed)
        noise_classes.show(graph, run, mixed)
        _spread(graph, run, groups, mixed)
        noise_mixed.show_map(graph, run, groups, mixed)
        _table(graph, run, groups)


def _spread(graph: GeneGraph, run: Run, groups: Groups, mixed: Mixed) -> None:
    """How one measure is spread over the groups."""
    names = list(mixed.scores)
    title = address.one_of(
        st.segmented_control,
        "Spread of",
        [MEASURES[name].title for name in names],
        key="outlier-spread",
        ids={MEASURES[name].title: name for name in names},
    )
    name = next(name for name in names if MEASURES[name].title == title)
    scores = mixed.scores[name]
    file = f"{run.run_id}-outlierness-{name}"
    threshold = float(np.quantile(scores.real[groups.compared], UNLIKE_FROM))
    separation = scores.telling(mixed.count) if mixed.count and len(scores.noise) else None

    def drawn() -> go.Figure:
        return outlier_histograms(_by_group(scores, groups, mixed.count), unit=MEASURES[name].unit, threshold=threshold)

    charts.draw(
        drawn(),
        name=file,
        synthetic=graph.synthetic,
        alt=f"How {MEASURES[name].title} is spread over what was learnt from, other real ones and noise",
    )
    caught = f" {100 * separation.caught:.0f} % of the noise lies beyond it." if separation else ""
    st.caption(
        in_words(
            f"Dashed: {100 * UNLIKE_FROM:.0f} % of the genes that it is compared with lie below.{caught} "
            f"{groups.sentence}"
        )
    )
    downloads.menu(
        file,
        source=downloads.provenance(graph, run),
        figure=drawn,
        table=lambda: _all_scores(graph, groups, mixed),
    )


def _by_group(scores: Scores, groups: Groups, noise: int) -> dict[str, np.ndarray]:
    other = HELD_OUT if groups.held_out else SET_ASIDE
    return {
        LEARNT: scores.real[groups.reference],
        other: scores.real[groups.compared],
        NOISE: scores.noise[:noise],
    }


def _all_scores(graph: GeneGraph, groups: Groups, mixed: Mixed) -> pd.DataFrame:
    """One row a gene and one a noise thing: its group and every measure."""
    names = np.r_[np.asarray(graph.genes, dtype=object), noise_mixed.names_of(mixed.count)]
    columns: dict[str, object] = {"gene": names, "group": noise_mixed.groups_of_points(len(graph), groups, mixed.count)}
    for name, scores in mixed.scores.items():
        of_noise = scores.noise[: mixed.count] if len(scores.noise) else np.full(mixed.count, np.nan)
        columns[f"outlierness_{name}"] = np.r_[scores.real, of_noise]
    return pd.DataFrame(columns)


def _table(graph: GeneGraph, run: Run, groups: Groups) -> None:
    """The genes that are most unlike what was learnt from, with every measure as a percentile."""
    scores = {name: outliers.scores(run, graph, groups, name) for name in outliers.measures_of(run)}
    table = table_of(graph, groups, scores)
    others = "held-out genes" if groups.held_out else "genes set aside"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(in_words("**Genes most unlike what was learnt from**"))
        downloads.table_button(f"{run.run_id}-outlierness", lambda: table, source=downloads.provenance(graph, run))
    titles = {f"percentile_{name}": MEASURES[name].title for name in scores}
    shown = table.head(SHOWN_ROWS).rename(columns={"gene": in_words("Gene"), "group": "Group"})
    shown = shown.assign(**{name: 100 * shown[name] for name in titles})
    st.dataframe(
        shown[[in_words("Gene"), "Group", *titles]],
        hide_index=True,
        height=320,
        column_config={
            key: st.column_config.ProgressColumn(title, format="%.1f", min_value=0, max_value=100)
            for key, title in titles.items()
        },
    )
    more = f" The first {SHOWN_ROWS} of {len(table):,} are shown." if len(table) > SHOWN_ROWS else ""
    st.caption(
        in_words(
            f"Percentile of each gene among {len(groups.compared):,} {others}, highest by distance to nearest first: "
            f"from {100 * UNLIKE_FROM:.0f} on it is called unlike, as one held-out gene in twenty is.{more}"
        )
    )


def table_of(graph: GeneGraph, groups: Groups, scores: Mapping[str, Scores]) -> pd.DataFrame:
    """One row a gene, the most unlike first: its group, percentile and number by every measure."""
    columns: dict[str, object] = {
        "gene": np.asarray(graph.genes, dtype=object),
        "group": noise_mixed.groups_of_points(len(graph), groups, 0),
    }
    for name, measured in scores.items():
        columns[f"percentile_{name}"] = measured.percentile
        columns[f"outlierness_{name}"] = measured.real
    order = ["percentile_nearest", "outlierness_nearest"]
    return pd.DataFrame(columns).sort_values(order, ascending=False, kind="stable", ignore_index=True)
