"""What a figure or a table shows, as one short key: the same content has the same key, whichever objects hold it."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import weakref
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from slviz.datasets import GeneGraph
from slviz.runs import Run

BY_IDENTITY = (GeneGraph, Run)
"""Large, never changed and shared by all visitors: two of them are the same where they are one object."""
_numbers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
_next = itertools.count()


def key_of(*things: object) -> bytes:
    """A SHA-256 over everything in `things`.

    Numbers, texts, arrays, dates and what is made of them count by their content, in a frozen dataclass all fields; a
    data set and a run by which object they are. Raises `TypeError` for anything else, such as a table, whose content
    nobody can tell cheaply.
    """
    hashed = hashlib.sha256(usedforsecurity=False)
    _add(hashed, things)
    return hashed.digest()


def _add(hashed: Any, thing: object) -> None:
    """Add a thing with its type and its length, so that no two of different make have the same bytes."""
    match thing:
        case None | bool() | int() | float() | complex():
            hashed.update(f"{type(thing).__name__} {thing!r};".encode())
        case str():
            _add_bytes(hashed, "text", thing.encode("utf-8", "surrogatepass"))
        case bytes():
            _add_bytes(hashed, "bytes", thing)
        case np.ndarray():
            _add_array(hashed, thing)
        case np.generic():
            _add(hashed, thing.item())
        case _ if isinstance(thing, BY_IDENTITY):
            hashed.update(f"{type(thing).__name__} {_number(thing)};".encode())
        case Mapping():
            hashed.update(f"mapping {len(thing)};".encode())
            for key, value in thing.items():
                _add(hashed, key)
                _add(hashed, value)
        case Set():
            _add(hashed, sorted(key_of(member) for member in thing))
        case Sequence():
            _add_members(hashed, thing)
        case _ if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
            hashed.update(f"{type(thing).__qualname__};".encode())
            for field in dataclasses.fields(thing):
                _add(hashed, getattr(thing, field.name))
        case _:
            raise TypeError(f"No key is made of a {type(thing).__name__}.")


def _add_members(hashed: Any, things: Sequence[object]) -> None:
    if things and all(type(thing) is str for thing in things):  # such as the names of all genes: in one go
        hashed.update(f"texts {len(things)};".encode())
        hashed.update(np.fromiter(map(len, things), dtype=np.int64, count=len(things)).data)  # pyright: ignore
        _add_bytes(hashed, "text", "".join(things).encode("utf-8", "surrogatepass"))  # pyright: ignore
        return
    hashed.update(f"sequence {len(things)};".encode())
    for thing in things:
        _add(hashed, thing)


def _add_array(hashed: Any, values: np.ndarray) -> None:
    if values.dtype == object:
        hashed.update(f"objects {values.shape};".encode())
        _add_members(hashed, values.ravel().tolist())
        return
    hashed.update(f"array {values.dtype.str} {values.shape};".encode())
    hashed.update(np.ascontiguousarray(values).data)


def _add_bytes(hashed: Any, kind: str, content: bytes) -> None:
    hashed.update(f"{kind} {len(content)};".encode())
    hashed.update(content)


def _number(thing: Any) -> int:
    """The number of this object; another object never has it, even where it lies at the same place later."""
    number = _numbers.get(thing)
    if number is None:
        number = _numbers.setdefault(thing, next(_next))
    return number
