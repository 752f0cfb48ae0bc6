"""Selections with a name: keeping one, opening one, comparing two, and taking them in and away as GMT."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.enrichment import enrich
from slviz.errors import SelectionExists, SlvizError
from slviz.figures import compared_bars
from slviz.files.gz import is_gzip
from slviz.files.limited import run_limited_if_large
from slviz.files.names import safe_file_name
from slviz.gene_sets import LONGEST_NAME, GeneSet, GeneSets, read_gmt, sets_of, to_gmt
from slviz.runs import Run
from slviz.runs.uploads import MOST_MEBIBYTES
from slviz.ui import access, address, cache, charts, downloads, errors
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.made_files import kept_for_visitor
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths

MOST_FROM_A_FILE = 200
NONE_YET = "None yet: select genes, and keep them under a name. A GMT file brings in several at once."
SAID = "said of kept selections"


def of(graph: GeneGraph) -> GeneSets:
    """The kept selections of a data set."""
    return GeneSets(cache.store().root, graph.fingerprint)


def keep_own(graph: GeneGraph, made: GeneSet, *, replace: bool = False) -> None:
    """Keep a selection, which is then this visitor's own where there was none of its name; raises as `keep` does."""
    kept = of(graph)
    is_new = made.name not in {selection.name for selection in kept.all()}
    kept.keep(made, replace=replace)
    if is_new:
        access.note_made(_thing(graph, made.name))


def may_remove(graph: GeneGraph, name: str) -> bool:
    """Whether this visitor may remove or replace the selection of that name."""
    return access.may_remove(_thing(graph, name))


def _thing(graph: GeneGraph, name: str) -> str:
    return f"selection {graph.fingerprint[:16]} {name}"


