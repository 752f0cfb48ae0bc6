"""Finding the genes around a gene, by the attention of a run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, UnknownGene
from slviz.neighbourhood.attention_index import AttentionIndex, Direction, Order
from slviz.neighbourhood.result import (
    AMONG,
    CENTRE,
    FURTHER,
    HELD_OUT,
    KNOWN,
    OTHER,
    OUTER,
    PREDICTED,
    SPOKE,
    Neighbourhood,
)
from slviz.neighbourhood.statement import statement
from slviz.runs import Run

NO_EDGES = np.empty(0, dtype=np.int64)


def neighbourhood(
    graph: GeneGraph,
    run: Run,
    gene: int,
    *,
    hops: int = 1,
    layer: int | None = None,
    head: int | None = None,
    direction: Direction = "into",
    limit: int = 10,
    outer: int = 3,
    predicted: int = 5,
    threshold: float = 0.0,
    order: Order = "attention",
    index: AttentionIndex | None = None,
) -> Neighbourhood:
    """The genes around `gene`, by the attention of a run; where it has none, by its training pairs.

    "into" asks what the gene attends to: the weights of all edges into it, with its self-loop, sum
    to 1. "out of" asks who attends to the gene: each weight is a part of that neighbour's own 1.

    Args:
        graph: the graph that the run was trained on.
        run: a finished run.
        gene: gene number.
        hops: 1, or 2 for the neighbours' neighbours too.
        layer, head: counted from 0; None averages over all.
        direction: "into" or "out of".
        limit: at most so many neighbours, those with the most attention.
        outer: at most so many genes two steps away for each neighbour, those with the most attention.
        predicted: so many top-scored partners that training did not see.
        threshold: edges below this attention are left out.
        order: what picks and orders neighbours; "score" where attention did not pass its test. Without attention it is
            the data set's score, without a score of the run it is attention.
        index: `AttentionIndex.build(graph, run)`, kept from an earlier call; built when left out.

    Raises `UnknownGene` for a number outside the graph, `InvalidSetting` for a setting outside its
    range, `DamagedRun` for a run of other genes.
    """
    _check(graph, run, gene, hops=hops, layer=layer, head=head, direction=direction)
    _check_not_negative(limit=limit, outer=outer, predicted=predicted, threshold=threshold)
    index = index or AttentionIndex.build(graph, run)
    view = _View(index, direction, layer, head, order)

    spokes = view.around(gene)
    shown = view.at_least(spokes, threshold)[:limit]
    ring = view.other_end(shown)
    scores = _scores(index, run, gene, len(graph))
    guessed = _best_guesses(index, gene, scores, count=predicted, leave_out=ring, tested=_tested_with(graph, gene))
    branches = _branches(view, gene, spokes, ring, guessed, outer=outer, threshold=threshold) if hops == 2 else NO_EDGES
    second = np.unique(view.other_end(branches), return_index=True)[1]
    genes = np.r_[gene, ring, guessed, view.other_end(branches)[np.sort(second)]].astype(np.int64)

    edges, weight, place = _edges(view, genes, shown, branches, guessed, threshold=threshold)
    row = index.pair_rows(np.full_like(genes, gene), genes)
    self_weight = float(view.between(gene, genes[:1])[0])
    hidden = np.setdiff1d(spokes, shown)
    hidden_weight = float(view.weight(hidden).sum()) if index.attention is not None else float("nan")
    return Neighbourhood(
        run_id=run.run_id,
        genes=genes,
        symbols=np.array([graph.genes[gene] for gene in genes], dtype=object),
        names=_full_names(graph, genes),
        hops=np.repeat([0, 1, 2], [1, len(ring) + len(guessed), len(second)]),
        relation=_relations(index, row, ring_size=len(ring), guesses=len(guessed)),
        attention=_but_first(view.between(gene, genes)),
        attention_back=_but_first(view.turned().between(gene, genes)),
        score=_but_first(scores[genes]),
        dataset_score=_of_pairs(graph.score, row, missing=np.nan).astype(np.float32),
        evidence=_of_pairs(graph.pair_evidence, row, missing=""),
        pubmed=_pubmed(graph, row),
        degree=graph.degree[genes],
        edges=edges,
        weight=weight,
        place=place,
        kind=_kinds(index, edges, place),
        self_weight=self_weight,
        hidden=len(hidden),
        hidden_weight=hidden_weight,
        direction=direction,
        layer=layer,
        head=head,
        statement=statement(
            graph,
            run,
            gene,
            direction=direction,
            layer=layer,
            head=head,
            order=order,
            shown=len(shown),
            self_weight=self_weight,
            hidden=len(hidden),
            hidden_weight=hidden_weight,
            guesses=len(guessed),
        ),
    )


@dataclass(frozen=True, eq=False)
class _View:
    """An index seen in one direction, one layer and one head."""

    index: AttentionIndex
    direction: Direction
    layer: int | None
    head: int | None
    order: Order = "attention"

    def turned(self) -> _View:
        """The same in the other direction."""
        return dataclasses.replace(self, direction="out of" if self.direction == "into" else "into")

    def weight(self, edges: Int64[np.ndarray, " some"]) -> Float32[np.ndarray, " some"]:
        return self.index.weight(edges, layer=self.layer, head=self.head)

    def other_end(self, edges: Int64[np.ndarray, " some"]) -> Int64[np.ndarray, " some"]:
        """The gene at the far end of edges that `around` gave."""
        return self.index.edges[0 if self.direction == "into" else 1, edges]

    def around(self, gene: int) -> Int64[np.ndarray, " edges"]:
        """Edges of a gene without its self-loop, first by `order`; by the data set's score without attention."""
        edges = self.index.edges_of(gene, self.direction)
        others = self.other_end(edges)
        edges, others = edges[others != gene], others[others != gene]
        if self.index.attention is None:
            rank = self.index.dataset_score[self.index.pair_rows(np.full_like(others, gene), others)]
        elif self.order == "score" and self.index.scorer is not None:
            rank = self.index.scorer.score_with(gene)[others]
        else:
            rank = self.weight(edges)
        return edges[np.lexsort((others, -rank))]

    def at_least(self, edges: Int64[np.ndarray, " some"], threshold: float) -> Int64[np.ndarray, " kept"]:
        """The edges of this attention or more; all of them without attention."""
        return edges[~(self.weight(edges) < threshold)]

    def between(self, gene: int, others: Int64[np.ndarray, " some"]) -> Float32[np.ndarray, " some"]:
        """Attention of the edge between a gene and each of the others; NaN where there is no edge."""
        edges = self.index.edges_of(gene, self.direction)
        if not len(edges):
            return np.full(len(others), np.nan, dtype=np.float32)
        order = np.argsort(self.other_end(edges), kind="stable")
        ends, weight = self.other_end(edges)[order], self.weight(edges)[order]
        at = np.minimum(np.searchsorted(ends, others), len(ends) - 1)
        return np.where(ends[at] == others, weight[at], np.float32(np.nan)).astype(np.float32)


