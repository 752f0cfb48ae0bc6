"""How far the map can be believed: its sums beside chance, colours, and what PCA leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.pipeline import commands
from slviz.projections import Projection, Trust, measure_trust
from slviz.projections.pca import explained_variance
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import address, charts, downloads, making, opened
from slviz.ui.embedding import map_seeds
from slviz.ui.words import escape_markdown

AT_ONCE_UP_TO = 2_000
"""So many genes are judged within a moment, by the page itself."""
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
    part = address.folded("How far to believe this map", key="believe", icon=":material/verified:", open=open)
    if not part.open:
        return
    with part:
        trust = trust_of(summary, run, projection)
        if trust is None:
            making.panel(_job(summary, projection))
        else:
            _sums(graph, run, projection, trust)
        if projection.method.random:
            map_seeds.show(summary, graph, run, projection)
        else:
            _scree(graph, run, projection)


def colouring(summary: RunSummary, run: Run, projection: Projection, *, spread: bool) -> tuple[Colouring, str] | None:
    """The colour by trust, or by spread over seeds; None, and the way to get it, where it is not there yet."""
    return map_seeds.colouring(summary, projection) if spread else _by_trust(summary, run, projection)


def trust_of(summary: RunSummary, run: Run, projection: Projection) -> Trust | None:
    """The trust that lies with the run; that of few genes is measured at once."""
    stored = opened.trust(summary, projection.method, projection.seed)
    if stored is not None or len(run.genes) > AT_ONCE_UP_TO:
        return stored
    return _measured(run.run_id, str(projection.method), projection.seed, run, projection)


@st.cache_resource(max_entries=16, show_spinner="Comparing the map with the embedding …")
def _measured(run_id: str, method: str, seed: int, _run: Run, _projection: Projection) -> Trust:
    return measure_trust(_run.embedding, _projection.coordinates)


def _job(summary: RunSummary, projection: Projection) -> making.Job:
    method, seed = projection.method, projection.seed
    return making.Job(
        key=f"trust {summary.run_id} {method} {seed}",
        works=lambda: [opened.store().trust_work(summary.run_id, method, seed)],
        command=commands.project(summary.run_id, method, seed=seed),
        what="the comparison with the embedding",
        offer="**This map has not been compared with its embedding yet.** Every gene's neighbours here are looked up "
        "there, and the other way.",
        button="Compare it",
        takes="Usually a few seconds.",
    )


def _by_trust(summary: RunSummary, run: Run, projection: Projection) -> tuple[Colouring, str] | None:
    trust = trust_of(summary, run, projection)
    if trust is None:
        st.info(
            f"This map has to be compared with its embedding first: below it. {map_seeds.MEANWHILE}",
            icon=":material/info:",
        )
        return None
    measure = address.one_of(st.selectbox, "Judged by", list(MEASURES), key="trust", help=MEASURES_HELP)
    chance = trust.by_chance["trustworthiness"]
    sentence = (
        f"1 where all {trust.neighbours} neighbours are true and none is missing, about {chance:.2f} on a map made by "
        f"chance.{_sampled(trust)}"
    )
    return figures.by_trust(getattr(trust, MEASURES[measure]), chance, measure=measure), sentence


def _sampled(trust: Trust) -> str:
    genes = len(trust.recall)
    return "" if trust.measured == genes else f" Measured for {trust.measured:,} of {genes:,} genes; the rest are grey."


def _sums(graph: GeneGraph, run: Run, projection: Projection, trust: Trust) -> None:
    chance = trust.by_chance
    told = (
        ("Trustworthiness", "trustworthiness", "What lies together on the map is together in the embedding."),
        ("Continuity", "continuity", "What is together in the embedding lies together on the map."),
        (f"Of {trust.neighbours} neighbours kept", "recall", "Nearest in the embedding and on the map alike."),
    )
    for column, (label, name, help) in zip(st.columns(3), told, strict=True):
        value, random = float(np.nanmean(getattr(trust, name))), chance[name]
        shown, by_chance = f"{value:.3f}", f"{random:.2f}"
        if name == "recall":
            shown, by_chance = f"{100 * value:.0f} %", f"{100 * random:.1f} %"
        column.metric(label, shown, help=help)
        column.caption(f"by chance: {by_chance}")
    worst = _table(graph, projection, trust)
    least = ", ".join(worst["gene"].head(8))
    st.caption(
        f"Least to be believed: {escape_markdown(least)}.{_sampled(trust)} Colour the map by “How far to believe” to "
        "see where."
    )
    name = f"{run.run_id}-{projection.method.name}-trust"
    downloads.table_button(
        name, lambda: worst, source=downloads.provenance(graph, run), label="Every gene's trust (TSV)"
    )


def _table(graph: GeneGraph, projection: Projection, trust: Trust) -> pd.DataFrame:
    """One row a gene, the least believable first."""
    table = pd.DataFrame(
        {
            "gene": np.asarray(graph.genes, dtype=object),
            "trustworthiness": trust.trustworthiness,
            "continuity": trust.continuity,
            "neighbours_kept": trust.recall,
        }
    )
    return table.iloc[np.argsort(trust.lower, kind="stable")].dropna().reset_index(drop=True)


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
