"""The quality of a map: its means beside chance, colours, and what PCA leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.pipeline import commands
from slviz.projections import MapQuality, Projection, measure_map_quality
from slviz.projections.pca import explained_variance
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, job_panel
from slviz.ui.embedding import map_seeds
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

AT_ONCE_UP_TO = 2_000
"""So many genes are measured within a moment, by the page itself."""
MEASURES = {
    "lower of both": "lower",
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
}
MEASURES_HELP = (
    "- **trustworthiness**: 1 when all that lie next to a gene on the map are near it in the embedding too\n"
    "- **continuity**: 1 when all that are near it in the embedding lie next to it on the map\n"
    "- **lower of both**: the worse of the two"
)


def show(summary: RunSummary, graph: GeneGraph, run: Run, projection: Projection, *, open: bool = False) -> None:
    """What the map keeps and what it makes up, folded below it."""
    part = address.folded("Map quality", key="map-quality", icon=":material/verified:", open=open)
    if not part.open:
        return
    with part:
        quality = quality_of(summary, run, projection)
        if quality is None:
            job_panel.panel(_job(summary, projection))
        else:
            _sums(graph, run, projection, quality)
        if projection.method.random:
            map_seeds.show(summary, graph, run, projection)
        else:
            _scree(graph, run, projection)


def colouring(summary: RunSummary, run: Run, projection: Projection, *, spread: bool) -> tuple[Colouring, str] | None:
    """The colour by map quality, or by spread over seeds; None, and the way to get it, where it is not there yet."""
    return map_seeds.colouring(summary, projection) if spread else _by_quality(summary, run, projection)


def quality_of(summary: RunSummary, run: Run, projection: Projection) -> MapQuality | None:
    """The map quality that is stored with the run; that of few genes is measured at once."""
    stored = cache.map_quality(summary, projection.method, projection.seed)
    if stored is not None or len(run.genes) > AT_ONCE_UP_TO:
        return stored
    return _measured(run.run_id, str(projection.method), projection.seed, run, projection)


@st.cache_resource(max_entries=16, show_spinner="Comparing the map with the embedding …")
def _measured(run_id: str, method: str, seed: int, _run: Run, _projection: Projection) -> MapQuality:
    return measure_map_quality(_run.embedding, _projection.coordinates)


def _job(summary: RunSummary, projection: Projection) -> job_panel.Job:
    method, seed = projection.method, projection.seed
    return job_panel.Job(
        key=f"quality {summary.run_id} {method} {seed}",
        artifacts=lambda: [cache.store().artifacts(summary.run_id).map_quality_artifact(method, seed)],
        command=commands.project(summary.run_id, method, seed=seed),
        what="the comparison with the embedding",
        offer="**This map has not been compared with its embedding yet.** Every gene's neighbours here are looked up "
        "there, and the other way.",
        button="Compare it",
        takes="Usually a few seconds.",
    )


def _by_quality(summary: RunSummary, run: Run, projection: Projection) -> tuple[Colouring, str] | None:
    quality = quality_of(summary, run, projection)
    if quality is None:
        st.info(
            f"This map has to be compared with its embedding first, with the button below it. {map_seeds.MEANWHILE}",
            icon=":material/info:",
        )
        return None
    measure = address.one_of(
        st.selectbox,
        "Measure",
        list(MEASURES),
        key="quality",
        ids=MEASURES,
        help=in_words(f"{MEASURES_HELP}\n\n{glossary_link('Map quality')}"),
    )
    chance = quality.by_chance["trustworthiness"]
    sentence = (
        f"1 where all {quality.neighbours} neighbours are true and none is missing, about {chance:.2f} on a map made "
        f"by chance.{_sampled(quality)}"
    )
    return figures.by_map_quality(getattr(quality, MEASURES[measure]), chance, measure=measure), sentence


def _sampled(quality: MapQuality) -> str:
    genes = len(quality.recall)
    return (
        ""
        if quality.measured == genes
        else f" Measured for {quality.measured:,} of {genes:,} genes; the rest are grey."
    )


def _sums(graph: GeneGraph, run: Run, projection: Projection, quality: MapQuality) -> None:
    chance = quality.by_chance
    measures = (
        ("Trustworthiness", "trustworthiness", "What lies together on the map is together in the embedding."),
        ("Continuity", "continuity", "What is together in the embedding lies together on the map."),
        (f"Of {quality.neighbours} neighbours preserved", "recall", "Nearest in the embedding and on the map alike."),
    )
    for column, (label, name, help) in zip(st.columns(3), measures, strict=True):
        value, random = float(np.nanmean(getattr(quality, name))), chance[name]
        shown, by_chance = f"{value:.3f}", f"{random:.2f}"
        if name == "recall":
            shown, by_chance = f"{100 * value:.0f} %", f"{100 * random:.1f} %"
        column.metric(label, shown, help=help)
        column.caption(f"by chance: {by_chance}")
    worst = _table(graph, projection, quality)
    least = ", ".join(worst["gene"].head(8))
    st.caption(
        f"Lowest quality: {escape_markdown(least)}.{_sampled(quality)} Colour the map by “Map quality” to see where."
    )
    name = f"{run.run_id}-{projection.method.name}-map-quality"
    downloads.table_button(
        name, lambda: worst, source=downloads.provenance(graph, run), label="Map quality of every gene (TSV)"
    )


def _table(graph: GeneGraph, projection: Projection, quality: MapQuality) -> pd.DataFrame:
    """One row a gene, the lowest quality first."""
    table = pd.DataFrame(
        {
            "gene": np.asarray(graph.genes, dtype=object),
            "trustworthiness": quality.trustworthiness,
            "continuity": quality.continuity,
            "neighbour_recall": quality.recall,
        }
    )
    return table.iloc[np.argsort(quality.lower, kind="stable")].dropna().reset_index(drop=True)


def _scree(graph: GeneGraph, run: Run, projection: Projection) -> None:
    share = explained_variance(run.embedding)
    shown = projection.coordinates.shape[1]
    st.markdown(
        f"**What the other axes hold.** The {shown} axes of the map carry {100 * share[:shown].sum():.0f} % of the "
        f"variance of the embedding's {run.embedding.shape[1]} columns; the rest is not seen here."
    )
    name = f"{run.run_id}-scree"
    charts.draw(
        figures.scree_plot(share, shown=shown),
        name=name,
        synthetic=graph.synthetic,
        alt="Share of variance of each axis",
    )
    downloads.menu(
        name,
        source=downloads.provenance(graph, run),
        figure=lambda: figures.scree_plot(share, shown=shown),
        table=lambda: pd.DataFrame({"axis": np.arange(1, len(share) + 1), "share_of_variance": share}),
    )
