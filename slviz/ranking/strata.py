"""Parts of a run's test rows that a model may be good or bad at: by evidence, partners, paralogs, screen or class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.runs import Run
from slviz.splits.pair_split import HIT, TESTED

PARTNER_BOUNDS = (0, 1, 5, 20)
"""Where each stratum of known partners begins."""
PARALOGS = "paralogs"
MOST_STRATA = 12
FEWEST = 20
"""A part is measured from so many known pairs and so many negatives on (hits and non-hits; rows, where a metric tells
no two kinds apart): of fewer a metric means little."""
NO_EVIDENCE = "no evidence recorded"


@dataclass(frozen=True, eq=False)
class Stratum:
    """One part of the test rows.

    Attributes:
        name: what it is called.
        rows: bool [rows], which rows are measured: those of the part, and the negatives that they are compared with.
        count: how many rows are of the part itself.
        scarcer: how many measured rows are of the kind that has fewer: known pairs or negatives, hits or non-hits; all
            of them where a metric tells no two kinds apart.
    """

    name: str
    rows: Bool[np.ndarray, " rows"]
    count: int
    scarcer: int

    @property
    def is_large_enough(self) -> bool:
        """Whether a metric of it means something."""
        return self.scarcer >= FEWEST


@dataclass(frozen=True, eq=False)
class TestRows:
    """Rows that are divided into strata.

    Attributes:
        graph: the data set.
        run: whose training pairs partners are counted by.
        rows: test rows of its predictions: of pairs, or of genes.
        screens: text [rows], which screen tested each pair, "" for none; None where no screen did.
    """

    __test__ = False  # no case of pytest's

    graph: GeneGraph
    run: Run
    rows: pd.DataFrame
    screens: np.ndarray | None = None

    @property
    def of_pairs(self) -> bool:
        return "gene" not in self.rows

    @property
    def ends(self) -> Int64[np.ndarray, "rows ends"]:
        """Numbers of the genes of each row: two of a pair, else one."""
        columns = ["gene_a", "gene_b"] if self.of_pairs else ["gene"]
        numbers = pd.Index(self.graph.genes).get_indexer(self.rows[columns].to_numpy(dtype=object).ravel())
        return numbers.reshape(len(self.rows), -1)

    @property
    def is_known(self) -> Bool[np.ndarray, " rows"]:
        """Which rows are known pairs."""
        return (self.rows["negative_kind"] == "known").to_numpy()

    @property
    def has_negatives(self) -> bool:
        return self.of_pairs and self.run.spec.task.name == "link" and not self.is_known.all()

    @property
    def has_two_kinds(self) -> bool:
        """Whether a metric tells known pairs from negatives, or hits from non-hits."""
        return self.of_pairs and bool(self.run.spec.task.negative_kinds)

    def stratum(
        self, name: str, inside: Bool[np.ndarray, " rows"], *, beside: Bool[np.ndarray, " rows"] | None = None
    ) -> Stratum:
        """The part of these rows that is `inside`, measured together with the rows `beside` it."""
        rows = inside if beside is None else inside | beside
        scarcer = int(rows.sum())
        if self.has_two_kinds:
            positive = int((rows & self.rows["negative_kind"].isin(("known", HIT)).to_numpy()).sum())
            scarcer = min(positive, scarcer - positive)
        return Stratum(name, rows, int(inside.sum()), scarcer)


def by_evidence(test: TestRows) -> list[Stratum]:
    """Known pairs by the kind of their evidence, each beside all negatives; a pair of several kinds is in each."""
    if not test.of_pairs or not test.is_known.any():
        return []
    keys = pair_keys(test.graph.pairs, len(test.graph))
    row = pd.Index(keys).get_indexer(pair_keys(np.sort(test.ends, axis=1), len(test.graph)))
    kinds = [str(kind) if at >= 0 else "" for kind, at in zip(test.graph.pair_evidence[row], row, strict=True)]
    known = test.is_known
    names = pd.Series([part for kind in kinds for part in (kind.split(";") if kind else [])]).value_counts()
    strata = []
    for name in [*names.index[:MOST_STRATA], NO_EVIDENCE]:
        of_kind = known & np.array([(name in kind.split(";")) if kind else name == NO_EVIDENCE for kind in kinds])
        strata.append(test.stratum(str(name), of_kind, beside=~known if test.has_negatives else None))
    return strata


def by_partners(test: TestRows) -> list[Stratum]:
    """Rows by how many partners training knew of the gene, of a pair of the gene with fewer."""
    counts = training_partners(test.graph, test.run)[test.ends].min(axis=1)
    place = np.searchsorted(PARTNER_BOUNDS, counts, side="right") - 1
    strata = []
    for number, low in enumerate(PARTNER_BOUNDS):
        last = number + 1 == len(PARTNER_BOUNDS)
        high = None if last else PARTNER_BOUNDS[number + 1] - 1
        words = f"{low} or more" if high is None else str(low) if high == low else f"{low} to {high}"
        strata.append(test.stratum(f"{words} partners", place == number))
    return strata


def training_partners(graph: GeneGraph, run: Run) -> Int64[np.ndarray, " genes"]:
    """How many partners of each gene a run learnt from; all known ones where it is about genes."""
    if "gene_a" not in run.predictions:
        return graph.degree.astype(np.int64)
    table = run.predictions
    learnt = table.loc[(table["part"] == "train") & (table["negative_kind"] == "known"), ["gene_a", "gene_b"]]
    ends = pd.Index(graph.genes).get_indexer(learnt.to_numpy(dtype=object).ravel())
    return np.bincount(ends[ends >= 0], minlength=len(graph))


def by_paralogs(test: TestRows) -> list[Stratum]:
    """Pairs of paralogs and all others, known ones and negatives alike."""
    relation = test.graph.relations.get(PARALOGS)
    if not test.of_pairs or relation is None:
        return []
    keys = pair_keys(np.sort(relation.pairs, axis=1), len(test.graph))
    inside = np.isin(pair_keys(np.sort(test.ends, axis=1), len(test.graph)), keys)
    parts = {"paralogs": inside, "other pairs": ~inside}
    return [test.stratum(name, rows) for name, rows in parts.items()]


def by_screen(test: TestRows) -> list[Stratum]:
    """Tests by the screen that made them."""
    if test.screens is None or not test.of_pairs:
        return []
    tested = np.isin(test.rows["negative_kind"].to_numpy(), TESTED)
    names = pd.Series(test.screens[tested & (test.screens != "")]).value_counts().index[:MOST_STRATA]
    masks = {str(name): tested & (test.screens == name) for name in names}
    return [test.stratum(name, rows) for name, rows in masks.items()]


def by_class(test: TestRows) -> list[Stratum]:
    """Genes by the class that they have."""
    if test.of_pairs or "actual" not in test.rows:
        return []
    names = test.rows["actual"].value_counts().index[:MOST_STRATA]
    masks = {str(name): (test.rows["actual"] == name).to_numpy() for name in names if name != ""}
    return [test.stratum(name, rows) for name, rows in masks.items()]


@dataclass(frozen=True)
class Parting:
    """A way to divide test rows: what a control calls it, what makes it, and what it means."""

    title: str
    make: Callable[[TestRows], list[Stratum]]
    help: str


PARTINGS: Mapping[str, Parting] = {
    "evidence": Parting(
        "Evidence", by_evidence, "known pairs by the kind of their evidence, each beside all negatives"
    ),
    "partners": Parting(
        "Known partners", by_partners, "by how many partners training knew of the gene, of a pair of the one with fewer"
    ),
    "paralogs": Parting("Paralogs", by_paralogs, "pairs of paralogs, and all others"),
    "screen": Parting("Screen", by_screen, "tests by the screen that made them"),
    "class": Parting("Class", by_class, "genes by the class that they have"),
}


def partings_of(test: TestRows) -> dict[str, list[Stratum]]:
    """The strata of every parting that parts these rows into two or more, by its id."""
    made = {name: [stratum for stratum in of.make(test) if stratum.count] for name, of in PARTINGS.items()}
    return {name: strata for name, strata in made.items() if len(strata) > 1}
