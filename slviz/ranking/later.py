"""Later knowledge: a newer list or a screen, and how a run that did not know it had ranked its pairs."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_columns import PairRows
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.pair_list import read_pair_list
from slviz.datasets.read_screens import NO, YES
from slviz.errors import SlvizError
from slviz.evaluation.screens import screen_metrics
from slviz.ranking.ranker import Ranker
from slviz.runs.artifacts.surveys import Survey
from slviz.scorers import ScreenScorer
from slviz.splits.negatives import degree_matched_negatives, random_negatives
from slviz.tables import fold_name

Kind = Literal["list", "screen"]
TITLES = ("hit", "is_hit", "hits", "outcome", "result", "label", "sl")
"""Columns that say whether a tested pair was a hit."""
NON_HITS, RANDOM, MATCHED = "tested non-hits", "random unreported pairs", "degree-matched unreported pairs"
RATIO = 20
"""Unreported pairs that are drawn for each pair of a list."""
MOST_DRAWN = 200_000
CUTS_OF_ALL = (100, 1_000, 10_000)
ROW_COLUMNS = ("gene_a", "gene_b", "hit", "known", "score", "rank_among_all")
METRIC_COLUMNS = ("model", "negative_kind", "pairs", "others")


@dataclass(frozen=True, eq=False)
class LaterKnowledge:
    """How a run ranked the pairs of a later file.

    Attributes:
        kind: "screen" where the file tells hits from tested non-hits, "list" where every pair of it is a find.
        metrics: one row a model (the run, by its name, then its best baselines) and what its pairs were told from:
            columns `METRIC_COLUMNS`, then auc, ap, base_rate, and hits@N and enrichment@N for some N. Empty where
            nothing was left to evaluate.
        rows: one row a pair of the file, columns `ROW_COLUMNS`: hit, known (as `KnownPairs.parts_of_pairs`), the
            run's score, and the rank among all pairs that nobody lists, known to 1.5 % (NaN without a survey, and
            for pairs that are listed).
        among_all: of a list, how many of its pairs stand among the first N of all unreported ones, by N.
        known_already: pairs that the run learnt from, which are in `rows` and not evaluated.
        unknown_genes: names in the file that are those of no gene of the data set, each once.
        left_out: rows of the file that could not be used.
        remarks: sentences on what was left out, read by a guess, or not evaluated.
    """

    kind: Kind
    metrics: pd.DataFrame
    rows: pd.DataFrame
    among_all: dict[int, int]
    known_already: int
    unknown_genes: tuple[str, ...]
    left_out: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LaterPairs:
    """The pairs of a later file, read once. P pairs.

    Attributes:
        pairs: int64 [P, 2], each once, smaller gene number first.
        hit: bool [P], whether any row of the file says that it was one.
        unknown_genes, left_out, remarks: see `LaterKnowledge`.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    hit: Bool[np.ndarray, " pairs"]
    unknown_genes: tuple[str, ...]
    left_out: int
    remarks: tuple[str, ...]


def read_later_pairs(graph: GeneGraph, raw: bytes, *, name: str) -> LaterPairs:
    """The pairs of a file that was made after a run was trained.

    Two columns name genes, by symbol, alias or identifier; a column of 1 and 0 (yes and no, hit and non-hit) tells a
    screen's hits from its non-hits; further columns are not read. Rows that name no two genes are left out and
    counted.

    Args:
        graph: the data set of the run.
        raw: the bytes of a table of text, packed with gzip or not.
        name: of the file, for sentences.

    Raises as `read_pair_list` does, where no row can be used.
    """
    listed = read_pair_list(raw, name, GeneLookup.of(graph), once=False)
    hit_of_line = _hits_by_line(listed.rows)
    hit = np.array([hit_of_line.get(line, True) for line in listed.lines.tolist()], dtype=bool)
    pairs, hit = _once(listed.pairs, hit, genes=len(graph))
    return LaterPairs(pairs, hit, listed.unknown, len(listed.rows) - len(listed.pairs), listed.remarks)


def later_knowledge(ranker: Ranker, later: LaterPairs, *, seed: int = 0) -> LaterKnowledge:
    """How the run of `ranker` had ranked the pairs of a later file.

    Pairs that the run learnt from, or whose very tests it read, are not evaluated.

    Args:
        ranker: of the run, with its survey for the rank among all pairs.
        later: the pairs, read by `read_later_pairs`.
        seed: of the unreported pairs that a list is told from.
    """
    pairs, hit = later.pairs, later.hit
    kind: Kind = "screen" if hit.any() and not hit.all() else "list"
    score = ranker.scorer.score(pairs).astype(np.float64)
    learnt = _learnt_from(ranker, pairs)
    place = _places_among_all(ranker, pairs, score)
    metrics = _metrics(ranker, pairs[~learnt], hit[~learnt], kind=kind, seed=seed)
    symbols = np.asarray(ranker.graph.genes, dtype=object)
    columns = {
        "gene_a": symbols[pairs[:, 0]],
        "gene_b": symbols[pairs[:, 1]],
        "hit": hit,
        "known": ranker.known.parts_of_pairs(pairs),
        "score": score,
        "rank_among_all": place,
    }
    return LaterKnowledge(
        kind=kind,
        metrics=metrics,
        rows=pd.DataFrame(columns).sort_values("score", ascending=False, kind="stable", ignore_index=True),
        among_all={cut: int((place[~learnt] <= cut).sum()) for cut in CUTS_OF_ALL} if ranker.survey is not None else {},
        known_already=int(learnt.sum()),
        unknown_genes=later.unknown_genes,
        left_out=later.left_out,
        remarks=(*later.remarks, *_remarks(learnt, hit, metrics, kind=kind)),
    )


