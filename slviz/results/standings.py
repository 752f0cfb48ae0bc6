"""Where models stand at each question: the best one beside the best simple baseline, ahead and behind alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slviz.evaluation import METRICS
from slviz.results.collect import Collected
from slviz.results.questions import FURTHER, QUESTIONS, Column, Question
from slviz.results.table import ResultRow, ResultTable, higher_is_better
from slviz.results.text import row_name
from slviz.runs.run import WITH_EARLIER
from slviz.tasks import TASKS

COURSEWORK = "coursework"
"""Networks whose names begin so are there for comparison alone."""
ENOUGH_SPLITS = 3
"""From so many splits on, an interval is one over them; from fewer, it is one over genes."""
SURE = 0.95
WHERE = {
    "degree-matched": "against degree-matched negatives",
    "popularity-matched": "against popularity-matched negatives",
    "random": "against random negatives",
    "file": "against the negatives of the file",
    "all-unknown": "among all unknown pairs",
    "per-gene": "partners of each gene",
    "screens": "over all held-out screens",
    "paralog screens": "over held-out screens of paralogs",
    "within sources": "within each source",
    "attention": "of attention",
}
NOBODY = "No run has been evaluated on this yet."
Interval = tuple[float, float]
Bootstrap = Callable[[Sequence[str], Column, str], Interval | None]
"""95 % interval of the difference of a model from a baseline, by genes drawn anew; None where it cannot be drawn.

Args: the model's runs; the column; the baseline's name.
"""


@dataclass(frozen=True)
class Comparison:
    """One metric of a model and of the best simple baseline on the same pairs.

    Attributes:
        task, protocol, column: where it was measured.
        model, baseline: what they are called; "" for a baseline where there is none.
        value, baseline_value: their metrics, means over `over`; NaN where there is no baseline.
        over: such as "5 folds".
        interval: 95 % interval of the gain; None where there is none.
        drawn: over what the interval is, such as "5 folds" or "genes drawn anew"; "" without.
    """

    task: str
    protocol: str
    column: Column
    model: str
    value: float
    baseline: str
    baseline_value: float
    over: str
    interval: Interval | None = None
    drawn: str = ""

    @property
    def gain(self) -> float:
        """How far the model is ahead, whichever direction of the metric is better; below 0 where it is behind."""
        difference = self.value - self.baseline_value
        return difference if higher_is_better(self.column[1]) else -difference

    @property
    def is_ahead(self) -> bool:
        return bool(self.gain > 0)

    @property
    def is_behind(self) -> bool:
        return bool(self.gain < 0)

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0; true where there is no interval to ask."""
        return self.interval is None or self.interval[0] > 0 or self.interval[1] < 0

    @property
    def measured(self) -> str:
        """Such as "ROC AUC against degree-matched negatives"."""
        negative_kind, key = self.column
        label = METRICS[key].label if key in METRICS else key
        return f"{label} {WHERE[negative_kind]}" if negative_kind in WHERE else label

    @property
    def both(self) -> str:
        """Such as "ROC AUC among all unknown pairs 0.252, L3 0.545"."""
        return f"{self.measured} {decimals(self.value)}, {self.baseline} {decimals(self.baseline_value)}"


