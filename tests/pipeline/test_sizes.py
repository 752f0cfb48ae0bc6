"""The size test in small: two tiny folders are generated, read and reported; exponents are those of known data."""

from __future__ import annotations

import importlib
import math
from pathlib import Path

import numpy as np
import pytest
from run_folders import CHECKOUT

from slviz.datasets.folder import read_folder


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    return importlib.import_module("sizes")


def test_the_exponent_is_that_of_known_data(sizes) -> None:
    size = np.array([1250, 2500, 5000, 10000])
    assert sizes.exponent(size, 3 * size**1.5) == pytest.approx(1.5)
    assert sizes.exponent([1, 2, 4], [0.0, 5.0, 20.0]) == pytest.approx(2.0)  # what took no time says nothing
    assert math.isnan(sizes.exponent([1250], [1.0]))
    by_size = {size: {"seconds": {"work": (9.0, size**2 / 1e6)}, "peak": 100.0} for size in (1000, 2000, 4000)}
    by_size[8000] = {"refused": sizes.TOO_LARGE}
    told = sizes.report({"part": by_size}, [1000, 2000, 4000, 8000])
    assert "| work | 1.00 (9.00) | 4.00 (9.00) | 16.00 (9.00) | – | 2.00 | 2.00 |" in told
    assert "| part | 100 | 100 | 100 | memory | 0.00 | 0.00 |" in told


def test_a_folder_has_the_size_that_was_asked_for_and_is_the_same_for_a_seed(
    sizes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = importlib.import_module("large_folder")
    monkeypatch.setattr(large, "INTERACTIONS_PER_GENE", 70)
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        large.write_large(tmp_path / name, 200, seed=seed)
    texts = {name: (tmp_path / name / "pairs.tsv").read_text() for name in ("one", "again", "other")}
    assert texts["one"] == texts["again"] != texts["other"]
    graph, report = read_folder(tmp_path / "one")
    assert graph.interactions is not None
    assert (len(graph), len(graph.pairs), graph.interactions.shape[1]) == (200, 10_000, 14_000)
    assert {name: matrix.shape for name, matrix in graph.features.items()} == dict.fromkeys(("ppi", "go"), (200, 128))
    assert not report.problems
    with pytest.raises(ValueError, match="no 19,901 pairs"):
        large.pairs_by_weight(np.random.default_rng(0), np.ones(200), np.zeros(200), 19_901)


def test_degrees_follow_the_weights(sizes) -> None:
    large = importlib.import_module("large_folder")
    weight = np.array([9.0] * 10 + [1.0] * 990)
    pairs = large.pairs_by_weight(np.random.default_rng(0), weight, np.arange(1000), 5000)
    degree = np.bincount(pairs.ravel(), minlength=1000)
    assert len(np.unique(pairs, axis=0)) == 5000
    assert 7 < degree[:10].mean() / degree[10:].mean() < 9.5


def test_a_part_is_measured_in_a_process_of_its_own_and_what_does_not_fit_says_so(sizes, tmp_path: Path) -> None:
    importlib.import_module("large_folder").write_large(tmp_path / "data1100", 1100)
    row = sizes.run_part("reading", 1100, tmp_path, most_gb=8, longest=60)
    assert row["peak"] > 50
    clock, processor = row["seconds"]["reading, cold"]
    assert 0 < processor < clock * 1.5
    assert sizes.run_part("cache", 1100, tmp_path, most_gb=8, longest=0.01) == {"refused": sizes.TOO_LONG}
