"""Splits: what is held out stays out, and what it is compared with is fair."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_spec
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DamagedRun, DataError, InvalidSetting, MalformedData, MissingDataFile, UnknownGene
from slviz.evaluation import roc_auc
from slviz.splits import FileSplit, HeldOut, Pairs, PairSplit, degree_matched_negatives, random_negatives


def as_set(pairs):
    return {frozenset(map(int, pair)) for pair in pairs}


def hub_graph(*, hubs=4, genes=600, seed=3):
    """A few genes with a hundred partners each, the rest with few."""
    random = np.random.default_rng(seed)
    of_hubs = np.stack([np.repeat(np.arange(hubs), 100), random.integers(hubs, genes, size=hubs * 100)], axis=1)
    others = random.integers(hubs, genes, size=(150, 2))
    ends = np.sort(np.concatenate([of_hubs, others[others[:, 0] != others[:, 1]]]), axis=1)
    pairs = np.unique(ends, axis=0).astype(np.int64)
    score = np.full(len(pairs), 0.5, dtype=np.float32)
    return dataclasses.replace(tiny_graph(genes, 100), pairs=pairs, score=score, evidence=None, fingerprint="")


def same(one: PairSplit, other: PairSplit) -> bool:
    return all(
        np.array_equal(getattr(one, each.name), getattr(other, each.name), equal_nan=each.name == "score")
        for each in dataclasses.fields(PairSplit)
    )


def write(path, pairs, genes, *, sep="\t", header=""):
    path.write_text(header + "\n".join(sep.join([genes[a], genes[b]]) for a, b in pairs))
    return path


class TestPairs:
    def test_every_known_pair_is_tested_in_exactly_one_fold(self, graph):
        tested = [Pairs(fold=fold).divide(graph) for fold in range(5)]
        found = np.concatenate([split.pairs[split.rows("test")] for split in tested])
        assert len(found) == len(graph.pairs)
        assert as_set(found) == as_set(graph.pairs)

    def test_each_known_pair_has_one_part(self, graph):
        split = Pairs().divide(graph)
        parts = [as_set(split.pairs[split.rows(part)]) for part in ("train", "validation", "test")]
        assert sum(map(len, parts)) == len(graph.pairs)
        assert len(set.union(*parts)) == len(graph.pairs)
        assert [len(part) for part in parts] == [86, 10, 24]

    def test_known_pairs_carry_their_own_score_and_non_pairs_none(self, graph):
        split = Pairs().divide(graph)
        score = {frozenset(map(int, pair)): value for pair, value in zip(graph.pairs, graph.score, strict=True)}
        known = split.negative_kind == "known"
        assert [score[frozenset(map(int, pair))] for pair in split.pairs[known]] == list(split.score[known])
        assert np.isnan(split.score[~known]).all()
        assert np.array_equal(split.actual, known.astype(np.float32))

    def test_one_negative_of_each_kind_for_each_evaluated_pair_and_none_is_known(self, graph):
        split = Pairs().divide(graph)
        for part in ("validation", "test"):
            for kind in ("random", "degree-matched"):
                drawn = split.pairs[split.rows(part, kind)]
                assert len(drawn) == len(split.rows(part)) == len(as_set(drawn))
        strangers = split.pairs[split.negative_kind != "known"]
        assert not as_set(strangers) & as_set(graph.pairs)
        assert (strangers[:, 0] < strangers[:, 1]).all()

    def test_same_settings_same_split_and_another_seed_another(self, graph):
        assert same(Pairs().divide(graph), Pairs().divide(graph))
        assert not same(Pairs().divide(graph), Pairs(split_seed=1).divide(graph))

    def test_validation_is_cut_from_training_so_that_the_test_part_does_not_depend_on_its_share(self, graph):
        small, large = (Pairs(validation_share=share).divide(graph) for share in (0.1, 0.4))
        assert as_set(small.pairs[small.rows("test")]) == as_set(large.pairs[large.rows("test")])
        assert len(small.rows("validation")) < len(large.rows("validation"))

    def test_every_gene_has_a_part_for_tasks_about_genes(self, graph):
        part = Pairs().divide(graph).gene_part
        assert {name: int((part == name).sum()) for name in set(part)} == {"train": 29, "validation": 3, "test": 8}

    def test_every_gene_is_tested_in_exactly_one_fold(self, graph):
        tested = np.stack([Pairs(fold=fold).divide(graph).gene_part == "test" for fold in range(5)])
        assert (tested.sum(axis=0) == 1).all()

    def test_a_fold_that_does_not_exist_is_refused(self):
        with pytest.raises(InvalidSetting, match=r"fold=5 is outside the range 0 to 4 of 5 folds"):
            Pairs(fold=5)

    def test_too_few_pairs_for_the_folds(self):
        with pytest.raises(DataError, match="5 folds need at least 10 known pairs; 'tiny' has 6"):
            Pairs().divide(tiny_graph(10, 6))

    def test_a_complete_graph_has_nothing_to_compare_with(self):
        with pytest.raises(DataError, match="unlisted pairs are needed"):
            Pairs().divide(tiny_graph(10, 45, interactions=None))

    @pytest.mark.parametrize(
        ("settings", "digest"),
        [
            ({}, "0856f2882b733e7f37e245963e6f1d775533c453abc2805c5c9d911d87994675"),
            (
                {"fold": 3, "split_seed": 7, "validation_share": 0.3},
                "452b6135ec2884b451f5757c5975f2af326c23ee4d2599f309ef19c15ba1978e",
            ),
        ],
    )
    def test_known_pairs_and_all_of_the_test_part_are_bit_for_bit_those_of_the_first_release(
        self, graph, settings, digest
    ):
        """Figures that people kept are compared with new ones; negatives of validation and training may differ."""
        split = Pairs(**settings).divide(graph)
        kept = ((split.negative_kind == "known") | (split.part == "test")) & (
            split.negative_kind != "popularity-matched"
        )
        content = [np.ascontiguousarray(array[kept]).tobytes() for array in (split.pairs, split.actual)]
        content += ["\n".join(each).encode() for each in (split.part[kept], split.negative_kind[kept], split.gene_part)]
        content += [np.nan_to_num(split.score[kept], nan=-1).tobytes()]
        assert hashlib.sha256(b"".join(content)).hexdigest() == digest

    def test_the_run_of_a_split_from_before_ratio_was_a_setting_keeps_its_name(self, graph):
        assert set(Pairs().to_json()) == {"name", "folds", "fold", "split_seed", "validation_share"}
        assert Pairs(ratio=5).to_json()["ratio"] == 5

    def test_more_negatives_for_each_evaluated_pair_on_request(self):
        graph = tiny_graph(60, 120)
        plain, split = Pairs().divide(graph), Pairs(ratio=5).divide(graph)
        for part, times in (("train", 1), ("validation", 5), ("test", 5)):
            assert np.array_equal(split.pairs[split.rows(part)], plain.pairs[plain.rows(part)])
            drawn = split.pairs[split.rows(part, "random")]
            assert len(drawn) == len(as_set(drawn)) == times * len(split.rows(part))
            assert not as_set(drawn) & as_set(graph.pairs)
        matched = split.pairs[split.rows("test", "degree-matched")]
        wanted = np.bincount(split.pairs[split.rows("test")].ravel(), minlength=60)
        assert np.array_equal(np.bincount(matched.ravel(), minlength=60), 5 * wanted)


class TestNegatives:
    def test_degree_tells_random_non_pairs_apart_and_degree_matched_ones_not(self):
        graph = hub_graph()
        split = Pairs().divide(graph)
        degree = np.bincount(split.training_pairs.ravel(), minlength=len(graph))
        most = degree[split.pairs].max(axis=1)

        def auc(kind):
            rows = np.concatenate([split.rows("test"), split.rows("test", kind)])
            return roc_auc(split.actual[rows], most[rows])

        assert auc("random") > 0.8
        assert abs(auc("degree-matched") - 0.5) < 0.1

    def test_degree_matched_genes_occur_exactly_as_often_as_in_the_pairs_they_match(self):
        graph = hub_graph()
        avoid = np.sort(pair_keys(graph.pairs, len(graph)))
        like = graph.pairs[::5]
        drawn = degree_matched_negatives(np.random.default_rng(0), like, genes=len(graph), avoid=avoid)
        assert np.array_equal(np.bincount(drawn.ravel()), np.bincount(like.ravel()))
        assert not as_set(drawn) & as_set(graph.pairs)
        assert len(as_set(drawn)) == len(like)

    @pytest.mark.parametrize("count", [0, 1, 50, 900])
    def test_any_number_of_degree_matched_ones(self, count):
        graph = hub_graph()
        avoid = np.sort(pair_keys(graph.pairs, len(graph)))
        drawn = degree_matched_negatives(
            np.random.default_rng(0), graph.pairs, genes=len(graph), avoid=avoid, count=count
        )
        assert len(as_set(drawn)) == count
        assert not as_set(drawn) & as_set(graph.pairs)

    def test_random_ones_are_uniform_over_the_pairs_that_may_be_drawn(self):
        avoid = np.array([1, 2, 3])  # 0–1, 0–2, 0–3 of 12 genes
        drawn = [
            pair_keys(random_negatives(np.random.default_rng(seed), 5, genes=12, avoid=avoid), 12)
            for seed in range(2000)
        ]
        keys, count = np.unique(np.concatenate(drawn), return_counts=True)
        assert len(keys) == 66 - 3
        assert not set(keys) & set(avoid)
        assert count.min() > 0.6 * count.mean()
        assert count.max() < 1.4 * count.mean()

    @settings(max_examples=40, deadline=None)
    @given(genes=st.integers(3, 14), share=st.floats(0, 1), seed=st.integers(0, 2**20))
    def test_any_number_up_to_all_free_pairs_can_be_drawn(self, genes, share, seed):
        random = np.random.default_rng(seed)
        a, b = np.triu_indices(genes, k=1)
        avoid = np.sort(random.choice(a * genes + b, size=int(share * len(a)), replace=False))
        free = len(a) - len(avoid)
        for count in {0, free // 2, free}:
            keys = pair_keys(random_negatives(random, count, genes=genes, avoid=avoid), genes)
            assert len(set(keys)) == count
            assert not set(keys) & set(avoid)

    def test_a_star_has_few_degree_matched_non_pairs_and_drawing_ends(self):
        star = np.stack([np.zeros(3, dtype=np.int64), np.arange(1, 4)], axis=1)
        drawn = degree_matched_negatives(np.random.default_rng(0), star, genes=4, avoid=pair_keys(star, 4), count=20)
        assert as_set(drawn) == {frozenset({1, 2}), frozenset({1, 3}), frozenset({2, 3})}


class TestFrame:
    def test_survives_a_parquet_file_by_name(self, graph, tmp_path):
        split = Pairs().divide(graph)
        split.to_frame(graph.genes).to_parquet(tmp_path / "split.parquet")
        frame = pd.read_parquet(tmp_path / "split.parquet")
        assert set(frame["gene_a"]) <= set(graph.genes)
        assert same(PairSplit.from_frame(frame, graph.genes), split)

    def test_refuses_the_genes_of_another_data_set(self, graph):
        frame = Pairs().divide(graph).to_frame(graph.genes)
        with pytest.raises(DamagedRun, match="other genes"):
            PairSplit.from_frame(frame, [f"OTHER{gene}" for gene in graph.genes])
        with pytest.raises(DamagedRun, match="columns"):
            PairSplit.from_frame(frame.drop(columns="part"), graph.genes)
        frame.loc[0, "gene_b"] = "NOBODY"
        with pytest.raises(DamagedRun, match="does not have"):
            PairSplit.from_frame(frame, graph.genes)


class TestHeldOut:
    def test_a_held_out_pair_is_not_learnt_from_even_when_the_data_set_lists_it(self, graph, tmp_path):
        held = HeldOut.read(graph, write(tmp_path / "mine.tsv", graph.pairs[::8, ::-1], graph.genes))
        split = held.split().divide(graph, held_out=held)
        assert as_set(split.pairs[split.rows("test")]) == as_set(graph.pairs[::8])
        learnt = np.concatenate([split.pairs[split.rows("train")], split.pairs[split.rows("validation")]])
        assert as_set(learnt) == as_set(np.delete(graph.pairs, np.s_[::8], axis=0))
        assert np.array_equal(split.score[split.rows("test")], graph.score[::8])

    def test_pairs_the_data_set_does_not_list_can_be_held_out(self, graph, tmp_path):
        unlisted = random_negatives(
            np.random.default_rng(5), 4, genes=len(graph), avoid=np.sort(pair_keys(graph.pairs, len(graph)))
        )
        held = HeldOut.read(graph, write(tmp_path / "new.csv", unlisted, graph.genes, sep=","))
        split = held.split().divide(graph, held_out=held)
        assert as_set(split.pairs[split.rows("test")]) == as_set(unlisted)
        assert np.isnan(split.score[split.rows("test")]).all()
        assert not as_set(split.pairs[split.actual == 0]) & as_set(unlisted)

    def test_the_users_own_non_pairs_stand_beside_the_drawn_ones(self, graph, tmp_path):
        held = HeldOut.read(
            graph,
            write(tmp_path / "pairs.tsv", graph.pairs[:15], graph.genes),
            negatives=write(tmp_path / "others.tsv", graph.pairs[15:20], graph.genes),
        )
        split = held.split().divide(graph, held_out=held)
        assert split.kinds_of_negatives == ("random", "degree-matched", "popularity-matched", "file")
        assert as_set(split.pairs[split.rows("test", "file")]) == as_set(graph.pairs[15:20])
        assert not as_set(split.training_pairs) & as_set(graph.pairs[:20])

    def test_run_names_follow_the_content_of_the_file_and_not_its_order(self, graph, tmp_path):
        pairs = graph.pairs[:15]
        one, shuffled, other = (
            HeldOut.read(graph, write(tmp_path / name, content, graph.genes))
            for name, content in {"a": pairs, "b": pairs[::-1], "c": pairs[:14]}.items()
        )
        specs = [dataclasses.replace(tiny_spec(graph), split=held.split()) for held in (one, shuffled, other)]
        assert specs[0].run_id == specs[1].run_id != specs[2].run_id

    def test_the_wrong_file_is_refused_and_so_is_none(self, graph, tmp_path):
        one = HeldOut.read(graph, write(tmp_path / "a", graph.pairs[:5], graph.genes))
        other = HeldOut.read(graph, write(tmp_path / "b", graph.pairs[:6], graph.genes))
        with pytest.raises(InvalidSetting, match="other content"):
            one.split().divide(graph, held_out=other)
        with pytest.raises(InvalidSetting, match="--test-pairs"):
            FileSplit().divide(graph)
        with pytest.raises(InvalidSetting, match="needs 'file'"):
            Pairs().divide(graph, held_out=one)

    @pytest.mark.parametrize(
        "text",
        [
            "GENE1\tGENE2\nGENE3\tGENE4\n",
            "gene_a\tgene_b\nGENE2\tGENE1\r\n\r\nGENE3\tGENE4",
            "\ufeffGENE1,GENE2\nGENE4,GENE3",
            "GENE1 GENE2\nGENE3   GENE4",
            "GENE1\tGENE2\nGENE3\tGENE4\nGENE2\tGENE1\n",
        ],
    )
    def test_ways_to_write_the_same_two_pairs(self, graph, tmp_path, text):
        path = tmp_path / "pairs.txt"
        path.write_text(text, encoding="utf-8")
        assert HeldOut.read(graph, path).pairs.tolist() == [[1, 2], [3, 4]]

    def test_a_damaged_gzip_is_a_sentence(self, graph, tmp_path):
        path = tmp_path / "pairs.tsv.gz"
        packed = bytearray(gzip.compress(b"GENE1\tGENE2\t0.7\n" * 50, mtime=0))
        packed[20] ^= 0xFF
        path.write_bytes(packed)
        with pytest.raises(MalformedData, match=r"damaged gzip|cut off"):
            HeldOut.read(graph, path)

    def test_a_third_column_is_the_score_and_gzip_is_read(self, graph, tmp_path):
        path = tmp_path / "pairs.tsv.gz"
        path.write_bytes(gzip.compress(b"GENE1\tGENE2\t0.7\n", mtime=0))
        assert HeldOut.read(graph, path).score.tolist() == pytest.approx([0.7])

    def test_a_file_of_unknown_genes_alone_is_refused_with_the_nearest(self, graph, tmp_path):
        path = tmp_path / "pairs.tsv"
        path.write_text("GENEE3\tGENE4\nGENE5\tXYZ\n")
        with pytest.raises(UnknownGene, match=r"'GENEE3' \(line 1\) Did you mean 'GENE3.*'XYZ' \(line 2\)"):
            HeldOut.read(graph, path)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "lists no pairs"),
            ("gene_a\tgene_b\n", "lists no pairs"),
            ("GENE1\n", r"does not name two genes: 'GENE1' \(line 1\)"),
            ("GENE3\tGENE3\n", r"a gene is paired with itself: 'GENE3 GENE3' \(line 1\)"),
        ],
    )
    def test_a_file_without_a_pair_says_why_with_its_line(self, graph, tmp_path, text, said):
        path = tmp_path / "pairs.tsv"
        path.write_text(text)
        with pytest.raises(MalformedData, match=said):
            HeldOut.read(graph, path)

    def test_another_kind_of_table_gets_one_sentence_without_suggestions(self, graph, tmp_path):
        path = tmp_path / "expression.csv"
        path.write_text("sample,tissue,value\n" + "".join(f"S{row},LIVER{row},0.{row}\n" for row in range(30)))
        with pytest.raises(MalformedData, match="does not look like a list of gene pairs") as caught:
            HeldOut.read(graph, path)
        assert "none of its 30 rows names one of its genes, and line 2 reads 'S0 LIVER0'" in str(caught.value)
        assert "Did you mean" not in str(caught.value)
        assert len(str(caught.value)) < 400 + len(str(path))

    def test_no_file_or_no_text(self, graph, tmp_path):
        with pytest.raises(MissingDataFile, match="no file of pairs at"):
            HeldOut.read(graph, tmp_path / "absent.tsv")
        (tmp_path / "picture").write_bytes(b"\x89PNG\xff\xfe")
        with pytest.raises(MalformedData, match="is a PNG picture, not a text file"):
            HeldOut.read(graph, tmp_path / "picture")

    def test_a_pair_cannot_be_both(self, graph, tmp_path):
        path = write(tmp_path / "pairs.tsv", graph.pairs[:3], graph.genes)
        with pytest.raises(MalformedData, match="either real or not"):
            HeldOut.read(graph, path, negatives=path)
