"""Learning from tested pairs: hits are told from non-hits over the graph of known pairs. Imports torch: import late."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.networks import Network
from slviz.runs import RunSpec
from slviz.scorers.seen_pairs import untested_rows
from slviz.scorers.tested_pairs import Tests
from slviz.splits import PairSplit
from slviz.splits.pair_split import TESTED
from slviz.tasks import Link
from slviz.training.models import StepLoss
from slviz.training.pair_problem import PairProblem


class UntestedProblem(PairProblem):
    """The task `link` over known pairs that no screen tested, for a network that experiments only weigh."""

    def __init__(
        self, graph: GeneGraph, spec: RunSpec, split: PairSplit, *, device: torch.device, network: Network | None = None
    ) -> None:
        super().__init__(graph, dataclasses.replace(spec, task=Link()), split, device=device, network=network)

    def learnt_rows(self) -> Int64[np.ndarray, " rows"]:
        return untested_rows(self.split)


class ScreenProblem(PairProblem):
    """The task `screen`: messages pass along known pairs that nobody tested; tests are what is asked about.

    An epoch asks about as many tests as there are hits and as many again, drawn so that in each screen hits and
    non-hits come up equally often, and a screen by the root of its pairs (`Tests.balanced`).
    """

    def learnt_rows(self) -> Int64[np.ndarray, " rows"]:
        """Known training pairs without those that a screen tested: no pair that is asked about is an edge."""
        return untested_rows(self.split)

    def step_loss(self, epoch: int) -> StepLoss:
        tests = Tests.of(self.split, "train")
        random = np.random.default_rng([self.seed, 2, epoch])
        rows = random.choice(len(tests), size=2 * max(int(tests.hit.sum()), 1), p=tests.balanced())
        pairs = torch.as_tensor(tests.pairs[rows], device=self.device)
        target = torch.as_tensor(tests.hit[rows].astype(np.float32), device=self.device)
        raw, encoding = self.model(self.features, self.whole, pairs)
        return StepLoss(self.task.loss(raw, target), encoding)

    def _validation_rows(self) -> list[np.ndarray]:
        """Tests of pairs that are set aside; where they are too few to hold a hit and another, those of training."""
        is_test = np.isin(self.split.negative_kind, TESTED)
        for part in ("validation", "train"):
            rows = np.flatnonzero(is_test & (self.split.part == part))
            if len(np.unique(self.split.actual[rows])) > 1:
                return [rows]
        return [rows]
