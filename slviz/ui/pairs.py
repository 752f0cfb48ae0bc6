"""A pair on a page: its scores, its evidence with links, and the way to both genes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.datasets.pair_keys import rows_among
from slviz.datasets.screens import ScreenTable
from slviz.runs import PAIR_COLUMNS, Run
from slviz.splits.pair_split import TESTED
from slviz.ui import layout, links, view_shares
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import SCORE_HELP, escape_markdown, pluralise
from slviz.ui.nouns import in_words

HIT, NO_HIT = "hit", "no hit"
MOST_TESTS = 6
"""So many tests of a pair are named."""


def rows_in_graph(graph: GeneGraph, predictions: pd.DataFrame) -> np.ndarray:
    """Int64 [rows]: the row of `graph.pairs` of each predicted pair, −1 where it is not known."""
    symbols = pd.Index(graph.genes)
    ends = np.stack([symbols.get_indexer(pd.Index(predictions[column])) for column in ("gene_a", "gene_b")])
    return rows_among(ends.T, graph.pairs, genes=len(graph))


def evidence_of(graph: GeneGraph, predictions: pd.DataFrame) -> list[str]:
    """Evidence kinds of each predicted pair, "" where it is not known."""
    rows = rows_in_graph(graph, predictions)
    kinds = np.append(graph.pair_evidence, "")  # −1 takes the last
    return kinds[rows].tolist()


def card(graph: GeneGraph, run: Run, row: int) -> None:
    """All about one row of a run's predictions."""
    pair = run.predictions.iloc[row]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(escape_markdown(f"{pair['gene_a']} – {pair['gene_b']}"), anchor=False, width="content")
            st.badge(f"{escape_markdown(pair['part'])} pair", color="blue")
            if graph.synthetic:
                layout.synthetic_badge(short=True)
        _scores(run, pair.to_dict())
        _evidence(graph, run, row)
        say_screens(graph, graph.number_of[pair["gene_a"]], graph.number_of[pair["gene_b"]])
        view_shares.show(graph, run, (graph.number_of[pair["gene_a"]], graph.number_of[pair["gene_b"]]))
        with st.container(horizontal=True):
            for gene in (pair["gene_a"], pair["gene_b"]):
                layout.neighbourhood_link(f"Neighbourhood of {gene}", gene=str(gene))


def _scores(run: Run, pair: dict[str, Any]) -> None:
    is_link = bool(run.spec.task.negative_kinds)
    predicted = "Predicted score" if run.spec.task.positives == "known" else run.spec.task.score_name.capitalize()
    with st.container(horizontal=True):
        st.metric(escape_markdown(predicted), f"{pair['prediction']:.3f}", help=SCORE_HELP if is_link else None)
        if pair["negative_kind"] in TESTED:
            st.metric("In the screen", escape_markdown(pair["negative_kind"]))
        elif is_link:
            st.metric("In the data set", "known pair" if pair["actual"] > 0.5 else "not listed")
        else:
            st.metric("Actual score", f"{pair['actual']:.3f}")
            st.metric(
                "Residual",
                f"{pair['actual'] - pair['prediction']:+.3f}",
                help=f"Actual minus predicted. {glossary_link('Residual')}",
            )
    others = ", ".join(f"{name} {pair[name]:.3f}" for name in pair if name not in PAIR_COLUMNS)
    if others:
        st.caption(f"Baselines: {escape_markdown(others)}")


def say_screens(graph: GeneGraph, gene: int, partner: int) -> None:
    """Whether a screen of the data set tested this pair, and what it found; nothing where there is no screen."""
    if said := screens_sentence(graph, gene, partner):
        st.markdown(f"**Screens.** {in_words(escape_markdown(said))}")


def screens_sentence(graph: GeneGraph, gene: int, partner: int) -> str:
    """Such as "Two screens tested this pair …: a hit in 1 of 3 tests (…)."; "" where the data set has no screen."""
    screens = graph.screens
    if screens is None:
        return ""
    rows = np.flatnonzero((screens.pairs == sorted((gene, partner))).all(axis=1))
    if not len(rows):
        return f"No screen of this data set tested this pair (of {pluralise(len(screens.names), 'screen')})."
    rows = rows[np.argsort(~screens.hit[rows], kind="stable")]
    hits = int(screens.hit[rows].sum())
    verdict = "a hit" if hits else "no hit"
    tests = f"{verdict} in {hits if hits else len(rows):,} of {pluralise(len(rows), 'test')}"
    listed = ", ".join(_test(screens, row) for row in rows[:MOST_TESTS].tolist())
    more = f", and {len(rows) - MOST_TESTS:,} more" if len(rows) > MOST_TESTS else ""
    names = len(np.unique(screens.screen[rows]))
    caution = "" if hits else " A pair that was no hit in these lines may be one in others."
    return f"{pluralise(names, 'screen')} tested this pair in cells: {tests} ({listed}{more}).{caution}"


def _test(screens: ScreenTable, row: int) -> str:
    """Such as "Shen 2017 in HeLa: hit"."""
    line = screens.cell_lines[screens.cell_line[row]]
    place = f" in {line}" if line else ""
    return f"{screens.names[screens.screen[row]]}{place}: {HIT if screens.hit[row] else NO_HIT}"


def _evidence(graph: GeneGraph, run: Run, row: int) -> None:
    known = int(rows_in_graph(graph, run.predictions.iloc[[row]])[0])
    if known < 0:
        st.caption("Nobody has reported this pair. That does not mean that it is not real.")
        return
    records = pd.DataFrame() if graph.evidence is None else graph.evidence.loc[graph.evidence["pair"] == known]
    if not len(records):
        st.caption("The data set lists this pair without evidence.")
        return
    st.dataframe(evidence_table(graph, records), hide_index=True, column_config=evidence_columns())


def evidence_table(graph: GeneGraph, records: pd.DataFrame) -> pd.DataFrame:
    """Records of evidence as a person reads them, PubMed ids as links where they are real."""
    linked = [links.of_publication(str(pubmed_id), synthetic=graph.synthetic) for pubmed_id in records["pubmed"]]
    return pd.DataFrame(
        {
            "Evidence": all_in_words(records["evidence"]),
            "Score": records["score"],
            "Context": records["context"],
            "PubMed": linked if any(linked) else records["pubmed"],
        }
    )


def evidence_columns() -> dict[str, Any]:
    """How the columns of `evidence_table` are shown."""
    return {
        "Score": st.column_config.NumberColumn("Score", format="%.3f", help="Confidence that the data set gives."),
        "PubMed": st.column_config.LinkColumn("PubMed", display_text=r"/(\d+)/$", help="The publication."),
    }
