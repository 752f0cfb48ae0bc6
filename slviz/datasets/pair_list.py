"""A person's own file of gene pairs: what can be used of it, and a sentence on all that cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from jaxtyping import Bool, Float32, Int64

from slviz.datasets.content import LARGEST_BYTES, Content, read_text
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_columns import PairRows, rows_of_pairs
from slviz.datasets.report import SHOWN, Problem, Report, shown
from slviz.errors import MalformedData, MissingDataFile, UnknownGene, nearest

FEWEST_TO_JUDGE = 4
"""A file of so many rows, none of which names two genes, is taken for another kind of table."""
ASK = "Write two gene names on each line, with a tab between them."


@dataclass(frozen=True, eq=False)
class PairList:
    """The pairs of a file that can be used, in its order. N pairs.

    Attributes:
        pairs: int64 [N, 2] gene numbers, both ends as the file orders them.
        score: float32 [N], NaN where the file gives none.
        lines: int64 [N], line numbers counted from 1.
        remarks: sentences on what was left out, not read, or read by a guess; none where there is nothing to say.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    lines: Int64[np.ndarray, " pairs"]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """Rows that cannot be used for one reason.

    Attributes:
        rows: which of all rows.
        said: the reason after "1 row is left out, since" and after "2 rows are left out, since".
        lines: what stands in them, each with the first line that has it.
        hint: what helps with such a value, from " " on, or "".
        unknown: whether they name genes that are not there.
    """

    rows: Bool[np.ndarray, " rows"]
    said: tuple[str, str]
    lines: dict[str, int]
    hint: Callable[[str], str]
    unknown: bool = False

    def __str__(self) -> str:
        many = int(self.rows.sum())
        start = "1 row is" if many == 1 else f"{many:,} rows are"
        told = list(self.lines.items())
        listed = "; ".join(f"'{shown(value)}' (line {line:,}){self.hint(value)}" for value, line in told[:SHOWN])
        more = f"; and {len(told) - SHOWN:,} more" if len(told) > SHOWN else ""
        end = "" if (listed + more).endswith("?") else "."
        return f"{start} left out, since {self.said[many > 1]}: {listed}{more}{end}"


