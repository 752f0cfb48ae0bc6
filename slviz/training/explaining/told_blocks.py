"""What a network is told of the two genes of a pair, block by block, and what each adds. Imports torch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import numpy as np

from slviz.datasets import GeneGraph
from slviz.features import FeatureSet
from slviz.networks.encoders import Encoder, GeneEncoder
from slviz.scorers.shapley import shapley_values
from slviz.training.explaining.pair_messages import PairMessages
from slviz.training.pair_problem import PairProblem

PLACE, VECTOR, PARTNERS = "number and confidence of partners", "learnt gene vector", "messages from partners"
FEATURE = "feature "


def block_values(
    messages: PairMessages, problem: PairProblem, *, features: FeatureSet, graph: GeneGraph
) -> tuple[dict[str, float], dict[str, float]]:
    """What each block adds to the raw number of the pair, and the raw number without it; by the block's name.

    The blocks are each feature source, what the graph says of the genes' partners, the vectors learnt for the genes,
    and the messages from their partners. A block that is hidden is that of an average gene, for both genes; messages
    are left out. What is added is a Shapley value (`slviz.scorers.shapley`): all of them add up to the raw number less
    that of two average genes that hear nobody.
    """
    columns = features.columns(graph)
    blocks = [f"{FEATURE}{source}" for source in columns]
    encoder = problem.model.encoder
    if isinstance(encoder, Encoder):
        blocks += [PLACE] * (encoder.structure is not None) + [VECTOR] * (encoder.vectors is not None)
    blocks += [PARTNERS] * bool(messages.edges.shape[1])
    known: dict[frozenset[str], float] = {}

    def raw(shown: set[str]) -> np.ndarray:
        key = frozenset(shown)
        if key not in known:
            with _hiding(problem, messages.pair, set(blocks) - shown, columns) as hidden:
                known[key] = hidden(messages, keep=PARTNERS in shown)
        return np.array([known[key]])

    adds = shapley_values(blocks, raw)
    without = {block: float(raw(set(blocks) - {block})[0]) for block in blocks}
    return {block: float(value[0]) for block, value in adds.items()}, without


@contextlib.contextmanager
def _hiding(
    problem: PairProblem, pair: tuple[int, int], hidden: set[str], columns: dict[str, slice]
) -> Iterator[Callable[..., float]]:
    """Inside, the two genes are average ones as far as these blocks go; gives what asks for the raw number."""
    encoder, rows = problem.model.encoder, list(pair)
    features, structure = problem.features.clone(), problem.whole.structure.clone()
    for source, place in columns.items():
        if f"{FEATURE}{source}" in hidden:
            features[rows, place] = problem.features[:, place].mean(dim=0)
    if PLACE in hidden:
        structure[rows] = problem.whole.structure.mean(dim=0)
    with _average_vectors(encoder, rows) if VECTOR in hidden else contextlib.nullcontext():
        yield lambda messages, keep: messages.raw_of(features, structure, keep=keep)


@contextlib.contextmanager
def _average_vectors(encoder: GeneEncoder, rows: list[int]) -> Iterator[None]:
    """Inside, what was learnt of these genes is what was learnt of an average one."""
    assert isinstance(encoder, Encoder)
    assert encoder.vectors is not None
    vectors = encoder.vectors.weight.data
    learnt = vectors[rows].clone()
    vectors[rows] = vectors.mean(dim=0)
    try:
        yield
    finally:
        vectors[rows] = learnt
