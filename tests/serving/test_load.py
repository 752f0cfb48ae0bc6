"""The load test in small: visitors over real WebSockets, none of whom sees another's selection."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from run_folders import CHECKOUT

HAS_HAPROXY = shutil.which("haproxy") or Path("/usr/sbin/haproxy").exists()


@pytest.mark.slow
@pytest.mark.skipif(not HAS_HAPROXY, reason="HAProxy is not installed")
def test_visitors_at_once_meet_no_error_and_see_their_own_selection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    load = importlib.import_module("load")
    genes = list(load.open_dataset("demo").genes)
    with load.served(1, data="demo", models=tmp_path) as (address, server):
        log = load.Log()

        async def three() -> None:
            """Two who select, and one who looks for a gene."""
            async with load.Visitor(address) as one, load.Visitor(address) as other:
                answers = await asyncio.gather(
                    one.open("embedding", f"genes={','.join(genes[:5])}"),
                    other.open("embedding", f"genes={','.join(genes[10:17])}"),
                )
                for answer, count in zip(answers, (5, 7), strict=True):
                    log.note("select", answer)
                    assert f"{count} selected genes" in answer.texts
                page = await other.open("predictions", "")
                menu = await other.open("predictions", "", menu=page.menus[0])
                assert b"multiview" in await other.download(menu.downloads["Table (TSV)"])
                answer = log.note("gene", await other.open("gene", f"gene={genes[3]}"))
                assert any(genes[3] in text for text in answer.texts)

        with ThreadPoolExecutor(1) as alone:  # in this thread Playwright may have left a loop that runs
            alone.submit(asyncio.run, three()).result()
        assert log.errors == []
        held = load.memory_bytes(server)
        log.memory.append((0.0, held))
        assert held > 50e6
        assert "errors: 0; selections of another: 0" in load.report(log, sessions=2, before=held, after=held)


@pytest.mark.slow
def test_sessions_that_have_gone_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    memory = importlib.import_module("session_memory")
    genes = list(memory.open_dataset("demo").genes)
    with memory.served(data="demo", models=tmp_path, environment={}) as (address, census, server):
        before = memory.ask(census, "kinds")
        with ThreadPoolExecutor(1) as alone:
            wave = alone.submit(asyncio.run, memory.wave(address, census, server, genes, 3)).result()
        after = memory.ask(census, "kinds")
    assert wave.errors == 0
    assert wave.opened > 50
    assert wave.trimmed <= wave.collected + 1
    assert after.get("streamlit.runtime.app_session.AppSession", 0) <= memory.HELD_BY_STREAMLIT
    assert memory.grown({"a": 1, "b": 3}, {"a": 9, "b": 2}) == ["a: +8"]
    assert memory.grown(before, after)[0].startswith("builtins.")
    assert "| 1 |" in memory.report([wave], sessions=3, before=100.0)
