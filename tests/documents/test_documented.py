"""Everything that can be set, typed or asked for stands in the documents (datasette's way)."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

import choices_page
import command_line_page
import pytest

from slviz.choices import Choices
from slviz.cli import parser
from slviz.datasets.layout import KNOWN_KEYS, WELL_KNOWN
from slviz.projections import PROJECTIONS
from slviz.ui.embedding.colour_choices import FINENESS

CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"
COMMAND_LINE = command_line_page.text()
CHOICES = choices_page.text()


def sections(text: str, marker: str) -> dict[str, str]:
    """Heading → what stands below it, for headings of one level."""
    found = re.split(rf"^{marker} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def all_commands(whole: argparse.ArgumentParser, before: str = "") -> dict[str, argparse.ArgumentParser]:
    """Every command that the parser takes, but those that are hidden from its help."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            shown = {each.dest for each in action._choices_actions}
            for name, command in action.choices.items():
                if name in shown:
                    found |= {f"{before}{name}": command, **all_commands(command, f"{before}{name} ")}
    return found


COMMANDS = all_commands(parser())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    sections_by_name = sections(COMMAND_LINE, "#+")
    assert name in sections_by_name
    for action in COMMANDS[name]._actions:
        if not isinstance(action, argparse._SubParsersAction | argparse._HelpAction):
            spellings = action.option_strings or [str(action.metavar)]
            assert all(re.search(rf"`[^`]*{re.escape(word)}\b", sections_by_name[name]) for word in spellings)
            assert action.help, f"{name} {spellings} has no help"


def test_every_table_of_choices_is_on_the_page() -> None:
    declared = "".join(path.read_text(encoding="utf-8") for path in (CHECKOUT / "slviz").rglob("*.py"))
    tables = re.findall(
        r"^(\w+)(?:: Choices\[\w+\])? = (?:Choices|FeatureSets)\(\s*\"([\w ]+)\"", declared, re.MULTILINE
    )
    assert len(tables) >= 8
    assert {kind for _, kind in tables} == {table.kind for table in choices_page.tables().values()}


@pytest.mark.parametrize("table", choices_page.tables().values(), ids=lambda table: table.kind)
def test_every_setting_of_every_choice_is_documented(table: Choices) -> None:
    below = [part for part in CHOICES.split("\n## ") if all(f"### `{name}`" in part for name in table)]
    assert len(below) == 1
    by_choice = sections(below[0], "###")
    for name, choice in table.items():
        rows = [line for line in by_choice[f"`{name}`"].splitlines() if line.startswith("| `")]
        assert len(rows) == len(choice.settings())
        for setting in choice.settings():
            row = next(line for line in rows if line.startswith(f"| `{setting.key}` |"))
            shown = str(setting.default).lower() if setting.kind is bool else str(setting.default)
            assert f"| `{shown}` |" in row or not shown
            assert all(f"{setting.kind(end)}" in row for end in (setting.low, setting.high) if end is not None)


def test_every_environment_variable_is_documented() -> None:
    read = [*(CHECKOUT / "slviz").rglob("*.py"), *(CHECKOUT / "tests").rglob("*.py"), CHECKOUT / ".ci" / "run"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in read if path.is_file())
    names = set(re.findall(r"SLVIZ_[A-Z0-9_]*[A-Z0-9]", source))
    assert {"SLVIZ_ACCESS", "SLVIZ_HDF5_OBJECTS", "SLVIZ_TEST_DATA"} <= names
    told = (DOCS / "environment.md").read_text(encoding="utf-8") + (DOCS / "limits.md").read_text(encoding="utf-8")
    assert not {name for name in names if f"`{name}`" not in told}


def test_every_address_key_is_documented() -> None:
    sys.path.append(str(CHECKOUT / "tests" / "browser"))
    from address_keys import documented_keys, keys_of_the_code

    keys = keys_of_the_code()
    for method in PROJECTIONS.values():
        keys |= {f"{method.name}-{setting.key}" for setting in method.settings()}
        keys |= {f"{method.name}-seed"} if method.random else set()
    keys |= {f"{method}-{setting[0]}" for method, setting in FINENESS.items()}
    assert {"run", "by", "tsne-perplexity", "leiden-resolution"} <= keys
    assert keys <= set(documented_keys())


def test_a_page_for_each_page_of_the_dashboard() -> None:
    leads_on = {"neighbourhood"}  # to the Gene page
    pages = {path.stem for path in (CHECKOUT / "pages").glob("*.py")} - leads_on
    assert pages == {path.stem for path in (DOCS / "pages").glob("*.md")}


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"])
def test_the_files_that_a_document_names_are_there(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    named = re.findall(r"`((?:slviz|tests|scripts|pages|docs)/[\w./-]*\w)`", text)
    assert len(named) >= 1
    assert not {path for path in named if not (CHECKOUT / path).exists()}


def test_every_package_is_in_the_architecture_in_the_order_of_the_layers() -> None:
    text = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `slviz/([\w.]+)/?` \|", text, re.MULTILINE)
    library = CHECKOUT / "slviz"
    modules = {path.name for path in library.glob("*.py") if not path.name.startswith("__")}
    assert set(listed) == modules | {path.parent.name for path in library.glob("*/__init__.py")}
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [layer.replace("slviz.", "").split(" : ") for layer in contracts["contracts"][0]["layers"]]
    layer_of = {name: number for number, names in enumerate(layers) for name in names}
    numbers = [layer_of[name.removesuffix(".py")] for name in listed]
    assert numbers == sorted(numbers)


def test_every_file_and_every_key_of_a_data_folder_is_documented() -> None:
    text = (CHECKOUT / "data" / "README.md").read_text(encoding="utf-8")
    assert not {role for role in WELL_KNOWN if f"| {role} | `{WELL_KNOWN[role][0]}`" not in text}
    assert not {name for names in WELL_KNOWN.values() for name in names if f"`{name}`" not in text}
    written = ("\n{key} = ", "\n[{key}]\n", "# or: {key}\n")
    assert not {key for key in KNOWN_KEYS if not any(form.format(key=key) in text for form in written)}


def test_the_architecture_copies_no_signature() -> None:
    assert "->" not in (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")
