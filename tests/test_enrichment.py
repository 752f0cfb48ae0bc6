"""Enrichment against independent computations, a hand-made case, and the demo's planted pathways."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from builders import tiny_graph
from run_folders import CHECKOUT
from scipy.stats import fisher_exact, hypergeom

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.sources import open_dataset
from slviz.enrichment import SMALLEST_TERM, benjamini_hochberg, chance_of_so_many, enrich
from slviz.errors import DataError


def with_terms(graph: GeneGraph, sets: dict[str, list[int]], *, groups: tuple[str, ...] | None = None) -> GeneGraph:
    member = np.zeros((len(graph), len(sets)), dtype=bool)
    for column, genes in enumerate(sets.values()):
        member[genes, column] = True
    ids = tuple(f"T:{number}" for number in range(len(sets)))
    terms = Terms(ids=ids, names=tuple(sets), groups=groups or ("BP",) * len(sets), membership=sp.csr_array(member))
    return dataclasses.replace(graph, terms=terms, fingerprint="")


@pytest.fixture(scope="module")
def random_terms() -> GeneGraph:
    random = np.random.default_rng(3)
    sizes = [1, 2, 3, 3, 5, 8, 13, 20, 39, 40]
    sets = {f"set {n}": random.choice(40, size=size, replace=False).tolist() for n, size in enumerate(sizes)}
    return with_terms(tiny_graph(), sets)


def by_hand(graph: GeneGraph, chosen: set[int]) -> dict[str, tuple[int, float, float]]:
    """Selected genes, p and q of every term, by Python sets, SciPy's Fisher test and a loop for Benjamini–Hochberg."""
    assert graph.terms is not None
    dense = graph.terms.membership.toarray()
    found = {}
    for column, name in enumerate(graph.terms.ids):
        members = set(np.flatnonzero(dense[:, column]).tolist())
        if len(members) < SMALLEST_TERM:
            continue
        both, only_term = len(members & chosen), len(members - chosen)
        table = [[both, len(chosen) - both], [only_term, len(graph) - len(chosen) - only_term]]
        found[name] = (both, float(fisher_exact(table, alternative="greater").pvalue))
    ranked = sorted(found.values(), key=lambda each: each[1])
    q_of = {}
    smallest = 1.0
    for rank in range(len(ranked), 0, -1):
        smallest = min(smallest, ranked[rank - 1][1] * len(ranked) / rank)
        q_of[ranked[rank - 1][1]] = min(smallest, q_of.get(ranked[rank - 1][1], 1.0))
    return {name: (both, p, q_of[p]) for name, (both, p) in found.items()}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [2, 7, 20, 39])
def test_agrees_with_fisher_and_a_loop(random_terms: GeneGraph, seed: int, count: int) -> None:
    chosen = np.random.default_rng(seed).choice(40, size=count, replace=False)
    found = enrich(random_terms, chosen, alike=2)
    expected = by_hand(random_terms, set(chosen.tolist()))
    assert found.tested == len(expected) == 8
    assert set(found.table["id"]) == {name for name, (both, _, _) in expected.items() if both}
    for row in found.table.itertuples():
        both, p, q = expected[row.id]
        assert row.selected == both
        assert row.p == pytest.approx(p, rel=1e-9)
        assert row.q == pytest.approx(q, rel=1e-9)
        assert row.expected == pytest.approx(row.on_map * count / 40)
        assert row.fold == pytest.approx(both / row.expected)
    assert found.table["p"].is_monotonic_increasing


def test_a_case_counted_by_hand() -> None:
    graph = with_terms(tiny_graph(), {"all four": [0, 1, 2, 3], "elsewhere": [10, 11, 12, 13]})
    found = enrich(graph, [0, 1, 2, 3, 4])
    assert found.table["term"].tolist() == ["all four"]
    # 4 of 4 genes among 5 of 40: 36 of the C(40, 5) selections hold all four
    assert found.table["p"][0] == pytest.approx(36 / math.comb(40, 5))
    assert found.table["q"][0] == pytest.approx(2 * 36 / math.comb(40, 5))
    assert found.table["expected"][0] == pytest.approx(0.5)
    assert found.table["fold"][0] == pytest.approx(8)
    assert found.members(0).tolist() == [0, 1, 2, 3]
    assert found.with_genes(graph.genes)["genes"][0] == "GENE0, GENE1, GENE2, GENE3"


