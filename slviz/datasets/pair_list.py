"""A person's own file of gene pairs: what can be used of it, and a sentence on all that cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Int64

from slviz.datasets.content import LARGEST_BYTES, Content, read_text
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_columns import PairRows, rows_of_pairs
from slviz.datasets.report import SHOWN, Problem, Report, shown
from slviz.errors import MalformedData, MissingDataFile, UnknownGene, nearest
from slviz.files.regular import read_at_most
from slviz.tables import missing_in

FEWEST_TO_TELL = 4
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
        rows: all rows of the file as they stand there, those that cannot be used among them.
        unknown: names in them that are those of no gene, each once; a mark for a missing name is none.
    """

    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    lines: Int64[np.ndarray, " pairs"]
    remarks: tuple[str, ...]
    rows: PairRows
    unknown: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Rows that cannot be used for one reason.

    Attributes:
        rows: int64 [left out], their places among all rows.
        said: the reason after "1 row is left out, since" and after "2 rows are left out, since".
        lines: what stands in the first few, each with its line.
        different: how many such things there are.
        hint: what helps with such a value, from " " on, or "".
        unknown: whether they name genes that are not there.
    """

    rows: Int64[np.ndarray, " left_out"]
    said: tuple[str, str]
    lines: dict[str, int]
    different: int
    hint: Callable[[str], str]
    unknown: bool = False

    def __str__(self) -> str:
        many = len(self.rows)
        start = "1 row is" if many == 1 else f"{many:,} rows are"
        examples = self.lines.items()
        listed = "; ".join(f"'{shown(value)}' (line {line:,}){self.hint(value)}" for value, line in examples)
        more = f"; and {self.different - len(examples):,} more" if self.different > len(examples) else ""
        end = "" if (listed + more).endswith("?") else "."
        return f"{start} left out, since {self.said[many > 1]}: {listed}{more}{end}"


def bytes_of_pairs(path: Path | str) -> bytes:
    """The bytes of a file of pairs; raises `MissingDataFile` where there is none, `MalformedData` beyond the limit."""
    try:
        with Path(path).open("rb") as file:
            raw = read_at_most(file, LARGEST_BYTES + 1)
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
    named = _Named.of(rows, genes)
    numbers = named.numbers
    left = _left_out(rows, named, genes, once=once)
    kept = np.ones(len(rows), dtype=bool)
    for reason in left:
        kept[reason.rows] = False
    if not kept.any():
        _refuse(rows, numbers, left, file=file, genes=genes)
    reasons = [str(reason) for reason in left]
    absent = (named.gene < 0) & ~named.missing(genes) & ~named.that(genes.meant)
    return PairList(
        numbers[kept],
        rows.score[kept],
        rows.lines[kept],
        (*remarks, *rows.remarks, *reasons),
        rows,
        tuple(named.names[absent].tolist()),
    )


def _text(raw: bytes, file: str) -> tuple[str, list[str]]:
    """The text of the file, and sentences on its encoding."""
    report = Report(file)
    if not raw.strip():
        raise MalformedData(f"{file} lists no pairs. {ASK}")
    text = read_text(Content(file, raw), report)
    if text is None:
        problem = report.fatal[0]
        raise MalformedData(f"{file} {problem.what}. {problem.remedy}" if problem.line is None else str(problem))
    return text, [_of_the_file(problem) for problem in report.problems]


def _of_the_file(problem: Problem) -> str:
    place = "The file" if problem.line is None else f"Line {problem.line:,}, '{problem.value}',"
    return f"{place} {problem.what}. {problem.remedy}"


@dataclass(frozen=True, eq=False)
class _Named:
    """The two cells of every row as numbers of the different names.

    Attributes:
        names: text [names], each once.
        codes: int64 [rows, 2], place of each cell in `names`.
        gene: int64 [names], number of the gene that a name is of; -1 for none.
    """

    names: np.ndarray
    codes: Int64[np.ndarray, "rows 2"]
    gene: Int64[np.ndarray, " names"]

    @classmethod
    def of(cls, rows: PairRows, genes: GeneLookup) -> _Named:
        codes, names = pd.factorize(np.concatenate([rows.one, rows.other]))
        distinct = np.asarray(names, dtype=object)
        genes.look_up(distinct.tolist())
        numbers = (genes.number(name) for name in distinct.tolist())
        gene = np.array([-1 if number is None else number for number in numbers], dtype=np.int64)
        return cls(distinct, codes.reshape(2, -1).T.astype(np.int64), gene)

    @property
    def numbers(self) -> Int64[np.ndarray, "rows 2"]:
        """Gene numbers of both ends, -1 for none."""
        return self.gene[self.codes]

    def missing(self, genes: GeneLookup) -> Bool[np.ndarray, " names"]:
        """Which names are missing marks and no genes."""
        marks = missing_in(self.names)
        marks[marks] = [genes.is_missing(name) for name in self.names[marks].tolist()]
        return marks

    def that(self, says: Callable[[str], object]) -> Bool[np.ndarray, " names"]:
        """Of which names something is said."""
        return np.array([bool(says(name)) for name in self.names.tolist()], dtype=bool)

    def either(self, names: Bool[np.ndarray, " names"]) -> Bool[np.ndarray, " rows"]:
        """Rows of which one cell or both are among some of the names."""
        return names[self.codes[:, 0]] | names[self.codes[:, 1]]


def _left_out(rows: PairRows, named: _Named, genes: GeneLookup, *, once: bool) -> list[LeftOut]:
    """The rows that cannot be used by reason; a row has one."""
    reasons: list[LeftOut] = []
    used = np.ones(len(rows), dtype=bool)
    numbers = named.numbers

    def leave(
        chosen: np.ndarray, *said: str, of: np.ndarray | None = None, hint: Callable[[str], str] = lambda _: "",
        unknown: bool = False,
    ) -> None:  # fmt: skip
        chosen = np.flatnonzero(chosen & used)
        used[chosen] = False
        if len(chosen):
            first, count = _whole_rows(rows, chosen) if of is None else _first_lines(rows, named, chosen, of)
            reasons.append(LeftOut(chosen, (said[0], said[-1]), first, count, hint, unknown))

    missing, shared, absent = named.missing(genes), named.that(genes.meant), named.gene < 0
    leave(named.either(missing), "it does not name two genes", "they do not name two genes")
    leave(
        named.either(shared),
        "it has a name that several genes share",
        "they have a name that several genes share",
        of=shared,
        hint=lambda name: f", which is {_some(genes.meant(name))}",
    )
    leave(
        named.either(absent),
        f"{genes.data} lacks a gene of it",
        f"{genes.data} lacks a gene of theirs",
        of=absent,
        hint=lambda name: nearest(name, genes.genes, limit=1),
        unknown=True,
    )
    leave(numbers[:, 0] == numbers[:, 1], "a gene is paired with itself")
    if once:
        leave(_listed_before(numbers, used), "its pair is listed before", "their pair is listed before")
    return reasons


def _whole_rows(rows: PairRows, chosen: Int64[np.ndarray, " chosen"]) -> tuple[dict[str, int], int]:
    """Both cells of the first few rows with their line, and how many rows there are."""
    return {_whole(rows, row): int(rows.lines[row]) for row in chosen[:SHOWN].tolist()}, len(chosen)


def _whole(rows: PairRows, row: int) -> str:
    return f"{rows.one[row]} {rows.other[row]}".strip()


def _first_lines(
    rows: PairRows, named: _Named, chosen: Int64[np.ndarray, " chosen"], of: Bool[np.ndarray, " names"]
) -> tuple[dict[str, int], int]:
    """The first few of the names `of` in the rows, each with its first line, and how many such names there are."""
    codes = named.codes[chosen].ravel()
    codes, lines = codes[of[codes]], np.repeat(rows.lines[chosen], 2)[of[codes]]
    at = np.sort(np.unique(codes, return_index=True)[1])
    return {str(named.names[codes[row]]): int(lines[row]) for row in at[:SHOWN].tolist()}, len(at)


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
    if len(rows) >= FEWEST_TO_TELL and (numbers < 0).all():
        raise MalformedData(
            f"{file} does not look like a list of gene pairs of {genes.data}: none of its {len(rows):,} rows names one "
            f"of its genes, and line {rows.lines[0]:,} reads '{shown(_whole(rows, 0))}'. "
            f"{ASK[:-1]}, such as '{genes.genes[0]}' and '{genes.genes[1]}', and a score after them if you have one."
        )
    kind = UnknownGene if all(reason.unknown for reason in left) else MalformedData
    raise kind(f"{file} lists no pair that can be used. {' '.join(map(str, left))} {ASK}")
