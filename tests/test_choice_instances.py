"""A choice carries its own behaviour: nobody outside its package asks which class it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from run_folders import CHECKOUT

from slviz.choices import Choice
from slviz.export.formats import FORMATS
from slviz.projections import PROJECTIONS
from slviz.projections.clusters import CLUSTERINGS
from slviz.runs.spec import TABLES
from slviz.scorers.views import VIEWS


def packages_of_choices() -> dict[str, str]:
    """The package of every class of a choice, and of those that they derive from, by the class's name."""
    tables = (*TABLES.values(), PROJECTIONS, CLUSTERINGS, VIEWS, FORMATS)
    kinds = {kind if isinstance(kind, type) else type(kind) for table in tables for kind in table.values()}
    lines = {parent for kind in kinds for parent in kind.__mro__ if parent.__module__.startswith("slviz.")}
    return {kind.__name__: kind.__module__.rpartition(".")[0] for kind in lines - {Choice}}


def asked_for_a_class(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of every class that a file asks for by `isinstance`, `issubclass`, `type(…) is` or a `match`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        classes: list[ast.expr] = []
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("isinstance", "issubclass")
        ):
            classes = node.args[1:]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot)):
            classes = node.comparators
        elif isinstance(node, ast.MatchClass):
            classes = [node.cls]
        for name in (inner for kind in classes for inner in ast.walk(kind)):
            if isinstance(name, (ast.Name, ast.Attribute)):
                yield name.lineno, name.id if isinstance(name, ast.Name) else name.attr


def test_no_choice_is_told_apart_by_its_class_outside_its_own_package() -> None:
    packages = packages_of_choices()
    assert {"Screen", "ScreenHit", "GAT", "UMAP", "Interactions"} <= set(packages)
    sources = [*(CHECKOUT / "slviz").rglob("*.py"), *(CHECKOUT / "pages").glob("*.py"), CHECKOUT / "app.py"]
    outside = [
        f"{path.relative_to(CHECKOUT)}:{line} {name}"
        for path in sources
        for line, name in asked_for_a_class(path)
        if name in packages and path.relative_to(CHECKOUT).parent.as_posix().replace("/", ".") != packages[name]
    ]
    assert not outside, "give the choice a method or a property instead"
