"""Where two runs disagree: their predictions of the same test rows, and a gene's partners by the rank under each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.evaluation.comparison import Difference, compare_shares
from slviz.ranking.known_pairs import KNOWN, KnownPairs
from slviz.ranking.places import mean_ranks, percentiles, ranks
from slviz.runs import Run

ONE, OTHER, LEVEL, UNTOLD = "one", "other", "level", ""
"""Which of two runs came nearer to what is known; "" where nothing is."""
ENDS = ["first_end", "second_end"]
"""Both genes of a pair in the order of their names."""
PAIR_KEYS, GENE_KEYS = ["gene_a", "gene_b", "negative_kind"], ["gene"]


def shared_rows(one: Run, other: Run) -> pd.DataFrame:
    """What both runs predict of the test rows that both held out, the largest disagreement first.

    Columns: `gene_a`, `gene_b` and `negative_kind` (`gene` for tasks about genes); `actual` where something is known;
    `one` and `other`, the two predictions; for numbers `percentile_one` and `percentile_other`, where each stands among
    these rows (0 to 100, the highest prediction at the top), since two models need not share a scale; `disagreement`,
    the difference of the percentiles (0 to 100), or for classes whether they differ (0 or 1); and `nearer`: "one",
    "other", "level", or "" where nothing is known. Without a row where the predictions of both mean other things.
    """
    keys = GENE_KEYS if "gene" in one.predictions else PAIR_KEYS
    if not one.spec.predicts_like(other.spec) or not set(keys) <= set(other.predictions.columns):
        return pd.DataFrame(columns=[*keys, "one", "other", "disagreement", "nearer"])
    mine, theirs = _tested(one, keys), _tested(other, keys)
    mine, theirs = mine.assign(one=mine["prediction"]), theirs.assign(other=theirs["prediction"])
    of_row = keys if keys == GENE_KEYS else [*ENDS, "negative_kind"]
    rows = mine.drop(columns="prediction").merge(theirs.filter(items=[*of_row, OTHER]), on=of_row)
    rows = rows.drop(columns=ENDS, errors="ignore")
    if one.spec.task.name == "classify":
        return _classes(rows)
    return _numbers(rows, is_error="actual" not in rows, is_value=one.spec.task.name == "confidence")


def nearer_more_often(rows: pd.DataFrame) -> Difference:
    """Of the rows of `shared_rows` of which something is known: the share on which each run is nearer to it.

    The interval of the difference is that of a bootstrap over genes, as of every difference of two runs. All are NaN
    where nothing is known.
    """
    known = rows.loc[rows["nearer"] != UNTOLD]
    ends = GENE_KEYS if "gene" in rows else PAIR_KEYS[:2]
    names = np.unique(known[ends].to_numpy(dtype=str), return_inverse=True)[1]
    genes = np.asarray(names, dtype=np.int64).reshape(len(known), len(ends))
    is_nearer = [(known["nearer"] == run).to_numpy(dtype=bool) for run in (ONE, OTHER)]
    return compare_shares(*is_nearer, genes=genes)


def _tested(run: Run, keys: list[str]) -> pd.DataFrame:
    """The test rows of a run, each pair once; a pair also by `ENDS`, since data sets may number genes otherwise."""
    columns = [*keys, *(["actual"] if "actual" in run.predictions else []), "prediction"]
    tested: pd.DataFrame = run.predictions.loc[run.predictions["part"] == "test"].filter(items=columns)
    tested = tested.astype(dict.fromkeys(keys, object))
    if keys == GENE_KEYS:
        return tested.drop_duplicates(keys)
    ends = np.sort(tested[["gene_a", "gene_b"]].to_numpy(dtype=object), axis=1)  # [rows, 2], by name
    by_name = tested.assign(**dict(zip(ENDS, ends.T, strict=True)))
    return by_name.drop_duplicates([*ENDS, "negative_kind"])


def _classes(rows: pd.DataFrame) -> pd.DataFrame:
    """Which genes are given different classes, and which of both is the gene's own."""
    right = [(rows[run] == rows["actual"]).to_numpy() for run in (ONE, OTHER)]
    nearer = np.select([right[0] & ~right[1], right[1] & ~right[0]], [ONE, OTHER], LEVEL)
    known_nearer = np.where(rows["actual"].to_numpy() == "", UNTOLD, nearer)
    differs = (rows[ONE] != rows[OTHER]).astype(np.float64)
    return rows.assign(disagreement=differs, nearer=known_nearer).sort_values(
        "disagreement", ascending=False, kind="stable", ignore_index=True
    )


