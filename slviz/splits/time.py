"""The protocol `time`: pairs that were first published after a cut-off are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import DataError, InvalidSetting
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.publication import cited_publications
from slviz.splits.split import Split, with_negatives
from slviz.text import percent

NUMBERED = r"(?i)^(?:pmid|pubmed)?[:\s]*(\d{1,12})$"
SYNTHETIC = r"(?i)^(?:(?:pmid|pubmed)?[:\s]*|[a-z]+-)(\d{1,12})$"
"""Publications of synthetic data are numbered in their order, such as "demo-201"."""
UNDATED = -1
AIMED_SHARE = 0.2
"""Share of the dated pairs that is held out where no cut-off is named, as nearly as whole publications allow."""
MOST_TOO_MANY = 1.5
"""Whole publications validate with up to so many times the pairs that were asked for, or so many times fewer."""
ADVICE = "Name another cut-off (newer_than), or take another split."
NEWER_THAN_HELP = (
    "PubMed number: pairs whose first publication has a higher one are held out. PubMed numbers grow with time. "
    "0 takes the number that leaves about a fifth of the dated pairs newer."
)


@dataclass(frozen=True)
class Time(Split):
    """Pairs first published after a cut-off are held out: it asks what would have been said before they were known."""

    name: ClassVar[str] = "time"
    title: ClassVar[str] = "later years"
    asks: ClassVar[str] = (
        "Would it have foretold the pairs of later years? Those first published after a cut-off are tested, and only "
        "what was known before is learnt from."
    )
    short: ClassVar[str | None] = "later years"
    new_publication: ClassVar[bool] = True
    newer_than: int = setting(0, NEWER_THAN_HELP, label="PubMed cut-off", low=0, high=10**12)

    def held_out(self) -> str:
        cut_off = f"newer than PubMed {self.newer_than}" if self.newer_than else "about the newest fifth"
        return f"{self.title} ({cut_off})"

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Pairs with a first publication after the cut-off are tested; of the older ones the newest validate.

        The first publication of a pair is that of the smallest PubMed number among its records. A pair whose records
        name no number is in no part, and no negative either.

        Raises `DataError` where no publication has a number or a part would be empty; `InvalidSetting` for a cut-off
        that no pair is newer than, or all are.
        """
        self._refuse_file(held_out)
        first = first_publication(graph)
        cut_off = self.cut_off(graph)
        dated = first != UNDATED
        part = np.where(first > cut_off, "test", "train").astype(object)
        older = self._generator(0).permutation(np.flatnonzero(dated & (first <= cut_off)))
        part[self._newest(older, first)] = "validation"
        part[~dated] = ""
        self._refuse_empty(part, advice=ADVICE)
        return with_negatives(
            graph.pairs[dated],
            part=part[dated],
            score=graph.score[dated],
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            ratio=self.ratio,
            left_out=graph.pairs[~dated],
            popularity=Popularity.of(graph),
        )

    def remarks(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> tuple[str, ...]:
        """Where the cut-off lies, how many pairs are newer, and how many are left out since nothing dates them."""
        first, cut_off = first_publication(graph), self.cut_off(graph)
        dated = first[first != UNDATED]
        newer = int((dated > cut_off).sum())
        said = [
            f"{newer:,} of {len(dated):,} dated pairs ({percent(newer / len(dated))}) were first published after "
            f"PubMed {cut_off}; they are held out."
        ]
        if undated := len(first) - len(dated):
            said.append(f"{undated:,} pairs are left out: no publication of theirs has a PubMed number.")
        return tuple(said)

    def cut_off(self, graph: GeneGraph) -> int:
        """The PubMed number that held-out pairs are newer than: the one named, or the one chosen for this data set."""
        first = first_publication(graph)
        dated = np.sort(first[first != UNDATED])
        if not len(dated):
            raise DataError(
                f"No publication of '{graph.name}' has a PubMed number, so nothing says which pairs came later. "
                "Take another split."
            )
        if self.newer_than:
            if self.newer_than >= dated[-1] or self.newer_than < dated[0]:
                which = "newer than" if self.newer_than >= dated[-1] else "as old as"
                raise InvalidSetting(
                    f"newer_than={self.newer_than} leaves nothing: no pair of '{graph.name}' is {which} that. Its "
                    f"first publications have PubMed numbers from {dated[0]} to {dated[-1]}."
                )
            return self.newer_than
        numbers, count = np.unique(dated, return_counts=True)
        if len(numbers) < 2:
            raise DataError(f"All dated pairs of '{graph.name}' come from one publication. Take another split.")
        newer = 1 - np.cumsum(count)[:-1] / len(dated)  # share that is newer than each number but the last
        return int(numbers[np.argmin(np.abs(newer - AIMED_SHARE))])

    def _newest(self, order: Int64[np.ndarray, " older"], first: Int64[np.ndarray, " pairs"]) -> np.ndarray:
        """The newest pairs of `order`, about the share that validates: whole publications where these come near it."""
        if len(order) < 2:
            return order[:0]
        wanted = len(self._validation_of(order))
        newest_first = order[np.argsort(-first[order], kind="stable")]
        ends = np.flatnonzero(np.diff(first[newest_first])) + 1
        if len(ends):
            nearest = int(ends[np.argmin(np.abs(ends - wanted))])
            if wanted / MOST_TOO_MANY <= nearest <= wanted * MOST_TOO_MANY:
                wanted = nearest
        return newest_first[:wanted]


def first_publication(graph: GeneGraph) -> Int64[np.ndarray, " pairs"]:
    """The smallest PubMed number among the records of each pair, `UNDATED` where none has one.

    Raises `DataError` for a data set that names no publications.
    """
    records = cited_publications(graph).reset_index(drop=True)  # a record of several publications has several rows
    pattern = SYNTHETIC if graph.synthetic else NUMBERED
    numbers = records["pubmed"].str.extract(pattern, expand=False).dropna().astype(np.int64)
    oldest = numbers.groupby(records["pair"].loc[numbers.index]).min()
    first = np.full(len(graph.pairs), UNDATED, dtype=np.int64)
    first[oldest.index.to_numpy()] = oldest.to_numpy()
    return first
