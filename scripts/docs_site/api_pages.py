"""A page for each package of the library, whose signatures and docstrings mkdocstrings reads from the code."""

from __future__ import annotations

import ast
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARY = CHECKOUT / "slviz"
LEFT_OUT = {"ui", "cli", "program", "__pycache__"}
"""Pages are for eyes and commands for a terminal; neither is imported by a program of somebody else."""
FIRST = "reference/api/index.md"


def texts() -> dict[str, str]:
    """Page of the site → its text: an index, the single modules, and a page a package."""
    packages = [path for path in sorted(LIBRARY.iterdir()) if path.is_dir() and path.name not in LEFT_OUT]
    modules = [path for path in sorted(LIBRARY.glob("*.py")) if not path.name.startswith("__")]
    pages = {f"reference/api/{package.name}.md": _package(package) for package in packages}
    index = [
        "# API\n",
        "The library below the pages, package by package, read from its docstrings. Names that a package lists in "
        "`__all__` are those to import from it; ARCHITECTURE says which package is for what, and why.\n",
        *(
            f"- [`slviz.{package.name}`]({package.name}.md): {_first_line(package / '__init__.py')}"
            for package in packages
        ),
        *(f"- [`slviz.{module.stem}`](modules.md#slviz.{module.stem}): {_first_line(module)}" for module in modules),
    ]
    single = ["# Single modules\n", *(_module(f"slviz.{module.stem}") for module in modules)]
    return {FIRST: "\n".join(index) + "\n", "reference/api/modules.md": "\n".join(single), **pages}


def _package(folder: Path) -> str:
    init = folder / "__init__.py"
    name = f"slviz.{folder.name}"
    parts = [f"# {name}\n", _module(name, members=_defined_in(init), level=2)]
    if public := _public(init):
        parts.append(
            "Names to import from the package: " + ", ".join(_reference(init, word) for word in public) + ".\n"
        )
    modules = [path for path in sorted(folder.rglob("*.py")) if path != init and not path.name.startswith("_")]
    parts += [_module(_dotted(path), level=2) for path in modules]
    return "\n".join(parts)


def _module(dotted: str, *, members: list[str] | None = None, level: int = 2) -> str:
    chosen = "" if members is None else f"      members: [{', '.join(members)}]\n"
    return f"::: {dotted}\n    options:\n      heading_level: {level}\n{chosen}"


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _first_line(path: Path) -> str:
    return (ast.get_docstring(_tree(path)) or "").split("\n\n")[0].replace("\n", " ")


def _defined_in(init: Path) -> list[str]:
    """Public classes and functions that stand in the file itself, and are not brought in from a module."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    return [node.name for node in _tree(init).body if isinstance(node, kinds) and not node.name.startswith("_")]


def _public(init: Path) -> list[str]:
    """What `__all__` lists."""
    for node in _tree(init).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return []


def _reference(init: Path, name: str) -> str:
    """The name as a link to where it is defined, as far as that has a docstring of its own."""
    for node in _tree(init).body:
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == name for alias in node.names):
            defined = CHECKOUT / Path(*node.module.split(".")).with_suffix(".py")
            if defined.is_file() and name in _defined_in(defined):
                return f"[`{name}`][{node.module}.{name}]"
    return f"`{name}`"
