"""GeneNetwork: a gene, its best unreported and its known partners, and how all of them are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys, rows_among

# What a gene is to the one in the middle.
CENTRE, UNREPORTED, PARTNER, HELD_OUT, ADDED = (
    "centre",
    "unreported partner",
    "known partner",
    "known partner, held out",
    "added",
)
# What joins two genes.
PREDICTED, KNOWN, KNOWN_HELD_OUT, PHYSICAL = "predicted", "known", "known, held out", "interaction"
MOST_GENES = 300
AMONG_UP_TO = 25
"""With more genes than this, pairs among the partners are drawn only where they are asked for."""
PER_EXPANSION = 8
SEVERAL = "several kinds"
RING, STEP = 170.0, 150.0
"""Distance of the first ring from the middle, and between rings, in pixels at a zoom of 1."""
NODE_ROOM = 62.0
"""What a node takes of its ring."""


@dataclass(frozen=True, eq=False)
class GeneNetwork:
    """Genes and what joins them. N genes, M edges.

    Attributes:
        genes: int64 [N], gene numbers: the centre, unreported partners best first, known partners, added genes.
        relation: text [N], what each is to the centre.
        score: float32 [N], the run's score of the pair with the centre; NaN for the centre and without a run.
        place: float64 [N, 2], where each lies at first, in pixels around the centre; the same for the same genes.
        edges: int64 [M, 2], rows of `genes`.
        kind: text [M], what joins the two.
        evidence: text [M], kind of evidence of a known pair, "several kinds" where there are more; "" elsewhere.
        weight: float32 [M], what the width shows; NaN where there is nothing to show.
        on_path: bool [M], whether an edge lies on the path that was asked for.
        path: int64, gene numbers from the centre to the other end; empty where none was asked for or there is none.
        known_left_out, unreported_left_out: how many partners of each kind are not drawn.
        among: whether pairs among the partners are drawn.
    """

    genes: Int64[np.ndarray, " genes"]
    relation: np.ndarray
    score: Float32[np.ndarray, " genes"]
    place: Float64[np.ndarray, "genes 2"]
    edges: Int64[np.ndarray, "edges 2"]
    kind: np.ndarray
    evidence: np.ndarray
    weight: Float32[np.ndarray, " edges"]
    on_path: Bool[np.ndarray, " edges"]
    path: Int64[np.ndarray, " path"]
    known_left_out: int
    unreported_left_out: int
    among: bool

    @property
    def centre(self) -> int:
        """Number of the gene in the middle."""
        return int(self.genes[0])

    def edge_table(self, graph: GeneGraph) -> pd.DataFrame:
        """One row an edge: `gene_a`, `gene_b`, `kind`, `evidence`, `weight`."""
        ends = self.genes[self.edges]
        return pd.DataFrame(
            {
                "gene_a": [graph.genes[number] for number in ends[:, 0]],
                "gene_b": [graph.genes[number] for number in ends[:, 1]],
                "kind": self.kind,
                "evidence": self.evidence,
                "weight": self.weight,
            }
        )


def gene_network(
    graph: GeneGraph,
    gene: int,
    *,
    ranked: Int64[np.ndarray, " ranked"] | None = None,
    score: Float32[np.ndarray, " genes"] | None = None,
    training: Bool[np.ndarray, " pairs"] | None = None,
    attention: Float32[np.ndarray, " genes"] | None = None,
    unreported: int = 10,
    known: int = 10,
    physical: bool = True,
    among: bool | None = None,
    expanded: Sequence[int] = (),
    path_to: int | None = None,
) -> GeneNetwork:
    """The network around a gene, its unreported partners first.

    Args:
        graph: genes, known pairs and interactions.
        gene: the gene in the middle.
        ranked: unreported partners, best first; none are drawn where it is left out.
        score: the run's score of the gene with every gene.
        training: which known pairs the run learnt from; all where it is left out.
        attention: weight of the edge between the gene and every gene, NaN where there is none. Where it is given it
            orders the known partners and is the weight of edges; else the scores are.
        unreported, known: at most so many partners of each kind.
        physical: whether interactions between the genes shown are drawn.
        among: whether known pairs among the partners are drawn; None: up to 25 genes.
        expanded: genes whose best known partners are added.
        path_to: a gene to which the shortest path by known pairs and interactions is shown.
    """
    training = np.ones(len(graph.pairs), dtype=bool) if training is None else training
    partners = _known_partners(graph, gene, attention=attention)
    open_partners = np.empty(0, dtype=np.int64) if ranked is None else np.asarray(ranked, dtype=np.int64)
    path = np.empty(0, dtype=np.int64) if path_to is None else shortest_path(graph, gene, path_to)
    room = max(MOST_GENES - 1 - len(path[1:]), 0)  # genes of the path are drawn in any case
    ring = [open_partners[: min(max(unreported, 0), room)]]
    ring.append(partners[: min(max(known, 0), room - len(ring[0]))])
    first = np.r_[gene, *ring].astype(np.int64)
    added, parent = _added(graph, first, expanded, path)
    genes = np.r_[first, added]
    drawn_among = len(genes) <= AMONG_UP_TO if among is None else among
    edges, kind, rows = _edges(
        graph, genes, training, drawn_among, physical, set(expanded), path, unreported=len(ring[0])
    )
    weight = _weights(graph, genes, edges, kind, rows, score=score, attention=attention)
    row_with_gene = rows_among(_pairs_with(gene, genes), graph.pairs, genes=len(graph))
    return GeneNetwork(
        genes=genes,
        relation=_relations(genes, row_with_gene, training, sizes=(len(ring[0]), len(ring[1]))),
        score=_scores(score, genes),
        place=places(len(ring[0]), len(ring[1]), parent, first=len(first)),
        edges=edges,
        kind=kind,
        evidence=_evidence(graph, rows),
        weight=weight,
        on_path=_on_path(genes, edges, path),
        path=path,
        known_left_out=len(partners) - len(ring[1]),
        unreported_left_out=len(open_partners) - len(ring[0]),
        among=drawn_among,
    )


def shortest_path(graph: GeneGraph, start: int, end: int) -> Int64[np.ndarray, " path"]:
    """Gene numbers from one gene to another by as few known pairs and interactions as can be; empty without a way."""
    from scipy.sparse import csgraph  # brings linear algebra with it, which a start need not wait for

    if start == end:
        return np.empty(0, dtype=np.int64)
    joined = graph.pairs.T
    if graph.interactions is not None:
        joined = np.concatenate([joined, graph.interactions], axis=1)
    matrix = sp.csr_array((np.ones(joined.shape[1], dtype=np.int8), (joined[0], joined[1])), shape=(len(graph),) * 2)
    before = csgraph.breadth_first_order(matrix, start, directed=False, return_predecessors=True)[1]
    if before[end] < 0:
        return np.empty(0, dtype=np.int64)
    way = [end]
    while way[-1] != start:  # as many steps as the path has genes
        way.append(int(before[way[-1]]))
    return np.array(way[::-1], dtype=np.int64)


def places(
    unreported: int, known: int, parent: Int64[np.ndarray, " added"], *, first: int
) -> Float64[np.ndarray, "genes 2"]:
    """Unreported partners on an inner ring, known ones on outer rings, added genes outside their parent."""
    rings = [(0.0, 0.0)]
    radius, turn = RING, 0.0
    for count in (unreported, known):
        left = count
        while left > 0:  # each ring takes as many as have room on it
            radius = max(radius, RING)
            on_ring = min(left, max(int(2 * np.pi * radius / NODE_ROOM), 1))
            angle = 2 * np.pi * (np.arange(on_ring) + turn) / on_ring - np.pi / 2
            rings += list(zip(radius * np.cos(angle), radius * np.sin(angle), strict=True))
            left -= on_ring
            radius, turn = radius + STEP, 0.5 - turn  # no edge of a ring runs through a gene of the one before
    placed = np.array(rings)
    outer = np.zeros((len(parent), 2))
    for owner in np.unique(parent):  # a few expanded genes
        mine = np.flatnonzero(parent == owner)
        middle = placed[owner]
        outward = np.arctan2(middle[1], middle[0]) if middle.any() else -np.pi / 2
        fan = outward + (np.arange(len(mine)) - (len(mine) - 1) / 2) * min(0.5, np.pi / max(len(mine), 1))
        reach = (radius - STEP) - np.hypot(*middle) + STEP
        outer[mine] = middle + reach * np.column_stack([np.cos(fan), np.sin(fan)])
    return np.concatenate([placed[:first], outer])


def _known_partners(graph: GeneGraph, gene: int, *, attention: np.ndarray | None) -> Int64[np.ndarray, " partners"]:
    """Known partners: most attention first where it is given, else the data set's most confident."""
    partners = graph.partners(gene)
    rows = rows_among(_pairs_with(gene, partners), graph.pairs, genes=len(graph))
    by = graph.score[rows] if attention is None else np.nan_to_num(attention[partners], nan=-1.0)
    return partners[np.lexsort((partners, -by))]


