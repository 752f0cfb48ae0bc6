"""Tables of results: a row a model, a column a metric, mean and spread over the same splits for all."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slviz.evaluation import METRICS
from slviz.networks import NETWORKS
from slviz.results.collect import OF_ATTENTION, WITHIN, Collected
from slviz.splits import SPLITS
from slviz.splits.pair_split import POPULARITY_MATCHED
from slviz.tasks import TASKS

OF_SCREENS = tuple(
    (where, metric) for where in ("paralog screens", "screens") for metric in ("auc", "ap", "hits@10", "hits@50")
)
HEADLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "link": (
        ("random", "auc"),
        ("random", "ap"),
        ("random", "f1"),
        ("degree-matched", "auc"),
        ("degree-matched", "ap"),
        ("popularity-matched", "auc"),
        ("popularity-matched", "ap"),
        ("file", "auc"),
        ("file", "ap"),
        ("all-unknown", "ap"),
        ("all-unknown", "recall@5000"),
        ("per-gene", "ndcg@10"),
        ("per-gene", "recall@10"),
        *OF_SCREENS,
        OF_ATTENTION,
    ),
    "screen": (*OF_SCREENS, OF_ATTENTION),
    "confidence": (
        ("all", "rmse"),
        ("all", "mae"),
        ("all", "r2"),
        ("all", "spearman"),
        (WITHIN, "spearman"),
        OF_ATTENTION,
    ),
}
"""The columns of a task's table; of any other task all its metrics."""
EVERY = "every protocol"
Column = tuple[str, str]
"""What the pairs are compared with, and the metric."""


@dataclass(frozen=True)
class Cell:
    """A metric over splits and seeds.

    Attributes:
        mean: their mean.
        spread: their standard deviation (of a sample), NaN of a single one.
        count: how many there are.
        complete: whether they are of all the table's splits; only then it may be best.
        values: each of them, in the order of the runs.
    """

    mean: float
    spread: float
    count: int
    complete: bool = True
    values: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class ResultRow:
    """One model or baseline.

    Attributes:
        model, features: what it is called; no features for a baseline.
        is_network: whether it was trained as a run of its own.
        cells: its metrics by column.
        splits: on how many of the table's splits it was evaluated.
        run_ids: the runs that the metrics come from, the newest first.
        complete: whether that is all of them.
    """

    model: str
    features: str
    is_network: bool
    cells: dict[Column, Cell]
    splits: int
    run_ids: tuple[str, ...]
    complete: bool

    @property
    def learns(self) -> bool:
        """Whether it is a network that learns in epochs, on features, and no baseline that was trained as a run."""
        name = self.model.split(" ")[0]
        return self.is_network and (name not in NETWORKS or NETWORKS[name].learns_in_epochs)


@dataclass(frozen=True, eq=False)
class ResultTable:
    """One task by one protocol.

    Attributes:
        task, protocol: which.
        columns: (against, metric) in the order shown.
        held_out: what each split holds out, such as "fold 0".
        seeds: how many seeds were trained.
        rows: networks, best first by the first column, then baselines likewise.
        notes: sentences on what is not in the table.
    """

    task: str
    protocol: str
    columns: tuple[Column, ...]
    held_out: tuple[str, ...]
    seeds: int
    rows: tuple[ResultRow, ...]
    notes: tuple[str, ...] = field(default=())

    def best(self, column: Column) -> float:
        """The best mean of a column among complete rows; NaN where there is none."""
        means = [row.cells[column].mean for row in self.rows if column in row.cells and row.cells[column].complete]
        if not means:
            return float("nan")
        return max(means) if higher_is_better(column[1]) else min(means)

    def leads(self, row: ResultRow, column: Column) -> bool:
        """Whether no other row that was evaluated on all splits is better there."""
        cell = row.cells.get(column)
        return cell is not None and cell.complete and cell.mean == self.best(column)

    @property
    def over(self) -> str:
        """Over what the means are taken, such as "5 folds" or "fold 0 and 3 seeds"."""
        noun = self.held_out[0].split()[0] if self.held_out else "split"
        plural = {"fold": "folds", "publication": "publications", "cut-off": "cut-offs"}.get(noun, "splits")
        said = self.held_out[0] if len(self.held_out) == 1 else f"{len(self.held_out)} {plural}"
        return said if self.seeds == 1 else f"{said} and {self.seeds} seeds"


def higher_is_better(metric: str) -> bool:
    """The direction of a metric; an unknown one counts upwards."""
    return metric not in METRICS or METRICS[metric].higher_is_better


def tables(collected: Collected) -> list[ResultTable]:
    """One table a task and protocol, in the order of the tables of tasks and splits."""
    keys = {(str(task), str(protocol)) for task, protocol in collected.metrics[["task", "protocol"]].to_numpy()}
    return [_table(collected, *key) for key in sorted(keys, key=_in_order)]


def _in_order(key: tuple[str, str]) -> tuple[int, int, str]:
    task, protocol = key
    places = [
        list(table).index(name) if name in table else len(table)
        for table, name in ((TASKS, task), (SPLITS, protocol.split(" ")[0]))
    ]
    return places[0], places[1], protocol


