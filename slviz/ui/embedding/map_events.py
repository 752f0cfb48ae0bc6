"""What a visitor does on a map, told to the server in a few numbers instead of all the points.

Streamlit's own chart does not tell of a zoom or of the pointer, and it sends every selected point (128 bytes each).
A small component beside the chart listens to it in the browser: `map_events.js`. What follows the pointer (a picture,
lines to the true nearest) is drawn there, without asking the server.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int64

from slviz.figures.labels import PLACED_LABELS
from slviz.figures.raster import png_address
from slviz.ui import own_components

HTML = '<div class="picture" role="img"></div><div class="hint"></div>'
CSS = """
.picture { width: 112px; image-rendering: pixelated; border-radius: 6px; background-repeat: no-repeat }
.hint { color: var(--st-text-color); font: 0.875rem var(--st-font); opacity: 0.75; margin-top: 4px }
"""
MOST_PIXELS = 4_000_000
"""So many pixels of pictures are sent with the page; more are shown for chosen points only."""


@dataclass(frozen=True)
class Events:
    """What the visitor did.

    Attributes:
        view: left, right, bottom and top of the part that is looked at; None before any zoom.
        shape: the lasso or the box as `{"kind", "x", "y"}`; None where nothing is selected.
    """

    view: tuple[float, float, float, float] | None
    shape: dict[str, Any] | None


def sprites_of(images: np.ndarray | None) -> dict[str, Any] | None:
    """All pictures [N, height, width] or [N, height, width, 3] in one image, row by row; None for none or too many."""
    if images is None or images.size > MOST_PIXELS:
        return None
    count, height, width = images.shape[:3]
    channels = images.shape[3:]
    columns = int(np.ceil(np.sqrt(count)))
    padded = np.zeros((columns * -(-count // columns), height, width, *channels), dtype=np.uint8)
    padded[:count] = images
    rows = padded.reshape(-1, columns, height, width, *channels).swapaxes(1, 2)
    tiled = rows.reshape(-1, columns * width, *(channels or (1,)))  # tiles in rows
    return {"image": png_address(tiled), "columns": columns, "width": width, "height": height}


def listen(
    key: str,
    *,
    chart: str,
    zooms: bool,
    view: Sequence[float] | None = None,
    marks: np.ndarray | None = None,
    sprites: dict[str, Any] | None = None,
    chosen: int | None = None,
    on_click: Callable[[], None] = lambda: None,
) -> Events:
    """Listen to the chart of key `chart`.

    Args:
        key: of this component; `own_components.clicked(key)` tells its callback which point it was.
        chart: key of the chart, in letters, digits and "-".
        zooms: whether a zoom should run the page again.
        view: the part that the chart shows at first.
        marks: places [1 + K, 2] of the chosen point and of those that lines lead to.
        sprites: from `sprites_of`; the picture of the point under the pointer is shown here.
        chosen: number of the point whose card, with its picture, stands below: its picture is not shown twice.
        on_click: called when a point was clicked.
    """
    data = {
        "chart": chart,
        "zooms": zooms,
        "view": None if view is None else list(view),
        "marks": [] if marks is None else np.asarray(marks, dtype=float).round(6).tolist(),
        "sprites": sprites,
        "chosen": chosen,
        "near": None,
    }
    events = own_components.of_script(__file__, html=HTML, css=CSS, before=PLACED_LABELS)(
        key=key,
        data=data,
        on_clicked_change=on_click,
        on_view_change=own_components.no_callback,
        on_selection_change=own_components.no_callback,
    )
    view_now = events.get("view")
    valid = isinstance(view_now, list) and len(view_now) == 4
    return Events(view=tuple(view_now) if valid else None, shape=events.get("selection"))  # pyright: ignore


def show_pictures(key: str, *, chart: str, sprites: dict[str, Any], chosen: int | None) -> None:
    """The picture of the point under the pointer on the chart of key `chart`, and nothing told to the server.

    The point `chosen` has its picture on its card below, and not here.

    Beside `listen`, which stands below the map and not beside it.
    """
    own_components.of_script(__file__, html=HTML, css=CSS, before=PLACED_LABELS)(
        key=key, data={"chart": chart, "near": None, "sprites": sprites, "chosen": chosen, "pictures": True}
    )


def place_labels(key: str, *, chart: str) -> None:
    """Labels on the chart of key `chart` that lie beside each other, anew for every zoom and size; nothing is told.

    For a chart that no `listen` listens to.
    """
    own_components.of_script(__file__, html=HTML, css=CSS, before=PLACED_LABELS)(
        key=key, data={"chart": chart, "near": None, "labels": True}
    )


def line_up(key: str, *, chart: str, near: Int64[np.ndarray, "points nearest"]) -> None:
    """Lines on the chart of key `chart` from the point under the pointer to its true nearest, by their numbers.

    Beside `listen`, since what is told there is sent again with every event, and this is large.
    """
    own_components.of_script(__file__, html=HTML, css=CSS, before=PLACED_LABELS)(
        key=key, data={"chart": chart, "near": _packed(near)}
    )


def _packed(near: np.ndarray) -> dict[str, Any]:
    """Numbers row by row as little-endian integers in base64: a third of what a list of them takes."""
    kind = "<u2" if near.size == 0 or near.max() < 2**16 else "<u4"
    content = np.ascontiguousarray(near, dtype=kind).tobytes()
    return {"count": near.shape[1], "bytes": int(kind[-1]), "content": base64.b64encode(content).decode()}
