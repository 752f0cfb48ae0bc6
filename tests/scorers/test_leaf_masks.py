from __future__ import annotations

import numpy as np
import pytest

from slviz.scorers.leaf_masks import LeafMasks
from slviz.scorers.trees import Trees, fit_trees

PAIRS, GENES, ROWS = 3, 20, 400


@pytest.fixture(scope="module")
def trees() -> Trees:
    """Over three features of pairs and two of single genes, each of the busier gene and of the other."""
    random = np.random.default_rng(0)
    features = random.integers(4, size=(ROWS, PAIRS + 4)).astype(np.float32)
    target = features[:, 0] * features[:, 4] - features[:, 1] + random.normal(size=ROWS) > 1
    return fit_trees(features, target, weight=np.ones(ROWS), values=False, seed=0, rounds=12)


def test_masks_give_what_walking_the_trees_gives_bit_for_bit(trees: Trees):
    random = np.random.default_rng(1)
    columns = random.integers(4, size=(PAIRS, ROWS)).astype(np.float32)
    of_genes = random.integers(4, size=(2, GENES)).astype(np.float32)
    busier, other = random.integers(GENES, size=(2, ROWS)).astype(np.int32)
    masks = LeafMasks.of(trees)
    assert masks is not None
    at = PAIRS + 2 * np.arange(2)
    found = masks.raw(
        columns, busier, other, of_busier=masks.struck_out(of_genes, at), of_other=masks.struck_out(of_genes, at + 1)
    )
    ends = [of_genes[row][genes] for row in range(2) for genes in (busier, other)]
    assert np.array_equal(found, trees.raw_of_columns(np.concatenate([columns, np.stack(ends)])))
    assert found == pytest.approx(trees.raw(np.concatenate([columns, np.stack(ends)]).T), abs=1e-5)


def test_rows_are_scored_as_by_walking_bit_for_bit(trees: Trees):
    features = np.random.default_rng(2).integers(4, size=(40_000, PAIRS + 4)).astype(np.float32)
    masks = LeafMasks.of(trees)
    assert masks is not None
    assert np.array_equal(masks.raw_of_rows(features), trees.raw(features))
    assert masks.raw_of_rows(features[:0]).shape == (0,)


def test_a_tree_by_hand():
    """x ≤ 1 gives −1; else y ≤ 2 gives 5, and more 7."""
    trees = Trees(
        {
            "feature": np.array([0, -1, 1, -1, -1]),
            "threshold": np.array([1.0, 0, 2.0, 0, 0]),
            "left": np.array([1, 0, 3, 0, 0]),
            "right": np.array([2, 0, 4, 0, 0]),
            "value": np.array([0, -1.0, 0, 5.0, 7.0]),
            "roots": np.array([0]),
            "start": np.array([0.5]),
        }
    )
    masks = LeafMasks.of(trees)
    assert masks is not None
    assert masks.mask.tolist() == [0xFFFE, 0xFFFD]  # going right strikes out the first leaf, then the second
    none = np.full((1, 1), 0xFFFF, dtype=np.uint16)
    columns = np.array([[1, 1, 2, 2], [9, 0, 2, 3]], dtype=np.float32)
    zeros = np.zeros(4, dtype=np.int32)
    assert masks.raw(columns, zeros, zeros, of_busier=none, of_other=none).tolist() == [-0.5, -0.5, 5.5, 7.5]


def test_trees_of_more_leaves_are_left_to_be_walked():
    chain = 17
    feature = np.r_[np.zeros(chain, dtype=int), np.full(chain + 1, -1)]
    trees = Trees(
        {
            "feature": feature,
            "threshold": np.r_[np.arange(chain, dtype=float), np.zeros(chain + 1)],
            "left": np.r_[chain + np.arange(chain), np.zeros(chain + 1, dtype=int)],
            "right": np.r_[np.arange(1, chain), 2 * chain, np.zeros(chain + 1, dtype=int)],
            "value": np.arange(2 * chain + 1, dtype=float),
            "roots": np.array([0]),
            "start": np.array([0.0]),
        }
    )
    assert LeafMasks.of(trees) is None
