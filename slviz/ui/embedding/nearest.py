"""The genes nearest to the searched gene in the embedding, as a table with distances and what is known of each pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.gene_list import write_list
from slviz.neighbourhood.induced_pairs import part_of_known
from slviz.projections.nearest_genes import nearest_genes
from slviz.runs import Run
from slviz.ui import address, cache, downloads, scorers
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import SCORE_HELP, escape_markdown
from slviz.ui.nouns import in_words

MEASURES = {"cosine": "cosine", "Euclidean": "euclidean"}
MEASURE_HELP = (
    "- **cosine**: by direction, 0 (the same) to 2 (opposite); long and short vectors are alike\n"
    "- **Euclidean**: the straight distance"
)
UNLISTED = "not listed"


def show(graph: GeneGraph, run: Run, gene: int) -> None:
    """Controls, table, download, and the way to select them all; computed only when it is opened."""
    symbol = graph.genes[gene]
    is_open = address.toggle(
        in_words(f"Genes nearest to {escape_markdown(symbol)}"),
        key="nearest",
        help="In all dimensions of the embedding: what the network sees as most alike. A map keeps only some of it.",
    )
    if not is_open:
        return
    controls, result = st.columns([1, 2], gap="medium")
    with controls:
        measure = address.one_of(
            st.segmented_control,
            "Distance",
            list(MEASURES),
            key="distance",
            ids=MEASURES,
            help=f"{MEASURE_HELP}\n\n{glossary_link('Cosine distance')}",
        )
        count = int(address.number("How many", key="nearest-k", low=5, high=100, default=15, step=5))
    table = table_of(graph, run, gene, count=count, measure=MEASURES[measure])
    with controls:
        _about(graph, run, gene, table)
    with result:
        st.dataframe(
            table,
            hide_index=True,
            height=min(38 + 35 * len(table), 320),
            column_config={
                "gene": "Gene",
                "distance": st.column_config.NumberColumn("Distance", format="%.4g"),
                "pair": st.column_config.TextColumn("Pair", help="Known partners, with the part that the pair was in."),
                "score": st.column_config.NumberColumn("Score", format="%.3f", help=SCORE_HELP),
                "name": "Name",
            },
        )


def _about(graph: GeneGraph, run: Run, gene: int, table: pd.DataFrame) -> None:
    """How many of the nearest are known partners, beside what chance gives; download and selection."""
    symbol = graph.genes[gene]
    pairs = table["pair"].tolist()
    partners, learnt = len(pairs) - pairs.count(UNLISTED), pairs.count("known, train")
    by_chance = len(table) * graph.degree[gene] / (len(graph) - 1)
    said = f"{partners} of {len(table)} are known partners of {symbol}; by chance {by_chance:.1f} would be."
    if learnt:
        said += f" The network learnt from {learnt} of them, so it says little that these are near."
    st.caption(escape_markdown(said))
    genes = write_list([symbol, *table["gene"]], cache.index_of(graph))
    with st.container(horizontal=True):
        downloads.table_button(f"{run.run_id}-nearest-{symbol}", lambda: table, source=downloads.provenance(graph, run))
        st.button("Select them", icon=":material/select_all:", on_click=_select, args=(genes,))


def _select(genes: str) -> None:
    address.put(set=None, cluster=None, where=None, genes=genes)


def table_of(graph: GeneGraph, run: Run, gene: int, *, count: int, measure: str) -> pd.DataFrame:
    """One row a near gene, nearest first: symbol, distance, whether the pair is known, its score, full name."""
    number, distance = nearest_genes(
        run.embedding, gene, count=count, measure="cosine" if measure == "cosine" else "euclidean"
    )
    rows = graph.adjacency[[gene]].toarray()[0, number] - 1  # −1 for no known pair takes the last
    columns: dict[str, object] = {
        "gene": np.asarray(graph.genes, dtype=object)[number],
        "distance": distance,
        "pair": np.append(part_of_known(graph, run), UNLISTED)[rows],
    }
    if run.decoder:
        columns["score"] = scorers.score_with(graph, run, gene)[number]
    if graph.gene_info is not None:
        columns["name"] = graph.gene_info["name"].to_numpy()[number]
    return pd.DataFrame(columns)
