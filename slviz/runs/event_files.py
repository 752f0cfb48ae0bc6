"""A run's epochs as TensorBoard event files, on request: `<run>/tensorboard/`, beside what the manifest lists.

They say again what progress.jsonl says, for people whose tools read them: losses, the validation metric,
learning rate, gradient norm, and the numbers after each layer, by epoch.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from slviz.errors import InvalidSetting
from slviz.runs.files import saving
from slviz.runs.folder import EVENTS

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

TAGS = {
    "train_loss": "loss/train",
    "validation_loss": "loss/validation",
    "learning_rate": "step/learning_rate",
    "gradient_norm": "step/gradient_norm",
    "seconds": "time/seconds_an_epoch",
}
LAYER = "layer_"


class EventFile:
    """Writes epochs as they come; used as a context, which closes the file.

    Args of the constructor:
        folder: of the run. What an earlier start wrote is replaced.
        before: the epochs that are done already, as `Run.history`; they are written first.
    """

    def __init__(self, folder: Path, before: pd.DataFrame) -> None:
        place = folder / EVENTS
        self._place = place
        with saving(place):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            self._writer = _writer(place)
        for row in before.to_dict("records"):
            self.record({str(key): value for key, value in row.items()})

    def record(self, row: Mapping[str, Any]) -> None:
        """One epoch, keys as the columns of `Run.history`; a metric that is no finite number is left out."""
        for key, value in row.items():
            if key != "epoch" and value is not None and np.isfinite(value):
                with saving(self._place):
                    self._writer.add_scalar(tag(key), float(value), int(row["epoch"]))

    def close(self) -> None:
        """Write what is left; raises `RunNotSaved`."""
        with saving(self._place):
            self._writer.close()

    def __enter__(self) -> EventFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def tag(column: str) -> str:
    """What TensorBoard calls a column of the history: the part before the slash groups its charts."""
    if column.startswith(LAYER):
        return f"layers/{column}"
    return TAGS.get(column, f"validation/{column}")


def refuse_without_tensorboard() -> None:
    """`InvalidSetting` where the library that writes event files is not installed."""
    import importlib.util

    if importlib.util.find_spec("tensorboard") is None:
        raise InvalidSetting("--tensorboard needs the library tensorboard: `pip install tensorboard`, or leave it off.")


def _writer(place: Path) -> SummaryWriter:
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(place))
