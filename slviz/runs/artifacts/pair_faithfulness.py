"""Faithfulness over pairs on disk: how far the predictions of some pairs change without the edges put first.

deletions/pairs.safetensors     some known test pairs, drawn by chance
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int64

from slviz.errors import DamagedRun
from slviz.evaluation.faithfulness import CONFIDENCE, LOG_ODDS, Faithfulness, Tested, faithfulness
from slviz.runs.artifacts.edge_ablations import EDGE_ABLATIONS, SUFFIX
from slviz.runs.artifacts.explanations import ATTENTION, VALUES
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import in_range, require
from slviz.runs.damage import damaged, later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutEdgeAblation
from slviz.scorers.stored_arrays import below
from slviz.tasks import Task

CHANGE = "change."
FILE = f"pairs{SUFFIX}"


@dataclass(frozen=True, eq=False)
class PairFaithfulness:
    """How far raw numbers change without the first edges of each explanation, and of random orders. N pairs, R draws.

    Attributes:
        pairs: int64 [N, 2], gene numbers.
        edges: int64 [N], how many edges lead into either gene.
        change: by explanation, float64 [N]: `slviz.evaluation.removal.RemovalCurves.change`.
        random: float64 [N, R], the same for edges drawn by chance.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    edges: Int64[np.ndarray, " pairs"]
    change: Mapping[str, Float64[np.ndarray, " pairs"]]
    random: Float64[np.ndarray, "pairs draws"]

    def verdict(self, task: Task, order: str = ATTENTION) -> Faithfulness:
        """Whether an explanation holds over these pairs."""
        return faithfulness(self.change[order], self.random, tested=unit_of(task))

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it by name."""
        changes = {f"{CHANGE}{name}": value for name, value in self.change.items()}
        return {"pairs": self.pairs, "edges": self.edges, "random": self.random, **changes}


def unit_of(task: Task) -> Tested:
    """What raw numbers of a task about pairs are counted in."""
    return LOG_ODDS if task.negative_kinds else CONFIDENCE


def faithfulness_path(folder: Path) -> Path:
    """Where the faithfulness of a run over pairs lies."""
    return folder / EDGE_ABLATIONS / FILE


def save_faithfulness(folder: Path, measured: PairFaithfulness) -> None:
    """Write it into the run's folder; raises `RunNotSaved`."""
    path = faithfulness_path(folder)
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed(measured.arrays(), {"run_id": folder.name}))


def read_faithfulness(folder: Path) -> PairFaithfulness | None:
    """The faithfulness of a run over pairs, checked; None where it was never measured; raises `DamagedRun`."""
    path = faithfulness_path(folder)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutEdgeAblation)
    if about.run_id != folder.name:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}. "
            f"Remove it from {EDGE_ABLATIONS}/ and test again."
        )
    count = require(arrays, "pairs", path, kind="iu", shape=[None, 2]).shape[0]
    require(arrays, "edges", path, kind="iu", shape=[count])
    require(arrays, "random", path, kind="f", shape=[count, None])
    change = below(arrays, CHANGE)
    for name in change:
        require(arrays, f"{CHANGE}{name}", path, kind="f", shape=[count])
    if set(change) - set(VALUES) or len(arrays) > len(change) + 3:
        raise later(path, "holds more than this version knows of faithfulness")
    if ATTENTION not in change or not count:
        raise damaged(path, "is altered: it says nothing of attention")
    if (genes := points_of(folder)) is not None:
        in_range(arrays["pairs"], genes, "pairs", path)
    return PairFaithfulness(arrays["pairs"], arrays["edges"], change, arrays["random"])
