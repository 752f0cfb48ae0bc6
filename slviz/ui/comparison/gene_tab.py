"""Compare, A gene: the same gene under each run, its partners at the same places, and their ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.figures.compared_partners import compared_neighbourhoods
from slviz.neighbourhood.compared_partners import (
    ComparedPartners,
    GeneUnderRun,
    compared_partners,
    gene_under_run,
)
from slviz.runs import Run
from slviz.ui import address, cache, charts, downloads, errors, genes, scorers, selection
from slviz.ui.comparison import gene_links
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.why import attention_check

MOST_RUNS = 4
MOST_PARTNERS = 20
PANEL_WIDTH = 400
PARTNERS_HELP = (
    "So many of the partners that each run learnt from, and so many others, which the run puts first. What one run "
    "puts first is drawn under all of them, faint where it is not among the run's own."
)
WIDTH_HELP = (
    "Attention is drawn only where its edge ablation bore it out; else an edge is as wide as the score. Scores of two "
    "models need not share a scale, so widths are to be compared within a panel."
)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the runs say of a gene.

    Attributes:
        runs: those that have the gene.
        partners: under them.
        lacking: sentences on the others.
        widths: sentences on what the widths of each run show.
    """

    runs: tuple[Run, ...]
    partners: ComparedPartners | None
    lacking: tuple[str, ...]
    widths: tuple[str, ...]


def show(compared: ComparedRuns) -> None:
    """The gene of the address under each run: rings of partners, and a table of their ranks."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gene = genes.search(compared.graph)
        count = int(
            address.entry(
                in_words("Partners of each kind"),
                key="partners",
                low=1,
                high=MOST_PARTNERS,
                default=6,
                step=1,
                width=180,
                help=in_words(PARTNERS_HELP),
            )
        )
    if gene is None:
        st.caption(in_words("Search a gene to see its partners under each run beside each other."))
        return
    symbol = compared.graph.genes[gene]
    seen = _seen(compared, symbol, count)
    for sentence in seen.lacking:
        st.info(escape_markdown(in_words(sentence)), icon=":material/info:")
    if seen.partners is None:
        return
    _figure(compared, seen, seen.partners)
    _table(compared, seen, seen.partners)


def _seen(compared: ComparedRuns, symbol: str, count: int) -> Seen:
    """What the first runs say of the gene of that symbol, and sentences on those that say nothing."""
    runs: list[Run] = []
    under: list[GeneUnderRun] = []
    lacking, widths = [], []
    if len(compared.runs) > MOST_RUNS:
        lacking.append(f"The first {MOST_RUNS} of {len(compared.runs)} runs are drawn; choose fewer above.")
    for run in compared.runs[:MOST_RUNS]:
        name = compared.name(run)
        if symbol not in run.genes:
            lacking.append(f"{name} has no gene {symbol}: it is about {len(run.genes):,} other genes.")
            continue
        try:
            graph = compared.graph if run in compared.of_same_data else cache.graph_of(run)
        except SlvizError as error:  # the data of another run may be gone; the others are shown
            errors.show(error)
            continue
        number = graph.number_of[symbol]
        under.append(_under(graph, run, number, name, count))
        runs.append(run)
        widths.append(f"{name}: {_width_words(run, number)}")
    partners = compared_partners(symbol, under) if under else None
    return Seen(tuple(runs), partners, tuple(lacking), tuple(widths))


def _under(graph: GeneGraph, run: Run, gene: int, name: str, count: int) -> GeneUnderRun:
    return gene_under_run(
        graph,
        run,
        gene,
        name=name,
        index=cache.attention_index(graph, run),
        scores=scorers.score_with(graph, run, gene) if run.decoder else None,
        attention_decides=attention_check.decides(run, gene),
        known=count,
        further=count,
    )


def _width_words(run: Run, gene: int) -> str:
    """What the widths of a run's edges show, and why."""
    if run.attention is None and run.decoder:
        return "it has no attention, so widths follow the score"
    if run.attention is None or (not run.decoder and not attention_check.decides(run, gene)):
        attention = "no attention" if run.attention is None else "no attention that was borne out"
        return f"it scores no pairs and has {attention}, so its partners are the nearest genes and widths mean nothing"
    verdict = attention_check.of(run, gene)
    if verdict is None:
        untested = "its attention was not tested (edge ablation, under Neighbourhood on the Gene page)"
        return f"{untested}, so widths follow the score"
    if verdict.faithful:
        return "widths follow its attention, which passed its test"
    return "its attention failed its test, so widths follow the score"


