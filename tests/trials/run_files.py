"""The files of a run folder, damaged one at a time, and everything that slviz reads of a run afterwards.

Three states: of a *finished* run the manifest notices; of a *foreign* one the manifest was checksummed again around the
altered file, as another program or a later version would; of an *unfinished* one nothing is checksummed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from builders import a_record, tiny_graph, tiny_run
from ranking_cases import a_survey
from run_folders import a_map, finish
from safetensors.numpy import load
from trials import seeds as sound
from trials.endings import Harm
from trials.mutate_arrays import split_safetensors

from slviz.errors import SlvizError
from slviz.evaluation.removal import removal_curves
from slviz.projections import PCA
from slviz.projections.embedding_similarity import EmbeddingSimilarity, embedding_similarity
from slviz.projections.map_quality import MapQuality
from slviz.runs import Run
from slviz.runs.artifacts.controls import Control
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.artifacts.explanations import PairExplanation, blocks_frame
from slviz.runs.artifacts.maps import map_path, map_quality_path, save_map, save_map_quality
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.files import sha256, to_json
from slviz.runs.manifest import MANIFEST
from slviz.runs.store import RunStore
from slviz.runs.worker import StoredCheckpoint
from slviz.vectors import VectorStore

DAMAGED_SEED, NEIGHBOUR_SEED = 0, 1
METHOD = PCA(dimensions=2)


@contextlib.contextmanager
def environment(**values: str) -> Iterator[None]:
    """Variables of the environment for as long as the block runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def models_in(root: Path) -> contextlib.AbstractContextManager[None]:
    """The models folder that commands write to and read from."""
    return environment(SLVIZ_MODELS=str(root))


@functools.cache
def a_run(seed: int = 0) -> Run:
    """A run on the tiny graph with every part that a run can have."""
    run = tiny_run(tiny_graph(seed=seed), seed=seed)
    decoder = {"weight": np.eye(6, dtype=np.float32)}
    weights = {"layer.weight": np.ones((3, 2), np.float32)}
    return dataclasses.replace(run, decoder=decoder, weights=weights, record=a_record())


def a_finished_run(root: Path) -> Run:
    """A finished run on the demo, whose decoder scores every pair alike, in a models folder."""
    graph, _ = sound.demo_and_index()
    run = tiny_run(graph)
    width = run.embedding.shape[1]
    shapes = {
        "bilinear": (width, width),
        "linear": (width,),
        **dict.fromkeys(("sum", "product", "difference"), (2, width)),
        "hidden_bias": (2,),
        "readout": (2,),
        "bias": (1,),
        "bounds": (0,),
    }
    decoder = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    made = dataclasses.replace(run, decoder=decoder)
    finish(RunStore(root), made)
    return made


def _fill(root: Path, *, finished: bool) -> Path:
    """A models folder with a run that is to be damaged and a finished neighbour; the folder of the first."""
    store = RunStore(root)
    run = a_run(DAMAGED_SEED)
    finish(store, a_run(NEIGHBOUR_SEED))
    if not finished:
        with contextlib.suppress(ZeroDivisionError), store.writing(run.spec) as writer:
            writer.begin(run.predictions)
            for row in run.history.to_dict("records"):
                writer.record(row)
            arrays = {"layer.weight": np.ones((3, 2), np.float32)}
            writer.save_checkpoint(StoredCheckpoint(3, arrays, run.history.head(3)))
            writer.note_device("cpu")
            raise ZeroDivisionError("a trial")
        return store.folder(run.run_id)
    folder = finish(store, run)
    genes = len(run.genes)
    projection = a_map(run)
    save_map(folder, projection)
    level = np.linspace(0, 1, genes, dtype=np.float32)
    save_map_quality(
        folder, projection, MapQuality(trustworthiness=level, continuity=level, recall=level, neighbours=15)
    )
    store.artifacts(run.run_id).save_control(Control("untrained", run.embedding.copy(), run.metrics))
    tested = EdgeAblation(
        genes=np.arange(3),
        edges=np.full(3, 9),
        removed=np.full(3, 3),
        score=np.full(3, 0.5, np.float32),
        fall_top=np.full(3, 0.2, np.float32),
        fall_random=np.full((3, 4), 0.1, np.float32),
    )
    artifacts = store.artifacts(run.run_id)
    artifacts.save_ablation(tested)
    change = {"attention": np.full(2, 0.2), "gradient": np.full(2, 0.3)}
    artifacts.save_faithfulness(
        PairFaithfulness(np.array([[0, 1], [2, 3]]), np.array([4, 5]), change, np.full((2, 4), 0.1))
    )
    artifacts.save_explanation(an_explanation())
    artifacts.save_survey(a_survey(genes))
    vectors, nothing = run.embedding, np.empty(0, dtype=np.float32)
    noise = EmbeddedNoise(vectors[:5], vectors[5:10], vectors, *[nothing] * 3, np.empty((0, 2), dtype=np.float32))
    artifacts.save_noise("permuted", noise)
    artifacts.save_comparison("gat-both-link-00000000", 3, "0", similarity=a_comparison(run))
    return folder


