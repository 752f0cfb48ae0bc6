"""Enriched terms of a selection: bars of the leading ones and the table behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph, Terms
from slviz.enrichment import SIGNIFICANT, Enrichment, enrich, why_not
from slviz.errors import SlvizError
from slviz.figures import enrichment_bars
from slviz.figures.enrichment import GROUP_WORDS
from slviz.files.limited import run_limited_if_large
from slviz.gene_sets import read_gmt
from slviz.runs import Run
from slviz.runs.uploads import MOST_MEBIBYTES, TERMS, stage, staged
from slviz.ui import access, address, cache, charts, downloads
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths

ALL = "all"
MOST_GROUPS = 6
SHOWN_ROWS = 500
HELP = (
    "A hypergeometric test asks whether more of the selected genes are in a term than chance would put there, with all "
    "genes of the map as background. q is the false discovery rate (Benjamini and Hochberg). A term with nearly the "
    "same selected genes as a better one (Jaccard index of a half or more) is listed under that one."
)


def show(graph: GeneGraph, run: Run, chosen: np.ndarray, *, name: str) -> None:
    """Bars, and below them the table."""
    terms, said = _terms(graph)
    for sentence in said:
        st.caption(f":material/info: {escape_markdown(sentence)}")
    why = why_not(graph, chosen, terms=terms)
    if why or terms is None:
        st.subheader("Terms", anchor=False, help=in_words(f"{HELP} {glossary_link('Enriched terms')}"))
        st.info(escape_markdown(why), icon=":material/info:")
        _other_terms()
        return
    heading = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    group = _group(terms)
    try:
        enrichment = _enriched(graph.fingerprint, address.value("terms") or "", group, chosen.tobytes(), graph, terms)
    except SlvizError as error:
        st.info(escape_markdown(error), icon=":material/info:")
        return
    figure = enrichment_bars(enrichment, graph.genes)
    with heading:
        st.subheader(
            "Enriched terms",
            anchor=False,
            width="content",
            help=in_words(f"{HELP} {glossary_link('Enriched terms')}"),
        )
        downloads.menu(
            f"{name}-terms",
            source=downloads.provenance(graph, run),
            figure=lambda: enrichment_bars(enrichment, graph.genes),
            table=lambda: enrichment.with_genes(graph.genes),
        )
    st.caption(_about(enrichment))
    key = f"terms {name}"
    charts.draw(figure, name=f"{name}-terms", key=key, synthetic=graph.synthetic, alt="Enriched terms")
    part = address.folded("Table and other terms", key="more-terms", icon=":material/table:")
    if part.open:
        with part:
            _table(graph, enrichment)
            _other_terms()


def _about(enriched: Enrichment) -> str:
    rest = len(enriched.significant) - len(enriched.leading)
    said = (
        f"{pluralise(len(enriched.significant), 'term')} of {enriched.tested:,} with q < {SIGNIFICANT:g}, against the "
        f"{enriched.background:,} genes of the map"
    )
    return f"{said}; {rest:,} of them {'is' if rest == 1 else 'are'} listed under a better one." if rest else f"{said}."


def _group(terms: Terms) -> str:
    groups = sorted(set(terms.groups))
    if not 1 < len(groups) <= MOST_GROUPS:
        return ""
    words = {GROUP_WORDS.get(term_group, term_group): term_group for term_group in groups}
    chosen = address.one_of(
        st.segmented_control,
        "Kind of term",
        (ALL, *words),
        key="group",
        ids={word: term_group.lower() for word, term_group in words.items() if word != term_group},
        help="Biological process, cellular component or molecular function; q is corrected for the terms asked about.",
    )
    return words.get(chosen, "")


@st.cache_resource(max_entries=32, show_spinner=False)
def _enriched(
    fingerprint: str, terms_key: str, group: str, chosen: bytes, _graph: GeneGraph, _terms: Terms
) -> Enrichment:
    return enrich(_graph, np.frombuffer(chosen, dtype=np.int64), terms=_terms, group=group)


def _table(graph: GeneGraph, enrichment: Enrichment) -> None:
    folded = address.toggle("Also terms that are listed under a better one", key="folded")
    rows = enrichment.significant if folded else enrichment.leading
    shown = enrichment.with_genes(graph.genes, rows=rows.head(SHOWN_ROWS))
    if not len(shown):
        st.caption(in_words(f"No term reaches q < {SIGNIFICANT:g}. The download has all terms with a selected gene."))
        return
    columns = ["term", "selected", "on_map", "expected", "fold", "p", "q", "genes", "id"]
    st.dataframe(
        pd.DataFrame(shown[[*columns, "listed_under"] if folded else columns]),
        hide_index=True,
        height=min(38 + 35 * len(shown), 360),
        column_config={
            "term": "Term",
            "selected": st.column_config.NumberColumn("Selected", help=in_words("Selected genes in the term.")),
            "on_map": st.column_config.NumberColumn("On the map", help=in_words("Genes of the map in the term.")),
            "expected": st.column_config.NumberColumn(
                "Expected", format="%.1f", help=in_words("Selected genes by chance.")
            ),
            "fold": st.column_config.NumberColumn(
                "Fold", format="%.1f", help=f"Selected over expected. {glossary_link('Fold enrichment')}"
            ),
            "p": st.column_config.NumberColumn("p", format="%.1e", help="Hypergeometric test, one-sided."),
            "q": st.column_config.NumberColumn(
                "q", format="%.1e", help=f"False discovery rate. {glossary_link('q value')}"
            ),
            "genes": "Genes",
            "id": "Id",
            "listed_under": st.column_config.TextColumn("Listed under", help="A better term, nearly the same."),
        },
    )
    if len(rows) > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS} are shown; the download has all.")


# --- terms of a visitor's own --------------------------------------------------------------------------------


def _terms(graph: GeneGraph) -> tuple[Terms | None, tuple[str, ...]]:
    """The terms of the GMT file of the address, else of the data set; and sentences on the file."""
    digest = address.value("terms")
    if digest is None:
        return graph.terms, ()
    path = staged(cache.store().root, digest, place=TERMS)
    if path is None:
        return graph.terms, ("The terms of this address are not on this server: these are the data set's.",)
    try:
        terms, said = _read(graph.fingerprint, path.stem, graph, path.read_bytes())
    except SlvizError as error:  # it takes more memory or time than it may
        terms, said = None, (str(error),)
    return (graph.terms, (*said, "These are the data set's terms.")) if terms is None else (terms, said)


@st.cache_resource(max_entries=8, show_spinner="Reading the terms …")
def _read(fingerprint: str, sha256: str, _graph: GeneGraph, _content: bytes) -> tuple[Terms | None, tuple[str, ...]]:
    index = cache.index_of(_graph)
    terms, report = run_limited_if_large(
        read_gmt, _content, "your file", what="Your file", size_bytes=len(_content), graph=_graph, index=index
    )
    return terms, tuple(str(problem) for problem in report.problems)


def _other_terms() -> None:
    key = "gmt of terms"

    def uploaded() -> None:
        file = st.session_state.get(key)
        try:
            staged_at = (
                None if file is None else stage(cache.store().root, file.getvalue(), name=file.name, place=TERMS)
            )
            address.put(terms=None if staged_at is None else staged_at.stem[:16], group=None)
        except SlvizError as error:
            st.session_state["terms refused"] = without_paths(error)

    if access.may_work():
        st.file_uploader(
            "Terms of your own (GMT)",
            ["gmt", "txt", "gz"],
            key=key,
            max_upload_size=MOST_MEBIBYTES,
            on_change=uploaded,
            help=in_words("Such as a collection of MSigDB: name, note, genes, with tabs between them."),
        )
    refused = st.session_state.pop("terms refused", None)
    if refused:
        st.error(escape_markdown(refused), icon=":material/error:")
    if address.value("terms"):
        st.button("Back to the data set's terms", on_click=lambda: address.put(terms=None), type="tertiary")
