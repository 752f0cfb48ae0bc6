"""The selection on the Embedding page: where it comes from, its genes as a table, what they share, where they go next.

A selection is drawn on the map (lasso, box), or it is in the address: pasted genes (`genes`), a kept selection
(`set`), a cluster (`cluster`), or the genes with one value of a column or screen (`where`). What is drawn comes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import Mapped
from slviz.datasets.gene_list import read_list, write_list
from slviz.errors import SlvizError
from slviz.gene_sets import GeneSet, to_gmt
from slviz.neighbourhood.chance_inside import ChanceInside, about, known_by_chance
from slviz.neighbourhood.induced_pairs import (
    MOST_SCORED,
    known_inside,
    predicted_inside,
    predicts_partners,
    rare_share,
)
from slviz.projections import Clusters
from slviz.ui import access, address, cache, downloads, errors, layout, scorers
from slviz.ui.embedding import further_colours, gene_look, gene_map, kept_selections, term_bars
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths
from slviz.ui.slow_reruns import noted_fragment

MOST_IN_ADDRESS = 250
"""More genes make an address too long for some browsers and mails; they are kept under a name instead."""
SHOWN_ROWS = 2000
NOTE = "note on pasted genes"


@dataclass(frozen=True, eq=False)
class Requested:
    """A selection and where it comes from.

    Attributes:
        numbers: gene numbers, ascending; empty for none.
        origin: such as "the kept selection “repair”"; "" for none.
        name: a short name for files.
        drawn: whether it is a lasso or a box on the map, which a reload forgets.
    """

    numbers: np.ndarray = field(default_factory=lambda: gene_look.NOBODY)
    origin: str = ""
    name: str = "selected"
    drawn: bool = False


def requested(graph: GeneGraph, *, clusters: Clusters | None = None, colour: str = "") -> Requested:
    """The selection of the address; says so where it cannot be had.

    `clusters` are those that the map shows by colour: `cluster` is a number among them, counted from 1. Of the values
    of a column or screen that is the `colour`, `where` names one.
    """
    try:
        if name := address.value("set"):
            kept = kept_selections.of(graph).open(name)
            return Requested(
                kept.numbers(graph), f"the kept selection “{kept.name}”", kept_selections.file_name(kept.name)
            )
        if listed := address.value("genes"):
            mapped = read_list(listed, cache.index_of(graph))
            if not len(mapped.genes):
                st.warning(escape_markdown(_not_found(mapped)), icon=":material/link_off:")
            elif mapped.missing or mapped.ambiguous:
                st.caption(f":material/info: {escape_markdown(_not_found(mapped))}")
            return Requested(np.sort(mapped.genes), "the genes of a list", "listed")
    except SlvizError as error:
        errors.show(error)
        return Requested()
    if colour in further_colours.offered(graph):
        chosen = further_colours.filtered(colour, graph)
        return Requested() if chosen is None else Requested(chosen[0], chosen[1], kept_selections.file_name(chosen[1]))
    return _cluster(clusters) if clusters is not None else Requested()


def _cluster(clusters: Clusters) -> Requested:
    """The cluster of the address, with the list to choose one from."""
    key, wanted = "cluster box", address.value("cluster") or ""
    number = int(wanted) - 1 if re.fullmatch(r"[1-9]\d{0,4}", wanted) else -1
    there = 0 <= number < len(clusters.names)
    st.session_state[key] = clusters.names[number] if there else None

    def changed() -> None:
        chosen = st.session_state[key]
        address.put(cluster=None if chosen is None else str(clusters.names.index(chosen) + 1))

    st.selectbox(
        "Select a cluster",
        clusters.names,
        index=None,
        key=key,
        on_change=changed,
        placeholder=f"{pluralise(len(clusters.names), 'cluster')}: choose one",
        filter_mode="contains",
    )
    if not there:
        return Requested()
    return Requested(
        np.flatnonzero(clusters.label == number), f"cluster {clusters.names[number]}", f"cluster-{number + 1}"
    )


def show(look: gene_look.Look, of_address: Requested) -> None:
    """Everything under the map: the tools of selecting, and the selection itself or the table of all genes."""
    _show(look, of_address, _on_the_map())


@noted_fragment
@errors.as_sentences()
def _show(look: gene_look.Look, of_address: Requested, on_the_map: tuple[str | None, ...]) -> None:
    """A lasso runs this part of the page alone; what the map shows, too, runs all of it."""
    drawn = gene_map.drawn(look)
    if _on_the_map() != on_the_map:
        st.rerun()
    chosen = of_address
    if len(drawn) > 1:
        chosen = Requested(drawn, f"drawn on the {look.method} map", "selected", drawn=True)
    _tools(look, chosen)
    if not len(chosen.numbers):
        gene_map.table(look, gene_look.NOBODY)
        return
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _genes(look, chosen)
    with right:
        term_bars.show(look.graph, look.run, chosen.numbers, name=f"{look.name}-{chosen.name}")
    kept_selections.compare(look.graph, look.run, chosen.numbers, called=chosen.origin, name=look.name)


def _on_the_map() -> tuple[str | None, ...]:
    return tuple(address.value(key) for key in ("gene", "set", "genes", "cluster", further_colours.WHERE))


def _tools(look: gene_look.Look, chosen: Requested) -> None:
    """One line: paste genes, open a kept selection, keep this one, clear it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _paste(look.graph)
        kept_selections.open_one(look.graph, look.run)
        if len(chosen.numbers):
            if access.may_work():
                note = f"{chosen.origin}, run {look.run.run_id}"
                kept_selections.keep(look.graph, chosen.numbers, note=note)
            if chosen.drawn and len(chosen.numbers) <= MOST_IN_ADDRESS:
                _hold(look.graph, chosen.numbers)
            if any(address.value(key) for key in ("set", "genes", "cluster", further_colours.WHERE)):
                st.button("Clear", icon=":material/close:", on_click=clear, type="tertiary")
    if chosen.drawn:
        ways = "keep it, or name it on the map" if access.may_work() else "name it on the map"
        st.caption(f"What is drawn is not in the address: {ways}, to send it or to reload.")
    for note in st.session_state.pop(NOTE, []):
        st.info(escape_markdown(note), icon=":material/info:")