def a_comparison(run: Run) -> EmbeddingSimilarity:
    """How alike the embedding of a run is to itself upside down."""
    return embedding_similarity(run.embedding, run.embedding[::-1], count=3)


def an_explanation() -> PairExplanation:
    """Why the first two genes of a run are scored as they are."""
    edges = np.array([[2, 3, 4], [0, 0, 1]])
    values = {"attention": np.array([0.5, 0.2, 0.3], np.float32), "gradient": np.array([0.1, 0.4, -0.2], np.float32)}
    return PairExplanation(
        pair=(0, 1),
        edges=edges,
        attention=np.full((1, 1, 3), 0.3, np.float32),
        values=values,
        randomised={"attention": np.array([0.4, 0.3, 0.3], np.float32)},
        curves=removal_curves(lambda kept: float(kept.sum()), values, target=edges[1], draws=2),
        blocks=blocks_frame(("feature ppi",), (0.5,), (0.1,)),
        views=("partners",),
        view_weight=np.ones((1, 2, 1), np.float32),
        view_edges=np.array([[2], [0]]),
        view_of_edge=np.array([0]),
        view_share=np.ones(1, np.float32),
    )


def file_in(folder: Path, name: str) -> Path:
    """Where a file of the table of ways lies; MAP and TRUST stand for names that follow from settings."""
    if name == ".sources":
        return folder.parent / ".sources" / a_run(DAMAGED_SEED).spec.data_fingerprint
    if "MAP" in name or "TRUST" in name:
        path = map_path(folder, METHOD, 0) if "MAP" in name else map_quality_path(folder, METHOD, 0)
        if name.endswith(".error.json"):
            return path.with_name(f"{path.stem}.error.json")
        return path.with_name(f".{path.stem}.progress") if name.endswith(".progress") else path
    return folder / name


WRITTEN_HERE = {
    "projections/MAP.error.json": b'{"error": "ValueError", "message": "A trial failed."}\n',
    "projections/MAP.progress": b'{"share": 0.5, "doing": "placing genes"}\n',
    ".sources": b"/nowhere/at/all\n",
}


def seeds(name: str, *, state: str) -> Sequence[bytes]:
    """The sound content of that file."""
    if name in WRITTEN_HERE:
        return [WRITTEN_HERE[name]]
    with tempfile.TemporaryDirectory() as place:
        folder = _fill(Path(place), finished=state != "unfinished")
        return [file_in(folder, name).read_bytes()]


def reader(place: Path, *, name: str, state: str) -> Callable[[bytes], list[str]]:
    """Puts a content in the file's place, looks at everything, and puts the sound one back."""
    store = RunStore(place / "models")
    folder = _fill(store.root, finished=state != "unfinished")
    path = file_in(folder, name)
    path.parent.mkdir(exist_ok=True)
    sound_bytes = path.read_bytes() if path.is_file() else b""
    manifest = (folder / MANIFEST).read_bytes() if state != "unfinished" else b""

    def read(content: bytes) -> list[str]:
        try:
            path.write_bytes(content)
            if state == "foreign":
                seal_again(folder, name, content)
            return look(store, folder.name)
        finally:
            path.write_bytes(sound_bytes)
            if manifest:
                (folder / MANIFEST).write_bytes(manifest)

    return read


def seal_again(folder: Path, name: str, content: bytes) -> None:
    """Make the manifest list the file as it is now; of a manifest itself, make its own checksum right."""
    path = folder / MANIFEST
    try:
        stored = json.loads(content if name == MANIFEST else path.read_bytes())
        stored.pop("sha256", None)
        if name != MANIFEST:
            stored["files"][name] = {"sha256": sha256(content), "bytes": len(content)}
        whole = {"format": stored.pop("format", 1), **stored}
        path.write_bytes(to_json({**whole, "sha256": sha256(to_json(whole))}))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return  # it is no manifest that anybody could checksum


