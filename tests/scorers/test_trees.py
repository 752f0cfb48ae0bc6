"""Trees as arrays: scikit-learn's own decisions."""

import numpy as np
import pytest

from slviz.errors import DamagedRun
from slviz.scorers.trees import Trees, fit_trees


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(0)
    features = random.normal(size=(4000, 6)).astype(np.float32)
    odds = 2 * features[:, 1] + np.where(features[:, 3] > 0, 1.5, -1.5) + 0.5 * features[:, 0]
    return features, random.random(4000) < 1 / (1 + np.exp(-odds))


def fitted(features, target, **changes):
    settings = {"weight": np.ones(len(target)), "values": False, "seed": 0}
    return fit_trees(features, target, **(settings | changes))


def test_the_arrays_decide_as_scikit_learn_does(rows, monkeypatch):
    from sklearn.ensemble import HistGradientBoostingClassifier

    kept = []
    fit = HistGradientBoostingClassifier.fit
    monkeypatch.setattr(
        HistGradientBoostingClassifier, "fit", lambda self, *a, **k: kept.append(fit(self, *a, **k)) or kept[-1]
    )
    trees = fitted(*rows)
    assert trees.raw(rows[0]) == pytest.approx(kept[0].decision_function(rows[0]), abs=1e-9)


def test_the_compiled_loop_gives_the_same_numbers(rows):
    trees = fitted(*rows)
    found = trees.raw_of_columns(np.ascontiguousarray(rows[0].T))
    assert found == pytest.approx(trees.raw(rows[0]), abs=1e-4)


def test_numbers_are_predicted_by_least_squares(rows):
    target = rows[0][:, 1] * 0.1 + 0.5
    trees = fitted(rows[0], target, values=True)
    assert np.sqrt(np.mean((trees.raw(rows[0]) - target) ** 2)) < 0.2 * target.std()


def test_the_same_seed_gives_the_same_trees(rows):
    one, again, other = (fitted(*rows, seed=seed) for seed in (0, 0, 1))
    assert all(np.array_equal(one.arrays[name], again.arrays[name]) for name in one.arrays)
    assert not np.array_equal(one.raw(rows[0]), other.raw(rows[0]))


def test_trees_that_lack_an_array_are_damaged(rows):
    arrays = dict(fitted(*rows).arrays)
    del arrays["threshold"]
    with pytest.raises(DamagedRun, match="lack threshold"):
        Trees(arrays)
