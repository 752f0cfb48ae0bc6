"""Controls on disk: embeddings that a run's own is told from, checksummed beside the run like a map.

controls/untrained/embedding.safetensors     the network before its first step
controls/shuffled/embedding.safetensors      the network trained on shuffled pairs, with its test metrics
controls/layer-<n>/embedding.safetensors     what a layer of the trained network gives, counted from 1
controls/<kind>/projections/                 maps of them, as of the run; also of `features`
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.errors import DamagedRun, InvalidSetting
from slviz.runs.artifacts.maps import TRAINED
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import require
from slviz.runs.contents import metrics_of
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.folder import CONTROLS
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutControl

FEATURES, UNTRAINED, SHUFFLED = "features", "untrained", "shuffled"
KINDS = (FEATURES, UNTRAINED, TRAINED, SHUFFLED)
"""What may be mapped side by side, in the order in which it comes to be."""
STORED = (UNTRAINED, SHUFFLED)
"""Those that are kept on disk beside layers: features lie with the data, the trained embedding with the run."""
MOST_LAYERS = 9
LAYERS = tuple(f"layer-{number}" for number in range(1, MOST_LAYERS + 1))
"""Kinds that are layers of the trained network, the first one first; a network has fewer."""
ORDER = (FEATURES, UNTRAINED, *LAYERS, TRAINED, SHUFFLED)
"""All kinds in the order in which they come to be."""


@dataclass(frozen=True, eq=False)
class Control:
    """An embedding to tell a run's own from. G genes.

    Attributes:
        kind: one of `STORED` or `LAYERS`.
        embedding: float32 [G, D].
        metrics: its metrics on the run's own test pairs, as `Run.metrics`; empty for an untrained network or a layer.
    """

    kind: str
    embedding: Float32[np.ndarray, "genes width"]
    metrics: pd.DataFrame

    def __post_init__(self) -> None:
        if self.embedding.ndim != 2 or not np.isfinite(self.embedding).all():
            raise DamagedRun(f"The embedding of the control '{self.kind}' holds values that are not finite, or is cut.")
        self.embedding.setflags(write=False)


def is_stored(kind: str) -> bool:
    """Whether the embedding of this kind is kept on disk beside the run."""
    return kind in STORED or kind in LAYERS


def layer_number(kind: str) -> int:
    """Which layer a kind of `LAYERS` is, from 1."""
    return LAYERS.index(kind) + 1


def control_path(folder: Path, kind: str) -> Path:
    """Where the embedding of a control lies; raises `InvalidSetting` for a kind that is not stored."""
    if not is_stored(kind):
        raise InvalidSetting(f"No control is called '{kind}'. There are: {', '.join(STORED)}, layer-1, …")
    return folder / CONTROLS / kind / "embedding.safetensors"


def save_control(folder: Path, control: Control) -> None:
    """Write a control into the run's folder; raises `RunNotSaved`."""
    path = control_path(folder, control.kind)
    about = {"run_id": folder.name, "of": control.kind, "metrics": control.metrics.to_dict("records")}
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed({"embedding": control.embedding}, about))


def read_control(folder: Path, kind: str) -> Control | None:
    """The control, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = control_path(folder, kind)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutControl)
    if (about.run_id, about.of) != (folder.name, kind):
        raise DamagedRun(f"{kind}/{path.name} belongs to {about.run_id}. Remove it.")
    embedding = require(arrays, "embedding", path, kind="f", shape=[points_of(folder), None])
    return Control(kind, embedding, metrics_of(about.metrics))
