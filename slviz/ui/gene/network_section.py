"""The network around the gene of a page: unreported partners first, and what a click on it does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.datasets.gene_list import read_list, write_list
from slviz.neighbourhood.gene_network import AMONG_UP_TO, GeneNetwork, gene_network
from slviz.ranking import Ranker
from slviz.runs import Run
from slviz.ui import address, cache, downloads, network_view, rankings, scorers
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.why import attention_check

MOST_OF_A_KIND = 150
LONGEST_PATH = 30
"""So many genes of a path are named."""
UNFAITHFUL = (
    "Widths and order follow the **score**: removing the most attended edges of this run changes its predictions no "
    "more than removing others, so attention would mislead."
)
UNTESTED = (
    "Widths and order follow the **score**: whether this run's attention matters was not tested yet "
    "(edge ablation, under Neighbourhood)."
)
FAITHFUL = "Widths and order of known partners follow the run's **attention**, which its edge ablation bears out."
NO_ATTENTION = "Widths follow the **score**; this run has no attention."
NO_SCORES = "Widths follow the data set's **score** of known pairs."


def show(run: Run | None, ranker: Ranker | None, graph: GeneGraph, gene: int) -> None:
    """Controls, network, and the table of its edges."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unreported = _count("Unreported partners", key="new", default=10) if ranker is not None else 0
        known = _count("Known partners", key="known", default=10)
        physical = graph.interactions is not None and address.toggle(
            "Interactions", True, key="interactions", help="Physical interactions of the proteins."
        )
        among = address.one_of(
            st.segmented_control,
            "Pairs among partners",
            ("auto", "on", "off"),
            key="among",
            help=in_words(f"auto: drawn for up to {AMONG_UP_TO} genes; beyond that they hide the gene's own."),
        )
    scores, attention, caption, width_is = _widths(run, ranker, graph, gene)
    network = gene_network(
        graph,
        gene,
        ranked=None if ranker is None else _best_unreported(ranker, gene),
        score=scores,
        training=None if ranker is None else ranker.known.part == "train",
        attention=attention,
        unreported=unreported,
        known=known,
        physical=bool(physical),
        among=None if among == "auto" else among == "on",
        expanded=_expanded(graph),
        path_to=_path_to(graph),
    )
    partner = graph.number_of.get(address.value("partner") or "")
    network_view.draw(
        network,
        graph,
        key="gene network",
        width_is=width_is,
        on_action=lambda action: _act(action, graph, gene),
        chosen=partner,
        file=_file_name(network, graph, run),
        source=downloads.provenance(graph, run),
    )
    st.caption(in_words(f"{caption} {_left_out(network)} {_way(network, graph)}"))
    _edges(network, graph, run)


def _count(label: str, *, key: str, default: int) -> int:
    return int(address.entry(label, key=key, low=0, high=MOST_OF_A_KIND, default=default, step=5, width=150))


def _widths(
    run: Run | None, ranker: Ranker | None, graph: GeneGraph, gene: int
) -> tuple[Float32[np.ndarray, " genes"] | None, Float32[np.ndarray, " genes"] | None, str, str]:
    """Scores and attention of the gene with every gene, what the caption says of widths, and what they show."""
    if run is None or ranker is None:
        return None, None, NO_SCORES, "score"
    scores = np.asarray(scorers.score_with(graph, run, gene), dtype=np.float32)
    if run.attention is None:
        return scores, None, NO_ATTENTION, "score"
    verdict = attention_check.of(run, gene)
    if verdict is None:
        return scores, None, UNTESTED, "score"
    if not verdict.faithful:
        return scores, None, UNFAITHFUL, "score"
    return scores, attention_into(graph, run, gene), FAITHFUL, "attention"


def attention_into(graph: GeneGraph, run: Run, gene: int) -> Float32[np.ndarray, " genes"]:
    """The mean attention over layers and heads of the edge from each gene into this one; NaN where there is none."""
    return cache.attention_index(graph, run).attention_into(gene)


