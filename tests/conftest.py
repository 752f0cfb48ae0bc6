"""Fixtures that every test may ask for."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from builders import tiny_graph

from slviz.datasets import GeneGraph

CHECKOUT = Path(__file__).resolve().parent.parent
USUAL_COST = 0.02
"""Seconds of a test over those of a slow one, roughly: most take a fifth of a second, slow ones about ten."""

# The same examples each time, so that a suite passes or fails for what was changed; new ones in the long form.
hypothesis.settings.register_profile("steady", derandomize=not os.environ.get("SLVIZ_LONG_TRIALS"))
hypothesis.settings.load_profile("steady")


def pytest_configure() -> None:
    """Started in the background, a shell makes its children deaf to Ctrl-C, which some tests send to theirs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Workers begin with the dearest files, so that none is left with a long one when the others have ended."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    costs: dict[Path, float] = {}
    for item in items:
        costs[item.path] = costs.get(item.path, 0) + (USUAL_COST if item.get_closest_marker("slow") is None else 1)
    items.sort(key=lambda item: -costs[item.path])  # stable: the order inside a file stays


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A failure is told when it happens, so that a suite that is cut short has told it too."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(
            f"\n== {report.when} of {report.nodeid}, after {report.duration:.0f} s\n{report.longreprtext}", flush=True
        )


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Every page under `AppTest` looks through all installed packages for components, which takes most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        if "streamlit.testing.v1" in sys.modules:
            from streamlit.components.v2 import manifest_scanner

            scan = functools.cache(manifest_scanner.scan_component_manifests)
            patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="session")
def graph() -> GeneGraph:
    """Forty genes, 120 pairs, every optional part; see `builders.tiny_graph`."""
    return tiny_graph()


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The SynLethDB folder, or a skipped test that says where it was looked for."""
    return real_data("synlethdb")


@pytest.fixture(scope="session")
def human_sl() -> Path:
    """The folder with screens and all that is known of pairs, or a skipped test."""
    return real_data("human-sl")


def real_data(name: str) -> Path:
    """A folder of the real data below `SLVIZ_TEST_DATA`, or a skipped test that says so."""
    told = os.environ.get("SLVIZ_TEST_DATA", "")
    if told and (Path(told) / name).is_dir():
        return Path(told) / name
    pytest.skip(f"SLVIZ_TEST_DATA names no folder with the data set {name}")
