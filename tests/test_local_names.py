"""Variables say what they hold (`pairs`, `kept_rows`): nothing is called `each`, `found`, `asked` or `told`."""

from __future__ import annotations

import ast

from run_folders import CHECKOUT

EMPTY_WORDS = frozenset({"each", "found", "asked", "told"})


def empty_names(text: str) -> list[tuple[int, str]]:
    """Line and name of every variable, parameter and attribute of a class that is called by one of the words."""
    bound = [
        (node.lineno, node.id if isinstance(node, ast.Name) else node.arg)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]
    return sorted((line, name) for line, name in bound if name in EMPTY_WORDS)


def test_variables_say_what_they_hold() -> None:
    sources = [path for name in ("slviz", "pages") for path in (CHECKOUT / name).rglob("*.py")]
    empty = [
        f"{path.relative_to(CHECKOUT)}:{line} {name}"
        for path in (CHECKOUT / "app.py", *sources)
        for line, name in empty_names(path.read_text(encoding="utf-8"))
    ]
    assert not empty


def test_an_empty_name_would_be_noticed() -> None:
    text = "def f(told):\n    found = [each for each in told]\n    with open('x') as asked:\n        return found"
    assert empty_names(text) == [(1, "told"), (2, "each"), (2, "found"), (3, "asked")]
