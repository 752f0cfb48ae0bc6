"""JSON and lines of JSON: any value of another type, size or depth, keys gone, doubled, renamed or foreign."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from random import Random
from typing import Any

from trials.mutate_bytes import Mutator

RAW = "@raw@"
"""A string that begins so stands in the file without its quotes: what `json.dumps` would not write."""
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 0.5, -0.0, 1e308, "", " ", "a", "\x00", "nan", "-1", "1e999"),
    *(
        [],
        {},
        [None],
        [[]],
        [1],
        ["a"],
        {"": None},
        {"a": {"b": []}},
        [[], {}],
        "x" * 5_000,
        "💥",
        "\u202e",
        "\x1b[31m",
    ),
    *("../../etc/passwd", "/etc/passwd", "a/b", ".", "2026-13-45", "2026-11-26T08:00:00", "demo", "gat", "0" * 64),
    *(f"{RAW}NaN", f"{RAW}Infinity", f"{RAW}1e999", RAW + "9" * 5_000, f"{RAW}-0", f'{RAW}"\\ud800"', f"{RAW}01"),
    *(RAW + "[" * 100_000, RAW + "[" * 900 + "]" * 900, RAW + '{"a":' * 900 + "1" + "}" * 900, f"{RAW}undefined"),
)
Path = tuple[Any, ...]


def replace_value(stored: Any, random: Random) -> Any:
    return _put(stored, random.choice(_paths(stored)), random.choice(VALUES))


def delete_value(stored: Any, random: Random) -> Any:
    paths = [path for path in _paths(stored) if path]
    if not paths:
        return None
    path, made = random.choice(paths), copy.deepcopy(stored)
    del _at(made, path[:-1])[path[-1]]
    return made


def rename_key(stored: Any, random: Random) -> Any:
    path = random.choice(_paths(stored))
    holder, made = path[:-1], copy.deepcopy(stored)
    inside = _at(made, holder)
    if not path or not isinstance(inside, dict):
        return made
    inside[random.choice(("", "format", "x", "__class__", "self", str(path[-1]).upper(), "\x00"))] = inside.pop(
        path[-1]
    )
    return made


def add_key(stored: Any, random: Random) -> Any:
    made = copy.deepcopy(stored)
    inside = _at(made, random.choice(_paths(stored)))
    if isinstance(inside, dict):
        inside[random.choice(("more", "format", "cls", "", "a b"))] = random.choice(VALUES)
    elif isinstance(inside, list):
        inside.append(random.choice(VALUES))
    return made


def swap_values(stored: Any, random: Random) -> Any:
    paths = _paths(stored)
    one, other = random.choice(paths), random.choice(paths)
    if one[: len(other)] == other or other[: len(one)] == one:
        return stored
    first, second = _at(stored, one), _at(stored, other)
    return _put(_put(stored, one, second), other, first)


def wrap_value(stored: Any, random: Random) -> Any:
    path = random.choice(_paths(stored))
    inside = _at(stored, path)
    return _put(stored, path, random.choice(([inside], {"a": inside}, [inside, inside], str(inside), [inside] * 500)))


OF_JSON = (replace_value, replace_value, replace_value, delete_value, rename_key, add_key, swap_values, wrap_value)


def change_json(stored: Any, random: Random) -> Any:
    """One change by chance to something that JSON can hold."""
    return random.choice(OF_JSON)(stored, random)


def to_text(stored: Any) -> str:
    """The JSON, with the raw values in place."""
    if isinstance(stored, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{to_text(value)}" for key, value in stored.items()) + "}"
    if isinstance(stored, list):
        return "[" + ",".join(map(to_text, stored)) + "]"
    if isinstance(stored, str) and stored.startswith(RAW):
        return stored[len(RAW) :]
    return json.dumps(stored)


def json_value(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return _changed(content, random)


def json_line(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    lines = content.split(b"\n")
    place = random.randrange(len(lines))
    if not lines[place].strip():
        place = 0
    lines[place] = _changed(lines[place], random)
    return b"\n".join(lines)


def _changed(content: bytes, random: Random) -> bytes:
    try:
        stored = json.loads(content)
        return to_text(change_json(stored, random)).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return content


def _paths(stored: Any, above: Path = (), depth: int = 0) -> list[Path]:
    found = [above]
    if depth < 12:
        if isinstance(stored, dict):
            found += [path for key in stored for path in _paths(stored[key], (*above, key), depth + 1)]
        elif isinstance(stored, list):
            found += [
                path for at in range(min(len(stored), 20)) for path in _paths(stored[at], (*above, at), depth + 1)
            ]
    return found


def _at(stored: Any, path: Path) -> Any:
    for key in path:
        stored = stored[key]
    return stored


def _put(stored: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    made = copy.deepcopy(stored)
    _at(made, path[:-1])[path[-1]] = value
    return made


MUTATORS: dict[str, Mutator] = {each.__name__: each for each in (json_value,)}
MUTATORS_OF_LINES: dict[str, Mutator] = {each.__name__: each for each in (json_line,)}
