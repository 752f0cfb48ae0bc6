"""A run on the tiny graph that scores any pair, for the tests of rankings, plans and reports."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from builders import tiny_further_parts, tiny_graph, tiny_run

from slviz.datasets import GeneGraph
from slviz.ranking import KnownPairs, Ranker, survey
from slviz.runs import Run
from slviz.runs.artifacts.surveys import Survey

WIDTH, HIDDEN = 6, 3


def scoring_run(graph: GeneGraph, *, seed: int = 0, **changes: Any) -> Run:
    """A link run with a decoder of random numbers."""
    random = np.random.default_rng(seed)
    shapes = {
        "bilinear": (WIDTH, WIDTH),
        "linear": (WIDTH,),
        **dict.fromkeys(("sum", "product", "difference"), (HIDDEN, WIDTH)),
        "hidden_bias": (HIDDEN,),
        "readout": (HIDDEN,),
        "bias": (1,),
        "bounds": (0,),
    }
    decoder = {name: random.normal(scale=0.3, size=shape).astype(np.float32) for name, shape in shapes.items()}
    decoder["bilinear"] = decoder["bilinear"] + decoder["bilinear"].T
    return dataclasses.replace(tiny_run(graph, width=WIDTH, seed=seed), decoder=decoder, **changes)


def rich_graph() -> GeneGraph:
    """The tiny graph with screens, paralogs, a collection of sets and columns over genes."""
    return tiny_graph(**tiny_further_parts())


def tiny_ranker(graph: GeneGraph | None = None) -> Ranker:
    """A ranker of a scoring run with its survey."""
    graph = rich_graph() if graph is None else graph
    run = scoring_run(graph)
    scorer = run.scorer(graph)
    return Ranker.of(graph, run, scorer=scorer, survey=survey(graph, KnownPairs.of(graph, run), scorer))


def a_survey(genes: int) -> Survey:
    """A survey of so many genes in which all pairs score the same."""
    ranks = np.arange(1, genes)
    pairs, score = np.array([[0, 1], [0, 2]]), np.full(2, 0.5, dtype=np.float32)
    level = np.full((genes, len(ranks)), 0.5, dtype=np.float32)
    return Survey(ranks, level, np.zeros(genes), np.ones(genes), pairs, score, pairs, score, np.array([1, 2]), score)
