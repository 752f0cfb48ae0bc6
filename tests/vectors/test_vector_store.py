"""Vector sets and their maps lie on disk as they were, and the command line serves them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from slviz.cli import main
from slviz.errors import DamagedRun, RunError, RunNotFound
from slviz.projections import PCA
from slviz.projections.neighbours import neighbourhood_preservation
from slviz.runs.folder import holding
from slviz.vectors import Given, VectorSet, VectorStore, make_map, mapping, nearest_to, reference


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VectorStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    return VectorStore.default()


@pytest.fixture(scope="module")
def iris() -> VectorSet:
    made = reference("iris")
    return VectorSet(
        name="iris & maps",
        names=made.names,
        vectors=made.vectors,
        columns=made.columns.assign(even=np.arange(150) % 2 == 0),
        maps={"X/odd": made.vectors[:, :2]} | dict.fromkeys("cba", made.vectors[:, :2]),
        images=np.arange(150 * 6, dtype=np.uint32).astype(np.uint8).reshape(150, 2, 3),
        origin="a test",
    )


def test_a_set_comes_back_whole(store: VectorStore, iris: VectorSet) -> None:
    id = store.keep(iris)
    assert store.keep(iris) == id == iris.id
    back = store.open(id)
    assert (back.names, back.origin, back.fingerprint) == (iris.names, iris.origin, iris.fingerprint)
    assert back.columns.equals(iris.columns)
    assert back.images is not None
    assert np.array_equal(back.images, iris.images)  # pyright: ignore
    assert list(back.maps) == ["X/odd", "a", "b", "c"], "in one order: a file gives them in another each time"
    assert np.array_equal(back.maps["X/odd"], iris.maps["X/odd"])
    [summary] = store.summaries()
    assert (summary.id, summary.points, summary.width) == (id, 150, 4)


@pytest.mark.parametrize("name", ["vectors.safetensors", "points.parquet"])
def test_damage_is_said(name: str, store: VectorStore, iris: VectorSet) -> None:
    folder = store.folder(store.keep(iris))
    content = bytearray((folder / name).read_bytes())
    content[-20] ^= 1
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(DamagedRun, match="missing, cut or altered"):
        store.open(iris.id)
    (folder / name).unlink()
    with pytest.raises(DamagedRun, match="missing, cut or altered"):
        store.open(iris.id)


@pytest.mark.parametrize("id", ["nope-00000000", "../../etc", "x" * 300, ""])
def test_an_unknown_or_foreign_name_is_refused(id: str, store: VectorStore, iris: VectorSet) -> None:
    store.keep(iris)
    with pytest.raises(RunNotFound, match="No vectors are called"):
        store.folder(id)


def test_maps_are_kept_and_told_apart(store: VectorStore, iris: VectorSet) -> None:
    id = store.keep(iris)
    assert store.artifacts(id).map_artifact(PCA(), 0).state == "none"
    made = store.artifacts(id).make_map(PCA(), 0)
    assert np.array_equal(made.coordinates, PCA().fit(iris.vectors, 0).coordinates)
    again = store.artifacts(id).open_map(PCA(), 0)
    assert again is not None
    assert np.array_equal(again.kept, made.kept)
    given = store.artifacts(id).make_map(Given(map="X/odd"), 0)
    assert np.array_equal(given.coordinates, iris.maps["X/odd"])
    assert np.array_equal(given.kept, neighbourhood_preservation(iris.vectors, iris.maps["X/odd"], count=15))
    assert [method for method, _ in store.artifacts(id).maps()] == [PCA()]


def test_a_set_is_not_removed_while_a_map_is_made(store: VectorStore, iris: VectorSet) -> None:
    id = store.keep(iris)
    store.artifacts(id).make_map(PCA(), 0)
    lock = store.folder(id) / "projections" / ".tsne-1.lock"
    with contextlib.ExitStack() as held:
        held.enter_context(holding(lock, busy="busy"))
        with pytest.raises(RunError, match="being made"):
            store.remove(id)
    store.remove(id)
    assert not store.summaries()


def test_nearest_points_are_those_that_scikit_learn_finds() -> None:
    drawn = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    for metric, vectors in (("euclidean", drawn + 100), ("cosine", drawn)):  # far from the origin is harder
        distance, number = NearestNeighbors(n_neighbors=6, metric=metric, algorithm="brute").fit(vectors).kneighbors()
        found, away = nearest_to(vectors, np.arange(300), count=6, cosine=metric == "cosine")
        assert (found == number).mean() > 0.999
        assert np.allclose(away, distance, rtol=1e-3, atol=1e-6)


def test_a_large_set_is_measured_on_a_sample(iris: VectorSet, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PCA().fit(iris.vectors, 0)
    monkeypatch.setattr(mapping, "EXACT_UP_TO", 100)
    monkeypatch.setattr(mapping, "SAMPLE", 30)
    sampled = make_map(iris, PCA(), 0)
    assert np.allclose(sampled.coordinates, whole.coordinates, atol=1e-5)
    assert sampled.axes == whole.axes
    known = np.isfinite(sampled.kept)
    assert np.flatnonzero(known).tolist() == list(range(0, 150, 5))
    assert np.abs(sampled.kept[known] - whole.kept[known]).max() < 0.1  # iris has equal rows, whose order is chance


def test_the_command_line_goes_the_whole_way(store: VectorStore, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["vectors"]) == 0
    assert "No vectors were brought in yet" in capsys.readouterr().out
    table = tmp_path / "drugs.csv"
    table.write_text("drug,a,b,c,dose\n" + "".join(f"d{n},{n},{n * n},{-n},{n % 3}\n" for n in range(12)))
    assert main(["vectors", "add", str(table), "--labels", "dose", "--name", "Drugs"]) == 0
    [summary] = store.summaries()
    assert (summary.name, summary.points, summary.width) == ("Drugs", 12, 3)
    assert f"embedding?vectors={summary.id}" in capsys.readouterr().out
    assert main(["vectors", "project", summary.id, "--method", "pca"]) == 0
    assert store.artifacts(summary.id).map_artifact(PCA(), 0).state == "finished"
    assert main(["vectors", "export", summary.id, "--out", str(tmp_path / "drugs.h5ad")]) == 0
    with h5py.File(tmp_path / "drugs.h5ad") as root:
        assert set(root["obsm"]) == {"X_embedding", "X_pca"}
    assert main(["vectors", "project", summary.id, "--given", "umap"]) == 1
    assert "No map called 'umap' came with" in capsys.readouterr().err
    assert main(["vectors", "remove", summary.id]) == 0
    table.write_text("# SYNTHETIC DATA, by slviz\n" + table.read_text())
    assert main(["vectors", "add", str(table), "--name", "Made up"]) == 0
    capsys.readouterr()
    assert main(["vectors"]) == 0
    assert "Made up  (synthetic)" in capsys.readouterr().out
    [made_up] = store.summaries()
    assert main(["vectors", "remove", made_up.id]) == 0
    assert main(["vectors", "add", "iris"]) == 0
    assert [each.name for each in store.summaries()] == ["iris"]


def test_a_reference_set_that_is_not_opened_yet_is_no_file_to_bring_in(tmp_path: Path) -> None:
    with pytest.raises(RunNotFound, match=r"'iris' comes with slviz.*Vectors page") as raised:
        VectorStore(tmp_path).open("iris")
    assert "Bring the file" not in str(raised.value)
