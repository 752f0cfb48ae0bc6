"""Figures as HTML, SVG, PNG and PDF at the widths of a journal, or of a slide."""

from __future__ import annotations

import html
import math
import re
import shutil
import textwrap
from typing import Any, Literal

import plotly.graph_objects as go

from slviz.errors import InvalidSetting, SlvizError
from slviz.export.appearance import GROUNDS, MUTED, SCREEN_LETTERS, Appearance, dressed
from slviz.figures.labels import AREA, PLACED_LABELS, POINT, placed_anew
from slviz.figures.written import all_written
from slviz.text import spelt_out, utf8

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MILLIMETRES_PER_INCH = 25.4
PIXELS_PER_INCH = 96
PRINT_PIXELS_PER_INCH = 300
RENDER_SECONDS = 60
JOURNAL_WIDTHS_MM = (89, 183)
NARROW_BELOW_MM, WIDE_FROM_MM = 110, 150
WIDE_PIXELS, MIDDLE_PIXELS, NARROW_PIXELS = 920, 700, 560
FOOTER_PIXELS = 9
LETTER_WIDTH = 0.56
"""Of a letter of the footer, in its height: Arial's mean over names of runs, which are half digits."""
LOWEST_PIXELS = 260
LEGEND_SYMBOL_PIXELS = 48
"""What an entry of a legend takes beside its letters."""
LEGEND_ROW = 1.75
"""Height of a row of a legend, in the height of its letters."""


def figure_to_html(
    figure: go.Figure,
    *,
    provenance: str,
    title: str = "slviz",
    width_mm: float = 183,
    height_mm: float | None = None,
    appearance: Appearance | None = None,
) -> bytes:
    """A figure as one HTML file that works offline and stays interactive, of a journal's width.

    The line stands at the foot of the figure, where a picture that is taken of it has it, too. Labels are placed by the
    browser, anew for every zoom.
    """
    look = appearance or Appearance()
    drawn = for_print(figure, width_mm=_checked_width(width_mm), height_mm=height_mm, appearance=look)
    drawn = _of_width(drawn, width_mm, provenance, look)
    script = labels_script() if _has_labels(drawn) else None
    config = {"displaylogo": False}
    drawing = drawn.to_html(full_html=False, include_plotlyjs=True, config=config, post_script=script)
    heading = html.escape(spelt_out(title))
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{heading}</title>"
        f"<style>body{{font-family:sans-serif;margin:1.5rem;background:{GROUNDS[look.theme]};"
        f"color:{MUTED[look.theme]}}}</style></head><body>"
        f"<h1>{heading}</h1>{drawing}</body></html>\n"
    )
    return utf8(page)


def figure_to_image(
    figure: go.Figure,
    kind: Literal["svg", "png", "pdf"] = "svg",
    *,
    width_mm: float = 183,
    height_mm: float | None = None,
    provenance: str = "",
    appearance: Appearance | None = None,
) -> bytes:
    """A figure as a picture of a journal's width (89 mm one column, 183 mm two), on white or as `appearance` says.

    It is drawn as on a screen and shrunk, so that nothing overlaps that did not before: letters of
    12 pixels come out at about 6.8 points on 183 mm and 5.4 on 89 mm, where the legend moves below.
    Labels of a map are placed anew for that size, so that none covers another.
    PNG has 300 pixels an inch. `provenance` stands as small lines at the foot. Needs Chrome or
    Chromium on this machine; raises `SlvizError` that says so where there is none.
    """
    if kind not in ("svg", "png", "pdf"):
        raise InvalidSetting(f"kind='{kind}' is not one of: svg, png, pdf.")
    checked = _checked_width(width_mm)
    browser = _browser()
    drawn: Any = for_print(figure, width_mm=checked, height_mm=height_mm, provenance=provenance, appearance=appearance)
    if _has_labels(drawn):
        draft = _render(drawn, "svg", 1, browser).decode("utf-8")
        if (pixels := plotting_area(draft)) is not None:
            placed_anew(drawn, pixels)
    pixels_per_inch = PRINT_PIXELS_PER_INCH if kind == "png" else PIXELS_PER_INCH
    scale = width_mm / MILLIMETRES_PER_INCH * pixels_per_inch / drawn.layout.width
    return _render(drawn, kind, scale, browser)


def labels_script() -> str:
    """JavaScript that places the labels of the figure `{plot_id}`, now and whenever its view or size has changed."""
    return (
        "(() => {\n"
        + PLACED_LABELS.read_text(encoding="utf-8")
        + "\nkeepLabelsPlaced(document.getElementById('{plot_id}'))\n})()"
    )


def _has_labels(figure: Any) -> bool:
    return any(note.name in (POINT, AREA) for note in figure.layout.annotations)


def plotting_area(svg: str) -> tuple[float, float] | None:
    """Width and height, in pixels, of the plotting area of a drawing by Plotly; None where it has none."""
    clip = re.search(r'<clipPath id="clip[^"]*xyplot"[^>]*>\s*<rect width="([\d.]+)" height="([\d.]+)"', svg)
    return None if clip is None else (float(clip[1]), float(clip[2]))


def _of_width(figure: Any, width_mm: float, provenance: str, look: Appearance) -> Any:
    """The figure, shrunk to so many millimetres on a screen of 96 pixels an inch, with a foot that fits there."""
    scale = width_mm / MILLIMETRES_PER_INCH * PIXELS_PER_INCH / figure.layout.width
    height, below = figure.layout.height, _is_at_foot(figure)
    if below:  # its letters are not shrunk, so it may take more rows than before
        height -= _bottom(figure)
    figure.update_layout(width=figure.layout.width * scale, height=max(height * scale, LOWEST_PIXELS))
    if below:
        figure.update_layout(margin_b=0)
        figure.update_layout(height=figure.layout.height + _legend_below(figure))
    return _with_footer(figure, provenance, look)


