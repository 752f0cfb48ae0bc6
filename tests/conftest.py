"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from builders import tiny_graph

from slviz.datasets import GeneGraph

CHECKOUT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Started in the background, a shell makes its children deaf to Ctrl-C, which some tests send to theirs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def graph() -> GeneGraph:
    """Forty genes, 120 pairs, every optional part; see `builders.tiny_graph`."""
    return tiny_graph()


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The SynLethDB folder, or a skipped test that says where it was looked for."""
    places = [Path(os.environ["SLVIZ_DATA"])] if "SLVIZ_DATA" in os.environ else []
    places += [CHECKOUT / "data" / "synlethdb", CHECKOUT.parent / "shared" / "data" / "synlethdb"]
    for place in places:
        if (place / "SL_Human_FinalCheck.txt").is_file():
            return place
    pytest.skip(f"the real data set is in none of: {', '.join(str(place) for place in places)} (set SLVIZ_DATA)")
