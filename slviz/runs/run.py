"""Run: the result of training, complete enough that no page needs torch to show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.features.pair_knowledge import PairKnowledge
from slviz.networks.attention import Attention
from slviz.networks.training_record import TrainingRecord
from slviz.runs.spec import RunSpec
from slviz.scorers import experiment_scorer
from slviz.scorers.experiment_scorer import ExperimentScorer
from slviz.scorers.pair_scorer import PairScorer, ScreenScorer

PARTS = ("train", "validation", "test")
PAIR_COLUMNS = ("gene_a", "gene_b", "part", "negative_kind", "actual", "prediction")
GENE_COLUMNS = ("gene", "part", "prediction")
CLASS_COLUMNS = ("gene", "part", "actual", "prediction", "score")
METRIC_COLUMNS = ("model", "part", "negative_kind", "metric", "value")
NETWORK = "network"
"""The `scorer` that is the run itself; the others are baselines beside it, but for those of `OWN_ROWS`."""
WITH_EARLIER = "with earlier screens"
"""A row that is the model of the run once more, told what other screens said of each pair."""
OWN_ROWS = (NETWORK, WITH_EARLIER)
"""Rows of a table of metrics that are the run itself; the others are baselines."""


def leading_columns(predictions: pd.DataFrame) -> tuple[str, ...]:
    """The columns before the baselines, by what the rows are: pairs, genes with their error, genes with their class."""
    if "gene" not in predictions:
        return PAIR_COLUMNS
    return CLASS_COLUMNS if "actual" in predictions else GENE_COLUMNS


@dataclass(frozen=True, eq=False)
class Run:
    """What a training gave. G genes, D embedding width.

    Attributes:
        spec: what was asked for.
        genes: symbols in the order of the embedding's rows.
        history: one row an epoch: `epoch` (from 1), `train_loss`, `validation_loss`, `seconds` (of
            that epoch), and the validation metric that early stopping watches under its own name; then
            how each step went: `learning_rate`, `gradient_norm` (before it is clipped), and after
            each layer the mean and spread over genes and columns (`layer_1_mean`, `layer_1_sd`, …).
        embedding: float32 [G, D], of the epoch that was best on validation.
        decoder: by name, what `scorer` needs to score any pair without torch (`slviz.networks.model.Fitted.arrays`);
            empty for a task without pairs.
        predictions: for pairs, columns `PAIR_COLUMNS` and then one column a baseline, named for it;
            `part` is one of `PARTS`; `negative_kind` says what a row is there for: "known" for a known
            pair, "random", "degree-matched" or "popularity-matched" for a drawn negative pair, "file" for a
            user's own;
            `actual` is 1 or 0 (link) or the score (confidence). For reconstruction, columns
            `GENE_COLUMNS` and the baselines: the root mean squared error of each gene's features. For
            classes, columns `CLASS_COLUMNS` and the baselines: names of classes, "" where a gene has none,
            and in `score` the network's share of its whole for the class that it gives.
        metrics: tidy, columns `METRIC_COLUMNS`. `model` is "network" or a baseline's name;
            `negative_kind` is "random", "degree-matched", "popularity-matched", "file" (link), "all" or an evidence
            kind (confidence), "genes" (reconstruct, classify) or "class " and the name of one (classify).
        attention: of the training graph, where the network has it.
        weights: the network's parameters by name; None when a viewer opened the run.
        record: how the parts of the network fared while it learnt; None when a viewer opened the run, and for what
            is not learnt in epochs.
        device: what it was trained on, such as "cpu".
        train_seconds: wall-clock time of training and evaluation.
    """

    spec: RunSpec
    genes: tuple[str, ...]
    history: pd.DataFrame
    embedding: Float32[np.ndarray, "genes width"]
    decoder: Mapping[str, np.ndarray]
    predictions: pd.DataFrame
    metrics: pd.DataFrame
    attention: Attention | None = None
    weights: Mapping[str, np.ndarray] | None = field(default=None, repr=False)
    record: TrainingRecord | None = field(default=None, repr=False)
    device: str = "cpu"
    train_seconds: float = float("nan")

    def __post_init__(self) -> None:
        name = self.spec.run_id
        if self.embedding.ndim != 2 or len(self.embedding) != len(self.genes):
            raise DamagedRun(f"Run {name}: the embedding has shape {self.embedding.shape} for {len(self.genes)} genes.")
        if not np.isfinite(self.embedding).all():
            raise DamagedRun(f"Run {name}: the embedding holds values that are not finite.")
        leading = leading_columns(self.predictions)
        if tuple(self.predictions.columns[: len(leading)]) != leading:
            raise DamagedRun(
                f"Run {name}: predictions have the columns {list(self.predictions.columns)}; "
                f"the first should be {list(leading)}."
            )
        if tuple(self.metrics.columns) != METRIC_COLUMNS:
            raise DamagedRun(f"Run {name}: metrics have the columns {list(self.metrics.columns)}.")
        self.embedding.setflags(write=False)

    @property
    def run_id(self) -> str:
        return self.spec.run_id

    @property
    def needs_data(self) -> bool:
        """Whether `scorer` reads the data set beside the run."""
        return self.spec.network.needs_data or experiment_scorer.is_stored(self.decoder)

    def scorer(self, graph: GeneGraph | None) -> PairScorer:
        """What scores pairs of a run about pairs; reads its arrays, the data set and no test pair, and needs no torch.

        `graph` may be None where `needs_data` is false. Raises `DamagedRun` where the arrays do not fit.
        """
        scorer = self.spec.network.scorer(self.decoder, embedding=self.embedding, graph=graph)
        if isinstance(scorer, ScreenScorer) or not experiment_scorer.is_stored(self.decoder):
            return scorer
        assert graph is not None, "these scores need the data set: see needs_data"
        return ExperimentScorer.from_arrays(self.decoder, base=scorer, knowledge=PairKnowledge(graph))

    @property
    def baselines(self) -> tuple[str, ...]:
        """Names of the baselines that were scored on the same rows, in the order of the table."""
        leading = leading_columns(self.predictions)
        return tuple(self.predictions.columns[len(leading) :])

    def metric(self, metric: str, *, negative_kind: str, part: str = "test", model: str = NETWORK) -> float:
        """One metric of the metrics table; NaN where it was not measured."""
        table = self.metrics
        wanted = (
            (table["metric"] == metric)
            & (table["negative_kind"] == negative_kind)
            & (table["part"] == part)
            & (table["model"] == model)
        )
        values = table.loc[wanted, "value"]
        return float(values.iloc[0]) if len(values) else float("nan")
