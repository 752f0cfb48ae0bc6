"""The page of the command line, written from its parser: every command with its arguments and options."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from markdown_text import code, escaped, table

from slviz.cli import parser

INTRODUCTION = """\
# Command line

Every command is `slviz COMMAND` where slviz is installed, and `python -m slviz COMMAND` in a checkout (`python` is the
one in `.venv`). This page is written from the parser itself, so it says what `--help` says. Words of the form
`key=value` are settings: [every choice and its settings](choices.md). The variables of the environment are on a
[page of their own](../environment.md).

A command ends with 0 when all went well, 1 when something is wrong and said in a sentence, 2 when the command was not
understood, and 130 after Ctrl-C.
"""
EXAMPLES = "examples:"


def text() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRODUCTION, *(_section(name, command) for name, command in commands(parser()))])


def commands(whole: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command by its full name, such as `data check`; those without help are for slviz itself."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            for shown in action._choices_actions:
                command = action.choices[shown.dest]
                yield f"{before}{shown.dest}", command
                yield from commands(command, f"{before}{shown.dest} ")


def _section(name: str, command: argparse.ArgumentParser) -> str:
    level = "#" * (2 + name.count(" "))
    parts = [f"{level} {name}\n", f"{escaped(command.description or '')}\n"]
    rows = [[_spelling(action), escaped(_help(action, command))] for action in _arguments(command)]
    if rows:
        parts.append(table(["Argument", "Meaning"], rows))
    if examples := _examples(command.epilog or ""):
        parts.append(f"```bash\n{examples}\n```\n")
    return "\n".join(parts)


def _arguments(command: argparse.ArgumentParser) -> list[argparse.Action]:
    kinds = (argparse._SubParsersAction, argparse._HelpAction)
    return [action for action in command._actions if not isinstance(action, kinds)]


def _help(action: argparse.Action, command: argparse.ArgumentParser) -> str:
    return command._get_formatter()._expand_help(action) if action.help else ""


def _spelling(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return code(value)
    return code(", ".join(action.option_strings) + (f" {value}" if action.nargs != 0 else ""))


def _examples(epilog: str) -> str:
    """The examples at the head of an epilog; settings follow them, and have a page of their own."""
    block = epilog.partition("\n\n")[0].strip()
    if not block.startswith(EXAMPLES):
        return ""
    return "\n".join(line.strip() for line in block.removeprefix(EXAMPLES).strip().splitlines())