def look(store: RunStore, run_id: str) -> list[str]:
    """Everything that the pages and the command line ask of a run; the sentences that they are answered with."""
    from slviz.results import collect, tables

    sentences: list[str] = []
    summaries = store.summaries()
    neighbour = a_run(NEIGHBOUR_SEED).run_id
    if {each.run_id: each.state for each in summaries}.get(neighbour) != "finished":
        raise Harm("another run does not show as finished any more")
    damaged = next((each for each in summaries if each.run_id == run_id), None)
    if damaged is None:
        raise Harm("the damaged run is not listed")
    if damaged.problem:
        sentences.append(damaged.problem)
    for work in (
        lambda: tables(collect(store, summaries)) if damaged.state == "finished" else None,
        lambda: _use(store.open(run_id)),
        lambda: sentences.extend(store.check(run_id)),
        lambda: store.progress(run_id).to_dict("records"),
        lambda: store.open_weights(run_id),
        lambda: store.open_record(run_id),
        lambda: store.open_split(run_id),
        lambda: store.artifacts(run_id).maps(),
        lambda: store.artifacts(run_id).open_map(METHOD, 0),
        lambda: store.artifacts(run_id).map_artifact(METHOD, 0).progress,
        lambda: sentences.extend(filter(None, [store.artifacts(run_id).map_artifact(METHOD, 0).failure])),
        lambda: store.artifacts(run_id).open_map_quality(METHOD, 0),
        lambda: store.artifacts(run_id).open_control("untrained"),
        lambda: store.artifacts(run_id).open_ablation(),
        lambda: store.artifacts(run_id).open_faithfulness(),
        lambda: store.artifacts(run_id).open_explanation((0, 1)),
        lambda: store.artifacts(run_id).open_survey(),
        lambda: store.artifacts(run_id).open_comparison("gat-both-link-00000000", 3, "0", genes=40),
        lambda: store.artifacts(run_id).open_noise("permuted"),
        lambda: store.device_asked(run_id),
        lambda: sentences.extend(filter(None, [store.failure(run_id)])),
        lambda: store.log(run_id),
        lambda: store.can_resume(run_id),
        lambda: _resume(store, run_id),
    ):
        try:
            work()
        except SlvizError as error:
            sentences.append(str(error))
    return sentences


def _use(run: Run) -> None:
    """What every page does with a run that opened."""
    run.metric("auc", negative_kind="random")
    run.baselines  # noqa: B018
    if run.attention is not None:
        run.attention.averaged()


def _resume(store: RunStore, run_id: str) -> None:
    """What a worker reads when it goes on with a run."""
    if store.can_resume(run_id):
        from slviz.runs.worker import RunWriter

        writer = RunWriter(store.folder(run_id), a_run(DAMAGED_SEED).spec)
        writer.stored_split()
        writer.stored_checkpoint()
        writer._epochs_up_to(2)


# --- kept vectors ----------------------------------------------------------------------------------------


def _kept(root: Path) -> tuple[VectorStore, str]:
    store = VectorStore(root)
    return store, store.keep(sound.a_vector_set())


def _kept_file(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        store, id = _kept(Path(place))
        return (store.folder(id) / name).read_bytes()


def kept_vector_seeds() -> Sequence[bytes]:
    """The checksummed file of a kept set of vectors."""
    return [_kept_file("vectors.safetensors")]


def kept_point_seeds() -> Sequence[bytes]:
    """The table of points of a kept set."""
    return [_kept_file("points.parquet")]


def _kept_reader(place: Path, name: str) -> Callable[[bytes], list[str]]:
    store, id = _kept(place / "vectors")
    other = store.keep(_named_otherwise())
    path, beside = store.folder(id) / name, store.folder(id) / "vectors.safetensors"
    sound_bytes, sound_beside = path.read_bytes(), beside.read_bytes()

    def read(content: bytes) -> list[str]:
        path.write_bytes(content)
        try:
            if name == "points.parquet":
                _seal_points(beside, sound_beside, content)
            if other not in {each.id for each in store.summaries()}:
                raise Harm("another set of vectors is not listed any more")
            sentences = []
            for work in (
                lambda: store.open(id),
                lambda: store.artifacts(id).maps(),
                lambda: store.keep(sound.a_vector_set()),
            ):
                try:
                    work()
                except SlvizError as error:
                    sentences.append(str(error))
            return sentences
        finally:
            path.write_bytes(sound_bytes)
            beside.write_bytes(sound_beside)

    return read


def _named_otherwise() -> Any:
    made = sound.a_vector_set()
    return dataclasses.replace(made, name="other", vectors=made.vectors + 1)


def _seal_points(path: Path, content: bytes, points: bytes) -> None:
    """The checksummed file of the set says the SHA-256 of the altered table."""
    from slviz.runs.files import pack_checksummed

    header, _ = split_safetensors(content)
    about = json.loads(header["__metadata__"]["about"])
    path.write_bytes(pack_checksummed(load(content), about | {"points_sha256": sha256(points)}))


def kept_vectors(place: Path) -> Callable[[bytes], list[str]]:
    """The checksummed file of a kept set, damaged or checksummed again around other arrays."""
    return _kept_reader(place, "vectors.safetensors")


def kept_points(place: Path) -> Callable[[bytes], list[str]]:
    """The table of points of a kept set, checksummed again."""
    return _kept_reader(place, "points.parquet")


def forget(place: Path) -> None:
    """Remove what a reader wrote."""
    shutil.rmtree(place, ignore_errors=True)
