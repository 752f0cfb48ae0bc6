"""Arrays of a stored scorer, by name: what is missing is said, and lists of names are arrays, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import UInt8

from slviz.errors import DamagedRun


def stored(arrays: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """One of the arrays that a run stores for its scorer; raises `DamagedRun` where it is not there."""
    if name not in arrays:
        raise DamagedRun(f"The arrays of this run lack '{name}': it scores no pairs. Train the run again.")
    return arrays[name]


def below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """The arrays whose names begin with `prefix`, named without it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def pack_names(names: Sequence[str]) -> UInt8[np.ndarray, " bytes"]:
    """Names as the bytes of their text, one a line."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def unpack_names(array: UInt8[np.ndarray, " bytes"]) -> tuple[str, ...]:
    """The names that `pack_names` packed; raises `DamagedRun` for what is no text."""
    if array.dtype != np.uint8:
        raise DamagedRun(f"The arrays of this run hold {array.dtype} where names belong. Train the run again.")
    try:
        text = array.tobytes().decode()
    except UnicodeDecodeError as error:
        raise DamagedRun("The arrays of this run hold names that are not text. Train the run again.") from error
    return tuple(text.split("\n")) if text else ()
