"""How fast the densities are, against loops over all genes' distances in the same run.

    python benchmarks/density.py [--genes 6375]

Two loops are measured: the plain one that compares every gene with every other in Python (on a sample
of genes, scaled up to all), and the careful one that takes a gene at a time and lets NumPy compute its
distances to all others (all genes, in full). Every number of a loop is checked against slviz's.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from slviz.projections.neighbours import count_within, distance_to_nearest

NEAREST = 15
SAMPLE = 12
REPEATS = 5


def seconds(work: Callable[[], np.ndarray], *, repeats: int) -> tuple[float, np.ndarray]:
    """Shortest of some repeats, and the result."""
    best, result = math.inf, np.empty(0)
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def plain_distances(rows: list[list[float]], gene: int) -> list[float]:
    return [math.dist(rows[gene], other) for other in rows]


def plain_count(rows: list[list[float]], genes: range, radius: float) -> np.ndarray:
    return np.array([sum(distance <= radius for distance in plain_distances(rows, gene)) - 1 for gene in genes])


def plain_nearest(rows: list[list[float]], genes: range) -> np.ndarray:
    return np.array([sorted(plain_distances(rows, gene))[NEAREST] for gene in genes])


def careful_count(vectors: np.ndarray, radius: float) -> np.ndarray:
    return np.array([(np.linalg.norm(vectors - gene, axis=1) <= radius).sum() - 1 for gene in vectors])


def careful_nearest(vectors: np.ndarray) -> np.ndarray:
    return np.array([np.sort(np.linalg.norm(vectors - gene, axis=1))[NEAREST] for gene in vectors])


def measure(genes: int, width: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(genes, width)).astype(np.float32)
    radius = float(np.median(distance_to_nearest(vectors, NEAREST, every=10))) * 1.000123  # on no gene's edge
    rows, sample = vectors.tolist(), range(SAMPLE)
    for name, fast, careful, plain in (
        (
            "genes within a radius",
            lambda: count_within(vectors, radius),
            lambda: careful_count(vectors, radius),
            lambda: plain_count(rows, sample, radius),
        ),
        (
            f"distance to the {NEAREST}th",
            lambda: distance_to_nearest(vectors, NEAREST),
            lambda: careful_nearest(vectors),
            lambda: plain_nearest(rows, sample),
        ),
    ):
        ours, value = seconds(fast, repeats=REPEATS)
        loop, expected = seconds(careful, repeats=1)
        sampled, by_hand = seconds(plain, repeats=2)
        whole = sampled / SAMPLE * genes
        wrong = float(np.mean(~np.isclose(value, expected, rtol=1e-3, atol=1e-3)))
        assert wrong < 1e-3, f"{name}: {100 * wrong:.2f} % of the genes differ from the loop"
        assert np.allclose(value[:SAMPLE], by_hand, rtol=1e-3, atol=1.01 if value.dtype.kind == "i" else 1e-3)
        print(
            f"{genes:,} × {width:<3} {name:<24} slviz {1000 * ours:8.1f} ms   NumPy loop {loop:6.2f} s "
            f"({loop / ours:6.0f} ×)   plain loop {whole:7.1f} s ({whole / ours:8.0f} ×)"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--genes", type=int, default=6375)
    genes = arguments.parse_args().genes
    for width in (2, 32, 64):
        measure(genes, width)


if __name__ == "__main__":
    main()
