"""Fixtures of the tests of rankings."""

from __future__ import annotations

import pytest
from ranking_cases import tiny_ranker

from slviz.ranking import Ranker


@pytest.fixture(scope="session")
def ranker() -> Ranker:
    """Forty genes, ranked by random numbers."""
    return tiny_ranker()