def _hold(graph: GeneGraph, numbers: np.ndarray) -> None:
    """The way from a lasso to the address: the genes stay after a reload, and are named on the map."""

    def hold() -> None:
        address.put(set=None, cluster=None, where=None, genes=as_list(graph, numbers))

    st.button(
        "Name them on the map",
        icon=":material/label:",
        on_click=hold,
        help=in_words(
            "Writes the genes into the address, so that they stay after a reload, and their names on the map."
        ),
    )


def as_list(graph: GeneGraph, numbers: np.ndarray) -> str:
    """Genes for the address."""
    return write_list([graph.genes[number] for number in numbers.tolist()], cache.index_of(graph))


def clear() -> None:
    """No selection in the address any more."""
    address.put(set=None, genes=None, cluster=None, where=None)


def _paste(graph: GeneGraph) -> None:
    def pasted() -> None:
        mapped = cache.index_of(graph).map_many(st.session_state["pasted genes"])
        needs_note = mapped.missing or mapped.ambiguous or mapped.marks or not len(mapped.genes)
        notes = [*([_not_found(mapped)] if needs_note else []), *mapped.remarks]
        if len(mapped.genes) > MOST_IN_ADDRESS:
            notes += _keep_pasted(graph, mapped.genes)
        elif len(mapped.genes):
            address.put(set=None, cluster=None, where=None, genes=as_list(graph, mapped.genes))
        st.session_state[NOTE] = notes

    form = st.popover(in_words("Paste genes"), icon=":material/content_paste:").form("pasted", border=False)
    with form:  # Ctrl+Enter sends it
        st.text_area(
            in_words("Genes"),
            key="pasted genes",
            height=100,
            placeholder="BRCA1, PARP1\nENSG00000012048\n672",
            help="Symbols, aliases, Ensembl, Entrez or UniProt ids, with blanks, commas, bars or lines between them, "
            "or as R, Python and spreadsheets write lists.",
        )
        st.form_submit_button("Select them", type="primary", on_click=pasted, icon=":material/check:")