def _numbers(rows: pd.DataFrame, *, is_error: bool, is_value: bool) -> pd.DataFrame:
    """`is_error`: predictions are errors, less is better; `is_value`: what is predicted is a value of its own."""
    scores = {run: rows[run].to_numpy(dtype=np.float64) for run in (ONE, OTHER)}
    place = {run: percentiles(mean_ranks(score), len(rows)) for run, score in scores.items()}
    if is_error:
        away = scores
    elif is_value:
        away = {run: np.abs(score - rows["actual"].to_numpy(dtype=np.float64)) for run, score in scores.items()}
    else:  # a real pair should stand high, a negative one low
        real = rows["actual"].to_numpy(dtype=np.float64) > 0.5
        away = {run: np.where(real, 100 - percentile, percentile) for run, percentile in place.items()}
    nearer = np.select([away[ONE] < away[OTHER], away[OTHER] < away[ONE]], [ONE, OTHER], LEVEL)
    table = rows.assign(
        percentile_one=place[ONE],
        percentile_other=place[OTHER],
        disagreement=np.abs(place[ONE] - place[OTHER]),
        nearer=nearer,
    )
    return table.sort_values("disagreement", ascending=False, kind="stable", ignore_index=True)


def partner_ranks(
    graph: GeneGraph, runs: Mapping[str, Run], gene: int, scores: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """The partners of a gene with their rank under each run, best mean rank first.

    Left out are pairs that any of the runs learnt from, so that all rank the same candidates. Columns: `partner`,
    `number`, `status` (as in `KnownPairs`, by the first run), `rank_in:NAME` for each run, and `gap`, by how many
    places the ranks are apart.

    Args:
        graph: the data set that all runs are about.
        runs: by name.
        gene: its number.
        scores: by name, of the gene with every gene [G].
    """
    known = [KnownPairs.of(graph, run) for run in runs.values()]
    status = [of_run.of_gene(gene) for of_run in known]
    free = np.all([of_run != KNOWN for of_run in status], axis=0)
    free[gene] = False
    candidates = np.flatnonzero(free)
    place = {name: ranks(scores[name][candidates]) for name in runs}
    table = pd.DataFrame(
        {
            "partner": np.asarray(graph.genes, dtype=object)[candidates],
            "number": candidates,
            "status": status[0][candidates],
            **{f"rank_in:{name}": rank for name, rank in place.items()},
        }
    )
    stacked = np.stack(list(place.values()))
    table["gap"] = stacked.max(axis=0) - stacked.min(axis=0)
    return table.iloc[np.argsort(stacked.min(axis=0), kind="stable")].reset_index(drop=True)


def better_on_held_out(
    one: Run, other: Run, genes: tuple[str, ...]
) -> tuple[Int64[np.ndarray, " genes"], Int64[np.ndarray, " genes"]]:
    """For each gene how many of its held-out known pairs one run, and the other, puts nearer to the top.

    Pairs of the test part of both runs; a place is the percentile among the shared test rows.
    """
    rows = shared_rows(one, other)
    counts = np.zeros((2, len(genes)), dtype=np.int64)
    if "gene_a" not in rows or not len(rows):
        return counts[0], counts[1]
    real = rows.loc[rows["negative_kind"] == "known"]
    index = pd.Index(genes)
    for row, run in zip(counts, (ONE, OTHER), strict=True):
        nearer = real.loc[real["nearer"] == run]
        ends = index.get_indexer(nearer[["gene_a", "gene_b"]].to_numpy(dtype=object).ravel())
        row += np.bincount(ends[ends >= 0], minlength=len(genes))
    return counts[0], counts[1]
