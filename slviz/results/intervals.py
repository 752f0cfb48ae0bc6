"""Intervals of the gain of a run over a baseline, when the genes of the test pairs are drawn anew, from stored runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import SlvizError
from slviz.evaluation.comparison import compare_classes, compare_errors
from slviz.evaluation.screens import OF_PARALOGS, counts, drawn_metrics, gene_draws, interval, of_pairs
from slviz.results.collect import RECONSTRUCT, baseline_name
from slviz.results.standings import Bootstrap, Column, Interval
from slviz.runs.run import Run
from slviz.runs.store import RunStore
from slviz.runs.tested_screens import screens_of
from slviz.splits.pair_split import TESTED

MOST_RUNS = 4
"""Runs of one model that are drawn from; more would keep a page waiting."""
DRAWN = ("auc", "ap")
SCREENS, PARALOG_SCREENS = "screens", "paralog screens"
OF_GENES = "genes"
"""What the metrics of tasks about genes stand under."""


def bootstrap_of(store: RunStore, graph: GeneGraph) -> Bootstrap:
    """Draws genes anew for runs on a data set: 95 % intervals of model less baseline, the same draws for both."""

    def drawn(run_ids: Sequence[str], column: Column, baseline: str) -> Interval | None:
        if column[0] == OF_GENES:
            return _of_genes(store, run_ids, column[1], baseline)
        if column[1] not in DRAWN:
            return None
        try:
            runs = [store.open(run_id) for run_id in run_ids[:MOST_RUNS]]
            differences = [
                drawn_differences
                for run in runs
                if (drawn_differences := _differences(store, graph, run, column, baseline)) is not None
            ]
        except SlvizError:  # a run that cannot be read is told where it is opened
            return None
        if not differences:
            return None
        low, high = interval(np.mean(differences, axis=0))
        return (low, high) if low == low else None

    return drawn


def _of_genes(store: RunStore, run_ids: Sequence[str], metric: str, baseline: str) -> Interval | None:
    """The same for classes and features of genes, of one run; None for several, and for a metric that is not drawn."""
    if len(run_ids) != 1:
        return None
    try:
        run = store.open(run_ids[0])
    except SlvizError:
        return None
    named = {baseline_name(run.spec, column): column for column in run.predictions.columns}
    test = run.predictions.loc[run.predictions["part"] == "test"]
    if baseline not in named or not len(test):
        return None
    if "actual" in test:
        test = test.loc[test["actual"] != ""]
    one, other, genes = test[named[baseline]].to_numpy(), test["prediction"].to_numpy(), np.arange(len(test))[:, None]
    if run.spec.task.name == RECONSTRUCT:
        differences = compare_errors(one.astype(float), other.astype(float), genes=genes)
    else:
        differences = compare_classes(test["actual"].to_numpy(), one, other, genes=genes)
    ends = {difference.metric: (difference.low, difference.high) for difference in differences}.get(metric)
    return ends if ends is not None and ends[0] == ends[0] else None


def _differences(
    store: RunStore, graph: GeneGraph, run: Run, column: Column, baseline: str
) -> Float64[np.ndarray, " draws"] | None:
    """Of each draw the metric of the run less that of the baseline; None where the baseline was not scored beside."""
    if baseline not in run.predictions.columns:
        return None
    negative_kind, metric = column
    parts = list(_rows_measured(store, graph, run, negative_kind))
    if not parts:
        return None
    number = pd.Index(pd.unique(np.concatenate([part[["gene_a", "gene_b"]].to_numpy().ravel() for part in parts])))
    draws = gene_draws(len(number))
    differences = []
    for part in parts:
        pairs = np.stack([number.get_indexer(part[end].to_numpy()) for end in ("gene_a", "gene_b")], axis=1)
        weight, actual = of_pairs(draws, pairs), part["actual"].to_numpy() > 0.5
        own, other = (
            drawn_metrics(actual, part[name].to_numpy(dtype=np.float64), weight)[metric]
            for name in ("prediction", baseline)
        )
        differences.append(own - other)
    return np.mean(differences, axis=0)


def _rows_measured(store: RunStore, graph: GeneGraph, run: Run, negative_kind: str) -> Iterator[pd.DataFrame]:
    """The test rows that a metric is measured on: one table, or one for each screen of a mean over screens."""
    test = run.predictions.loc[run.predictions["part"] == "test"]
    if negative_kind not in (SCREENS, PARALOG_SCREENS):
        rows = test.loc[test["negative_kind"].isin(["known", negative_kind])]
        if rows["negative_kind"].nunique() == 2:
            yield rows
        return
    screen = screens_of(run.predictions, store.open_split(run.run_id))[run.predictions["part"] == "test"]
    tested = test["negative_kind"].isin(TESTED).to_numpy()
    is_paralog = _paralogs(graph)
    of_screens = [test.loc[tested & (screen == name)] for name in pd.unique(screen[tested])]
    counting = [rows for rows in of_screens if counts(rows["actual"].to_numpy() > 0.5)] or of_screens
    yield from (rows for rows in counting if negative_kind == SCREENS or is_paralog(rows).mean() >= OF_PARALOGS)


def _paralogs(graph: GeneGraph) -> Callable[[pd.DataFrame], np.ndarray]:
    """Tells which rows are pairs of paralogs; none where the data set has no such relation."""
    paralogs = graph.relations.get("paralogs")
    known = np.empty(0, dtype=np.int64) if paralogs is None else pair_keys(paralogs.pairs, len(graph))
    number = pd.Index(graph.genes)

    def are_paralogs(rows: pd.DataFrame) -> np.ndarray:
        pairs = np.stack([number.get_indexer(rows[end].to_numpy()) for end in ("gene_a", "gene_b")], axis=1)
        return np.isin(pair_keys(pairs, len(graph)), known)

    return are_paralogs
