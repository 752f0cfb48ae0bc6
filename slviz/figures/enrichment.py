"""Bars of enriched terms: of one selection, and of two beside each other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.enrichment import SIGNIFICANT, Enrichment
from slviz.figures.palette import FAINT, LINE, OKABE_ITO, categorical
from slviz.figures.theme import empty, framed
from slviz.figures.written import all_written, written

GROUP_WORDS = {"BP": "process", "MF": "function", "CC": "component"}
"""The three parts of the Gene Ontology: biological process, molecular function, cellular component."""
MOST_BARS = 15
ROW_PIXELS = 30
LETTERS = 36
"""Longer names of terms take two lines."""
GENES_IN_HOVER = 12
ROOM = 1.75
"""Times the longest bar, for the words beside it where the figure is half a page wide."""
SURER = "−log₁₀ q (longer is surer)"


def enrichment_bars(enrichment: Enrichment, genes: Sequence[str], *, most: int = MOST_BARS) -> go.Figure:
    """The leading terms of a selection, the surest on top; bars carry `customdata = [row of enrichment.table]`.

    Bars are as long as −log10 q; beside each stands how many of the term's genes are selected, and how many times
    more than under chance. Colour tells the group of the term.
    """
    rows = enrichment.leading.head(most)
    if not len(rows):
        return empty(f"No term reaches q < {SIGNIFICANT:g}: the selection looks like any other of its size.")
    groups = sorted(rows["group"].unique())
    colour = categorical(groups)
    titles = titles_of(rows)
    bars = [
        _bars(part, titles, enrichment, genes, name=written(_group_words(str(group))), colour=colour[str(group)])
        for group, part in rows.groupby("group")
    ]
    figure = framed(bars, x=SURER, y="", keep="enrichment", height=_height(len(rows)), showlegend=len(groups) > 1)
    return _from_the_top(figure, [titles[row] for row in rows.index], reach=float(surety(rows["q"]).max()))


def _bars(
    rows: pd.DataFrame,
    titles: dict[int, str],
    enrichment: Enrichment,
    genes: Sequence[str],
    *,
    name: str,
    colour: str,
) -> go.Bar:
    return go.Bar(
        x=surety(rows["q"]),
        y=[titles[row] for row in rows.index],
        orientation="h",
        name=name,
        marker={"color": colour},
        text=[
            f"{selected:,}/{on_map:,} · {fold:.{0 if fold >= 10 else 1}f}×"
            for selected, on_map, fold in zip(rows["selected"], rows["on_map"], rows["fold"], strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        customdata=np.asarray(rows.index)[:, None],
        hovertext=[_hover(row, enrichment, genes) for row in rows.index],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def compared_bars(
    first: Enrichment, second: Enrichment, *, names: tuple[str, str], most_each: int = MOST_BARS // 2
) -> go.Figure:
    """The leading terms of two selections, for each term a bar of either; shared terms stand together.

    A term that is not significant in one of them has a bar below the dotted line at q = 0.05, or none.
    """
    ids = list(dict.fromkeys([*first.leading["id"].head(most_each), *second.leading["id"].head(most_each)]))
    if not ids:
        return empty(f"No term of either selection reaches q < {SIGNIFICANT:g}.")
    both = [enrichment.table.drop_duplicates("id").set_index("id") for enrichment in (first, second)]
    named = pd.concat([table[["term"]] for table in both])
    named = named.loc[~named.index.duplicated()].loc[ids]
    titles = titles_of(named.reset_index().rename(columns={"index": "id"}))
    q = [table["q"].reindex(ids).fillna(1.0).to_numpy() for table in both]
    order = np.argsort(np.minimum(q[0], q[1]), kind="stable")
    places = [titles[row] for row in order]
    bars = [
        go.Bar(
            x=surety(values[order]),
            y=places,
            orientation="h",
            name=written(name),
            marker={"color": OKABE_ITO[number], "pattern": {"shape": "/" if number else ""}},
            offsetgroup=number,
            customdata=np.array(ids, dtype=object)[order][:, None],
            hovertemplate="%{y}<br>" + written(name) + "<br>q = 10<sup>−%{x:.2f}</sup><extra></extra>",
        )
        for number, (name, values) in enumerate(zip(names, q, strict=True))
    ]
    figure = framed(bars, x=SURER, y="", keep="compared", height=_height(round(1.4 * len(ids))), barmode="group")
    figure.add_vline(x=-np.log10(SIGNIFICANT), line={"color": LINE, "dash": "dot", "width": 1})
    return _from_the_top(figure, places, reach=float(max(surety(values).max() for values in q)))


def surety(q: Any) -> np.ndarray:
    """−log10 of q [N]; what underflowed to 0 becomes 300."""
    return -np.log10(np.maximum(np.asarray(q, dtype=np.float64), 1e-300))


def titles_of(rows: pd.DataFrame) -> dict[int, str]:
    """A distinct title for each row (by its index), broken into lines; two terms of one name get their ids."""
    twice = rows["term"].duplicated(keep=False)
    names = rows["term"].where(~twice, rows["term"] + " " + rows["id"]).tolist()
    wrapped = [textwrap.wrap(str(name), LETTERS, max_lines=2, placeholder=" …") for name in names]
    return {int(row): "<br>".join(all_written(lines)) for row, lines in zip(rows.index, wrapped, strict=True)}


def _hover(row: int, enrichment: Enrichment, genes: Sequence[str]) -> str:
    about = enrichment.table.loc[row]
    members = [genes[int(gene)] for gene in enrichment.members(row)]
    more = f" and {len(members) - GENES_IN_HOVER} more" if len(members) > GENES_IN_HOVER else ""
    listed = "<br>".join(all_written(textwrap.wrap(", ".join(members[:GENES_IN_HOVER]) + more, 60)))
    return (
        f"<b>{written(about['term'])}</b> {written(about['id'])}<br>"
        f"{about['selected']:,} selected genes, {about['expected']:.1f} expected ({about['fold']:.1f}×)<br>"
        f"p = {about['p']:.2g}, q = {about['q']:.2g}<br>{listed}"
    )


def _group_words(group: str) -> str:
    return GROUP_WORDS.get(group, group or "terms")


def _height(rows: int) -> int:
    return 120 + ROW_PIXELS * max(rows, 3)


def _from_the_top(figure: go.Figure, places: list[str], *, reach: float) -> go.Figure:
    """The first place on top, room for the text beside the longest bar, the legend above."""
    figure.update_yaxes(categoryorder="array", categoryarray=places[::-1], showgrid=False, tickfont={"size": 12})
    figure.update_xaxes(range=(0, ROOM * reach), gridcolor=FAINT, nticks=5)
    return figure.update_layout(
        bargap=0.3,
        margin={"l": 8, "r": 8, "t": 40, "b": 44},
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "title": None,
            "entrywidth": 84,
        },
    )
