"""How an attempt may end: with a value, or with a sentence that a person can read; everything else is a failure."""

from __future__ import annotations

import traceback
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import slviz
from slviz.errors import SlvizError

PACKAGE = Path(slviz.__file__).resolve().parent
LONGEST_LINE = 2_000
LONGEST_TEXT = 12_000
"""Letters that a person can be asked to read: of one line, and of a report of several lines."""
UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that a terminal obeys or hides: control, format (bidirectional marks), surrogate, separators."""
MOST_SECONDS = 10.0
MOST_BYTES = 1 << 30
VALUE, SENTENCE, FAILURE = "value", "sentence", "failure"


class Harm(AssertionError):
    """A reading went through and did harm: a foreign file was read, or another run was closed by it."""


@dataclass(frozen=True)
class Ending:
    """What came of one attempt.

    Attributes:
        kind: "value", "sentence" or "failure".
        place: of a failure, what groups it with others of its kind, such as "TypeError in runs/contents.py:136".
        detail: the sentence, or the last lines of the traceback.
        seconds: processor time that the attempt took.
        peak_bytes: the largest resident memory of the process while it ran.
        extra_bytes: by how much that is more than before.
        new_lines: lines of slviz that no attempt before had reached, where that was asked for.
    """

    kind: str
    place: str = ""
    detail: str = ""
    seconds: float = 0.0
    peak_bytes: int = 0
    extra_bytes: int = 0
    new_lines: frozenset[tuple[str, int]] = frozenset()

    @property
    def failed(self) -> bool:
        return self.kind == FAILURE


def fault_of(sentence: str) -> str:
    """What is wrong with a sentence as a sentence, or ""."""
    if not sentence.strip():
        return "an empty sentence"
    if any(map(_is_unreadable, sentence)):
        return "control characters in the sentence"
    longest = max(len(line) for line in sentence.split("\n"))
    if longest > LONGEST_LINE or len(sentence) > LONGEST_TEXT:
        return "a sentence too long to read"
    return ""


def of_sentences(sentences: list[str]) -> Ending:
    """The ending of an attempt that gave these sentences; none: a value."""
    for sentence in sentences:
        if fault := fault_of(sentence):
            return Ending(FAILURE, f"{fault} from {source_of(sentence)}", excerpt(sentence))
    return Ending(SENTENCE, detail=sentences[0][:300]) if sentences else Ending(VALUE)


def of_error(error: BaseException) -> Ending:
    """The ending of an attempt that raised."""
    where = innermost(error)
    if isinstance(error, SlvizError):
        fault = fault_of(str(error))
        if fault:
            return Ending(FAILURE, f"{fault} in {where}", excerpt(str(error)))
        return Ending(SENTENCE, detail=str(error)[:300])
    told = "".join(traceback.format_exception_only(error))[-400:]
    if isinstance(error, Harm):
        return Ending(FAILURE, f"harm: {str(error)[:120]}", ascii(told))
    return Ending(FAILURE, f"{type(error).__name__} in {where}", ascii(told))


def excerpt(sentence: str) -> str:
    """A part of a sentence in ASCII, around the first letter of it that nobody can read."""
    place = next((at for at, letter in enumerate(sentence) if _is_unreadable(letter)), None)
    if place is None:
        return ascii(sentence[:300])
    return f"U+{ord(sentence[place]):04X} in …{ascii(sentence[max(0, place - 120) : place + 60])[1:-1]}…"


def _is_unreadable(letter: str) -> bool:
    return letter != "\n" and unicodedata.category(letter) in UNREADABLE


def innermost(error: BaseException) -> str:
    """File and line of slviz that an error came through last, such as "runs/contents.py:136"."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    if not ours:
        return "the trial itself" if frames else "nowhere"
    return f"{Path(ours[-1].filename).relative_to(PACKAGE)}:{ours[-1].lineno}"


def source_of(sentence: str) -> str:
    """The beginning of a sentence up to what varies, to group those of one kind."""
    words = sentence.split("'")[0].split()
    return " ".join(word for word in words[:6] if word.isascii() and word.isprintable())[:60] or "a summary"
