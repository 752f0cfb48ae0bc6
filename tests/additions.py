"""One more entry for a table, as a contributor adds it: a class in a file of its own, and its name in the table."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from slviz.choices import Choice, Choices
from slviz.cli import main


def add(monkeypatch: pytest.MonkeyPatch, table: Choices[Any], entry: type[Choice]) -> None:
    """Name `entry` in its table until the test ends; nothing else of slviz learns of it."""
    monkeypatch.setitem(table._classes, entry.name, entry)


def work_here(monkeypatch: pytest.MonkeyPatch, module: Any) -> list[str]:
    """What a page asks a worker for is done in this process, which knows the new entry; gives the commands.

    A training makes no maps: they take longer than it does, and PCA is there without.
    """
    done: list[str] = []

    def start(arguments: list[str], **_: Any) -> None:
        done.append(shlex.join(arguments))
        assert main([*arguments, *(["--no-projections"] if arguments[0] == "train" else [])]) == 0

    monkeypatch.setattr(module, "start", start)
    return done