def _keep_pasted(graph: GeneGraph, numbers: np.ndarray) -> list[str]:
    """A long list goes into a kept selection, since no address holds it."""
    if not access.may_work():
        return [f"{pluralise(len(numbers), 'gene')} are too many for an address, and nothing is kept on this server: "
                f"paste {MOST_IN_ADDRESS} or fewer."]  # fmt: skip
    name = f"pasted {pd.Timestamp.now('UTC'):%Y-%m-%d %H.%M.%S}"
    try:
        kept_selections.keep_own(graph, GeneSet.of(name, graph, numbers, note="pasted"))
    except SlvizError as error:
        return [without_paths(error)]
    address.put(genes=None, cluster=None, where=None, set=name)
    return [f"{pluralise(len(numbers), 'gene')} are too many for an address, so they are kept as “{name}”."]


def _not_found(mapped: Mapped) -> str:
    """What became of a pasted list, where something did not go well."""
    count = len(mapped.missing) + len(mapped.ambiguous) + len(mapped.marks)
    if not count and not len(mapped.genes):
        return "No gene was given. Paste symbols, aliases, or Ensembl, Entrez or UniProt ids."
    parts = [f"{pluralise(len(mapped.genes), 'gene')} found"]
    if mapped.missing:
        parts.append(f"{len(mapped.missing):,} not in this data set: {mapped.missing_as_said(8)}")
    for text, symbols in list(mapped.ambiguous.items())[:3]:
        parts.append(f"“{text[:30]}” may mean {' or '.join(symbols[:4])}: give the symbol")
    if mapped.marks:
        listed = ", ".join(f"“{mark[:10]}”" for mark in mapped.marks[:4])
        parts.append(f"{listed} {'says' if len(mapped.marks) == 1 else 'say'} that nothing is known, and names no gene")
    return "; ".join(parts) + "."


def _genes(look: gene_look.Look, chosen: Requested) -> None:
    graph, run = look.graph, look.run
    rows = table_of(look, chosen.numbers)
    with st.container(
        key="selected genes", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.subheader(in_words(f"{pluralise(len(rows), 'selected gene')}"), anchor=False, width="content")
        source = downloads.provenance(graph, run)
        downloads.menu(
            f"{look.name}-{chosen.name}",
            source=source,
            figure=lambda: look.figure(webgl=False),
            table=lambda: rows,
            others={"Genes (GMT)": ("gmt", lambda: to_gmt([_as_set(graph, chosen)], provenance=source))},
        )
    st.caption(_about(look, chosen, rows))
    event = st.dataframe(
        rows.head(SHOWN_ROWS),
        hide_index=True,
        column_order=_order(look, rows),
        height=min(38 + 35 * len(rows), 420),
        column_config={name: _words(name) for name in rows.columns} | _columns(graph),
        key=f"selected {chosen.name} {len(rows)}",
        on_select="rerun",
        selection_mode="single-row",
    )
    if len(rows) > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS:,} are shown; the download has all {len(rows):,}.")
    _ways_on(graph, rows, event["selection"]["rows"])


def _as_set(graph: GeneGraph, chosen: Requested) -> GeneSet:
    return GeneSet.of(chosen.name, graph, chosen.numbers, note=chosen.origin)


def _about(look: gene_look.Look, chosen: Requested, rows: pd.DataFrame) -> str:
    """Where the selection comes from and how closely it is tied."""
    known = int(rows["partners_inside"].to_numpy().sum()) // 2
    said = f"{chosen.origin[:1].upper()}{chosen.origin[1:]} · {pluralise(known, 'known pair')} inside"
    if len(rows) > 1 and len(look.graph.pairs):
        said += in_words(f"; {_chance(look.graph, chosen.numbers).sentence}.")
    if "predicted_inside" in rows:
        likely = int(rows["predicted_inside"].to_numpy().sum()) // 2
        rarest = f"among the {_rare_percent(look.graph)} of unlisted pairs that score highest"
        free = len(rows) * (len(rows) - 1) // 2 - known
        said += f" {likely:,} more predicted ({rarest}; {about(rare_share(look.graph) * free)} by chance)."
    elif predicts_partners(look.run):
        said += in_words(f" Predicted pairs are counted for up to {MOST_SCORED:,} genes.")
    return escape_markdown(said)


