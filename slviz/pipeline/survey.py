"""The survey of a finished run, one pass over the scores of all pairs, made and kept beside it."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, RunAlreadyRunning, RunNotSaved
from slviz.projections.method import OnProgress
from slviz.ranking.ranker import Ranker
from slviz.ranking.survey import SMALL, TOP, survey
from slviz.runs import Run
from slviz.runs.artifacts.surveys import Survey
from slviz.runs.store import RunStore
from slviz.scorers import ExplainedScorer, ScreenScorer
from slviz.splits import PairSplit
from slviz.splits.pair_split import TESTED

START_SECONDS, OF_EMBEDDINGS, OF_FEATURES = 4.0, 0.45, 1.1
"""Seconds of a processor to start, and for a million pairs: by a decoder of embeddings, by what is read of each pair.

`slviz rank RUN --top 10000` took 12 s by a gat run, 26 s by multiview and 19 s by bench, for 20 million pairs each.
"""


def kept_survey(store: RunStore, run_id: str) -> Survey | None:
    """The survey of a run; None where there is none, or it is damaged and has to be made again."""
    with contextlib.suppress(DamagedRun):
        return store.artifacts(run_id).open_survey()
    return None


def survey_run(store: RunStore, ranker: Ranker, *, top: int = TOP, on_progress: OnProgress | None = None) -> Survey:
    """The survey of a run with `top` highest pairs at least, made when it is not there yet.

    Kept are its `TOP` highest pairs, which every page opens; more are found anew whenever they are asked for. One
    process makes what is kept at a time. Raises `RunAlreadyRunning` while another does, `RunCancelled` when somebody
    asked to stop, and as `slviz.ranking.survey.survey` does.
    """
    run_id = ranker.run.run_id
    top = max(top, TOP)
    pairs = len(ranker.graph) * (len(ranker.graph) - 1) // 2
    known = kept_survey(store, run_id)
    if known is not None and len(known.pairs) >= min(top, pairs):
        return known
    if known is not None and len(known.pairs) >= min(TOP, pairs):
        return survey(ranker.graph, ranker.known, ranker.scorer, top=top, on_progress=on_progress)
    artifacts = store.artifacts(run_id)
    with artifacts.survey_artifact().making(busy=f"Another process is ranking all pairs of run {run_id}.") as tell:

        def both(share: float, doing: str) -> None:
            tell(share, doing)
            if on_progress is not None:
                on_progress(share, doing)

        made = survey(ranker.graph, ranker.known, ranker.scorer, top=top, on_progress=both)
        artifacts.save_survey(made.highest(TOP))
    return made


def processor_seconds(ranker: Ranker) -> float:
    """About how many seconds of a processor the survey of a run takes, from its start in a process of its own."""
    pairs = len(ranker.graph) * (len(ranker.graph) - 1) / 2
    reads_features = isinstance(ranker.scorer, (ExplainedScorer, ScreenScorer))
    return START_SECONDS + pairs / 1e6 * (OF_FEATURES if reads_features else OF_EMBEDDINGS)


def surveyed(store: RunStore, ranker: Ranker, *, top: int = TOP) -> Survey:
    """The survey of a run, kept where that can be: not in a folder that cannot be written, nor beside another maker."""
    try:
        return survey_run(store, ranker, top=top)
    except (RunNotSaved, RunAlreadyRunning):
        return survey(ranker.graph, ranker.known, ranker.scorer, top=top)


def with_survey(store: RunStore, ranker: Ranker) -> Ranker:
    """The ranker with a survey where there is one, or where making it takes a second or two; else as it is."""
    if ranker.survey is not None or len(ranker.graph) > SMALL:
        return ranker
    return dataclasses.replace(ranker, survey=surveyed(store, ranker))


def open_ranker(store: RunStore, run_id: str, graph: GeneGraph) -> Ranker:
    """The ranker of a finished run with all that is kept beside it."""
    run = store.open(run_id)
    return Ranker.of(graph, run, survey=kept_survey(store, run_id), split=split_of_screens(store, run, graph))


def split_of_screens(store: RunStore, run: Run, graph: GeneGraph) -> PairSplit | None:
    """The split of a run that was evaluated on screens; None for another, of which nobody needs it here."""
    if not np.isin(run.predictions["negative_kind"].to_numpy(), TESTED).any():
        return None
    return PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