@dataclass(frozen=True, eq=False)
class Standing:
    """Where the best model stands at a question.

    Attributes:
        question: which.
        model: what the best model is called, as in the tables; "" where nobody was evaluated on it.
        run_ids: its runs, the newest first.
        comparisons: its metrics beside the best baseline of each, the headline first.
        further: the best model of another task at the same question, such as the best database score at an experiment.
    """

    question: Question
    model: str = ""
    run_ids: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    further: tuple[Comparison, ...] = ()

    @property
    def headline(self) -> Comparison | None:
        return self.comparisons[0] if self.comparisons else None

    @property
    def behind(self) -> tuple[Comparison, ...]:
        """Where a baseline is ahead of the model, the headline left out."""
        return tuple(comparison for comparison in self.comparisons[1:] if comparison.is_behind)

    @property
    def is_ahead_everywhere(self) -> bool:
        """Whether no baseline is ahead of it, or not told apart from it, on any metric of the question."""
        headline = self.headline
        return headline is not None and headline.is_ahead and headline.is_clear and not self.behind

    @property
    def on_headline(self) -> str:
        """Whether the model is ahead on the metric that is hardest to reach by counting."""
        return NOBODY if self.headline is None else _on_headline(self.headline)

    @property
    def on_others(self) -> str:
        """Where a baseline is ahead all the same; "" where there is nothing more to tell."""
        if self.behind:
            return f"Behind on {'; '.join(map(self._elsewhere, self.behind))}."
        ahead = len(self.comparisons) > 1 and all(
            comparison.is_ahead and comparison.is_clear for comparison in self.comparisons
        )
        return f"Ahead on all {len(self.comparisons)} metrics of this question." if ahead else ""

    @property
    def on_further(self) -> str:
        """The best model of another task at the same question; "" where there is none."""
        return " ".join(
            f"The best {TASKS[best.task].score_name} here, {best.model}, is {'ahead' if best.is_ahead else 'behind'}: "
            f"{best.both}."
            for best in self.further
            if best.baseline
        )

    @property
    def sentence(self) -> str:
        """All of it."""
        return " ".join(filter(None, (self.on_headline, self.on_others, self.on_further)))

    def _elsewhere(self, comparison: Comparison) -> str:
        """The metric with its protocol, where that is not the headline's."""
        same = self.headline is not None and comparison.protocol == self.headline.protocol
        return comparison.both if same else f"{comparison.both} ({comparison.protocol})"


def decimals(value: float) -> str:
    """Such as "0.784" or "−0.100"."""
    return f"{'−' if value < 0 else ''}{abs(value):.3f}"


def _on_headline(headline: Comparison) -> str:
    if not headline.baseline:
        return "No baseline was evaluated beside it."
    between = ""
    if headline.interval is not None:
        low, high = headline.interval
        between = f" (95 % of the difference: {decimals(low)} to {decimals(high)}, {headline.drawn})"
    what = f"{headline.measured} {decimals(headline.value)}, {headline.baseline} {decimals(headline.baseline_value)}"
    if not headline.is_clear:
        return f"Not told apart from {headline.baseline}: {what}{between}."
    if headline.is_ahead:
        return f"Ahead of every baseline: {what}{between}."
    if headline.is_behind:
        return f"Behind {headline.baseline}, which needs no training: {what}{between}."
    return f"Level with {headline.baseline}: {what}."


def standings(
    collected: Collected, result_tables: Sequence[ResultTable], *, bootstrap: Bootstrap | None = None
) -> tuple[Standing, ...]:
    """One standing for each of the main questions, and one for each further question that a run answers.

    Args:
        collected: the metrics.
        found: their tables, `tables(collected)`.
        bootstrap: gives intervals where there are too few splits for one; no intervals then where it is None.
    """
    of_main = [_standing(question, collected, result_tables, bootstrap) for question in QUESTIONS]
    of_further = [_standing(question, collected, result_tables, bootstrap) for question in FURTHER]
    return (*of_main, *(standing for standing in of_further if standing.model))


def _standing(
    question: Question, collected: Collected, result_tables: Sequence[ResultTable], bootstrap: Bootstrap | None
) -> Standing:
    of_question = [table for table in result_tables if question.is_asked_by(table.task, _name(table))]
    of_question.sort(key=lambda table: _order(question, table))
    first = next((comparison for table in of_question if (comparison := _best_of(table, question)) is not None), None)
    if first is None:
        return Standing(question)
    table, row, headline = first
    model = row_name(row)
    comparisons = [
        comparison
        for other in of_question
        if other.task == table.task and (same := _row_of(other, row)) is not None
        for column in question.measures
        if (comparison := _compare(collected, other, same, column, bootstrap if column == headline else None))
        is not None
    ]
    comparisons.sort(key=lambda best: (best.protocol, best.column) != (table.protocol, headline))
    others = [other for other in of_question if other.task != table.task]
    best_others = [comparison for other in others[:1] if (comparison := _best_of(other, question)) is not None]
    further = [
        comparison
        for other, best, column in best_others
        if (comparison := _compare(collected, other, best, column, None)) is not None
    ]
    return Standing(question, model, row.run_ids, tuple(comparisons), tuple(further))