def _best_unreported(ranker: Ranker, gene: int) -> np.ndarray:
    """Unreported partners, the least explained by being a hub first where that is known."""
    table = rankings.partners(ranker, gene)
    free = table.loc[table["status"] == "unreported"]
    if ranker.survey is not None:
        free = free.sort_values(["hub_adjusted_rank", "rank"], kind="stable")
    return free["number"].to_numpy()


def _expanded(graph: GeneGraph) -> list[int]:
    """The genes whose partners are drawn, too; says so where the address names others."""
    text = address.value("expanded")
    if text is None:
        return []
    mapped = read_list(text, cache.index_of(graph))
    unknown = [*mapped.missing, *mapped.ambiguous, *mapped.marks]
    if unknown or not len(mapped.genes):
        way_on = "They should be genes of this data set; the network is drawn without further partners of"
        address.say_unknown(
            "expanded", ", ".join(unknown[: address.MOST_NAMED]) or text, in_words(f"{way_on} what is not one.")
        )
    return mapped.genes.tolist()


def _path_to(graph: GeneGraph) -> int | None:
    """The gene to which a path is drawn; says so where the address names none of this data set."""
    wanted = address.value("path")
    number = graph.number_of.get(wanted or "")
    if wanted is not None and number is None:
        address.say_unknown(
            "path", wanted, in_words("It should be the symbol of a gene of this data set; no path is drawn.")
        )
    return number


def _act(action: network_view.Action, graph: GeneGraph, gene: int) -> None:
    """What a click, a key or a button of the network does, written into the address."""
    symbol = graph.genes[action.gene]
    if action.what == "move":
        if action.gene != gene:
            address.put(gene=symbol, partner=None, expanded=None, path=None)
    elif action.what == "path":
        address.put(path=None if address.value("path") == symbol else symbol)
    elif action.what in ("expand", "collapse"):
        opened = [number for number in _expanded(graph) if number != action.gene]
        opened += [action.gene] if action.what == "expand" else []
        symbols = [graph.genes[number] for number in opened]
        address.put(expanded=write_list(symbols, cache.index_of(graph)) if symbols else None)
    elif action.gene != gene:
        address.put(partner=symbol)


def _left_out(network: GeneNetwork) -> str:
    parts = [
        pluralise(count, noun)
        for count, noun in (
            (network.unreported_left_out, "unreported partner"),
            (network.known_left_out, "known partner"),
        )
        if count
    ]
    among = "" if network.among else " Pairs among the partners are not drawn."
    return (f"Not drawn: {' and '.join(parts)}." if parts else "") + among


def _way(network: GeneNetwork, graph: GeneGraph) -> str:
    """The path in words, or that there is none."""
    wanted = address.value("path")
    number = graph.number_of.get(wanted or "")
    if not wanted or number is None or number == network.centre:
        return ""
    if not len(network.path):
        return f"There is no path to {escape_markdown(wanted)} by known pairs and interactions."
    symbols = [graph.genes[gene] for gene in network.path]
    if len(symbols) > LONGEST_PATH:
        symbols = [*symbols[: LONGEST_PATH - 1], "…", symbols[-1]]
    return f"Path of {pluralise(len(network.path) - 1, 'step')}: {escape_markdown(' – '.join(symbols))}."


def _edges(network: GeneNetwork, graph: GeneGraph, run: Run | None) -> None:
    """The table twin: every edge that is drawn, and its download."""
    table = network.edge_table(graph)
    with address.folded("The network as a table", key="network-table", icon=":material/table:") as part:
        if part.open:
            st.dataframe(_shown(table), hide_index=True, height=320)
            name = _file_name(network, graph, run)
            downloads.table_button(name, lambda: table, source=downloads.provenance(graph, run))


def _file_name(network: GeneNetwork, graph: GeneGraph, run: Run | None) -> str:
    symbol = graph.genes[network.centre]
    return f"{symbol}-network" if run is None else f"{run.run_id}-{symbol}-network"


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    in_words = table.assign(evidence=all_in_words(table["evidence"]))
    shown = in_words.rename(columns={"gene_a": "Gene", "gene_b": "Partner", "kind": "Joined by"})
    return shown.rename(columns={"evidence": "Evidence", "weight": "Weight"})
