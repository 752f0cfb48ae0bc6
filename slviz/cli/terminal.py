"""What the command line says, made safe for a terminal: foreign words can move no cursor and colour nothing."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast

from slviz.pipeline.voice import Voice
from slviz.text import spelt_out


class SpeltOut:
    """A stream of text on which unseen marks are written as their escapes, and which never fails on a letter.

    Line breaks and tabs stay, and so does a carriage return that begins what is written (a progress line that is
    written over). A letter that the terminal's encoding lacks is written as its escape, too.

    Attributes:
        as_it_is: the stream beneath, for a file that has to hold names exactly.
    """

    def __init__(self, stream: TextIO) -> None:
        self.as_it_is = stream

    def write(self, text: str) -> int:
        """Writes the text, spelt out; returns how many characters of `text` that were."""
        back = "\r" if text.startswith("\r") else ""
        self._written(back + spelt_out(text[len(back) :], keep="\n\t", blanks=False))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes one text after the other."""
        for line in lines:
            self.write(line)

    def _written(self, text: str) -> None:
        try:
            self.as_it_is.write(text)
        except UnicodeEncodeError:
            encoding = self.as_it_is.encoding or "ascii"
            self.as_it_is.write(text.encode(encoding, "backslashreplace").decode(encoding))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.as_it_is, name)


@contextlib.contextmanager
def spelt_out_streams() -> Iterator[None]:
    """Inside, whatever this process says on its output and its error output is spelt out."""
    with (
        contextlib.redirect_stdout(cast(TextIO, SpeltOut(sys.stdout))),
        contextlib.redirect_stderr(cast(TextIO, SpeltOut(sys.stderr))),
    ):
        yield


def beneath(stream: TextIO) -> TextIO:
    """The stream that writes all as it is, for a table on the output whose names another program reads."""
    return stream.as_it_is if isinstance(stream, SpeltOut) else stream


def voice() -> Voice:
    """What is told goes to the output, line by line as it comes; warnings go to the error output."""
    return Voice(
        tell=lambda sentence: print(sentence, flush=True),
        warn=lambda sentence: print(f"slviz: {sentence}", file=sys.stderr, flush=True),
    )
