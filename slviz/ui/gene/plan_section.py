"""The plan: of the ticked pairs those to test with so many at hand, what to expect, and what to run beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.ranking import Plan, Ranker, share_text
from slviz.ranking.plan import COUNTS
from slviz.ui import address, downloads, rankings
from slviz.ui.gene import shortlist
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

MOST_AFFORDED = 10_000_000
MOST_GENES = 25
"""Genes whose partners are ranked for one plan; each takes up to a second."""
EMPTY = (
    "**Nothing is ticked yet.** Tick partners of this gene under *Ranked partners*, then look for another gene: the "
    "shortlist goes along."
)


def say_nonsense(graph: GeneGraph) -> None:
    """Say what the address asks of a plan in vain, whichever part of the page is open."""
    address.number_of("budget", (0, MOST_AFFORDED), usual_budget(shortlist.pairs(graph)))


def usual_budget(chosen: Sequence[shortlist.Pair]) -> int:
    """So many pairs are planned where nobody says how many can be afforded."""
    return min(10, len(chosen))


def show(ranker: Ranker, gene: int) -> None:
    """The shortlist, the budget, the proposal with its controls, and the downloads."""
    graph = ranker.graph
    chosen = shortlist.pairs(graph)
    if not chosen:
        st.info(in_words(EMPTY), icon=":material/playlist_add_check:")
        return
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        _shortlist(graph, chosen)
    with right:
        budget = int(
            address.entry(
                "Pairs you can afford", key="budget", low=0, high=MOST_AFFORDED, default=usual_budget(chosen), step=1
            )
        )
    planned, left_out = within_reach(chosen)
    if left_out:
        st.caption(
            in_words(
                f"A plan ranks the partners of {MOST_GENES} genes at most: {pluralise(left_out, 'pair')} of other "
                "genes stay on the shortlist and are not planned."
            )
        )
    plan = rankings.plan(ranker, planned, budget=budget)
    st.markdown(f"{escape_markdown(plan.sentence)} {escape_markdown(plan.expected_sentence)}")
    if not len(plan.table):
        return
    _titled("Pairs to test")
    st.dataframe(shown_pairs(plan), hide_index=True, column_config=_columns())
    if len(plan.controls):
        _titled("Controls to run beside them")
        st.dataframe(shown_controls(plan), hide_index=True)
    _downloads(ranker, plan, gene)


def within_reach(chosen: Sequence[shortlist.Pair]) -> tuple[list[shortlist.Pair], int]:
    """The pairs of the first `MOST_GENES` genes that were asked about, and how many others there are."""
    genes = set(list(dict.fromkeys(gene for gene, _ in chosen))[:MOST_GENES])
    planned = [pair for pair in chosen if pair[0] in genes]
    return planned, len(chosen) - len(planned)


def _titled(title: str) -> None:
    st.subheader(title, anchor=False)


def _shortlist(graph: GeneGraph, chosen: list[shortlist.Pair]) -> None:
    """The ticked pairs as chips, each to be removed."""
    labels = {f"{graph.genes[a]} – {graph.genes[b]}": (a, b) for a, b in chosen}
    key = "shortlist chips"
    st.session_state[key] = list(labels)

    def changed() -> None:
        shortlist.put([labels[label] for label in st.session_state[key] if label in labels], graph)
        st.session_state["shortlist edits"] = st.session_state.get("shortlist edits", 0) + 1

    st.multiselect(
        f"Shortlist: {pluralise(len(chosen), 'pair')}",
        list(labels),
        key=key,
        on_change=changed,
        help=in_words("Ticked pairs of all genes. Take one away with its cross."),
    )


def shown_pairs(plan: Plan) -> pd.DataFrame:
    """The pairs to test in the words of a page; columns that say nothing are left out."""
    table = pd.DataFrame(
        {
            "": plan.table["order"],
            "Gene": plan.table["gene_a"],
            "Partner": plan.table["gene_b"],
            "Rank": plan.table["rank"],
            "Adjusted rank": plan.table["hub_adjusted_rank"],
            "Pair": plan.table["status"],
            "Share of hits": [share_text(share) for share in plan.table["hit_probability"]],
            "Reason": plan.table["reason"],
            "Flags": plan.table["flags"],
            "Family": plan.table["family"],
        }
    )
    columns = {"Adjusted rank": "hub_adjusted_rank", "Share of hits": "hit_probability"}
    empty = [title for title, column in columns.items() if plan.table[column].isna().to_numpy().all()]
    return table.drop(columns=empty + [title for title in ("Flags", "Family") if not any(table[title].tolist())])


def shown_controls(plan: Plan) -> pd.DataFrame:
    """The controls in the words of a page."""
    return plan.controls.rename(columns={"kind": "Control", "gene_a": "Gene", "gene_b": "Partner", "reason": "Why"})


def whole(plan: Plan) -> pd.DataFrame:
    """Pairs and controls in one table for a file: `kind` is "test", "positive" or "negative"."""
    tested = plan.table.copy()
    tested.insert(0, "kind", "test")
    return pd.concat([tested, plan.controls], ignore_index=True)


def _columns() -> dict[str, Any]:
    return {
        "Adjusted rank": st.column_config.NumberColumn("Adjusted rank", format="%d"),
        "Share of hits": st.column_config.TextColumn(
            "Share of hits", help="Of tested pairs of held-out screens with such a score."
        ),
        "Reason": st.column_config.TextColumn("Reason", width="large"),
    }


def _downloads(ranker: Ranker, plan: Plan, gene: int) -> None:
    name = f"{ranker.run.run_id}-plan"
    source = downloads.provenance(ranker.graph, ranker.run)
    with st.container(horizontal=True):
        downloads.page_button(name, lambda: _page(ranker, plan), label="Page to print (HTML)")
        downloads.table_button(name, lambda: whole(plan), source=source, label="Plan (TSV)")
    st.caption(in_words(f"**Page to print**: {downloads.PAGE_SIZE} **Plan (TSV)**, column `counts`: {COUNTS}"))


def _page(ranker: Ranker, plan: Plan) -> bytes:
    from slviz.reports import plan_report  # after the click: drawing its figures takes a moment

    return plan_report(ranker, plan)
