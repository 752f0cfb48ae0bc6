"""Words of earlier versions stand in no code, page or document but in the table of former names."""

from __future__ import annotations

import re

import pytest
from run_folders import CHECKOUT

GONE = (
    *(
        r"non[- _]pairs?\b",
        r"twin[-_]free",
        r"near[- ]cop(?:y|ies)",
        r"unseen_ends",
        r"\bneighbours[ _]kept",
        r"\bcrowding\b",
    ),
    *(r"key[ _]figures?\b", r"validation[ _]figures?\b", r"figure_name", r"as_one_run", r"rich in\b", r"\bfamous\b"),
    *(r"judg(?:e|ed|es|ing)\b", r"\bfigures (?:on|are)\b"),
    *(r"least distance", r"predicted_against_actual", r"\btravelling\b", r"how far to believe", r"measured in the map"),
)
ALLOWED = {"former_names.py"}


@pytest.mark.parametrize("word", GONE)
def test_a_word_of_earlier_versions_is_gone(word: str):
    paths = [path for folder in ("slviz", "pages") for path in (CHECKOUT / folder).rglob("*.py")]
    paths += [*(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "README.md", CHECKOUT / "ARCHITECTURE.md"]
    found = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in paths
        if path.name not in ALLOWED
        for match in re.finditer(word, path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert not found
