"""What each package offers is listed, and every error stands in the tree that a reader is shown."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from run_folders import CHECKOUT

from slviz import errors

LISTED: dict[str, list[str]] = json.loads((Path(__file__).parent / "public_names.json").read_text(encoding="utf-8"))
PACKAGES = sorted((CHECKOUT / "slviz").rglob("__init__.py"))
BRANCH = "│├└─ "


def package_name(path: Path) -> str:
    return ".".join(path.parent.relative_to(CHECKOUT).parts)


def offered(path: Path) -> tuple[set[str], list[str] | None]:
    """The names without an underscore that a package imports or defines, and its `__all__`; nothing is imported."""
    names: set[str] = set()
    listed = None
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("slviz."):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            listed = ast.literal_eval(node.value)
    return {name for name in names if not name.startswith("_")}, listed


@pytest.mark.parametrize("path", PACKAGES, ids=package_name)
def test_a_package_offers_what_is_listed(path: Path) -> None:
    _, listed = offered(path)
    told = "Names that others may import changed: change tests/public_names.json with them, and say so in CHANGELOG.md."
    assert sorted(listed or []) == LISTED.get(package_name(path), []), told


@pytest.mark.parametrize("path", [path for path in PACKAGES if offered(path)[1] is not None], ids=package_name)
def test_what_is_listed_is_there_and_sorted(path: Path) -> None:
    names, listed = offered(path)
    assert listed is not None
    text = path.read_text(encoding="utf-8")
    missing = [
        name for name in listed if name not in names and f"\n{name} = " not in text and f"\n{name}: " not in text
    ]
    assert not missing
    assert len(set(listed)) == len(listed)


def error_classes() -> dict[str, str]:
    """Every error of slviz, private ones aside, with the error that it is a kind of."""
    parents: dict[str, str] = {"SlvizError": ""}
    classes = [
        (node.name, [base.id for base in node.bases if isinstance(base, ast.Name)])
        for path in (CHECKOUT / "slviz").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    grown = True
    while grown:
        new = {name: base for name, bases in classes for base in bases if base in parents and name not in parents}
        parents |= new
        grown = bool(new)
    return parents


def tree_of_the_docstring() -> dict[str, str]:
    """Every error that the docstring of `slviz.errors` names with the one above it."""
    above: list[tuple[int, str]] = []
    parents: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.strip(BRANCH).split()
        if not words or not (line.strip() == "SlvizError" or line.lstrip().startswith(("├", "└", "│"))):
            continue
        depth = len(line) - len(line.lstrip(BRANCH))
        above = [entry for entry in above if entry[0] < depth]
        parents[words[0]] = above[-1][1] if above else ""
        above.append((depth, words[0]))
    return parents


def test_every_error_stands_in_the_tree_under_the_kind_that_it_is() -> None:
    assert tree_of_the_docstring() == error_classes()


def test_every_error_says_what_it_means() -> None:
    for name in error_classes():
        if hasattr(errors, name):
            assert getattr(errors, name).__doc__.strip().splitlines()[0].rstrip().endswith((".", ";", ","))
