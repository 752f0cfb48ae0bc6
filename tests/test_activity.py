"""The lines of a server's log: work and slow reruns, each with its session and nothing about a person."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from slviz import activity
from slviz.pipeline import jobs

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.fixture
def in_a_session(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(activity, "_session_id", lambda: "the-secret-id-of-a-session")
    return activity.session()


def test_a_line_holds_a_hash_and_no_break(in_a_session: str, capsys: pytest.CaptureFixture[str]) -> None:
    activity.note("rerun", page='a "page"\nslviz rerun session=-', seconds=2.0, processor=0.5)
    said = capsys.readouterr().err
    assert re.fullmatch(rf"{MOMENT} slviz rerun session=[0-9a-f]{{12}} page=.* seconds=2.000 processor=0.500\n", said)
    assert said.count("\n") == 1
    assert in_a_session in said
    assert "secret" not in said


def test_work_is_noted_when_it_begins_and_when_it_ends(
    in_a_session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path))
    jobs.start(["no-such-command"])
    said, until = "", time.monotonic() + 60
    while said.count("\n") < 2 and time.monotonic() < until:
        time.sleep(0.05)
        said += capsys.readouterr().err
    begun, ended = said.splitlines()
    assert re.fullmatch(rf'{MOMENT} slviz work session={in_a_session} what="no-such-command" event="started"', begun)
    assert re.fullmatch(rf'{MOMENT} slviz work session={in_a_session} .*event="ended" seconds=\d.* status=2', ended)


@pytest.mark.parametrize(("setting", "seconds"), [("", 2.0), ("0.5", 0.5), ("soon", 2.0)])
def test_from_when_on_a_rerun_is_slow(setting: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_SLOW_SECONDS", setting)
    assert activity.slow_seconds() == seconds
