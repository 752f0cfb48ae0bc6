"""The protocol `screen`: whole screens are held out, and their hits are told from their own tested non-hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.screens import ScreenTable
from slviz.errors import DataError
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import HIT, NO_HIT, PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import Split, with_negatives

OTHER_SPLIT = "Take another split."
FEWEST_KNOWN = 2
ADVICE = "Hold out another screen, or let training share genes with it (gene_disjoint=false)."


@dataclass(frozen=True)
class Screen(Split):
    """Whole screens are held out: it asks whether an experiment's hits are told from its own tested non-hits."""

    name: ClassVar[str] = "screen"
    title: ClassVar[str] = "whole screens"
    asks: ClassVar[str] = (
        "Would it have told an experiment's hits from what it tested in vain? No pair of a held-out screen is learnt "
        "from, wherever else it was screened or listed."
    )
    screen: str = setting(
        "",
        "Name of the screen that is held out. Left empty, every screen is held out in turn to measure the model, and "
        "the model that is kept has learnt from all of them.",
    )
    gene_disjoint: bool = setting(
        False,
        "Keep from training every pair that shares a gene with a held-out pair, so that whole genes are new.",
        omit_default=True,
    )

    def held_out(self) -> str:
        if not self.screen:
            return f"{self.title}, each in turn"
        return f"the screen {self.screen}{', its genes too' if self.gene_disjoint else ''}"

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        return () if graph.screens is None else ("screens",)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """The held-out screen's tested pairs are tested; other screens, and the known pairs, are learnt from.

        No tested pair is in training, wherever else it was screened or listed, nor drawn as a negative. Known pairs
        are there for the tasks about the database, tests of other screens for the task about screens. Where no
        screen is named, all tests are learnt from and all are tested: whoever evaluates fits again without each screen
        (`screens_in_turn`); of the known pairs none that was screened is learnt from.

        Raises `DataError` for a data set without screens, a screen that there is not, one without hits or non-hits,
        and where nothing is left to learn from.
        """
        self._refuse_file(held_out)
        table = _screens_of(graph)
        tests = _tests(table)
        if self.screen:
            _refuse_one_sided(table, self.screen)
        evaluated = tests["screen"].isin(self.screens_in_turn(graph)).to_numpy()
        keys = _keys(tests, genes=len(graph))
        part_of_known = self._part_of_known(graph, evaluated=keys[evaluated])
        known = with_negatives(
            graph.pairs[part_of_known != ""],
            part=part_of_known[part_of_known != ""],
            score=graph.score[part_of_known != ""],
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            ratio=self.ratio,
            popularity=Popularity.of(graph),
            left_out=np.concatenate([graph.pairs[part_of_known == ""], _pairs(tests)]),
        )
        return _with_tests(known, tests, self._part_of_tests(tests, evaluated, genes=len(graph)), evaluated=evaluated)

    @property
    def holds_out_each_screen(self) -> bool:
        return not self.screen

    def without_screen(self, name: str) -> Screen:
        return self.replace(screen=name)

    def screens_in_turn(self, graph: GeneGraph) -> tuple[str, ...]:
        """The screens that are held out to measure the model: the one named, or all with hits and non-hits."""
        if self.screen:
            return (self.screen,)
        counts = _screens_of(graph).counts
        names = tuple(counts.loc[(counts["hits"] > 0) & (counts["non_hits"] > 0), "screen"])
        if not names:
            raise DataError(f"No screen of '{graph.name}' has both hits and tested pairs that are none. {OTHER_SPLIT}")
        return names

    def _part_of_known(self, graph: GeneGraph, *, evaluated: Int64[np.ndarray, " keys"]) -> np.ndarray:
        """Text [P]: "train" or "validation" for each known pair, "" for one that a held-out screen tested."""
        free = ~np.isin(pair_keys(graph.pairs, len(graph)), evaluated)
        if self.gene_disjoint and self.screen:
            free &= ~_touches(graph.pairs, evaluated, genes=len(graph))
        part = np.where(free, "train", "").astype(object)
        training = self._generator(0).permutation(np.flatnonzero(free))
        if len(training) >= FEWEST_KNOWN:  # a task about screens needs none
            part[self._validation_of(training)] = "validation"
        return part

    def _part_of_tests(self, tests: pd.DataFrame, evaluated: np.ndarray, *, genes: int) -> np.ndarray:
        """Text [T]: "train" or "validation" for each test that may be learnt from, "" for the others."""
        keys = _keys(tests, genes=genes)
        free = np.ones(len(tests), dtype=bool)
        if self.screen:
            free = ~np.isin(keys, keys[evaluated])
            if self.gene_disjoint:
                free &= ~_touches(_pairs(tests), keys[evaluated], genes=genes)
        hit = tests["hit"].to_numpy()
        if self.screen and not (free & hit).any():
            raise DataError(
                f"Without the pairs of the screen '{self.screen}' no hit of another screen is left to learn from. "
                f"{ADVICE}"
            )
        if not (free & ~hit).any():
            raise DataError(f"No tested pair without a hit is left to learn from. {ADVICE}")
        part = np.where(free, "train", "").astype(object)
        hits = np.unique(keys[free & hit])
        for number, kind in enumerate((hits, np.setdiff1d(keys[free], hits))):
            order = self._generator(3 + number).permutation(kind)
            aside = min(max(1, round(len(order) * self.validation_share)), len(order) - 1)
            part[free & np.isin(keys, order[:aside])] = "validation"
        return part


