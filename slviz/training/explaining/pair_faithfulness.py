"""Is a run's attention faithful? The check of a pair, over many of its known test pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.evaluation.pair_verdict import FEWEST_EDGES
from slviz.evaluation.removal import DRAWS
from slviz.runs import Run
from slviz.runs.artifacts.explanations import PARTNERS
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.explaining.explain import (
    attention_and_gradients,
    attention_to,
    check,
    partners_of_sources,
    weight_of_network,
)
from slviz.training.trained_network import TrainedNetwork

PAIRS = 200


def sampled_pairs(run: Run, split: PairSplit, *, count: int = PAIRS, seed: int = 0) -> Int64[np.ndarray, "sampled 2"]:
    """Known test pairs that a check can be made of, drawn by chance; of all parts where the test part has none.

    Raises `InvalidSetting` for a run without attention or pairs, or where no pair has enough edges.
    """
    if not run.decoder or not run.spec.network.learns_in_epochs:
        raise InvalidSetting(f"Run {run.run_id} has no network that scores pairs, so no attention to test.")
    if run.attention is None:
        raise InvalidSetting(f"The network of run {run.run_id} ({run.spec.network.name}) has no attention to test.")
    source, target = run.attention.edges
    edges = np.bincount(target[source != target], minlength=len(run.genes))
    positives = run.spec.task.positives
    rows = split.rows("test", positives)
    rows = rows if len(rows) else np.flatnonzero(split.negative_kind == "known")
    pairs = np.unique(np.sort(split.pairs[rows], axis=1), axis=0)
    pairs = pairs[edges[pairs].max(axis=1, initial=0) >= FEWEST_EDGES]
    if not len(pairs):
        raise InvalidSetting(
            f"No pair of run {run.run_id} has a gene with {FEWEST_EDGES} partners or more in training: nothing to test."
        )
    return pairs[np.sort(np.random.default_rng([seed, 6]).permutation(len(pairs))[:count])]


def pair_faithfulness(
    graph: GeneGraph,
    run: Run,
    split: PairSplit,
    *,
    weights: Mapping[str, np.ndarray],
    pairs: Int64[np.ndarray, "pairs 2"],
    draws: int = DRAWS,
    seed: int = 0,
    on_pair: Callable[[int, int], None] = lambda done, pairs: None,
) -> PairFaithfulness:
    """The check of these pairs of a finished run: attention, gradients and numbers of partners against random edges.

    Args:
        graph, run, split, weights: as `slviz.training.explaining.explain` takes them.
        pairs: such as `sampled_pairs` gives.
        draws: how many random orders each is compared with.
        seed: of those.
        on_pair: told pairs done and pairs asked for; what it raises ends the work.
    """
    from slviz.training.explaining.pair_messages import PairMessages

    change: dict[str, list[float]] = {}
    edges, random = [], []
    with repeatable(find_device("cpu")):
        network = TrainedNetwork.of(graph, run, split, weights)
        weight = weight_of_network(run, graph)
        for done, (one, other) in enumerate(pairs.tolist()):
            on_pair(done, len(pairs))
            messages = PairMessages(network.problem, (one, other), weight=weight)
            values = attention_and_gradients(messages, attention_to(network.problem, messages))
            values[PARTNERS] = partners_of_sources(network, messages)
            curves = check(messages, values, draws=draws, seed=seed, insertion=False)
            edges.append(messages.edges.shape[1])
            random.append(curves.random_change)
            for name, value in curves.change.items():
                change.setdefault(name, []).append(value)
    on_pair(len(pairs), len(pairs))
    return PairFaithfulness(
        pairs=pairs,
        edges=np.array(edges, dtype=np.int64),
        change={name: np.array(values) for name, values in change.items()},
        random=np.stack(random),
    )