@pytest.mark.parametrize(("background", "chosen"), [(6375, 100), (6375, 3000), (50, 7), (50, 45), (1000, 1), (2, 1)])
def test_chances_agree_with_scipys_distribution(background: int, chosen: int) -> None:
    random = np.random.default_rng(chosen)
    on_map = np.r_[random.integers(1, background + 1, size=400), background, 1]
    most = np.minimum(on_map, chosen)
    least = np.maximum(on_map + chosen - background, 0)
    for selected in (least, most, (least + most) // 2, random.integers(least, most + 1), np.minimum(least + 1, most)):
        ours = chance_of_so_many(selected, on_map, chosen=chosen, background=background)
        theirs = hypergeom.sf(selected - 1, background, on_map, chosen)
        telling = theirs > 1e-250
        assert np.allclose(ours[telling], theirs[telling], rtol=1e-8, atol=0)
        assert (ours[~telling] < 1e-249).all()


def test_benjamini_hochberg_of_their_own_example() -> None:
    """Fifteen p-values from the paper's table, at 0.05: the first four are found."""
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                  0.6528, 0.7590, 1.0])  # fmt: skip
    shuffled = np.random.default_rng(0).permutation(15)
    q = benjamini_hochberg(p[shuffled])
    assert sorted(shuffled[q <= 0.05].tolist()) == [0, 1, 2, 3]
    assert q[shuffled == 3][0] == pytest.approx(0.0095 * 15 / 4)


def test_nearly_the_same_terms_are_listed_under_the_best() -> None:
    sets = {
        "best": list(range(10)),
        "nearly": [*range(9), 30, 31, 32],
        "a half of it": list(range(5)),
        "another": list(range(10, 20)),
        "a third": [0, 1, 2, 35, 36, 37, 38, 39],
    }
    graph = with_terms(tiny_graph(200, 300), sets)
    found = enrich(graph, list(range(20)))
    under = dict(zip(found.table["term"], found.table["listed_under"], strict=True))
    assert under == {"best": "", "another": "", "nearly": "T:0", "a half of it": "T:0", "a third": ""}
    assert found.leading["term"].tolist()[:2] == ["best", "another"]
    other_group = enrich(with_terms(tiny_graph(200, 300), sets, groups=("BP", "CC", "BP", "BP", "BP")), list(range(20)))
    under = dict(zip(other_group.table["term"], other_group.table["listed_under"], strict=True))
    assert under["nearly"] == "", "a place in the cell is no process"
    unfolded = enrich(graph, list(range(20)), alike=1.01)
    assert (unfolded.table["listed_under"] == "").all()


def test_a_group_is_asked_about_alone() -> None:
    sets = {"a": list(range(6)), "b": list(range(6)), "c": list(range(7))}
    graph = with_terms(tiny_graph(), sets, groups=("BP", "MF", "BP"))
    found = enrich(graph, list(range(6)), group="BP")
    assert found.tested == 2
    assert set(found.table["group"]) == {"BP"}
    with pytest.raises(DataError, match="No term of XX"):
        enrich(graph, [1, 2, 3], group="XX")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "No gene is selected"),
        ([3], "Enrichment needs more than one gene"),
        ([3, 3], "more than one gene"),
        (range(40), "All 40 genes"),
    ],
)
def test_a_selection_that_tells_nothing_gets_a_sentence(graph: GeneGraph, chosen, words: str) -> None:
    with pytest.raises(DataError, match=words):
        enrich(graph, list(chosen))


def test_without_terms_it_says_how_to_get_some(graph: GeneGraph) -> None:
    with pytest.raises(DataError, match=r"terms\.gmt"):
        enrich(dataclasses.replace(graph, terms=None, fingerprint=""), [1, 2])


def test_a_gene_counts_once(graph: GeneGraph) -> None:
    pd.testing.assert_frame_equal(enrich(graph, [1, 2, 3, 3, 2]).table, enrich(graph, [3, 2, 1]).table)


def test_the_demos_planted_pathways_have_their_own_terms_on_top() -> None:
    demo = open_dataset("demo")
    truth = pd.read_csv(CHECKOUT / "data" / "demo" / "truth_genes.tsv", sep="\t", keep_default_na=False)
    on_top = 0
    for pathway, rows in truth[truth["pathway"] != ""].groupby("pathway"):
        found = enrich(demo, rows.index.to_numpy())
        first_two = found.table["term"].head(2).tolist()
        assert any(term.endswith(f"route {pathway}") for term in first_two), first_two
        on_top += first_two[0].endswith(f"route {pathway}")
        assert found.table["q"][0] < 1e-10
    assert on_top >= 25  # terms have noise: the process of both routes may come out ahead of the route


@pytest.mark.real
def test_a_hundred_genes_over_all_real_terms_take_less_than_a_third_of_a_second(real_folder) -> None:
    graph = open_dataset(str(real_folder))
    assert graph.terms is not None
    chosen = np.argsort(-graph.degree)[:100]
    taken = []
    for _ in range(5):  # processor time, since other work may share the machine
        start = time.process_time()
        found = enrich(graph, chosen)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.3
    assert found.tested > 11_000
    brca1 = enrich(graph, graph.partners(graph.number_of["BRCA1"]))
    assert "DNA damage" in brca1.table["term"][0]
