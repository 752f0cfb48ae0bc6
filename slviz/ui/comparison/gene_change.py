"""One gene under two runs: its neighbours before and after, partners gained and lost, and who was right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.projections.embedding_similarity import NeighbourChange
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.ui import downloads, layout
from slviz.ui.comparison import cause_view, gene_links
from slviz.ui.comparison.compared_runs import ComparedRuns
from slviz.ui.comparison.disagreements_tab import as_table, ranked_partners, tested_rows
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

BEST = 10


def show(compared: ComparedRuns, other: Run, change: NeighbourChange, shared: SharedGenes, row: int) -> None:
    """The gene in a box, with the way to its page."""
    symbol = shared.genes[row]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(escape_markdown(symbol), anchor=False, width="content")
            layout.link(
                layout.GENE, f"Open {symbol}", icon=":material/genetics:", run=compared.first.run_id, gene=symbol
            )
            table = neighbours_table(compared, other, change, shared, row)
            downloads.table_button(
                f"{symbol}-neighbours-before-and-after",
                lambda: table,
                source=compared.provenance(compared.first, other),
            )
        gene_links.table(compared, table, key=f"neighbours of {symbol}", help_of={})
        _partners(compared, other, symbol)
        _held_out(compared, other, symbol)


def neighbours_table(
    compared: ComparedRuns, other: Run, change: NeighbourChange, shared: SharedGenes, row: int
) -> pd.DataFrame:
    """The nearest genes under either run: place in each among those compared, and whether both are a known pair."""
    at = int(np.searchsorted(change.genes, row))
    mine, theirs = change.nearest_one[at].tolist(), change.nearest_other[at].tolist()
    everyone = list(dict.fromkeys([*mine, *theirs]))
    number_of = compared.graph.number_of
    gene = number_of.get(shared.genes[row])
    partners = set() if gene is None else {compared.graph.genes[partner] for partner in compared.graph.partners(gene)}

    def place(nearest: list[int]) -> list[float]:
        return [nearest.index(near) + 1 if near in nearest else np.nan for near in everyone]

    became = [
        "kept" if near in mine and near in theirs else "gained" if near in theirs else "lost" for near in everyone
    ]
    columns: dict[str, object] = {
        "Gene": [shared.genes[near] for near in everyone],
        "Became": became,
        f"Place in {compared.name(compared.first)}": place(mine),
        f"Place in {compared.name(other)}": place(theirs),
    }
    if len(compared.graph.pairs):
        columns["Known pair"] = ["yes" if shared.genes[near] in partners else "" for near in everyone]
    return pd.DataFrame(columns)


def _partners(compared: ComparedRuns, other: Run, symbol: str) -> None:
    """Which of the best predicted partners only one of the runs has."""
    graph = compared.graph
    both = [run for run in compared.of_same_data if run in (compared.first, other) and run.decoder]
    gene = graph.number_of.get(symbol)
    if len(both) < 2 or gene is None:
        return
    runs = {compared.name(run): run for run in both}
    table = ranked_partners(graph, runs, gene)
    one_name, other_name = map(escape_markdown, runs)
    firsts = [table.loc[table[f"rank_in:{name}"] <= BEST, "partner"] for name in runs]
    one, later = map(set, firsts)
    lines = [
        f"**Predicted partners gained** (among the first {BEST} of {other_name} alone): "
        + (escape_markdown(", ".join(sorted(later - one))) or "none"),
        f"**Predicted partners lost** (among the first {BEST} of {one_name} alone): "
        + (escape_markdown(", ".join(sorted(one - later))) or "none"),
    ]
    for line in lines:
        st.markdown(in_words(line))
    alone = (sorted(one - later), sorted(later - one))
    numbers = [np.array([graph.number_of[partner] for partner in side], dtype=np.int64) for side in alone]
    cause_view.show(compared, runs, gene, dict(zip(runs, numbers, strict=True)))


def _held_out(compared: ComparedRuns, other: Run, symbol: str) -> None:
    """The gene's held-out known pairs, and which run is nearer to the truth of each."""
    rows = tested_rows(compared.first, other)
    if "gene" in rows:
        _held_out_gene(compared, other, symbol, rows)
        return
    if "gene_a" not in rows or not len(rows):
        st.caption(in_words("The runs share no held-out pair, so neither can be called right."))
        return
    of_gene = (rows["gene_a"] == symbol) | (rows["gene_b"] == symbol)
    real = rows.loc[of_gene & (rows["negative_kind"] == "known")]
    if not len(real):
        st.caption(in_words("No known pair of this gene was held out by both, so neither run can be called right."))
        return
    names = {
        "one": compared.name(compared.first),
        "other": compared.name(other),
        "level": "level",
    }
    st.markdown(in_words("**Held-out known pairs of the gene**, and the run that is nearer to the truth of each"))
    table = pd.DataFrame(
        {
            "Partner": np.where(real["gene_a"] == symbol, real["gene_b"], real["gene_a"]),
            f"Percentile in {names['one']}": real["percentile_one"].round(1),
            f"Percentile in {names['other']}": real["percentile_other"].round(1),
            "Nearer": [names[run] for run in real["nearer"]],
        }
    )
    gene_links.table(compared, table, key=f"held out of {symbol}", help_of={}, partner_of=symbol)


def _held_out_gene(compared: ComparedRuns, other: Run, symbol: str, rows: pd.DataFrame) -> None:
    """What both runs say of the gene itself, where both held it out: its class, or the error of its features."""
    own = rows.loc[rows["gene"] == symbol]
    if not len(own):
        st.caption(in_words("This gene was not held out by both runs, so neither can be called right."))
        return
    st.markdown(in_words("**The held-out gene itself**, and the run that is nearer to the truth"))
    table = as_table(own, compared.name(compared.first), compared.name(other))
    gene_links.table(compared, table, key=f"held out itself {symbol}", help_of={})
