"""Trust agrees with scikit-learn and with cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from slviz.errors import DataError
from slviz.projections.map_quality import measure_map_quality, nearest_of


def cloud(genes: int = 150, width: int = 12, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(genes, width)).astype(np.float32)


@pytest.mark.parametrize("neighbours", [1, 5, 15, 40])
def test_sums_agree_with_scikit_learn(neighbours: int) -> None:
    vectors, place = cloud(), cloud(width=2, seed=1) + cloud()[:, :2]
    found = measure_map_quality(vectors, place, neighbours=neighbours)
    assert found.trustworthiness.mean() == pytest.approx(
        trustworthiness(vectors, place, n_neighbors=neighbours), abs=1e-6
    )
    assert found.continuity.mean() == pytest.approx(trustworthiness(place, vectors, n_neighbors=neighbours), abs=1e-6)


def test_a_map_that_changes_nothing_is_best_everywhere() -> None:
    vectors = cloud(width=2)
    found = measure_map_quality(vectors, 3 * vectors + 7)
    assert (found.trustworthiness == 1).all()
    assert (found.continuity == 1).all()
    assert (found.recall == 1).all()


def test_one_gene_put_in_the_wrong_place_by_hand() -> None:
    """Genes 0 … 9 on a line at 0, 1, …, 9; the map puts gene 0 just beyond gene 9."""
    line = np.arange(10.0)[:, None] * np.array([1.0, 0.0])
    line[:, 0] += np.arange(10) ** 2 * 1e-3  # no two distances alike
    place = line.copy()
    place[0, 0] = place[9, 0] + 0.5
    found = measure_map_quality(line, place, neighbours=1)
    # On the map gene 0's nearest is gene 9, in truth its 9th: it costs 9 − 1 of the worst 1 · (20 − 3 − 1) / 2 = 8.
    assert found.trustworthiness[0] == pytest.approx(1 - 8 / 8)
    # Its true nearest, gene 1, is its 9th on the map.
    assert found.continuity[0] == pytest.approx(1 - 8 / 8)
    # Gene 9's nearest on the map is gene 0, in truth its 9th; its true nearest, gene 8, is its 2nd on the map.
    assert found.trustworthiness[9] == pytest.approx(1 - 8 / 8)
    assert found.continuity[9] == pytest.approx(1 - 1 / 8)
    assert found.recall[[0, 9]].tolist() == [0, 0]
    assert found.trustworthiness[4] == found.continuity[4] == found.recall[4] == 1
    assert found.lower[9] == 0


def test_chance_is_what_a_shuffled_map_gives() -> None:
    vectors, random = cloud(400), np.random.default_rng(3)
    found = [measure_map_quality(vectors, random.permutation(vectors[:, :2])) for _ in range(5)]
    chance = found[0].by_chance
    assert np.mean([each.trustworthiness.mean() for each in found]) == pytest.approx(
        chance["trustworthiness"], abs=0.02
    )
    assert np.mean([each.continuity.mean() for each in found]) == pytest.approx(chance["continuity"], abs=0.02)
    assert np.mean([each.recall.mean() for each in found]) == pytest.approx(chance["recall"], abs=0.01)


def test_near_ones_far_from_the_origin_are_told_apart() -> None:
    """In single precision the distances within the far group would all be rounding."""
    near = np.random.default_rng(1).normal(size=(60, 3))
    vectors = np.concatenate([near * 0.01 + 300, near - np.array([0, 0, 300])])
    assert measure_map_quality(vectors, vectors.astype(np.float64), neighbours=5).trustworthiness.mean() > 0.99


def test_a_block_at_a_time_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = cloud()
    whole = measure_map_quality(vectors, vectors[:, :2])
    monkeypatch.setattr("slviz.projections.map_quality.BLOCK_NUMBERS", 1000)
    blocks = measure_map_quality(vectors, vectors[:, :2])
    assert np.array_equal(whole.trustworthiness, blocks.trustworthiness)
    assert np.array_equal(whole.continuity, blocks.continuity)


def test_of_very_many_genes_a_sample_is_measured_each_against_all(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = cloud()
    whole = measure_map_quality(vectors, vectors[:, :2])
    monkeypatch.setattr("slviz.projections.map_quality.ALL_UP_TO", 100)
    monkeypatch.setattr("slviz.projections.map_quality.SAMPLE", 40)
    some = measure_map_quality(vectors, vectors[:, :2])
    asked = np.flatnonzero(np.isfinite(some.recall))
    assert some.measured == len(asked) == 38
    for name in ("trustworthiness", "continuity", "recall"):
        assert np.array_equal(getattr(some, name)[asked], getattr(whole, name)[asked])


def test_genes_at_one_place_are_never_their_own_neighbours() -> None:
    vectors = np.repeat(cloud(20), 4, axis=0)
    some = np.arange(0, 80, 3)
    found = nearest_of(vectors, some, count=3)
    assert found.shape == (27, 3)
    assert (found != some[:, None]).all()
    assert (found // 4 == some[:, None] // 4).all()


def test_too_few_genes_get_a_sentence() -> None:
    with pytest.raises(DataError, match="3 genes are too few"):
        measure_map_quality(cloud(3), cloud(3)[:, :2])


def test_progress_rises() -> None:
    told: list[float] = []
    measure_map_quality(cloud(), cloud()[:, :2], on_progress=lambda share, doing: told.append(share))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
