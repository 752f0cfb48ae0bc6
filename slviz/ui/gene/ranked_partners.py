"""The ranked partners of a gene over all genes, to be read like a traffic light, and the pair that is open."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.ranking import (
    FLAGS,
    RANK_BY,
    RANK_IN,
    UNKNOWN_YET,
    Ranker,
    flag_labels,
    percentile_text,
    score_text,
    set_flags,
    share_text,
)
from slviz.ranking.reasons import NOTHING
from slviz.ui import address, cache, downloads, rankings, run_names
from slviz.ui.gene import partner_filters, shortlist
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

GREEN, OPEN, AMBER, RED = "● clear", "◌ no flag yet", "◐ caution", "○ doubt"
COLOURS = {GREEN: "#009E73", OPEN: "#7A7F8A", AMBER: "#C77700", RED: "#B4530A"}
DOUBTS = ("popularity", "near_duplicate", "core_essential")
SIGNAL_HELP = (
    f"- **{GREEN}**: a reason beside the score, and no flag\n"
    f"- **{OPEN}**: the same, but whether it rests on popularity is {UNKNOWN_YET}\n"
    f"- **{AMBER}**: no reason beside the score, or a flag such as hub or same band\n"
    f"- **{RED}**: rests on popularity, may be remembered (near-duplicate), or is core-essential"
)
ADJUSTED_HELP = (
    "How surprising the partner is beyond being a hub: by how many standard deviations the pair's log-odds lie above "
    "the mean of the partner's pairs with all genes, (x − mean) / deviation, those it was trained on left out (as in "
    "CLR, Faith 2007). A hub scores high with every gene, so its own mean takes that off."
)
ROWS = (50, 200, 1000)
BY_RANK, BY_ADJUSTED = "rank", "adjusted for hubs"
ORDER_IDS = {BY_RANK: "rank", BY_ADJUSTED: "adjusted"}


def show(ranker: Ranker, gene: int, table: pd.DataFrame) -> None:
    """Controls, table and downloads."""
    graph = ranker.graph
    with st.container(horizontal=True, vertical_alignment="bottom"):
        left = table.loc[partner_filters.controls(graph, table)]
        orders = (BY_RANK,) if ranker.survey is None else (BY_ADJUSTED, BY_RANK)
        order = address.one_of(
            st.segmented_control, "Order", orders, key="order", ids=ORDER_IDS, help=in_words(ADJUSTED_HELP)
        )
        with st.popover("Table", icon=":material/view_column:"):
            most = int(address.one_of(st.segmented_control, "Rows", [str(rows) for rows in ROWS], key="rows"))
            columns = _chosen_columns(table, bounded=ranker.bounded)
        _downloads(ranker, gene, left)
    ordered = left if order == BY_RANK else left.sort_values(["hub_adjusted_rank", "rank"], kind="stable")
    shown = ordered.head(most)
    st.caption(in_words(f"{pluralise(len(left), 'partner')} of {len(table):,}. {_reading(ranker)}"))
    if not len(shown):
        st.info("No partner is left. Remove a filter.", icon=":material/filter_list_off:")
    else:
        _table(ranker, gene, shown, columns)


def opened(graph: GeneGraph, gene: int) -> int | None:
    """The partner of the address, whose pair is open; says so where it is no other gene of the data set."""
    symbol = address.value("partner")
    if symbol is None:
        return None
    number = graph.number_of.get(symbol)
    if number is None:
        st.caption(escape_markdown(f"“{symbol[:80]}”, which the address names as partner, is not in this data set."))
    elif number == gene:
        st.caption(in_words(f"{escape_markdown(symbol)} is the gene itself: a pair is of two genes."))
        return None
    return number


def signals(table: pd.DataFrame) -> list[str]:
    """The traffic light of each row: see `SIGNAL_HELP`."""
    doubt = np.column_stack(list(set_flags(table, DOUBTS).values())).any(axis=1)
    flagged = np.column_stack(list(set_flags(table).values())).any(axis=1)
    bare = (table["reason"].to_numpy(dtype=object) == NOTHING).astype(bool)
    unflagged = np.where(table["popularity"].isna().to_numpy(), OPEN, GREEN)
    return np.where(doubt, RED, np.where(flagged | bare, AMBER, unflagged)).tolist()


def as_shown(table: pd.DataFrame, names: dict[str, str], *, bounded: bool) -> pd.DataFrame:
    """The table in the words of a page; `names` are those of other runs, `bounded` is `Ranker.bounded`."""
    shown = pd.DataFrame(
        {
            "Signal": signals(table),
            "Rank": table["rank"].to_numpy(),
            "Partner": table["gene"].to_numpy(),
            "Name": table["name"].to_numpy(),
            "Percentile": [percentile_text(value) for value in table["percentile"]],
            "Adjusted rank": table["hub_adjusted_rank"].to_numpy(),
            "Pair": table["status"].to_numpy(),
            "Reason": table["reason"].to_numpy(),
            "Flags": flag_labels(table),
            "Score": [score_text(value, bounded=bounded) for value in table["score"]],
            "Answer": table["answer"].to_numpy(),
            "Share of hits": [share_text(value) for value in table["hit_probability"]],
            "Partners in training": table["partner_degree"].to_numpy(),
            "Shared partners": table["shared_partners"].to_numpy(),
            "Evidence": all_in_words(table["evidence"]),
        }
    )
    for column in map(str, table.columns):
        if column.startswith(RANK_BY):
            shown[f"Rank by {column.removeprefix(RANK_BY)}"] = table[column].to_numpy()
        elif column.startswith(RANK_IN):
            run_id = column.removeprefix(RANK_IN)
            shown[f"Rank in {names.get(run_id, run_id)}"] = table[column].to_numpy()
    empty = [column for column in ("Name", "Answer", "Evidence") if not any(shown[column].tolist())]
    numbers = {"Adjusted rank": "hub_adjusted_rank", "Share of hits": "hit_probability"}
    empty += [title for title, column in numbers.items() if not np.isfinite(table[column].to_numpy()).any()]
    return shown.drop(columns=empty)


def _reading(ranker: Ranker) -> str:
    ticks = "Tick partners for the shortlist; click a cell to open the pair."
    if ranker.survey is None:
        ticks = f"{ticks} {rankings.POPULARITY_UNKNOWN}"
    calibrated = ranker.hit_rate is not None
    return ticks if calibrated else f"{ticks} A rank says where a partner stands among all genes; no probability."


def _chosen_columns(table: pd.DataFrame, *, bounded: bool) -> list[str]:
    """The columns that are shown, chosen in a list that is in the address."""
    every = as_shown(table.head(1), {}, bounded=bounded).columns.tolist()
    hidden = {"Score", "Evidence", "Partners in training", "Shared partners"}
    usual = [column for column in every if column not in hidden and not column.startswith("Rank by")]
    usual += [column for column in every if column.startswith("Rank by")][:2]
    chosen = address.several("Columns", every, usual, key="columns")
    return [column for column in every if column in chosen or column in ("Rank", "Partner")]


def _table(ranker: Ranker, gene: int, shown: pd.DataFrame, columns: list[str]) -> None:
    graph = ranker.graph
    numbers = shown["number"].tolist()
    ticked_before = shortlist.of_gene(shortlist.pairs(graph), gene)
    stamp = hashlib.sha256(np.asarray(numbers).tobytes()).hexdigest()[:12]
    key = f"ranked {ranker.run.run_id} {gene} {stamp} {st.session_state.get('shortlist edits', 0)}"

    def selected() -> None:
        selection = st.session_state[key]["selection"]
        rows = [numbers[row] for row in selection.get("rows", []) if row < len(numbers)]
        kept = shortlist.with_ticks(shortlist.pairs(graph), gene, shown=numbers, ticked=rows)
        shortlist.put(kept, graph)
        cells = selection.get("cells") or []
        if cells and cells[0][0] < len(numbers):
            address.put(partner=graph.genes[numbers[cells[0][0]]])

    every = as_shown(shown, _names_of_runs(shown), bounded=ranker.bounded)
    visible = every.filter([column for column in every if column in columns or column.startswith("Rank in ")])
    st.dataframe(
        _coloured(visible),
        hide_index=True,
        key=key,
        on_select=selected,
        selection_mode=["multi-row", "single-cell"],
        selection_default={
            "selection": {"rows": [row for row, number in enumerate(numbers) if number in ticked_before]}
        },
        height=min(38 + 35 * len(visible), 460),
        column_config=_columns(rankings.score_help(ranker.run)),
    )


def _names_of_runs(table: pd.DataFrame) -> dict[str, str]:
    wanted = [str(column).removeprefix(RANK_IN) for column in table.columns if str(column).startswith(RANK_IN)]
    if not wanted:
        return {}
    return run_names.names([summary for summary in cache.store().summaries() if summary.run_id in wanted])


def _coloured(visible: pd.DataFrame) -> Any:
    if "Signal" not in visible:
        return visible
    return visible.style.map(lambda signal: f"color: {COLOURS[signal]}; font-weight: 600", subset=["Signal"])


def _downloads(ranker: Ranker, gene: int, left: pd.DataFrame) -> None:
    symbol = ranker.graph.genes[gene]
    name = f"{ranker.run.run_id}-partners-{symbol}"
    source = downloads.provenance(ranker.graph, ranker.run)
    with st.popover("Download", icon=":material/download:"):
        downloads.table_button(name, lambda: left.drop(columns="number"), source=source)
        downloads.page_button(
            f"{ranker.run.run_id}-report-{symbol}", lambda: _page(ranker, gene), label="Report (HTML)"
        )
        downloads.gmt_button(name, lambda: (f"partners of {symbol}", left["gene"].tolist()), source=source)


def _page(ranker: Ranker, gene: int) -> bytes:
    from slviz.reports import gene_report  # after the click: drawing its figures takes a moment

    return gene_report(ranker, gene)


def _columns(score_help: str) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "Signal": text("Signal", width=104, help=SIGNAL_HELP),
        "Partner": text("Partner", width=84),
        "Name": text("Name", width=104),
        "Pair": text("Pair", width=84),
        "Rank": number("Rank", width=54, help=in_words("1 is the best of all other genes.")),
        "Percentile": text(
            "Percentile",
            width=90,
            help=in_words("Share of all other genes that stand lower, in per cent; never 0 or 100."),
        ),
        "Adjusted rank": number("Adjusted rank", width=104, format="%d", help=in_words(ADJUSTED_HELP)),
        "Reason": text("Reason", width=330),
        "Flags": st.column_config.TextColumn(
            "Flags", help="\n".join(f"- **{flag.label}**: {in_words(flag.help)}" for flag in FLAGS.values())
        ),
        "Score": st.column_config.TextColumn("Score", help=score_help),
        "Share of hits": text(
            "Share of hits", width=100, help="Of tested pairs of held-out screens with such a score."
        ),
    }
