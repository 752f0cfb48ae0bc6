"""A finished run's network as it was trained: its edges, its attention to them, and embeddings with edges left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.runs import Run
from slviz.scorers import PairDecoder
from slviz.splits import PairSplit
from slviz.training.train import rebuilt

if TYPE_CHECKING:
    from slviz.training.pair_problem import PairProblem

LIKE_STORED = 0.01


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network about pairs with the edges that it passes messages along; used inside `repeatable`. E edges.

    Attributes:
        problem: the run's, with its trained weights.
        decoder: scores pairs from an embedding.
        edges: int64 [2, E], source → target, no loops: every training pair in both directions.
        embedding: along all of them.
    """

    problem: PairProblem
    decoder: PairDecoder
    edges: Int64[np.ndarray, "2 edges"]
    embedding: Float32[np.ndarray, "genes width"]

    @classmethod
    def of(cls, graph: GeneGraph, run: Run, split: PairSplit, weights: Mapping[str, np.ndarray]) -> TrainedNetwork:
        """The network of a finished run about pairs; raises `DamagedRun` where its weights give another embedding."""
        from slviz.training.pair_problem import PairProblem

        problem = rebuilt(graph, run.spec, split, weights=weights)
        assert isinstance(problem, PairProblem)
        edges = problem.whole.edges.cpu().numpy()
        whole = embedding_along(problem, edges)
        if np.abs(whole - run.embedding).max() > LIKE_STORED * (1 + np.abs(run.embedding).max()):
            raise DamagedRun(f"The weights of run {run.run_id} do not give its embedding. Train it again.")
        return cls(problem, PairDecoder(run.decoder), edges, whole)

    def scores_without(
        self, removed: Int64[np.ndarray, " removed"], pairs: Int64[np.ndarray, "pairs 2"]
    ) -> Float32[np.ndarray, " pairs"]:
        """Scores of pairs when no message passes along the edges of these numbers."""
        kept = np.ones(self.edges.shape[1], dtype=bool)
        kept[removed] = False
        return self.decoder.score(embedding_along(self.problem, self.edges[:, kept]), pairs)


def embedding_along(problem: PairProblem, edges: Int64[np.ndarray, "2 edges"]) -> Float32[np.ndarray, "genes width"]:
    """The embedding when messages pass along these edges; what is told of numbers of partners stays as it is."""
    import torch

    problem.model.eval()
    with torch.no_grad():
        along = torch.as_tensor(np.ascontiguousarray(edges))
        return problem.model.encoder(problem.features, problem.whole.structure, along).numpy()


def weights_of_edges(
    weight: Float32[np.ndarray, "*of listed"],
    listed: Int64[np.ndarray, "2 listed"],
    edges: Int64[np.ndarray, "2 edges"],
    *,
    genes: int,
) -> Float32[np.ndarray, "*of edges"]:
    """The weight of each of `edges` among those that are `listed`, along the last axis; 0 where it is not there."""
    keys, wanted = listed[0] * genes + listed[1], edges[0] * genes + edges[1]
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
    return np.where(keys[place] == wanted, weight[..., place], 0).astype(np.float32)