def _figure(compared: ComparedRuns, seen: Seen, partners: ComparedPartners) -> None:
    symbol = partners.centre
    name = f"{symbol}-under-each-run"

    def make() -> go.Figure:
        return compared_neighbourhoods(partners)

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            escape_markdown(f"{symbol} under each run"),
            anchor=False,
            width="content",
            help=in_words(f"{PARTNERS_HELP} {WIDTH_HELP} {glossary_link('Attention')}"),
        )
        downloads.menu(name, source=compared.provenance(*seen.runs), figure=make, table=partners.table)
    with st.container(horizontal=True):  # panels stack where the window is narrow
        for row in range(len(partners.runs)):
            _panel(partners, row, seen.runs[row])
    st.caption(in_words(escape_markdown(f"{'; '.join(seen.widths)}. Click a gene to open it here.")))


def _panel(partners: ComparedPartners, row: int, run: Run) -> None:
    """The partners under one run; a click on one goes to it."""
    key = f"{partners.centre} under {run.run_id} beside {len(partners.runs)}, {len(partners.partners)} partners"

    def picked() -> None:
        number = selection.clicked(key)
        if number is not None and number < len(partners.partners):
            address.put(gene=partners.partners[number])

    charts.draw(
        compared_neighbourhoods(partners, only=row),
        name=f"{partners.centre}-under-{run.run_id}",
        key=key,
        synthetic=any_synthetic((run,)),
        width=PANEL_WIDTH,
        on_select=picked,
        selection_mode="points",
        alt=f"{partners.centre} in the middle of its partners under {partners.runs[row]}",
    )


def _table(compared: ComparedRuns, seen: Seen, partners: ComparedPartners) -> None:
    """The partners with their rank under each run, those ranked highest by any of them first."""
    table = partners.table()
    words = {"partner": "Partner"}
    for column in table.columns[1:]:
        kind, _, run = str(column).partition(":")
        words[column] = {"pair_in": "Pair in", "rank_in": "Rank in", "score_in": "Score in"}.get(kind, "Attention in")
        words[column] += f" {run}"
    shown = one_column_of_pairs(table, partners.runs).rename(columns=words | {"pair": "Pair"})
    if not len(compared.graph.pairs):  # no pair is known of any of these things
        shown = shown.drop(columns=[column for column in shown if str(column).startswith("Pair")])
    st.subheader(in_words("Ranks of these partners"), anchor=False)
    gene_links.table(compared, shown, key=f"gene {partners.centre}", help_of={}, partner_of=partners.centre, height=420)
    by = "by nearness in the embedding" if set(partners.order_is) == {"nearness"} else "by score"
    if len(set(partners.order_is)) > 1:
        by = "by score, or by nearness in the embedding where a run scores no pairs"
    counts = ", ".join(f"{len(run.genes) - 1:,}" for run in seen.runs)
    st.caption(
        in_words(
            f"Ranks {by} among all other genes of a run ({counts}), partners that it learnt from among them: a high "
            "rank of such a partner is no prediction."
        )
    )


def one_column_of_pairs(table: pd.DataFrame, runs: tuple[str, ...]) -> pd.DataFrame:
    """The table with one column "pair" where the pair of every partner is the same to all runs."""
    columns = [f"pair_in:{run}" for run in runs]
    pairs = table[columns].to_numpy(dtype=object)
    if not len(columns) or not (pairs == pairs[:, :1]).all():
        return table
    single = table.drop(columns=columns)
    single.insert(1, "pair", pairs[:, 0] if len(pairs) else np.array([], dtype=object))
    return single
