"""Popularity-matched negatives: counts of interactions and papers say nothing of them, and nothing else changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.evaluation import roc_auc
from slviz.splits import SPLITS
from slviz.splits.negatives import Pool
from slviz.splits.pair_split import POPULARITY_MATCHED
from slviz.splits.popularity import Popularity, popularity_matched_negatives

FOLDED = ("pairs", "one-new", "both-new", "publication")


def auc_of_counts(graph: GeneGraph, split, negative_kind: str, counts: np.ndarray) -> float:
    known, others = (split.pairs[split.rows("test", kind)] for kind in ("known", negative_kind))
    actual = np.repeat([1.0, 0.0], [len(known), len(others)])
    product = counts[np.concatenate([known, others])].prod(axis=1).astype(np.float64)
    return roc_auc(actual, product)


@pytest.mark.parametrize("name", FOLDED)
def test_on_the_demo_products_of_counts_are_at_chance_against_them_and_not_against_random_ones(name):
    demo = open_dataset("demo")
    split = SPLITS.make(name).divide(demo)
    papers = demo.gene_columns.numbers["papers"]
    interactions = np.bincount(demo.interactions.ravel(), minlength=len(demo))
    for counts in (papers, interactions):
        assert auc_of_counts(demo, split, POPULARITY_MATCHED, counts) == pytest.approx(0.5, abs=0.02)
        assert abs(auc_of_counts(demo, split, "random", counts) - 0.5) > 0.03
    for part in ("validation", "test"):
        assert len(split.rows(part, POPULARITY_MATCHED)) == len(split.rows(part))
    assert not len(split.rows("train", POPULARITY_MATCHED))


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["real_folder", "human_sl"])
def test_on_the_real_data(folder, request):
    graph = open_dataset(str(request.getfixturevalue(folder)))
    split = SPLITS.make("pairs").divide(graph)
    interactions = np.bincount(graph.interactions.ravel(), minlength=len(graph))
    assert auc_of_counts(graph, split, POPULARITY_MATCHED, interactions) == pytest.approx(0.5, abs=0.01)
    assert auc_of_counts(graph, split, "random", interactions) > 0.59


@pytest.mark.parametrize("name", [*FOLDED, "near-duplicate-free"])
def test_every_other_row_is_the_same_as_without_them_and_comes_first(name):
    graph = tiny_graph(60, 200)
    assert graph.interactions is not None
    whole = SPLITS.make(name, ratio=2).divide(graph)
    without = SPLITS.make(name, ratio=2).divide(dataclasses.replace(graph, interactions=None, fingerprint=""))
    former = len(without.pairs)
    assert (whole.negative_kind[former:] == POPULARITY_MATCHED).all()
    assert POPULARITY_MATCHED not in without.negative_kind
    for column in ("pairs", "part", "negative_kind", "actual", "score"):
        assert np.array_equal(
            getattr(whole, column)[:former], getattr(without, column), equal_nan=column in ("actual", "score")
        )


def test_each_gene_is_replaced_by_one_of_its_own_side_and_popularity():
    random = np.random.default_rng(0)
    counts = np.repeat(np.arange(10) ** 2, 40)  # 40 genes of each popularity, no two kinds within a tenth
    popularity = Popularity(np.log1p(counts[:, None].astype(np.float64)), ("interactions",))
    ones, others = np.arange(0, 400, 2), np.arange(1, 400, 2)
    like = np.sort(np.stack([random.choice(ones, 150), random.choice(others, 150)], axis=1), axis=1)
    like = np.unique(like, axis=0)
    avoid = np.unique(pair_keys(like, 400))
    drawn = popularity_matched_negatives(random, like, popularity=popularity, avoid=avoid, pool=Pool(ones, others))
    assert len(np.unique(pair_keys(drawn, 400))) == len(like)
    assert not np.isin(pair_keys(drawn, 400), avoid).any()
    assert (np.isin(drawn, ones).sum(axis=1) == 1).all()

    def popular(pairs: np.ndarray) -> list[tuple[int, ...]]:
        even = np.isin(pairs[:, 0], ones)[:, None]
        return sorted(map(tuple, counts[np.where(even, pairs, pairs[:, ::-1])].tolist()))

    assert popular(drawn) == popular(like)


def test_a_gene_like_no_other_stays_itself_and_pairs_that_cannot_be_drawn_are_left_out():
    popularity = Popularity(np.log1p(np.array([[0.0], [1e6], [0.0], [0.0]])), ("interactions",))
    like = np.array([[0, 1], [1, 2]])
    avoid = np.unique(pair_keys(like, 4))
    drawn = popularity_matched_negatives(np.random.default_rng(0), like, popularity=popularity, avoid=avoid)
    assert [1, 3] in drawn.tolist()
    complete = np.stack(np.triu_indices(4, k=1), axis=1)
    nothing = popularity_matched_negatives(
        np.random.default_rng(0), like, popularity=popularity, avoid=pair_keys(complete, 4)
    )
    assert nothing.shape == (0, 2)
