"""The key metric of a run: one number that says how good it is, beside the best baseline on the same pairs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slviz.datasets import GeneGraph
from slviz.evaluation import METRICS
from slviz.results.questions import question_of
from slviz.runs.once_for_a_table import once_for_a_table
from slviz.runs.run import NETWORK, OWN_ROWS, Run
from slviz.splits.pair_split import POPULARITY_MATCHED
from slviz.splits.popularity import Popularity

SCREENS = ("paralog screens", "screens")
KEY_METRICS = {
    "link": ("auc", ("file", "degree-matched", "random", "popularity-matched", *SCREENS)),
    "screen": ("auc", SCREENS),
    "confidence": ("rmse", ("all",)),
    "classify": ("macro_f1", ("genes",)),
}
RECONSTRUCT = ("rmse", ("genes",))
NEGATIVE_KIND_WORDS = {
    "random": "against random negatives",
    "degree-matched": "against degree-matched negatives",
    "popularity-matched": "against popularity-matched negatives",
    "file": "against the negatives of the file",
    "all": "all test pairs",
    "genes": "held-out genes",
    "all-unknown": "among all unknown pairs",
    "per-gene": "partners of each gene",
    "screens": "hits against tested non-hits, mean over held-out screens",
    "paralog screens": "hits against tested non-hits, mean over held-out screens of paralogs",
}
SHORT_WORDS = {
    "random": "random negatives",
    "degree-matched": "degree-matched",
    "popularity-matched": "popularity-matched",
    "file": "negatives of the file",
    "all-unknown": "all unknown pairs",
    "per-gene": "for each gene",
    "screens": "held-out screens",
    "paralog screens": "held-out paralog screens",
}
OF_ALL_GENES = "random pairs of all genes"
SECONDARY_METRICS = {
    "link": (("ap", "all-unknown"), ("ndcg@10", "per-gene")),
    "screen": (("ap", "paralog screens"), ("auc", "screens")),
}


LACKS_POPULARITY_MATCHED = (
    "No popularity-matched negatives: trained by a version that did not draw them; a run with another seed has them"
)


def lacks_popularity_matched(run: Run, graph: GeneGraph) -> bool:
    """Whether a run about known pairs was trained before popularity-matched negatives were drawn for its data set."""
    if run.spec.task.name != "link" or Popularity.of(graph) is None or "negative_kind" not in run.predictions:
        return False
    kinds = set(run.predictions["negative_kind"].unique())
    return "random" in kinds and POPULARITY_MATCHED not in kinds


@dataclass(frozen=True)
class KeyMetric:
    """The metric of a run on its test part, and the best baseline's."""

    metric: str
    negative_kind: str
    label: str
    help: str
    value: float
    baseline: str
    baseline_value: float
    higher_is_better: bool

    @property
    def short(self) -> str:
        """Such as "AUC 0.894 (degree-matched)"."""
        where = f" ({self.negative_kind})" if self.metric == "AUC" else ""
        return f"{self.metric} {self.value:.3f}{where}"

    @property
    def term(self) -> str:
        """The metric as the glossary calls it, such as "ROC AUC"."""
        return self.label.partition(", ")[0]

    @property
    def sentence(self) -> str:
        """Such as "NDCG@10, for each gene: 0.107 (max degree 0.086)"."""
        beside = f" ({self.baseline} {self.baseline_value:.3f})" if self.baseline else ""
        return f"{self.label}: {self.value:.3f}{beside}"

    @property
    def difference(self) -> float:
        return self.value - self.baseline_value

    @property
    def gain(self) -> float:
        """How far the run is ahead of the baseline, whichever direction is better; NaN where there is none."""
        return self.difference if self.higher_is_better else -self.difference

    @property
    def is_behind(self) -> bool:
        """Whether the best baseline is ahead."""
        return bool(self.gain < 0)


def key_metric(task: str, metrics: pd.DataFrame) -> KeyMetric | None:
    """The key metric of a metrics table (test part); None where it was not measured."""
    name, wheres = KEY_METRICS.get(task, RECONSTRUCT)
    return next(
        filter(None, (metric_beside(metrics, name, negative_kind=negative_kind) for negative_kind in wheres)), None
    )


def secondary_metrics(task: str, metrics: pd.DataFrame) -> list[KeyMetric]:
    """What else tells runs of this task apart, as far as it was measured."""
    return [
        metric
        for name, negative_kind in SECONDARY_METRICS.get(task, ())
        if (metric := metric_beside(metrics, name, negative_kind=negative_kind))
    ]


def all_metrics(task: str, protocol: str, metrics: pd.DataFrame) -> list[KeyMetric]:
    """Every metric by which the run's question is answered and that was measured, its key metric first.

    A loss is shown wherever a gain is, so this is what a card looks through.
    """
    key = key_metric(task, metrics)
    measures = [(name, negative_kind) for negative_kind, name in question_of(task, protocol).measures]
    places = dict.fromkeys([*SECONDARY_METRICS.get(task, ()), *measures])
    measured = [
        metric
        for name, negative_kind in places
        if (metric := metric_beside(metrics, name, negative_kind=negative_kind))
    ]
    already_shown = {} if key is None else {(key.metric, key.negative_kind)}
    return [
        *([] if key is None else [key]),
        *(pair for pair in measured if (pair.metric, pair.negative_kind) not in already_shown),
    ]


def _short_words(negative_kind: str, metrics: pd.DataFrame) -> str:
    """What the negatives are called; where a user brought some, drawn ones are told apart as pairs of all genes."""
    if negative_kind == "random" and "file" in set(metrics["negative_kind"]):
        return OF_ALL_GENES
    return SHORT_WORDS.get(negative_kind, NEGATIVE_KIND_WORDS.get(negative_kind, negative_kind))


@once_for_a_table
def metric_beside(metrics: pd.DataFrame, name: str, *, negative_kind: str) -> KeyMetric | None:
    """One metric of the network on the test part, and the best baseline's; None where it was not measured."""
    metric = METRICS[name]
    wanted = (metrics["part"] == "test") & (metrics["negative_kind"] == negative_kind) & (metrics["metric"] == name)
    rows = metrics.loc[wanted].dropna(subset=["value"])
    value = rows.loc[rows["model"] == NETWORK, "value"]
    if not len(value):
        return None
    others = rows.loc[~rows["model"].isin(OWN_ROWS)].sort_values("value")
    best = others.iloc[-1 if metric.higher_is_better else 0] if len(others) else None
    return KeyMetric(
        metric=metric.label.removeprefix("ROC "),
        negative_kind=negative_kind,
        label=f"{metric.label}, {_short_words(negative_kind, metrics)}",
        help=metric.help,
        value=float(value.iloc[0]),
        baseline="" if best is None else str(best["model"]),
        baseline_value=float("nan") if best is None else float(best["value"]),
        higher_is_better=metric.higher_is_better,
    )