def _once(
    pairs: np.ndarray, hit: np.ndarray, *, genes: int
) -> tuple[Int64[np.ndarray, "pairs 2"], Bool[np.ndarray, " pairs"]]:
    """Each pair once, smaller gene number first; a hit where any row says so."""
    keys, place = np.unique(pair_keys(pairs, genes), return_inverse=True)
    hits = np.bincount(place, weights=hit, minlength=len(keys)) > 0
    return np.stack(np.divmod(keys, genes), axis=1).astype(np.int64), hits


def _hits_by_line(rows: PairRows) -> dict[int, bool]:
    """What each line says of its pair; empty where no column tells hits from non-hits."""
    titles = {fold_name(title) for title in TITLES}
    titled = [place for place, name in enumerate(rows.names) if fold_name(name) in titles][:1]
    for place in dict.fromkeys([*titled, *range(len(rows.names))]):
        said = [cell.casefold() for cell in rows.column(place).tolist()]
        hit_by_line = {
            line: cell in YES for line, cell in zip(rows.lines.tolist(), said, strict=True) if cell in YES | NO
        }
        whole = len(hit_by_line) == sum(cell != "" for cell in said)
        if hit_by_line and (place in titled or whole) and len(set(hit_by_line.values())) == 2:
            return hit_by_line
    return {}


def _learnt_from(ranker: Ranker, pairs: np.ndarray) -> Bool[np.ndarray, " pairs"]:
    """Pairs that are training pairs of the run, or whose very tests in screens it reads."""
    learnt = ranker.known.training.has(pairs)
    if isinstance(ranker.scorer, ScreenScorer):
        hits, others = ranker.scorer.earlier(pairs)
        learnt = learnt | (hits + others > 0)
    return learnt


def _places_among_all(ranker: Ranker, pairs: np.ndarray, score: np.ndarray) -> Float64[np.ndarray, " pairs"]:
    """The rank of each pair among all that nobody lists; NaN for one that is listed, and without a survey."""
    place = np.full(len(pairs), np.nan)
    if ranker.survey is not None and len(ranker.survey.all_ranks):
        free = ranker.known.parts_of_pairs(pairs) == ""
        place[free] = rank_among_all(ranker.survey, score[free])
    return place


def rank_among_all(survey: Survey, score: np.ndarray) -> Float64[np.ndarray, " pairs"]:
    """The rank of scores among all pairs that nobody lists, from the places that the survey keeps."""
    above = np.searchsorted(-survey.all_score_at, -np.asarray(score, dtype=np.float32), side="left")
    return survey.all_ranks[np.minimum(above, len(survey.all_ranks) - 1)].astype(np.float64)


def _metrics(ranker: Ranker, pairs: np.ndarray, hit: np.ndarray, *, kind: Kind, seed: int) -> pd.DataFrame:
    """The run and its best baselines on the same pairs, one row each and kind of pairs that they are told from."""
    negative_kinds = {NON_HITS: (pairs, hit)} if kind == "screen" else _drawn(ranker, pairs, seed=seed)
    rows = []
    for negative_kind, (among, actual) in negative_kinds.items():
        if not actual.any() or actual.all():
            continue
        scores = {ranker.run.run_id: ranker.scorer.score(among)}
        scores |= {name: ranker.rivals.score_pairs(name, among) for name in ranker.rivals.names}
        counts = {"negative_kind": negative_kind, "pairs": int(actual.sum()), "others": int((~actual).sum())}
        for model, score in scores.items():
            rows.append({"model": model, **counts, **screen_metrics(actual, np.asarray(score, dtype=np.float64))})
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(METRIC_COLUMNS))


def _drawn(
    ranker: Ranker, pairs: Int64[np.ndarray, "pairs 2"], *, seed: int
) -> dict[str, tuple[Int64[np.ndarray, "among 2"], Bool[np.ndarray, " among"]]]:
    """The pairs of a list among unreported ones, at random and with as well known genes."""
    genes = len(ranker.graph)
    if not len(pairs):
        return {}
    avoid = np.unique(np.r_[pair_keys(ranker.graph.pairs, genes), pair_keys(pairs, genes)])
    free = genes * (genes - 1) // 2 - len(avoid)
    count = min(RATIO * len(pairs), MOST_DRAWN, free)
    if not count:
        return {}
    drawn = {RANDOM: random_negatives(np.random.default_rng(seed), count, genes=genes, avoid=avoid)}
    with contextlib.suppress(SlvizError):  # where too few pairs of such genes are unreported
        drawn[MATCHED] = degree_matched_negatives(np.random.default_rng(seed), pairs, genes=genes, avoid=avoid)
    return {
        negative_kind: (np.concatenate([pairs, others]), np.arange(len(pairs) + len(others)) < len(pairs))
        for negative_kind, others in drawn.items()
    }


def _remarks(learnt: np.ndarray, hit: np.ndarray, metrics: pd.DataFrame, *, kind: Kind) -> tuple[str, ...]:
    """Sentences on what the run knew, and why nothing was evaluated where nothing was."""
    remarks = []
    if learnt.any():
        remarks.append(f"The run learnt from {int(learnt.sum()):,} of {len(learnt):,} pairs; they are not evaluated.")
    if not len(metrics):
        left = hit[~learnt]
        lacking = (
            "pair" if not len(left) else "hit" if not left.any() else "non-hit" if kind == "screen" else "other pair"
        )
        remarks.append(f"Nothing is evaluated: no {lacking} is left that the run did not learn from.")
    return tuple(remarks)
