"""safetensors: the header is checked against the bytes that follow it, before any of them is taken."""

from __future__ import annotations

import json
import math
from typing import Any

from slviz.errors import MalformedData
from slviz.files.limits import MEMBERS, shown

ITEM_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
    "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8, "C64": 8,
}  # fmt: skip
LONGEST_HEADER = 16 << 20


def check_tensors(content: bytes, name: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of each array by name, and proof that the content holds exactly them.

    Raises `MalformedData` where the header is longer than the content, is no JSON, or names a type, a shape or a place
    that the bytes after it do not bear out.
    """
    called = shown(name)
    header, data_bytes = _header(content, called)
    arrays = {key: value for key, value in header.items() if key != "__metadata__"}
    if len(arrays) > MEMBERS.value:
        raise MalformedData(f"{called} holds more than {MEMBERS.value:,} arrays. {MEMBERS.raised()}")
    _refuse_metadata(header.get("__metadata__", {}), called)
    places = sorted(_place(key, value, called) for key, value in arrays.items())
    end = 0
    for first, last, key in places:
        if first != end or last > data_bytes:
            raise _damaged(called, f"the bytes of '{shown(key)}' lie where they cannot be")
        end = last
    if end != data_bytes:
        raise _damaged(called, f"{data_bytes - end:,} bytes belong to no array")
    return {key: (value["dtype"], tuple(value["shape"])) for key, value in arrays.items()}


def _header(content: bytes, called: str) -> tuple[dict[str, Any], int]:
    """The header, and how many bytes follow it."""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(len(content) - 8, LONGEST_HEADER):
        raise _damaged(called, f"its header is said to have {length:,} bytes, and the file has {len(content):,}")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise _damaged(called, "its header is not JSON") from error
    if not isinstance(header, dict):
        raise _damaged(called, "its header lists no arrays")
    return header, len(content) - 8 - length


def _refuse_metadata(metadata: Any, called: str) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _damaged(called, "its description is not text")


def _place(key: str, value: Any, called: str) -> tuple[int, int, str]:
    """Where the bytes of an array begin and end, and its name."""
    fits = isinstance(value, dict) and {"dtype", "shape", "data_offsets"} <= set(value)
    if not fits or not _are_counts(value["shape"]) or not _are_counts(value["data_offsets"]):
        raise _damaged(called, f"'{shown(key)}' has no shape or no place")
    if len(value["data_offsets"]) != 2 or str(value["dtype"]) not in ITEM_BYTES:
        raise _damaged(called, f"'{shown(key)}' is of a kind that slviz does not read")
    first, last = value["data_offsets"]
    if last - first != math.prod(value["shape"]) * ITEM_BYTES[value["dtype"]]:
        raise _damaged(called, f"the shape of '{shown(key)}' does not fit its bytes")
    return first, last, key


def _are_counts(values: Any) -> bool:
    return isinstance(values, list) and len(values) <= 32 and all(type(value) is int and value >= 0 for value in values)


def _damaged(called: str, why: str) -> MalformedData:
    return MalformedData(f"{called} is cut or altered: {why}. Copy it again, or make it anew.")
