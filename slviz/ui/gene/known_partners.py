"""The known partners of a gene with their evidence, and the pairs of it that were tested in screens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.datasets.pair_keys import rows_among
from slviz.splits import PairSplit
from slviz.ui import downloads, links
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.pairs import HIT, NO_HIT

MOST_ROWS = 2000


def show(graph: GeneGraph, gene: int, split: PairSplit | None) -> None:
    """Both tables, each with its download."""
    symbol = graph.genes[gene]
    table = known_partners(graph, gene, split)
    _titled(graph, f"Known partners of {symbol}", f"{symbol}-known-partners", table)
    if len(table):
        st.dataframe(as_shown(graph, table), hide_index=True, height="content" if len(table) < 10 else 400,
                     column_config=_columns(linked=not graph.synthetic))  # fmt: skip
    else:
        st.caption(in_words("The data set lists no partner of this gene."))
    tests = tested_pairs(graph, gene)
    if len(tests):
        hits = tests["result"].tolist().count(HIT)
        _titled(graph, f"{symbol} in screens", f"{symbol}-in-screens", tests)
        st.caption(
            f"{pluralise(len(tests), 'test')} of {pluralise(len(set(tests['partner'])), 'pair')} in cells, "
            f"{pluralise(hits, 'hit')} among them. A pair that was no hit in these lines may be one in others."
        )
        st.dataframe(tests.head(MOST_ROWS), hide_index=True, column_config=_test_columns())


def _titled(graph: GeneGraph, title: str, name: str, table: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(escape_markdown(title), anchor=False, width="content")
        if len(table):
            downloads.table_button(name, lambda: table, source=downloads.provenance(graph))


def known_partners(graph: GeneGraph, gene: int, split: PairSplit | None = None) -> pd.DataFrame:
    """One row a known partner, highest confidence first.

    Columns: `partner`, `name`, `score` (the data set's), `evidence`, `pubmed` and `cell_line` (each of the records of
    the pair, joined by ";"), `in_run` (the part of the run's split, where a run is given), `known_partners`.
    """
    rows = np.flatnonzero((graph.pairs == gene).any(axis=1))
    rows = rows[np.argsort(-graph.score[rows], kind="stable")]
    partners = graph.pairs[rows].sum(axis=1) - gene
    names = [""] * len(graph) if graph.gene_info is None else graph.gene_info["name"].tolist()
    table = {
        "partner": [graph.genes[number] for number in partners],
        "name": [names[number] for number in partners],
        "score": graph.score[rows],
        "evidence": graph.pair_evidence[rows],
        **_records(graph, rows),
    }
    if split is not None:
        table["in_run"] = part_of_pairs(graph, split)[rows]
    return pd.DataFrame(table | {"known_partners": graph.degree[partners]})


def _records(graph: GeneGraph, rows: np.ndarray) -> dict[str, list[str]]:
    """`pubmed` and `cell_line` of the evidence of these pairs, joined by ";"."""
    if graph.evidence is None:
        return {"pubmed": [""] * len(rows), "cell_line": [""] * len(rows)}
    records = graph.evidence.loc[graph.evidence["pair"].isin(rows.tolist())]
    joined = {
        name: records.loc[records[column] != ""]
        .groupby("pair")[column]
        .agg(lambda cells: ";".join(dict.fromkeys(cells)))
        for name, column in (("pubmed", "pubmed"), ("cell_line", "context"))
    }
    return {name: column.reindex(rows, fill_value="").tolist() for name, column in joined.items()}


def part_of_pairs(graph: GeneGraph, split: PairSplit) -> np.ndarray:
    """Text [P]: the part of the split that each known pair is in; "" where it is in none."""
    known = split.negative_kind == "known"
    parts = np.full(len(graph.pairs) + 1, "", dtype=object)  # the last takes pairs that the data set no longer lists
    parts[rows_among(split.pairs[known], graph.pairs, genes=len(graph))] = split.part[known]
    return parts[:-1]


def as_shown(graph: GeneGraph, table: pd.DataFrame) -> pd.DataFrame:
    """The table in the words of a page, publications as links where they are real, empty columns left out."""
    links_to = [links.of_publications(text, synthetic=graph.synthetic) for text in table["pubmed"]]
    shown = pd.DataFrame(
        {
            "Partner": table["partner"],
            "Name": table["name"],
            "Score": table["score"],
            "Evidence": all_in_words(table["evidence"]),
            "Publication": links_to if any(links_to) else table["pubmed"],
            "Cell line": table["cell_line"],
            **({"In this run": table["in_run"]} if "in_run" in table else {}),
            "Known partners": table["known_partners"],
        }
    )
    empty = [column for column in ("Name", "Evidence", "Publication", "Cell line") if not any(shown[column])]
    return shown.drop(columns=empty)


def tested_pairs(graph: GeneGraph, gene: int) -> pd.DataFrame:
    """One row a test of a pair with this gene, hits first: `partner`, `result`, `screen`, `cell_line`, `score` (the
    screen's own), `publication`."""
    screens = graph.screens
    if screens is None:
        return pd.DataFrame({"partner": [], "result": []})
    rows = np.flatnonzero((screens.pairs == gene).any(axis=1))
    rows = rows[np.argsort(~screens.hit[rows], kind="stable")]
    partners = screens.pairs[rows].sum(axis=1) - gene
    return pd.DataFrame(
        {
            "partner": [graph.genes[number] for number in partners],
            "result": np.where(screens.hit[rows], HIT, NO_HIT),
            "screen": [screens.names[number] for number in screens.screen[rows]],
            "cell_line": [screens.cell_lines[number] for number in screens.cell_line[rows]],
            "score": screens.score[rows],
            "publication": [screens.references[number] for number in screens.reference[rows]],
        }
    )


def _columns(*, linked: bool) -> dict[str, Any]:
    publication = st.column_config.LinkColumn("Publication", display_text=r"(?:/|term=)([^/]+)/?$")
    return {
        "Score": st.column_config.NumberColumn("Score", format="%.3f", help="Confidence that the data set gives."),
        **({"Publication": publication} if linked else {}),
        "In this run": st.column_config.TextColumn(
            "In this run", help="The part of the run's split. The run learnt from train pairs alone."
        ),
    }


def _test_columns() -> dict[str, Any]:
    return {
        "partner": "Partner",
        "result": "Result",
        "screen": "Screen",
        "cell_line": "Cell line",
        "score": st.column_config.NumberColumn(
            "Screen's score", format="%.2f", help="On a scale and with a sign of the screen's own."
        ),
        "publication": "Publication",
    }