def _branches(
    view: _View,
    gene: int,
    spokes: np.ndarray,
    ring: np.ndarray,
    guessed: np.ndarray,
    *,
    outer: int,
    threshold: float,
) -> Int64[np.ndarray, " branches"]:
    """Edges from the ring to genes exactly two hops from the centre, the heaviest of each neighbour."""
    near = np.concatenate([[gene], view.other_end(spokes), guessed])
    branches = []
    for neighbour in ring.tolist():  # at most `limit` of them
        edges = view.at_least(view.around(neighbour), threshold)
        branches.append(edges[~np.isin(view.other_end(edges), near)][:outer])
    return np.concatenate(branches) if branches else NO_EDGES


def _edges(
    view: _View,
    genes: np.ndarray,
    shown: np.ndarray,
    branches: np.ndarray,
    guessed: np.ndarray,
    *,
    threshold: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends [2, M], attention [M] and place [M] of all edges between the genes shown."""
    around = np.concatenate([view.index.edges_of(gene, "into") for gene in genes[1:].tolist()] or [NO_EDGES])
    source, target = view.index.edges[:, around]
    inside = np.isin(source, genes[1:]) & (source != target)
    among = view.at_least(np.setdiff1d(around[inside], branches), threshold)
    drawn = np.r_[shown, branches, among]
    guesses = np.stack([np.full_like(guessed, genes[0]), guessed])
    ends = np.concatenate([view.index.edges[:, drawn], guesses], axis=1)
    weight = np.r_[view.weight(drawn), np.full(len(guessed), np.nan)].astype(np.float32)
    sizes = [len(shown), len(branches), len(among), len(guessed)]
    return ends, weight, np.repeat(np.array([SPOKE, OUTER, AMONG, PREDICTED], dtype=object), sizes)


def _scores(index: AttentionIndex, run: Run, gene: int, genes: int) -> Float32[np.ndarray, " genes"]:
    """The network's score of the gene with every gene; NaN for a task without pairs."""
    if index.scorer is None:
        return np.full(genes, np.nan, dtype=np.float32)
    return index.scorer.score_with(gene)


def _best_guesses(
    index: AttentionIndex, gene: int, scores: np.ndarray, *, count: int, leave_out: np.ndarray, tested: np.ndarray
) -> Int64[np.ndarray, " guesses"]:
    """The genes of the highest scores that are neither the gene, nor its training partners, nor left out: those that
    nobody lists or tested first, then partners that were held out."""
    row = index.pair_rows(np.full(len(scores), gene), np.arange(len(scores)))
    trained = (row >= 0) & _of_pairs(index.training, row, missing=False)
    free = np.isfinite(scores) & ~trained & ~(tested & (row < 0))
    free[gene] = False
    free[leave_out] = False
    candidates = np.flatnonzero(free)
    return candidates[np.lexsort((candidates, -scores[candidates], row[candidates] >= 0))][:count]


def _tested_with(graph: GeneGraph, gene: int) -> np.ndarray:
    """With which genes a screen of the data set tested a gene, bool [G]."""
    if graph.screens is None:
        return np.zeros(len(graph), dtype=bool)
    return graph.screens.of_gene(gene, genes=len(graph))[0]


def _relations(index: AttentionIndex, row: np.ndarray, *, ring_size: int, guesses: int) -> np.ndarray:
    """Text [N]: what the pair of each gene and the centre is."""
    position = np.arange(len(row))
    guess = (position > ring_size) & (position <= ring_size + guesses)
    known = row >= 0
    trained = known & _of_pairs(index.training, row, missing=False)
    relation = np.where(guess, PREDICTED, np.where(position <= ring_size, OTHER, FURTHER)).astype(object)
    relation[known] = HELD_OUT
    relation[trained] = KNOWN
    relation[0] = CENTRE
    return relation


def _kinds(index: AttentionIndex, edges: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Text [M]: what the pair of each edge is."""
    row = index.pair_rows(edges[0], edges[1])
    trained = _of_pairs(index.training, row, missing=False)
    unknown = np.where(place == PREDICTED, PREDICTED, OTHER)
    return np.where(row < 0, unknown, np.where(trained, KNOWN, HELD_OUT)).astype(object)


def _of_pairs(values: np.ndarray, row: np.ndarray, *, missing: Any) -> np.ndarray:
    """A column of the pairs at these rows; `missing` where the row is −1."""
    if not len(values):
        return np.full(len(row), missing)
    return np.where(row >= 0, values[row], missing)


def _pubmed(graph: GeneGraph, row: np.ndarray) -> np.ndarray:
    """Text [N]: PubMed ids behind each pair, joined by ";"."""
    joined = np.full(len(row), "", dtype=object)
    if graph.evidence is None:
        return joined
    records = graph.evidence[graph.evidence["pair"].isin(row[row >= 0].tolist())]
    of_pair = records.groupby("pair")["pubmed"].agg(
        lambda ids: ";".join(sorted({pubmed_id for pubmed_id in ids if pubmed_id}))
    )
    listed = of_pair.reindex(row).fillna("").to_numpy(dtype=object)
    return np.where(row >= 0, listed, joined)


def _full_names(graph: GeneGraph, genes: np.ndarray) -> np.ndarray:
    if graph.gene_info is None:
        return np.full(len(genes), "", dtype=object)
    return graph.gene_info["name"].to_numpy(dtype=object)[genes]


def _but_first(values: np.ndarray) -> Float32[np.ndarray, " genes"]:
    """The values with NaN for the centre, which has no pair with itself."""
    kept = np.array(values, dtype=np.float32)
    kept[0] = np.nan
    return kept


def _check(
    graph: GeneGraph, run: Run, gene: int, *, hops: int, layer: int | None, head: int | None, direction: str
) -> None:
    if not 0 <= gene < len(graph):
        raise UnknownGene(f"There is no gene number {gene}: '{graph.name}' has genes 0 to {len(graph) - 1}.")
    if hops not in (1, 2):
        raise InvalidSetting(f"hops={hops} is not one of: 1, 2.")
    if direction not in ("into", "out of"):
        raise InvalidSetting(f"direction='{direction}' is not one of: into, out of.")
    for key, value, most in (
        ("layer", layer, run.attention.layers if run.attention else 0),
        ("head", head, run.attention.heads if run.attention else 0),
    ):
        if value is not None and most and not 0 <= value < most:
            raise InvalidSetting(f"{key}={value} is outside the range 0 to {most - 1} of run {run.run_id}.")


def _check_not_negative(**settings: float) -> None:
    for key, value in settings.items():
        if not value >= 0:
            raise InvalidSetting(f"{key}={value} should be 0 or more.")
