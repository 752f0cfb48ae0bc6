"""Which things a run learnt from, and with which others a thing is compared that it did not learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from slviz.splits.pair_split import PairSplit

FEWEST_HELD_OUT = 20
"""With fewer held-out things, a percentile among them would jump by 5 % from one to the next."""
SET_ASIDE = 0.2
MOST_REFERENCE = 5_000
"""Things that distances are measured to, at most; more would be drawn at random. 5,000 keep 6,375 genes whole but for
the ones that are held out, and an answer within seconds."""


@dataclass(frozen=True, eq=False)
class Groups:
    """The things of a run by what they are to outlierness. Numbers ascend; no thing is in both.

    Attributes:
        reference: int64 [R], things that the run learnt from; distances are measured to these.
        compared: int64 [C], real things that a measure is not fitted on; a thing's percentile is one among these.
        held_out: whether the run did not learn from `compared` either. Otherwise too few things were held out, and
            `compared` is a fifth of what it learnt from, drawn at random.
        learnt: how many things the run learnt from, those that are set aside left out.
        learns: bool [G], whether the run learnt from a thing.
    """

    reference: Int64[np.ndarray, " reference"]
    compared: Int64[np.ndarray, " compared"]
    held_out: bool
    learnt: int
    learns: Bool[np.ndarray, " genes"]

    @property
    def can_compare(self) -> bool:
        """Whether both groups have things enough for a percentile."""
        return len(self.reference) >= FEWEST_HELD_OUT and len(self.compared) >= FEWEST_HELD_OUT

    @property
    def sentence(self) -> str:
        """What stands for held-out things, for a person."""
        drawn = "" if len(self.reference) == self.learnt else f", {len(self.reference):,} of {self.learnt:,}"
        if self.held_out:
            return (
                f"Measured to the genes that the run learnt from{drawn}; compared with {len(self.compared):,} genes "
                "that it did not learn from."
            )
        return (
            f"The run learnt from nearly every gene, so a fifth of them, {len(self.compared):,} drawn at random, stand "
            f"for held-out ones: the measures are not fitted on these, but the network was. Measured to the "
            f"others{drawn}."
        )


def groups_of(
    split: PairSplit, *, genes: int, labelled: Bool[np.ndarray, " genes"] | None = None, seed: int = 0
) -> Groups:
    """The groups of a run.

    Args:
        split: the run's.
        genes: how many things the data set has.
        labelled: for classes, which things have one; a thing without is neither learnt from nor held out. For runs
            about features, all are. None for a run about pairs, which learnt from the genes of its training pairs;
            held out are then those whose known pairs, or tests, are all in validation or test.
        seed: of what is drawn.
    """
    random = np.random.default_rng([seed, 11])
    learns = np.zeros(genes, dtype=bool)
    learnt, held_out = _of_pairs(split, genes) if labelled is None else _of_genes(split, labelled)
    learns[learnt] = True
    if len(held_out) >= FEWEST_HELD_OUT:
        return Groups(_drawn(learnt, MOST_REFERENCE, random), held_out, True, len(learnt), learns)
    aside = _drawn(learnt, round(SET_ASIDE * len(learnt)), random)
    rest = np.setdiff1d(learnt, aside)
    return Groups(_drawn(rest, MOST_REFERENCE, random), aside, False, len(rest), learns)


def _of_genes(split: PairSplit, labelled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    learnt = labelled & (split.gene_part == "train")
    return np.flatnonzero(learnt), np.flatnonzero(labelled & np.isin(split.gene_part, ("validation", "test")))


def _of_pairs(split: PairSplit, genes: int) -> tuple[np.ndarray, np.ndarray]:
    real = np.isin(split.negative_kind, ("known", "hit", "no hit"))
    learnt = _touched(split, real & (split.part == "train"), genes)
    return np.flatnonzero(learnt), np.flatnonzero(_touched(split, real & (split.part != "train"), genes) & ~learnt)


def _touched(split: PairSplit, rows: np.ndarray, genes: int) -> np.ndarray:
    touched = np.zeros(genes, dtype=bool)
    touched[split.pairs[rows].ravel()] = True
    return touched


def _drawn(numbers: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    if len(numbers) <= most:
        return numbers
    return np.sort(random.choice(numbers, size=most, replace=False))
