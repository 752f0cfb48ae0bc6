"""Edge ablations on disk: one file beside a finished run for a sample of genes, and one for each gene asked for.

deletions/sample.safetensors            some genes, drawn by chance
deletions/gene-<number>.safetensors     one gene
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun
from slviz.networks.attention import Attention
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import in_range, require
from slviz.runs.damage import later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutEdgeAblation

EDGE_ABLATIONS = "deletions"
SUFFIX = ".safetensors"
ARRAYS_OF_A_TEST = 6
FEWEST_EDGES = 3
"""Edges into a gene from which on it is tested: a third at most is removed, so that others are left to draw from."""


def edges_into(attention: Attention, genes: int) -> Int64[np.ndarray, " genes"]:
    """How many edges of the training graph lead into each gene, its own loop left out."""
    source, target = attention.edges
    return np.bincount(target[source != target], minlength=genes)


@dataclass(frozen=True, eq=False)
class EdgeAblation:
    """How far predictions fall without the edges of most attention, and without as many others. N genes, R draws.

    Attributes:
        genes: int64 [N], gene numbers.
        edges: int64 [N], how many edges into the gene there are.
        removed: int64 [N], how many of them were removed at a time.
        score: float32 [N], mean predicted score of the gene's highest-scored new partners before.
        fall_top: float32 [N], by how much that mean falls without the most attended edges.
        fall_random: float32 [N, R], the same without as many of its other edges, for each draw.
    """

    genes: Int64[np.ndarray, " genes"]
    edges: Int64[np.ndarray, " genes"]
    removed: Int64[np.ndarray, " genes"]
    score: Float32[np.ndarray, " genes"]
    fall_top: Float32[np.ndarray, " genes"]
    fall_random: Float32[np.ndarray, "genes draws"]

    def __post_init__(self) -> None:
        lengths = {len(array) for array in self.arrays().values()}
        if len(lengths) != 1 or self.fall_random.ndim != 2:
            raise DamagedRun(f"The parts of an edge ablation disagree on the number of genes: {sorted(lengths)}.")

    @property
    def draws(self) -> int:
        return self.fall_random.shape[1]

    def of(self, gene: int) -> EdgeAblation | None:
        """The ablation of one gene; None where it is not among them."""
        row = np.flatnonzero(self.genes == gene)
        return EdgeAblation(**{name: array[row] for name, array in self.arrays().items()}) if len(row) else None

    def arrays(self) -> dict[str, np.ndarray]:
        names = ("genes", "edges", "removed", "score", "fall_top", "fall_random")
        return {name: getattr(self, name) for name in names}


def ablation_path(folder: Path, gene: int | None = None) -> Path:
    """Where the edge ablation of a gene lies, or of a sample of genes."""
    return folder / EDGE_ABLATIONS / f"{'sample' if gene is None else f'gene-{gene}'}{SUFFIX}"


def save_ablation(folder: Path, ablation: EdgeAblation, gene: int | None = None) -> None:
    """Write an edge ablation into the run's folder; raises `RunNotSaved`."""
    path = ablation_path(folder, gene)
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed(ablation.arrays(), {"run_id": folder.name}))


def read_ablation(folder: Path, gene: int | None = None) -> EdgeAblation | None:
    """The edge ablation, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = ablation_path(folder, gene)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutEdgeAblation)
    if about.run_id != folder.name:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}. "
            f"Remove it from {EDGE_ABLATIONS}/ and test again."
        )
    return _checked(arrays, points_of(folder), path)


def _checked(arrays: dict[str, np.ndarray], genes: int | None, path: Path) -> EdgeAblation:
    """The ablation in these arrays; raises `DamagedRun` where they do not go together, or name genes not there."""
    count = len(require(arrays, "genes", path, kind="iu", shape=[None]))
    for name in ("edges", "removed"):
        require(arrays, name, path, kind="iu", shape=[count])
    for name, shape in (("score", [count]), ("fall_top", [count]), ("fall_random", [count, None])):
        require(arrays, name, path, kind="f", shape=shape)
    if len(arrays) > ARRAYS_OF_A_TEST:
        raise later(path, "holds more than this version knows of an edge ablation")
    if genes is not None:
        in_range(arrays["genes"], genes, "genes", path)
    return EdgeAblation(**arrays)
