"""What a person selected on a figure, as the numbers that its points carry in `customdata`."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st


def numbers(event: Any) -> np.ndarray:
    """The distinct numbers behind the selected points, ascending; empty when nothing is selected."""
    points = event["selection"]["points"] if event else []
    genes = {int(number) for point in points if (number := _first(point.get("customdata"))) is not None}
    return np.array(sorted(genes), dtype=np.int64)


def clicked(key: str) -> int | None:
    """The number behind a single clicked point of the chart with that key, for a callback; else None."""
    chosen = numbers(st.session_state.get(key))
    return int(chosen[0]) if len(chosen) == 1 else None


def _first(customdata: Any) -> int | None:
    """Plotly in the browser gives a list, or an object with the key "0" when the array came packed."""
    if isinstance(customdata, dict):
        customdata = list(customdata.values())
    if isinstance(customdata, (list, tuple)):
        customdata = customdata[0] if customdata else None
    return None if customdata is None else int(customdata)
