"""The deletion test: do predictions fall when the edges with most attention are taken out of message passing?

After the erasure tests of attention in text (Serrano & Smith 2019, doi:10.18653/v1/P19-1282). The
most attended edges into a gene are removed, and the fall of its predictions is held against the fall
without as many of its other edges, drawn several times. What the network is told of a gene's number
of partners stays as it is: only the messages are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import FEWEST_EDGES, EdgeAblation, edges_into
from slviz.scorers import PairDecoder
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.train import rebuilt

if TYPE_CHECKING:
    from slviz.training.pair_problem import PairProblem

GENES = 40
DRAWS = 20
PARTNERS = 10
MOST_REMOVED = 10
LIKE_STORED = 0.01


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


def deletion_test(
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
        network = _Network.of(graph, run, split, weights)
        for done, gene in enumerate(genes):
            if on_gene is not None:
                on_gene(done, len(genes))
            rows.append(_test_gene(network, int(gene), draws=draws, random=np.random.default_rng([seed, 4, int(gene)])))
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


@dataclass(frozen=True, eq=False)
class _Network:
    """A network with the edges that it passes messages along, and its mean attention to each of them."""

    problem: PairProblem
    decoder: PairDecoder
    edges: Int64[np.ndarray, "2 edges"]
    attention: Float32[np.ndarray, " edges"]
    embedding: Float32[np.ndarray, "genes width"]

    @classmethod
    def of(cls, graph: GeneGraph, run: Run, split: PairSplit, weights: Mapping[str, np.ndarray]) -> _Network:
        from slviz.training.pair_problem import PairProblem

        problem = rebuilt(graph, run.spec, split, weights=weights)
        assert isinstance(problem, PairProblem)
        assert run.attention is not None
        edges = problem.whole.edges.cpu().numpy()
        whole = _embedding_along(problem, edges)
        if np.abs(whole - run.embedding).max() > LIKE_STORED * (1 + np.abs(run.embedding).max()):
            raise DamagedRun(f"The weights of run {run.run_id} do not give its embedding. Train it again.")
        attention = _of_edges(run.attention.averaged(), run.attention.edges, edges, genes=len(graph))
        return cls(problem, PairDecoder(run.decoder), edges, attention, whole)

    def scores_without(
        self, removed: Int64[np.ndarray, " removed"], pairs: Int64[np.ndarray, "pairs 2"]
    ) -> Float32[np.ndarray, " pairs"]:
        kept = np.ones(self.edges.shape[1], dtype=bool)
        kept[removed] = False
        return self.decoder.score(_embedding_along(self.problem, self.edges[:, kept]), pairs)


def _embedding_along(problem: PairProblem, edges: Int64[np.ndarray, "2 edges"]) -> Float32[np.ndarray, "genes width"]:
    import torch

    problem.model.eval()
    with torch.no_grad():
        along = torch.as_tensor(np.ascontiguousarray(edges))
        return problem.model.encoder(problem.features, problem.whole.structure, along).numpy()


def _of_edges(
    weight: np.ndarray, listed: np.ndarray, edges: np.ndarray, *, genes: int
) -> Float32[np.ndarray, " edges"]:
    """The weight of each of `edges` among those that are `listed`; 0 where it is not."""
    keys, wanted = listed[0] * genes + listed[1], edges[0] * genes + edges[1]
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = order[at]
    return np.where(keys[found] == wanted, weight[found], 0).astype(np.float32)


def _test_gene(
    network: _Network, gene: int, *, draws: int, random: np.random.Generator
) -> tuple[int, int, float, float, list[float]]:
    """Edges into the gene, edges removed at a time, mean score before, and the falls."""
    into = np.flatnonzero(network.edges[1] == gene)
    by_attention = into[np.argsort(-network.attention[into], kind="stable")]
    count = min(MOST_REMOVED, len(into) // FEWEST_EDGES)
    top, others = by_attention[:count], by_attention[count:]
    pairs = _best_new_partners(network, gene)
    before = network.decoder.score(network.embedding, pairs)

    def fall(removed: np.ndarray) -> float:
        return float((before - network.scores_without(removed, pairs)).mean())

    of_draws = [fall(random.choice(others, size=count, replace=False)) for _ in range(draws)]
    return len(into), count, float(before.mean()), fall(top), of_draws


def _best_new_partners(network: _Network, gene: int) -> Int64[np.ndarray, "pairs 2"]:
    """The gene with those that it is scored highest with and that are no partners of it in training."""
    score = network.decoder.score_against(network.embedding, gene)
    score[network.edges[0, network.edges[1] == gene]] = -np.inf
    score[gene] = -np.inf
    best = np.argsort(-score, kind="stable")[: min(PARTNERS, int(np.isfinite(score).sum()))]
    return np.stack([np.full_like(best, gene), best], axis=1)
