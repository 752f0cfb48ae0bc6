"""AttentionIndex: a run's edges sorted so that those of one gene are found at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DamagedRun
from slviz.runs import Attention, Run
from slviz.scorers import PairScorer

Direction = Literal["into", "out of"]
Order = Literal["attention", "score"]


@dataclass(frozen=True, eq=False)
class AttentionIndex:
    """What a neighbourhood needs of a run, sorted; built once a run. G genes, A edges, P pairs.

    Attributes:
        attention: the run's, or None where its network has none.
        edges: int64 [2, A], source → target, self-loops included; without attention the training
            pairs in both directions.
        by_target, by_source: int64 [A], edge numbers sorted by target or by source.
        target_start, source_start: int64 [G + 1], where each gene's edges start in those.
        pair_keys, pair_order: int64 [P], the known pairs as sorted numbers, and their rows.
        training: bool [P], the known pairs that training used; False where held out.
        dataset_score: float32 [P], of the known pairs.
        scorer: scores any pair; None for a task without pairs.
    """

    attention: Attention | None
    edges: Int64[np.ndarray, "2 edges"]
    by_target: Int64[np.ndarray, " edges"]
    by_source: Int64[np.ndarray, " edges"]
    target_start: Int64[np.ndarray, " genes1"]
    source_start: Int64[np.ndarray, " genes1"]
    pair_keys: Int64[np.ndarray, " pairs"]
    pair_order: Int64[np.ndarray, " pairs"]
    training: Bool[np.ndarray, " pairs"]
    dataset_score: Float32[np.ndarray, " pairs"]
    scorer: PairScorer | None

    @classmethod
    def build(cls, graph: GeneGraph, run: Run) -> AttentionIndex:
        """The index of a run on its graph; raises `DamagedRun` when the run is of other genes."""
        if tuple(run.genes) != tuple(graph.genes):
            raise DamagedRun(
                f"The genes of run {run.run_id} ({len(run.genes)}) are not those of the data set '{graph.name}' "
                f"({len(graph)}). Open the data set that it was trained on: '{run.spec.data_name}'."
            )
        keys = pair_keys(graph.pairs, len(graph))
        training = _training_pairs(graph, run, keys)
        edges = _edges(graph, run, training)
        by_target, by_source = (np.argsort(edges[end], kind="stable") for end in (1, 0))
        genes = np.arange(len(graph) + 1)
        order = np.argsort(keys)
        return cls(
            attention=run.attention,
            edges=edges,
            by_target=by_target,
            by_source=by_source,
            target_start=np.searchsorted(edges[1, by_target], genes),
            source_start=np.searchsorted(edges[0, by_source], genes),
            pair_keys=keys[order],
            pair_order=order,
            training=training,
            dataset_score=graph.score,
            scorer=run.scorer(graph) if run.decoder else None,
        )

    def edges_of(self, gene: int, direction: Direction) -> Int64[np.ndarray, " edges"]:
        """Numbers of the edges into or out of a gene, its self-loop among them."""
        if direction == "into":
            return self.by_target[self.target_start[gene] : self.target_start[gene + 1]]
        return self.by_source[self.source_start[gene] : self.source_start[gene + 1]]

    def weight(
        self, edges: Int64[np.ndarray, " some"], *, layer: int | None, head: int | None
    ) -> Float32[np.ndarray, " some"]:
        """Attention of these edges, the mean over layers or heads where None; NaN without attention."""
        if self.attention is None:
            return np.full(len(edges), np.nan, dtype=np.float32)
        layers = slice(None) if layer is None else slice(layer, layer + 1)
        heads = slice(None) if head is None else slice(head, head + 1)
        return self.attention.weight[layers, heads][:, :, edges].mean(axis=(0, 1))  # [layers, heads, some] -> [some]

    def attention_into(self, gene: int) -> Float32[np.ndarray, " genes"]:
        """The mean attention over layers and heads of the edge from each gene into this one; NaN where there is none,
        and for the gene itself."""
        edges = self.edges_of(gene, "into")
        weight = np.full(len(self.target_start) - 1, np.nan, dtype=np.float32)
        weight[self.edges[0, edges]] = self.weight(edges, layer=None, head=None)
        weight[gene] = np.nan
        return weight

    def pair_rows(self, a: Int64[np.ndarray, " some"], b: Int64[np.ndarray, " some"]) -> Int64[np.ndarray, " some"]:
        """Row in `GeneGraph.pairs` of each pair of genes, in either order; −1 where it is no known pair."""
        if not len(self.pair_keys):
            return np.full(np.broadcast(a, b).shape, -1, dtype=np.int64)
        key = np.minimum(a, b) * (len(self.target_start) - 1) + np.maximum(a, b)
        place = np.minimum(np.searchsorted(self.pair_keys, key), len(self.pair_keys) - 1)
        return np.where(self.pair_keys[place] == key, self.pair_order[place], -1)


def _training_pairs(graph: GeneGraph, run: Run, keys: np.ndarray) -> Bool[np.ndarray, " pairs"]:
    """Which known pairs the run trained on; all of them for a task that holds no pair out."""
    table = run.predictions
    if "gene_a" not in table:
        return np.ones(len(graph.pairs), dtype=bool)
    rows = table.loc[(table["negative_kind"] == "known") & (table["part"] == "train"), ["gene_a", "gene_b"]]
    numbers = np.array([[graph.number_of.get(gene, -1) for gene in rows[end]] for end in rows], dtype=np.int64)
    if numbers.size and numbers.min() < 0:
        raise DamagedRun(f"The predictions of run {run.run_id} name a gene that it does not have.")
    return np.isin(keys, pair_keys(numbers.T, len(graph)))


def _edges(graph: GeneGraph, run: Run, training: np.ndarray) -> Int64[np.ndarray, "2 edges"]:
    """The edges that attention lies on; without attention the training pairs in both directions."""
    if run.attention is None:
        a, b = graph.pairs[training].T
        return np.stack([np.r_[a, b], np.r_[b, a]])
    edges = run.attention.edges
    if edges.size and (edges.min() < 0 or edges.max() >= len(graph)):
        raise DamagedRun(f"The attention of run {run.run_id} names a gene number that does not exist.")
    return edges
