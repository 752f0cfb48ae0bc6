"""Split: what every protocol has in common, and how a division is filled with negatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from jaxtyping import Float32, Int64

from slviz.choices import Choice, setting
from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.splits.negatives import degree_matched_negatives, pair_keys, random_negatives
from slviz.splits.pair_split import PairSplit

if TYPE_CHECKING:
    from slviz.splits.held_out import HeldOut

VALIDATION_HELP = (
    "Share of the training pairs that is set aside to pick the best epoch and the threshold; "
    "the test pairs are never looked at for that."
)


@dataclass(frozen=True)
class Split(Choice):
    """Which pairs are held out."""

    name: ClassVar[str]
    split_seed: int = setting(
        0, "Seed of the division and of the non-pairs that are drawn for it.", low=0, high=2**31 - 1, advanced=True
    )
    validation_share: float = setting(0.1, VALIDATION_HELP, low=0.01, high=0.5, advanced=True)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Divide the pairs of `graph`; the same settings give the same division."""
        raise NotImplementedError

    def _generator(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.split_seed, purpose])

    def _validation_of(self, training: np.ndarray) -> np.ndarray:
        """Those of the shuffled `training` numbers that are set aside: at least one, never all."""
        if len(training) < 2:
            raise DataError(
                f"Only {len(training)} known pairs are left to learn from; training needs two or more. "
                "Use a data set with more pairs, or hold out fewer."
            )
        return training[: min(max(1, round(len(training) * self.validation_share)), len(training) - 1)]

    def _parts_of_genes(self, genes: int, *, fold: int, folds: int) -> np.ndarray:
        """Text [G]: the part of each gene, for tasks about genes; each gene is tested in one fold."""
        numbers = np.array_split(self._generator(2).permutation(genes), folds)
        others = np.concatenate([each for number, each in enumerate(numbers) if number != fold])
        part = np.full(genes, "train", dtype=object)
        part[numbers[fold]] = "test"
        part[others[: max(1, round(len(others) * self.validation_share))]] = "validation"
        return part


def with_negatives(
    known: Int64[np.ndarray, "known 2"],
    *,
    part: np.ndarray,
    score: Float32[np.ndarray, " known"],
    gene_part: np.ndarray,
    random: np.random.Generator,
    brought: Int64[np.ndarray, "brought 2"] | None = None,
) -> PairSplit:
    """The whole split: known pairs first, then the non-pairs that each part is compared with, 1:1.

    Non-pairs are in no known pair of any part. Every part gets random ones; validation and test get
    degree-matched ones too. `brought` are the user's own non-pairs for the test part.
    """
    genes = len(gene_part)
    avoid = np.unique(pair_keys(known, genes))
    blocks = [(known, part, "known")]
    for each in ("train", "validation", "test"):
        of_part = known[part == each]
        drawn = {"random": random_negatives(random, len(of_part), genes=genes, avoid=avoid)}
        if each != "train":
            drawn["degree-matched"] = degree_matched_negatives(random, of_part, genes=genes, avoid=avoid)
        if each == "test" and brought is not None:
            drawn["file"] = brought
        blocks += [(pairs, np.full(len(pairs), each, dtype=object), against) for against, pairs in drawn.items()]
    rows = sum(len(pairs) for pairs, _, _ in blocks)
    scores = np.full(rows, np.nan, dtype=np.float32)
    scores[: len(known)] = score
    return PairSplit(
        pairs=np.concatenate([pairs for pairs, _, _ in blocks]),
        part=np.concatenate([parts for _, parts, _ in blocks]),
        against=np.concatenate([np.full(len(pairs), against, dtype=object) for pairs, _, against in blocks]),
        actual=(np.arange(rows) < len(known)).astype(np.float32),
        score=scores,
        gene_part=gene_part,
    )
