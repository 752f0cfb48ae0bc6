"""Two embeddings are as alike as CKA of known cases says, and the genes that were moved come first."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import DataError
from slviz.projections.embedding_similarity import cka_null, linear_cka, neighbour_change
from slviz.projections.neighbours import nearest_neighbours

RANDOM = np.random.default_rng(0)


def gram_cka(x: np.ndarray, y: np.ndarray) -> float:
    """The definition by HSIC of the genes' own similarities, G × G."""
    centre = np.eye(len(x)) - 1 / len(x)
    k, m = centre @ x @ x.T @ centre, centre @ y @ y.T @ centre
    return float((k * m).sum() / np.sqrt((k * k).sum() * (m * m).sum()))


def test_cka_is_that_of_its_definition_over_genes() -> None:
    x, y = RANDOM.normal(size=(60, 5)), RANDOM.normal(size=(60, 9))
    y[:, :5] += x
    assert linear_cka(x, y) == pytest.approx(gram_cka(x, y))
    assert linear_cka(x, y) == pytest.approx(linear_cka(y, x))


def test_cka_of_a_turned_scaled_and_shifted_embedding_is_one() -> None:
    x = RANDOM.normal(size=(50, 4))
    turn = np.linalg.qr(RANDOM.normal(size=(4, 4)))[0]
    assert linear_cka(x, 3 * x @ turn + 7) == pytest.approx(1)
    assert linear_cka(np.eye(4)[:, :2].repeat(5, axis=0), np.eye(4)[:, 2:].repeat(5, axis=0)) == pytest.approx(
        4 / 20
    )  # covariances of four groups


def test_unrelated_embeddings_lie_at_their_null() -> None:
    x, y = RANDOM.normal(size=(400, 8)), RANDOM.normal(size=(400, 8))
    null = cka_null(x, y)
    assert abs(linear_cka(x, y) - null.mean) < 5 * null.spread
    assert null.highest < 0.1 < linear_cka(x, x + y)


def test_an_embedding_of_one_point_has_no_cka() -> None:
    assert np.isnan(linear_cka(np.ones((6, 3)), RANDOM.normal(size=(6, 3))))
    with pytest.raises(DataError, match="5 and 6"):
        linear_cka(np.ones((5, 3)), np.ones((6, 3)))


def test_the_gene_that_was_moved_changed_most() -> None:
    one = RANDOM.normal(size=(300, 6))
    other = one.copy()
    other[17] += 30
    seen: list[float] = []
    change = neighbour_change(one, other, count=10, on_progress=seen.append)
    assert change.order[0] == 17
    assert change.shared[np.arange(300) != 17].min() >= 0.9
    assert change.place_in_other[3] == pytest.approx(5.5, abs=0.6)
    assert seen[-1] == 1
    assert len(seen) == 2
    np.testing.assert_array_equal(change.nearest_one, nearest_neighbours(one, count=10)[0])
    np.testing.assert_array_equal(change.nearest_other, nearest_neighbours(other, count=10)[0])


def test_places_are_those_of_sorting_all_genes() -> None:
    one, other = RANDOM.normal(size=(2, 40, 3))
    change = neighbour_change(one, other, count=4)
    order = np.linalg.norm(other - other[5], axis=1)
    order[5] = np.inf
    place = 1 + np.argsort(np.argsort(order))
    assert change.place_in_other[5] == pytest.approx(place[change.nearest_one[5]].mean())


def test_the_same_embedding_twice_changes_nothing() -> None:
    one = RANDOM.normal(size=(30, 3))
    change = neighbour_change(one, one, count=50)
    assert change.nearest_one.shape == (30, 29)
    assert change.agreement.mean == 1


def test_a_sample_is_compared_as_it_is_among_all_genes() -> None:
    one = RANDOM.normal(size=(300, 6))
    other = one + 0.8 * RANDOM.normal(size=one.shape)
    whole = neighbour_change(one, other, count=10)
    chosen = np.sort(RANDOM.permutation(300)[:120])
    sample = neighbour_change(one, other, count=10, genes=chosen)
    for name in ("nearest_one", "nearest_other", "place_in_other", "shared"):
        np.testing.assert_array_equal(getattr(sample, name), getattr(whole, name)[chosen])
    null = sample.agreement.null
    assert null.mean == pytest.approx(10 / 299, abs=5 * null.spread / np.sqrt(null.permutations))
    assert 0 < null.highest < sample.agreement.mean
