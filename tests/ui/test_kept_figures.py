"""Figures that are made once for all who want to see the same, and what tells whether it is the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io
import pytest

from slviz.runs.once_for_a_table import once_for_a_table
from slviz.ui import charts
from slviz.ui.content_key import key_of


@dataclass(frozen=True)
class Shown:
    values: np.ndarray
    names: tuple[str, ...] = ("a", "bc")
    size: float = 4.0


def test_the_same_content_has_the_same_key_and_any_other_another(graph):
    shown = Shown(np.arange(6.0))
    same = [shown, Shown(np.arange(6.0))]
    others = [
        replace(shown, size=4),  # a whole number is no number with decimals
        replace(shown, names=("ab", "c")),
        replace(shown, values=np.arange(6.0).reshape(2, 3)),
        replace(shown, values=np.arange(6.0).astype(np.float32)),
        replace(shown, values=np.array([*"012345"], dtype=object)),
        (shown, None),
        (shown, graph),
        (shown, replace(graph)),  # equal in all, yet another data set that somebody opened
        {"shown": shown},
        ["shown", shown],
        "shown",
        b"shown",
        True,
        1,
    ]
    assert len({key_of(thing) for thing in same}) == 1
    assert len({key_of(thing) for thing in [shown, *others]}) == 1 + len(others)
    assert key_of({1, 2, 3}) == key_of({3, 2, 1})
    with pytest.raises(TypeError, match="DataFrame"):
        key_of(pd.DataFrame())


def test_a_kept_figure_is_sent_as_it_was_drawn_and_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    made: list[int] = []
    kept = charts.KeptFigures(charts.MOST_KEPT_BYTES)
    monkeypatch.setattr(charts, "KEPT", kept)
    monkeypatch.setattr(
        charts.st, "plotly_chart", lambda figure, **_: sent.append(str(plotly.io.to_json(figure, validate=False)))
    )

    def figure() -> go.Figure:
        made.append(1)
        trace = go.Scatter(x=np.arange(3.0), y=[1, 2, 3], mode="markers+text", text=["a", "b", "c"])
        return go.Figure(trace, layout={"xaxis2": {"title": {"text": "x"}}, "legend": {"title": {"text": "t"}}})

    for of in ("one", "one", "another"):
        charts.draw(figure, of=of, name="figure", synthetic=True, alt="A figure")
    charts.draw(figure(), name="figure", synthetic=True, alt="A figure")
    assert len(made) == 3
    assert len(set(sent)) == 1
    drawn = json.loads(sent[0])
    layout, ink = drawn["layout"], charts.INK["light"]
    for axis in ("xaxis", "xaxis2", "yaxis"):
        assert layout[axis]["tickfont"]["color"] == layout[axis]["title"]["font"]["color"] == ink
    assert layout["xaxis2"]["title"]["text"] == "x"
    assert layout["legend"]["title"] == {"text": "t", "font": {"color": ink}}
    assert "SYNTHETIC DATA" in layout["title"]["text"]
    assert drawn["data"][0]["textfont"]["color"] == ink
    assert go.Figure(charts.Drawn(figure().to_dict()).to_dict()) == figure()  # a talk keeps it, and may draw it again


def test_kept_figures_stay_below_their_size_and_the_oldest_goes_first() -> None:
    drawn = charts.Drawn({"data": [{"x": {"bdata": "A" * 4000}}], "layout": {}})
    kept = charts.KeptFigures(10_000)
    for key in (b"1", b"2"):
        kept.put(key, drawn)
    assert kept.get(b"1") is drawn
    kept.put(b"3", drawn)
    assert [key for key in (b"1", b"2", b"3") if kept.get(key)] == [b"1", b"3"]
    kept.put(b"4", charts.Drawn({"data": [{"x": "A" * 20_000}], "layout": {}}))
    assert kept.get(b"4") is None
    assert kept.get(b"1") is not None
    texts = np.array([["B" * 1_000, number] for number in range(20)], dtype=object)
    kept.put(b"5", charts.Drawn({"data": [{"customdata": texts}], "layout": {}}))
    assert kept.get(b"5") is None, "the texts of a map's points count"


def test_a_table_is_asked_once_and_forgotten_when_it_is_gone() -> None:
    questions: list[tuple[int, int]] = []

    @once_for_a_table
    def rows(table: pd.DataFrame, more: int = 0) -> int:
        questions.append((len(table), more))
        return len(table) + more

    table, other = pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [1, 2, 3]})
    assert [rows(table), rows(table), rows(table, more=1), rows(table, 1), rows(other)] == [2, 2, 3, 3, 3]
    assert len(questions) == 4
    for count in range(1, 20):  # the place of a table that is gone is soon another's
        assert rows(pd.DataFrame({"x": range(count)})) == count