def _chance(graph: GeneGraph, numbers: np.ndarray) -> ChanceInside:
    """What chance gives for the known pairs inside a selection, drawn once."""
    return _known_by_chance(graph.fingerprint, tuple(numbers.tolist()), graph)


@st.cache_data(max_entries=64, show_spinner=False)
def _known_by_chance(fingerprint: str, numbers: tuple[int, ...], _graph: GeneGraph) -> ChanceInside:
    return known_by_chance(_graph, np.array(numbers, dtype=np.int64))


def _ways_on(graph: GeneGraph, rows: pd.DataFrame, picked: list[int]) -> None:
    """Links that take the selection, or the gene of the picked row, to the other pages."""
    symbols = rows["gene"].tolist()
    gene = symbols[picked[0]] if picked and picked[0] < len(symbols) else symbols[0]
    few = len(symbols) <= MOST_IN_ADDRESS
    query: dict[str, str] = {"genes": write_list(symbols, cache.index_of(graph))} if few else {}
    with st.container(horizontal=True, vertical_alignment="center"):
        if query or address.value("set"):
            layout.link(layout.PREDICTIONS, "Pairs among them", icon=":material/query_stats:", **query)
        else:
            way_on = "keep them under a name" if access.may_work() else "select fewer"
            st.caption(in_words(f"More than {MOST_IN_ADDRESS} genes: {way_on} to take them to the other pages."))
        layout.neighbourhood_link(f"Neighbourhood of {gene}", gene=gene, **query)


def table_of(look: gene_look.Look, chosen: np.ndarray) -> pd.DataFrame:
    """One row a selected gene, best tied first: partners in all and inside, predicted ones inside, the map's values."""
    table = gene_map.table_of(look, chosen)
    number = np.array([look.graph.number_of[gene] for gene in table["gene"]], dtype=np.int64)
    place = np.searchsorted(chosen, number)
    at = int(table.columns.get_loc("known_partners")) + 1  # pyright: ignore[reportArgumentType]
    table.insert(at, "partners_inside", known_inside(look.graph, chosen)[place])
    if predicts_partners(look.run) and len(chosen) <= MOST_SCORED:
        table.insert(
            at + 1,
            "predicted_inside",
            predicted_inside(
                look.graph,
                look.run,
                chosen,
                least=scorers.rare_score(look.graph, look.run),
                scorer=scorers.scorer(look.graph, look.run),
            )[place],
        )
    order = ["partners_inside", "known_partners"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _order(look: gene_look.Look, rows: pd.DataFrame) -> list[str]:
    """The columns on the page: what tells most first; where a gene lies on the map is only in the download."""
    places = {axis.partition(" (")[0].lower().replace(" ", "_") for axis in look.projection.axes}
    shown = [name for name in rows.columns if name not in places and name != "name"]
    return [*shown, "name"] if "name" in rows else shown


def _words(column: str) -> str:
    return column.replace("_", " ").capitalize()


def _rare_percent(graph: GeneGraph) -> str:
    """As many of the unlisted pairs as pairs are known, in percent with two digits that say something."""
    return f"{100 * rare_share(graph):.2g} %"


def _columns(graph: GeneGraph) -> dict[str, Any]:
    """Headings and help of the columns that count."""
    number = st.column_config.NumberColumn
    likely = (
        "Selected genes that are no known partner and whose pair with this gene is among the "
        f"{_rare_percent(graph)} of all unlisted pairs that score highest: as many pairs as are known."
    )
    return {
        "known_partners": number("Partners", width="small", help="Known partners, held-out ones included."),
        "partners_inside": number("Inside", width="small", help="Known partners that are selected too."),
        "predicted_inside": number("Predicted", width="small", help=likely),
    }
