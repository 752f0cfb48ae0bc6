"""Pairs as sets, and near-duplicates by brute force: what leakage is looked for with."""

from __future__ import annotations

import dataclasses

import numpy as np
from builders import tiny_graph


def as_set(pairs):
    return {frozenset(map(int, pair)) for pair in pairs}


def partners_of(pairs, genes):
    found = [set() for _ in range(genes)]
    for a, b in np.asarray(pairs).tolist():
        found[a].add(b)
        found[b].add(a)
    return found


def has_near_duplicate_by_force(pair, *, seen, known, fewest=1):
    """Brute force: a near-duplicate of one gene has the other as a partner among `seen`."""
    return any(
        len(known[gene] & known[other_gene]) > 0.7 * len(known[gene] | known[other_gene]) and other in seen[other_gene]
        for gene, other in (pair, pair[::-1])
        for other_gene in range(len(known))
        if other_gene != gene and min(len(known[gene]), len(known[other_gene])) >= fewest
    )


def near_duplicate_graph(*, genes=60, seed=0):
    """Three genes that share nearly all partners, and random pairs beside them."""
    random = np.random.default_rng(seed)
    shared = random.choice(np.arange(3, genes), size=25, replace=False)
    of_near_duplicates = [(other_gene, partner) for other_gene in range(3) for partner in shared[: 25 - other_gene]]
    others = random.integers(3, genes, size=(60, 2))
    return of_pairs(np.concatenate([of_near_duplicates, others[others[:, 0] != others[:, 1]]]), genes=genes)


def of_pairs(ends, *, genes):
    """The tiny graph with these pairs, all of the same score and no evidence."""
    pairs = np.unique(np.sort(ends, axis=1), axis=0)
    score = np.full(len(pairs), 0.5, dtype=np.float32)
    return dataclasses.replace(
        tiny_graph(genes, 90), pairs=pairs.astype(np.int64), score=score, evidence=None, fingerprint=""
    )
