"""Model: the one contract of everything that can be trained, be it a network, a formula or trees.

To add one, write one file in `slviz/networks/` with a frozen dataclass, and put its name into `NETWORKS`:

    @dataclass(frozen=True)
    class Jaccard(Model):
        '''Shared partners of both genes over all of theirs.'''          # what the form shows, one sentence

        name: ClassVar[str] = "jaccard"                                   # typed, stored, part of the run's name
        smoothing: float = setting(1.0, "Added to …", low=0.0, high=9.0)  # a field of the form and the command line

        def refuse(self, task, graph): ...                     # what it cannot be asked about, in a sentence
        def fit(self, training): ...                           # -> Fitted, from training and validation pairs
        def scorer(self, arrays, *, embedding, graph): ...     # what `fit` made, back from `Fitted.arrays`

The form, the command line, sweeps, the run folder, its pages and its export follow from that. A network that learns
in epochs subclasses `slviz.networks.network.GraphNetwork` instead and says its layers. A score that needs more than an
embedding and the decoder has a class of its own in `slviz/scorers/`; see `slviz.scorers.pair_scorer.PairScorer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.choices import Choice
from slviz.datasets import GeneGraph
from slviz.features import FeatureSet
from slviz.networks.attention import Attention
from slviz.networks.training_record import TrainingRecord
from slviz.scorers.pair_scorer import PairScorer
from slviz.splits import PairSplit, Split
from slviz.tasks import Task

if TYPE_CHECKING:
    from slviz.networks.network import Network

DEGREES, ATTENTION = "degrees", "attention"
"""What the weights of a layer's sum follow from, where the layer is a formula of one line."""
NO_EPOCHS = ("epoch", "train_loss", "validation_loss", "seconds")


def no_epochs() -> pd.DataFrame:
    """The history of a fit that has no epochs: the columns of `Run.history` without a row."""
    return pd.DataFrame({name: pd.Series(dtype="int64" if name == "epoch" else "float64") for name in NO_EPOCHS})


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit gave. G genes, D embedding width.

    Attributes:
        embedding: float32 [G, D], finite.
        scorer: what scores pairs; None for a task that is not about pairs.
        arrays: what `Model.scorer` reads back, each under a name of its own that says what it is, never in an order
            that a later version might change; empty without a scorer.
        attention: of the training graph, where the model has it.
        of_genes: float32 [G, C], what a task about genes asks for: the features given back, or the share of each
            class; None for a task about pairs.
        weights: the model's parameters by name, where there are any beside `arrays`.
        history: one row an epoch, as in `slviz.runs.Run`.
        device: what it was fitted on.
        record: how the parts of a network fared, of a fit in epochs.
    """

    embedding: Float32[np.ndarray, "genes width"]
    scorer: PairScorer | None = None
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    attention: Attention | None = None
    of_genes: Float32[np.ndarray, "genes columns"] | None = None
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    history: pd.DataFrame = field(default_factory=no_epochs)
    device: str = "cpu"
    record: TrainingRecord | None = None


@dataclass(frozen=True, eq=False)
class Training:
    """What a model is fitted on.

    Attributes:
        graph: the data set.
        split: which pairs are learnt from and which validate; a model reads no test pair.
        task: what is asked.
        features: what is told of each gene; `features.matrix(graph)`.
        protocol: what the held-out pairs are, for models that imitate it while they learn.
        seed: of all chance.
        in_epochs: runs the loop of epochs for a network: steps, validation, checkpoints, the best epoch kept.
        shared: by name, what a model made of no test, and may read again when the same run is fitted on other splits.
    """

    graph: GeneGraph
    split: PairSplit
    task: Task
    features: FeatureSet
    protocol: Split
    seed: int
    in_epochs: Callable[[Network], Fitted]
    shared: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Model(Choice):
    """Settings of what is trained.

    Class attributes:
        learns_in_epochs: whether it is a network of torch: optimiser and features matter, and it has weights.
        reads_pictures: whether it needs to know how the pixels of pictures lie, and so does nothing for other data.
        is_fitted: whether a seed or a setting of the task makes a difference; if not, such runs are one run.
        published: by part ("network", "optimiser"), the settings of the paper for classes from few labelled genes.
        usual: by part, the settings that it begins with where nobody says another, whatever the split.
        baseline: which baseline of every table of metrics it is, so that it does not stand there twice; "" for none.
    """

    name: ClassVar[str]
    learns_in_epochs: ClassVar[bool] = False
    reads_pictures: ClassVar[bool] = False
    is_fitted: ClassVar[bool] = True
    baseline: ClassVar[str] = ""
    published: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
    usual: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})

    @property
    def layer_formula(self) -> str:
        """`DEGREES` or `ATTENTION` where each layer is one sum over partners with such weights, which
        `slviz.training.by_hand` computes anew; "" for all else."""
        return ""

    @property
    def row_name(self) -> str:
        """What its row is called beside those of others, such as "gat" or "L3"."""
        return self.baseline or self.name.replace("_", " ")

    @property
    def embedding_width(self) -> int:
        """How many numbers describe a gene in `Fitted.embedding`."""
        raise NotImplementedError

    @property
    def needs_data(self) -> bool:
        """Whether `scorer` reads the data set beside the arrays."""
        return False

    def reads_for(self, task: Task, graph: GeneGraph) -> tuple[str, ...]:
        """As `Choice.reads`, where that depends on the task."""
        return self.reads(graph)

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        """Raises `InvalidSetting` for a task, or for data, that this model cannot be asked about; nothing here."""

    def refuse_features(self, features: FeatureSet, graph: GeneGraph) -> None:
        """Raises `InvalidSetting` for features that this model cannot read; nothing here."""

    def fit(self, training: Training) -> Fitted:
        """Learn from training pairs, choose by validation pairs; the same `training` gives the same bits."""
        raise NotImplementedError

    def scorer(
        self,
        arrays: Mapping[str, np.ndarray],
        *,
        embedding: Float32[np.ndarray, "genes width"],
        graph: GeneGraph | None,
    ) -> PairScorer:
        """What scores pairs, as `fit` made it, without torch.

        Args:
            arrays: `Fitted.arrays`, as they were stored.
            embedding: of the same run.
            graph: its data set; may be None where `needs_data` is false.

        Raises `DamagedRun` where an array is missing or does not fit.
        """
        raise NotImplementedError
