"""Every key that an address may carry, read from the code of the pages, so that a new one is found by itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from served import CHECKOUT

from slviz.projections import CLUSTERINGS, PROJECTIONS

READERS = ("one_of", "choice", "number", "entry", "toggle", "several", "option_of", "folded", "value", "get", "pop")


def address_keys() -> list[str]:
    """Constant keys of the code, settings of every kind of map and of clusters, and what docs/pages.md lists."""
    keys = {*documented_keys(), *keys_of_the_code()}
    for table in (PROJECTIONS, CLUSTERINGS):
        for cls in table.values():
            keys |= {f"{cls.name}-{setting.key}" for setting in cls().settings()} | {f"{cls.name}-seed"}
    return sorted(keys)


def keys_of_the_code() -> set[str]:
    """The keys that stand in the code of the pages as they are."""
    keys: set[str] = set()
    for path in [*(CHECKOUT / "slviz" / "ui").rglob("*.py"), *(CHECKOUT / "pages").glob("*.py")]:
        keys |= set(_keys_in(ast.parse(path.read_text())))
    return {key for key in keys if re.fullmatch(r"[a-z][a-z0-9_-]*", key)}


def documented_keys() -> list[str]:
    """The keys that docs/pages.md lists, but for those that it shortens by "…"."""
    table = (CHECKOUT / "docs" / "pages.md").read_text().partition("## Address")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [key for cell in cells for key in re.findall(r"`([\w-]+)`", cell)]


def _keys_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _keys_of(node)
        elif isinstance(node, ast.Subscript) and _ends_in(node.value, "query_params"):
            yield from _texts(node.slice)
        elif isinstance(node, ast.Assign) and any(
            _named(target, "SHARED_PARAMETERS", "IN_ADDRESS") for target in node.targets
        ):
            yield from (text for each in ast.walk(node.value) for text in _texts(each))


def _keys_of(call: ast.Call) -> Iterator[str]:
    named = {each.arg: each.value for each in call.keywords if each.arg}
    function = call.func
    if isinstance(function, ast.Attribute):
        of_address = _named(function.value, "address") or _ends_in(function.value, "query_params")
        if of_address and function.attr in READERS:
            yield from _texts(named.get("key"))
            yield from (text for each in call.args[:1] for text in _texts(each))
        if of_address and function.attr == "put":
            yield from named
    if "bind" in named:
        yield from _texts(named.get("key"))


def _texts(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _named(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _ends_in(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name
