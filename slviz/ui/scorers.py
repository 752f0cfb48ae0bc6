"""Scores of pairs for the pages: what scores is made once a run, and the scores of a gene once a gene."""

from __future__ import annotations

import numpy as np
import streamlit as st
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.neighbourhood import induced_pairs
from slviz.runs import Run
from slviz.scorers import PairScorer
from slviz.ui import cache


def score(graph: GeneGraph, run: Run, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
    """The run's score of each pair."""
    return scorer(graph, run).score(pairs)


def score_with(graph: GeneGraph, run: Run, gene: int) -> Float32[np.ndarray, " genes"]:
    """The run's score of one gene with every gene."""
    return _scores_of_gene(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, gene, graph, run)


def scorer(graph: GeneGraph, run: Run) -> PairScorer:
    """What scores the pairs of a run, kept for the next time."""
    return _scorer(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, graph, run)


@st.cache_resource(max_entries=8, show_spinner="Getting ready to score pairs …")
def _scorer(run_id: str, stamp: int, fingerprint: str, _graph: GeneGraph, _run: Run) -> PairScorer:
    return _run.scorer(_graph)


def rare_score(graph: GeneGraph, run: Run) -> float:
    """The score that as many unlisted pairs reach as there are known ones."""
    return _rare_score(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, graph, run)


@st.cache_data(max_entries=64, show_spinner="Looking how high scores of unlisted pairs are …")
def _rare_score(run_id: str, stamp: int, fingerprint: str, _graph: GeneGraph, _run: Run) -> float:
    return induced_pairs.rare_score(_graph, _scorer(run_id, stamp, fingerprint, _graph, _run))


@st.cache_resource(max_entries=64, show_spinner=False)
def _scores_of_gene(
    run_id: str, stamp: int, fingerprint: str, gene: int, _graph: GeneGraph, _run: Run
) -> Float32[np.ndarray, " genes"]:
    return _scorer(run_id, stamp, fingerprint, _graph, _run).score_with(gene)
