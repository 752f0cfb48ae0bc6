"""The neighbourhood of a gene as a run sees it: what is drawn around it, and the table behind the figure."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.datasets.report import shown as shortened
from slviz.figures import network_figure
from slviz.neighbourhood import KNOWN, Neighbourhood, neighbourhood
from slviz.ranking import score_text
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, columns, downloads, layout, links, pairs, selection
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import SCORE_HELP, escape_markdown
from slviz.ui.neighbourhood import edge_ablation_view
from slviz.ui.nouns import in_words
from slviz.ui.why import attention_check, pair_view

MEAN = "mean"
INTO, OUT_OF = "what it attends to", "who attends to it"
DIRECTION_IDS = {INTO: "into", OUT_OF: "out-of"}
RESTS_ON_HUBS = (
    "**Everything here rests on hubs.** {gene} has no partner among the pairs that this run learnt from, so what it "
    "scores high is what it scores high for every gene."
)
FIRST = "The highest score first, or most attention where it passed its test."


def show(summary: RunSummary, graph: GeneGraph, run: Run, gene: int) -> None:
    """Controls, figure and table; a click on a gene opens its pair with the one in the middle."""
    left, right = columns.beside("neighbourhood", [3, 1], room="14rem", first="32rem")
    with right:
        around = controls(graph, run, gene)
    with left:
        figure(summary, graph, run, around)
    table(graph, run, around)


def controls(graph: GeneGraph, run: Run, gene: int) -> Neighbourhood:
    """What is drawn, from the controls beside the figure."""
    hops = address.one_of(
        st.segmented_control,
        "Steps",
        ("1", "2"),
        key="hops",
        help=in_words("1: the gene's own partners. 2: their partners too."),
    )
    limit = address.number("Neighbours", key="limit", low=1, high=50, default=10, step=1, help=FIRST)
    layer, head, direction, least = None, None, "into", 0.0
    if run.attention is not None:
        direction = address.one_of(
            st.selectbox,
            "Attention",
            (INTO, OUT_OF),
            key="direction",
            ids=DIRECTION_IDS,
            help=in_words("Attention has a direction: a gene may attend to another that hardly attends to it."),
        )
        direction = "into" if direction == INTO else "out of"
        first, second = st.columns(2)
        with first:
            layer = _number_or_mean("Layer", run.attention.layers, key="layer", help="A later layer sees further.")
        with second:
            head = _number_or_mean(
                "Head",
                run.attention.heads,
                key="head",
                help="Each head has weights of its own; the mean hides their differences.",
            )
        least = address.number(
            "At least", key="least", low=0.0, high=0.5, default=0.0, step=0.01, help="Hides edges with less attention."
        )
    return neighbourhood(
        graph,
        run,
        gene,
        hops=int(hops),
        layer=layer,
        head=head,
        direction="into" if direction == "into" else "out of",
        limit=int(limit),
        threshold=float(least),
        order="attention" if attention_check.decides(run, gene) else "score",
        index=cache.attention_index(graph, run),
    )


def _number_or_mean(label: str, count: int, *, key: str, help: str) -> int | None:
    options = (MEAN, *(str(number) for number in range(1, count + 1)))
    chosen = address.one_of(st.selectbox, label, options, key=key, help=help)
    return None if chosen == MEAN else int(chosen) - 1


def figure(summary: RunSummary, graph: GeneGraph, run: Run, around: Neighbourhood) -> None:
    """The picture, what its edges mean, and the edge ablation of its attention."""
    centre = graph.genes[around.centre]
    key = f"network {around.run_id} {centre}"  # a new chart for each gene: nothing is selected on it yet

    def opened() -> None:
        gene = selection.clicked(key)
        if gene is not None and gene != around.centre:
            address.put(partner=graph.genes[gene])

    charts.draw(
        network_figure(around),
        name=f"{around.run_id}-{centre}",
        key=key,
        synthetic=graph.synthetic,
        on_select=opened,
        selection_mode="points",
        alt=f"{centre} in the middle, its partners around it, edges as wide as the attention on them",
    )
    if run.decoder and not around.hidden and not (around.relation == KNOWN).any():
        st.warning(in_words(RESTS_ON_HUBS.format(gene=escape_markdown(centre))), icon=":material/hub:")
    said = [*around.statement, attention_check.sentence(run, around.centre), "Click a gene to open its pair."]
    st.caption(in_words(" ".join(escape_markdown(sentence) for sentence in said if sentence)))
    if run.attention is not None:
        edge_ablation_view.show(summary, graph, run, around.centre)


def table(graph: GeneGraph, run: Run, around: Neighbourhood) -> None:
    """The table behind the figure, with links, and the downloads."""
    centre = graph.genes[around.centre]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(f"Around {escape_markdown(centre)}", anchor=False, width="content")
        _downloads(graph, run, around, name=f"{around.run_id}-{centre}")
    shown = shown_table(graph, run, around)
    genes, key = shown["Gene"].tolist(), f"table {around.run_id} {centre}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        address.put(partner=genes[rows[0]] if rows and rows[0] < len(genes) else None)

    st.dataframe(
        shown,
        hide_index=True,
        key=key,
        on_select=picked,
        selection_mode="single-row",
        column_config=_columns(),
    )
    partner = address.value("partner")
    if partner is None or partner not in genes:
        missing = f"{escape_markdown(shortened(partner))} is not in this table. " if partner else ""
        rests = "see what its score rests on, or to " if run.decoder else ""
        st.caption(in_words(f"{missing}Pick a row to {rests}open that gene."))
        return
    layout.neighbourhood_link(f"Move to {partner}", icon=":material/arrow_forward:", gene=partner)
    pairs.say_screens(graph, around.centre, graph.number_of[partner])
    if run.decoder:
        pair_view.show(run, graph, around.centre, graph.number_of[partner])


def shown_table(graph: GeneGraph, run: Run, around: Neighbourhood) -> pd.DataFrame:
    """The neighbourhood's table in the words of a page, publications as links where they are real."""
    table = around.table()
    shown = pd.DataFrame(
        {
            "Gene": table["gene"],
            "Name": table["name"],
            "Pair": table["relation"],
            "Attention": table["attention"],
            "Predicted score": _score_texts(run, table["predicted_score"].tolist()),
            "Data set's score": table["dataset_score"],
            "Evidence": all_in_words(table["evidence"]),
            "PubMed": [links.of_publications(ids, synthetic=graph.synthetic) for ids in table["pubmed"]],
            "Known partners": table["known_partners"],
        }
    )
    optional = ("Name", "Attention", "Predicted score", "PubMed")
    empty = [column for column in optional if _is_empty(pd.Series(shown[column]))]
    return shown.drop(columns=empty)


