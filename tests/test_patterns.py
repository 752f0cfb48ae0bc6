"""No pattern takes a time that grows with the square of a text: foreign cells have tens of thousands of letters.

A pattern that begins with blanks, say, looks at the same run of blanks from each of its letters. Every compiled pattern
that stands at the top of a module is tried by the methods that its module calls, over long runs of letters that
patterns treat in their own way.
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
import time
from collections.abc import Mapping, Set
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "slviz"
METHODS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")
LETTERS = 10_000
MOST_SECONDS = 0.12
RUNS = (
    *(" ", "\t", "\n", "\xa0", "a ", "a\n", "0", "1.", "1,", "1 ", "a", ", ", '"', '"a" ', "(", "a(", "[", "<", "<a>"),
    *("*a", "#", "/a", "\\", "a:", "a-", "=", "&a;", "![", "](", "a."),
)
BEGINNINGS, END = ("", "a "), "\x00"


@functools.cache
def uses() -> Mapping[str, Set[tuple[str, str]]]:
    """Module → name of a pattern and method, for each method that the module calls on something with such a name."""
    by_module: dict[str, set[tuple[str, str]]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        called = {
            (ast.unparse(node.value).rpartition(".")[2], node.attr)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and node.attr in METHODS
        }
        named = {(name, method) for name, method in called if name.lstrip("_").isupper()}
        if named:
            by_module[module] = named
    return by_module


def seconds(pattern: re.Pattern[str], method: str, text: str) -> float:
    began = time.process_time()
    answer = pattern.sub("", text) if method == "sub" else getattr(pattern, method)(text)
    if method == "finditer":
        list(answer)
    return time.process_time() - began


def is_slow(pattern: re.Pattern[str], method: str, text: str) -> bool:
    """The fastest of three counts: another process may have taken the caches."""
    return all(seconds(pattern, method, text) > MOST_SECONDS for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("module", sorted(uses()))
def test_patterns_take_a_time_that_grows_with_the_text(module: str) -> None:
    slow = []
    for name, method in sorted(uses()[module]):
        pattern = getattr(importlib.import_module(module), name, None)
        if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
            texts = [begin + run * (LETTERS // len(run)) + END for run in RUNS for begin in BEGINNINGS]
            slow += [f"{name}.{method} over {text[:9]!r}" for text in texts if is_slow(pattern, method, text)]
    assert not slow


def test_a_pattern_that_begins_with_blanks_is_caught() -> None:
    assert is_slow(re.compile(r"\s*\[\d+\]"), "sub", " " * 2 * LETTERS)
    assert not is_slow(re.compile(r"(?<!\s)\s*\[\d+\]"), "sub", " " * 2 * LETTERS)
