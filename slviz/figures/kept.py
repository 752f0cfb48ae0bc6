"""A figure that was kept as Plotly's JSON, drawn again: Plotly writes arrays as base64, and reads none back."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.exceptions import PlotlyError

from slviz.errors import DamagedSelection

KINDS = {"i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"}
"""Of numbers that Plotly packs, little-endian."""
PACKED, PACKED_WITH_SHAPE = {"dtype", "bdata"}, {"dtype", "bdata", "shape"}


def kept_figure(text: str) -> go.Figure:
    """The figure of `go.Figure.to_json`, its numbers as arrays; raises `DamagedSelection` where it is none."""
    try:
        content = json.loads(text)
        if not isinstance(content, dict):
            raise TypeError("no object")
        return go.Figure(unpacked(content))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, PlotlyError) as error:
        raise DamagedSelection("This is no figure as Plotly writes one. Draw it again.") from error


def unpacked(part: Any) -> Any:
    """A part of a figure's JSON with its packed numbers as arrays; raises `ValueError` where they are altered."""
    if isinstance(part, list):
        return [unpacked(item) for item in part]
    if not isinstance(part, dict):
        return part
    if set(part) in (PACKED, PACKED_WITH_SHAPE):
        return _array(part)
    return {key: unpacked(item) for key, item in part.items()}


def _array(packed: dict[str, Any]) -> np.ndarray:
    if packed["dtype"] not in KINDS:
        raise ValueError(f"numbers of the kind {packed['dtype']}")
    numbers = np.frombuffer(base64.b64decode(packed["bdata"], validate=True), dtype=f"<{packed['dtype']}")
    shape = str(packed.get("shape", len(numbers))).split(",")
    return numbers.reshape([int(length) for length in shape])
