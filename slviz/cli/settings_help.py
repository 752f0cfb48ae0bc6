"""Every choice with its settings, defaults and ranges as text, written from the choices themselves."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Mapping

from slviz.choices import Choices, Setting

WIDTH = 100


def settings_help(tables: Mapping[str, Choices]) -> str:
    """A block for each table: its choices, and under each the settings that `key=value` takes."""
    return "\n\n".join(_table(part, table) for part, table in tables.items())


def _table(part: str, table: Choices) -> str:
    lines = [f"{part}:"]
    for name, choice in table.items():
        lines += _wrapped(choice.summary(), first=f"  {name:<12} ", rest=" " * 15)
        for setting in choice.settings():
            lines += _wrapped(
                f"{setting.help} {_allowed(setting)}",
                first=f"    {setting.key + '=' + _default(setting):<24} ",
                rest=" " * 29,
            )
    return "\n".join(lines)


@functools.cache  # several commands list the same settings
def _wrapped(text: str, *, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)


def _default(setting: Setting) -> str:
    return str(setting.default).lower() if setting.kind is bool else str(setting.default)


def _allowed(setting: Setting) -> str:
    if setting.options is not None:
        return f"[{', '.join(str(option) for option in setting.options)}]"
    if setting.low is not None and setting.high is not None:
        return f"[{setting.kind(setting.low)} to {setting.kind(setting.high)}]"
    return "[true, false]" if setting.kind is bool else ""
