"""Learning about pairs: which are asked about, which are the graph meanwhile. Imports torch: import it late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.evaluation import average_precision, rmse
from slviz.networks import Network
from slviz.networks.decoders import MeanDecoder
from slviz.runs import RunSpec
from slviz.scorers.inner_folds import HIDDEN, MOST_TOUCHED
from slviz.scorers.similarity import Similarity
from slviz.splits import PairSplit, degree_matched_negatives, random_negatives
from slviz.splits.hidden_genes import Shares, hide_genes, nearly_all_with
from slviz.tasks import PairTask
from slviz.training.inputs import MessageGraph, network_features, reads_as_they_are
from slviz.training.models import PairModel, StepLoss

DECODER_HIDDEN = 64


class PairProblem:
    """The tasks `link` and `confidence` on one data set and split; see `slviz.training.fitting.Problem`."""

    def __init__(
        self, graph: GeneGraph, spec: RunSpec, split: PairSplit, *, device: torch.device, network: Network | None = None
    ) -> None:
        network = network or cast(Network, spec.network)  # what has none is not learnt in epochs
        self.task = cast(PairTask, spec.task)  # it is about pairs
        self.metric_name = spec.task.metric
        self.higher_is_better = spec.task.higher_is_better
        self.genes = len(graph)
        self.seed = spec.seed
        self.split = split
        self.device = device
        rows = self.learnt_rows()
        self.pairs: Int64[np.ndarray, "pairs 2"] = split.pairs[rows]
        self.score: Float32[np.ndarray, " pairs"] = np.nan_to_num(split.score[rows])
        self.bounds = (float(self.score.min()), float(self.score.max()))
        self.not_negative = np.unique(pair_keys(split.not_drawn_in_training, self.genes))
        self.per_pair = max(self.task.negatives_in_training, 1)
        self.parts = min(spec.optimiser.message_partitions, len(self.pairs))
        self.similarity = Similarity.of(graph) if network.uses_similarity else None
        self.unseen_genes_per_pair = spec.split.unseen_genes_per_pair if network.uses_similarity else 0
        self.unseen_shares = spec.split.unseen_shares(split) if network.uses_similarity else None
        if self.unseen_shares is not None and nearly_all_with(self.unseen_shares):
            self.unseen_genes_per_pair, self.unseen_shares = nearly_all_with(self.unseen_shares), None
        self.own_negatives = split.own_training_negatives
        as_they_are = reads_as_they_are(network, spec.features, graph)
        self.features = network_features(spec.features.matrix(graph), as_they_are=as_they_are, device=device)
        self.whole = self.message_graph(np.arange(len(self.pairs)))
        self.network = network
        self.model = self.fresh_model()
        self._validation = [self._evaluated(rows) for rows in self._validation_rows()]

    def fresh_model(self) -> PairModel:
        """The model before it is trained, with weights from torch's current seed."""
        return _build_model(self.network, self).to(self.device)

    def learnt_rows(self) -> Int64[np.ndarray, " rows"]:
        """Rows of the split with the pairs along which messages may pass, and about which is asked."""
        return _training_rows(self.task, self.split)

    def message_graph(self, rows: Int64[np.ndarray, " rows"]) -> MessageGraph:
        """The graph of those training pairs alone, with what it says about each gene."""
        return MessageGraph.of(
            self.pairs[rows], self.score[rows], genes=self.genes, bounds=self.bounds, device=self.device
        )

    def partition(self, epoch: int) -> tuple[Int64[np.ndarray, " predicted"], Int64[np.ndarray, " seen"]]:
        """Training pairs that this epoch's step is asked about, and those that are its graph: no pair is both.

        The pairs are dealt anew every `parts` epochs; in between each part is asked about once.
        """
        deal, turn = divmod(epoch - 1, self.parts)
        if self.unseen_shares is not None:
            return self._partition_in_shares(epoch, self.unseen_shares)
        if self.unseen_genes_per_pair:
            return self._partition_by_genes(epoch)
        order = np.random.default_rng([self.seed, 1, deal]).permutation(len(self.pairs))
        predicted = np.arange(len(order)) % self.parts == turn
        return np.sort(order[predicted]), np.sort(order[~predicted])

    def _partition_by_genes(self, epoch: int) -> tuple[Int64[np.ndarray, " predicted"], Int64[np.ndarray, " seen"]]:
        """The pairs with as many genes of a random part as held-out pairs have unseen ones, and those with none."""
        present = np.unique(self.pairs)
        hidden = np.zeros(self.genes, dtype=bool)
        chosen = np.random.default_rng([self.seed, 1, epoch]).permutation(present)
        hidden[chosen[: max(self.unseen_genes_per_pair, round(len(present) * HIDDEN[self.unseen_genes_per_pair]))]] = (
            True
        )
        many = hidden[self.pairs].sum(axis=1)
        predicted, seen = np.flatnonzero(many == self.unseen_genes_per_pair), np.flatnonzero(many == 0)
        return (predicted, seen) if len(predicted) and len(seen) else (np.arange(1), np.arange(1, len(self.pairs)))

    def _partition_in_shares(
        self, epoch: int, shares: Shares
    ) -> tuple[Int64[np.ndarray, " predicted"], Int64[np.ndarray, " seen"]]:
        """Pairs with none, one and two genes of a random part, in the shares of held-out pairs, and those with none."""
        hidden = hide_genes(
            np.random.default_rng([self.seed, 1, epoch]),
            self.pairs,
            genes=self.genes,
            shares=shares,
            wanted=max(1, len(self.pairs) // self.parts),
            most_touched=MOST_TOUCHED,
        )
        if hidden is None or not len(hidden.seen):
            return np.arange(1), np.arange(1, len(self.pairs))
        return np.sort(np.concatenate(hidden.predicted)), hidden.seen

    def negatives(self, epoch: int, predicted: Int64[np.ndarray, "predicted 2"]) -> Int64[np.ndarray, "negatives 2"]:
        """`per_pair` for each pair that is asked about, drawn anew each epoch; no training pair, and no negative of the
        user's own. Where a file says what to learn from, that many of its pairs.

        They may be held-out pairs: nothing here knows which these are.
        """
        random = np.random.default_rng([self.seed, 2, epoch])
        if self.own_negatives is not None:
            wanted = min(self.per_pair * len(predicted), len(self.own_negatives))
            return self.own_negatives[random.permutation(len(self.own_negatives))[:wanted]]
        where = {"genes": self.genes, "avoid": self.not_negative}
        kinds = self.task.negative_kinds
        wanted = self.per_pair * len(predicted)
        matched = wanted // len(kinds) if "degree-matched" in kinds else 0
        near = degree_matched_negatives(random, predicted, count=matched, **where)
        far = random_negatives(random, wanted - len(near), **where) if "random" in kinds else near[:0]
        return np.concatenate([near, far])

    def step_loss(self, epoch: int) -> StepLoss:
        predicted, seen = self.partition(epoch)
        pairs, target = self.pairs[predicted], self.score[predicted]
        if self.task.negative_kinds:
            others = self.negatives(epoch, pairs)
            target = np.repeat(np.array([1, 0], dtype=np.float32), [len(pairs), len(others)])
            pairs = np.concatenate([pairs, others])
        asked_about = torch.as_tensor(pairs, device=self.device)
        raw, encoding = self.model(self.features, self.message_graph(seen), asked_about)
        target_of = torch.as_tensor(target, device=self.device)
        if self.per_pair == 1 and self.own_negatives is None:
            return StepLoss(self.task.loss(raw, target_of), encoding)
        weight = torch.as_tensor(self._balanced(target), device=self.device)
        return StepLoss(self.task.loss(raw, target_of, weight), encoding)

    def _balanced(self, target: Float32[np.ndarray, " rows"]) -> Float32[np.ndarray, " rows"]:
        """A weight for each pair, 1 on average, so that all negatives together count as much as all known pairs."""
        known = target > 0.5
        return (len(target) / 2 / np.where(known, known.sum(), max((~known).sum(), 1))).astype(np.float32)

    def step_losses(self, epoch: int) -> Iterator[StepLoss]:
        """The one step of an epoch."""
        yield self.step_loss(epoch)

    def redraws(self) -> None:
        """Nothing is drawn."""

    def validate(self) -> tuple[float, float]:
        """Loss and metric, each the mean over what validation pairs are compared with."""
        self.model.eval()
        losses, metrics = [], []
        with torch.no_grad():
            embedding = self.embed()
            for pairs, target in self._validation:
                raw = self.model.decoder(embedding, pairs)
                losses.append(float(self.task.loss(raw, target)))
                metrics.append(self._metric(target.cpu().numpy(), raw.cpu().numpy()))
        return float(np.mean(losses)), float(np.mean(metrics))

    def embed(self) -> Tensor:
        """The embedding over the whole training graph."""
        return self.model.encoder(self.features, self.whole.structure, self.whole.edges)

    def decoder_arrays(self) -> dict[str, np.ndarray]:
        """What `slviz.scorers.PairDecoder` needs; bounded by the confidence that was learnt from, where it is that."""
        return self.model.decoder.arrays(() if self.task.negative_kinds else self.bounds)

    def of_genes(self) -> None:
        """Nothing is asked about single genes."""

    def _metric(self, actual: np.ndarray, raw: np.ndarray) -> float:
        if self.task.negative_kinds:
            return average_precision(actual, raw)
        return rmse(actual, np.clip(raw, *self.bounds))

    def _validation_rows(self) -> list[np.ndarray]:
        known = self.split.rows("validation")
        if not self.task.negative_kinds:
            return [known[~np.isnan(self.split.score[known])]]
        others = [self.split.rows("validation", kind) for kind in self.task.negative_kinds]
        if not any(map(len, others)):  # no degree-matched pair can be drawn from one hub and its partners
            others = [self.split.rows("validation", "random")]
        return [np.concatenate([known, rows]) for rows in others if len(rows)]

    def _evaluated(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        target = self.split.actual[rows] if self.task.negative_kinds else self.split.score[rows]
        return (
            torch.as_tensor(self.split.pairs[rows], device=self.device),
            torch.as_tensor(target, device=self.device),
        )


def _training_rows(task: PairTask, split: PairSplit) -> Int64[np.ndarray, " rows"]:
    rows = split.rows("train")
    if not task.negative_kinds:
        rows = rows[~np.isnan(split.score[rows])]
    if len(rows) < 2:
        raise DataError(f"Training needs two known pairs or more; this split leaves {len(rows)}.")
    return rows


def _build_model(network: Network, problem: PairProblem) -> PairModel:
    encoder = network.build(
        problem.features.shape[1],
        genes=problem.genes,
        structure=problem.whole.structure.shape[1],
        similarity=problem.similarity,
    )
    start = float(problem.score.mean()) if not problem.task.negative_kinds else 0.0
    model = PairModel(encoder, width=network.width, hidden=DECODER_HIDDEN, dropout=network.dropout, start=start)
    if problem.task.reads_mean:
        model.decoder = MeanDecoder(network.width)
    return model