def _name(table: ResultTable) -> str:
    return table.protocol.partition(" ")[0]


def _order(question: Question, table: ResultTable) -> tuple[int, int, str]:
    protocols = question.protocols
    place = protocols.index(_name(table)) if _name(table) in protocols else len(protocols)
    return question.tasks.index(table.task), place, table.protocol


def _best_of(table: ResultTable, question: Question) -> tuple[ResultTable, ResultRow, Column] | None:
    """The best model of a table by the first of the question's metrics that any model has there."""
    rows = [row for row in table.rows if is_a_model(row)]
    for column in question.measures:
        measured = [row for row in rows if column in row.cells and row.cells[column].complete]
        if measured:
            sign = 1 if higher_is_better(column[1]) else -1
            return table, max(measured, key=lambda row: sign * row.cells[column].mean), column
    return None


def is_a_model(row: ResultRow) -> bool:
    """Whether a row is of something trained for use: no baseline, and none of the coursework's networks."""
    return row.is_network and not row.model.startswith(COURSEWORK)


def _row_of(table: ResultTable, wanted: ResultRow) -> ResultRow | None:
    same = (row for row in table.rows if (row.model, row.features) == (wanted.model, wanted.features))
    return next((row for row in same if row.is_network), None)


def _compare(
    collected: Collected, table: ResultTable, row: ResultRow, column: Column, bootstrap: Bootstrap | None
) -> Comparison | None:
    """A row beside the best simple baseline in a column; None where the row was not evaluated on all splits."""
    cell = row.cells.get(column)
    if cell is None or not cell.complete:
        return None
    best = _best_baseline(table, column)
    if best is None:
        return Comparison(table.task, table.protocol, column, row_name(row), cell.mean, "", float("nan"), table.over)
    gains = _paired_gains(collected, table, row, column, best.model)
    interval, drawn = _over_splits(gains, table)
    if interval is None and bootstrap is not None:
        sign = 1 if higher_is_better(column[1]) else -1
        ends = bootstrap(row.run_ids, column, best.model)
        interval = None if ends is None else (min(sign * ends[0], sign * ends[1]), max(sign * ends[0], sign * ends[1]))
        drawn = "" if interval is None else "genes drawn anew"
    return Comparison(
        table.task,
        table.protocol,
        column,
        row_name(row),
        cell.mean,
        best.model,
        best.cells[column].mean,
        table.over,
        interval=interval,
        drawn=drawn,
    )


def _best_baseline(table: ResultTable, column: Column) -> ResultRow | None:
    """The best row that needs no training of its own; a model told of earlier screens is no baseline of itself."""
    simple = [
        row
        for row in table.rows
        if not row.is_network
        and not row.model.endswith(WITH_EARLIER)
        and column in row.cells
        and row.cells[column].complete
    ]
    sign = 1 if higher_is_better(column[1]) else -1
    return max(simple, key=lambda row: sign * row.cells[column].mean, default=None)


def _paired_gains(collected: Collected, table: ResultTable, row: ResultRow, column: Column, baseline: str) -> pd.Series:
    """The gain of the model over a baseline on each split, means over seeds; by split."""
    metrics = collected.metrics
    measured = metrics.loc[
        (metrics["task"] == table.task)
        & (metrics["protocol"] == table.protocol)
        & (metrics["negative_kind"] == column[0])
        & (metrics["metric"] == column[1])
    ]
    own = measured.loc[measured["is_network"] & (measured["model"] == row.model)]
    own = own.loc[own["features"] == row.features] if row.features else own
    others = measured.loc[~measured["is_network"] & (measured["model"] == baseline)]
    gains = own.groupby("split")["value"].mean() - others.groupby("split")["value"].mean()
    return (gains if higher_is_better(column[1]) else -gains).dropna()


def _over_splits(gains: pd.Series, table: ResultTable) -> tuple[Interval | None, str]:
    """95 % interval of the mean gain by Student's t over the splits; none where they are few."""
    if len(gains) < ENOUGH_SPLITS:
        return None, ""
    from scipy.stats import t

    half = float(t.ppf((1 + SURE) / 2, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains)))
    return (float(gains.mean()) - half, float(gains.mean()) + half), table.over
