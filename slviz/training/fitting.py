"""The loop of epochs: step, validate, keep the best, stop, report, save and resume bit for bit."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from slviz.errors import DamagedRun, TrainingDiverged
from slviz.optimisers import Optimiser

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from slviz.networks.encoders import Encoding
    from slviz.networks.prior import Adversary
    from slviz.networks.training_record import TrainingRecord
    from slviz.training.models import ClassModel, FeatureModel, PairModel, StepLoss
    from slviz.training.recorder import Recorder, Redraws

CHECKPOINT_EVERY = 20
RECORD = "record/"
"""Before the names of a `TrainingRecord`'s arrays in a checkpoint."""


@dataclass(frozen=True)
class Epoch:
    """What an epoch gave, for whoever watches.

    Attributes:
        epoch, epochs: which one, from 1, and how many at most.
        train_loss, validation_loss: the task's loss.
        metric_name, metric: name and value of the metric on validation pairs that picks the best epoch.
        seconds: wall-clock time of this epoch, validation included.
        measures: how the step went: `learning_rate`, `gradient_norm` (before it is clipped), and after each
            layer the mean and spread over all genes and columns (`layer_1_mean`, `layer_1_sd`, …).
    """

    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float
    metric_name: str
    metric: float
    seconds: float
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that is needed to resume after `epoch` and end exactly where an unbroken training ends.

    Attributes:
        epoch: the last epoch that is done.
        arrays: parameters ("model/…"), the optimiser's memory (under its name: "adam/…"; "adversary/…" where there
            is one, too), the best epoch so far ("best/…", "best_epoch", "best_metric"), and what was measured of the
            parts ("record/…").
        history: one row an epoch so far.
    """

    epoch: int
    arrays: dict[str, np.ndarray]
    history: pd.DataFrame


class Problem(Protocol):
    """What the loop needs to know of a task on a data set."""

    @property
    def model(self) -> PairModel | FeatureModel | ClassModel: ...

    metric_name: str
    higher_is_better: bool

    def step_losses(self, epoch: int) -> Iterator[StepLoss]:
        """Loss of each step of an epoch, to be differentiated before the next one is asked for.

        All chance follows from the seed and `epoch`.
        """
        ...

    def validate(self) -> tuple[float, float]:
        """Loss and metric on the validation part."""
        ...

    def embed(self) -> Tensor:
        """The embedding [G, D] over the whole training graph."""
        ...

    def decoder_arrays(self) -> dict[str, np.ndarray]:
        """What scores pairs without torch; empty where no pair is scored."""
        ...

    def of_genes(self) -> np.ndarray | None:
        """What is asked about each gene, [G, C]; None for a task about pairs."""
        ...

    def redraws(self) -> Redraws | None:
        """What draws some pictures again while it learns; None where nothing is drawn."""
        ...


@dataclass
class Fit:
    """The state of a training between two epochs."""

    problem: Problem
    settings: Optimiser
    seed: int
    epoch: int = 0
    rows: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_metric: float = math.nan
    best: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        opponents = {id(parameter) for parameter in self._adversary_parameters()}
        self.fitted = [parameter for parameter in self.problem.model.parameters() if id(parameter) not in opponents]
        self.optimisers = {self.settings.name: self.settings.steps(self.fitted)}
        if opponents:
            self.optimisers["adversary"] = self.settings.steps(self._adversary_parameters())
        self.recorder = self._recorder()

    def _recorder(self) -> Recorder:
        from slviz.training.recorder import Recorder

        model = self.problem.model
        residual, redraws = model.encoder.residual, self.problem.redraws()
        return Recorder(model, self.fitted, epochs=self.settings.epochs, residual=residual, redraws=redraws)

    def _adversary_parameters(self) -> list[nn.Parameter]:
        adversary = self.problem.model.encoder.adversary
        return list(adversary.parameters()) if adversary is not None else []

    def run(
        self,
        *,
        on_epoch: Callable[[Epoch], None] | None,
        on_checkpoint: Callable[[Checkpoint], None] | None,
    ) -> None:
        """All epochs that are left; leaves the model at its best epoch by validation, or at the last if so told."""
        self.recorder.after(self.epoch)
        while self.epoch < self.settings.epochs and not self._out_of_patience():
            record = self._one_epoch()
            if on_epoch is not None:
                on_epoch(record)
            if on_checkpoint is not None and self.epoch % CHECKPOINT_EVERY == 0:
                on_checkpoint(self.checkpoint())
        if self.best and self.settings.keep != "last":
            self.problem.model.load_state_dict(self.best)
        self.recorder.after(self.epoch if self.settings.keep == "last" else self.best_epoch, kept=True)

    @property
    def record(self) -> TrainingRecord:
        """How the parts of the network fared."""
        return self.recorder.record()

    @property
    def history(self) -> pd.DataFrame:
        """One row an epoch: epoch, train_loss, validation_loss, the metric, seconds, and `Epoch.measures`."""
        columns = None if self.rows else self._standing_columns
        return pd.DataFrame(self.rows, columns=columns).astype({"epoch": np.int64})

    @property
    def _standing_columns(self) -> list[str]:
        return ["epoch", "train_loss", "validation_loss", self.problem.metric_name, "seconds"]

    def checkpoint(self) -> Checkpoint:
        """The state now, copied."""
        arrays = {f"model/{name}": _array(value) for name, value in self.problem.model.state_dict().items()}
        arrays |= {f"best/{name}": _array(value) for name, value in self.best.items()}
        for place, optimiser, parameter in self._fitted_by():
            for name, value in optimiser.state[parameter].items():
                arrays[f"{place}/{name}"] = _array(value)
        arrays |= {f"{RECORD}{name}": value for name, value in self.record.arrays().items()}
        arrays["best_epoch"] = np.array([self.best_epoch], dtype=np.int64)
        arrays["best_metric"] = np.array([self.best_metric], dtype=np.float64)
        return Checkpoint(epoch=self.epoch, arrays=arrays, history=self.history)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Take up the state that `checkpoint` kept; raises `DamagedRun` when it is of another model."""
        try:
            self._load(checkpoint)
        except (LookupError, RuntimeError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise DamagedRun(
                "The checkpoint of this run does not fit its settings or is damaged. Remove the run and train again."
            ) from error

    def _load(self, checkpoint: Checkpoint) -> None:
        import torch

        arrays = checkpoint.arrays
        device = next(self.problem.model.parameters()).device
        self.problem.model.load_state_dict(_tensors(arrays, "model/", device))
        self.best = _tensors(arrays, "best/", device)
        for place, optimiser, parameter in self._fitted_by():
            state: dict[str, Any] = _tensors(arrays, f"{place}/", device)
            if not state:
                continue
            if any(value.shape != parameter.shape for name, value in state.items() if name != "step"):
                raise ValueError("shape")
            if "step" in state:
                state["step"] = state["step"].to(torch.device("cpu"))
            optimiser.state[parameter] = state
        self.epoch = checkpoint.epoch
        checkpoint.history.loc[:, self._standing_columns]  # KeyError where it is of another task
        self.rows = checkpoint.history.to_dict("records")
        self.best_epoch = int(arrays["best_epoch"][0])
        self.best_metric = float(arrays["best_metric"][0])
        if f"{RECORD}epochs" in arrays:  # earlier versions recorded nothing
            names = [name for name in arrays if name.startswith(RECORD)]
            self.recorder.resume({name.removeprefix(RECORD): arrays[name] for name in names})

    def _fitted_by(self) -> Iterable[tuple[str, torch.optim.Optimizer, nn.Parameter]]:
        """Every parameter with its optimiser and its place in a checkpoint."""
        for kind, optimiser in self.optimisers.items():
            for number, parameter in enumerate(optimiser.param_groups[0]["params"]):
                yield f"{kind}/{number}", optimiser, parameter

    def _one_epoch(self) -> Epoch:
        started = time.perf_counter()
        self.epoch += 1
        train_loss, measures = self._step()
        validation_loss, metric = self.problem.validate()
        self._refuse_infinite(validation_loss)
        self._keep_if_best(validation_loss if self.settings.keep == "loss" else metric)
        self.recorder.after(self.epoch)
        row = {
            "epoch": self.epoch,
            "train_loss": train_loss,
            "validation_loss": validation_loss,
            self.problem.metric_name: metric,
            "seconds": time.perf_counter() - started,
        } | measures
        self.rows.append(row)
        return Epoch(
            epoch=self.epoch,
            epochs=self.settings.epochs,
            train_loss=train_loss,
            validation_loss=validation_loss,
            metric_name=self.problem.metric_name,
            metric=metric,
            seconds=row["seconds"],
            measures=measures,
        )

    def _step(self) -> tuple[float, dict[str, float]]:
        """The steps of an epoch; the mean of the task's loss before each, and `Epoch.measures`, of the first step."""
        import torch

        self.problem.model.train()
        torch.manual_seed(epoch_seed(self.seed, self.epoch))  # dropout; the caller keeps the global state
        rate = self.settings.rate(self.epoch)
        for optimiser in self.optimisers.values():
            optimiser.param_groups[0]["lr"] = rate
        losses: list[float] = []
        measures: dict[str, float] = {}
        for loss in self.problem.step_losses(self.epoch):
            norm = self._one_step(loss, is_recorded=not losses and self.recorder.before(self.epoch))
            losses.append(float(loss.task.detach()))
            measures = measures or {"learning_rate": rate, "gradient_norm": norm, **_activity(loss.encoding)}
        return sum(losses) / len(losses), measures

    def _one_step(self, loss: StepLoss, *, is_recorded: bool) -> float:
        """One step of every optimiser; the length of the gradient before it is clipped."""
        import torch

        for optimiser in self.optimisers.values():
            optimiser.zero_grad(set_to_none=True)
        self._refuse_infinite(float(loss.total.detach()))
        self._with_penalty(loss.total).backward()
        if is_recorded:
            self.recorder.step(self.epoch, loss.encoding)
        norm = torch.nn.utils.clip_grad_norm_(self.fitted, self.settings.clip)
        self.optimisers[self.settings.name].step()
        if self.problem.model.encoder.adversary is not None:
            self._fit_adversary(self.problem.model.encoder.adversary, loss.encoding.embedding.detach())
        return float(norm)

    def _with_penalty(self, loss: Tensor) -> Tensor:
        """The loss and `l1` times the absolute values of all weights; the very loss where there is no such penalty."""
        if not self.settings.l1:
            return loss
        return loss + self.settings.l1 * sum(parameter.abs().sum() for parameter in self.fitted)

    def _fit_adversary(self, adversary: Adversary, embedding: Tensor) -> None:
        """Some steps of the adversary alone; what the model's loss says of its parameters is forgotten first."""
        import torch

        optimiser = self.optimisers["adversary"]
        for _ in range(adversary.steps):
            optimiser.zero_grad(set_to_none=True)
            loss = adversary.loss(embedding)
            self._refuse_infinite(float(loss.detach()))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], self.settings.clip)
            optimiser.step()

    def _refuse_infinite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise TrainingDiverged(self.epoch, loss)

    def _keep_if_best(self, value: float) -> None:
        """Keep this epoch where what is followed, the metric or the loss of validation, is the best so far.

        A value that is no number is better than nothing, and worse than any number.
        """
        sign = 1 if self.problem.higher_is_better and self.settings.keep != "loss" else -1
        is_first = not self.best or (math.isnan(self.best_metric) and not math.isnan(value))
        if is_first or sign * value > sign * self.best_metric:
            self.best_epoch, self.best_metric = self.epoch, value
            self.best = {name: value.detach().clone() for name, value in self.problem.model.state_dict().items()}

    def _out_of_patience(self) -> bool:
        return bool(self.settings.patience) and self.epoch - self.best_epoch >= self.settings.patience


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed for torch that follows from the run's seed and the epoch; 0 stands before the first."""
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> 1)


def _activity(encoding: Encoding) -> dict[str, float]:
    """Mean and spread of the numbers after each layer: all near 0 or very large say that little is learnt."""
    after = [state.detach() for state in encoding.states[1:]]
    named = enumerate(after, start=1)
    return {
        name: float(value)
        for number, state in named
        for name, value in ((f"layer_{number}_mean", state.mean()), (f"layer_{number}_sd", state.std()))
    }


def _array(value: Any) -> np.ndarray:
    return value.detach().cpu().numpy().copy()


def _tensors(arrays: dict[str, np.ndarray], prefix: str, device: torch.device) -> dict[str, Tensor]:
    import torch

    return {
        name.removeprefix(prefix): torch.as_tensor(value).clone().to(device)
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
