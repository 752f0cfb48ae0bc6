"""Pairs inside a selection of genes: the known ones, and those that a link network predicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import rows_among
from slviz.runs import Run
from slviz.scorers import PairScorer

MOST_SCORED = 600
"""Up to so many genes all pairs of a selection are scored (179,700 of them, in some tenths of a second)."""
SAMPLED_PAIRS = 200_000


def known_inside(graph: GeneGraph, chosen: Int64[np.ndarray, " selected"]) -> Int64[np.ndarray, " selected"]:
    """How many known partners of each selected gene are selected too; held-out pairs count."""
    inside = graph.adjacency[chosen][:, chosen]
    return np.diff(inside.tocsr().indptr).astype(np.int64)


def predicts_partners(run: Run) -> bool:
    """Whether the run's scores say that a pair is likely to be listed: a link model that scores pairs."""
    return bool(run.decoder) and run.spec.task.name == "link"


def rare_share(graph: GeneGraph) -> float:
    """As many of the unlisted pairs as pairs are known, as a share of them; 1 where more are known than not."""
    every = len(graph) * (len(graph) - 1) // 2
    return min(len(graph.pairs) / max(every - len(graph.pairs), 1), 1.0)


def rare_score(graph: GeneGraph, scorer: PairScorer, *, sample: int = SAMPLED_PAIRS, seed: int = 0) -> float:
    """The score that as many unlisted pairs reach as there are known ones.

    A threshold that parts known pairs from as many others calls half of all pairs likely. Of all pairs of the genes few
    are known; so few unlisted ones count as predicted.

    Args:
        graph: the data set.
        scorer: of a run on it.
        sample: so many pairs are drawn where the genes have more; the share above the score is estimated from them.
        seed: of the draw.
    """
    genes = len(graph)
    every = genes * (genes - 1) // 2
    if every <= sample:
        pairs = np.column_stack(np.triu_indices(genes, k=1))
    else:
        pairs = np.random.default_rng(seed).integers(0, genes, size=(sample, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    unlisted = pairs[rows_among(np.sort(pairs, axis=1), graph.pairs, genes=genes) < 0]
    share = rare_share(graph)
    if not len(unlisted) or share >= 1:
        return -np.inf
    return float(np.quantile(scorer.score(unlisted), 1 - share, method="higher"))


def predicted_inside(
    graph: GeneGraph,
    run: Run,
    chosen: Int64[np.ndarray, " selected"],
    *,
    least: float,
    scorer: PairScorer | None = None,
) -> Int64[np.ndarray, " selected"]:
    """How many selected genes each selected gene is predicted to pair with that are no known partner.

    A pair is predicted from the score `least` on, such as `rare_score`. All pairs are scored: ask only for
    `MOST_SCORED` genes or fewer.
    """
    a, b, score, known = scored_inside(graph, run, chosen, scorer=scorer)
    likely = (score >= least) & ~known
    ends = np.concatenate([a[likely], b[likely]])
    return np.bincount(np.searchsorted(chosen, ends), minlength=len(chosen)).astype(np.int64)


def scored_inside(
    graph: GeneGraph, run: Run, chosen: Int64[np.ndarray, " selected"], *, scorer: PairScorer | None = None
) -> tuple[np.ndarray, np.ndarray, Float32[np.ndarray, " pairs"], np.ndarray]:
    """Every pair of selected genes (ascending numbers): gene numbers a and b, the run's score, whether it is known."""
    first, second = np.triu_indices(len(chosen), k=1)
    a, b = chosen[first], chosen[second]
    score = (scorer or run.scorer(graph)).score(np.column_stack([a, b]))
    return a, b, score, rows_among(np.column_stack([a, b]), graph.pairs, genes=len(graph)) >= 0


def pairs_inside(
    graph: GeneGraph, run: Run, chosen: Int64[np.ndarray, " selected"], *, scorer: PairScorer | None = None
) -> pd.DataFrame:
    """One row a pair of selected genes, best score first: `gene_a`, `gene_b`, `score`, `known` ("known pair" with its
    part, or "not listed"), `dataset_score` and `evidence` of known ones."""
    a, b, score, _ = scored_inside(graph, run, chosen, scorer=scorer)
    genes = np.asarray(graph.genes, dtype=object)
    row = rows_among(np.column_stack([a, b]), graph.pairs, genes=len(graph))
    part = part_of_known(graph, run)
    table = pd.DataFrame(
        {
            "gene_a": genes[a],
            "gene_b": genes[b],
            "score": score,
            "known": np.where(row >= 0, np.append(part, "not listed")[row], "not listed"),
            "dataset_score": np.where(row >= 0, np.append(graph.score, np.nan)[row], np.nan),
            "evidence": np.append(graph.pair_evidence, "")[row],
        }
    )
    return table.sort_values("score", ascending=False, kind="stable", ignore_index=True)


def part_of_known(graph: GeneGraph, run: Run) -> np.ndarray:
    """Text [P]: for each known pair "known, train" and the like; "known" where the run never evaluated it."""
    number = graph.number_of
    said = np.full(len(graph.pairs), "known", dtype=object)
    if "gene_a" not in run.predictions:
        return said
    rows = run.predictions.loc[run.predictions["negative_kind"] == "known"]
    ends = np.stack([rows[end].map(number).to_numpy(dtype=np.int64) for end in ("gene_a", "gene_b")])
    place = rows_among(ends.T, graph.pairs, genes=len(graph))
    there = place >= 0
    said[place[there]] = "known, " + rows["part"].to_numpy(dtype=object)[there]
    return said