def file_name(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "selection"


def keep(graph: GeneGraph, chosen: np.ndarray, *, note: str) -> None:
    """A box for a name; the selection is then in the address by it."""
    key, again = "name of the selection", "replace the selection"

    def kept() -> None:
        name = st.session_state.get(key, "")
        try:
            made = GeneSet.of(name, graph, chosen, note=note)
            replace = bool(st.session_state.get(again)) and may_remove(graph, made.name)
            keep_own(graph, made, replace=replace)
        except SelectionExists as error:
            st.session_state[SAID] = ("taken", without_paths(error))
        except SlvizError as error:
            st.session_state[SAID] = ("refused", without_paths(error))
        else:
            st.session_state[SAID] = (
                "kept",
                f"Kept as “{made.name}”: open it again from the list, on any run of this data set.",
            )
            st.session_state[key] = ""
            address.put(genes=None, cluster=None, where=None, set=made.name)

    said = st.session_state.get(SAID, ("", ""))[0]
    with st.popover("Keep", icon=":material/bookmark_add:"):
        st.text_input("Name", key=key, max_chars=LONGEST_NAME, placeholder="such as repair island")
        if said == "taken" and may_remove(graph, st.session_state.get(key, "").strip()):
            st.checkbox("Replace the selection of that name", key=again)
        st.button("Keep it", type="primary", on_click=kept, icon=":material/check:")
    _tell()


def _tell() -> None:
    kind, text = st.session_state.pop(SAID, ("", ""))
    if kind == "kept":
        st.toast(escape_markdown(text), icon=":material/bookmark_added:")
    elif kind:
        st.session_state[SAID] = (kind, "")  # the box keeps offering to replace, until something else happens
        if text:
            st.warning(escape_markdown(text), icon=":material/warning:")


def open_one(graph: GeneGraph, run: Run) -> None:
    """The list of kept selections to open one, to remove it, to bring some in and to download them."""
    known = {selection.name: selection for selection in of(graph).all()}
    with st.popover(f"Kept selections ({len(known)})", icon=":material/bookmarks:"):
        if known:
            _choose(known)
        else:
            st.caption(in_words(NONE_YET if access.may_work() else "None yet."))
        for sentence in of(graph).damaged():
            st.error(escape_markdown(sentence), icon=":material/broken_image:")
        if access.may_work():
            _bring_in(graph)
        if known:
            source = downloads.provenance(graph, run)
            name = safe_file_name(f"{graph.name}-selections.gmt")
            st.download_button(
                "All of them (GMT)",
                kept_for_visitor(lambda: to_gmt(known.values(), provenance=source), file_name=name, mime="text/plain"),
                name,
                "text/plain",
                icon=":material/download:",
                on_click="ignore",
            )
        name = address.value("set")
        if name in known:
            about = known[name]
            size = pluralise(len(about.genes), "gene")
            st.caption(escape_markdown(f"“{name}”: {size}, kept {about.made} UTC; {about.note}"))
            if may_remove(graph, name):
                st.button("Remove it", icon=":material/delete:", on_click=_remove, args=(graph, name), type="tertiary")


def _choose(known: dict[str, GeneSet]) -> None:
    key, name = "kept box", address.value("set")
    st.session_state[key] = name if name in known else None

    def changed() -> None:
        address.put(genes=None, cluster=None, where=None, set=st.session_state[key])

    _picker("Open", known, key=key, on_change=changed, placeholder="Choose a selection")


def _picker(label: str, known: dict[str, GeneSet], *, on_change: Callable[[], None], **more: Any) -> None:
    """A list of kept selections with their sizes, searched by any part of a name."""
    st.selectbox(
        label,
        list(known),
        index=None,
        on_change=on_change,
        format_func=lambda name: f"{name} ({len(known[name].genes):,})",
        filter_mode="contains",
        **more,
    )


@errors.as_sentences()
def _remove(graph: GeneGraph, name: str) -> None:
    of(graph).remove(name)
    access.note_removed(_thing(graph, name))
    address.put(set=None)


def _bring_in(graph: GeneGraph) -> None:
    key = "gmt of selections"

    def uploaded() -> None:
        file = st.session_state.get(key)
        if file is not None:
            st.session_state["said of the gmt"] = _kept_from(graph, file.getvalue(), file.name)

    st.file_uploader(
        "Bring in (GMT)",
        ["gmt", "txt", "gz"],
        key=key,
        max_upload_size=MOST_MEBIBYTES,
        on_change=uploaded,
        help=in_words("A set a line: name, note, genes, with tabs between them. Genes by symbol, alias or identifier."),
    )
    for sentence in st.session_state.get("said of the gmt", []):
        st.caption(escape_markdown(sentence))


def _kept_from(graph: GeneGraph, content: bytes, name: str) -> list[str]:
    """Keep every set of a GMT file; sentences on what became of it."""
    more = {"graph": graph, "index": cache.index_of(graph), "packed": is_gzip(content)}
    try:
        terms, report = run_limited_if_large(read_gmt, content, name, what=name, size_bytes=len(content), **more)
    except SlvizError as error:  # it takes more memory or time than it may
        return [str(error)]
    said = [str(problem) for problem in report.problems]
    if terms is None:
        return said
    if len(terms.ids) > MOST_FROM_A_FILE:
        return [f"{name} holds {len(terms.ids):,} sets, too many to keep one by one (at most {MOST_FROM_A_FILE}). "
                "Upload it under Terms instead, to see which of them are enriched in a selection."]  # fmt: skip
    kept = 0
    for gene_set in sets_of(terms, graph, note=f"from {name}"):
        try:
            keep_own(graph, gene_set)
            kept += 1
        except SlvizError as error:
            said.append(without_paths(error))
    if cut := sum(len(term) > LONGEST_NAME for term in terms.names):
        said.append(
            f"{pluralise(cut, 'name')} had more than {LONGEST_NAME} letters and {'was' if cut == 1 else 'were'} cut."
        )
    return [f"{pluralise(kept, 'selection')} kept from {name}.", *said]


def compare(graph: GeneGraph, run: Run, chosen: np.ndarray, *, called: str, name: str) -> None:
    """The selection beside a kept one: what they share, what only one has, and the terms of both."""
    shown = address.value("set")
    others = {selection.name: selection for selection in of(graph).all() if selection.name != shown}
    key, other = "compare box", address.value("with")
    if other is not None and other not in others:
        said = f"No other selection of this data set is called “{other[:60]}”, so there is nothing to compare with."
        st.warning(escape_markdown(said), icon=":material/link_off:")
    if not others:
        return
    st.session_state[key] = other if other in others else None

    def changed() -> None:
        address.put(**{"with": st.session_state[key]})

    _picker("Compare with", others, key=key, on_change=changed, placeholder="Another kept selection", width=420)
    if other not in others:
        return
    _two(graph, run, (shown or called, chosen), (other, others[other].numbers(graph)), name=name)


def _two(
    graph: GeneGraph, run: Run, first: tuple[str, np.ndarray], second: tuple[str, np.ndarray], *, name: str
) -> None:
    table = side_by_side(graph, first, second)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(escape_markdown(f"{first[0]} and {second[0]}"), anchor=False, width="content")
        source = downloads.provenance(graph, run)
        try:
            enrichments = [enrich(graph, numbers) for _, numbers in (first, second)]
            made = compared_bars(enrichments[0], enrichments[1], names=(first[0], second[0]))
        except SlvizError as error:
            errors.show(error)
            made = None
        downloads.menu(
            f"{name}-compared", source=source, figure=None if made is None else lambda: made, table=lambda: table
        )
    left, right = st.columns([1, 1], gap="medium")
    with left:
        count = table["in"].value_counts().to_dict()
        with st.container(horizontal=True):
            for label in ("both", f"only {first[0]}", f"only {second[0]}"):
                st.metric(escape_markdown(label.capitalize() if label == "both" else label), int(count.get(label, 0)))
        st.dataframe(table, hide_index=True, height=320, column_config={"in": "In", "gene": "Gene", "name": "Name"})
    with right:
        if made is not None:
            charts.draw(made, name=f"{name}-compared", synthetic=graph.synthetic, alt="Terms of both")
            st.caption("A bar for either selection; the dotted line is q = 0.05.")


def side_by_side(graph: GeneGraph, first: tuple[str, np.ndarray], second: tuple[str, np.ndarray]) -> pd.DataFrame:
    """One row a gene of either selection: in "both", "only A" or "only B"; shared ones first."""
    union = np.union1d(first[1], second[1])
    here, there = np.isin(union, first[1]), np.isin(union, second[1])
    which = np.select([here & there, here], ["both", f"only {first[0]}"], f"only {second[0]}")
    columns: dict[str, object] = {"in": which, "gene": np.asarray(graph.genes, dtype=object)[union]}
    if graph.gene_info is not None:
        columns["name"] = graph.gene_info["name"].to_numpy()[union]
    rank = np.select([here & there, here], [0, 1], 2)
    return pd.DataFrame(columns).iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)
