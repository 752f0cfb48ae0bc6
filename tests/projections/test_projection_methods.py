"""Every projection keeps its promises; PCA agrees with scikit-learn; bad vectors get a sentence."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from sklearn.decomposition import PCA as ReferencePCA
from sklearn.manifold import trustworthiness

from slviz.errors import DataError, InvalidSetting
from slviz.projections import PROJECTIONS, Projection
from slviz.projections.neighbours import neighbourhood_preservation
from slviz.projections.pacmap import scaled_neighbours
from slviz.projections.pca import explained_variance
from slviz.projections.tsne import threads

METHODS = [
    PROJECTIONS.make("pca"),
    PROJECTIONS.make("tsne", iterations=100),
    PROJECTIONS.make("umap"),
    PROJECTIONS.make("pacmap"),
    PROJECTIONS.make("ica"),
    PROJECTIONS.make("lda"),
    PROJECTIONS.make("columns"),
]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Four separate clouds of 30 genes in ten dimensions."""
    random = np.random.default_rng(5)
    middles = random.normal(scale=8, size=(4, 10))
    return (np.repeat(middles, 30, axis=0) + random.normal(size=(120, 10))).astype(np.float32)


LABELS = np.where(np.arange(120) % 5 == 0, -1, np.arange(120) // 30)
"""The cloud of each gene; of every fifth one it is not to be seen."""


@pytest.fixture(scope="module")
def maps(vectors: np.ndarray) -> dict[str, Projection]:
    return {method.name: method.fit(vectors, 3, labels=LABELS) for method in METHODS}


def test_every_entry_is_tested() -> None:
    assert [method.name for method in METHODS] == list(PROJECTIONS)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_map_has_the_right_shape(method, maps: dict[str, Projection]) -> None:
    found = maps[method.name]
    assert found.coordinates.shape == (120, 2)
    assert found.coordinates.dtype == np.float32
    assert np.isfinite(found.coordinates).all()
    if not method.as_it_is:
        assert np.abs(found.coordinates.mean(axis=0)).max() < 1e-3
        assert ((found.coordinates.astype(float) ** 3).sum(axis=0) >= 0).all()
    assert len(found.axes) == 2
    assert found.axes[0].startswith(method.title.removesuffix("s"))  # an axis of "Columns" is a column
    assert found.kept.dtype == np.float32
    assert ((found.kept >= 0) & (found.kept <= 1)).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_same_seed_gives_the_same_map_bit_by_bit(method, vectors, maps: dict[str, Projection]) -> None:
    assert np.array_equal(method.fit(vectors, 3, labels=LABELS).coordinates, maps[method.name].coordinates)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_settings_go_to_json_and_back(method) -> None:
    assert PROJECTIONS.from_json(method.to_json()) == method


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_map_shows_what_lies_together(method, vectors, maps: dict[str, Projection]) -> None:
    found = maps[method.name]
    shuffled = found.coordinates[np.random.default_rng(0).permutation(120)]
    assert trustworthiness(vectors, found.coordinates, n_neighbors=15) > 0.9
    assert trustworthiness(vectors, shuffled, n_neighbors=15) < 0.7
    assert found.kept.mean() > neighbourhood_preservation(vectors, shuffled, count=15).mean() + 0.3


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_three_dimensions(method, vectors) -> None:
    found = method.replace(dimensions=3).fit(vectors, 0, labels=LABELS)
    assert found.coordinates.shape == (120, 3)
    assert len(found.axes) == 3
    assert "3 dimensions" in found.caption


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("genes", [3, 5, 16])
def test_few_genes_still_make_a_map(method, genes: int) -> None:
    few = np.random.default_rng(1).normal(size=(genes, 4)).astype(np.float32)
    if genes == 3 and method.needs_labels:
        with pytest.raises(DataError, match="here 3 genes have 3 classes"):
            method.fit(few, 0, labels=np.arange(3))
        return
    found = method.fit(few, 0, labels=np.arange(genes) % 3)
    assert np.isfinite(found.coordinates).all()
    if genes == 5 and method.name == "tsne":
        assert "lowered from 30: 5 genes allow no more" in found.caption
    if genes == 5 and method.name == "pacmap":
        assert "5 genes are too few for PaCMAP; drawn as PCA" in found.caption
    if genes == 16 and method.name == "pacmap":
        assert "lowered from 10: there are 16 genes" in found.caption
    if genes == 5 and method.name == "umap":
        assert "lowered from 15: there are 5 genes" in found.caption


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_equal_genes_do_not_break_a_map(method) -> None:
    random = np.random.default_rng(2)
    duplicates = np.repeat(random.normal(size=(10, 6)), 6, axis=0).astype(np.float32)
    assert np.isfinite(method.fit(duplicates, 0, labels=np.arange(60) // 15).coordinates).all()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (np.full((30, 4), np.nan), "30 of 30 genes have a vector that is not finite"),
        (np.r_[np.ones((4, 3)), [[1, np.inf, 0]]], "first in row 4"),
        (np.eye(2), "at least 3 genes; this embedding has 2"),
        (np.ones((30, 4)), "All genes have the same vector"),
        (np.arange(30.0)[:, None], "at least 2 columns; this one has 1"),
        (np.arange(30.0), "shape (30,)"),
        (np.empty((0, 4)), "at least 3 genes; this embedding has 0"),
    ],
    ids=["nan", "inf", "two genes", "all equal", "one column", "flat", "empty"],
)
def test_bad_vectors_get_a_sentence(method, broken: np.ndarray, words: str) -> None:
    if method.as_it_is and "the same vector" in words:
        return  # that is drawn as one point, see test_columns.py
    with pytest.raises(DataError) as caught:
        method.fit(broken, 0, labels=np.arange(len(broken)) % 3)
    assert words in str(caught.value)


def test_only_two_or_three_dimensions() -> None:
    with pytest.raises(InvalidSetting, match="dimensions=4"):
        PROJECTIONS.make("pca", dimensions=4)


def test_pca_agrees_with_scikit_learn(vectors, maps: dict[str, Projection]) -> None:
    reference = ReferencePCA(2).fit(vectors)
    expected = reference.transform(vectors)
    found = maps["pca"].coordinates
    signs = np.sign((found * expected).sum(axis=0))
    assert np.allclose(found, expected * signs, atol=1e-3)
    share = reference.explained_variance_ratio_
    assert maps["pca"].axes == tuple(f"PCA {axis + 1} ({100 * share[axis]:.1f} % of variance)" for axis in (0, 1))


def test_kept_agrees_with_a_loop(vectors, maps: dict[str, Projection]) -> None:
    place = maps["pca"].coordinates
    for gene in (0, 50, 119):
        near = [np.argsort(np.linalg.norm(space - space[gene], axis=1))[1:16] for space in (vectors, place)]
        assert maps["pca"].kept[gene] == pytest.approx(len(set(near[0]) & set(near[1])) / 15)


@pytest.mark.parametrize("method", [method for method in METHODS if not method.at_once], ids=lambda method: method.name)
def test_progress_rises_to_the_end_and_may_stop_the_work(method, vectors) -> None:
    told: list[tuple[float, str]] = []
    method.fit(vectors, 0, labels=LABELS, on_progress=lambda share, doing: told.append((share, doing)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert len(told) > 3
    assert shares[0] == 0.0
    assert shares[-1] == pytest.approx(1.0)
    assert any(doing.startswith("step ") for _, doing in told)

    def stop(share: float, doing: str) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        method.fit(vectors, 0, labels=LABELS, on_progress=stop)
    later = threading.Thread(
        target=method.fit, args=(vectors, 0), kwargs={"labels": LABELS}, daemon=True
    )  # stopped work leaves no lock behind
    later.start()
    later.join(120)
    assert not later.is_alive()


def test_neighbours_of_pacmap_are_exact_and_scaled(vectors) -> None:
    links = scaled_neighbours(vectors, count=5).reshape(len(vectors), 5, 2)
    distance = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    scale = np.sort(distance, axis=1)[:, 4:7].mean(axis=1)  # the first of a row is the gene itself
    scaled = distance**2 / np.outer(scale, scale)
    for gene in (0, 44, 119):
        near = np.argsort(distance[gene])[1:56]
        best = near[np.argsort(scaled[gene, near])][:5]
        assert set(links[gene, :, 1]) == set(best)
        assert (links[gene, :, 0] == gene).all()


def test_explained_variance_agrees_with_scikit_learn(vectors) -> None:
    expected = ReferencePCA().fit(vectors).explained_variance_ratio_
    assert np.allclose(explained_variance(vectors), expected, atol=1e-5)
    assert explained_variance(vectors[:4]).shape == (3,)


def test_caption_says_method_seed_and_how_to_read(maps: dict[str, Projection]) -> None:
    caption = maps["tsne"].caption
    assert "t-SNE, perplexity 30" in caption
    assert "seed 3" in caption
    assert "mean little" in caption


def test_tsne_is_the_same_on_any_number_of_threads(vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.projections.tsne.ONE_THREAD_UP_TO", 0)
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr("slviz.projections.tsne.threads", lambda count=count: count)
        found.append(METHODS[1].fit(vectors, 0).coordinates)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_tsne_uses_no_more_threads_than_it_may_and_one_for_few_genes(vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    from openTSNE import TSNEEmbedding

    used = []
    made = TSNEEmbedding.__new__
    monkeypatch.setattr(
        TSNEEmbedding, "__new__", lambda cls, *of, **named: (used.append(named["n_jobs"]), made(cls, *of, **named))[1]
    )
    monkeypatch.setattr("slviz.projections.tsne.usable_cores", lambda: 4)
    method = PROJECTIONS.make("tsne", iterations=50)
    method.fit(vectors[:20], 0)
    monkeypatch.setattr("slviz.projections.tsne.ONE_THREAD_UP_TO", 10)
    method.fit(vectors[:20], 0)
    monkeypatch.undo()
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert (used, threads()) == ([1, 2], 1)


@pytest.mark.slow
def test_many_genes_use_the_fast_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.projections.tsne.BARNES_HUT_UP_TO", 100)
    random = np.random.default_rng(5)
    clouds = np.repeat(random.normal(scale=9, size=(4, 10)), 60, axis=0) + random.normal(size=(240, 10))
    found = PROJECTIONS.make("tsne", iterations=250).fit(clouds.astype(np.float32), 0)
    assert trustworthiness(clouds, found.coordinates, n_neighbors=15) > 0.9
