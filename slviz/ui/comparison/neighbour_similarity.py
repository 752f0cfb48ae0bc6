"""How alike two embeddings are by neighbours, kept for the next click: of all genes or a sample, and between seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from slviz.projections.embedding_similarity import (
    EmbeddingSimilarity,
    NeighbourChange,
    embedding_similarity,
    neighbour_change,
)
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes, drawn
from slviz.ui import cache, errors
from slviz.ui.comparison.compared_runs import ComparedRuns, alike_but

SEEDS = "{}, seed {} beside {}"
MOST_PAIRS = 8_000_000
"""Distances that a page computes of each embedding: less than a second. More are a sample, and a job for all."""
FEWEST_SAMPLED = 50


@dataclass(frozen=True, eq=False)
class SeedPair:
    """A run beside another seed of it: what changes without a reason.

    Attributes:
        words: such as "GAT · no features, seed 0 beside 1".
        run: of which the seed differs.
        sibling: the other seed of it.
        shared: the genes of both.
        similarity: of the two, of all or some of these genes.
    """

    words: str
    run: Run
    sibling: Run
    shared: SharedGenes
    similarity: EmbeddingSimilarity


def similarity_of(one: Run, other: Run, shared: SharedGenes, count: int) -> EmbeddingSimilarity:
    """Of all shared genes where that was measured or takes a moment, else of a sample of them, among all."""
    stored = cache.comparison(one, other, shared, count)
    return stored or _sampled(cache.stamps(one, other), len(shared.genes), count, one, other, shared)


def sample_size(genes: int) -> int:
    """Of how many genes the nearest are compared at once on a page: all of few, a sample of many."""
    return genes if genes**2 <= MOST_PAIRS else min(genes, max(FEWEST_SAMPLED, MOST_PAIRS // genes))


@st.cache_resource(max_entries=24, show_spinner="Comparing neighbours …")
def _sampled(
    stamps: tuple[tuple[str, int], ...], genes: int, count: int, _one: Run, _other: Run, _shared: SharedGenes
) -> EmbeddingSimilarity:
    chosen = drawn(genes, sample_size(genes))
    return embedding_similarity(*_shared.vectors((_one, _other)), count=count, genes=chosen)


def of_gene(one: Run, other: Run, shared: SharedGenes, count: int, gene: int) -> NeighbourChange:
    """The change of one gene alone."""
    return _of_gene(cache.stamps(one, other), len(shared.genes), count, gene, one, other, shared)


@st.cache_resource(max_entries=64, show_spinner=False)
def _of_gene(
    stamps: tuple[tuple[str, int], ...],
    genes: int,
    count: int,
    gene: int,
    _one: Run,
    _other: Run,
    _shared: SharedGenes,
) -> NeighbourChange:
    return neighbour_change(*_shared.vectors((_one, _other)), count=count, genes=np.array([gene]))


def between_seeds(compared: ComparedRuns, other: Run, count: int) -> list[SeedPair]:
    """Each of the two runs beside another seed of it, where such a run is stored."""
    finished = {summary.run_id: summary for summary in cache.store().summaries() if summary.state == "finished"}
    pairs: list[SeedPair] = []
    for run in (compared.first, other):
        siblings = alike_but(run.spec, finished, part="seed")
        if not siblings or run.spec.network.baseline:
            continue
        with errors.as_sentences():
            sibling = cache.run(finished[siblings[0]])
            shared = SharedGenes.of((run, sibling))
            words = SEEDS.format(compared.name(run), run.spec.seed, sibling.spec.seed)
            pairs.append(SeedPair(words, run, sibling, shared, similarity_of(run, sibling, shared, count)))
    return pairs