def _pairs_with(gene: int, others: np.ndarray) -> Int64[np.ndarray, "others 2"]:
    return np.sort(np.column_stack([np.full_like(others, gene), others]), axis=1)


def _added(
    graph: GeneGraph, first: np.ndarray, expanded: Sequence[int], path: np.ndarray
) -> tuple[Int64[np.ndarray, " added"], Int64[np.ndarray, " added"]]:
    """Genes that the path and expansions add, and the row of `first` that each belongs to; no more than are drawn."""
    row_of = {number: row for row, number in enumerate(first.tolist())}
    parent = {number: 0 for number in path[1:].tolist() if number not in row_of}
    for number in dict.fromkeys(expanded):
        room = min(PER_EXPANSION, MOST_GENES - len(first) - len(parent))
        if room <= 0:
            break
        if number in row_of:
            partners = _known_partners(graph, number, attention=None).tolist()
            fresh = (partner for partner in partners if partner not in row_of and partner not in parent)
            parent |= dict.fromkeys(list(islice(fresh, room)), row_of[number])
    added = np.array(list(parent), dtype=np.int64)[: max(MOST_GENES - len(first), 0)]
    return added, np.array(list(parent.values()), dtype=np.int64)[: len(added)]


def _edges(
    graph: GeneGraph,
    genes: np.ndarray,
    training: np.ndarray,
    among: bool,
    physical: bool,
    expanded: set[int],
    path: np.ndarray,
    *,
    unreported: int,
) -> tuple[Int64[np.ndarray, "edges 2"], np.ndarray, Int64[np.ndarray, " edges"]]:
    """Rows of `genes` of each edge, what joins them, and the row of the known pair (−1 where it is none)."""
    row_of = np.full(len(graph), -1, dtype=np.int64)
    row_of[genes] = np.arange(len(genes))
    a, b = row_of[graph.pairs.T]
    shown = (a >= 0) & (b >= 0)
    opened = row_of[[number for number in expanded if row_of[number] >= 0]]
    kept = shown & ((a == 0) | (b == 0) | among | np.isin(a, opened) | np.isin(b, opened))
    kept |= shown & _steps_of(path, graph.pairs, len(graph))
    rows = np.flatnonzero(kept)
    known = np.column_stack([a[rows], b[rows]])
    predicted = np.column_stack([np.zeros(unreported, dtype=np.int64), np.arange(1, unreported + 1)])
    touching = _interactions(graph, row_of, among=among, path=path) if physical else np.empty((0, 2), dtype=np.int64)
    edges = np.concatenate([known, predicted, touching]).astype(np.int64)
    kind = np.r_[
        np.where(training[rows], KNOWN, KNOWN_HELD_OUT).astype(object),
        np.full(len(predicted), PREDICTED, dtype=object),
        np.full(len(touching), PHYSICAL, dtype=object),
    ]
    return edges, kind, np.r_[rows, np.full(len(predicted) + len(touching), -1)].astype(np.int64)