def bytes_of_pairs(path: Path | str) -> bytes:
    """The bytes of a file of pairs; raises `MissingDataFile` where there is none, `MalformedData` beyond the limit."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise MissingDataFile(f"There is no file of pairs at {path} ({reason}).") from error
    if len(raw) > LARGEST_BYTES:
        raise MalformedData(f"{path} holds more than {LARGEST_BYTES >> 20:,} MiB. Check that it is the right file.")
    return raw


def read_pair_list(raw: bytes, file: str, genes: GeneLookup, *, once: bool) -> PairList:
    """The pairs of a table of text: any delimiter, with a heading or without, packed with gzip or not.

    Rows that name no two genes are left out and told: a missing, an ambiguous or an unknown name, a gene with itself,
    and with `once` a pair that an earlier row lists.

    Args:
        raw: the bytes of the file.
        file: what to call it.
        genes: where names are looked up.
        once: whether a pair counts once.

    Raises:
        MalformedData: the file is no text, or holds no pair that can be used.
        UnknownGene: the same, where the names are those of no gene.
    """
    text, remarks = _text(raw, file)
    rows = rows_of_pairs(text, file, genes)
    if not len(rows):
        raise MalformedData(f"{file} lists no pairs. {ASK}")
    genes.look_up([*rows.one, *rows.other])
    ends = [
        [-1 if (number := genes.number(name)) is None else number for name in end] for end in (rows.one, rows.other)
    ]
    numbers = np.array(ends, dtype=np.int64).T
    left = _left_out(rows, numbers, genes, once=once)
    kept = ~np.any([reason.rows for reason in left], axis=0) if left else np.ones(len(rows), dtype=bool)
    if not kept.any():
        _refuse(rows, numbers, left, file=file, genes=genes)
    told = [str(reason) for reason in left]
    return PairList(numbers[kept], rows.score[kept], rows.lines[kept], (*remarks, *rows.remarks, *told))


def _text(raw: bytes, file: str) -> tuple[str, list[str]]:
    """The text of the file, and sentences on its encoding."""
    report = Report(file)
    if not raw.strip():
        raise MalformedData(f"{file} lists no pairs. {ASK}")
    text = read_text(Content(file, raw), report)
    if text is None:
        raise MalformedData(str(report.fatal[0]))
    return text, [_of_the_file(problem) for problem in report.problems]


def _of_the_file(problem: Problem) -> str:
    place = "The file" if problem.line is None else f"Line {problem.line:,}, '{problem.value}',"
    return f"{place} {problem.what}. {problem.remedy}"


def _left_out(rows: PairRows, numbers: Int64[np.ndarray, "rows 2"], genes: GeneLookup, *, once: bool) -> list[LeftOut]:
    """The rows that cannot be used by reason; a row has one."""
    found: list[LeftOut] = []
    used = np.ones(len(rows), dtype=bool)
    both = list(zip(rows.one, rows.other, strict=True))

    def leave(
        chosen: np.ndarray, *said: str, values: Callable[[tuple[str, str]], Iterable[str]] = _whole,
        hint: Callable[[str], str] = lambda _: "", unknown: bool = False,
    ) -> None:  # fmt: skip
        chosen = chosen & used
        used[chosen] = False
        lines: dict[str, int] = {}
        for row in np.flatnonzero(chosen).tolist():
            for value in values(both[row]):
                lines.setdefault(value, int(rows.lines[row]))
        if chosen.any():
            found.append(LeftOut(chosen, (said[0], said[-1]), lines, hint, unknown))

    def any_of(says: Callable[[str], object]) -> np.ndarray:
        told = {name: bool(says(name)) for name in {*rows.one, *rows.other}}
        return np.array([told[one] or told[other] for one, other in both], dtype=bool)

    leave(any_of(genes.is_missing), "it does not name two genes", "they do not name two genes")
    leave(
        any_of(genes.meant),
        "it has a name that several genes share",
        "they have a name that several genes share",
        values=lambda pair: [name for name in pair if genes.meant(name)],
        hint=lambda name: f", which is {_some(genes.meant(name))}",
    )
    leave(
        (numbers < 0).any(axis=1),
        f"{genes.data} lacks a gene of it",
        f"{genes.data} lacks a gene of theirs",
        values=lambda pair: [name for name in pair if genes.number(name) is None],
        hint=lambda name: nearest(name, genes.genes, limit=1),
        unknown=True,
    )
    leave(numbers[:, 0] == numbers[:, 1], "a gene is paired with itself")
    if once:
        leave(_listed_before(numbers, used), "its pair is listed before", "their pair is listed before")
    return found


def _whole(pair: tuple[str, str]) -> list[str]:
    return [" ".join(pair).strip()]


def _some(symbols: tuple[str, ...]) -> str:
    return " or ".join(symbols[:SHOWN]) + (" or another" if len(symbols) > SHOWN else "")


def _listed_before(numbers: Int64[np.ndarray, "rows 2"], used: np.ndarray) -> Bool[np.ndarray, " rows"]:
    """Which of the used rows have the pair of an earlier one, whichever gene stands first."""
    rows = np.flatnonzero(used)
    first = np.unique(np.sort(numbers[rows], axis=1), axis=0, return_index=True)[1]
    again = np.zeros(len(numbers), dtype=bool)
    again[rows] = True
    again[rows[first]] = False
    return again


def _refuse(
    rows: PairRows, numbers: Int64[np.ndarray, "rows 2"], left: list[LeftOut], *, file: str, genes: GeneLookup
) -> NoReturn:
    """Raises what is said of a file without a pair that can be used."""
    if len(rows) >= FEWEST_TO_JUDGE and (numbers < 0).all():
        raise MalformedData(
            f"{file} does not look like a list of gene pairs of {genes.data}: none of its {len(rows):,} rows names one "
            f"of its genes, and line {rows.lines[0]:,} reads '{shown(_whole((rows.one[0], rows.other[0]))[0])}'. "
            f"{ASK[:-1]}, such as '{genes.genes[0]}' and '{genes.genes[1]}', and a score after them if you have one."
        )
    kind = UnknownGene if all(reason.unknown for reason in left) else MalformedData
    raise kind(f"{file} lists no pair that can be used. {' '.join(map(str, left))} {ASK}")
