"""What pages have open: data sets, gene indexes, runs and maps, read once and shared by all visitors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.report import Report
from slviz.datasets.sources import known_datasets, open_with_report
from slviz.errors import DamagedRun, RunNotFound
from slviz.neighbourhood import AttentionIndex
from slviz.networks.network_parts import counts_by_part
from slviz.networks.training_record import TrainingRecord
from slviz.projections import MapQuality, Projection, ProjectionMethod
from slviz.projections.embedding_similarity import EmbeddingSimilarity
from slviz.runs import Run
from slviz.runs.artifacts.controls import Control
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.artifacts.explanations import PairExplanation
from slviz.runs.artifacts.maps import TRAINED
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.data_of import refuse_changed_data, refuse_foreign_run
from slviz.runs.plain_files import is_plain
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.store import RunStore, RunSummary
from slviz.runs.tested_screens import screens_of
from slviz.splits import PairSplit
from slviz.ui import data_folders

T = TypeVar("T")
DAMAGED = "damaged:"


def store() -> RunStore:
    """The models folder that `SLVIZ_MODELS` names, else the repository's."""
    return RunStore.default()


def dataset(source: str) -> GeneGraph:
    """The data set, read anew when one of its files has changed."""
    return dataset_with_report(source)[0]


def dataset_with_report(source: str) -> tuple[GeneGraph, Report]:
    """The same with the report of what was left out and why."""
    return _dataset(source, _stamp_of_folder(source))


def graph_of(run: Run) -> GeneGraph:
    """The data set that a run was trained on; raises `MalformedData` when it is another one by now.

    Raises `DamagedRun` where the run is about other genes.
    """
    graph = dataset(data_folders.source_of_run(run.spec, store().root))
    refuse_changed_data(graph, run.spec)
    refuse_foreign_run(graph, run)
    return graph


def index_of(graph: GeneGraph) -> GeneIndex:
    """Search by symbol, alias and identifier over a data set."""
    return _index(graph.fingerprint, graph)


def run(summary: RunSummary) -> Run:
    """A finished run, checked against its manifest once; again when the manifest has changed."""
    return _run(str(summary.folder), summary.run_id, _stamp(Path(summary.folder) / "manifest.json"))


def parameter_counts(summary: RunSummary) -> dict[str, int]:
    """How many numbers each part of a finished run's network has, in the order of the network."""
    return _parameter_counts(summary.run_id, _stamp(Path(summary.folder) / "manifest.json"))


def comparison(run: Run, other: Run, shared: SharedGenes, count: int) -> EmbeddingSimilarity | None:
    """How alike the embeddings of two runs are, of all shared genes; None where it was not measured."""
    mark = comparison_mark(run, other, shared)
    path = store().artifacts(run.run_id).comparison_artifact(other.run_id, count, mark).path
    return whole(path, lambda: _comparison(run.run_id, other.run_id, count, mark, len(shared.genes), _stamp(path)))


def comparison_mark(run: Run, other: Run, shared: SharedGenes) -> str:
    """`SharedGenes.mark` of two runs, worked out once."""
    return _mark(stamps(run, other), len(shared.genes), run, other, shared)


def training_record(summary: RunSummary) -> TrainingRecord | None:
    """How the parts of a finished run's network fared; None where that was not recorded."""
    return _training_record(summary.run_id, _stamp(Path(summary.folder) / "manifest.json"))


def record_or_damage(summary: RunSummary) -> tuple[TrainingRecord | None, str]:
    """As `training_record`, and what is wrong with it as a sentence; "" where nothing is."""
    try:
        return training_record(summary), ""
    except DamagedRun as error:
        return None, str(error)


