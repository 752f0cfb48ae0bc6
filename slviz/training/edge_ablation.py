"""The edge ablation: do predictions fall when the edges with most attention are taken out of message passing?

After the erasure tests of attention in text (Serrano & Smith 2019, doi:10.18653/v1/P19-1282). The
most attended edges into a gene are removed, and the fall of its predictions is held against the fall
without as many of its other edges, drawn several times. What the network is told of a gene's number
of partners stays as it is: only the messages are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import FEWEST_EDGES, EdgeAblation, edges_into
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.trained_network import TrainedNetwork, weights_of_edges

GENES = 40
DRAWS = 20
PARTNERS = 10
MOST_REMOVED = 10


def can_be_tested(run: Run) -> Int64[np.ndarray, " genes"]:
    """Genes with enough edges into them for a test, ascending; raises `InvalidSetting` for a run without any."""
    if run.attention is None:
        raise InvalidSetting(f"The network of run {run.run_id} ({run.spec.network.name}) has no attention to test.")
    if not run.decoder:
        raise InvalidSetting(f"Run {run.run_id} predicts no pairs, so there is no prediction that could fall.")
    return np.flatnonzero(edges_into(run.attention, len(run.genes)) >= FEWEST_EDGES)


def sampled_genes(run: Run, *, count: int = GENES, seed: int = 0) -> Int64[np.ndarray, " sampled"]:
    """Up to `count` of the genes that can be tested, drawn by chance, ascending."""
    every = can_be_tested(run)
    return np.sort(np.random.default_rng([seed, 3]).permutation(every)[:count])


def ablate_edges(
    graph: GeneGraph,
    run: Run,
    split: PairSplit,
    *,
    weights: Mapping[str, np.ndarray],
    genes: Sequence[int] | Int64[np.ndarray, " genes"],
    draws: int = DRAWS,
    seed: int = 0,
    on_gene: Callable[[int, int], None] | None = None,
) -> EdgeAblation:
    """Test these genes of a finished run on the processor.

    Args:
        graph: the data set that the run was trained on.
        run: the finished run.
        split: its own, as it is stored.
        weights: its parameters.
        genes: numbers of genes with `FEWEST_EDGES` edges or more.
        draws: how many times other edges are drawn.
        seed: of those draws.
        on_gene: called before each gene and at the end with genes done and genes asked for; what it
            raises ends the test.

    Raises `InvalidSetting` for a gene with too few edges or a run without attention or pairs,
    `DamagedRun` when the weights do not give the stored embedding.
    """
    _refuse(run, genes)
    rows = []
    with repeatable(find_device("cpu")):
        network = TrainedNetwork.of(graph, run, split, weights)
        assert run.attention is not None
        attention = weights_of_edges(run.attention.averaged(), run.attention.edges, network.edges, genes=len(graph))
        for done, gene in enumerate(genes):
            if on_gene is not None:
                on_gene(done, len(genes))
            chance = np.random.default_rng([seed, 4, int(gene)])
            rows.append(_test_gene(network, attention, int(gene), draws=draws, random=chance))
    if on_gene is not None:
        on_gene(len(genes), len(genes))
    edges, removed, score, fall_top, fall_random = (list(column) for column in zip(*rows, strict=True))
    return EdgeAblation(
        genes=np.asarray(genes, dtype=np.int64),
        edges=np.array(edges, dtype=np.int64),
        removed=np.array(removed, dtype=np.int64),
        score=np.array(score, dtype=np.float32),
        fall_top=np.array(fall_top, dtype=np.float32),
        fall_random=np.array(fall_random, dtype=np.float32),
    )


def _refuse(run: Run, genes: Sequence[int] | np.ndarray) -> None:
    for gene in np.setdiff1d(genes, can_be_tested(run)).tolist()[:1]:
        raise InvalidSetting(
            f"{run.genes[gene]} has fewer than {FEWEST_EDGES} known partners in training, too few to compare its most "
            "attended edges with others. Take a gene with more."
        )
    if not len(genes):
        raise InvalidSetting(f"No gene of run {run.run_id} has {FEWEST_EDGES} known partners or more in training.")


def _test_gene(
    network: TrainedNetwork,
    attention: Float32[np.ndarray, " edges"],
    gene: int,
    *,
    draws: int,
    random: np.random.Generator,
) -> tuple[int, int, float, float, list[float]]:
    """Edges into the gene, edges removed at a time, mean score before, and the falls."""
    into = np.flatnonzero(network.edges[1] == gene)
    by_attention = into[np.argsort(-attention[into], kind="stable")]
    count = min(MOST_REMOVED, len(into) // FEWEST_EDGES)
    top, others = by_attention[:count], by_attention[count:]
    pairs = _best_new_partners(network, gene)
    before = network.decoder.score(network.embedding, pairs)

    def fall(removed: np.ndarray) -> float:
        return float((before - network.scores_without(removed, pairs)).mean())

    of_draws = [fall(random.choice(others, size=count, replace=False)) for _ in range(draws)]
    return len(into), count, float(before.mean()), fall(top), of_draws


def _best_new_partners(network: TrainedNetwork, gene: int) -> Int64[np.ndarray, "pairs 2"]:
    """The gene with those that it is scored highest with and that are no partners of it in training."""
    score = network.decoder.score_with(network.embedding, gene)
    score[network.edges[0, network.edges[1] == gene]] = -np.inf
    score[gene] = -np.inf
    best = np.argsort(-score, kind="stable")[: min(PARTNERS, int(np.isfinite(score).sum()))]
    return np.stack([np.full_like(best, gene), best], axis=1)