def _score_texts(run: Run, scores: list[float]) -> list[str]:
    bounded = bool(run.spec.task.negative_kinds)
    return ["" if np.isnan(score) else score_text(score, bounded=bounded) for score in scores]


def _is_empty(column: pd.Series) -> bool:
    return bool(column.isna().all() or (column.astype(str) == "").all())


def _columns() -> dict[str, Any]:
    return {
        "Pair": st.column_config.TextColumn("Pair", help=in_words("What the pair with the gene in the middle is.")),
        "Attention": st.column_config.NumberColumn(
            "Attention",
            format="%.4f",
            help=in_words(f"Weight of the edge; the weights into a gene sum to 1. {glossary_link('Attention')}"),
        ),
        "Predicted score": st.column_config.TextColumn("Predicted score", help=SCORE_HELP),
        "Data set's score": st.column_config.NumberColumn(
            "Data set's score", format="%.3f", help="Confidence that the data set gives the pair."
        ),
        "PubMed": st.column_config.LinkColumn("PubMed", display_text="open", help="The publications behind the pair."),
    }


def _downloads(graph: GeneGraph, run: Run, around: Neighbourhood, *, name: str) -> None:
    source = downloads.provenance(graph, run)
    downloads.menu(
        name,
        source=source,
        figure=lambda: network_figure(around),
        table=around.table,
        others={
            export_format.label: (export_format.ending, partial(export_format.write, around, provenance=source))
            for export_format in _export().NETWORK_FORMATS.values()
        },
    )


def _export():
    from slviz import export  # networkx takes a moment

    return export
