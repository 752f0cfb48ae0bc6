"""Screens: pairs of genes that were tested in cells, with those that were a hit and those that were none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Int64

from slviz.datasets.digests import ContentDigest
from slviz.errors import DataError, MalformedData, nearest


@dataclass(frozen=True, eq=False)
class TestedPairs:
    """Pairs that were tested, each once, in ascending order. N pairs.

    Attributes:
        pairs: int64 [N, 2], gene numbers, the smaller first.
        hit: bool [N], whether the pair was a hit in any of the cell lines (and screens) that are meant.
        lines: int64 [N], in how many tests (one a screen and cell line) the pair was looked at.
        hit_lines: int64 [N], in how many of them it was a hit.
    """

    __test__ = False  # for pytest: the name begins with "Test"

    pairs: Int64[np.ndarray, "pairs 2"]
    hit: Bool[np.ndarray, " pairs"]
    lines: Int64[np.ndarray, " pairs"]
    hit_lines: Int64[np.ndarray, " pairs"]

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, eq=False)
class ScreenTable:
    """Tests of pairs: one row a pair, screen and cell line. R rows.

    Attributes:
        pairs: int64 [R, 2], gene numbers, the smaller first.
        hit: bool [R], whether the screen's authors (or whoever made the table) call the pair a hit in this line.
        score: float32 [R], the screen's own score, on a scale and with a sign of its own; NaN where it gives none.
        screen, cell_line, reference: int64 [R], numbers of the names below.
        names: of the screens, ascending, each with at least one row.
        cell_lines, references: ascending; "" stands for one that is not told.
    """

    pairs: Int64[np.ndarray, "rows 2"]
    hit: Bool[np.ndarray, " rows"]
    score: Float32[np.ndarray, " rows"]
    screen: Int64[np.ndarray, " rows"]
    cell_line: Int64[np.ndarray, " rows"]
    reference: Int64[np.ndarray, " rows"]
    names: tuple[str, ...]
    cell_lines: tuple[str, ...]
    references: tuple[str, ...]

    def __post_init__(self) -> None:
        for problem in _contradictions(self):
            raise MalformedData(f"The table of screens contradicts itself: {problem}.")
        for array in (self.pairs, self.hit, self.score, self.screen, self.cell_line, self.reference):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.pairs)

    @classmethod
    def of_texts(
        cls, pairs: np.ndarray, hit: np.ndarray, score: np.ndarray, *, screen: np.ndarray, cell_line: np.ndarray,
        reference: np.ndarray,
    ) -> ScreenTable:  # fmt: skip
        """The table of names that are written out in every row: text [R] each."""
        names, screen_number = np.unique(screen.astype(str), return_inverse=True)
        lines, line_number = np.unique(cell_line.astype(str), return_inverse=True)
        references, reference_number = np.unique(reference.astype(str), return_inverse=True)
        return cls(
            pairs=pairs.astype(np.int64).reshape(-1, 2),
            hit=hit.astype(bool),
            score=score.astype(np.float32),
            screen=screen_number.astype(np.int64),
            cell_line=line_number.astype(np.int64),
            reference=reference_number.astype(np.int64),
            names=tuple(names.tolist()),
            cell_lines=tuple(lines.tolist()),
            references=tuple(references.tolist()),
        )

    def number(self, name: str) -> int:
        """Number of a screen; raises `DataError` where there is none of that name."""
        if name not in self.names:
            raise DataError(
                f"No screen is called '{name}'.{nearest(name, self.names)} Screens are: {', '.join(self.names)}."
            )
        return self.names.index(name)

    def tested(self, *names: str) -> TestedPairs:
        """The pairs of some screens (of all, where none is named), each once; a hit where any line says so.

        Raises `DataError` where there is no such screen.
        """
        wanted = [self.number(name) for name in names]
        rows = np.isin(self.screen, wanted) if names else np.ones(len(self), dtype=bool)
        base = int(self.pairs.max(initial=0)) + 1
        key, place = np.unique(self.pairs[rows, 0] * base + self.pairs[rows, 1], return_inverse=True)
        pairs = np.stack(np.divmod(key, base), axis=1)
        hit_lines = np.bincount(place, weights=self.hit[rows], minlength=len(pairs)).astype(np.int64)
        lines = np.bincount(place, minlength=len(pairs)).astype(np.int64)
        return TestedPairs(pairs, hit_lines > 0, lines, hit_lines)

    def of_gene(self, gene: int, *, genes: int) -> tuple[Bool[np.ndarray, " genes"], Bool[np.ndarray, " genes"]]:
        """With which of so many genes a gene was tested, and with which of these any line says hit."""
        mine = (self.pairs == gene).any(axis=1)
        other = self.pairs[mine].sum(axis=1) - gene
        tested, hit = np.zeros(genes, dtype=bool), np.zeros(genes, dtype=bool)
        tested[other], hit[other[self.hit[mine]]] = True, True
        return tested, hit

    @cached_property
    def counts(self) -> pd.DataFrame:
        """One row a screen: `screen`, `reference`, `cell_lines`, `pairs`, `hits` and `non_hits` of them, `tests`."""
        rows = []
        for number, name in enumerate(self.names):
            mine = self.screen == number
            tested = self.tested(name)
            hits = int(tested.hit.sum())
            references = [self.references[row] for row in np.unique(self.reference[mine])]
            rows.append(
                {
                    "screen": name,
                    "reference": ", ".join(filter(None, references)),
                    "cell_lines": len(np.unique(self.cell_line[mine])),
                    "pairs": len(tested),
                    "hits": hits,
                    "non_hits": len(tested) - hits,
                    "tests": int(mine.sum()),
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        digest = ContentDigest()
        for part in ("pairs", "screen", "cell_line", "reference"):
            digest.add_numbers(part, getattr(self, part), kind="<i8")
        digest.add_numbers("hit", self.hit, kind="|u1")
        digest.add_numbers("score", self.score, kind="<f4")
        for part in ("names", "cell_lines", "references"):
            digest.add_texts(part, getattr(self, part))
        return digest.hexdigest()


def _contradictions(table: ScreenTable) -> list[str]:
    rows = len(table.pairs)
    columns = (table.hit, table.score, table.screen, table.cell_line, table.reference)
    if table.pairs.shape != (rows, 2) or any(column.shape != (rows,) for column in columns):
        return ["its columns differ in length"]
    contradictions = []
    if rows and (table.pairs.min() < 0 or not (table.pairs[:, 0] < table.pairs[:, 1]).all()):
        contradictions.append("a pair is not written with the smaller gene number first")
    for numbers, names in (
        (table.screen, table.names),
        (table.cell_line, table.cell_lines),
        (table.reference, table.references),
    ):
        if rows and (numbers.min() < 0 or numbers.max() >= len(names)):
            contradictions.append("a row names a screen, cell line or reference that does not exist")
    test = np.column_stack([table.screen, table.cell_line, table.pairs])
    if len(np.unique(test, axis=0)) != rows:
        contradictions.append("a pair is tested twice in one line of one screen")
    if np.isinf(table.score).any():
        contradictions.append("a score is infinite")
    return contradictions
