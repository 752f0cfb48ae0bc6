"""ArtifactStore: what is made beside one finished run, or one set of vectors, and never changes it.

Maps, their quality, controls, edge ablations, surveys of all pairs, explanations of pairs, comparisons with other
runs and embedded noise: each a file that is checksummed by itself, with one maker at a time.
A `RunStore` and a `VectorStore` both have one for everything that they keep.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun
from slviz.projections.embedding_similarity import EmbeddingSimilarity
from slviz.projections.map_quality import MapQuality, measure_map_quality
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.projection import Projection
from slviz.runs.artifacts.artifact import Artifact
from slviz.runs.artifacts.comparisons import COMPARISONS, comparison_path, read_comparison, save_comparison
from slviz.runs.artifacts.controls import Control, control_path, read_control, save_control
from slviz.runs.artifacts.edge_ablations import (
    EDGE_ABLATIONS,
    EdgeAblation,
    ablation_path,
    read_ablation,
    save_ablation,
)
from slviz.runs.artifacts.explanations import (
    EXPLANATIONS,
    PairExplanation,
    explanation_path,
    read_explanation,
    save_explanation,
)
from slviz.runs.artifacts.maps import (
    TRAINED,
    list_maps,
    map_path,
    map_quality_path,
    read_map,
    read_map_quality,
    save_map,
    save_map_quality,
)
from slviz.runs.artifacts.noise import OUTLIERS, EmbeddedNoise, noise_path, read_noise, save_noise
from slviz.runs.artifacts.owners import foreign
from slviz.runs.artifacts.pair_faithfulness import (
    PairFaithfulness,
    faithfulness_path,
    read_faithfulness,
    save_faithfulness,
)
from slviz.runs.artifacts.surveys import RANKINGS, Survey, read_survey, save_survey, survey_path
from slviz.runs.folder import CONTROLS, PROJECTIONS
from slviz.runs.plain_files import is_folder

Fit = Callable[[ProjectionMethod, int, OnProgress], Projection]


@dataclass(frozen=True)
class ArtifactStore:
    """The artifacts of one run, or of one set of vectors.

    Attributes:
        folder: of the run or of the vectors.
        owner: what they belong to, for sentences, such as "run gat-both-link-3f9c2a81".
        vectors: gives the vectors [N, D] that maps are made of; may raise where they cannot be had.
        refuse: raises where nothing can be made yet, as of a run that is not finished.
        fit: makes a map of the vectors; `method.fit` when left out.
        labels: gives the labels [N] for methods that need them (`ProjectionMethod.fit`); None where there are none. May
            raise where they cannot be had.
    """

    folder: Path
    owner: str
    vectors: Callable[[], Float32[np.ndarray, "points width"]]
    refuse: Callable[[], object] = lambda: None
    fit: Fit | None = None
    labels: Callable[[], Int64[np.ndarray, " points"] | None] = lambda: None

    # --- maps --------------------------------------------------------------------------------------------

    def maps(self, *, of: str = TRAINED) -> list[tuple[ProjectionMethod, int]]:
        """Method and seed of every map that is there, of the vectors themselves or of a control."""
        return list_maps(self.folder, of=of)

    def open_map(self, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Projection | None:
        """The map, checked; None where it was not made yet; raises `DamagedRun` naming the file."""
        return read_map(self.folder, method, seed, of=of)

    def save_map(self, projection: Projection, *, of: str = TRAINED) -> None:
        """Keep a map; raises `RunNotSaved`."""
        save_map(self.folder, projection, of=of)

    def make_map(
        self,
        method: ProjectionMethod,
        seed: int,
        *,
        of: str = TRAINED,
        vectors: Float32[np.ndarray, "points width"] | None = None,
        on_progress: OnProgress | None = None,
    ) -> Projection:
        """The map, made and kept when it is not there yet; a damaged one is made again.

        One process makes it at a time; it can be followed and cancelled through `map_artifact`, and what stops it is
        left there. `vectors` are those of a control, when `of` names one. Raises `RunAlreadyRunning` while another
        makes it, `RunCancelled` when somebody asked to stop, and what `refuse` raises.
        """
        self.refuse()
        with contextlib.suppress(DamagedRun):
            if (known := self.open_map(method, seed, of=of)) is not None:
                return known
        busy = f"Another process is making this {method.name} map of {self.owner}."
        with self.map_artifact(method, seed, of=of).making(busy=busy) as tell:
            projection = self._fitted(method, seed, _both(tell, on_progress), vectors)
            self.save_map(projection, of=of)
            return projection

    def _fitted(
        self, method: ProjectionMethod, seed: int, on_progress: OnProgress, vectors: np.ndarray | None
    ) -> Projection:
        if vectors is None and self.fit is not None:
            return self.fit(method, seed, on_progress)
        labels = self.labels() if method.needs_labels else None
        return method.fit(self.vectors() if vectors is None else vectors, seed, labels=labels, on_progress=on_progress)

    def map_artifact(self, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Artifact:
        """The map as work: state, progress, failure, cancel."""
        return self._artifact(map_path(self.folder, method, seed, of=of))

    # --- map quality -------------------------------------------------------------------------------------

    def open_map_quality(self, method: ProjectionMethod, seed: int) -> MapQuality | None:
        """The quality of the map, checked; None where it was not measured yet; raises `DamagedRun`."""
        return read_map_quality(self.folder, method, seed)

    def measure_map_quality(self, method: ProjectionMethod, seed: int) -> MapQuality:
        """The quality of a map, measured and kept when it was not yet; else as `make_map`."""
        projection = self.make_map(method, seed)
        with contextlib.suppress(DamagedRun):
            if (known := self.open_map_quality(method, seed)) is not None:
                return known
        busy = f"Another process is measuring this {method.name} map of {self.owner}."
        with self.map_quality_artifact(method, seed).making(busy=busy) as tell:
            quality = measure_map_quality(self.vectors(), projection.coordinates, on_progress=tell)
            save_map_quality(self.folder, projection, quality)
            return quality

    def map_quality_artifact(self, method: ProjectionMethod, seed: int) -> Artifact:
        """The measuring of a map as work."""
        return self._artifact(map_quality_path(self.folder, method, seed))

    # --- controls ----------------------------------------------------------------------------------------

    def open_control(self, kind: str) -> Control | None:
        """A control, checked; None where it was not made; raises `DamagedRun`."""
        return read_control(self.folder, kind)

    def save_control(self, control: Control) -> None:
        """Keep a control; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_control(self.folder, control)

    def control_artifact(self, kind: str) -> Artifact:
        """A control as work."""
        return self._artifact(control_path(self.folder, kind))

    # --- edge ablations ----------------------------------------------------------------------------------

    def open_ablation(self, gene: int | None = None) -> EdgeAblation | None:
        """The edge ablation of one gene, or of a sample; None where it was not made; raises `DamagedRun`."""
        return read_ablation(self.folder, gene)

    def save_ablation(self, ablation: EdgeAblation, gene: int | None = None) -> None:
        """Keep an edge ablation; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_ablation(self.folder, ablation, gene)

    def ablation_artifact(self, gene: int | None = None) -> Artifact:
        """An edge ablation as work."""
        return self._artifact(ablation_path(self.folder, gene))

    def open_faithfulness(self) -> PairFaithfulness | None:
        """The faithfulness of the run over pairs; None where it was not measured; raises `DamagedRun`."""
        return read_faithfulness(self.folder)

    def save_faithfulness(self, measured: PairFaithfulness) -> None:
        """Keep the faithfulness over pairs; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_faithfulness(self.folder, measured)

    def faithfulness_artifact(self) -> Artifact:
        """The faithfulness over pairs as work."""
        return self._artifact(faithfulness_path(self.folder))

    # --- noise -------------------------------------------------------------------------------------------

    def open_noise(self, kind: str) -> EmbeddedNoise | None:
        """Noise of a kind, put through the network; None where it was not made; raises `DamagedRun`."""
        return read_noise(self.folder, kind)

    def save_noise(self, kind: str, noise: EmbeddedNoise) -> None:
        """Keep embedded noise; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_noise(self.folder, kind, noise)

    def noise_artifact(self, kind: str) -> Artifact:
        """The embedding of noise as work."""
        return self._artifact(noise_path(self.folder, kind))

    # --- explanations ------------------------------------------------------------------------------------

    def open_explanation(self, pair: tuple[int, int]) -> PairExplanation | None:
        """Why a pair is scored so, in either order; None where it was not made; raises `DamagedRun`."""
        return read_explanation(self.folder, pair)

    def save_explanation(self, explanation: PairExplanation) -> None:
        """Keep an explanation; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_explanation(self.folder, explanation)

    def explanation_artifact(self, pair: tuple[int, int]) -> Artifact:
        """The explanation of a pair as work."""
        return self._artifact(explanation_path(self.folder, pair))

    # --- surveys -----------------------------------------------------------------------------------------

    def open_survey(self) -> Survey | None:
        """The survey of all pairs, checked; None where it was not made; raises `DamagedRun`."""
        return read_survey(self.folder)

    def save_survey(self, survey: Survey) -> None:
        """Keep a survey; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_survey(self.folder, survey)

    def survey_artifact(self) -> Artifact:
        """A survey as work."""
        return self._artifact(survey_path(self.folder))

    # --- comparisons -------------------------------------------------------------------------------------

    def open_comparison(self, other_id: str, count: int, mark: str, *, genes: int) -> EmbeddingSimilarity | None:
        """How alike the embedding is to another run's; None where it was not measured; raises `DamagedRun`.

        Args:
            other_id: of the other run.
            count: how many nearest genes are compared.
            mark: `SharedGenes.mark` of both runs.
            genes: how many genes both have.
        """
        return read_comparison(comparison_path(self.folder, other_id, count, mark), genes=genes)

    def save_comparison(self, other_id: str, count: int, mark: str, *, similarity: EmbeddingSimilarity) -> None:
        """Keep a comparison of all shared genes; raises `RunNotSaved`, and what `refuse` raises."""
        self.refuse()
        save_comparison(comparison_path(self.folder, other_id, count, mark), similarity)

    def comparison_artifact(self, other_id: str, count: int, mark: str) -> Artifact:
        """A comparison as work."""
        return self._artifact(comparison_path(self.folder, other_id, count, mark))

    # -----------------------------------------------------------------------------------------------------

    def damage(self) -> list[str]:
        """A sentence for every file among the artifacts that is cut, altered or foreign."""
        sentences = [
            foreign(path, self.folder)
            for place in places_of_artifacts(self.folder)
            for path in sorted(place.glob("[!.]*"))
            if not is_folder(path) and not path.name.endswith(".error.json")
        ]
        return [sentence for sentence in sentences if sentence]

    def _artifact(self, path: Path) -> Artifact:
        return Artifact(path, within=self.folder)


def places_of_artifacts(folder: Path) -> list[Path]:
    """The folders that artifacts of a run, or of vectors, lie in, whether they are there or not."""
    return [
        folder / PROJECTIONS,
        *sorted((folder / CONTROLS).glob("*")),
        *sorted((folder / CONTROLS).glob(f"*/{PROJECTIONS}")),
        folder / EDGE_ABLATIONS,
        folder / RANKINGS,
        folder / EXPLANATIONS,
        folder / COMPARISONS,
        folder / OUTLIERS,
    ]


def _both(tell: OnProgress, on_progress: OnProgress | None) -> OnProgress:
    """Who follows the file of a work, and who called for it."""
    if on_progress is None:
        return tell

    def both(share: float, doing: str) -> None:
        tell(share, doing)
        on_progress(share, doing)

    return both
