"""Words and numbers in what slviz says: shares and times as people read them, and foreign words with marks that nobody
can see spelt out and nothing else changed.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata

UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that Unicode calls printable and that draw nothing, such as the Hangul filler."""
UNSEEN_KINDS = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Control and format marks (bidirectional and zero-width ones among them), lone surrogates, private and unassigned
code points, separators of lines."""
BREAKS = re.compile(r"[\t\n-\r\x1c-\x1e\x85\u2028\u2029]+")
"""Whatever some program takes for the end of a cell or of a line."""

LONGEST_WORD, LONGEST_LINE, LONGEST_TEXT = 300, 1_500, 10_000
"""Letters that a person can be asked to read: of one word, one line, and one text of several lines."""
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")


def duration(seconds: float) -> str:
    """Such as "8 s", "2 min 10 s" or "1 h 5 min"."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def percent(share: float, *, digits: int = 0, signed: bool = False) -> str:
    """A share as people read it: 0.334 is "33 %", and with one digit "33.4 %"; "–" for NaN.

    A number of a page is written in one way: shares so, percentiles without a sign under that word, and all other
    numbers with the zero before their point, such as "0.960".
    """
    if math.isnan(share):
        return "–"
    return f"{100 * share:{'+' if signed else ''}.{digits}f} %".replace("-", "−")


def spelt_out(text: str, *, keep: str = "", blanks: bool = True) -> str:
    r"""`text` with every mark that is not seen written as its escape, such as \x1b, \u202e or \ud800.

    So no name can move the cursor, colour a terminal, turn the order of a sentence round or look like another name.

    Args:
        text: any text, lone surrogates included.
        keep: characters that stay as they are, such as a line break in a sentence of several lines.
        blanks: whether blanks other than the usual one, such as a no-break space, are spelt out, too.
    """
    if text.isprintable() and UNSEEN.isdisjoint(text):  # printable by Python: none of the kinds, no other blank
        return text
    return text.translate(_spelling(keep, blanks))


class _Spelling(dict[int, str | int]):
    """Code point → what is written for it, found out when it is first met."""

    def __init__(self, keep: str, *, blanks: bool) -> None:
        self._keep, self._blanks = frozenset(keep), blanks

    def __missing__(self, point: int) -> str | int:
        letter = chr(point)
        seen = letter in self._keep or not is_unseen(letter, blanks=self._blanks)
        self[point] = point if seen else escaped(letter)
        return self[point]


@functools.cache
def _spelling(keep: str, blanks: bool) -> _Spelling:
    return _Spelling(keep, blanks=blanks)


def sentences(text: str) -> str:
    """A text of one or more lines that a person can be asked to read: see `spelt_out`, and no longer than that.

    Of a foreign word, a line or a text that is longer than anybody reads, beginning and end stay with "…" between
    them: the beginning says what is meant, and the end what to do.
    """
    lines = _middle_cut(text, LONGEST_TEXT).split("\n")
    lines = (_on_line(line) for line in lines)  # cut first, since spelling out takes its time, and again what grew
    lines = (_on_line(spelt_out(line, blanks=False)) for line in lines)
    return _middle_cut("\n".join(lines), LONGEST_TEXT)


def _on_line(line: str) -> str:
    if len(line) <= LONGEST_WORD:
        return line
    return _middle_cut(LONG_WORD.sub(lambda word: _middle_cut(word[0], LONGEST_WORD), line), LONGEST_LINE)


def _middle_cut(text: str, most: int) -> str:
    """The text with at most so many letters, three quarters of them from its beginning."""
    if len(text) <= most:
        return text
    head = most * 3 // 4
    return f"{text[:head]}…{text[head + 1 - most :]}"


def escaped(letter: str) -> str:
    r"""One character as Python writes it: \n, \x1b, \u202e, \U000e0001."""
    return ascii(letter)[1:-1]


def unbroken(text: str) -> str:
    """The text as one cell of one line: each run of tabs and line breaks becomes a blank, all else stays."""
    return BREAKS.sub(" ", text)


def utf8(text: str) -> bytes:
    r"""The text for a file; a lone surrogate, which UTF-8 cannot hold, is written as its escape, such as \ud800."""
    return text.encode("utf-8", "backslashreplace")


def storable(text: str) -> str:
    r"""The text with each lone surrogate as its escape, such as \ud800: what UTF-8, parquet and pandas can hold."""
    return text if text.isascii() else utf8(text).decode()


def on_one_line(text: str) -> str:
    """The words of a text with one blank between any two: no tab, no line break, none of the rarer blanks."""
    return " ".join(text.split())


def is_unseen(letter: str, *, blanks: bool = True) -> bool:
    """Whether nobody can see the character, or (with `blanks`) it is a blank that is not the usual one."""
    if letter == " ":
        return False
    kind = unicodedata.category(letter)
    return kind in UNSEEN_KINDS or letter in UNSEEN or (blanks and kind == "Zs")
