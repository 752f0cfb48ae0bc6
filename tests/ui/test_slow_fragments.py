"""A part of a page that runs alone and slowly has a line in the log; as a part of its page it has none of its own."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

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
    monkeypatch.setattr(slow_reruns.st, "fragment", lambda body: body)
    drawn: list[int] = []

    def draw(number: int) -> None:
        drawn.append(number)

    slow_reruns.noted_fragment(draw)(3)
    assert drawn == [3]
    said = capsys.readouterr().err
    assert (
        len(re.findall(r'slviz rerun session=- page="-" part="test_slow_fragments" seconds=\d+\.\d{3}', said)) == lines
    )
