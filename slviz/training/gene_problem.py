"""Learning about genes: an autoencoder of their features over the graph. Imports torch: import it late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import Float32, Int64, UInt8
from torch import Tensor

from slviz.datasets import GeneGraph
from slviz.datasets.picture_shape import PictureShape
from slviz.networks import Network
from slviz.runs import RunSpec
from slviz.scorers.similarity import Similarity
from slviz.splits import PairSplit
from slviz.training.inputs import MessageGraph, in_batches, network_features, reads_as_they_are
from slviz.training.models import FeatureModel, StepLoss

SHOWN = 8
"""Pictures of a part that are drawn again while a network learns."""


class GeneProblem:
    """The task `reconstruct` on one data set and split; see `slviz.training.fitting.Problem`.

    Messages run along the training pairs. The network reads every gene's features; the loss is over
    training genes alone, so that a held-out gene says how well others would be given back.
    """

    def __init__(
        self, graph: GeneGraph, spec: RunSpec, split: PairSplit, *, device: torch.device, network: Network | None = None
    ) -> None:
        network = network or cast(Network, spec.network)  # what has none is not learnt in epochs
        self.metric_name = spec.task.metric
        self.higher_is_better = spec.task.higher_is_better
        matrix = spec.features.matrix(graph)
        as_they_are = reads_as_they_are(network, spec.features, graph)
        self.features = network_features(matrix, as_they_are=as_they_are, device=device)
        training = split.gene_part == "train"
        # One centre and one scale for all columns, so that the loss weighs them as the evaluated error does.
        as_they_are = network.raw_features or not spec.features.sources  # a constant has no scale to be brought to
        self.centre = 0.0 if as_they_are else matrix[training].mean(axis=0)
        self.scale = 1.0 if as_they_are else float(max(matrix[training].std(dtype=np.float64), 1e-6))
        self.target = torch.as_tensor((matrix - self.centre) / self.scale, device=device)
        self.training = torch.as_tensor(np.flatnonzero(training), device=device)
        self.validation = torch.as_tensor(np.flatnonzero(split.gene_part == "validation"), device=device)
        rows = split.rows("train")
        score = np.nan_to_num(split.score[rows])
        bounds = (float(score.min()), float(score.max())) if len(score) else (0.0, 1.0)
        self.whole = MessageGraph.of(split.pairs[rows], score, genes=len(graph), bounds=bounds, device=device)
        similarity = Similarity.of(graph) if network.uses_similarity else None
        structure = self.whole.structure.shape[1]
        encoder = network.encoder_of(graph, matrix.shape[1], structure=structure, similarity=similarity)
        self.model = FeatureModel(encoder, network.feature_decoder(graph, matrix.shape[1])).to(device)
        self.genes_per_step = network.genes_per_step
        self.shape = graph.pictures if network.reads_pictures else None

    def step_loss(self, epoch: int) -> StepLoss:
        given, encoding = self.model(self.features, self.whole)
        return StepLoss(self._loss(given, self.training), encoding)

    def step_losses(self, epoch: int) -> Iterator[StepLoss]:
        """One step over all training genes, or steps over batches of those that are seen one by one."""
        if not self.genes_per_step:
            yield self.step_loss(epoch)
            return
        for genes in in_batches(self.training, self.genes_per_step):
            given, encoding = self.model(self.features.index_select(0, genes), self.whole)
            yield StepLoss(torch.nn.functional.mse_loss(given, self.target.index_select(0, genes)), encoding)

    def redraws(self) -> SomePictures | None:
        """Some pictures of the training part and some of validation; nothing for other data."""
        if self.shape is None:
            return None
        some = [part[:SHOWN].cpu().numpy() for part in (self.training, self.validation)]
        return SomePictures(self, np.concatenate(some), self.shape)

    def validate(self) -> tuple[float, float]:
        """Loss, and root mean squared error in the features' own unit, of the validation genes."""
        self.model.eval()
        with torch.no_grad():
            given, _ = self.model(self.features, self.whole)
            loss = float(self._loss(given, self.validation))
        return loss, float(np.sqrt(loss)) * self.scale

    def embed(self) -> Tensor:
        """The embedding over the training graph."""
        return self.model.encoder(self.features, self.whole.structure, self.whole.edges)

    def decoder_arrays(self) -> dict[str, np.ndarray]:
        """Nothing: no pair is scored."""
        return {}

    def of_genes(self) -> Float32[np.ndarray, "genes width"]:
        """The features as the network gives them back, in their own unit."""
        self.model.eval()
        with torch.no_grad():
            given, _ = self.model(self.features, self.whole)
        return (given.cpu().numpy() * self.scale + self.centre).astype(np.float32)

    def _loss(self, given: Tensor, genes: Tensor) -> Tensor:
        return torch.nn.functional.mse_loss(given.index_select(0, genes), self.target.index_select(0, genes))


@dataclass(frozen=True, eq=False)
class SomePictures:
    """Some pictures of a problem, drawn again as its model would now.

    Attributes:
        problem: about pictures.
        genes: int64 [N], their numbers.
        shape: of each.
    """

    problem: GeneProblem
    genes: Int64[np.ndarray, " pictures"]
    shape: PictureShape

    def pixels(self) -> UInt8[np.ndarray, "pictures size"]:
        """0 black, 255 white."""
        problem = self.problem
        rows = torch.as_tensor(self.genes, device=problem.features.device)
        problem.model.eval()
        with torch.no_grad():
            given, _ = problem.model(problem.features.index_select(0, rows), problem.whole)
        return self.shape.pictures(given.cpu().numpy()).reshape(len(self.genes), self.shape.size)
