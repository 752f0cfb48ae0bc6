"""`LabTraining`: a setup that is trained bit by bit, and every epoch of it at hand."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from slviz.errors import TrainingDiverged
from slviz.lab.initialisation import first_parameters
from slviz.lab.network import Parameters, Passed, accuracy, backward, forward, loss_error, mean_loss
from slviz.lab.points import PARTS, LabPoints
from slviz.lab.setup import LabSetup
from slviz.lab.steps import LAB_OPTIMISERS

STORED_EPOCHS = 50
"""So many epochs, beside the first 10, are stored whole; others are computed again from the one before."""
LARGEST_LOSS = 1e6


@dataclass(frozen=True, eq=False)
class Moment:
    """The network at one epoch.

    Attributes:
        epoch: steps taken; 0 is the start.
        parameters: after those steps.
        gradients: of the training loss there, which the next step follows.
        passed: the forward pass of the training points.
    """

    epoch: int
    parameters: Parameters
    gradients: Parameters
    passed: Passed


@dataclass(frozen=True, eq=False)
class _Stored:
    """Parameters and the optimiser's memory after an epoch; copies."""

    values: tuple[np.ndarray, ...]
    memories: tuple[tuple[np.ndarray, ...], ...]


class LabTraining:
    """A training by a setup, from epoch 0, where nothing was learnt, to `setup.epochs` full-batch steps.

    `advance` goes on for a while; whatever has been reached can be looked at. Several threads may use it.

    Attributes:
        setup, points: what is trained on what.
        reached: the last epoch so far.
        best_epoch: that of the lowest validation loss, or of the highest validation accuracy and among equals of these
            the lowest loss.
        diverged: why training stopped before its end, else None.
    """

    def __init__(self, setup: LabSetup, points: LabPoints) -> None:
        self.setup, self.points = setup, points
        self.activations = setup.activations
        self.widths = (len(points.features), *setup.widths, points.outputs)
        self.reached, self.best_epoch = 0, 0
        self.diverged: TrainingDiverged | None = None
        self._parts = {part: _unit_by_unit(*points.of_part(part)) for part in PARTS}
        rows, layers = setup.epochs + 1, len(self.widths) - 1
        self._curves = {
            name: np.full(rows, np.nan)
            for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
        }
        self._norms = np.full((rows, 2 * layers), np.nan)
        self._optimiser = LAB_OPTIMISERS[setup.optimiser]
        first = self.first_parameters()
        self._now = self._fresh(first)
        stored = {*range(11), *np.linspace(0, setup.epochs, STORED_EPOCHS + 1).astype(int).tolist()}
        self._to_store = frozenset(stored)
        self._stored: dict[int, _Stored] = {}
        self._lock = threading.RLock()
        with threadpool_limits(1, user_api="blas"):
            self._pending = self._look(self._now, epoch=0)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.reached == self.setup.epochs or self.diverged is not None

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch, 0 to `reached`: loss and accuracy of training and validation, and for each layer, from
        1, the norm of the gradient of its weights (`weights_1`) and of its biases (`biases_1`)."""
        rows, layers = self.reached + 1, len(self.widths) - 1
        columns: dict[str, np.ndarray] = {"epoch": np.arange(rows)}
        columns |= {name: curve[:rows] for name, curve in self._curves.items()}
        for kind, offset in (("weights", 0), ("biases", layers)):
            columns |= {f"{kind}_{layer + 1}": self._norms[:rows, offset + layer] for layer in range(layers)}
        return pd.DataFrame(columns)

    def first_parameters(self) -> Parameters:
        """The parameters of epoch 0, drawn anew; the same for the same setup."""
        setup = self.setup
        return first_parameters(
            self.widths, self.activations, start=setup.start, scale=setup.scale, bias=setup.bias, slope=setup.slope,
            seed=setup.seed,
        )  # fmt: skip

    @property
    def stops(self) -> tuple[int, ...]:
        """The epochs that playing shows one after the other: 0, 1, 2, 3, 5, 8 and some 25 more to the end."""
        spaced = np.linspace(0, self.setup.epochs, 26).astype(int).tolist()
        return tuple(sorted({epoch for epoch in (1, 2, 3, 5, 8, *spaced) if epoch <= self.setup.epochs}))

    def advance(self, *, seconds: float = float("inf"), epochs: int | None = None) -> None:
        """Train on, for about so many seconds of computing or so many epochs, at most to the end."""
        deadline = time.thread_time() + seconds
        with self._lock, threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            last = self.setup.epochs if epochs is None else min(self.reached + epochs, self.setup.epochs)
            while self.reached < last and self.diverged is None:
                gradients = self._pending
                self._step(self._now, gradients, self.reached + 1)
                self._pending = self._look(self._now, epoch=self.reached + 1)
                if time.thread_time() > deadline:
                    break

    def at(self, epoch: int) -> Moment:
        """The network after `epoch` steps, cut to what has been reached; computed again from the last stored epoch,
        with the same bits."""
        with self._lock, threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            epoch = min(max(epoch, 0), self.reached)
            known = max(number for number in self._stored if number <= epoch)
            state = _copy(self._stored[known])
            for number in range(known + 1, epoch + 1):
                self._step(state, self._gradients(state)[1], number)
            passed, gradients = self._gradients(state)
            return Moment(epoch, Parameters.of(state.values), gradients, passed)

    def measures(self, moment: Moment) -> dict[str, tuple[float, float]]:
        """Loss and accuracy of each part at a moment, by the name of the part."""
        reached = {}
        with np.errstate(all="ignore"):
            for part in PARTS:
                values, labels = self._parts[part]
                logits = self.logits(moment.parameters, values)
                reached[part] = (mean_loss(logits, labels), accuracy(logits, labels))
        return reached

    def logits(self, parameters: Parameters, values: np.ndarray) -> np.ndarray:
        """Net inputs of the last layer at some points, [points, outputs]."""
        return forward(parameters, self.activations, values, slope=self.setup.slope).logits

    # --- within ----------------------------------------------------------------------------------------------

    def _fresh(self, parameters: Parameters) -> _Stored:
        values = tuple(array.copy() for array in parameters.arrays)
        memories = tuple(tuple(np.zeros_like(array) for array in values) for _ in range(self._optimiser.memories))
        return _Stored(values, memories)

    def _step(self, state: _Stored, gradients: Parameters, number: int) -> None:
        self._optimiser.step(state.values, gradients.arrays, state.memories, self.setup.rate, number)

    def _gradients(self, state: _Stored) -> tuple[Passed, Parameters]:
        values, labels = self._parts["train"]
        parameters, slope = Parameters.of(state.values), self.setup.slope
        passed = forward(parameters, self.activations, values, slope=slope)
        return passed, backward(parameters, self.activations, passed, loss_error(passed.logits, labels), slope=slope)

    def _look(self, state: _Stored, *, epoch: int) -> Parameters:
        """Note what the network reaches at an epoch; the gradients of the next step."""
        passed, gradients = self._gradients(state)
        labels = self._parts["train"][1]
        values, wanted = self._parts["validation"]
        logits = self.logits(Parameters.of(state.values), values)
        loss, curves = mean_loss(passed.logits, labels), self._curves
        if not loss < LARGEST_LOSS:
            self.diverged = TrainingDiverged(epoch, loss)
            return gradients
        curves["train_loss"][epoch], curves["train_accuracy"][epoch] = loss, accuracy(passed.logits, labels)
        curves["validation_loss"][epoch] = mean_loss(logits, wanted)
        curves["validation_accuracy"][epoch] = accuracy(logits, wanted)
        self._norms[epoch] = [float(np.sqrt(np.vdot(array, array))) for array in gradients.arrays]
        self.reached = epoch
        if epoch in self._to_store:
            self._stored[epoch] = _copy(state)
        if self._is_better(epoch):
            self.best_epoch = epoch
        return gradients

    def _is_better(self, epoch: int) -> bool:
        lower = self._curves["validation_loss"][epoch] < self._curves["validation_loss"][self.best_epoch]
        if self.setup.keep == "loss":
            return bool(lower)
        now, before = (self._curves["validation_accuracy"][number] for number in (epoch, self.best_epoch))
        return bool(now > before or (now == before and lower))


def _unit_by_unit(values: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points column by column in memory, as `weighted_sums` lays out what it gives."""
    return np.asfortranarray(values), labels


def _copy(state: _Stored) -> _Stored:
    return _Stored(
        tuple(array.copy() for array in state.values),
        tuple(tuple(array.copy() for array in memory) for memory in state.memories),
    )
