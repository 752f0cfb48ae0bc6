"""LDA sees the classes it is given and no others, agrees with another solver, and says when there is no map."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from slviz.errors import DataError, InvalidSetting
from slviz.projections import LDA, PROJECTIONS
from slviz.projections.class_places import class_places


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Four classes of 30 genes, whose middles differ in two of ten columns, which vary least of all."""
    random = np.random.default_rng(2)
    values = random.normal(scale=20, size=(120, 10))
    values[:, :2] = random.normal(size=(120, 2)) + 6 * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])[np.arange(120) % 4]
    return values.astype(np.float32)


LABELS = np.arange(120) % 4


def test_it_finds_the_directions_of_fishers_criterion(vectors: np.ndarray) -> None:
    """Those that solve B w = λ W w, with B and W the spread between and within classes, by another solver."""
    values = vectors.astype(float)
    middles = np.stack([values[number == LABELS].mean(axis=0) for number in range(4)])
    inside = values - middles[LABELS]
    between = middles[LABELS] - values.mean(axis=0)
    power, directions = scipy.linalg.eigh(between.T @ between, inside.T @ inside)
    expected = (values - values.mean(axis=0)) @ directions[:, ::-1][:, :2]
    projection = LDA().fit(vectors, 0, labels=LABELS)
    for axis in (0, 1):
        correlation = np.corrcoef(projection.coordinates[:, axis], expected[:, axis])[0, 1]
        assert abs(correlation) == pytest.approx(1, abs=1e-4)
    share = power[::-1] / power.sum()
    assert projection.axes[0] == f"LDA 1 ({100 * share[0]:.1f} % of what tells classes apart)"
    assert class_places(projection.coordinates, LABELS, np.ones(120, dtype=bool)).seen > 0.95
    pca = PROJECTIONS.make("pca").fit(vectors, 0)
    assert class_places(pca.coordinates, LABELS, np.ones(120, dtype=bool)).seen < 0.6


def test_a_class_that_is_not_to_be_seen_changes_nothing(vectors: np.ndarray) -> None:
    hidden = np.where(np.arange(120) < 40, -1, LABELS)
    one = LDA().fit(vectors, 0, labels=hidden)
    moved = vectors.copy()
    moved[:40] = moved[:40][::-1]  # hidden genes with other vectors: the directions stay
    two = LDA().fit(moved, 0, labels=hidden)
    assert np.allclose(one.coordinates[40:], two.coordinates[40:], atol=1e-4)
    assert not np.allclose(one.coordinates, LDA().fit(vectors, 0, labels=LABELS).coordinates, atol=1e-2)


def test_permuted_classes_come_apart_where_seen_and_tell_nothing_where_not() -> None:
    """Why separation on the map is no evidence: forty columns of noise are enough to draw sixty genes apart."""
    random = np.random.default_rng(0)
    noise, labels = random.normal(size=(400, 40)).astype(np.float32), np.arange(400) % 3
    learnt = np.where(np.arange(400) < 60, labels, -1)
    for method in (LDA(), LDA(classes="permuted")):
        projection = method.fit(noise, 0, labels=learnt)
        mixed = np.where(learnt >= 0, method.labels_seen(learnt, 0), labels)
        places = class_places(projection.coordinates, mixed, learnt >= 0)
        assert places.seen > 0.9
        assert abs(places.unseen - places.chance) < 0.08
        assert places.chance == pytest.approx(1 / 3, abs=0.02)
    permuted = LDA(classes="permuted").labels_seen(learnt, 0)
    assert sorted(permuted) == sorted(learnt)
    assert ((permuted >= 0) == (learnt >= 0)).all()
    assert (permuted != learnt).any()


def test_chance_is_what_permuting_the_unseen_gives(vectors: np.ndarray) -> None:
    random = np.random.default_rng(4)
    labels, seen = np.minimum(LABELS, 2), np.arange(120) < 70
    projection = LDA().fit(vectors, 0, labels=np.where(seen, labels, -1))
    expected = []
    for _ in range(400):
        permuted = labels.copy()
        permuted[~seen] = random.permutation(labels[~seen])
        expected.append(class_places(projection.coordinates, permuted, seen).unseen)
    places = class_places(projection.coordinates, labels, seen)
    assert places.chance == pytest.approx(np.mean(expected), abs=0.02)
    assert (places.count_seen, places.count_unseen) == (70, 50)
    assert places.unseen > places.chance + 0.3


@pytest.mark.parametrize(
    ("labels", "kind", "words"),
    [
        (np.arange(120) % 2, InvalidSetting, "2 classes apart along 1 axes at most, one fewer"),
        (np.full(120, -1), InvalidSetting, "0 classes apart along 0 axes"),
        (np.r_[0, 1, 2, np.full(117, -1)], DataError, "3 genes have 3 classes"),
    ],
)
def test_too_few_classes_or_genes_get_a_sentence(vectors, labels, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        LDA().fit(vectors, 0, labels=labels)


def test_no_classes_and_classes_on_a_line_get_a_sentence(vectors: np.ndarray) -> None:
    with pytest.raises(InvalidSetting, match="these vectors have none"):
        LDA().fit(vectors, 0)
    with pytest.raises(DataError, match="All genes of a class have the same vector"):
        LDA().fit(np.eye(4, dtype=np.float32)[LABELS], 0, labels=LABELS)
    repeated = np.repeat(np.random.default_rng(0).normal(size=(30, 5)), 4, axis=0)
    repeated[:, 0] += LABELS  # the middles lie on a line, exactly
    with pytest.raises(DataError, match="differ along 1 direction alone"):
        LDA().fit(repeated.astype(np.float32), 0, labels=LABELS)