def projection(summary: RunSummary, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Projection | None:
    """A stored map of a finished run, or of one of its controls; None when it has not been made."""
    path = store().artifacts(summary.run_id).map_artifact(method, seed, of=of).path
    return whole(path, lambda: _projection(summary.run_id, str(path), _stamp(path), method, seed, of))


def map_quality(summary: RunSummary, method: ProjectionMethod, seed: int) -> MapQuality | None:
    """The quality of a stored map; None when it has not been measured."""
    path = store().artifacts(summary.run_id).map_quality_artifact(method, seed).path
    return whole(path, lambda: _map_quality(summary.run_id, str(path), _stamp(path), method, seed))


def control(summary: RunSummary, kind: str) -> Control | None:
    """A control of a finished run; None when it has not been made."""
    path = store().artifacts(summary.run_id).control_artifact(kind).path
    return whole(path, lambda: _control(summary.run_id, kind, str(path), _stamp(path)))


def whole(path: Path, read: Callable[[], T | None]) -> T | None:
    """What `read` reads from the file at `path`; None where there is none, or it is damaged: see `damage_of`."""
    if not is_plain(path):
        return None
    try:
        return read()
    except DamagedRun as error:
        st.session_state[f"{DAMAGED} {path} {_stamp(path)}"] = str(error)
        return None


def damage_of(path: Path) -> str:
    """What `whole` found wrong with the file as it is now, as a sentence; "" where nothing."""
    return str(st.session_state.get(f"{DAMAGED} {path} {_stamp(path)}", ""))


def split(summary: RunSummary, graph: GeneGraph) -> PairSplit:
    """Which pairs a run learnt from, and which were held out."""
    return _split(summary.run_id, _stamp(Path(summary.folder) / "manifest.json"), graph.fingerprint, graph)


def tested_screens(run: Run) -> np.ndarray:
    """Text, for each row of a run's predictions: the screen that tested the pair, "" where none did."""
    return _tested_screens(run.run_id, run_stamp(run.run_id), run)


def run_stamp(run_id: str) -> int:
    """What changes when a run is removed and trained again under its name; 0 for a run that is not stored.

    What a page keeps of a run is kept under its name and this.
    """
    try:
        return _stamp(store().folder(run_id) / "manifest.json")
    except RunNotFound:
        return 0


def stamps(*runs: Run) -> tuple[tuple[str, int], ...]:
    """The names and stamps of runs, in their order: what something that is kept of all of them is kept under."""
    return tuple((run.run_id, run_stamp(run.run_id)) for run in runs)


def attention_index(graph: GeneGraph, run: Run) -> AttentionIndex:
    """The edges of a run sorted by gene."""
    return _attention_index(run.run_id, run_stamp(run.run_id), graph.fingerprint, graph, run)


def ablation(summary: RunSummary, gene: int | None = None) -> EdgeAblation | None:
    """An edge ablation of a finished run, of one gene or of a sample; None when it has not been made."""
    return ablation_of(summary.run_id, gene)


def ablation_of(run_id: str, gene: int | None = None) -> EdgeAblation | None:
    """The same by the run's name."""
    path = store().artifacts(run_id).ablation_artifact(gene).path
    return whole(path, lambda: _ablation(run_id, gene, str(path), _stamp(path)))


def explanation(run_id: str, pair: tuple[int, int]) -> PairExplanation | None:
    """Why a finished run scores a pair as it does; None when it has not been made."""
    path = store().artifacts(run_id).explanation_artifact(pair).path
    return whole(path, lambda: _explanation(run_id, (min(pair), max(pair)), str(path), _stamp(path)))


def faithfulness_of(run_id: str) -> PairFaithfulness | None:
    """Whether the attention of a finished run holds over many pairs; None when it has not been measured."""
    path = store().artifacts(run_id).faithfulness_artifact().path
    return whole(path, lambda: _faithfulness(run_id, str(path), _stamp(path)))


def faithfulness_stamp(run_id: str) -> int:
    """When the faithfulness of a run was measured; 0 where it was not."""
    return _stamp(store().artifacts(run_id).faithfulness_artifact().path)


def noise(run_id: str, kind: str) -> EmbeddedNoise | None:
    """Noise that was put through the network of a run; None when it has not been made."""
    path = store().artifacts(run_id).noise_artifact(kind).path
    return whole(path, lambda: _noise(run_id, kind, _stamp(path)))


def noise_stamp(run_id: str, kind: str) -> int:
    """When noise was put through the network of a run; 0 where it was not."""
    return _stamp(store().artifacts(run_id).noise_artifact(kind).path)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _stamp_of_folder(source: str) -> tuple[int, ...]:
    paths = {entry.source: Path(entry.path) for entry in known_datasets()}
    folder = paths.get(source, Path(source))
    try:
        return tuple(_stamp(path) for path in sorted(folder.glob("*"))) if folder.is_dir() else ()
    except (OSError, ValueError):  # a name too long for the file system, or no name at all; opening it says so
        return ()


@st.cache_resource(max_entries=4, show_spinner="Reading the data set …")
def _dataset(source: str, stamp: tuple[int, ...]) -> tuple[GeneGraph, Report]:
    return open_with_report(source)


@st.cache_resource(max_entries=4, show_spinner="Indexing the genes …")
def _index(fingerprint: str, _graph: GeneGraph) -> GeneIndex:
    return GeneIndex.of(_graph)


@st.cache_resource(max_entries=8, show_spinner="Opening the run …")
def _run(folder: str, run_id: str, stamp: int) -> Run:
    return store().open(run_id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _parameter_counts(run_id: str, stamp: int) -> dict[str, int]:
    return counts_by_part(store().open_weights(run_id))


@st.cache_resource(max_entries=16, show_spinner=False)
def _comparison(
    run_id: str, other_id: str, count: int, mark: str, genes: int, stamp: int
) -> EmbeddingSimilarity | None:
    return store().artifacts(run_id).open_comparison(other_id, count, mark, genes=genes)


@st.cache_data(max_entries=64, show_spinner=False)
def _mark(stamps: tuple[tuple[str, int], ...], genes: int, _run: Run, _other: Run, _shared: SharedGenes) -> str:
    return _shared.mark((_run, _other))


@st.cache_resource(max_entries=32, show_spinner=False)
def _training_record(run_id: str, stamp: int) -> TrainingRecord | None:
    return store().open_record(run_id)


@st.cache_resource(max_entries=24, show_spinner="Opening the map …")
def _projection(
    run_id: str, path: str, stamp: int, _method: ProjectionMethod, _seed: int, _of: str
) -> Projection | None:
    return store().artifacts(run_id).open_map(_method, _seed, of=_of)


@st.cache_resource(max_entries=16, show_spinner=False)
def _map_quality(run_id: str, path: str, stamp: int, _method: ProjectionMethod, _seed: int) -> MapQuality | None:
    return store().artifacts(run_id).open_map_quality(_method, _seed)


@st.cache_resource(max_entries=8, show_spinner="Opening the control …")
def _control(run_id: str, kind: str, path: str, stamp: int) -> Control | None:
    return store().artifacts(run_id).open_control(kind)


@st.cache_resource(max_entries=8, show_spinner="Opening the pairs …")
def _split(run_id: str, stamp: int, fingerprint: str, _graph: GeneGraph) -> PairSplit:
    return PairSplit.from_frame(store().open_split(run_id), _graph.genes)


@st.cache_resource(max_entries=8, show_spinner=False)
def _tested_screens(run_id: str, stamp: int, _run: Run) -> np.ndarray:
    return screens_of(_run.predictions, store().open_split(run_id))


@st.cache_resource(max_entries=8, show_spinner="Sorting attention by gene …")
def _attention_index(run_id: str, stamp: int, fingerprint: str, _graph: GeneGraph, _run: Run) -> AttentionIndex:
    return AttentionIndex.build(_graph, _run)


@st.cache_resource(max_entries=32, show_spinner=False)
def _explanation(run_id: str, pair: tuple[int, int], path: str, stamp: int) -> PairExplanation | None:
    return store().artifacts(run_id).open_explanation(pair)


@st.cache_resource(max_entries=32, show_spinner=False)
def _faithfulness(run_id: str, path: str, stamp: int) -> PairFaithfulness | None:
    return store().artifacts(run_id).open_faithfulness()


@st.cache_resource(max_entries=8, show_spinner=False)
def _noise(run_id: str, kind: str, stamp: int) -> EmbeddedNoise | None:
    return store().artifacts(run_id).open_noise(kind)


@st.cache_resource(max_entries=32)
def _ablation(run_id: str, gene: int | None, path: str, stamp: int) -> EdgeAblation | None:
    return store().artifacts(run_id).open_ablation(gene)
