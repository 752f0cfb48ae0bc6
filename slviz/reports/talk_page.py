"""A talk as one HTML page: live figures, one view at a time, by keyboard; nothing of it is read from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plotly.offline import get_plotlyjs

from slviz.errors import DamagedSelection
from slviz.export.appearance import MUTED, Appearance, dressed
from slviz.figures.kept import kept_figure
from slviz.figures.labels import PLACED_LABELS
from slviz.talks import Talk, View
from slviz.text import spelt_out, utf8

SCRIPT, STYLE = Path(__file__).with_name("talk_page.js"), Path(__file__).with_name("talk_page.css")
LETTERS = 17
"""Pixels of letters in a figure, before a wall."""
LABEL_LETTERS = 15
POINT_SCALE = 1.25
NO_FIGURE = "This view has no figure; open it live."
ALTERED = "The figure of this view is altered; keep the view again, or open it live."


def talk_page(talk: Talk, figure_of: Callable[[View], str | None], *, dark: bool = False) -> bytes:
    """The page. Arrows, space, Home and End turn it, N shows the notes, F fills the screen, P prints.

    Args:
        talk: with one view or more.
        figure_of: the kept JSON of a view's figure, or None; one that is altered is said to be, and the others are
            drawn.
        dark: white letters on dark ground.
    """
    slides = "\n".join(
        _slide(view, figure_of(view), number, len(talk.views), dark=dark) for number, view in enumerate(talk.views, 1)
    )
    scripts = (get_plotlyjs(), PLACED_LABELS.read_text("utf-8"), SCRIPT.read_text("utf-8"))
    code = "\n".join(f"<script>{script}</script>" for script in scripts)
    return utf8(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_escaped(talk.name)}</title><style>{STYLE.read_text('utf-8')}</style></head>"
        f'<body class="{"dark" if dark else "light"}"><main>{slides}</main>'
        '<nav><button id="back" aria-label="Back">◀</button><span id="place" role="status"></span>'
        '<button id="on" aria-label="On">▶</button></nav>'
        f"{code}</body></html>\n"
    )


def _slide(view: View, figure: str | None, number: int, count: int, *, dark: bool) -> str:
    try:
        drawn = _none(NO_FIGURE) if figure is None else _drawn(view, figure, dark=dark)
    except (DamagedSelection, ValueError, TypeError):  # the latter of sizes that are no numbers
        drawn = _none(ALTERED)
    # not the whole address: it may name a folder of the server, and the file is handed out
    where = " · ".join([view.page, *(view.query[key] for key in ("run", "gene") if view.query.get(key))])
    return (
        f'<section aria-label="View {number} of {count}" hidden><h1>{_escaped(view.title)}</h1>{drawn}'
        f'<p class="note">{_escaped(view.note)}</p><footer>{_escaped(where)}</footer></section>'
    )


def _none(why: str) -> str:
    return f'<p class="none">{why}</p>'


def _drawn(view: View, figure: str, *, dark: bool) -> str:
    """The place of a figure and what Plotly needs; raises `DamagedSelection` for what is no figure."""
    drawn: Any = dressed(kept_figure(figure), Appearance(point_scale=POINT_SCALE, dark=dark))
    drawn.update_layout(height=None, width=None, autosize=True, font={"size": LETTERS}, dragmode="pan")
    ink = {"color": MUTED["dark" if dark else "light"]}
    drawn.update_xaxes(tickfont=ink, title_font=ink).update_yaxes(tickfont=ink, title_font=ink)
    drawn.update_layout(legend={"font": ink, "title": {"font": ink}})
    for note in drawn.layout.annotations:
        note.update(font={"size": max(LABEL_LETTERS, note.font.size or 0)})
    content = drawn.to_json().replace("<", "\\u003c")
    return (
        f'<div class="figure" role="img" aria-label="{_escaped(view.alt or view.title)}"></div>'
        f'<script type="application/json">{content}</script>'
    )


def _escaped(text: str) -> str:
    return html.escape(spelt_out(text, blanks=False))
