"""Nonsense in the address of every page: no traceback, and sentences. `scripts/trials addresses` opens hundreds."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from trials import addresses

COUNT = 18
SEED = 5


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[addresses.Known]:
    with addresses.served(tmp_path_factory.mktemp("addresses")) as there:
        yield there


def test_the_keys_are_those_of_the_documents() -> None:
    keys = addresses.keys()
    assert len(keys) > 60
    assert {"run", "gene", "data", "genes", "set", "hops", "study", "tsne-perplexity"} <= set(keys)


@pytest.mark.parametrize("page", addresses.PAGES)
@pytest.mark.slow
def test_a_page_answers_nonsense_with_sentences(page: str, known: addresses.Known) -> None:
    """Two addresses for each page."""
    random = Random(f"{SEED} {page}")
    for _ in range(-(-COUNT // len(addresses.PAGES))):
        address = addresses.Address(page, addresses.an_address(random, known).query)
        ending = addresses.visit(address, known)
        assert not ending.failed, f"{ending.place}: {ending.detail}\n{address!r:.2000}"


@pytest.mark.parametrize("page", addresses.PAGES)
@pytest.mark.slow
def test_an_odd_run_closes_no_page(page: str, known: addresses.Known) -> None:
    """One visit a page, with another file of a second run damaged and checksummed again each time."""
    with addresses.with_an_odd_run(known, Random(f"{SEED} odd {page}")) as damage:
        ending = addresses.visit(addresses.Address(page, {"run": known.values["run"]}), known)
        assert not ending.failed, f"{ending.place}: {ending.detail}\n{damage}"


def test_a_traceback_on_a_page_is_noticed(known: addresses.Known, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("planted")

    monkeypatch.setattr("slviz.runs.store.RunStore.summaries", broken)
    assert addresses.visit(addresses.Address("overview", {}), known).failed


def test_a_run_that_is_not_there_gets_a_sentence(known: addresses.Known) -> None:
    ending = addresses.visit(addresses.Address("embedding", {"run": "gat-both-link-00000000"}), known)
    assert ending.kind == "sentence"
