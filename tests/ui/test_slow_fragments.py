"""A part of a page that runs alone and slowly has a line in the log; as a part of its page it has none of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from run_folders import CHECKOUT

from slviz.ui import slow_reruns


@pytest.mark.parametrize(
    ("alone", "from_seconds", "lines"), [(["a-fragment"], "0", 1), ([], "0", 0), (["a-fragment"], "60", 0)]
)
def test_only_a_slow_part_that_runs_alone_is_noted(
    alone: list[str], from_seconds: str, lines: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = SimpleNamespace(fragment_ids_this_run=alone)
    monkeypatch.setattr(slow_reruns, "get_script_run_ctx", lambda **_: context)
    monkeypatch.setenv("SLVIZ_SLOW_SECONDS", from_seconds)
    monkeypatch.setattr(slow_reruns.st, "fragment", lambda body, **_: body)
    drawn: list[int] = []

    def draw(number: int) -> None:
        drawn.append(number)

    slow_reruns.noted_fragment(draw)(3)
    assert drawn == [3]
    said = capsys.readouterr().err
    assert (
        len(re.findall(r'slviz rerun session=- page="-" part="test_slow_fragments" seconds=\d+\.\d{3}', said)) == lines
    )


def test_a_slow_part_on_a_timer_has_a_line_a_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = SimpleNamespace(fragment_ids_this_run=["a-fragment"])
    monkeypatch.setattr(slow_reruns, "get_script_run_ctx", lambda **_: context)
    monkeypatch.setenv("SLVIZ_SLOW_SECONDS", "0")
    timers: list[float | None] = []

    def fragment(body: Callable[[], None], *, run_every: float | None) -> Callable[[], None]:
        timers.append(run_every)
        return body

    monkeypatch.setattr(slow_reruns.st, "fragment", fragment)
    monkeypatch.setattr(slow_reruns.st, "session_state", {})
    looked: list[None] = []
    look = slow_reruns.noted_fragment(lambda: looked.append(None), run_every=2)
    for _ in range(3):
        look()
    monkeypatch.setattr(slow_reruns, "BETWEEN_LINES", 0.0)
    look()
    assert timers == [2]
    assert len(looked) == 4
    lines = capsys.readouterr().err.splitlines()
    assert [re.findall(r'part="test_slow_fragments" every=2.000 unsaid=(\d)', line) for line in lines] == [["0"], ["2"]]


def test_no_part_of_a_page_runs_alone_unnoted() -> None:
    files = [path for folder in ("slviz/ui", "pages") for path in Path(CHECKOUT, folder).rglob("*.py")]
    assert len(files) > 50
    unnoted = [path.name for path in files if re.search(r"\bst\.fragment\(|@st\.fragment\b", path.read_text())]
    assert unnoted == ["slow_reruns.py"]
