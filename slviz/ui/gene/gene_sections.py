"""The parts of a gene's page, each made when it is opened."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.ranking import QUESTIONS, Ranker, question_of, runs_of_question
from slviz.runs import Run
from slviz.runs.store import RunSummary
from slviz.splits import PairSplit
from slviz.ui import access, address, cache, errors, layout, rankings
from slviz.ui.gene import known_partners, network_section, pair_panel, ranked_partners
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

RANKED, KNOWN, NETWORK = "Ranked partners", "Known partners", "Network"
NO_RUN = "No finished run on this data set scores pairs, so its partners are not ranked."
NO_SCORES = "This run scores no pairs, so it ranks no partners. Choose a question above, or another run in the sidebar."
NO_PARTNER = (
    "**Everything here rests on hubs.** {gene} has no partner among the pairs that this run learnt from, so the run "
    "knows nothing of its own partners: what it scores high is what it scores high for everybody. The list is left out."
)


def show(summary: RunSummary | None, run: Run | None, graph: GeneGraph, gene: int) -> None:
    """The question, then the part that was chosen, and below it the pair that is open."""
    _question(summary, run, graph)
    part = address.one_of(st.segmented_control, "Show", (RANKED, NETWORK, KNOWN), key="show")
    ranker = rankings.ranker(summary, graph, run) if run is not None and run.decoder and summary is not None else None
    if part == KNOWN:
        known_partners.show(graph, gene, _split(summary, graph))
        return
    if part == NETWORK:
        network_section.show(summary, run, ranker, graph, gene)
    elif ranker is None or summary is None:
        _without_scores(run)
        return
    else:
        _ranked(summary, ranker, gene)
    partner = ranked_partners.opened(graph, gene)
    if partner is not None and ranker is not None:
        pair_panel.show(ranker, gene, partner)


def _ranked(summary: RunSummary, ranker: Ranker, gene: int) -> None:
    if ranker.training_degree[gene] == 0:
        st.warning(in_words(NO_PARTNER.format(gene=escape_markdown(ranker.graph.genes[gene]))), icon=":material/block:")
        if not st.toggle("Show the list nevertheless", key="nevertheless", bind="query-params"):
            return
    if ranker.survey is None:
        rankings.survey_panel(summary)
    ranked_partners.show(ranker, gene, rankings.partners(ranker, gene, others=_others(summary, ranker)))


def _question(summary: RunSummary | None, run: Run | None, graph: GeneGraph) -> None:
    """Which question the ranking answers; another one opens the best run that answers it."""
    summaries = cache.store().summaries()
    best = {
        question: runs[0].run_id
        for question in QUESTIONS
        if (runs := runs_of_question(summaries, question, fingerprint=graph.fingerprint))
    }
    if not best:
        return
    current = question_of(run.spec) if run is not None and run.decoder else None
    if len(best) == 1 and current in best:
        st.caption(f":material/help: {in_words(QUESTIONS[current])}")
        return
    key = "question of the ranking"
    st.session_state[key] = current

    def changed() -> None:
        if st.session_state[key] in best:
            address.put(run=best[st.session_state[key]])

    st.segmented_control(
        "Question", list(best), key=key, on_change=changed, format_func=lambda name: in_words(QUESTIONS[name])
    )


def _others(summary: RunSummary, ranker: Ranker, *, most: int = 2) -> list[Run]:
    """The best other runs of the same question, where a person wants their ranks beside."""
    summaries = runs_of_question(cache.store().summaries(), ranker.question, fingerprint=ranker.graph.fingerprint)
    rest = [each for each in summaries if each.run_id != summary.run_id][:most]
    if not rest or not st.toggle("Ranks in other runs", key="other-runs", bind="query-params"):
        return []
    return [cache.run(each) for each in rest]


def _split(summary: RunSummary | None, graph: GeneGraph) -> PairSplit | None:
    """The run's split; None, with the sentence, where it cannot be read."""
    if summary is None:
        return None
    try:
        return cache.split(summary, graph)
    except DamagedRun as error:
        errors.show(error)
        return None


def _without_scores(run: Run | None) -> None:
    st.info(in_words(NO_RUN if run is None else NO_SCORES), icon=":material/info:")
    if run is None and access.may_work():
        layout.link(layout.TRAIN, "Train a run", icon=":material/add:")
