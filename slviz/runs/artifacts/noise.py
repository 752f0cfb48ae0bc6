"""Noise that was put through the network of a run, on disk beside it: what its embedding makes of things that are none.

outliers/noise-permuted.safetensors     inputs with the numbers of each column permuted
outliers/noise-matched.safetensors      inputs drawn from a normal with each column's mean and spread
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from slviz.errors import DamagedRun, InvalidSetting
from slviz.outliers import NOISE_KINDS
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import require
from slviz.runs.damage import later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutNoise

OUTLIERS = "outliers"


@dataclass(frozen=True, eq=False)
class EmbeddedNoise:
    """Noise as the trained network embeds it, and as the untrained one does. N noise things, G genes, D width.

    Attributes:
        trained: float32 [N, D].
        untrained: float32 [N, D], by the network with the weights that its training began with.
        control: float32 [G, D], the genes in the untrained network.
        trained_share, untrained_share: float32 [N], the share that the network gives the most likely class of each;
            empty for a run that is not about classes.
        control_share: float32 [G], the same of the genes in the untrained network; or empty.
        joint_map: float32 [G + N, 2], a t-SNE map of the genes and the noise together; empty [0, 2] where there are
            too many.
    """

    trained: Float32[np.ndarray, "noise width"]
    untrained: Float32[np.ndarray, "noise width"]
    control: Float32[np.ndarray, "genes width"]
    trained_share: Float32[np.ndarray, " shares"]
    untrained_share: Float32[np.ndarray, " shares"]
    control_share: Float32[np.ndarray, " control_shares"]
    joint_map: Float32[np.ndarray, "all 2"]

    @property
    def count(self) -> int:
        """How many noise things."""
        return len(self.trained)

    @property
    def has_shares(self) -> bool:
        """Whether the run gives classes, so that 1 − softmax is there."""
        return len(self.control_share) > 0


def noise_path(folder: Path, kind: str) -> Path:
    """Where noise of a kind lies; raises `InvalidSetting` for another kind."""
    if kind not in NOISE_KINDS:
        raise InvalidSetting(f"No noise is called '{kind}'. There are: {', '.join(NOISE_KINDS)}.")
    return folder / OUTLIERS / f"noise-{kind}.safetensors"


def save_noise(folder: Path, kind: str, noise: EmbeddedNoise) -> None:
    """Write embedded noise into the run's folder; raises `RunNotSaved`."""
    path = noise_path(folder, kind)
    with saving(path):
        make_folder(path.parent, within=folder)
    arrays = {field.name: getattr(noise, field.name) for field in fields(noise)}
    write_atomically(path, pack_checksummed(arrays, {"run_id": folder.name, "kind": kind}))


def read_noise(folder: Path, kind: str) -> EmbeddedNoise | None:
    """The embedded noise, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = noise_path(folder, kind)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutNoise)
    if (about.run_id, about.kind) != (folder.name, kind):
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {readable(about.kind)} noise of {about.run_id}. "
            f"Remove it from {OUTLIERS}/ and make it again."
        )
    return _checked(arrays, points_of(folder), path)


def _checked(arrays: dict[str, np.ndarray], genes: int | None, path: Path) -> EmbeddedNoise:
    """The noise in these arrays; raises `DamagedRun` where they do not go together."""
    if set(arrays) - {field.name for field in fields(EmbeddedNoise)}:
        raise later(path, "holds more than this version knows of noise")
    control = require(arrays, "control", path, kind="f", shape=[genes, None])
    noise = len(require(arrays, "trained", path, kind="f", shape=[None, None]))
    require(arrays, "untrained", path, kind="f", shape=[noise, control.shape[1]])
    shares = len(require(arrays, "control_share", path, kind="f", shape=[None]))
    of_noise = noise if shares else 0
    require(arrays, "control_share", path, kind="f", shape=[len(control) if shares else 0])
    for name in ("trained_share", "untrained_share"):
        require(arrays, name, path, kind="f", shape=[of_noise])
    mapped = len(require(arrays, "joint_map", path, kind="f", shape=[None, 2]))
    require(arrays, "joint_map", path, kind="f", shape=[len(control) + noise if mapped else 0, 2])
    return EmbeddedNoise(**arrays)
