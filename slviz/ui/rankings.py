"""Rankings for the pages: what ranks the partners of genes is made once a run, the partners of a gene once a gene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from slviz import ranking
from slviz.datasets import GeneGraph
from slviz.files.gz import is_gzip
from slviz.files.limited import run_limited_if_large
from slviz.pipeline import commands
from slviz.pipeline.survey import processor_seconds, split_of_screens
from slviz.ranking import (
    Candidate,
    LaterKnowledge,
    LaterPairs,
    Plan,
    Ranker,
    Reliability,
    Survey,
    later_knowledge,
    propose_plan,
    question_of,
    read_later_pairs,
    reliability_of_gene,
    reliability_of_pair,
    sibling_runs,
)
from slviz.runs import Run
from slviz.runs.files import sha256
from slviz.runs.store import RunSummary
from slviz.text import duration
from slviz.ui import cache, job_panel, scorers
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import EXPERIMENT_SCORE, SCORE_HELP
from slviz.ui.nouns import in_words
from slviz.ui.packed_table import PackedTable

POPULARITY_UNKNOWN = "Whether a partner rests on popularity is unknown until all pairs are ranked."
FIRST_LIST = "The first gene of a run takes 10 to 30 seconds, the next ones about one."
MOST_SIBLINGS = 3
"""Runs that differ in seed or fold, with which a list is compared; each has to be opened."""


def ranker(summary: RunSummary, graph: GeneGraph, run: Run) -> Ranker:
    """What ranks the partners of genes by a run, adjusted for hubs where all pairs were surveyed."""
    path = cache.store().artifacts(summary.run_id).survey_artifact().path
    kept = cache.whole(path, lambda: cache.store().artifacts(summary.run_id).open_survey())
    stamps = (cache.run_stamp(run.run_id), _stamp(path))
    return _ranker(run.run_id, graph.fingerprint, stamps, graph, run, kept)


@st.cache_resource(max_entries=4, show_spinner=False)
def _ranker(
    run_id: str, fingerprint: str, stamps: tuple[int, int], _graph: GeneGraph, _run: Run, _survey: Survey | None
) -> Ranker:
    scorer, split = scorers.scorer(_graph, _run), split_of_screens(cache.store(), _run, _graph)
    made = Ranker.of(_graph, _run, scorer=scorer, survey=_survey, split=split)
    if _survey is None and len(_graph) <= ranking.SMALL:
        small = ranking.survey(_graph, made.known, scorer)
        return Ranker.of(_graph, _run, scorer=scorer, survey=small, split=split)
    return made


def waiting(what: str) -> AbstractContextManager[None]:
    """A line with the seconds that have passed, shown while a ranking is made that nobody asked for before."""
    return st.spinner(in_words(f"{what}. {FIRST_LIST}"), show_time=True)


def _made_by(of: Ranker) -> tuple[str, str, bool, int]:
    """What tells one ranker from another: run, data set, and the survey that it reads."""
    path = cache.store().artifacts(of.run.run_id).survey_artifact().path
    return of.run.run_id, of.graph.fingerprint, of.survey is not None, _stamp(path)


def partners(of: Ranker, gene: int, *, others: Sequence[Run] = ()) -> pd.DataFrame:
    """Every other gene as a partner of a gene, best first, with its ranks in some other runs of the data set."""
    key = tuple(other.run_id for other in others)
    return _partners(_made_by(of), gene, key, of, others).table()


@st.cache_resource(max_entries=64, show_spinner=False)
def _partners(
    made_by: tuple[str, str, bool, int],
    gene: int,
    other_ids: tuple[str, ...],
    _ranker: Ranker,
    _others: Sequence[Run],
) -> PackedTable:
    scorers_of_others = {run.run_id: scorers.scorer(_ranker.graph, run) for run in _others}
    return PackedTable(_ranker.partners(gene, others=scorers_of_others))


def score_help(run: Run) -> str:
    """What a score of the run means, for a help text."""
    return SCORE_HELP if question_of(run.spec) != "experiment" else f"{EXPERIMENT_SCORE} {glossary_link('Score')}"


def reliability(of: Ranker, gene: int) -> Reliability:
    """Reliability of the ranked partners of a gene, beside runs that differ in seed or fold alone."""
    summaries = {summary.run_id: summary for summary in cache.store().summaries()}
    siblings = sibling_runs(list(summaries.values()), of.run.spec)[:MOST_SIBLINGS]
    return _reliability(of.run.run_id, of.graph.fingerprint, gene, tuple(siblings), of, summaries)


def reliability_of(of: Ranker, gene: int, partner: int, *, row: Mapping[str, Any]) -> Reliability:
    """Reliability of the score of one pair, whose row in the partners of the gene is at hand."""
    return _reliability_of(_made_by(of), gene, partner, of, row)


@st.cache_resource(max_entries=256, show_spinner=False)
def _reliability_of(
    made_by: tuple[str, str, bool, int], gene: int, partner: int, _ranker: Ranker, _row: Mapping[str, Any]
) -> Reliability:
    return reliability_of_pair(_ranker, gene, partner, row=_row)


def plan(of: Ranker, pairs: Sequence[tuple[int, int]], *, budget: int) -> Plan:
    """The plan of these pairs, the gene that is asked about first; partners of genes are those that pages keep."""
    return _plan(_made_by(of), tuple(pairs), budget, of)


@st.cache_resource(max_entries=32, show_spinner="Planning the tests …")
def _plan(
    made_by: tuple[str, str, bool, int], pairs: tuple[tuple[int, int], ...], budget: int, _ranker: Ranker
) -> Plan:
    candidates = [Candidate(gene, partner) for gene, partner in pairs]
    return propose_plan(_ranker, candidates, budget=budget, partners=lambda gene: partners(_ranker, gene))


@st.cache_resource(max_entries=256, show_spinner="Comparing seeds and folds …")
def _reliability(
    run_id: str,
    fingerprint: str,
    gene: int,
    sibling_ids: tuple[str, ...],
    _ranker: Ranker,
    _summaries: dict[str, RunSummary],
) -> Reliability:
    runs = [cache.run(_summaries[sibling]) for sibling in sibling_ids]
    siblings = {run.run_id: scorers.scorer(_ranker.graph, run) for run in runs}
    return reliability_of_gene(_ranker, gene, siblings=siblings)


def later(of: Ranker, raw: bytes, *, name: str) -> LaterKnowledge:
    """How a run had ranked the pairs of a later file; computed once a file, whatever is clicked while it stays."""
    pairs = _later_pairs(of.graph.fingerprint, sha256(raw), name, raw, of.graph)
    return _later(_made_by(of), sha256(raw), name, pairs, of)


@st.cache_resource(max_entries=8, show_spinner="Reading the pairs …")
def _later_pairs(fingerprint: str, digest: str, name: str, _raw: bytes, _graph: GeneGraph) -> LaterPairs:
    return run_limited_if_large(
        read_later_pairs, _graph, _raw, what=name, size_bytes=len(_raw), packed=is_gzip(_raw), name=name
    )


@st.cache_resource(max_entries=8, show_spinner="Scoring the pairs by the run and its best baselines …")
def _later(
    made_by: tuple[str, str, bool, int], digest: str, name: str, _pairs: LaterPairs, _ranker: Ranker
) -> LaterKnowledge:
    return later_knowledge(_ranker, _pairs)


def survey_panel(summary: RunSummary, of: Ranker) -> None:
    """How to get the ranks adjusted for hubs, where all pairs of the run were not surveyed yet."""
    job_panel.panel(
        job_panel.Job(
            key=f"survey {summary.run_id}",
            artifacts=lambda: [cache.store().artifacts(summary.run_id).survey_artifact()],
            command=commands.survey(summary.run_id),
            what="the ranking of all pairs",
            offer="**Ranks adjusted for hubs** need the scores of all pairs of this run once. They were not made yet.",
            button="Rank all pairs",
            takes=f"About {duration(processor_seconds(of))} of processor time; longer where the machine is busy.",
        )
    )


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
