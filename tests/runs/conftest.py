"""A models folder of its own for every test, and a run with random content."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import tiny_run

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


@pytest.fixture
def run(graph: GeneGraph) -> Run:
    return tiny_run(graph)
