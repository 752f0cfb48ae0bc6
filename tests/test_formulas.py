"""No cell runs in a spreadsheet, numbers stay numbers, and what was guarded comes back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slviz.formulas import GUARD, guarded, is_formula, unguarded

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
FORMULAS = [
    *(f"{sign}HYPERLINK(1)" for sign in SIGNS),
    "-1+cmd|' /C calc'!A0",
    '"=1+1"',
    "'=1+1",
    '""=1',
    "“=1”",
    "  =1",
    "\xa0=1",
    "\u200b=1",
    "\ufeff@x",
    " \"\t'=1",
    "\tTP53",
    "\rTP53",
    "\nTP53",
    "+49 30 1234",
    "-A",
    "--1",
    "=",
    "@",
    "-0x1F+1",
    "+1e",
]
HARMLESS = ["", "TP53", "-0.5", "+1", "-1e-05", "-0,5", "-1.234,56", "-5%", "-5 %", "-inf", "nan", "-", "+", "C-K-RAS"]
HARMLESS += ["'C-K-RAS", "5'-3'", "a=b", '"quoted"', "'", "''", " ", "−0.5", "-.5", "-5.", "IMP2'", "1-2", "HLA-A"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_gets_one_apostrophe_and_loses_it_again(cell: str) -> None:
    assert guarded(cell) == GUARD + cell
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", HARMLESS)
def test_numbers_signs_and_words_stay(cell: str) -> None:
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@'\"` \t\r\n\xa0\u200b＝0.5eE%A"), st.characters())))
def test_every_text_comes_back_the_same(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell)[:1] or guarded(cell)[0] == GUARD or not is_formula(guarded(cell))
