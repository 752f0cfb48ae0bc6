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
from slviz.ui.gene import known_partners, network_section, pair_panel, plan_section, ranked_partners, shortlist
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.neighbourhood import ego_network_view
from slviz.ui.nouns import in_words
from slviz.ui.why import how_it_came

RANKED, KNOWN, NETWORK, PLAN = "Ranked partners", "Known partners", "Network", "Plan"
NEIGHBOURHOOD = "Neighbourhood"
SECTION_IDS = {
    RANKED: "ranked",
    NETWORK: "network",
    NEIGHBOURHOOD: "neighbourhood",
    KNOWN: "known",
    PLAN: "plan",
}
PARTS_HELP = (
    f"**{NETWORK}**: who is joined to the gene, to click through. **{NEIGHBOURHOOD}**: the genes around it as the run "
    "weighs them, attention by layer and head, and whether attention matters."
)
NO_RUN = "No finished run on this data set scores pairs, so its partners are not ranked."
NO_NEIGHBOURHOOD = "A neighbourhood is what a run sees around a gene; no run on this data set is finished."
NO_SCORES = "This run scores no pairs, so it ranks no partners. Choose a question above, or another run in the sidebar."
LIGHTS = {
    "abstain": (st.error, ":material/block:"),
    "weak": (st.warning, ":material/warning:"),
    "fair": (st.info, ":material/info:"),
    "good": (st.success, ":material/check_circle:"),
}
"""How each level of reliability is shown."""


def show(summary: RunSummary | None, run: Run | None, graph: GeneGraph, gene: int) -> None:
    """The question, then the part that was chosen, and below it the pair that is open."""
    plan_section.say_nonsense(graph)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _question(run, graph)
        part = address.one_of(
            st.segmented_control,
            "Show",
            tuple(SECTION_IDS),
            key="show",
            ids=SECTION_IDS,
            help=in_words(PARTS_HELP),
        )
        other_runs = _others(summary, graph) if part == RANKED and summary is not None else []
    if part == KNOWN:
        known_partners.show(graph, gene, _split(summary, graph))
        return
    if part == NEIGHBOURHOOD:
        _neighbourhood(summary, run, graph, gene)
        return
    ranker = _ranker(summary, run, graph)
    if ranker is not None and part != PLAN:
        _rank(ranker, gene, other_runs)
    if part == PLAN and ranker is not None:
        plan_section.show(ranker, gene)
        return
    if part == NETWORK:
        network_section.show(run, ranker, graph, gene)
    elif ranker is None or summary is None:
        _without_scores(run)
        return
    else:
        _ranked(summary, ranker, gene, other_runs)
    partner = ranked_partners.opened(graph, gene)
    if partner is not None and ranker is not None:
        pair_panel.show(ranker, gene, partner)


def go_to_neighbourhood() -> None:
    """Open that part of the Gene page, with everything else that the address asks for."""
    st.switch_page(layout.GENE, query_params=dict(st.query_params) | {"show": SECTION_IDS[NEIGHBOURHOOD]})


def _neighbourhood(summary: RunSummary | None, run: Run | None, graph: GeneGraph, gene: int) -> None:
    if summary is None or run is None:
        st.info(in_words(NO_NEIGHBOURHOOD), icon=":material/info:")
        return
    ego_network_view.show(summary, graph, run, gene)
    how_it_came.show(summary, graph, run, gene)


def _ranker(summary: RunSummary | None, run: Run | None, graph: GeneGraph) -> Ranker | None:
    """What ranks partners by the run; None where there is none, or it scores no pairs."""
    if summary is None or run is None or not run.decoder:
        return None
    with rankings.waiting(f"Preparing the run to score pairs of {len(graph):,} genes"):
        return rankings.ranker(summary, graph, run)


def _rank(ranker: Ranker, gene: int, others: list[Run]) -> None:
    """Rank the partners of the gene, if that was not done yet, and say so for as long as it takes."""
    graph = ranker.graph
    what = (
        f"Scoring {escape_markdown(graph.genes[gene])} with {len(graph) - 1:,} genes and reading what is known of each"
    )
    with rankings.waiting(what):
        if not rankings.reliability(ranker, gene).abstains:
            rankings.partners(ranker, gene, others=others)


def _ranked(summary: RunSummary, ranker: Ranker, gene: int, others: list[Run]) -> None:
    if not _reliability(ranker, gene):
        return
    ranked_partners.show(ranker, gene, rankings.partners(ranker, gene, others=others))
    ticked = len(shortlist.pairs(ranker.graph))
    if ticked:
        label = f"Plan the test of {pluralise(ticked, 'pair')}"
        st.button(label, icon=":material/checklist:", type="primary", on_click=_open_plan)
    if ranker.survey is None:
        rankings.survey_panel(summary, ranker)


def _open_plan() -> None:
    address.put(show=SECTION_IDS[PLAN])


def _reliability(ranker: Ranker, gene: int) -> bool:
    """Reliability of the list, and on what it rests; whether the list is shown at all."""
    reliability = rankings.reliability(ranker, gene)
    box, icon = LIGHTS[reliability.level]
    box(in_words(escape_markdown(reliability.sentence)), icon=icon)
    facts = " · ".join(f"{escape_markdown(label)}: **{escape_markdown(value)}**" for label, value in reliability.facts)
    st.caption(in_words(facts))
    if not reliability.abstains:
        return True
    return address.toggle("Show the list nevertheless", key="nevertheless")


def _question(run: Run | None, graph: GeneGraph) -> None:
    """Which question the ranking answers; another one opens the best run that answers it."""
    summaries = cache.store().summaries()
    best = {
        question: runs[0].run_id
        for question in QUESTIONS
        if (runs := runs_of_question(summaries, question, fingerprint=graph.fingerprint))
    }
    current = question_of(run.spec) if run is not None and run.decoder else None
    if not best or (len(best) == 1 and current in best):
        return  # the line under the heading says which one the run answers
    key = "question of the ranking"
    st.session_state[key] = current if current in best else None

    def changed() -> None:
        if st.session_state[key] in best:
            address.put(run=best[st.session_state[key]])

    st.segmented_control(
        "Question", list(best), key=key, on_change=changed, format_func=lambda name: in_words(QUESTIONS[name])
    )


def _others(summary: RunSummary, graph: GeneGraph, *, most: int = 2) -> list[Run]:
    """The best other runs of the same question, where a person wants their ranks beside."""
    if summary.spec is None:
        return []
    question = question_of(summary.spec)
    summaries = runs_of_question(cache.store().summaries(), question, fingerprint=graph.fingerprint)
    rest = [other for other in summaries if other.run_id != summary.run_id][:most]
    if not rest or not address.toggle("Ranks in other runs", key="other-runs"):
        return []
    return [cache.run(other) for other in rest]


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
