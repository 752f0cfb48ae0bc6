"""The protocols one-new, both-new, near-duplicate-free and publication: their rules, looked for by brute force."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pair_cases import as_set, has_near_duplicate_by_force, near_duplicate_graph, of_pairs, partners_of

from slviz.datasets import EVIDENCE_COLUMNS
from slviz.errors import DataError, InvalidSetting
from slviz.splits import BothNew, HeldOut, NearDuplicateFree, OneNew, Pairs, Publication
from slviz.splits.near_duplicate_free import has_near_duplicate
from slviz.splits.negatives import Pool, pair_keys, random_negatives_across

EVALUATED = ("validation", "test")
KINDS = ("known", "random", "degree-matched")


def cited_graph(pubmeds):
    """A tiny graph whose pair number n rests on the publications `pubmeds[n]`."""
    records = [(pair, pubmed) for pair, of_pair in enumerate(pubmeds) for pubmed in of_pair]
    evidence = pd.DataFrame({"pair": [r[0] for r in records], "pubmed": [r[1] for r in records]})
    evidence = evidence.assign(interaction="SL", evidence="Daisy", context="", score=np.float32(0.5))
    return tiny_graph(30, len(pubmeds), evidence=evidence[list(EVIDENCE_COLUMNS)])


GRAPHS = st.builds(tiny_graph, genes=st.integers(25, 45), pairs=st.integers(60, 110), seed=st.integers(0, 10**6))
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(graph=GRAPHS, fold=st.integers(0, 2), split_seed=st.integers(0, 99), cls=st.sampled_from([OneNew, BothNew]))
def test_no_pair_of_an_unseen_gene_is_learnt_from_and_the_evaluated_ones_have_as_many_as_they_say(
    graph, fold, split_seed, cls
):
    try:
        split = cls(folds=3, fold=fold, split_seed=split_seed).divide(graph)
    except DataError as refused:
        said = str(refused)
        assert "known pairs to" in said or "unlisted pairs are needed" in said
        return
    unseen = set(np.flatnonzero(split.gene_part == "test").tolist())
    aside = set(np.flatnonzero(split.gene_part == "validation").tolist())
    assert len(unseen) in (len(graph) // 3, len(graph) // 3 + 1)
    for pair in split.pairs[split.part == "train"].tolist():
        assert not set(pair) & (unseen | aside)
    for pair in split.pairs[split.part == "validation"].tolist():
        assert len(set(pair) & aside) == 1
        assert not set(pair) & unseen
    for pair in split.pairs[split.part == "test"].tolist():
        assert len(set(pair) & unseen) == cls.unseen_genes_per_pair
    assert not as_set(split.pairs[split.negative_kind != "known"]) & as_set(graph.pairs)
    expected = {
        frozenset(pair) for pair in graph.pairs.tolist() if len(set(pair) & unseen) == cls.unseen_genes_per_pair
    }
    assert as_set(split.pairs[split.rows("test")]) == expected


def test_every_gene_is_unseen_in_exactly_one_fold(graph):
    parts = [OneNew(fold=fold).divide(graph).gene_part == "test" for fold in range(5)]
    assert np.array_equal(np.sum(parts, axis=0), np.ones(len(graph)))


@pytest.mark.parametrize("ratio", [1, 3])
@pytest.mark.parametrize("cls", [OneNew, BothNew])
def test_non_pairs_of_new_genes_are_as_many_as_asked_for_and_matched_ones_keep_the_degree_of_each_side(cls, ratio):
    graph = tiny_graph(150, 300)
    split = cls(folds=3, ratio=ratio).divide(graph)
    for part in EVALUATED:
        real = split.pairs[split.rows(part)]
        assert len(split.rows(part, "random")) == ratio * len(real)
        assert len(as_set(split.pairs[split.rows(part, "random")])) == ratio * len(real)
    real, matched = (split.pairs[split.rows("test", kind)] for kind in ("known", "degree-matched"))
    assert len(matched) == len(as_set(matched)) == ratio * len(real)
    off = np.abs(np.bincount(matched.ravel(), minlength=150) - ratio * np.bincount(real.ravel(), minlength=150))
    assert off.sum() <= 0.05 * matched.size


def test_random_non_pairs_of_one_new_gene_are_uniform_over_all_that_may_be_drawn():
    graph = tiny_graph(30, 80)
    seen, drawn = set(), []
    unseen = OneNew(folds=3, validation_share=0.2).divide(graph).gene_part == "test"
    pool = Pool(np.flatnonzero(unseen), np.flatnonzero(~unseen))
    avoid = np.sort(pair_keys(graph.pairs, 30))
    for seed in range(150):
        few = random_negatives_across(np.random.default_rng(seed), 20, pool=pool, genes=30, avoid=avoid)
        drawn += [tuple(pair) for pair in few.tolist()]
        seen |= {tuple(pair) for pair in few.tolist()}
    known = {tuple(pair) for pair in graph.pairs.tolist()}
    allowed = {p for p in itertools.combinations(range(30), 2) if unseen[p[0]] != unseen[p[1]] and p not in known}
    assert seen == allowed
    _, count = np.unique(drawn, axis=0, return_counts=True)
    assert count.max() < 3 * count.mean()


@MANY
@given(graph=GRAPHS, fold=st.integers(0, 4), fewest=st.integers(1, 3))
def test_no_tested_pair_has_a_near_duplicate_in_training_or_validation(graph, fold, fewest):
    """Few partners make many near-duplicates in a random graph."""
    graph = dataclasses.replace(graph, pairs=graph.pairs[::2], score=graph.score[::2], evidence=None, fingerprint="")
    plain = Pairs(fold=fold).divide(graph)
    held = plain.pairs[plain.rows("test")]
    rest = np.concatenate([plain.training_pairs, plain.pairs[plain.rows("validation")]])
    seen, known = partners_of(rest, len(graph)), partners_of(graph.pairs, len(graph))
    expected = {
        frozenset(pair)
        for pair in held.tolist()
        if not has_near_duplicate_by_force(tuple(pair), seen=seen, known=known, fewest=fewest)
    }
    try:
        split = NearDuplicateFree(fold=fold, near_duplicate_partners=fewest).divide(graph)
    except DataError:
        assert not expected
        return
    assert as_set(split.pairs[split.rows("test")]) == expected
    assert as_set(split.training_pairs) == as_set(plain.training_pairs)
    assert not as_set(split.pairs[split.negative_kind != "known"]) & as_set(graph.pairs)


def test_near_duplicates_are_found_by_the_hundreds_and_none_is_tested():
    graph = near_duplicate_graph()
    plain, split = Pairs().divide(graph), NearDuplicateFree(near_duplicate_partners=1).divide(graph)
    known = partners_of(graph.pairs, len(graph))
    seen = partners_of(np.concatenate([split.training_pairs, split.pairs[split.rows("validation")]]), len(graph))
    assert len(split.rows("test")) < len(plain.rows("test")) - 8
    assert not any(
        has_near_duplicate_by_force(tuple(pair), seen=seen, known=known)
        for pair in split.pairs[split.rows("test")].tolist()
    )


def test_a_near_duplicate_by_hand():
    """0 and 1 share 2, 3, 4, 5, and these share 0 and 1: (1, 5) or (0, 2) give (0, 5) away, (1, 2) does not."""
    pairs = np.array([[0, 2], [0, 3], [0, 4], [0, 5], [1, 2], [1, 3], [1, 4], [1, 5], [6, 7]])
    graph = of_pairs(pairs, genes=30)
    asked = np.array([[0, 5], [6, 7]])
    assert has_near_duplicate(asked, seen=pairs[7:8], graph=graph).tolist() == [True, False]
    assert has_near_duplicate(asked, seen=pairs[:1], graph=graph).tolist() == [True, False]
    assert has_near_duplicate(asked, seen=pairs[4:7], graph=graph).tolist() == [False, False]


@MANY
@given(
    pubmeds=st.lists(st.lists(st.sampled_from(["1", "2", "3", "1;2", ""]), max_size=3), min_size=30, max_size=60),
    group=st.sampled_from([["1"], ["2"], ["1", "2"]]),
)
def test_all_pairs_that_rest_on_the_publications_alone_are_tested_and_no_others(pubmeds, group):
    graph = cited_graph(pubmeds)
    named = [{each for record in of_pair for each in record.split(";")} for of_pair in pubmeds]
    expected = {frozenset(graph.pairs[row].tolist()) for row, ids in enumerate(named) if ids and ids <= set(group)}
    try:
        split = Publication(publication="+".join(group)).divide(graph)
    except (DataError, InvalidSetting) as refused:
        alone = [ids for ids in named if len(ids) == 1]
        assert not all({each} in alone for each in group) or len(pubmeds) - len(expected) < 2
        said = str(refused)
        assert "alone" in said or "single publication" in said or "known pairs" in said or "does not say" in said
        return
    assert as_set(split.pairs[split.rows("test")]) == expected
    learnt = np.concatenate([split.training_pairs, split.pairs[split.rows("validation")]])
    assert as_set(learnt) == as_set(graph.pairs) - expected


@pytest.mark.parametrize("split_seed", range(5))
def test_whole_publications_validate_where_some_are_small_enough(split_seed):
    sizes = {"1": 40, "2": 50, "3": 6, "4": 5, "5": 4}
    graph = cited_graph([[name] for name, size in sizes.items() for _ in range(size)] + [["3", "4"]] * 5)
    split = Publication(publication="1", split_seed=split_seed).divide(graph)
    row_of = {tuple(pair): row for row, pair in enumerate(graph.pairs.tolist())}
    chosen = {row_of[tuple(pair)] for pair in split.pairs[split.rows("validation")].tolist()}
    ends = dict(zip(sizes, itertools.accumulate(sizes.values()), strict=True))
    of_each = {name: set(range(ends[name] - size, ends[name])) for name, size in sizes.items()}
    assert chosen == set().union(*(rows for rows in of_each.values() if rows <= chosen))
    assert not chosen & of_each["1"]
    assert 7 / 1.5 <= len(chosen) <= 1.5 * 7


def test_random_pairs_validate_where_every_publication_is_too_large():
    graph = cited_graph([["1"]] * 40 + [["2"]] * 60)
    split = Publication(publication="1").divide(graph)
    assert len(split.rows("validation")) == 6
    assert len(split.rows("train")) == 54


def test_left_empty_it_is_the_publication_with_most_pairs_and_small_is_all_the_small_ones():
    graph = cited_graph([["7"]] * 110 + [["8"]] * 20 + [["9"]] * 10 + [["7", "8"]] * 5)
    tested = {name: len(Publication(publication=name).divide(graph).rows("test")) for name in ("", "7", "8", "small")}
    assert tested == {"": 110, "7": 110, "8": 20, "small": 30}


class TestRefusals:
    def test_a_publication_that_does_not_exist_names_the_nearest_and_the_largest(self):
        graph = cited_graph([["25171417"]] * 20 + [["19490893"]] * 10 + [["555", "666"]] * 5)
        with pytest.raises(
            InvalidSetting,
            match=r"rests on publication '25171418' alone. Did you mean '25171417'\? "
            r"The largest are: 25171417 \(20 pairs\), 19490893 \(10 pairs\)\.",
        ):
            Publication(publication="25171418").divide(graph)
        with pytest.raises(InvalidSetting, match="publication '555' alone"):
            Publication(publication="25171417+555").divide(graph)

    def test_a_data_set_without_publications(self):
        with pytest.raises(DataError, match="does not say which publication"):
            Publication().divide(tiny_graph(evidence=None))
        with pytest.raises(DataError, match="rests on a single publication"):
            Publication().divide(cited_graph([["1", "2"]] * 20))

    def test_a_publication_that_leaves_nothing_to_learn_from(self):
        with pytest.raises(DataError, match="'publication' leaves no known pairs to learn from"):
            Publication().divide(cited_graph([["1"]] * 20))
        with pytest.raises(InvalidSetting, match="has 100 pairs of its own or more"):
            Publication(publication="small").divide(cited_graph([["1"]] * 110))

    def test_no_pair_of_two_unseen_genes(self):
        star = np.stack([np.zeros(20, dtype=np.int64), np.arange(1, 21)], axis=1)
        graph = of_pairs(star, genes=30)
        refusals = 0
        for fold in range(5):
            try:
                BothNew(fold=fold).divide(graph)
            except DataError as refused:
                refusals += "'both-new' leaves" in str(refused) and "known pairs to" in str(refused)
        assert refusals == 5

    def test_no_tested_pair_without_a_near_duplicate(self):
        of_two = np.array([[hub, gene] for hub in (0, 1) for gene in range(2, 30)])
        graph = of_pairs(of_two, genes=30)
        with pytest.raises(DataError, match="'near-duplicate-free' leaves no known pairs to test"):
            NearDuplicateFree(near_duplicate_partners=1).divide(graph)

    def test_a_complete_graph_has_only_one_class(self):
        full = tiny_graph(20, 190, interactions=None)
        for cls in (OneNew, BothNew, NearDuplicateFree, Publication):
            with pytest.raises(DataError, match=r"unlisted pairs are needed|leaves no known pairs"):
                cls().divide(full)

    def test_more_non_pairs_than_there_are(self, graph):
        with pytest.raises(
            DataError, match=r"unlisted pairs are needed to compare with, and 2 genes with 30 others have only 49"
        ):
            BothNew(ratio=50).divide(graph)

    @pytest.mark.parametrize("cls", [OneNew, BothNew, NearDuplicateFree, Publication])
    def test_a_file_belongs_to_another_split(self, graph, cls, tmp_path):
        (tmp_path / "pairs.tsv").write_text("GENE1\tGENE2\n")
        held = HeldOut.read(graph, tmp_path / "pairs.tsv")
        with pytest.raises(InvalidSetting, match=f"The split '{cls.name}' holds out its own pairs"):
            cls().divide(graph, held_out=held)
