"""Neighbours that stay, and what neighbours have in common, against chance and against loops."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.projections.agreement import neighbour_agreement, renamed
from slviz.projections.homophily import Relation, _sharing, neighbour_homophily, relations_of
from slviz.projections.neighbours import nearest_neighbours


def nearest(genes: int, seed: int, *, count: int = 6) -> np.ndarray:
    return nearest_neighbours(np.random.default_rng(seed).normal(size=(genes, 4)), count=count)[0]


def test_the_same_embedding_agrees_wholly_and_chance_does_not() -> None:
    one = nearest(200, 0)
    found = neighbour_agreement(one, one)
    assert (found.shared == 1).all()
    assert found.null.mean == pytest.approx(6 / 199, abs=0.01)
    assert 0 < found.null.spread < 0.01
    assert found.null.highest < 0.1


def test_shared_agrees_with_a_loop() -> None:
    one, other = nearest(60, 0), nearest(60, 1)
    expected = [len(set(a) & set(b)) / 6 for a, b in zip(one, other, strict=True)]
    assert np.allclose(neighbour_agreement(one, other).shared, expected)


def test_unrelated_embeddings_agree_as_chance_does() -> None:
    found = neighbour_agreement(nearest(400, 0), nearest(400, 1))
    assert abs(found.mean - found.null.mean) < 4 * found.null.spread


def test_renaming_keeps_who_is_near_whom() -> None:
    one, order = nearest(50, 0), np.random.default_rng(1).permutation(50)
    named = renamed(one, order)
    for gene in (0, 20, 49):
        assert named[order[gene]].tolist() == order[one[gene]].tolist()


def test_every_bond_agrees_with_a_loop(graph: GeneGraph) -> None:
    training, test = graph.pairs[:90], graph.pairs[90:]
    relations = {relation.name: relation for relation in relations_of(graph, training=training, test=test)}
    learnt = neighbours_of(training, len(graph))
    unseen = neighbours_of(test, len(graph))
    assert graph.terms is not None
    terms = [set(row) for row in graph.terms.membership.tolil().rows]
    size = np.bincount([term for row in terms for term in row], minlength=len(graph.terms.ids))
    small = {term for term in range(len(size)) if 2 <= size[term] <= max(0.05 * len(graph), 2)}
    expected = {
        "share a term": lambda a, b: bool(terms[a] & terms[b] & small),
        "share a partner": lambda a, b: bool(learnt[a] & learnt[b]),
        "share a held-out partner": lambda a, b: bool(unseen[a] & learnt[b]),
        "are partners": lambda a, b: b in learnt[a] | unseen[a],
    }
    a, b = (each.ravel() for each in np.meshgrid(np.arange(len(graph)), np.arange(len(graph))))
    apart = a != b
    for name, relation in relations.items():
        told = [expected[name](*pair) for pair in zip(a[apart].tolist(), b[apart].tolist(), strict=True)]
        assert relation.between(a[apart], b[apart]).tolist() == told, name
    assert {"share a partner", "share a held-out partner", "are partners"} <= set(relations)


def neighbours_of(pairs: np.ndarray, genes: int) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in range(genes)]
    for a, b in pairs.tolist():
        found[a].add(b)
        found[b].add(a)
    return found


def test_groups_that_lie_together_have_company_and_permuted_ones_do_not() -> None:
    group = np.repeat(np.arange(10), 20)
    vectors = np.random.default_rng(0).normal(size=(200, 3)) + 40 * group[:, None]
    found = neighbour_homophily(nearest_neighbours(vectors, count=8)[0], grouped(group))
    assert found.mean == 1
    assert found.null.mean == pytest.approx(19 / 199, abs=0.02)


def grouped(group: np.ndarray) -> Relation:
    marks = sp.csr_array(group[:, None] == np.arange(group.max() + 1))
    return _sharing("share a group", "", marks, marks)


def test_a_gene_that_is_bound_to_none_is_left_out() -> None:
    group = np.repeat(np.arange(10), 20)
    marks = sp.csr_array((group[:, None] == np.arange(10)) & (np.arange(200) > 4)[:, None])
    found = neighbour_homophily(nearest(200, 0), _sharing("share a group", "", marks, marks))
    assert np.isnan(found.share[:5]).all()
    assert np.isfinite(found.share[5:]).all()


def test_no_terms_and_no_test_pairs_leave_what_is_known(graph: GeneGraph) -> None:
    import dataclasses

    bare = dataclasses.replace(graph, terms=None)
    names = [relation.name for relation in relations_of(bare, training=graph.pairs, test=graph.pairs[:0])]
    assert names == ["share a partner", "are partners"]