def _screens_of(graph: GeneGraph) -> ScreenTable:
    if graph.screens is None or not len(graph.screens):
        raise DataError(
            f"The data set '{graph.name}' has no screens: name a table of tested pairs as `screens` in its "
            "dataset.toml, or take another split."
        )
    return graph.screens


def _refuse_one_sided(table: ScreenTable, name: str) -> None:
    table.number(name)  # says which screens there are
    tested = table.tested(name)
    hits = int(tested.hit.sum())
    if not hits or hits == len(tested):
        lacking = "no hit" if not hits else "no tested pair that is none"
        raise DataError(
            f"The screen '{name}' has {lacking} among its {len(tested):,} pairs, so nothing can be told apart in it. "
            "Hold out another screen."
        )


def _tests(table: ScreenTable) -> pd.DataFrame:
    """One row a pair and screen: columns `a`, `b`, `screen`, `hit` (in any cell line), by screen and pair."""
    frames = []
    for name in table.names:
        tested = table.tested(name)
        a, b = tested.pairs.T
        frames.append(pd.DataFrame({"a": a, "b": b, "screen": name, "hit": tested.hit}))
    return pd.concat(frames, ignore_index=True)


def _pairs(tests: pd.DataFrame) -> Int64[np.ndarray, "tests 2"]:
    return tests[["a", "b"]].to_numpy(dtype=np.int64)


def _keys(tests: pd.DataFrame, *, genes: int) -> Int64[np.ndarray, " tests"]:
    return pair_keys(_pairs(tests), genes)


def _touches(
    pairs: Int64[np.ndarray, "pairs 2"], evaluated: Int64[np.ndarray, " keys"], *, genes: int
) -> Bool[np.ndarray, " pairs"]:
    """Which pairs share a gene with a evaluated pair."""
    held = np.zeros(genes, dtype=bool)
    held[evaluated // genes], held[evaluated % genes] = True, True
    return np.asarray(held[pairs].any(axis=1))


def _with_tests(known: PairSplit, tests: pd.DataFrame, part: np.ndarray, *, evaluated: np.ndarray) -> PairSplit:
    """The known pairs and their negatives, then the tests that are learnt from, then those that are evaluated."""
    learnt = np.flatnonzero(part != "")
    rows = np.concatenate([learnt, np.flatnonzero(evaluated)])
    of_tests = tests.iloc[rows]
    parts = np.concatenate([part[learnt], np.full(evaluated.sum(), "test", dtype=object)])
    hit = of_tests["hit"].to_numpy(dtype=bool)
    return PairSplit(
        pairs=np.concatenate([known.pairs, _pairs(of_tests)]),
        part=np.concatenate([known.part, parts]),
        negative_kind=np.concatenate([known.negative_kind, np.where(hit, HIT, NO_HIT).astype(object)]),
        actual=np.concatenate([known.actual, hit.astype(np.float32)]),
        score=np.concatenate([known.score, np.full(len(rows), np.nan, dtype=np.float32)]),
        gene_part=known.gene_part,
        screen=np.concatenate([known.screen, of_tests["screen"].to_numpy(dtype=object)]),
    )
