"""Controls: the embeddings that a run's own embedding has to be told from before it is believed.

The same network before its first step shows what its layers and the graph give without learning; the same
network trained on shuffled pairs shows what training gives where there is nothing to learn but how many
partners a gene has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import InvalidSetting
from slviz.networks import Fitted
from slviz.runs import RunSpec
from slviz.splits import PairSplit, degree_matched_negatives
from slviz.splits.pair_split import TESTED
from slviz.training.devices import find_device, repeatable
from slviz.training.evaluate import evaluate
from slviz.training.fitting import Epoch
from slviz.training.train import embedding_of, fit_model, problem_of, rebuilt

LEARNT_FROM = ("train", "validation")
MOST_NUMBERS = 20_000_000
"""Of a layer that is kept; 80 MB."""
SHUFFLING = 7
"""What tells the chance of the shuffling from other chance of the same seed."""


def untrained_embedding(graph: GeneGraph, spec: RunSpec, split: PairSplit) -> Float32[np.ndarray, "genes width"]:
    """The embedding [G, D] of the network of `spec` with the weights that its training began with."""
    where = find_device("cpu")
    with repeatable(where):
        return embedding_of(problem_of(graph, spec, split, where))


def layer_of(
    graph: GeneGraph, spec: RunSpec, split: PairSplit, *, number: int, weights: Mapping[str, np.ndarray]
) -> Float32[np.ndarray, "genes width"]:
    """What a layer of the trained network gives each gene, [G, D], caught by a forward hook over the training graph.

    Of a layer that adds to what a gene was, the addition alone; of a convolution, all places and patterns side by side.

    Args:
        graph, spec, split: of the run.
        number: which layer, from 1.
        weights: of the trained network.

    Raises `InvalidSetting` for a layer that the network does not have, or one of too many numbers to be kept;
    `DamagedRun` when the weights are those of another network.
    """
    where = find_device("cpu")
    with repeatable(where):
        problem = rebuilt(graph, spec, split, weights=weights)
        layers = getattr(problem.model.encoder, "layers", [])
        if number > len(layers):
            raise InvalidSetting(
                f"Run {spec.run_id} has no layer {number}: its network '{spec.network.name}' has {len(layers)}."
            )
        caught: list[np.ndarray] = []
        hook = layers[number - 1].register_forward_hook(
            lambda layer, inputs, given: caught.append(given.detach().flatten(1).cpu().numpy())
        )
        try:
            embedding_of(problem)
        finally:
            hook.remove()
    given = np.concatenate(caught).astype(np.float32)
    if given.size > MOST_NUMBERS:
        raise InvalidSetting(
            f"Layer {number} gives {given.shape[1]:,} numbers for each of {len(given):,} genes, more than the "
            f"{MOST_NUMBERS:,} in all that are kept. Take a later layer, or the embedding."
        )
    return given


def train_on_shuffled_pairs(
    graph: GeneGraph,
    spec: RunSpec,
    split: PairSplit,
    *,
    device: str = "auto",
    on_epoch: Callable[[Epoch], None] | None = None,
) -> tuple[Float32[np.ndarray, "genes width"], pd.DataFrame]:
    """The embedding [G, D] of the network of `spec` trained on `shuffled(split)`, and its metrics.

    The metrics are those of a run, evaluated on the real test pairs: what shuffled pairs teach about them.
    What `on_epoch` raises ends the training. Raises `TrainingDiverged` as training does.
    """
    mixed = shuffled(split, genes=len(graph), seed=spec.seed)
    shared: dict[str, Any] = {}
    fitted = fit_model(graph, spec, mixed, device=device, on_epoch=on_epoch, shared=shared)

    def refit(other: PairSplit) -> Fitted:
        mixed_too = shuffled(other, genes=len(graph), seed=spec.seed)
        return fit_model(graph, spec, mixed_too, device=device, shared=shared)

    evaluated = evaluate(graph, spec, mixed, fitted, refit=refit)
    return fitted.embedding, evaluated.metrics


def shuffled(split: PairSplit, *, genes: int, seed: int) -> PairSplit:
    """The split with the partners of its training and of its validation pairs permuted, and their scores too.

    Every gene keeps its number of pairs in either part (but for the few pairs that cannot be joined anew);
    who its partners are is chance. Test pairs and what parts are compared with stay as they are, and no
    shuffled pair is one of the negatives that validation compares with. Of the pairs that screens tested, which are
    hits is permuted within each screen and part: a screen keeps its pairs and its number of hits. A screen that is
    tested as well as learnt from is evaluated by its real hits.
    """
    random = np.random.default_rng([seed, SHUFFLING])
    pairs, score, kept = split.pairs.copy(), split.score.copy(), np.ones(len(split.pairs), dtype=bool)
    taken = np.unique(pair_keys(pairs[(split.part != "test") & (split.negative_kind != "known")], genes))
    for part in LEARNT_FROM:
        rows = split.rows(part)
        joined = degree_matched_negatives(random, split.pairs[rows], genes=genes, avoid=taken)
        joined = joined[random.permutation(len(joined))]
        pairs[rows[: len(joined)]] = joined
        score[rows] = random.permutation(score[rows])
        kept[rows[len(joined) :]] = False
        taken = np.union1d(taken, pair_keys(joined, genes))
    negative_kind, actual = _with_shuffled_hits(split, random)
    return dataclasses.replace(
        split,
        pairs=_frozen(pairs[kept]),
        part=split.part[kept],
        negative_kind=_frozen(negative_kind[kept]),
        actual=_frozen(actual[kept]),
        score=_frozen(score[kept]),
        screen=split.screen[kept],
    )


def _with_shuffled_hits(split: PairSplit, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`negative_kind` and `actual` of the split, its hits permuted within each screen of a part that is learnt from."""
    negative_kind, actual = split.negative_kind.copy(), split.actual.copy()
    tested = np.isin(split.negative_kind, TESTED)
    for part in LEARNT_FROM:
        for screen in np.unique(split.screen[tested & (split.part == part)].astype(str)):
            rows = np.flatnonzero(tested & (split.part == part) & (split.screen == screen))
            order = random.permutation(rows)
            negative_kind[rows], actual[rows] = split.negative_kind[order], split.actual[order]
    return negative_kind, actual


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
