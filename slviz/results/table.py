"""Tables of results: a row a model, a column a figure, mean and spread over the same divisions for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slviz.evaluation import METRICS
from slviz.results.collect import WITHIN, Collected

HEADLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "link": (
        ("random", "auc"),
        ("random", "ap"),
        ("random", "f1"),
        ("degree-matched", "auc"),
        ("degree-matched", "ap"),
        ("file", "auc"),
        ("file", "ap"),
        ("all-unknown", "ap"),
        ("all-unknown", "recall@5000"),
        ("per-gene", "ndcg@10"),
        ("per-gene", "recall@10"),
    ),
    "confidence": (("all", "rmse"), ("all", "mae"), ("all", "r2"), ("all", "spearman"), (WITHIN, "spearman")),
}
"""The columns of a task's table; of any other task all its figures."""
Column = tuple[str, str]
"""What the pairs are compared with, and the metric."""


@dataclass(frozen=True)
class Cell:
    """A figure over divisions and seeds; `spread` is the standard deviation, NaN of a single one."""

    mean: float
    spread: float
    count: int


@dataclass(frozen=True, eq=False)
class ResultRow:
    """One model or baseline.

    Attributes:
        model, features: what it is called; no features for a baseline.
        is_network: whether it was trained as a run of its own.
        cells: its figures by column.
        divisions: on how many of the table's divisions it was judged.
        run_ids: the runs that the figures come from, the newest first.
        complete: whether that is all of them; only then it may be best.
    """

    model: str
    features: str
    is_network: bool
    cells: dict[Column, Cell]
    divisions: int
    run_ids: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, eq=False)
class ResultTable:
    """One task by one protocol.

    Attributes:
        task, protocol: which.
        columns: (against, metric) in the order shown.
        held_out: what each division holds out, such as "fold 0".
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
        found = [row.cells[column].mean for row in self.rows if row.complete and column in row.cells]
        if not found:
            return float("nan")
        return max(found) if higher_is_better(column[1]) else min(found)

    def leads(self, row: ResultRow, column: Column) -> bool:
        """Whether no other complete row is better there."""
        return row.complete and column in row.cells and row.cells[column].mean == self.best(column)

    @property
    def over(self) -> str:
        """Over what the means are taken, such as "5 folds" or "fold 0 and 3 seeds"."""
        noun = self.held_out[0].split()[0] if self.held_out else "division"
        plural = {"fold": "folds", "publication": "publications"}.get(noun, "divisions")
        said = self.held_out[0] if len(self.held_out) == 1 else f"{len(self.held_out)} {plural}"
        return said if self.seeds == 1 else f"{said} and {self.seeds} seeds"


def higher_is_better(metric: str) -> bool:
    """The direction of a metric; an unknown one counts upwards."""
    return metric not in METRICS or METRICS[metric].higher_is_better


def tables(collected: Collected) -> list[ResultTable]:
    """One table a task and protocol, in the order in which they first occur."""
    keys = collected.figures[["task", "protocol"]].drop_duplicates().to_numpy()
    return [_table(collected, str(task), str(protocol)) for task, protocol in keys]


def _table(collected: Collected, task: str, protocol: str) -> ResultTable:
    figures = collected.figures
    figures = figures.loc[(figures["task"] == task) & (figures["protocol"] == protocol)]
    shared = _reference(figures)
    inside = figures.loc[figures["division"].isin(shared)]
    columns = _columns(task, inside)
    named = ["model", "features", "is_network"]
    rows = [
        _row(group, columns, model=str(key[0]), features=str(key[1]), is_network=bool(key[2]), wanted=len(shared))
        for key, group in inside.groupby(named, sort=False)
    ]
    outside = figures.loc[~figures["division"].isin(shared) & figures["is_network"], "run_id"]
    notes = [f"{len(set(outside))} runs on other divisions are not in this table."] if len(outside) else []
    return ResultTable(
        task=task,
        protocol=protocol,
        columns=columns,
        held_out=tuple(sorted(inside.drop_duplicates("division")["held_out"])),
        seeds=max(len(set(inside.loc[inside["is_network"], "seed"])), 1),
        rows=tuple(_best_first(rows, columns)),
        notes=tuple(notes),
    )


def _reference(figures: pd.DataFrame) -> frozenset[str]:
    """The divisions that the table is about: those of the model judged on most; of equals the most frequent set."""
    networks = figures.loc[figures["is_network"]]
    sets = [frozenset(group["division"]) for _, group in networks.groupby(["model", "features"], sort=False)]
    often = Counter(sets)
    return max(often, key=lambda each: (len(each), often[each])) if often else frozenset()


def _columns(task: str, figures: pd.DataFrame) -> tuple[Column, ...]:
    present = {(str(a), str(m)) for a, m in figures[["against", "metric"]].drop_duplicates().itertuples(index=False)}
    if task in HEADLINE:
        return tuple(column for column in HEADLINE[task] if column in present)
    order = {key: place for place, key in enumerate(METRICS)}
    return tuple(sorted(present, key=lambda column: (column[0], order.get(column[1], len(order)), column[1])))


def _row(
    group: pd.DataFrame, columns: Sequence[Column], *, model: str, features: str, is_network: bool, wanted: int
) -> ResultRow:
    values = group.groupby(["against", "metric"])["value"]
    measured = {(str(against), str(metric)): each.to_numpy() for (against, metric), each in values}  # type: ignore[misc]
    cells = {column: _cell(measured[column]) for column in columns if column in measured}
    divisions = len(set(group["division"]))
    return ResultRow(
        model, features, is_network, cells, divisions, tuple(group["run_id"].drop_duplicates()), divisions == wanted
    )


def _cell(values: np.ndarray) -> Cell:
    return Cell(float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else float("nan"), len(values))


def _best_first(rows: Sequence[ResultRow], columns: Sequence[Column]) -> Iterator[ResultRow]:
    """Networks, then baselines; each from best to worst by the first column."""
    if not columns:
        return
    sign = -1 if higher_is_better(columns[0][1]) else 1

    def place(row: ResultRow) -> tuple[bool, bool, float]:
        cell = row.cells.get(columns[0])
        return not row.is_network, cell is None, 0.0 if cell is None else sign * cell.mean

    yield from sorted(rows, key=place)
