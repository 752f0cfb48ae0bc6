"""Negatives of different parts never meet: for every protocol, kind, ratio, and with negatives of the user's own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph, tiny_screens
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pair_cases import as_set, of_pairs

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError
from slviz.splits import SPLITS, HeldOut, PairSplit, random_negatives
from slviz.splits.apart import kept_apart
from slviz.splits.negatives import Pool, degree_matched_across, degree_matched_again, pair_keys
from slviz.splits.pair_split import TESTED

PARTS = ("train", "validation", "test")
KINDS = ("random", "degree-matched", "popularity-matched", "file")
DRAWN_KINDS = KINDS[:3]
DRAWN = [name for name in SPLITS if name != "file" and SPLITS[name].holds_out_pairs]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def negatives(split: PairSplit, part: str) -> set[frozenset[int]]:
    return as_set(split.pairs[(split.part == part) & ~np.isin(split.negative_kind, ("known", *TESTED))])


def refuse_shared(split: PairSplit, graph: GeneGraph) -> None:
    of_parts = {part: negatives(split, part) for part in PARTS}
    assert not of_parts["test"] & of_parts["validation"]
    assert not of_parts["test"] & of_parts["train"]
    assert not of_parts["validation"] & of_parts["train"]
    drawn = as_set(split.pairs[np.isin(split.negative_kind, DRAWN_KINDS)])
    assert not drawn & as_set(graph.pairs)
    assert not drawn & as_set(split.pairs[split.negative_kind == "known"])
    for part in PARTS:
        for kind in KINDS:  # and none twice for the same reason
            rows = split.pairs[split.rows(part, kind)]
            assert len(rows) == len(as_set(rows))
            assert (rows[:, 0] < rows[:, 1]).all()


def held_out(graph: GeneGraph, known: np.ndarray, others: np.ndarray | None) -> HeldOut:
    score = np.full(len(known), np.nan, dtype=np.float32)
    return HeldOut(known, score, others, "pairs", "" if others is None else "others")


@MANY
@given(
    genes=st.integers(12, 40),
    density=st.floats(0.05, 0.6),
    seed=st.integers(0, 10**6),
    name=st.sampled_from(DRAWN),
    ratio=st.integers(1, 4),
    share=st.sampled_from([0.1, 0.4]),
    split_seed=st.integers(0, 99),
)
def test_no_negative_serves_two_parts_and_a_graph_without_enough_says_so(
    genes, density, seed, name, ratio, share, split_seed
):
    graph = tiny_graph(genes, max(12, int(density * genes * (genes - 1) / 2)), seed=seed, screens=tiny_screens(genes))
    try:
        split = SPLITS.make(name, ratio=ratio, validation_share=share, split_seed=split_seed).divide(graph)
    except DataError as refused:
        said = str(refused)
        assert said.endswith(".")
        assert "unlisted pairs are needed" in said or "known pairs to" in said
        return
    refuse_shared(split, graph)
    for part in ("validation", "test"):
        assert len(split.rows(part, "random")) == ratio * len(split.rows(part))


@MANY
@given(
    genes=st.integers(12, 40),
    density=st.floats(0.05, 0.5),
    seed=st.integers(0, 10**6),
    ratio=st.integers(1, 4),
    own=st.integers(0, 120),
)
def test_a_users_own_negatives_are_those_of_the_test_part_alone(genes, density, seed, ratio, own):
    graph = tiny_graph(genes, max(12, int(density * genes * (genes - 1) / 2)), seed=seed)
    every = np.random.default_rng(seed).permutation(np.stack(np.triu_indices(genes, k=1), axis=1))
    known, others = every[:6], every[6 : 6 + own]  # listed by the data set or not
    held = held_out(graph, known, others)
    try:
        split = held.split(ratio=ratio).divide(graph, held_out=held)
    except DataError as refused:
        said = str(refused)
        assert "unlisted pairs are needed" in said or "known pairs" in said
        return
    refuse_shared(split, graph)
    assert as_set(split.pairs[split.rows("test", "file")]) == as_set(others)
    for part in ("train", "validation"):
        assert not as_set(split.pairs[split.part == part]) & as_set(others)


@pytest.mark.parametrize("name", DRAWN)
def test_on_the_demo(name):
    demo = open_dataset("demo")
    if name == "screen" and demo.screens is None:
        demo = dataclasses.replace(demo, screens=tiny_screens(len(demo)))
    refuse_shared(SPLITS.make(name, ratio=3).divide(demo), demo)


@pytest.mark.slow
def test_on_the_real_data(real_folder):
    graph = open_dataset(str(real_folder))
    for name in ("pairs", "one-new"):
        refuse_shared(SPLITS.make(name).divide(graph), graph)


def hub_graph(*, hubs: int = 10, partners: int = 60, genes: int = 150) -> GeneGraph:
    """Few genes have nearly all partners, so that dozens of degree-matched negatives of two parts are the same."""
    random = np.random.default_rng(3)
    ends = [np.repeat(np.arange(hubs), partners), random.integers(hubs, genes, size=hubs * partners)]
    return of_pairs(np.stack(ends, axis=1), genes=genes)


def test_degree_matched_ones_stay_matched_where_hubs_make_parts_meet():
    graph = hub_graph()
    split = SPLITS.make("pairs", validation_share=0.3).divide(graph)
    refuse_shared(split, graph)
    for part in ("validation", "test"):
        known, matched = (split.pairs[split.rows(part, kind)] for kind in ("known", "degree-matched"))
        off = np.bincount(matched.ravel(), minlength=150) - np.bincount(known.ravel(), minlength=150)
        assert len(matched) == len(known)
        assert np.abs(off).sum() <= 0.02 * matched.size


@pytest.mark.parametrize("sided", [False, True])
def test_what_replaces_a_shared_degree_matched_pair_leaves_every_gene_its_number(sided):
    random = np.random.default_rng(0)
    ones = np.arange(20) if sided else np.arange(150)
    pool = Pool(ones, np.arange(20, 150)) if sided else Pool(ones, ones)
    like = np.stack([random.integers(0, 20, size=300), random.integers(20, 150, size=300)], axis=1)
    like = np.unique(like, axis=0)
    known = np.unique(pair_keys(like, 150))
    drawn = degree_matched_across(random, like, pool=pool, genes=150, avoid=known)
    avoid = np.union1d(known, pair_keys(drawn[::4], 150))
    again = degree_matched_again(random, drawn, like, pool=pool, genes=150, avoid=avoid)
    assert not np.isin(pair_keys(again, 150), avoid).any()
    assert len(as_set(again)) == len(drawn)
    assert np.array_equal(np.bincount(again.ravel(), minlength=150), np.bincount(drawn.ravel(), minlength=150))
    assert len(as_set(again) & as_set(drawn)) > 0.4 * len(drawn)  # the others mostly stay


def test_what_replaces_a_shared_random_pair_is_uniform_over_what_is_left():
    like = {
        part: np.zeros((count, 2), dtype=np.int64) for part, count in (("test", 20), ("validation", 20), ("train", 1))
    }
    seen: list[tuple[int, ...]] = []
    for seed in range(600):
        random = np.random.default_rng(seed)
        drawn = {
            part: {"random": random_negatives(random, len(pairs), genes=12, avoid=np.array([1, 2]))}
            for part, pairs in like.items()
        }
        apart = kept_apart(drawn, like=like, brought=None, random=random, genes=12, avoid=np.array([1, 2]), pools=None)
        assert np.array_equal(apart["test"]["random"], drawn["test"]["random"])
        seen += [tuple(pair) for pair in apart["validation"]["random"].tolist()]
    pairs, count = np.unique(seen, axis=0, return_counts=True)
    assert len(pairs) == 66 - 2
    assert count.min() > 0.75 * count.mean()
    assert count.max() < 1.25 * count.mean()


def test_too_few_for_all_parts_is_said_with_the_part():
    """Enough unlisted pairs for each part alone, not for all three."""
    graph = tiny_graph(20, 110, interactions=None)  # 80 unlisted: test 22, validation 9, training 79
    with pytest.raises(
        DataError,
        match=r"^No pair may be a negative of two parts, and those of test and validation leave too few for train: "
        r"of its 79 random ones \d+ are left, and \d+ unlisted pairs are needed .* have only \d+\. Use",
    ):
        SPLITS.make("pairs").divide(graph)
