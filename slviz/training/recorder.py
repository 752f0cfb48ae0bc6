"""Recorder: measures the parts of a network while it learns, from gradients and states that are there anyway.

Nothing is drawn and nothing is changed, so a training with a recorder gives the same bits as one without.
Imports torch: import it late.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import get_total_norm

from slviz.networks.encoders import Encoding
from slviz.networks.network_parts import by_part
from slviz.networks.training_record import BINS, Redrawn, TrainingRecord

MOST_EPOCHS = 50
"""Steps that are measured, evenly over all epochs."""
SAMPLE = 64
"""Genes that are looked at first for units that give all of them the same number."""
SAME = 1e-6
"""Numbers of a unit this close to each other, relative to their size, are the same."""
QUARTERS = 4
SKETCHES = 20
"""Moments at which pictures are drawn again beside the first; more of them early, when most changes."""
STATEMENT = Path("/proc/self/statm")
PAGE_BYTES = 4096


class Redraws(Protocol):
    """Draws the same few pictures again, as its model would now."""

    @property
    def genes(self) -> np.ndarray:
        """Numbers of the pictures, int64 [N]."""
        ...

    def pixels(self) -> np.ndarray:
        """Their pixels, uint8 [N, size]; draws no random number."""
        ...


class Recorder:
    """Collects a `TrainingRecord`; asked before the first step, in each step, and at the end.

    Args of the constructor:
        model: what is trained.
        fitted: its parameters that a step fits, an adversary's aside.
        epochs: how many are planned.
        residual: whether a layer adds to the state before it.
        redraws: what draws some pictures again as the model would now, of an autoencoder of pictures.
    """

    def __init__(
        self,
        model: nn.Module,
        fitted: Sequence[nn.Parameter],
        *,
        epochs: int,
        residual: bool,
        redraws: Redraws | None = None,
    ) -> None:
        chosen = {id(parameter) for parameter in fitted}
        self._by_name = {name: value for name, value in model.named_parameters() if id(value) in chosen}
        self._parts = by_part(self._by_name)
        self._residual = residual
        self._every = -(-epochs // MOST_EPOCHS)
        self._moments = {round(epochs * quarter / QUARTERS) for quarter in range(QUARTERS + 1)}
        self._steps: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._weights: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._redraws = redraws
        self._sketched = {round(epochs * (step / SKETCHES) ** 2) for step in range(SKETCHES + 1)}
        self._redrawn: dict[int, np.ndarray] = {}
        self._memory_bytes = 0
        self._device = next(model.parameters()).device
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)

    def before(self, epoch: int) -> bool:
        """Whether the step of this epoch is measured, counted from 1; also notes the memory that is held now."""
        if (epoch - 1) % self._every:
            return False
        self._memory_bytes = max(self._memory_bytes, memory_bytes(self._device))
        return True

    def step(self, epoch: int, encoding: Encoding) -> None:
        """Measure a step whose gradients are there and not yet clipped."""
        self._steps[epoch] = (self._norms(), self._dead(encoding.states))

    def after(self, epoch: int, *, kept: bool = False) -> None:
        """Count the weights where this epoch is one of the moments, or the one that is kept; draw pictures likewise."""
        if self._redraws is not None and epoch not in self._redrawn and (kept or epoch in self._sketched):
            self._redrawn[epoch] = self._redraws.pixels()
        if epoch in self._weights or not (kept or epoch in self._moments):
            return
        counted = [_counted([self._by_name[name] for name in names]) for names in self._parts.values()]
        low, high, counts = (np.array(column) for column in zip(*counted, strict=True))
        self._weights[epoch] = low.astype(np.float32), high.astype(np.float32), counts

    def record(self) -> TrainingRecord:
        """What was measured so far."""
        parts = tuple(self._parts)
        steps = sorted(self._steps)
        layers = len(next(iter(self._steps.values()))[1]) if steps else 0
        moments = sorted(self._weights)
        shape = (len(moments), len(parts))
        low, high, counts = (
            np.array([self._weights[moment][place] for moment in moments]).reshape(*shape, *more)
            for place, more in ((0, ()), (1, ()), (2, (BINS,)))
        )
        return TrainingRecord(
            parts=parts,
            epochs=np.array(steps, dtype=np.int64),
            gradient_norm=np.array([self._steps[epoch][0] for epoch in steps], np.float32).reshape(
                len(steps), len(parts)
            ),
            dead=np.array([self._steps[epoch][1] for epoch in steps], np.float32).reshape(len(steps), layers),
            moments=np.array(moments, dtype=np.int64),
            low=low.astype(np.float32),
            high=high.astype(np.float32),
            counts=counts.astype(np.int64),
            memory_bytes=self._memory_bytes,
            redrawn=self._all_redrawn(),
        )

    def _all_redrawn(self) -> Redrawn | None:
        if self._redraws is None or not self._redrawn:
            return None
        epochs = sorted(self._redrawn)
        pixels = np.stack([self._redrawn[epoch] for epoch in epochs])
        return Redrawn(np.array(epochs, dtype=np.int64), self._redraws.genes, pixels)

    def resume(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take up what `TrainingRecord.arrays` kept; raises `LookupError` or `ValueError` for another network's."""
        earlier = TrainingRecord.from_arrays(arrays)
        if earlier.parts != tuple(self._parts):
            raise ValueError("parts")
        self._steps = {
            int(epoch): (norms, dead)
            for epoch, norms, dead in zip(earlier.epochs, earlier.gradient_norm, earlier.dead, strict=True)
        }
        self._weights = {
            int(moment): (low, high, counts)
            for moment, low, high, counts in zip(
                earlier.moments, earlier.low, earlier.high, earlier.counts, strict=True
            )
        }
        if earlier.redrawn is not None:
            self._redrawn = dict(zip(earlier.redrawn.epochs.tolist(), earlier.redrawn.pixels, strict=True))
        self._memory_bytes = earlier.memory_bytes

    def _norms(self) -> np.ndarray:
        """Length of the gradient of each part; 0 where the loss does not depend on it."""
        gradients = (
            [gradient for name in names if (gradient := self._by_name[name].grad) is not None]
            for names in self._parts.values()
        )
        return np.array([float(get_total_norm(of_part)) for of_part in gradients], dtype=np.float32)

    def _dead(self, states: Sequence[Tensor]) -> np.ndarray:
        """Share of the units of each layer that gave every gene the same number."""
        shares = []
        for before, after in itertools.pairwise(states):
            shares.append(_dead_share(before.detach() if self._residual else None, after.detach()))
        return np.array(shares, dtype=np.float32)


