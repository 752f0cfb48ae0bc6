"""TOML that would take long is refused at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from slviz.datasets.sources import _entry
from slviz.files.toml import LARGEST_LETTERS, NotToml, parse_toml

LONG = {
    "a key of many parts": ("a" + ".a" * 31_000 + " = 1", "points in one line"),
    "a table of many parts": ("[a" + " . a" * 15_000 + "]", "points in one line"),
    "an array in arrays": ("a = " + "[" * 60_000, "too deeply"),
    "a table in tables": ("a = " + "{a=" * 15_000, "too deeply"),
    "a number of many digits": ("a = " + "9" * 60_000, "integer string conversion"),
    "a long text": ('a = "' + "x" * LARGEST_LETTERS + '"', "letters"),
    "no TOML": ("a", "Expected"),
}


@pytest.mark.parametrize("name", LONG)
def test_what_takes_long_or_is_none_is_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    text, reason = LONG[name]
    began = time.process_time()
    with pytest.raises(NotToml, match=reason):
        parse_toml(text)
    (tmp_path / "dataset.toml").write_text(text)
    assert _entry("x", tmp_path).title == tmp_path.name, "a list of folders goes on without the title"
    assert time.process_time() - began < 1


def test_what_a_person_writes_is_read() -> None:
    text = 'citation = "A. B. C. et al. 2026. J. Mol. Biol."\n[files]\npairs.name = "x"\n'
    assert parse_toml(text)["files"] == {"pairs": {"name": "x"}}
