"""KeptBeside: what a RunStore makes and keeps beside finished runs: maps, their quality, controls."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from pathlib import Path

import numpy as np

from slviz.errors import DamagedRun
from slviz.projections.map_quality import MapQuality, measure_map_quality
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.projection import Projection
from slviz.runs.beside import Beside
from slviz.runs.controls import Control, control_path, read_control, save_control
from slviz.runs.manifest import Manifest
from slviz.runs.maps import (
    TRAINED,
    list_maps,
    map_path,
    map_quality_path,
    read_map,
    read_map_quality,
    save_map,
    save_map_quality,
)
from slviz.runs.run import Run


class KeptBeside:
    """The part of a `RunStore` for what comes after a run was finished, and never changes it."""

    @abstractmethod
    def folder(self, run_id: str) -> Path:
        """As `RunStore.folder`."""

    @abstractmethod
    def open(self, run_id: str) -> Run:
        """As `RunStore.open`."""

    @abstractmethod
    def _finished(self, run_id: str) -> tuple[Path, Manifest]:
        """The folder and manifest of a finished run; raises `RunUnfinished` for others."""

    def projections(self, run_id: str, *, of: str = TRAINED) -> list[tuple[ProjectionMethod, int]]:
        """Method and seed of every map that lies with the run, of its own embedding or of a control."""
        return list_maps(self.folder(run_id), of=of)

    def open_projection(
        self, run_id: str, method: ProjectionMethod, seed: int, *, of: str = TRAINED
    ) -> Projection | None:
        """The map, checked; None where it was not made yet; raises `DamagedRun` naming the file."""
        return read_map(self.folder(run_id), method, seed, of=of)

    def open_map_quality(self, run_id: str, method: ProjectionMethod, seed: int) -> MapQuality | None:
        """The quality of the map, checked; None where it was not measured yet; raises `DamagedRun`."""
        return read_map_quality(self.folder(run_id), method, seed)

    def save_projection(self, run_id: str, projection: Projection, *, of: str = TRAINED) -> None:
        """Keep a map with its run; raises `RunNotSaved`."""
        save_map(self.folder(run_id), projection, of=of)

    def project(
        self,
        run_id: str,
        method: ProjectionMethod,
        seed: int,
        *,
        of: str = TRAINED,
        vectors: np.ndarray | None = None,
        on_progress: OnProgress | None = None,
    ) -> Projection:
        """The map of a finished run, made and kept when it is not there yet.

        One process makes it at a time; it can be followed and cancelled through `map_work`. What stops it
        is left there. `vectors` [G, D] are those of a control, when `of` names one. Raises
        `RunAlreadyRunning` while another makes it, `RunCancelled` when somebody asked to stop.
        """
        folder, _ = self._finished(run_id)
        with contextlib.suppress(DamagedRun):  # a damaged map is made again
            if (known := read_map(folder, method, seed, of=of)) is not None:
                return known
        busy = f"Another process is making this {method.name} map of run {run_id}."
        with self.map_work(run_id, method, seed, of=of).making(busy=busy) as tell:
            vectors = self.open(run_id).embedding if vectors is None else vectors
            projection = method.fit(vectors, seed, on_progress=_both(tell, on_progress))
            save_map(folder, projection, of=of)
            return projection

    def measure_map_quality(self, run_id: str, method: ProjectionMethod, seed: int) -> MapQuality:
        """The quality of a stored map, measured and kept when it was not yet; else as `project`."""
        folder, _ = self._finished(run_id)
        projection = self.project(run_id, method, seed)
        with contextlib.suppress(DamagedRun):
            if (known := read_map_quality(folder, method, seed)) is not None:
                return known
        busy = f"Another process is measuring this {method.name} map of run {run_id}."
        with self.map_quality_work(run_id, method, seed).making(busy=busy) as tell:
            quality = measure_map_quality(self.open(run_id).embedding, projection.coordinates, on_progress=tell)
            save_map_quality(folder, projection, quality)
            return quality

    def map_work(self, run_id: str, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Beside:
        """State, progress and failure of the making of a map, and the way to cancel it."""
        folder = self.folder(run_id)
        return Beside(map_path(folder, method, seed, of=of), within=folder)

    def map_quality_work(self, run_id: str, method: ProjectionMethod, seed: int) -> Beside:
        """The same for the quality of a map."""
        folder = self.folder(run_id)
        return Beside(map_quality_path(folder, method, seed), within=folder)

    # --- controls ----------------------------------------------------------------------------------------

    def open_control(self, run_id: str, kind: str) -> Control | None:
        """A control that lies with the run, checked; None where it was not made; raises `DamagedRun`."""
        return read_control(self.folder(run_id), kind)

    def save_control(self, run_id: str, control: Control) -> None:
        """Keep a control with its finished run; raises `RunNotSaved`, `RunUnfinished`."""
        folder, _ = self._finished(run_id)
        save_control(folder, control)

    def control_work(self, run_id: str, kind: str) -> Beside:
        """State, progress and failure of the making of a control, and the way to cancel it."""
        folder = self.folder(run_id)
        return Beside(control_path(folder, kind), within=folder)


def _both(tell: OnProgress, on_progress: OnProgress | None) -> OnProgress:
    """Who follows the file of a work, and who called for it."""
    if on_progress is None:
        return tell

    def both(share: float, doing: str) -> None:
        tell(share, doing)
        on_progress(share, doing)

    return both
