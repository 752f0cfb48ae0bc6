"""`ppi` and `go`: equal to a plain dense decomposition, the same every time, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from builders import tiny_graph

from slviz.datasets import spectral
from slviz.datasets.folder import read_folder
from slviz.datasets.spectral import feature_text, go_features, ppi_features
from slviz.errors import DataError
from slviz.features.build import build_features, write_feature


def dense_ppi(interactions: np.ndarray, genes: int, width: int) -> np.ndarray:
    """The formula, gene by gene, over the genes that have interactions."""
    matrix = np.zeros((genes, genes))
    for a, b in interactions.T:
        matrix[a, b] = matrix[b, a] = 1
    has = np.zeros(genes, dtype=bool)
    for group in nx.connected_components(nx.Graph(interactions.T.tolist())):
        has[list(group)] = len(group) >= 10
    matrix[~has] = matrix[:, ~has] = 0
    matrix[np.diag_indices(genes)] = has
    degree = np.where(has, matrix.sum(axis=1), 1)
    left, _, _ = np.linalg.svd(matrix / np.sqrt(np.outer(degree, degree)))
    left = left[:, :width]
    left[~has] = 0
    return left / np.where(has, np.linalg.norm(left, axis=1), 1)[:, None]


def dense_go(membership: np.ndarray, width: int) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfTransformer

    used = membership[:, membership.any(axis=0)]
    weighted = TfidfTransformer().fit_transform(sp.csr_array(used.astype(float))).toarray()
    left, values, _ = np.linalg.svd(weighted, full_matrices=False)
    rows = left[:, :width] * values[:width]
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(used.any(axis=1, keepdims=True), rows / np.where(length > 0, length, 1), 0)


def similarity(matrix: np.ndarray) -> np.ndarray:
    return matrix.astype(np.float64) @ matrix.astype(np.float64).T


def random_interactions(genes: int, edges: int, seed: int) -> np.ndarray:
    upper = np.stack(np.triu_indices(genes - 10, k=1))  # the last ten genes have none
    chosen = np.random.default_rng(seed).choice(upper.shape[1], size=edges, replace=False)
    return upper[:, np.sort(chosen)]


@pytest.mark.parametrize("dense_limit", [0, 5000], ids=["iterative", "full"])
def test_ppi_equals_the_plain_decomposition(monkeypatch: pytest.MonkeyPatch, dense_limit: int) -> None:
    monkeypatch.setattr(spectral, "DENSE_LIMIT", dense_limit)
    interactions = random_interactions(150, 500, seed=3)
    features = ppi_features(interactions, 150, width=12)
    assert features.shape == (150, 12)
    assert features.dtype == np.float32
    np.testing.assert_allclose(similarity(features), similarity(dense_ppi(interactions, 150, 12)), atol=2e-5)


@pytest.mark.parametrize("dense_limit", [0, 5000], ids=["iterative", "full"])
def test_go_equals_the_plain_decomposition(monkeypatch: pytest.MonkeyPatch, dense_limit: int) -> None:
    monkeypatch.setattr(spectral, "DENSE_LIMIT", dense_limit)
    membership = np.random.default_rng(5).random((120, 60)) < 0.1
    membership[:, 7] = False
    membership[11] = False
    features = go_features(sp.csr_array(membership), width=10)
    np.testing.assert_allclose(similarity(features), similarity(dense_go(membership, 10)), atol=2e-5)
    assert not features[11].any()


def test_rows_have_unit_length_or_are_zero_where_nothing_is_known() -> None:
    interactions = random_interactions(60, 150, seed=1)
    length = np.linalg.norm(ppi_features(interactions, 60, width=8), axis=1)
    known = np.isin(np.arange(60), interactions)
    np.testing.assert_allclose(length, known.astype(float), atol=1e-6)


def test_small_groups_apart_have_no_feature() -> None:
    """Each would take a leading vector of its own, in an arbitrary order."""
    large = random_interactions(60, 150, seed=1)
    small = np.array([[60, 62, 63], [61, 63, 64]])
    features = ppi_features(np.concatenate([large, small], axis=1), 70, width=8)
    np.testing.assert_allclose(features[:60], ppi_features(large, 60, width=8), atol=1e-6)
    assert not features[60:].any()
    with pytest.raises(DataError, match="connect 10 genes"):
        build_features(tiny_graph(interactions=small[:, :1] - 60, terms=None))


def test_genes_without_interactions_do_not_crowd_out_the_others() -> None:
    """With a self-loop each they would hold all leading vectors, and connected genes would all look alike."""
    interactions = random_interactions(60, 150, seed=1)
    few = ppi_features(interactions, 60, width=8)
    many = ppi_features(interactions, 900, width=8)
    np.testing.assert_allclose(many[:60], few, atol=1e-6)
    assert similarity(many[:50])[np.triu_indices(50, k=1)].std() > 0.1


def test_the_same_signs_every_time() -> None:
    interactions = random_interactions(150, 500, seed=3)
    np.testing.assert_array_equal(
        ppi_features(interactions, 150, width=12), ppi_features(interactions[:, ::-1], 150, width=12)
    )


def test_fewer_genes_than_columns_give_fewer_columns_and_say_so() -> None:
    graph = tiny_graph(features={})
    ppi, go = build_features(graph)
    connected = len(np.unique(graph.interactions))
    assert ppi.matrix.shape == (40, connected)
    assert f"has {connected} columns instead of 128" in ppi.note
    assert go.matrix.shape == (40, 2)
    assert "there are only 2 genes or terms" in go.note
    assert build_features(graph, width=2)[0].note == ""


def test_nothing_to_build_from_is_a_sentence() -> None:
    with pytest.raises(DataError, match="neither terms nor interactions"):
        build_features(tiny_graph(interactions=None, terms=None))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    graph = tiny_graph(features={})
    (tmp_path / "genes.txt").write_text("\n".join(graph.genes))
    (tmp_path / "pairs.tsv").write_text("GENE1\tGENE2\t0.5\n")
    ppi, _ = build_features(graph, width=5)
    path = write_feature(tmp_path, ppi)
    assert path.name == "feature_ppi_5.txt"
    np.testing.assert_allclose(read_folder(tmp_path)[0].features["ppi"], ppi.matrix, atol=1e-6)


def test_a_feature_that_is_there_is_left_alone_unless_forced(tmp_path: Path) -> None:
    old = tmp_path / "feature_ppi_128.txt"
    old.write_text("precious")
    ppi, _ = build_features(tiny_graph(), width=5)
    with pytest.raises(DataError, match=r"feature_ppi_128\.txt' is there already.*--force"):
        write_feature(tmp_path, ppi)
    assert [path.name for path in tmp_path.iterdir()] == ["feature_ppi_128.txt"]
    assert old.read_text() == "precious"
    write_feature(tmp_path, ppi, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["feature_ppi_5.txt"]  # one file a feature, or none is read


def test_a_feature_that_dataset_toml_names_keeps_its_file(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_text('[features]\nppi = "mine.txt"\n')
    (tmp_path / "mine.txt").write_text("old")
    path = write_feature(tmp_path, build_features(tiny_graph(), width=5)[0], force=True)
    assert path == tmp_path / "mine.txt"
    assert len(path.read_text().splitlines()) == 40


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="No space left on device"):
        write_feature(tmp_path, build_features(tiny_graph(), width=5)[0])
    assert list(tmp_path.iterdir()) == []


def test_the_text_has_no_negative_zero() -> None:
    assert feature_text(np.array([[-0.0001, 0.5], [1.0, -0.25]]), decimals=3) == "0.000 0.500\n1.000 -0.250\n"


@pytest.mark.slow
@pytest.mark.real
def test_go_of_the_real_data_is_the_feature_that_comes_with_it(real_folder: Path) -> None:
    graph, _ = read_folder(real_folder)
    assert graph.terms is not None
    built = go_features(graph.terms.membership)
    sample = np.arange(0, len(graph), 13)
    np.testing.assert_allclose(similarity(built[sample]), similarity(graph.features["go"][sample]), atol=0.15)
