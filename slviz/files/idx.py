"""IDX, the format of MNIST: a magic number, the lengths of the axes, the values; checked before an array is made."""

from __future__ import annotations

import math

import numpy as np

from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip
from slviz.files.limits import Budget, shown

KINDS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Type of the values by the third byte."""
AGAIN = "Copy or download it again."


def is_idx(content: bytes) -> bool:
    """Whether the content, unpacked, begins as an IDX file does: two zeros, a known type, one to four axes."""
    return len(content) >= 4 and content[:2] == b"\0\0" and content[2] in KINDS and 1 <= content[3] <= 4


def read_idx(content: bytes, name: str) -> np.ndarray:
    """The array of an IDX file, packed with gzip or not; raises `MalformedData` where it is none or is cut off."""
    raw = unpack_if_gzip(content, name)
    if not is_idx(raw):
        raise MalformedData(
            f"{shown(name)} is no IDX file: it should begin with two zeros, the type of its values and the number of "
            "its axes, as the files of MNIST do. Give such a file, or an .npz."
        )
    axes = raw[3]
    start = 4 + 4 * axes
    if len(raw) < start:
        raise MalformedData(f"{shown(name)} ends before it says how long its {axes} axes are. {AGAIN}")
    lengths = [int(length) for length in np.frombuffer(raw[4:start], dtype=">u4")]
    kind = np.dtype(KINDS[raw[2]])
    count = math.prod(lengths)
    if count * kind.itemsize != len(raw) - start:
        shape = " × ".join(f"{length:,}" for length in lengths)
        raise MalformedData(
            f"{shown(name)} says that it holds {shape} values and has {len(raw) - start:,} bytes of them. {AGAIN}"
        )
    Budget(name, len(content)).check(count * kind.itemsize)
    return np.frombuffer(raw, dtype=kind, count=count, offset=start).reshape(lengths)
