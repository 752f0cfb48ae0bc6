"""Deletion tests on disk: one sealed file beside a finished run for a sample of genes, and one for each gene asked for.

deletions/sample.safetensors            some genes, drawn by chance
deletions/gene-<number>.safetensors     one gene
deletions/.<name>.lock, .progress, .cancel, <name>.error.json     while one is at work, and why it failed
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun, RunCancelled, RunError
from slviz.networks.attention import Attention
from slviz.runs.checks import in_range, require
from slviz.runs.damage import later, readable
from slviz.runs.files import pack_sealed, read_whole, saving, unpack_sealed, write_atomically
from slviz.runs.folder import holding, is_held
from slviz.runs.maps import foreign, points_of
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import is_plain, read_if_there
from slviz.runs.schemas import AboutDeletion, StoredTally
from slviz.runs.worker import read_failure, write_failure

DELETIONS = "deletions"
SUFFIX = ".safetensors"
ARRAYS_OF_A_TEST = 6
FEWEST_EDGES = 3
"""Edges into a gene from which on it is tested: a third at most is removed, so that others are left to draw from."""


def edges_into(attention: Attention, genes: int) -> Int64[np.ndarray, " genes"]:
    """How many edges of the training graph lead into each gene, its own loop left out."""
    source, target = attention.edges
    return np.bincount(target[source != target], minlength=genes)


@dataclass(frozen=True, eq=False)
class DeletionTest:
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
        lengths = {len(each) for each in self._arrays().values()}
        if len(lengths) != 1 or self.fall_random.ndim != 2:
            raise DamagedRun(f"The parts of a deletion test disagree on the number of genes: {sorted(lengths)}.")

    @property
    def draws(self) -> int:
        return self.fall_random.shape[1]

    def of(self, gene: int) -> DeletionTest | None:
        """The test of one gene; None where it is not among them."""
        row = np.flatnonzero(self.genes == gene)
        return DeletionTest(**{name: array[row] for name, array in self._arrays().items()}) if len(row) else None

    def _arrays(self) -> dict[str, np.ndarray]:
        names = ("genes", "edges", "removed", "score", "fall_top", "fall_random")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class DeletionFiles:
    """The files of one deletion test of the run in `folder`: of one gene, or of a sample where `gene` is None."""

    folder: Path
    gene: int | None = None

    @property
    def name(self) -> str:
        return "sample" if self.gene is None else f"gene-{self.gene}"

    @property
    def path(self) -> Path:
        return self.folder / DELETIONS / f"{self.name}{SUFFIX}"

    def state(self) -> str:
        """ "running", "finished", "failed" or "none"."""
        if is_held(self._beside("lock")):
            return "running"
        if is_plain(self.path):
            return "finished"
        return "failed" if is_plain(self._error) else "none"

    def read(self) -> DeletionTest | None:
        """The test, checked; None where it was never made; raises `DamagedRun` naming the file."""
        if not is_plain(self.path):
            return None
        arrays, about = unpack_sealed(read_whole(self.path), self.path, AboutDeletion)
        if about.run_id != self.folder.name:
            raise DamagedRun(
                f"{self.path.name} in run {readable(self.folder.name)} belongs to {about.run_id}. "
                f"Remove it from {DELETIONS}/ and test again."
            )
        return _checked_test(arrays, points_of(self.folder), self.path)

    def progress(self) -> tuple[int, int]:
        """Genes done and genes asked for; (0, 0) before the first."""
        path = self._beside("progress")
        with contextlib.suppress(DamagedRun):
            content = read_if_there(path)
            if content is not None:
                told = parse_json(content, StoredTally, path)
                return told.done, told.of
        return 0, 0

    def failure(self) -> str:
        """Why it failed, as a sentence; "" where nothing is known."""
        return read_failure(self._error)

    def cancel(self) -> None:
        """Ask the worker to stop after the gene it is at; raises `RunError` when nothing runs."""
        if self.state() != "running":
            raise RunError("This deletion test is not running, so there is nothing to cancel.")
        with saving(self._beside("cancel")):
            self._beside("cancel").touch()

    def tell(self, done: int, of: int) -> None:
        """Note how far it has come; raises `RunCancelled` when somebody asked it to stop."""
        if self._beside("cancel").exists():
            raise RunCancelled(f"The deletion test was cancelled after {done} of {of} genes. Nothing of it is kept.")
        write_atomically(self._beside("progress"), json.dumps({"done": done, "of": of}).encode())

    def save(self, test: DeletionTest) -> None:
        """Write the test beside the run; raises `RunNotSaved`."""
        write_atomically(self.path, pack_sealed(test._arrays(), {"run_id": self.folder.name}))

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Hold the test for as long as the block runs; what ends it is left for `failure`.

        Raises `RunAlreadyRunning` while another process is at it.
        """
        with saving(self.path):
            self.path.parent.mkdir(exist_ok=True)
        busy = f"Another process is at this deletion test of run {self.folder.name}."
        with holding(self._beside("lock"), busy=busy, tidy=lambda: True):
            with saving(self.path):
                self._forget()  # a killed worker's, too: its cancel is not meant for this one
                self._error.unlink(missing_ok=True)
            try:
                yield
            except RunCancelled:
                raise
            except Exception as error:
                write_failure(self._error, error)
                raise
            finally:
                with contextlib.suppress(OSError):  # the next worker, or the next start, clears what stays
                    self._forget()

    def _forget(self) -> None:
        for kind in ("progress", "cancel"):
            self._beside(kind).unlink(missing_ok=True)

    @property
    def _error(self) -> Path:
        return self.path.with_name(f"{self.name}.error.json")

    def _beside(self, kind: str) -> Path:
        return self.path.with_name(f".{self.name}.{kind}")


def damaged_deletions(folder: Path) -> list[str]:
    """A sentence for every deletion test of a run that is cut, altered or foreign."""
    found = (foreign(path, folder) for path in sorted((folder / DELETIONS).glob(f"[!.]*{SUFFIX}")))
    return [sentence for sentence in found if sentence]


def _checked_test(arrays: dict[str, np.ndarray], genes: int | None, path: Path) -> DeletionTest:
    """The test in these arrays; raises `DamagedRun` where they do not go together, or name genes that are not there."""
    count = len(require(arrays, "genes", path, kind="iu", shape=[None]))
    for name in ("edges", "removed"):
        require(arrays, name, path, kind="iu", shape=[count])
    for name, shape in (("score", [count]), ("fall_top", [count]), ("fall_random", [count, None])):
        require(arrays, name, path, kind="f", shape=shape)
    if len(arrays) > ARRAYS_OF_A_TEST:
        raise later(path, "holds more than this version knows of a deletion test")
    if genes is not None:
        in_range(arrays["genes"], genes, "genes", path)
    return DeletionTest(**arrays)
