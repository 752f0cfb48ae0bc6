"""Words of earlier versions stand in no code, page or document but in the table of former names.

Every row of the list of words is here. Names are split at `_` and at capitals, so that `LikenessOf` and `by_likeness`
are noticed, too; texts are searched in strings, comments and documents. Where the former word is also plain English (a
solid line, a possible pair, what was typed, the frame of a picture) only the meaning that it had is: a module, a class,
a column.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_folders import CHECKOUT

NAMES = {
    "judge": "evaluate",
    "judged": "evaluate",
    "judging": "evaluate",
    "Judged": "Evaluation",
    "division": "split",
    "nonpair": "negative",
    "contrasts": "negative kind",
    "against": "negative kind",
    "twin": "near-duplicate",
    "company": "neighbour homophily",
    "bond": "relation",
    "bonds": "relation",
    "crowding": "density distortion",
    "likeness": "similarity",
    "famous": "hub",
    "sealed": "checksummed",
    "seal": "checksum",
    "wish": "sweep entry, form state",
    "wishes": "sweep entry, form state",
    "leader": "tuner",
    "deletions": "edge ablation",
    "trust": "map quality",
    "believe": "map quality",
    "trail": "breadcrumbs",
    "travelling": "shared parameters",
    "pull": "adversarial_weight",
}
"""Words that are no part of any name, by what is said today."""
ALLOWED_NAMES = {
    "slviz/runs/schemas.py": {"against"},  # a row of metrics as earlier versions wrote it
    "slviz/splits/pair_split.py": {"against"},  # an attribute by its former name
}

WHOLE_NAMES = (
    *(
        "unseen_ends",
        "as_one_run",
        "figure_name",
        "KeptBeside",
        "Possible",
        "Typed",
        "Leader",
        "Company",
        "Bond",
        "Wish",
    ),
    *(
        "PlainEncoder",
        "error_against_baseline",
        "predicted_against_actual",
        "deletion_test",
        "score_against",
        "pluralised",
    ),
)

MODULES = (
    "opened",
    "words",
    "frame",
    "trail",
    "possible",
    "typed",
    "leader",
    "judging",
    "likeness",
    "deletion",
    "twins",
)

COLUMNS = ("against", "scorer")
"""Columns of stored tables that have another name today."""

TEXTS = (
    *(
        r"non[- _]pairs?\b",
        r"twin[-_]free",
        r"near[- ]cop(?:y|ies)",
        r"unseen_ends",
        r"\bneighbours[ _]kept",
        r"\bcrowding\b",
    ),
    *(r"key[ _]figures?\b", r"validation[ _]figures?\b", r"figure_name", r"as_one_run", r"rich in\b", r"\bfamous\b"),
    *(r"judg(?:e|ed|es|ing)\b", r"\bfigures (?:on|are)\b", r"\bsealed\b", r"\blikeness\b", r"\bdeletion tests?\b"),
    *(
        r"least distance",
        r"predicted[_ ]against",
        r"\btravelling\b",
        r"how far to believe",
        r"measured in the (?:map|embed)",
    ),
    *(r"residuals over", r"\bmoves? on to\b", r"nobody has listed", r"vectors that are here"),
    *(r"\bthe house\b", r"\bsee off\b", r"\bscreens \(a view\)"),
)

ALLOWED_FILES = {"former_names.py"}


def sources() -> list[Path]:
    return [CHECKOUT / "app.py", *(path for name in ("slviz", "pages") for path in (CHECKOUT / name).rglob("*.py"))]


def documents() -> list[Path]:
    return [*(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "README.md", CHECKOUT / "ARCHITECTURE.md"]


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything that is named, bound, passed or imported."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.Attribute):
            yield line, node.attr
        elif isinstance(node, (ast.arg, ast.keyword)):
            yield line, node.arg or ""
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield line, node.name
        elif isinstance(node, ast.alias):
            yield from ((line, part) for part in (*node.name.split("."), node.asname or ""))
        elif isinstance(node, ast.ImportFrom):
            yield from ((line, part) for part in (node.module or "").split("."))


def parts_of(name: str) -> set[str]:
    """The words of a name in small letters, with the name itself: "by_likeness", "LikenessOf"."""
    return {
        word.casefold() for part in name.split("_") for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", part)
    }


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources() if path.name not in ALLOWED_FILES}


def test_no_name_holds_a_word_of_earlier_versions(trees: dict[Path, ast.Module]) -> None:
    former = [
        f"{path.relative_to(CHECKOUT)}:{line} {name}"
        for path, tree in trees.items()
        for line, name in names_in(tree)
        if (parts_of(name) & NAMES.keys() or name in WHOLE_NAMES)
        and name not in ALLOWED_NAMES.get(path.relative_to(CHECKOUT).as_posix(), ())
    ]
    assert not former


def test_no_module_is_called_as_in_earlier_versions() -> None:
    assert not [path for path in sources() if path.stem in MODULES]


def test_columns_are_written_and_read_by_their_names_of_today(trees: dict[Path, ast.Module]) -> None:
    former = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.value}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in COLUMNS
    ]
    assert not former


@pytest.mark.parametrize("word", TEXTS)
def test_a_word_of_earlier_versions_is_gone_from_texts(word: str) -> None:
    former = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in (*sources(), *documents())
        if path.name not in ALLOWED_FILES
        for match in re.finditer(word, path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert not former


def test_a_former_word_would_be_noticed() -> None:
    tree = ast.parse("from slviz.scorers.likeness import x\ndef f(against): return by_likeness(LikenessOf)")
    noticed = {name for _, name in names_in(tree) if parts_of(name) & NAMES.keys()}
    assert noticed == {"likeness", "against", "by_likeness", "LikenessOf"}