def _interactions(
    graph: GeneGraph, row_of: np.ndarray, *, among: bool, path: np.ndarray
) -> Int64[np.ndarray, "interactions 2"]:
    """Interactions between the genes shown: with the centre, on the path, and among the others where asked for."""
    if graph.interactions is None:
        return np.empty((0, 2), dtype=np.int64)
    pairs = graph.interactions.T
    ends = row_of[pairs]
    kept = (ends >= 0).all(axis=1)
    kept &= (ends == 0).any(axis=1) | among | _steps_of(path, pairs, len(graph))
    return ends[kept]


def _steps_of(path: np.ndarray, pairs: np.ndarray, genes: int) -> Bool[np.ndarray, " pairs"]:
    """Which pairs are a step of the path."""
    if len(path) < 2:
        return np.zeros(len(pairs), dtype=bool)
    steps = np.column_stack([path[:-1], path[1:]])
    return np.isin(pair_keys(pairs, genes), pair_keys(steps, genes))


def _on_path(genes: np.ndarray, edges: np.ndarray, path: np.ndarray) -> Bool[np.ndarray, " edges"]:
    return _steps_of(path, genes[edges].reshape(-1, 2), int(genes.max()) + 1)


def _weights(
    graph: GeneGraph,
    genes: np.ndarray,
    edges: np.ndarray,
    kind: np.ndarray,
    rows: np.ndarray,
    *,
    score: np.ndarray | None,
    attention: np.ndarray | None,
) -> Float32[np.ndarray, " edges"]:
    """Attention of edges with the centre where it is given; else the run's score with it, or the data set's score of
    a known pair where there is no run. NaN for interactions and for edges that neither says anything of."""
    weight = np.full(len(edges), np.nan, dtype=np.float32)
    spoke, other = (edges == 0).any(axis=1), genes[edges.max(axis=1, initial=0)] if len(edges) else genes[:0]
    source = attention if attention is not None else score
    if source is not None:
        weight[spoke] = source[other[spoke]]
    else:
        known = rows >= 0
        weight[known] = graph.score[rows[known]]
    weight[kind == PHYSICAL] = np.nan
    if attention is not None:
        weight[kind == PREDICTED] = np.nan
    return weight


def _evidence(graph: GeneGraph, rows: np.ndarray) -> np.ndarray:
    kinds = np.append(graph.pair_evidence, "")[rows]  # −1 takes the last
    return np.array([SEVERAL if ";" in kind else kind for kind in kinds], dtype=object)


def _relations(
    genes: np.ndarray, row_with_gene: np.ndarray, training: np.ndarray, *, sizes: tuple[int, int]
) -> np.ndarray:
    position = np.arange(len(genes))
    relation = np.full(len(genes), ADDED, dtype=object)
    relation[(position > 0) & (position <= sizes[0])] = UNREPORTED
    known = row_with_gene >= 0
    trained = np.append(training, False)[row_with_gene]
    relation[known & trained], relation[known & ~trained] = PARTNER, HELD_OUT
    relation[0] = CENTRE
    return relation


def _scores(score: np.ndarray | None, genes: np.ndarray) -> Float32[np.ndarray, " genes"]:
    known_score = np.full(len(genes), np.nan, dtype=np.float32) if score is None else score[genes].astype(np.float32)
    known_score[0] = np.nan
    return known_score
