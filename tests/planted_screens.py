"""A small data set whose screens have a planted truth that known pairs do not tell."""

from __future__ import annotations

import dataclasses

import numpy as np
from builders import tiny_graph

from slviz.datasets import GeneColumns, GeneGraph, Relation, ScreenTable

GENES = 120
TESTED = 35
"""Paralogs, and as many other pairs, that each screen tests."""
NAMES = ("First 2020", "Second 2021", "Third 2022")


def planted_graph(*, seed: int = 0, **changes: object) -> GeneGraph:
    """Sixty paralog pairs; the closer two are, the likelier a hit. Known pairs are those of hubs and say nothing of it.

    Each of three screens tests paralogs and as many other pairs; most paralogs are tested more than once.
    """
    random = np.random.default_rng(seed)
    paralogs = np.arange(GENES, dtype=np.int64).reshape(-1, 2)  # 0–1, 2–3, …
    identity = random.uniform(10, 95, size=len(paralogs))
    truth = identity > 55
    hubs = random.permutation(GENES)[:6]
    known = {tuple(sorted((int(hub), int(gene)))) for hub in hubs for gene in random.permutation(GENES)[:40]}
    pairs = np.array(sorted(pair for pair in known if pair[0] != pair[1]), dtype=np.int64)
    parts: dict[str, object] = {
        "pairs": pairs,
        "score": np.full(len(pairs), 0.5, dtype=np.float32),
        "evidence": None,
        "relations": {"paralogs": Relation(paralogs, {"identity_percent": identity})},
        "screens": _screens(random, paralogs, truth),
        "gene_columns": GeneColumns({"papers": random.integers(1, 500, size=GENES).astype(np.float64)}),
    }
    return dataclasses.replace(tiny_graph(GENES, seed=seed), fingerprint="", **(parts | changes))


def _screens(random: np.random.Generator, paralogs: np.ndarray, truth: np.ndarray) -> ScreenTable:
    blocks = []
    for name, first in zip(NAMES, (0, 10, 20), strict=True):
        window = np.arange(first, first + 40)  # of paralogs; the first and the last screen share half of theirs
        chosen = random.permutation(window)[:TESTED]
        hit = truth[chosen] ^ (random.uniform(size=TESTED) < 0.1)
        left = random.permutation(window)[:TESTED]
        others = np.stack([2 * left, 2 * first + (2 * (left - first) + 3) % 80], axis=1)
        pairs = np.sort(np.concatenate([paralogs[chosen], others]), axis=1)
        blocks.append((name, pairs, np.concatenate([hit, random.uniform(size=TESTED) < 0.05])))
    rows = 2 * TESTED * len(NAMES)
    return ScreenTable.of_texts(
        np.concatenate([pairs for _, pairs, _ in blocks]),
        np.concatenate([hit for _, _, hit in blocks]),
        np.full(rows, np.nan, dtype=np.float32),
        screen=np.concatenate([np.full(2 * TESTED, name, dtype=object) for name, _, _ in blocks]),
        cell_line=np.full(rows, "HeLa", dtype=object),
        reference=np.full(rows, "", dtype=object),
    )
