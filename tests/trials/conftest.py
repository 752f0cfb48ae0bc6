"""One process that reads damaged files, for all trials."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from trials.child import Child


@pytest.fixture(scope="session")
def child() -> Iterator[Child]:
    """A process of its own that reads, so that one that dies fails a single test; it starts again by itself."""
    with Child() as made:
        yield made
