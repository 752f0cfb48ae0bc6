"""Test rows fall into parts by evidence, partners, paralogs and class, and each run is told where it loses."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from builders import tiny_further_parts, tiny_graph, tiny_run

from slviz.evaluation.comparison import Difference
from slviz.ranking.strata import (
    Stratum,
    TestRows,
    by_evidence,
    by_paralogs,
    by_partners,
    partings_of,
    training_partners,
)
from slviz.ui.comparison.run_differences import compared_rows, differences_of_runs
from slviz.ui.comparison.strata_view import sentences, strata_table

GRAPH = tiny_graph(**tiny_further_parts())
RUN = tiny_run(GRAPH)


def test_known_pairs_of_a_kind_of_evidence_stand_beside_all_negatives():
    rows = compared_rows(RUN, "random")
    strata = {stratum.name: stratum for stratum in partings_of(TestRows(GRAPH, RUN, rows))["evidence"]}
    kinds = dict(zip(map(tuple, GRAPH.pairs.tolist()), GRAPH.pair_evidence.tolist(), strict=True))
    known = rows.loc[rows["negative_kind"] == "known", ["gene_a", "gene_b"]]
    of_rows = [kinds[tuple(sorted((GRAPH.number_of[a], GRAPH.number_of[b])))] for a, b in known.itertuples(index=False)]
    assert {name: stratum.count for name, stratum in strata.items()} == pd.Series(of_rows).value_counts().to_dict()
    negatives = int((rows["negative_kind"] == "random").sum())
    assert all(int(stratum.rows.sum()) == stratum.count + negatives for stratum in strata.values())


def test_rows_are_parted_by_the_gene_with_fewer_training_partners():
    rows = compared_rows(RUN, "random")
    partners = training_partners(GRAPH, RUN)
    table = RUN.predictions
    learnt = table.loc[(table["part"] == "train") & (table["negative_kind"] == "known")]
    gene = learnt["gene_a"].iloc[0]
    assert partners[GRAPH.number_of[gene]] == (learnt["gene_a"] == gene).sum() + (learnt["gene_b"] == gene).sum()
    strata = partings_of(TestRows(GRAPH, RUN, rows))["partners"]
    assert sum(stratum.count for stratum in strata) == len(rows)
    fewer = partners[[[GRAPH.number_of[a], GRAPH.number_of[b]] for a, b in rows[["gene_a", "gene_b"]].to_numpy()]].min(
        axis=1
    )
    few = next(stratum for stratum in strata if stratum.name == "1 to 4 partners")
    np.testing.assert_array_equal(few.rows, (fewer >= 1) & (fewer <= 4))


def test_pairs_of_paralogs_and_others_are_all_rows():
    rows = compared_rows(RUN, "random")
    inside, outside = partings_of(TestRows(GRAPH, RUN, rows))["paralogs"]
    listed = {frozenset(pair) for pair in GRAPH.relations["paralogs"].pairs.tolist()}
    pairs = [frozenset((GRAPH.number_of[a], GRAPH.number_of[b])) for a, b in rows[["gene_a", "gene_b"]].to_numpy()]
    np.testing.assert_array_equal(inside.rows, [pair in listed for pair in pairs])
    np.testing.assert_array_equal(outside.rows, ~inside.rows)


def test_genes_fall_into_their_classes_and_by_their_partners():
    genes = pd.DataFrame(
        {"gene": GRAPH.genes[:10], "part": "test", "actual": ["x", "y"] * 5, "prediction": "x", "score": 0.5}
    )
    of_genes = dataclasses.replace(RUN, predictions=genes)
    made = partings_of(TestRows(GRAPH, of_genes, genes))
    assert {stratum.name: (stratum.count, stratum.scarcer) for stratum in made["class"]} == {"x": (5, 5), "y": (5, 5)}
    assert "evidence" not in made


def test_a_part_is_as_large_as_the_scarcer_of_its_known_pairs_and_negatives():
    """One known pair and many negatives are no part that a ROC AUC may be told of."""
    rows = compared_rows(RUN, "random")
    known = (rows["negative_kind"] == "known").to_numpy()
    assert any(stratum.is_large_enough for stratum in by_partners(TestRows(GRAPH, RUN, rows)))
    rows = rows.loc[~known | (np.cumsum(known) == 1)]
    known = (rows["negative_kind"] == "known").to_numpy()
    test = TestRows(GRAPH, RUN, rows)
    strata = [*by_partners(test), *by_paralogs(test), *by_evidence(test)]
    assert max(stratum.count for stratum in strata) >= 20
    for stratum in strata:
        assert stratum.scarcer == min((stratum.rows & known).sum(), (stratum.rows & ~known).sum()) <= 1
        assert not stratum.is_large_enough


def test_a_part_is_measured_as_if_it_were_all():
    other = dataclasses.replace(RUN, predictions=RUN.predictions.assign(prediction=np.linspace(0, 1, 240)))
    rows = compared_rows(RUN, "random")
    within = np.arange(len(rows)) % 2 == 0
    part = differences_of_runs(RUN, other, negative_kind="random", within=within, resamples=5)
    kept = rows.index[within]
    smaller = [dataclasses.replace(run, predictions=run.predictions.loc[kept]) for run in (RUN, other)]
    whole = differences_of_runs(*smaller, negative_kind="random", resamples=5)
    assert [(measured.one, measured.other, measured.low) for measured in part] == [
        (measured.one, measured.other, measured.low) for measured in whole
    ]


def test_each_run_is_told_where_it_loses_most():
    def part(name, value, half=0.01):
        rows = np.ones(1, dtype=bool)
        return Stratum(name, rows, 50, scarcer=25), Difference("auc", 0.8, 0.8 + value, value - half, value + half)

    parts = (part("a", -0.2), part("b", -0.05), part("c", 0.1), part("d", 0.3, half=0.4))
    said = sentences(parts, ("one", "other"))
    assert said[0].startswith("other loses most to one at a: ROC AUC 0.200 lower")
    assert "the largest clear difference of 4 parts (50 rows; clear in 2)" in said[0]
    assert said[1].startswith("one loses most to other at c")
    assert sentences(parts[3:], ("one", "other"))[0] == "other is clearly behind one in no part."
    assert len(strata_table(parts, ("one", "other"))) == 4