def _checked_width(width_mm: float) -> float:
    if not 20 <= width_mm <= 1000:
        raise InvalidSetting(f"A picture of {width_mm:g} mm cannot be made: write a width from 20 to 1000 mm.")
    return width_mm


def for_print(
    figure: go.Figure,
    *,
    width_mm: float,
    height_mm: float | None = None,
    provenance: str = "",
    appearance: Appearance | None = None,
) -> go.Figure:
    """A copy of a figure for paper: white or dark, as many pixels wide as a screen, the provenance at its foot."""
    look = appearance or Appearance()
    narrow = width_mm < NARROW_BELOW_MM
    usual = NARROW_PIXELS if narrow else MIDDLE_PIXELS if width_mm < WIDE_FROM_MM else WIDE_PIXELS
    width = look.pixels_wide(width_mm, usual)
    drawn: Any = dressed(figure, look).update_layout(width=width)
    height = min(drawn.layout.height or 500, round(0.85 * width))
    legend = drawn.layout.legend
    if _is_under(drawn) or (narrow and legend.orientation != "h") or (look.title and (legend.y or 0) > 1):
        height += _legend_below(drawn)
    drawn.update_layout(height=height)
    if provenance:
        _with_footer(drawn, provenance, look)
    if height_mm:
        foot = (drawn.layout.legend.y or 0) * drawn.layout.height
        drawn.update_layout(height=round(height_mm / width_mm * width))
        if _is_at_foot(drawn):
            drawn.update_layout(legend_y=foot / drawn.layout.height)
    return drawn


def _is_under(figure: Any) -> bool:
    """Whether the legend begins right under the figure and takes as many rows as the window's width needs."""
    legend = figure.layout.legend
    return legend.orientation == "h" and legend.y == 0 and legend.yanchor == "top"


def _is_at_foot(figure: Any) -> bool:
    """Whether `_legend_below` has moved the legend."""
    return figure.layout.legend.yref == "container" and figure.layout.legend.yanchor == "bottom"


def _legend_below(figure: Any) -> float:
    """Moves the legend under the figure, in columns as wide as its longest entry; returns the pixels that it adds."""
    size = figure.layout.legend.font.size or figure.layout.font.size or SCREEN_LETTERS
    entries = [
        re.sub(r"<[^>]*>", "", str(trace["name"]))
        for trace in figure.to_dict()["data"]
        if trace.get("showlegend") is not False and trace.get("name")
    ]
    longest = LEGEND_SYMBOL_PIXELS + LETTER_WIDTH * size * max(map(len, entries), default=0)
    columns = max(int((figure.layout.width - 16) / longest), 1)
    titled = bool(figure.layout.legend.title.text)
    shown = entries and figure.layout.showlegend is not False
    room = LEGEND_ROW * size * (math.ceil(len(entries) / columns) + titled) + 14 if shown else 0
    bottom = _bottom(figure)
    needed = max(bottom, room) if _is_under(figure) or _is_at_foot(figure) else bottom + room
    figure.update_layout(
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "xanchor": "left",
            "entrywidthmode": "fraction",
            "entrywidth": 0.96 / columns,
            "title": {"side": "top"},
            "maxheight": room + 1 if shown else None,
        },
        margin_b=needed,
    )
    return needed - bottom


def _with_footer(figure: Any, text: str, look: Appearance) -> Any:
    """Small lines of text at the foot of a figure, broken to its width, below the legend where that lies there."""
    left = figure.layout.margin.l if figure.layout.margin.l is not None else 60
    width = int((figure.layout.width - 16) / (LETTER_WIDTH * FOOTER_PIXELS))
    lines = textwrap.wrap(text, width=width, break_on_hyphens=False)  # names of runs stay whole
    bottom, room = _bottom(figure), len(lines) * FOOTER_PIXELS * 1.4 + 10
    figure.update_layout(margin_b=bottom + room, height=figure.layout.height + room)
    if _is_at_foot(figure):
        figure.update_layout(legend_y=room / figure.layout.height)
    return figure.add_annotation(
        text="<br>".join(all_written(lines)),
        showarrow=False,
        align="left",
        x=0,
        y=0,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=8 - left,
        yshift=2 - bottom - room,
        font={"size": FOOTER_PIXELS, "color": MUTED[look.theme]},
    )


def _bottom(figure: Any) -> float:
    return figure.layout.margin.b if figure.layout.margin.b is not None else 50


def _browser() -> str:
    """Path of a Chrome or Chromium on this machine."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    raise SlvizError(
        "Making a picture file needs Chrome or Chromium on the machine that runs slviz, and none was found. "
        "Install Chromium there, or use the camera button above the figure, which draws in your own browser."
    )


def _render(figure: Any, kind: str, scale: float, browser: str) -> bytes:
    """The picture as Chromium draws it, through kaleido."""
    import kaleido

    layout = figure.layout
    try:
        return kaleido.calc_fig_sync(
            figure.to_dict(),
            opts={"format": kind, "width": layout.width, "height": layout.height, "scale": scale},
            kopts={"path": browser, "mathjax": False, "timeout": RENDER_SECONDS},
        )
    except (RuntimeError, OSError, TimeoutError) as error:
        raise SlvizError(
            f"The browser {browser} did not draw the picture ({type(error).__name__}: {error}). "
            "Use the camera button above the figure, which draws in your own browser."
        ) from error
