"""Marks that nobody sees are spelt out wherever foreign words are told, and nothing else is changed."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trials.endings import fault_of

import slviz
from slviz.datasets.report import MOST_OF_A_FILE, Report
from slviz.errors import DataError, SlvizError, TrainingDiverged, nearest
from slviz.sweeps.plan import Refused
from slviz.text import (
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_WORD,
    on_one_line,
    percent,
    sentences,
    spelt_out,
    unbroken,
    utf8,
)

SEEN = ["", "TP53", "IMP2'", "ADE5,7", "naïve", "α-β", "染色体", "🧬", "a\\x1b", "e\u0301", "−0.5", "“x” – y…"]


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays(text: str) -> None:
    assert spelt_out(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\x00\x07\x7f\x9b", r"\x00\x07\x7f\x9b"),
        ("a\tb\r\nc", r"a\tb\r\nc"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("a\u200bb\ufeff\u00ad", r"a\u200bb\ufeff\xad"),
        ("\ud800x", r"\ud800x"),
        ("\uffff\ue000\U000e0001", r"\uffff\ue000\U000e0001"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\u3164\u115f\u2800", r"\u3164\u115f\u2800"),
        ("a\xa0b\u3000c", r"a\xa0b\u3000c"),
    ],
)
def test_what_is_not_seen_is_spelt_out(text: str, told: str) -> None:
    assert spelt_out(text) == told


def test_blanks_and_what_is_kept_stay_where_asked() -> None:
    assert spelt_out("a\xa0b\nc\td", keep="\n", blanks=False) == "a\xa0b\nc\\td"


def test_every_control_and_format_mark_of_unicode_is_spelt_out() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert spelt_out(letter).isascii()
            assert spelt_out(letter).startswith("\\")


@given(st.text())
def test_the_told_text_is_one_printable_line_that_files_can_hold(text: str) -> None:
    told = spelt_out(text)
    assert told.isprintable()
    assert len(told.splitlines()) <= 1
    assert told.encode().decode() == told


@given(st.text())
def test_unbroken_text_is_one_cell_of_one_line(text: str) -> None:
    cell = unbroken(text)
    assert len(f"{cell}x".splitlines()) == 1
    assert "\t" not in cell


def test_one_line_and_bytes() -> None:
    assert on_one_line(" a\xa0 b\n\tc ") == "a b c"
    assert utf8("é\ud800") == b"\xc3\xa9\\ud800"


def test_an_error_is_a_sentence_without_unseen_marks() -> None:
    error = DataError("No gene '\x1b[2J\u202eTP53\u200b'.\nSecond line\ttab")
    assert str(error) == "No gene '\\x1b[2J\\u202eTP53\\u200b'.\nSecond line\\ttab"
    assert str(SlvizError("Nothing wrong – at all…")) == "Nothing wrong – at all…"
    assert "loss of epoch 3" in str(TrainingDiverged(3, float("nan")))


def test_a_long_word_a_long_line_and_a_long_text_lose_their_middle() -> None:
    word = sentences(f"The heading '{'a.b.' * 5_000}' is not known. Name it 'gene'.")
    assert word.startswith("The heading 'a.b.a.b.")
    assert word.endswith(".b.' is not known. Name it 'gene'.")
    assert "…" in word
    assert len(word) < LONGEST_WORD + 60
    line = sentences("Found " + "a b " * 100_000 + "here. Remove it.")
    assert line.startswith("Found a b")
    assert line.endswith("here. Remove it.")
    assert len(line) <= LONGEST_LINE
    text = sentences("a line\n" * 100_000)
    assert len(text) <= LONGEST_TEXT
    assert set(text.split("\n")) - {"a line", ""}


@pytest.mark.parametrize(
    "letter", ["\x00", "\t", "\u202e", "\U000e0001", "\ud800", "\u2029", "\r", "é", "字", "\u0301"]
)
def test_whatever_is_repeated_a_sentence_stays_one(letter: str) -> None:
    told = sentences(f"{letter * 3_000} is no name")
    assert fault_of(told) == ""
    assert len(told) <= LONGEST_WORD + 20
    assert sentences(told) == told


def test_what_a_person_can_read_is_left_as_it_is() -> None:
    usual = "No gene is called 'TP35'. Did you mean 'TP53'?\n  Look at line 3.\u00a0"
    assert sentences(usual) == usual
    assert str(SlvizError(usual)) == usual


def test_an_error_report_and_refusal_are_bounded() -> None:
    long = "x\t" * 5_000
    report = Report("data")
    report.add("pairs.tsv", f"does not name {long}", f"Name {long}.", value=long)
    report.add_rows("pairs.tsv", f"are {long}", "Remove.", lines=[1], values=[long], details=[long])
    for told in (
        str(SlvizError(long)),
        report.text(),
        *(problem.what + problem.remedy for problem in report.problems),
        str(Refused((long, long), long, long)),
    ):
        assert fault_of(told) == ""


def test_the_nearest_of_a_long_name_is_not_looked_for() -> None:
    began = time.process_time()
    assert nearest("ab" * 100_000, ["ab" * 50, "abc"]) == ""
    assert time.process_time() - began < 1


def test_of_very_many_names_those_that_begin_alike_are_compared() -> None:
    many = [f"GEN{number}" for number in range(100_000)]
    began = time.process_time()
    assert "'BRCA1'" in nearest("brac1", [*many, "BRCA1"])
    assert "'GEN10'" in nearest("GEN10x", many)
    assert time.process_time() - began < 1


def test_a_long_text_of_marks_that_nobody_sees_is_cut_before_it_is_spelt_out() -> None:
    began = time.process_time()
    told = sentences("a\u202e" * 1_000_000)
    assert time.process_time() - began < 0.5
    assert told.startswith(r"a\u202ea")
    assert told.endswith(r"\u202e")
    assert len(told) == LONGEST_WORD


def test_a_report_of_thousands_of_problems_tells_some_and_counts_the_rest() -> None:
    report = Report("data")
    for number in range(5_000):
        report.add("dataset.toml", "is no key", "It is not used.", value=f"key {number}", fatal=False)
    report.add("pairs.tsv", "is empty", "Write pairs.")
    assert len(report.problems) == MOST_OF_A_FILE + 1
    assert "(and 4,980 more like it)" in report.text()
    assert "5,000 problems noticed" in report.text()
    assert fault_of(report.text()) == ""


def test_shares_are_written_in_one_way() -> None:
    assert [percent(share) for share in (0.334, 1, 0, float("nan"))] == ["33 %", "100 %", "0 %", "–"]
    assert percent(0.0123, digits=1) == "1.2 %"
    assert percent(0.05, signed=True) == "+5 %"
    assert percent(-0.05, signed=True) == "−5 %"


GLUED = re.compile(
    r"""\{[^{}]*:\+?(?:\.\d)?%\}|\{[^{}]*\}%[ "'.,;)]|(?<![\w.-])\d+%[ "'.,;)]"""
    r"""|format="percent"|"tickformat": "[^"]*%"""
)
"""A share that a page would write as "33%", and a column that Streamlit or Plotly would."""
NOT_ON_PAGES = ("cli", "tables", "static")


def test_no_page_writes_a_share_in_another_way() -> None:
    folder = Path(slviz.__file__).parent
    sources = [*folder.rglob("*.py"), *(folder.parent / "pages").glob("*.py")]
    wrong = [
        f"{path.name}: {line.strip()}"
        for path in sources
        if path.relative_to(folder.parent).parts[1] not in NOT_ON_PAGES
        for line in path.read_text(encoding="utf-8").splitlines()
        if GLUED.search(line) and not _is_style(line)
    ]
    assert not wrong
    assert GLUED.search('f"{share:.0%} of them"')
    assert GLUED.search('"> 99% of them"')


def _is_style(line: str) -> bool:
    """Whether a line is of a style sheet, where a percent sign stands by its number."""
    return any(word in line for word in ("width", "height", "radius", "flex"))
