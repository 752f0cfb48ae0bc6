"""Maps of the same genes in one chart, linked in the browser: `linked_maps.js`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slviz.ui import own_components


def listen(key: str, *, chart: str, on_click: Callable[[], None]) -> tuple[int, dict[str, Any]] | None:
    """Link the maps of the chart of key `chart`; which map (from 0) was drawn on, and the lasso or box, or None.

    Args:
        key: of this component; `own_components.clicked(key)` tells its callback which point it was.
        chart: key of the chart, in letters, digits and "-".
        on_click: called when a point was clicked.
    """
    events = own_components.of_script(__file__)(
        key=key, data={"chart": chart}, on_clicked_change=on_click, on_selection_change=own_components.no_callback
    )
    shape = events.get("selection")
    if not isinstance(shape, dict) or not isinstance(shape.get("map"), int | float):
        return None
    return int(shape["map"]), shape
