"""The partners of one gene under several runs: which each run puts first, what it says of them, and their ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Int64

from slviz.datasets import GeneGraph
from slviz.neighbourhood.attention_index import AttentionIndex
from slviz.neighbourhood.result import HELD_OUT, KNOWN
from slviz.ranking.known_pairs import TESTED_HIT, TESTED_NON_HIT
from slviz.ranking.places import ranks
from slviz.runs import Run

UNREPORTED, MISSING = "unreported", "not in this run"
RELATIONS = (KNOWN, HELD_OUT, TESTED_HIT, TESTED_NON_HIT, UNREPORTED, MISSING)
"""What the pair of a gene and a partner is to a run."""
WidthIs = Literal["attention", "score", ""]
OrderIs = Literal["score", "nearness"]


@dataclass(frozen=True, eq=False)
class GeneUnderRun:
    """What one run says of a gene and every other gene. G genes of the run.

    Attributes:
        name: what the run is called.
        genes: symbols [G].
        weight: float32 [G], attention of the edge from each gene into the centre (mean over layers and heads), or the
            run's score with it; NaN where there is none, and at the centre.
        rank: int64 [G], the place of each gene by the run's score with the centre, or by distance in the embedding
            where the run scores no pairs; 1 is the highest score or the nearest. Over all genes but the centre, which
            has 0.
        relation: text [G], one of `RELATIONS`.
        own: int64 [N], genes that the run itself puts first, known partners before others.
        width_is: what `weight` is; "" where it is nothing.
        order_is: what `rank` goes by.
    """

    name: str
    genes: tuple[str, ...]
    weight: Float32[np.ndarray, " genes"]
    rank: Int64[np.ndarray, " genes"]
    relation: np.ndarray
    own: Int64[np.ndarray, " own"]
    width_is: WidthIs
    order_is: OrderIs


@dataclass(frozen=True, eq=False)
class ComparedPartners:
    """The partners that one of several runs puts first, under each run. N partners, R runs.

    Attributes:
        centre: symbol of the gene.
        partners: symbols [N]: known partners first, each kind by the best rank under any run.
        runs: names [R].
        weight: float32 [R, N], as in `GeneUnderRun`.
        rank: float32 [R, N], NaN where a run does not have the gene.
        relation: text [R, N], one of `RELATIONS`.
        is_own: bool [R, N], whether the run itself puts the partner first.
        width_is, order_is: of each run.
    """

    centre: str
    partners: tuple[str, ...]
    runs: tuple[str, ...]
    weight: Float32[np.ndarray, "runs partners"]
    rank: Float32[np.ndarray, "runs partners"]
    relation: np.ndarray
    is_own: Bool[np.ndarray, "runs partners"]
    width_is: tuple[WidthIs, ...]
    order_is: tuple[OrderIs, ...]

    def table(self) -> pd.DataFrame:
        """One row a partner: its relation, rank and weight under each run, the highest rank first."""
        columns: dict[str, object] = {"partner": list(self.partners)}
        for row, run in enumerate(self.runs):
            columns[f"pair_in:{run}"] = self.relation[row]
        for row, run in enumerate(self.runs):
            columns[f"rank_in:{run}"] = pd.array(self.rank[row], dtype="Float32").astype("Int64")
        for row, run in enumerate(self.runs):
            if self.width_is[row]:
                columns[f"{self.width_is[row]}_in:{run}"] = self.weight[row]
        best = np.nanmin(np.where(np.isnan(self.rank), np.inf, self.rank), axis=0)
        return pd.DataFrame(columns).iloc[np.argsort(best, kind="stable")].reset_index(drop=True)


def gene_under_run(
    graph: GeneGraph,
    run: Run,
    gene: int,
    *,
    name: str,
    index: AttentionIndex,
    scores: Float32[np.ndarray, " genes"] | None,
    attention_decides: bool,
    known: int,
    further: int,
) -> GeneUnderRun:
    """What a run says of a gene and all others.

    Args:
        graph: the data set of the run.
        run: a finished run.
        gene: its number.
        name: what the run is called.
        index: `AttentionIndex.build(graph, run)`.
        scores: of the gene with every gene [G]; None where the run scores no pairs.
        attention_decides: whether attention passed its test, so that widths show it.
        known: how many partners that the run learnt from it puts first.
        further: how many others.
    """
    genes = len(graph)
    near = scores if scores is not None else _nearness(run.embedding, gene)
    rank = np.zeros(genes, dtype=np.int64)
    others = np.flatnonzero(np.arange(genes) != gene)
    rank[others] = ranks(near[others])
    row = index.pair_rows(np.full(genes, gene), np.arange(genes))
    trained = np.append(index.training, False)[row]  # -1 takes the last
    relation = _relations(graph, gene, trained=trained, listed=row >= 0)
    weight, width_is = _weights(index, gene, scores, attention_decides=attention_decides)
    order = np.where(np.isfinite(weight), weight, -np.inf) if width_is == "attention" else near
    learnt = others[trained[others]]
    free = others[~trained[others]]
    first_known = learnt[np.argsort(-order[learnt], kind="stable")][:known]
    first_free = free[np.argsort(rank[free], kind="stable")][:further]
    return GeneUnderRun(
        name=name,
        genes=tuple(graph.genes),
        weight=weight,
        rank=rank,
        relation=relation,
        own=np.r_[first_known, first_free].astype(np.int64),
        width_is=width_is,
        order_is="score" if scores is not None else "nearness",
    )


def _relations(
    graph: GeneGraph, gene: int, *, trained: Bool[np.ndarray, " genes"], listed: Bool[np.ndarray, " genes"]
) -> np.ndarray:
    """What the pair of a gene with each gene is to a run, text [G]."""
    tested = hit = np.zeros(len(graph), dtype=bool)
    if graph.screens is not None:
        tested, hit = graph.screens.of_gene(gene, genes=len(graph))
    kinds = [KNOWN, HELD_OUT, TESTED_HIT, TESTED_NON_HIT]
    return np.select([trained, listed, hit, tested], kinds, UNREPORTED).astype(object)


def _nearness(embedding: np.ndarray, gene: int) -> np.ndarray:
    """Minus the squared Euclidean distance of every gene from one."""
    wide = embedding.astype(np.float64)
    return -((wide - wide[gene]) ** 2).sum(axis=1)


def _weights(
    index: AttentionIndex, gene: int, scores: np.ndarray | None, *, attention_decides: bool
) -> tuple[Float32[np.ndarray, " genes"], WidthIs]:
    if index.attention is not None and attention_decides:
        weight, width_is = index.attention_into(gene), "attention"
    elif scores is not None:
        weight, width_is = np.array(scores, dtype=np.float32), "score"
    else:
        genes = len(index.target_start) - 1
        return np.full(genes, np.nan, dtype=np.float32), ""
    weight[gene] = np.nan
    return weight, width_is


def compared_partners(centre: str, under: Sequence[GeneUnderRun]) -> ComparedPartners:
    """The partners that any of the runs puts first, under each of them; genes are the same by their symbols."""
    symbols = list(dict.fromkeys(of_run.genes[gene] for of_run in under for gene in of_run.own.tolist()))
    places = [pd.Index(of_run.genes).get_indexer(pd.Index(symbols, dtype=object)) for of_run in under]
    weight = np.stack([_at(of_run.weight, place) for of_run, place in zip(under, places, strict=True)])
    rank = np.stack([_at(of_run.rank, place) for of_run, place in zip(under, places, strict=True)])
    relation = np.stack(
        [np.append(of_run.relation, MISSING)[place] for of_run, place in zip(under, places, strict=True)]
    )
    is_own = np.stack([np.isin(place, of_run.own) for of_run, place in zip(under, places, strict=True)])
    is_known = np.isin(relation, [KNOWN, HELD_OUT]).any(axis=0)
    best = np.nanmin(rank, axis=0) if len(symbols) else np.zeros(0)
    order = np.lexsort((best, ~is_known))
    return ComparedPartners(
        centre=centre,
        partners=tuple(symbols[at] for at in order),
        runs=tuple(of_run.name for of_run in under),
        weight=weight[:, order],
        rank=rank[:, order],
        relation=relation[:, order],
        is_own=is_own[:, order],
        width_is=tuple(of_run.width_is for of_run in under),
        order_is=tuple(of_run.order_is for of_run in under),
    )


def _at(values: np.ndarray, place: np.ndarray) -> Float32[np.ndarray, " partners"]:
    """The values at these places; NaN at -1."""
    return np.append(values.astype(np.float32), np.float32(np.nan))[place]
