"""Overview: which data, which runs, and where to go next."""

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.ui import access, cache, data_report, gene_finder, layout, nouns, question_rows, run_cards
from slviz.ui.data import class_portrait_view, data_portrait, datasets, further_parts, pair_matrix_view, picture_gallery
from slviz.ui.labels import escape_markdown

SHOWS = "slviz shows what networks learn from known pairs, and how well they predict."
LETHALITY = (
    "**Synthetic lethality**: a cell survives the loss of either of two genes, and dies of the loss of both. " + SHOWS
)


def page() -> None:
    """The data first, then what was learnt from it."""
    layout.heading("Overview")
    about = st.empty()
    with st.columns([2, 1])[0]:
        source, graph = datasets.pick()
        data_report.read(*cache.dataset_with_report(source))
    gene_finder.on_page(layout.GENE, graph)
    about.markdown(_about(graph))
    data_portrait.tiles(graph)
    picture_gallery.show(graph)
    if graph.pictures is None:
        question_rows.show(graph, source)
    newest = _runs(graph.fingerprint)
    if len(graph.pairs):
        data_portrait.hubs(graph, run_id=newest)
        data_portrait.evidence(graph)
        pair_matrix_view.show(graph)
    class_portrait_view.show(graph)
    further_parts.show(graph)
    st.caption(
        escape_markdown(
            " ".join(f"{sentence}." for sentence in (graph.title, graph.citation, graph.licence) if sentence)
        )
    )


def _about(graph: GeneGraph) -> str:
    """What the data set is of: synthetic lethality, other pairs, or pictures."""
    words = graph.nouns
    if graph.pictures is not None:
        return (
            f"Here the points are **{escape_markdown(words.things)}**: pictures of {graph.pictures}, and no pairs. "
            "slviz shows what networks learn of them, and how well they draw them again or tell them apart."
        )
    if words.are_lethal:
        return LETHALITY
    things, pair = escape_markdown(words.things), escape_markdown(nouns.with_article(words.pair))
    return f"Here the points are **{things}**, and a pair is **{pair}**. {SHOWS}"


def _runs(fingerprint: str) -> str | None:
    """Cards of the finished runs; the name of the newest on this data."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Finished runs", anchor=False, width="content")
        if access.may_work():
            layout.link(layout.TRAIN, "Train a new one", icon=":material/add:")
    summaries = cache.store().summaries()
    finished = [summary for summary in summaries if summary.state == "finished" and summary.spec is not None]
    here = [summary for summary in finished if summary.spec and summary.spec.data_fingerprint == fingerprint]
    elsewhere = [summary for summary in finished if summary not in here]
    if not here:
        way_on = " Train one: on the demo it takes about a minute." if access.may_work() else ""
        st.info(f"**No finished run on this data set yet.**{way_on}", icon=":material/model_training:")
    run_cards.show(here, key="all-runs")
    if len(here) > 1:
        layout.link(layout.RESULTS, "Compare all of them", icon=":material/leaderboard:")
    if elsewhere:
        with st.expander(f"Runs on other data ({len(elsewhere)})", icon=":material/folder_open:"):
            run_cards.show(elsewhere, key="all-runs-elsewhere")
    run_cards.damaged([summary for summary in summaries if summary.state == "damaged"])
    return here[0].run_id if here else None


layout.show(page)
