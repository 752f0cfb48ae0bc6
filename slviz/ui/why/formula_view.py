"""What the score of a pair rests on where the model is one formula over the training pairs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.scorers import FormulaScorer, PairScorer, TrainingGraph
from slviz.ui.labels import NETWORK_WORDS, escape_markdown
from slviz.ui.nouns import in_words

NAMED = 10


def show(run: Run, graph: GeneGraph, scorer: PairScorer, pair: tuple[int, int]) -> None:
    """The formula in words, and what it counts for this pair: partners of each gene, and those that they share."""
    named = escape_markdown(" – ".join(graph.genes[gene] for gene in pair))
    words = NETWORK_WORDS.get(run.spec.network.name, run.spec.network.row_name).removeprefix("a baseline: ")
    counted = f" {counts(graph, scorer.graph, pair)}" if isinstance(scorer, FormulaScorer) else ""
    st.markdown(
        in_words(
            f"**What the score of {named} rests on**: one formula, {escape_markdown(words)}."
            f"{escape_markdown(counted)} It has no sides to tell apart, and nothing was learnt of single genes."
        )
    )


def counts(graph: GeneGraph, training: TrainingGraph, pair: tuple[int, int]) -> str:
    """How many training partners both genes have, without each other, and who is shared, fewest partners first."""
    first, second = (training.adjacency[[gene]].indices for gene in pair)
    own = training.without_itself(np.array([pair]))[0]
    shared = np.intersect1d(first, second)
    shared = shared[np.argsort(training.degree[shared], kind="stable")]
    said = [f"{graph.genes[gene]} has {count:,}" for gene, count in zip(pair, own.tolist(), strict=True)]
    names = ", ".join(graph.genes[gene] for gene in shared[:NAMED].tolist())
    more = "" if len(shared) <= NAMED else f" and {len(shared) - NAMED:,} more"
    together = f"They share {names}{more}." if len(shared) else "They share none."
    return f"In training {said[0]} other partners and {said[1]}. {together}"