def across(tables: Sequence[ResultTable], column: Column) -> ResultTable:
    """One metric by every protocol: the columns are (protocol, metric), the rows those of all the tables.

    Args:
        found: tables of one task.
        column: the metric, as the tables' columns name it; a protocol where it was not measured is left out.
    """
    measured = [table for table in tables if column in table.columns]
    columns = tuple((table.protocol, column[1]) for table in measured)
    rows: dict[tuple[str, str, bool], ResultRow] = {}
    for table, place in zip(measured, columns, strict=True):
        for row in table.rows:
            key = row.model, row.features, row.is_network
            known = rows.get(key)
            if known is None:
                known = dataclasses.replace(row, cells={}, run_ids=(), complete=True)
            cells = {**known.cells, place: row.cells[column]} if column in row.cells else known.cells
            rows[key] = dataclasses.replace(
                known, cells=cells, run_ids=(*known.run_ids, *row.run_ids), complete=known.complete and row.complete
            )
    return ResultTable(
        task=measured[0].task if measured else "",
        protocol=EVERY,
        columns=columns,
        held_out=tuple(dict.fromkeys(name for table in measured for name in table.held_out)),
        seeds=max((table.seeds for table in measured), default=1),
        rows=tuple(_best_first(list(rows.values()), columns)),
    )


def _table(collected: Collected, task: str, protocol: str) -> ResultTable:
    metrics = collected.metrics
    metrics = metrics.loc[(metrics["task"] == task) & (metrics["protocol"] == protocol)]
    shared = _reference(metrics)
    inside = metrics.loc[metrics["split"].isin(shared)]
    columns = _columns(task, inside)
    named = ["model", "features", "is_network"]
    wanted = {column: _splits(inside, column) for column in columns}
    rows = [
        _row(group, wanted, model=str(key[0]), features=str(key[1]), is_network=bool(key[2]))
        for key, group in inside.groupby(named, sort=False)
    ]
    outside = metrics.loc[~metrics["split"].isin(shared) & metrics["is_network"], "run_id"]
    notes = [f"{len(set(outside))} runs on other splits are not in this table."] if len(outside) else []
    notes += _without_popularity_matched(inside, columns)
    return ResultTable(
        task=task,
        protocol=protocol,
        columns=columns,
        held_out=tuple(sorted(inside.drop_duplicates("split")["held_out"])),
        seeds=max(len(set(inside.loc[inside["is_network"], "seed"])), 1),
        rows=tuple(_best_first(rows, columns)),
        notes=tuple(notes),
    )


def _without_popularity_matched(metrics: pd.DataFrame, columns: Sequence[Column]) -> Iterator[str]:
    """A sentence on runs from before popularity-matched negatives were drawn, where others in the table have them."""
    if not any(negative_kind == POPULARITY_MATCHED for negative_kind, _ in columns):
        return
    runs = set(metrics.loc[metrics["is_network"], "run_id"])
    lacking = runs - set(metrics.loc[metrics["negative_kind"] == POPULARITY_MATCHED, "run_id"])
    if lacking:
        yield (
            f"{len(lacking)} of {len(runs)} runs were trained by a version that drew no popularity-matched negatives; "
            "train them again to fill these columns."
        )


def _reference(metrics: pd.DataFrame) -> frozenset[str]:
    """The splits that the table is about: those of the model evaluated on most; of equals the most frequent set."""
    networks = metrics.loc[metrics["is_network"]]
    sets = [frozenset(group["split"]) for _, group in networks.groupby(["model", "features"], sort=False)]
    often = Counter(sets)
    return max(often, key=lambda folds: (len(folds), often[folds])) if often else frozenset()


def _columns(task: str, metrics: pd.DataFrame) -> tuple[Column, ...]:
    present = {
        (str(a), str(m)) for a, m in metrics[["negative_kind", "metric"]].drop_duplicates().itertuples(index=False)
    }
    if task in HEADLINE:
        return tuple(column for column in HEADLINE[task] if column in present)
    order = {key: place for place, key in enumerate(METRICS)}
    return tuple(sorted(present, key=lambda column: (column[0], order.get(column[1], len(order)), column[1])))


def _splits(metrics: pd.DataFrame, column: Column) -> frozenset[str]:
    """Where any row has a metric of this column."""
    of_column = (metrics["negative_kind"] == column[0]) & (metrics["metric"] == column[1])
    return frozenset(metrics.loc[of_column, "split"])


def _row(
    group: pd.DataFrame, wanted: Mapping[Column, frozenset[str]], *, model: str, features: str, is_network: bool
) -> ResultRow:
    measured = {(str(key[0]), str(key[1])): rows for key, rows in group.groupby(["negative_kind", "metric"])}  # type: ignore[index]
    cells = {
        column: _cell(measured[column]["value"].to_numpy(), set(measured[column]["split"]) >= splits)
        for column, splits in wanted.items()
        if column in measured
    }
    splits = set(group["split"])
    complete = splits >= frozenset().union(*wanted.values())
    return ResultRow(
        model, features, is_network, cells, len(splits), tuple(group["run_id"].drop_duplicates()), complete
    )


def _cell(values: np.ndarray, complete: bool) -> Cell:
    spread = float(values.std(ddof=1)) if len(values) > 1 else float("nan")
    return Cell(float(values.mean()), spread, len(values), complete, tuple(values.tolist()))


def _best_first(rows: Sequence[ResultRow], columns: Sequence[Column]) -> Iterator[ResultRow]:
    """Networks, then baselines; each from best to worst by the first column."""
    if not columns:
        return
    sign = -1 if higher_is_better(columns[0][1]) else 1

    def place(row: ResultRow) -> tuple[bool, bool, float]:
        cell = row.cells.get(columns[0])
        return not row.is_network, cell is None, 0.0 if cell is None else sign * cell.mean

    yield from sorted(rows, key=place)
