"""PairSplit: which pairs are learnt from, which are evaluated, and the negatives they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun

SPLIT_COLUMNS = ("gene_a", "gene_b", "part", "negative_kind", "actual", "score")
SCREEN_COLUMN = "screen"
"""After the others where a split holds tests of screens."""
HIT, NO_HIT = "hit", "no hit"
"""What a test of a pair in cells came to."""
TESTED = (HIT, NO_HIT)
GENE_ROW = "gene"
PARTS = ("train", "validation", "test")
UNUSED = "unused"
"""The part of a gene that is neither learnt from nor evaluated."""
POPULARITY_MATCHED = "popularity-matched"
DRAWN = ("random", "degree-matched", POPULARITY_MATCHED)
"""Kinds of negatives that are drawn for a part; runs from before the last of them existed lack it."""
NEGATIVE_KINDS = ("known", *DRAWN, "file", *TESTED)


@dataclass(frozen=True, eq=False)
class PairSplit:
    """A data set divided once, so that every model is evaluated on the same pairs. N rows, G genes.

    Attributes:
        pairs: int64 [N, 2], smaller gene number first.
        part: text [N]: "train", "validation" or "test".
        negative_kind: text [N]: "known" for a known pair, "random", "degree-matched" or "popularity-matched" for a
            drawn negative pair, "file" for a negative pair that the user brought; "hit" or "no hit" for a pair that a
                screen tested.
        actual: float32 [N], 1 for a known pair or a hit and 0 for a negative pair or a pair that was tested and
            is no hit.
        score: float32 [N], the confidence of a known pair; NaN where there is none.
        gene_part: text [G], the part of each gene, for tasks about genes instead of pairs; `UNUSED` for a gene of none.
        screen: text [N], the screen that tested a pair; "" for all rows that are no tests. A pair that several screens
            tested stands there once for each.
    """

    pairs: Int64[np.ndarray, "rows 2"]
    part: np.ndarray
    negative_kind: np.ndarray
    actual: Float32[np.ndarray, " rows"]
    score: Float32[np.ndarray, " rows"]
    gene_part: np.ndarray
    screen: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))

    def __post_init__(self) -> None:
        if not len(self.screen):
            object.__setattr__(self, "screen", np.full(len(self.pairs), "", dtype=object))
        columns = (self.pairs, self.part, self.negative_kind, self.actual, self.score, self.screen)
        lengths = set(map(len, columns))
        if len(lengths) != 1:
            raise DamagedRun(f"The parts of the split disagree on the number of pairs: {sorted(lengths)}.")
        for array in (*columns, self.gene_part):
            array.setflags(write=False)

    def rows(self, part: str, negative_kind: str = "known") -> Int64[np.ndarray, " rows"]:
        """Row numbers of one part that are there for one reason."""
        return np.flatnonzero((self.part == part) & (self.negative_kind == negative_kind))

    @property
    def against(self) -> np.ndarray:
        """What earlier versions called `negative_kind`; scripts of theirs still run."""
        return self.negative_kind

    @property
    def training_pairs(self) -> Int64[np.ndarray, "pairs 2"]:
        """The known pairs that a model may learn from."""
        return self.pairs[self.rows("train")]

    @property
    def not_drawn_in_training(self) -> Int64[np.ndarray, "pairs 2"]:
        """Pairs that no negative drawn while training may be: training pairs, a user's own negatives, evaluated tests.

        The drawn negatives of validation and test are not among them, as the known pairs of these parts are not:
        training is told nothing of either, so both are drawn by chance equally often. Pairs that a held-out screen
        tested are never drawn: hits and non-hits alike stay out of training altogether.
        """
        evaluated = (self.part == "test") & np.isin(self.negative_kind, ("file", *TESTED))
        return np.concatenate([self.training_pairs, self.pairs[evaluated]])

    @property
    def own_training_negatives(self) -> Int64[np.ndarray, "own 2"] | None:
        """The negatives that a user gave to learn from; None: they are drawn."""
        rows = self.rows("train", "file")
        return self.pairs[rows] if len(rows) else None

    @property
    def kinds_of_negatives(self) -> tuple[str, ...]:
        """What the test part is compared with, in the order of the tables."""
        present = set(self.negative_kind[self.part == "test"])
        return tuple(kind for kind in (*DRAWN, "file") if kind in present)

    @property
    def tests_screens(self) -> bool:
        """Whether the test part is made of pairs that screens tested."""
        return bool(len(self.rows("test", HIT)))

    def to_frame(self, genes: Sequence[str]) -> pd.DataFrame:
        """The split as a table of names, columns `SPLIT_COLUMNS`, and `SCREEN_COLUMN` where it holds tests of screens.

        After the pairs comes one row a gene, with `negative_kind` "gene" and an empty `gene_b`.
        """
        names = np.asarray(genes, dtype=object)
        pairs = pd.DataFrame(
            {
                "gene_a": names[self.pairs[:, 0]],
                "gene_b": names[self.pairs[:, 1]],
                "part": self.part,
                "negative_kind": self.negative_kind,
                "actual": self.actual,
                "score": self.score,
            }
        )
        if np.any(self.screen != ""):
            pairs[SCREEN_COLUMN] = self.screen
        of_genes = pd.DataFrame({"gene_a": names, "gene_b": "", "part": self.gene_part, "negative_kind": GENE_ROW})
        nothing = np.full(len(names), np.nan, dtype=np.float32)
        of_genes = of_genes.assign(actual=nothing, score=nothing)
        if SCREEN_COLUMN in pairs:
            of_genes[SCREEN_COLUMN] = ""
        return pd.concat([pairs, of_genes], ignore_index=True)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, genes: Sequence[str]) -> PairSplit:
        """The split that `to_frame` wrote; raises `DamagedRun` when it is not one of these genes."""
        if tuple(frame.columns) not in (SPLIT_COLUMNS, (*SPLIT_COLUMNS, SCREEN_COLUMN)):
            raise DamagedRun(f"The split has the columns {list(frame.columns)}; expected {list(SPLIT_COLUMNS)}.")
        _refuse_other_kinds(frame)
        is_gene = (frame["negative_kind"] == GENE_ROW).to_numpy()
        column = {name: frame[name].to_numpy()[~is_gene].copy() for name in frame.columns}
        if list(frame["gene_a"].to_numpy()[is_gene]) != list(genes):
            raise DamagedRun("The split was made for other genes than this data set has.")
        number = pd.Index(genes)
        ends = np.stack([number.get_indexer(column[end]) for end in ("gene_a", "gene_b")], axis=1).astype(np.int64)
        if (ends < 0).any():
            raise DamagedRun("The split names a gene that this data set does not have.")
        return cls(
            pairs=ends,
            part=column["part"].astype(object),
            negative_kind=column["negative_kind"].astype(object),
            actual=column["actual"].astype(np.float32),
            score=column["score"].astype(np.float32),
            gene_part=frame["part"].to_numpy()[is_gene].astype(object),
            screen=column.get(SCREEN_COLUMN, np.empty(0)).astype(object),
        )


def _refuse_other_kinds(frame: pd.DataFrame) -> None:
    """`DamagedRun` where a column holds something else than texts or numbers, or what a row is for is not known."""
    for name in frame.columns:
        column = pd.Series(frame[name])
        fits = pd.api.types.is_numeric_dtype(column) if name in ("actual", "score") else _is_text(column)
        if len(frame) and not fits:
            raise DamagedRun(f"The column '{name}' of the split holds {column.dtype}; something else belongs there.")
    of_pairs = frame["negative_kind"] != GENE_ROW
    _refuse_unknown(pd.Series(frame["part"][of_pairs]), "part", PARTS)
    _refuse_unknown(pd.Series(frame["part"][~of_pairs]), "part", (*PARTS, UNUSED))
    _refuse_unknown(pd.Series(frame["negative_kind"]), "negative_kind", (*NEGATIVE_KINDS, GENE_ROW))
    _refuse_unknown(pd.Series(frame["actual"][of_pairs]), "actual", (0, 1))


def _refuse_unknown(column: pd.Series, name: str, known: Sequence[object]) -> None:
    others = [value for value in column.unique().tolist() if value not in known]
    if others:
        value = str(others[0])[:60]
        raise DamagedRun(f"The column '{name}' of the split says {value!a}, which is none of: {known}.")


def _is_text(column: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(column) and not column.isna().any())