def memory_bytes(device: torch.device) -> int:
    """Memory that is held now: of the process, or on a GPU the most that torch took; 0 where nobody tells."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    try:
        return int(STATEMENT.read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError, ValueError):  # no Linux
        return 0


def _dead_share(before: Tensor | None, after: Tensor) -> float:
    """Of the columns [G, D] that a layer gave, the share whose numbers are the same for all genes.

    A few genes rule most columns out, and the rest is looked at over all genes, so the share is exact.
    """
    few = slice(None, None, max(1, len(after) // SAMPLE))
    sample = _change(before, after, few)
    columns = np.flatnonzero(_is_same(sample))
    if len(columns) and len(sample) < len(after):
        columns = columns[_is_same(_change(before, after, slice(None))[:, columns])]
    return len(columns) / after.shape[1]


def _change(before: Tensor | None, after: Tensor, rows: slice) -> np.ndarray:
    """What a layer gave to some genes [g, D], without what it was added to."""
    change = after[rows] if before is None else after[rows] - before[rows]
    return change.cpu().numpy()


def _is_same(change: np.ndarray) -> np.ndarray:
    """For each column of [G, D], whether all its numbers are the same but for rounding."""
    low, high = change.min(axis=0), change.max(axis=0)
    return high - low <= SAME * (1 + np.maximum(np.abs(high), np.abs(low)))


def _counted(parameters: Sequence[Tensor]) -> tuple[float, float, np.ndarray]:
    """Least and largest weight, and the counts of `BINS` equal bins between them."""
    matrices = [parameter for parameter in parameters if parameter.ndim > 1] or parameters
    values = torch.cat([parameter.detach().reshape(-1) for parameter in matrices]).cpu().numpy()
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0.0, 0.0, np.zeros(BINS, np.int64)
    wide = (low, high) if high > low else (low - 0.5, high + 0.5)
    return *wide, np.histogram(values, bins=BINS, range=wide)[0]
