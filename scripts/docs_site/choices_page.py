"""The page of all choices, written from their tables: each with its settings, defaults and ranges."""

from __future__ import annotations

from markdown_text import code, escaped, table

from slviz.choices import Choice, Choices, Setting
from slviz.lab.setup import LABS
from slviz.projections import CLUSTERINGS, DENSITIES, PROJECTIONS
from slviz.runs.spec import TABLES

INTRODUCTION = """\
# Choices and settings

Everything that can be chosen by name, with its settings. On the command line a setting is written `key=value`
(`heads=2 epochs=50`); the Train page and the Embedding page show the same settings as controls. The page is written
from the tables in the code.
"""
TITLES = {
    "task": "Tasks",
    "network": "Models",
    "features": "Feature sets",
    "split": "Protocols",
    "optimiser": "Optimisers",
    "lab": "The lab",
    "projection": "Projections",
    "clustering": "Clusterings",
    "density": "Density estimates",
}


def tables() -> dict[str, Choices]:
    """Every table of choices, by the word that the command line or the address has for it."""
    return {**TABLES, "lab": LABS, "projection": PROJECTIONS, "clustering": CLUSTERINGS, "density": DENSITIES}


def text() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION]
    for part, choices in tables().items():
        parts.append(f"## {TITLES.get(part, part.capitalize())}\n")
        parts += [_choice(choice) for choice in choices.values()]
    return "\n".join(parts)


def _choice(choice: type[Choice]) -> str:
    lines = [f"### `{choice.name}`\n", f"{escaped(choice.summary())}\n"]
    if settings := choice.settings():
        rows = [[code(each.key), code(_default(each)), _allowed(each), escaped(each.help)] for each in settings]
        lines.append(table(["Setting", "Default", "Allowed", "Meaning"], rows))
    return "\n".join(lines)


def _default(setting: Setting) -> str:
    return str(setting.default).lower() if setting.kind is bool else str(setting.default)


def _allowed(setting: Setting) -> str:
    if setting.options is not None:
        return ", ".join(code(str(option)) for option in setting.options)
    if setting.kind is bool:
        return "`true`, `false`"
    if setting.low is not None and setting.high is not None:
        return f"{setting.kind(setting.low)} to {setting.kind(setting.high)}"
    return "text" if setting.kind is str else ""
