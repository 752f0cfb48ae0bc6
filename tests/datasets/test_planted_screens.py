"""The demo's screens: a score of the known pairs fails on them, and one of what an experiment depends on does not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from slviz.datasets import GeneGraph, ScreenTable, TestedPairs
from slviz.datasets.planted_screens import shared_partners
from slviz.datasets.sources import open_dataset

FINGERPRINT = "1316d5f14a89e6050b73aced523cac917ce3e0ca524b94abfc30b2aa67f64b6d"


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.fixture(scope="module")
def screens(demo: GeneGraph) -> ScreenTable:
    assert demo.screens is not None
    return demo.screens


def unlisted(demo: GeneGraph, tested: TestedPairs) -> np.ndarray:
    """Which tested pairs are no known pairs."""
    return ~np.isin(tested.pairs @ [len(demo), 1], demo.pairs @ [len(demo), 1])


def measures(demo: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """Identity, shared interaction partners and essentiality of each pair, brought to one scale."""
    assert demo.interactions is not None
    assert demo.gene_columns is not None
    identity = demo.relations["paralogs"].matrix(len(demo), "identity_percent")[pairs[:, 0], pairs[:, 1]]
    essential = demo.gene_columns.numbers["core_essential"][pairs].max(axis=1)
    shared = shared_partners(demo.interactions, pairs, len(demo))
    return np.column_stack([np.asarray(identity).ravel() / 100, 3 * shared, essential])


def database_scores(demo: GeneGraph, pairs: np.ndarray) -> dict[str, np.ndarray]:
    """What is known of the pairs: partners, paths of length 3 over all known pairs, their truncated SVD."""
    known = np.minimum(demo.adjacency.toarray(), 1).astype(float)
    scale = 1 / np.sqrt(np.maximum(demo.degree, 1))
    normalised = known * scale[:, None] * scale
    left, size, right = np.linalg.svd(known)
    (a, b), degree = pairs.T, demo.degree
    return {
        "max degree": np.maximum(degree[a], degree[b]),
        "degree product": degree[a] * degree[b],
        "L3": (normalised @ normalised @ normalised)[a, b],
        "SVD": ((left[:, :16] * size[:16]) @ right[:16])[a, b],
    }


def test_the_demo_is_what_it_was_for_every_stored_run(demo: GeneGraph) -> None:
    assert demo.fingerprint == FINGERPRINT
    assert set(demo.relations) == {"paralogs", "families"}
    assert set(demo.gene_sets) == {"domains"}


def test_a_screen_is_told_by_identity_and_shared_partners_and_not_by_the_known_pairs(
    demo: GeneGraph, screens: ScreenTable
) -> None:
    for name in screens.names:
        evaluated = screens.tested(name)
        new = unlisted(demo, evaluated)
        others = screens.tested(*(other for other in screens.names if other != name))
        seen = np.isin(others.pairs @ [len(demo), 1], evaluated.pairs @ [len(demo), 1])
        model = LogisticRegression(class_weight="balanced")
        model.fit(measures(demo, others.pairs[~seen]), others.hit[~seen])
        experiment = model.decision_function(measures(demo, evaluated.pairs))
        assert roc_auc_score(evaluated.hit[new], experiment[new]) > 0.85
        for score in database_scores(demo, evaluated.pairs).values():
            assert roc_auc_score(evaluated.hit[new], score[new]) < 0.55


def test_screens_have_non_hits_and_agree_in_part(screens: ScreenTable) -> None:
    counts = screens.counts
    hits, non_hits = counts["hits"].to_numpy(), counts["non_hits"].to_numpy()
    assert hits.min() >= 60
    assert bool(np.all(non_hits >= 5 * hits))
    one, other = screens.tested("Demo paralogs 1 (invented)"), screens.tested("Demo paralogs 2 (invented)")
    both = set(map(tuple, one.pairs.tolist())) & set(map(tuple, other.pairs.tolist()))
    assert len(both) > 200
    in_both = [np.isin(each.pairs @ [2000, 1], [a * 2000 + b for a, b in both]) for each in (one, other)]
    first, second = one.hit[in_both[0]], other.hit[in_both[1]]
    agreement = roc_auc_score(second, one.hit_lines[in_both[0]])
    assert 0.7 < agreement < 0.98, "another screen of the same pairs tells much, and not all"
    assert (first & second).sum() > 2 * first.mean() * second.sum()


def test_papers_tell_known_pairs_from_random_ones_and_not_from_equally_popular_ones(demo: GeneGraph) -> None:
    assert demo.gene_columns is not None
    papers = demo.gene_columns.numbers["papers"]
    random = np.random.default_rng(0)
    negatives = random.integers(0, len(demo), size=demo.pairs.shape)
    actual = np.repeat([1, 0], len(demo.pairs))
    product = papers[np.concatenate([demo.pairs, negatives])].prod(axis=1)
    assert roc_auc_score(actual, product) > 0.8
    rank = np.argsort(np.argsort(papers, kind="stable"), kind="stable")
    near = np.clip(rank[demo.pairs] + random.integers(-15, 16, size=demo.pairs.shape), 0, len(demo) - 1)
    matched = np.argsort(papers, kind="stable")[near]
    alike = papers[np.concatenate([demo.pairs, matched])].prod(axis=1)
    assert 0.45 < roc_auc_score(actual, alike) < 0.55


def test_one_publication_lists_the_neighbours_of_a_hub(demo: GeneGraph) -> None:
    assert demo.evidence is not None
    listed = demo.pairs[demo.evidence.loc[demo.evidence["pubmed"] == "demo-202", "pair"].to_numpy()]
    assert len(listed) > 200
    assert (listed == demo.number_of["BYS.003"]).any(axis=1).all()
    only = np.setdiff1d(listed, np.delete(demo.pairs, demo.evidence["pair"][demo.evidence["pubmed"] == "demo-202"], 0))
    assert len(only) > 3
