"""The pair that is open on a gene's page: where it stands, what is known of it, and what its score rests on."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.ranking import FLAGS, STATUSES, Ranker, is_set, percentile_text, score_text
from slviz.ui import downloads, layout, pairs, rankings
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.why import pair_view


def show(ranker: Ranker, gene: int, partner: int) -> None:
    """Everything about one pair in a box."""
    graph = ranker.graph
    table = rankings.partners(ranker, gene)
    row = table.loc[table["number"] == partner].iloc[0].to_dict()
    with st.container(border=True):
        title = f"{graph.genes[gene]} – {graph.genes[partner]}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(escape_markdown(title), anchor=False, width="content")
            st.badge(escape_markdown(row["status"]), color="blue", help=in_words(STATUSES[row["status"]]))
            if graph.synthetic:
                layout.synthetic_badge(short=True)
        with st.container(horizontal=True):
            st.metric("Rank", f"{row['rank']:,} of {len(table):,}")
            st.metric("Percentile", percentile_text(row["percentile"]))
            if np.isfinite(row["hub_adjusted_rank"]):
                st.metric("Adjusted for hubs", f"{row['hub_adjusted_rank']:,.0f}")
            if np.isfinite(row["rank_for_partner"]):
                st.metric(in_words("The gene's rank for it"), f"{row['rank_for_partner']:,.0f}")
            st.metric(
                "Score",
                score_text(row["score"], bounded=ranker.bounded),
                help=rankings.score_help(ranker.run),
            )
        st.markdown(f"**Reason.** {escape_markdown(row['reason'])}")
        doubts = [flag for key, flag in FLAGS.items() if is_set(row[key])]
        flag_help = " ".join(f"*{flag.label}*: {in_words(flag.help)}" for flag in doubts)
        popularity = "" if ranker.survey is not None else f" {rankings.POPULARITY_UNKNOWN}"
        st.markdown(
            f"**Doubt.** {flag_help or ('No other flag is set.' if popularity else 'No flag is set.')}{popularity}"
        )
        believed = rankings.reliability_of(ranker, gene, partner, row=row)
        st.markdown(f"**Reliability.** {escape_markdown(believed.sentence)}")
        pairs.say_screens(graph, gene, partner)
        _evidence(graph, gene, partner)
        pair_view.show(ranker.run, graph, gene, partner)
        with st.container(horizontal=True):
            symbol = graph.genes[partner]
            layout.link(layout.GENE, f"Open {symbol}", icon=":material/arrow_forward:", gene=symbol)
            name = f"{ranker.run.run_id}-{graph.genes[gene]}-{symbol}"
            downloads.page_button(name, lambda: _page(ranker, gene, partner), label="Report (HTML)")


def _page(ranker: Ranker, gene: int, partner: int) -> bytes:
    from slviz.reports import pair_report  # after the click: drawing its figures takes a moment

    return pair_report(ranker, gene, partner)


def _evidence(graph: GeneGraph, gene: int, partner: int) -> None:
    row = int(graph.adjacency[gene, partner]) - 1
    if row < 0 or graph.evidence is None:
        return
    records = graph.evidence.loc[graph.evidence["pair"] == row]
    if len(records):
        st.dataframe(pairs.evidence_table(graph, records), hide_index=True, column_config=pairs.evidence_columns())
