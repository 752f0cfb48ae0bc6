"""A file of held-out pairs asks inside training what it asks outside: unseen genes, own validation, own negatives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pair_cases import as_set

from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError, InvalidSetting, MalformedData
from slviz.scorers.inner_folds import inner_folds
from slviz.splits import SPLITS, HeldOut
from slviz.splits.hidden_genes import count_unseen, hide_genes, shares_of

GENES, UNSEEN = 120, 24
"""The last genes have pairs in the file alone."""


def written(tmp_path, name, graph, pairs):
    path = tmp_path / name
    path.write_text("\n".join(f"{graph.genes[a]}\t{graph.genes[b]}" for a, b in pairs))
    return path


@pytest.fixture(scope="module")
def graph():
    return tiny_graph(GENES, 900)


@pytest.fixture(scope="module")
def new_pairs(graph):
    """All known pairs of the last genes: with one such gene, and with two."""
    unseen = (graph.pairs >= GENES - UNSEEN).sum(axis=1)
    return graph.pairs[unseen > 0]


def all_negatives(split, part):
    rows = (split.part == part) & (split.negative_kind != "known")
    return as_set(split.pairs[rows])


def test_validation_has_as_many_unseen_genes_as_the_file_and_no_hidden_gene_is_learnt_from(graph, new_pairs, tmp_path):
    held = HeldOut.read(graph, written(tmp_path, "new.tsv", graph, new_pairs))
    choice = held.split()
    split = choice.divide(graph, held_out=held)
    elsewhere = graph.pairs[~np.isin(pair_keys(graph.pairs, GENES), pair_keys(held.pairs, GENES))]
    outside = shares_of(count_unseen(held.pairs, elsewhere, genes=GENES))
    inside = choice.unseen_shares(split)
    assert outside[0] == 0
    assert min(outside[1:]) > 0.08
    assert inside == pytest.approx(outside, abs=0.02)
    validation = split.pairs[split.rows("validation")]
    assert len(validation) >= 20
    known = as_set(graph.pairs)
    assert as_set(validation) <= known
    assert as_set(split.training_pairs) <= known - as_set(held.pairs) - as_set(validation)
    for kind in ("random", "degree-matched", "popularity-matched"):  # negatives join genes as the pairs do
        drawn = split.pairs[split.rows("validation", kind)]
        assert shares_of(count_unseen(drawn, split.training_pairs, genes=GENES)) == pytest.approx(inside, abs=0.12)
        assert not as_set(drawn) & known
    matched = split.pairs[split.rows("test", "popularity-matched")]
    of_matched, of_pairs = (
        shares_of(count_unseen(pairs, split.training_pairs, genes=GENES)) for pairs in (matched, held.pairs)
    )
    assert of_matched == pytest.approx(of_pairs, abs=0.05)
    for part, other in (("test", "validation"), ("test", "train"), ("validation", "train")):
        assert not all_negatives(split, part) & all_negatives(split, other)
    (said,) = choice.remarks(graph, held_out=held)
    one, two = (round(share * len(held.pairs)) for share in outside[1:])
    assert said.startswith(
        f"Of {len(held.pairs)} test pairs 0 join two genes with a known pair elsewhere, {one} have one gene without, "
        f"{two} have two."
    )


def test_the_test_part_is_that_of_training_as_if_all_genes_were_known(graph, new_pairs, tmp_path):
    held = HeldOut.read(graph, written(tmp_path, "new.tsv", graph, new_pairs))
    plain = held.split(hide_genes=False).divide(graph, held_out=held)
    hiding = held.split().divide(graph, held_out=held)
    assert "as if all genes were known" in held.split(hide_genes=False).remarks(graph, held_out=held)[0]
    assert held.split(hide_genes=False).unseen_shares(plain) is None
    for kind in ("known", "random", "degree-matched"):
        for column in ("pairs", "score"):
            one, other = (getattr(split, column)[split.rows("test", kind)] for split in (plain, hiding))
            assert np.array_equal(one, other, equal_nan=True)


def test_a_file_whose_genes_are_known_elsewhere_divides_as_before(tmp_path):
    graph = tiny_graph(40, 300)
    held = HeldOut.read(graph, written(tmp_path, "known.tsv", graph, graph.pairs[::15]))
    elsewhere = np.delete(graph.pairs, np.s_[::15], axis=0)
    assert not count_unseen(held.pairs, elsewhere, genes=40).any()
    choice = held.split()
    split, plain = choice.divide(graph, held_out=held), choice.replace(hide_genes=False).divide(graph, held_out=held)
    assert choice.remarks(graph, held_out=held) == ()
    assert choice.to_json().keys() == {"name", "test_pairs", "test_negatives", "split_seed", "validation_share"}
    for field in dataclasses.fields(split):
        one, other = getattr(split, field.name), getattr(plain, field.name)
        assert np.array_equal(one, other, equal_nan=field.name == "score")


def test_own_validation_pairs_and_training_negatives_are_taken_as_they_are(graph, new_pairs, tmp_path):
    others = graph.pairs[~np.isin(pair_keys(graph.pairs, GENES), pair_keys(new_pairs, GENES))]
    unlisted = np.stack(np.triu_indices(GENES, k=1), axis=1)
    unlisted = unlisted[~np.isin(pair_keys(unlisted, GENES), pair_keys(graph.pairs, GENES))][::31]
    files = {
        "validation": written(tmp_path, "dev.tsv", graph, others[:40]),
        "train_negatives": written(tmp_path, "no.tsv", graph, unlisted),
    }
    held = HeldOut.read(graph, written(tmp_path, "new.tsv", graph, new_pairs), **files)
    choice = held.split()
    assert all(choice.to_json()[name] for name in ("validation_pairs", "train_negatives"))
    split = choice.divide(graph, held_out=held)
    assert as_set(split.pairs[split.rows("validation")]) == as_set(others[:40])
    assert as_set(split.training_pairs) == as_set(others[40:])
    assert as_set(split.own_training_negatives) == as_set(unlisted)
    for part in ("validation", "test"):
        assert not all_negatives(split, part) & as_set(unlisted)
    folds = inner_folds(
        split.training_pairs, genes=GENES, unseen_genes_per_pair=0, ratio=1, seed=0,
        own_negatives=split.own_training_negatives,
    )  # fmt: skip
    for fold in folds:
        assert as_set(np.concatenate(list(fold.others.values()))) <= as_set(unlisted)
    with pytest.raises(InvalidSetting, match="has other content"):
        HeldOut.read(graph, tmp_path / "new.tsv").split().divide(graph, held_out=held)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("validation", "what is tested is neither learnt from nor validated with"),
        ("train_negatives", "a pair is either real or not"),
    ],
)
def test_a_pair_in_two_files_is_refused(graph, new_pairs, tmp_path, part, why):
    pairs = written(tmp_path, "new.tsv", graph, new_pairs)
    other = written(tmp_path, "other.tsv", graph, new_pairs[3:5])
    with pytest.raises(
        MalformedData, match=rf"other\.tsv lists a pair that .*new\.tsv lists too; {why}: .*lines 1 and 4"
    ):
        HeldOut.read(graph, pairs, **{part: other})


def test_a_file_that_leaves_nothing_to_learn_from_says_so(graph, tmp_path):
    held = HeldOut.read(graph, written(tmp_path, "all.tsv", graph, graph.pairs))
    with pytest.raises(DataError, match="Only 0 known pairs are left to learn from"):
        held.split().divide(graph, held_out=held)
    held = HeldOut.read(
        graph,
        written(tmp_path, "most.tsv", graph, graph.pairs[2:]),
        validation=written(tmp_path, "two.tsv", graph, graph.pairs[:1]),
    )
    with pytest.raises(DataError, match=r"known pairs|Training needs two"):
        held.split().divide(graph, held_out=held)


def test_a_self_pair_and_a_pair_listed_twice_are_left_out_with_their_lines(graph, tmp_path):
    pairs = [*graph.pairs[:3], graph.pairs[1][::-1], [5, 5]]
    held = HeldOut.read(graph, written(tmp_path, "odd.tsv", graph, pairs))
    assert len(held.pairs) == 3
    said = " ".join(held.remarks)
    assert "(line 4)" in said
    assert "(line 5)" in said
    assert "paired with itself" in said


MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(
    shares=st.sampled_from([(1.0, 0.0, 0.0), (0.8, 0.2, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.3, 0.5, 0.2)]),
    wanted=st.integers(1, 200),
    most=st.sampled_from([0.3, 0.56]),
    seed=st.integers(0, 10**6),
)
def test_hidden_genes_leave_pairs_in_the_shares_that_were_asked_for(shares, wanted, most, seed):
    pairs = tiny_graph(80, 500, seed=seed % 7).pairs
    found = hide_genes(np.random.default_rng(seed), pairs, genes=80, shares=shares, wanted=wanted, most_touched=most)
    if found is None:
        return
    unseen = found.hidden[pairs].sum(axis=1)
    for kind, rows in enumerate(found.predicted):
        assert (unseen[rows] == kind).all()
    assert not unseen[found.seen].any()
    assert not set(found.seen.tolist()) & set(np.concatenate(found.predicted).tolist())
    asked = sum(map(len, found.predicted))
    assert asked <= wanted + 2
    assert (unseen > 0).mean() <= most
    if asked >= 30:
        assert np.array([len(rows) / asked for rows in found.predicted]) == pytest.approx(np.array(shares), abs=0.06)


def test_inner_folds_ask_in_the_shares_of_the_file(graph):
    shares = (0.4, 0.4, 0.2)
    folds = list(inner_folds(graph.pairs, genes=GENES, unseen_genes_per_pair=0, unseen_shares=shares, ratio=2, seed=1))
    assert len(folds) == 5
    for fold in folds:
        seen = graph.pairs[fold.seen]
        asked = count_unseen(graph.pairs[fold.predicted], seen, genes=GENES)
        assert shares_of(asked) == pytest.approx(shares, abs=0.08)
        for others in fold.others.values():
            assert len(others) >= 1.5 * len(fold.predicted)
            assert shares_of(count_unseen(others, seen, genes=GENES)) == pytest.approx(shares, abs=0.12)
        assert 0.3 < fold.share < 1


def test_nearly_pure_shares_ask_as_the_protocol_of_new_genes_does(graph):
    where = {"genes": GENES, "ratio": 1, "seed": 1}
    pure = list(inner_folds(graph.pairs, unseen_genes_per_pair=1, **where))
    nearly = list(inner_folds(graph.pairs, unseen_genes_per_pair=0, unseen_shares=(0.0, 0.97, 0.03), **where))
    assert [fold.predicted.tolist() for fold in nearly] == [fold.predicted.tolist() for fold in pure]


def test_no_other_protocol_hides_in_shares(graph):
    split = SPLITS.make("pairs").divide(graph)
    assert SPLITS.make("pairs").unseen_shares(split) is None
