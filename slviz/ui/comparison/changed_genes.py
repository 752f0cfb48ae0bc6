"""Compare, Neighbours: the genes whose neighbours changed most, and the one that is opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from slviz.projections.embedding_similarity import EmbeddingSimilarity, NeighbourChange
from slviz.ranking.disagreement import better_on_held_out
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.ui import address, cache, columns, downloads, genes
from slviz.ui.comparison import gene_links
from slviz.ui.comparison.compared_runs import ComparedRuns
from slviz.ui.comparison.neighbour_similarity import SeedPair
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

LISTED = 200
SHARES = ("Neighbours shared", "Shared between seeds")
NAMED = 5
KEPT_HELP = (
    "Share of a gene's nearest neighbours, by Euclidean distance in the embeddings themselves, that are its nearest in "
    "both. Maps play no part."
)
PLACE_HELP = (
    "Where a gene's nearest of one embedding stand in the other, among all genes: the geometric mean of both "
    "directions. 1 is the nearest; a gene whose neighbours are scattered has a high place."
)
SEEDS_HELP = (
    "The same share between this run and one that differs by its seed alone: what changes without a reason. A gene "
    "changed beyond that where it keeps fewer here."
)
RIGHT_HELP = (
    "On how many of the gene's held-out known pairs each run is nearer to the truth: it scores them higher, or for "
    "confidence with the smaller error."
)


def show(
    compared: ComparedRuns,
    other: Run,
    similarity: EmbeddingSimilarity,
    seeds: Sequence[SeedPair],
    shared: SharedGenes,
    count: int,
) -> int | None:
    """The list of genes, the most changed first; the number among the shared genes of the one that is open."""
    table = changed_table(compared, other, similarity.change, seeds, shared)
    name = f"{compared.first.run_id}-{other.run_id}-changed-genes"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes that changed most"), anchor=False, width="content")
        downloads.menu(name, source=compared.provenance(compared.first, other), table=lambda: table)
    state = f"table {name}"

    def chosen() -> None:
        cells = st.session_state[state]["selection"]["cells"]
        if cells:
            address.put(gene=str(table["Gene"].iloc[cells[0][0]]))

    help_of = {
        gene_links.GENE: None,
        "Neighbours shared": KEPT_HELP,
        "Shared between seeds": SEEDS_HELP,
        "Place of former neighbours": PLACE_HELP,
        "Held-out pairs": RIGHT_HELP,
    }
    st.dataframe(
        columns.in_percent(table.head(LISTED), *SHARES),
        key=state,
        hide_index=True,
        placeholder="–",
        height=320,
        column_config={
            column: columns.percent_column(column, help=text and in_words(text))
            if column in SHARES
            else st.column_config.Column(in_words(column), help=text and in_words(text))
            for column, text in help_of.items()
            if column in table
        },
        on_select=chosen,
        selection_mode="single-cell",
    )
    st.caption(
        in_words(
            f"The first {min(LISTED, len(table)):,} of {len(table):,} compared genes: fewest of {count} neighbours "
            "shared first, then those whose former neighbours are farthest away. Click a row for what became of them."
        )
    )
    return _open_gene(compared, shared)


def _open_gene(compared: ComparedRuns, shared: SharedGenes) -> int | None:
    """The number among the shared genes of the one that is searched or was clicked."""
    number = genes.search(compared.graph, label="A gene in full")
    if number is None:
        return None
    symbol = compared.graph.genes[number]
    place = shared.place_of(symbol)
    if place is None:
        st.caption(escape_markdown(in_words(f"{symbol} is not among the genes that both runs have.")))
    return place


def changed_table(
    compared: ComparedRuns,
    other: Run,
    change: NeighbourChange,
    seeds: Sequence[SeedPair],
    shared: SharedGenes,
) -> pd.DataFrame:
    """One row a gene, the most changed first: what it keeps, gains and loses, and who was right on held-out pairs."""
    order = change.order
    symbols = np.asarray(shared.genes, dtype=object)
    columns: dict[str, object] = {"Gene": symbols[change.genes[order]], "Neighbours shared": change.shared[order]}
    between = _kept_between_seeds(seeds, symbols[change.genes])
    if between is not None:
        columns["Shared between seeds"] = between[order]
    columns["Place of former neighbours"] = change.mean_place[order].round(1)
    gained, lost = gained_and_lost(change, symbols)
    columns |= {"Neighbours gained": gained[order], "Neighbours lost": lost[order]}
    runs = (compared.first, other)
    mine, theirs = (of_run[change.genes] for of_run in _better_on_held_out(cache.stamps(*runs), *runs, shared.genes))
    if (mine + theirs).any():
        one_name, other_name = compared.name(compared.first), compared.name(other)
        said = [_right(*counts, one_name, other_name) for counts in zip(mine, theirs, strict=True)]
        columns["Held-out pairs"] = np.array(said, dtype=object)[order]
    return pd.DataFrame(columns)


@st.cache_data(max_entries=16, show_spinner="Putting predictions side by side …")
def _better_on_held_out(
    stamps: tuple[tuple[str, int], ...], _one: Run, _other: Run, _genes: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """As of the ranking; the shared genes follow from the runs."""
    return better_on_held_out(_one, _other, _genes)


def _kept_between_seeds(seeds: Sequence[SeedPair], symbols: np.ndarray) -> np.ndarray | None:
    """The lower of what each gene keeps between seeds of either run, NaN where it was not compared there."""
    rows = []
    for pair in seeds:
        change = pair.similarity.change
        row = pd.Index(np.asarray(pair.shared.genes, dtype=object)[change.genes]).get_indexer(pd.Index(symbols))
        rows.append(np.where(row >= 0, change.shared[row], np.nan))
    return np.min(rows, axis=0) if rows else None


def gained_and_lost(change: NeighbourChange, symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gene the names of neighbours that only the other, and only the first embedding has, nearest first."""
    row = np.arange(len(change.genes))[:, None] * len(symbols)
    is_kept = np.isin(change.nearest_one + row, change.nearest_other + row)
    is_old = np.isin(change.nearest_other + row, change.nearest_one + row)
    return _listed(change.nearest_other, ~is_old, symbols), _listed(change.nearest_one, ~is_kept, symbols)


def _listed(nearest: np.ndarray, wanted: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    names = symbols[nearest]
    texts = [
        ", ".join(row[keep][:NAMED]) + (", …" if keep.sum() > NAMED else "")
        for row, keep in zip(names, wanted, strict=True)
    ]
    return np.array(texts, dtype=object)


def _right(mine: int, theirs: int, one_name: str, other_name: str) -> str:
    if not mine + theirs:
        return ""
    if mine == theirs:
        return f"level ({mine} each)"
    return f"{one_name} ({mine} of {mine + theirs})" if mine > theirs else f"{other_name} ({theirs} of {mine + theirs})"
