"""Report: all that was found wrong while reading a data folder, and what was read all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from slviz.text import sentences, spelt_out

SHOWN = 5  # of problems of one kind in one file; the rest are counted
MOST_OF_A_FILE = 20  # that are told one by one; the rest are counted
VALUE_WIDTH = 60


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what a person can do about it.

    Attributes:
        file: name of the file inside the folder; "" for the folder itself.
        line: line of the file, counted from 1; None where the whole file is meant.
        value: what stands there, cut to a readable length; "" where nothing can be shown.
        what: what is wrong with it, in words.
        remedy: what to do.
        fatal: true where the folder cannot be used before this is mended.
        alike: how many further problems of the same kind in the same file are not listed.
    """

    file: str
    line: int | None
    value: str
    what: str
    remedy: str
    fatal: bool
    alike: int = 0

    def __post_init__(self) -> None:
        for name in ("file", "what", "remedy"):
            object.__setattr__(self, name, sentences(getattr(self, name)))

    def __str__(self) -> str:
        place = self.file or "the folder"
        if self.line is not None:
            place += f", line {self.line:,}"
        value = f"'{self.value}' " if self.value else ""
        more = f" (and {self.alike:,} more like it)" if self.alike else ""
        return f"{place}: {value}{self.what}. {self.remedy}{more}"


@dataclass
class Report:
    """What was read from a folder, what was left out, and every problem, fatal ones and lesser ones.

    Attributes:
        folder: name of the folder.
        problems: in the order of the files.
        read: how many of each thing were read, such as {"genes": 6375, "pairs": 19668}.
        skipped: how many rows of each file were left out, by file name.
    """

    folder: str
    problems: list[Problem] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def fatal(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.fatal]

    def add(
        self, file: str, what: str, remedy: str, *, line: int | None = None, value: str = "", fatal: bool = True
    ) -> None:
        """Notes one problem; of a whole file and fatal unless said otherwise. The last of many of a file is counted."""
        alike = [place for place, other in enumerate(self.problems) if (other.file, other.fatal) == (file, fatal)]
        if len(alike) < MOST_OF_A_FILE:
            self.problems.append(Problem(file, line, shown(value), what, remedy, fatal))
        else:
            last = self.problems[alike[-1]]
            self.problems[alike[-1]] = replace(last, alike=last.alike + 1)

    def add_rows(
        self,
        file: str,
        what: str,
        remedy: str,
        *,
        lines: Sequence[int] | np.ndarray,
        values: Sequence[str],
        details: Sequence[str] | None = None,
        fatal: bool = False,
    ) -> None:
        """Notes the same kind of problem in many lines: the first few are listed, the rest counted.

        Args:
            lines: line numbers, counted from 1.
            values: what stands in each of these lines; only the first few are looked at.
            details: what is put after `what` for each of the listed lines, such as the nearest names.
        """
        listed = min(len(lines), SHOWN)
        for row in range(listed):
            alike = len(lines) - listed if row == listed - 1 else 0
            said = what + (details[row] if details else "")
            line = int(lines[row])
            self.problems.append(Problem(file, line, shown(str(values[row])), said, remedy, fatal, alike))

    def skip(self, file: str, rows: int) -> None:
        """Counts rows of `file` that were left out."""
        if rows:
            self.skipped[file] = self.skipped.get(file, 0) + rows

    def text(self) -> str:
        """The report for a terminal: what stops, what was noticed, what was read and left out."""
        fatal = self.fatal
        noticed = [problem for problem in self.problems if not problem.fatal]
        parts = []
        if fatal:
            count = _counted(fatal)
            verb = "stops" if count == 1 else "stop"
            parts.append(f"The data folder '{self.folder}' cannot be used. {_things(count)} {verb} it:")
            parts += [f"  {problem}" for problem in fatal]
        else:
            parts.append(f"The data folder '{self.folder}' can be used.")
        if noticed:
            parts.append(f"{_things(_counted(noticed))} noticed" + (", which would not stop it:" if fatal else ":"))
            parts += [f"  {problem}" for problem in noticed]
        if not self.problems:
            parts.append("Nothing wrong was found.")
        if not fatal:
            parts += [f"Read: {', '.join(f'{count:,} {thing}' for thing, count in self.read.items())}."]
        if self.skipped:
            rows = ", ".join(f"{count:,} of {file}" for file, count in self.skipped.items())
            parts.append(f"Rows left out: {rows}.")
        return "\n".join(map(sentences, parts))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any], *, folder: str) -> Report:
        """The report that `to_json` wrote, for a folder of perhaps another name."""
        problems = [Problem(**problem) for problem in stored["problems"]]
        return cls(folder, problems, dict(stored["read"]), dict(stored["skipped"]))


def shown(value: str) -> str:
    """`value` on one line and of a length that a person can read; marks that nobody sees are spelt out."""
    text = spelt_out(value[: VALUE_WIDTH + 1])
    return text if len(text) <= VALUE_WIDTH else text[:VALUE_WIDTH] + "…"


def _counted(problems: Sequence[Problem]) -> int:
    return sum(1 + problem.alike for problem in problems)


def _things(count: int) -> str:
    return f"{count:,} problem{'' if count == 1 else 's'}"
