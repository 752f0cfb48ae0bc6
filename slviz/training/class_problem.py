"""Learning about genes' classes. Imports torch: import it late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from slviz.datasets import GeneGraph
from slviz.evaluation.classes import class_metrics, confusion_matrix
from slviz.networks import Network
from slviz.runs import RunSpec
from slviz.splits import PairSplit
from slviz.splits.class_parts import genes_of
from slviz.tasks import Classify
from slviz.training.inputs import MessageGraph, in_batches, network_features, reads_as_they_are
from slviz.training.models import ClassModel, StepLoss
from slviz.training.over_sampling import LearntFrom, over_sampled, refuse_over_sampling


class ClassProblem:
    """The task `classify` on one data set and split; see `slviz.training.fitting.Problem`.

    Messages run along the training pairs. The network reads every gene's features; the loss is over training genes
    with a class. The class of no other gene is seen.
    """

    def __init__(
        self, graph: GeneGraph, spec: RunSpec, split: PairSplit, *, device: torch.device, network: Network | None = None
    ) -> None:
        network = network or cast(Network, spec.network)  # what has none is not learnt in epochs
        self.task = cast(Classify, spec.task)  # it is about classes
        self.metric_name = spec.task.metric
        self.higher_is_better = spec.task.higher_is_better
        self.classes = self.task.classes_of(graph)
        self.task.refuse_split(graph, split)
        self.task.refuse_features(spec.features, graph)
        count = len(self.classes.names)
        matrix = spec.features.matrix(graph)
        as_they_are = reads_as_they_are(network, spec.features, graph)
        self.features = network_features(matrix, as_they_are=as_they_are, device=device)
        rows = split.rows("train")
        score = np.nan_to_num(split.score[rows])
        bounds = (float(score.min()), float(score.max())) if len(score) else (0.0, 1.0)
        self.whole = MessageGraph.of(split.pairs[rows], score, genes=len(graph), bounds=bounds, device=device)
        learnt, evaluated = (genes_of(self.classes, split, part) for part in ("train", "validation"))
        self.training, self.validation = (torch.as_tensor(rows, device=device) for rows in (learnt, evaluated))
        self.target = torch.as_tensor(self.classes.label.copy(), device=device)
        self.learnt = self._learnt_from(spec, network)
        weights = self.task.weights_of(self.learnt.target[self.learnt.rows].cpu().numpy(), classes=count)
        self.weights = torch.as_tensor(weights, device=device)
        # Vectors of single genes tell who is whose partner; beside features they are only learnt by heart.
        genes = 0 if spec.features.sources else len(graph)
        encoder = network.encoder_of(graph, matrix.shape[1], genes=genes, structure=self.whole.structure.shape[1])
        self.model = ClassModel(encoder, network.class_head(count)).to(device)
        self.genes_per_step = network.genes_per_step

    def _learnt_from(self, spec: RunSpec, network: Network) -> LearntFrom:
        """What a step reads: the genes as they are, or with made-up ones behind them."""
        as_they_are = LearntFrom(self.features, self.whole, self.target, self.training)
        if not self.task.over_samples:
            return as_they_are
        refuse_over_sampling(network)
        return over_sampled(as_they_are, seed=spec.seed)

    def step_loss(self, epoch: int) -> StepLoss:
        learnt = self.learnt
        raw, encoding = self.model(learnt.features, learnt.graph)
        return StepLoss(self._loss(raw, learnt.rows, learnt.target), encoding)

    def step_losses(self, epoch: int) -> Iterator[StepLoss]:
        """One step over all training genes, or steps over batches of those that are seen one by one."""
        if not self.genes_per_step:
            yield self.step_loss(epoch)
            return
        learnt = self.learnt
        for genes in in_batches(learnt.rows, self.genes_per_step):
            raw, encoding = self.model(learnt.features.index_select(0, genes), self.whole)
            yield StepLoss(self.task.loss(raw, learnt.target.index_select(0, genes), self.weights), encoding)

    def redraws(self) -> None:
        """Nothing is drawn."""

    def validate(self) -> tuple[float, float]:
        """Loss and macro F1 of the validation genes."""
        self.model.eval()
        with torch.no_grad():
            raw, _ = self.model(self.features, self.whole)
            loss = float(self._loss(raw, self.validation, self.target))
        given = raw.index_select(0, self.validation).argmax(dim=1).cpu().numpy()
        actual = self.target.index_select(0, self.validation).cpu().numpy()
        confusion = confusion_matrix(actual, given, classes=len(self.classes.names))
        return loss, class_metrics(confusion)["macro_f1"]

    def embed(self) -> Tensor:
        """The embedding over the training graph."""
        return self.model.encoder(self.features, self.whole.structure, self.whole.edges)

    def decoder_arrays(self) -> dict[str, np.ndarray]:
        """Nothing: no pair is scored."""
        return {}

    def of_genes(self) -> Float32[np.ndarray, "genes classes"]:
        """What the network gives each class of each gene; each row sums to 1."""
        self.model.eval()
        with torch.no_grad():
            raw, _ = self.model(self.features, self.whole)
        return torch.softmax(raw, dim=1).cpu().numpy()

    def _loss(self, raw: Tensor, genes: Tensor, target: Tensor) -> Tensor:
        return self.task.loss(raw.index_select(0, genes), target.index_select(0, genes), self.weights)
