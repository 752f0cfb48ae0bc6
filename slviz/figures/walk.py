"""A walk on a map: the genes nearest to each step, in the features and in the embedding, played from A to B."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int64

from slviz.figures.palette import OKABE_ITO
from slviz.figures.theme import framed
from slviz.figures.written import written

SPACE_COLOURS = {"features": "#E69F00", "embedding": "#0072B2"}
SPACE_SYMBOLS = {"features": "diamond", "embedding": "circle"}
FRAME_MS = 600


def with_walk(
    figure: go.Figure,
    genes: Sequence[str],
    coordinates: Float[np.ndarray, "genes 2"],
    paths: Mapping[str, Int64[np.ndarray, " steps"]],
    *,
    step: int,
) -> go.Figure:
    """The map with a line over the nearest genes of each space's steps, a mark at one step, and a button to play.

    Args:
        figure: a flat map.
        genes: symbols [G].
        coordinates: of the map, [G, 2].
        paths: by space ("features", "embedding"), the gene nearest to each step.
        step: which step is marked, from 0.
    """
    marks: list[int] = []
    for space, path in paths.items():
        colour = SPACE_COLOURS[space]
        place = coordinates[path]
        figure.add_trace(
            go.Scatter(
                x=place[:, 0],
                y=place[:, 1],
                mode="lines+markers",
                name=f"nearest in the {space}",
                line={"color": colour, "width": 2.5, "dash": "dot" if space == "features" else "solid"},
                marker={"size": 7, "symbol": SPACE_SYMBOLS[space], "color": colour},
                text=[f"step {number}: {written(genes[gene])}" for number, gene in enumerate(path.tolist())],
                customdata=path[:, None],
                hovertemplate=f"%{{text}}<br>nearest in the {space}<extra></extra>",
            )
        )
    for space, path in paths.items():
        marks.append(len(figure.data))  # pyright: ignore[reportArgumentType]
        figure.add_trace(_mark(space, coordinates, int(path[step]), genes))
    steps = len(next(iter(paths.values())))
    figure.frames = [
        go.Frame(
            name=str(number),
            data=[_mark(space, coordinates, int(path[number]), genes) for space, path in paths.items()],
            traces=marks,
        )
        for number in range(steps)
    ]
    play = {"frame": {"duration": FRAME_MS, "redraw": False}, "transition": {"duration": 0}, "fromcurrent": False}
    button: dict[str, Any] = {"type": "buttons", "x": 1, "xanchor": "right", "y": 1.01, "yanchor": "bottom"}
    button |= {"buttons": [{"label": "▶ Play", "method": "animate", "args": [None, play]}], "showactive": False}
    return figure.update_layout(updatemenus=[button])


def _mark(space: str, coordinates: np.ndarray, gene: int, genes: Sequence[str]) -> go.Scatter:
    return go.Scatter(
        x=[coordinates[gene, 0]],
        y=[coordinates[gene, 1]],
        mode="markers",
        marker={
            "size": 18,
            "symbol": f"{SPACE_SYMBOLS[space]}-open",
            "color": SPACE_COLOURS[space],
            "line": {"width": 3},
        },
        customdata=[[gene]],
        text=[written(genes[gene])],
        hovertemplate=f"%{{text}}, now nearest in the {space}<extra></extra>",
        showlegend=False,
    )


def scores_along(
    share: Float[np.ndarray, " steps"],
    scores: Mapping[str, Float[np.ndarray, " steps"]],
    *,
    of_start: Sequence[str],
    height: int = 320,
) -> go.Figure:
    """The score of some partners with each point of a walk: full lines for partners of the start, dotted for the end's.

    Args:
        share: of the walk, 0 to 1.
        scores: by the partner's symbol.
        of_start: which partners are the start's.
    """
    traces = [
        go.Scatter(
            x=share,
            y=values,
            mode="lines+markers",
            name=written(symbol),
            line={
                "color": OKABE_ITO[place % len(OKABE_ITO)],
                "width": 2,
                "dash": "solid" if symbol in of_start else "dot",
            },
            hovertemplate=f"{written(symbol)}: %{{y:.3f}} at %{{x:.1f}}<extra></extra>",
        )
        for place, (symbol, values) in enumerate(scores.items())
    ]
    return framed(traces, x="from A (0) to B (1)", y="score", keep="walk scores", height=height)
