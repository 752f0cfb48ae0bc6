"""The protocols `one-new` and `both-new`: genes are held out, and with them all that is known of their pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.datasets import GeneGraph
from slviz.splits.folds import Folded
from slviz.splits.held_out import HeldOut
from slviz.splits.negatives import Pool
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import with_negatives

ADVICE = "Take another fold or split_seed, other folds, or a data set with more pairs."
LEFT_OUT = "left out"


@dataclass(frozen=True)
class NewGenes(Folded):
    """Genes are dealt into folds; those of one fold are unseen, and no pair of theirs is learnt from.

    From the other genes a few are set aside in the same way, and their pairs with the rest validate: so
    the best epoch and the threshold are those for unseen genes too. A pair in neither part is left out.
    """

    unseen_genes_per_pair: ClassVar[int]

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Pairs with exactly `unseen_genes_per_pair` unseen genes are tested.

        Validation pairs have exactly one gene that is set aside and none that is unseen; training pairs
        have neither. The negatives of a part join genes as its pairs do. The part of a gene is "test" where
        it is unseen and "validation" where it is set aside.
        """
        self._refuse_file(held_out)
        gene_part = self._part_of_genes(len(graph))
        part = self._part_of_pairs(gene_part[graph.pairs])
        self._refuse_empty(part, advice=ADVICE)
        kept = part != LEFT_OUT
        return with_negatives(
            graph.pairs[kept],
            part=part[kept],
            score=graph.score[kept],
            gene_part=gene_part,
            random=self._generator(1),
            ratio=self.ratio,
            popularity=Popularity.of(graph),
            left_out=graph.pairs[~kept],
            pools=self._pools(gene_part),
        )

    def _part_of_genes(self, genes: int) -> np.ndarray:
        """Text [G]: "test" for unseen genes, "validation" for those set aside, "train" for the rest.

        As many are set aside as touch `validation_share` of the others' pairs when all have equally many.
        """
        folds = np.array_split(self._generator(0).permutation(genes), self.folds)
        others = np.concatenate([fold for number, fold in enumerate(folds) if number != self.fold])
        part = np.full(genes, "train", dtype=object)
        part[folds[self.fold]] = "test"
        part[others[: max(1, round(len(others) * (1 - np.sqrt(1 - self.validation_share))))]] = "validation"
        return part

    def _part_of_pairs(self, ends: np.ndarray) -> np.ndarray:
        """Text [P] from the parts of both genes [P, 2]."""
        unseen = (ends == "test").sum(axis=1)
        aside = (ends == "validation").sum(axis=1)
        part = np.full(len(ends), LEFT_OUT, dtype=object)
        part[unseen == self.unseen_genes_per_pair] = "test"
        part[(unseen == 0) & (aside == 1)] = "validation"
        part[(unseen == 0) & (aside == 0)] = "train"
        return part

    def _pools(self, gene_part: np.ndarray) -> dict[str, Pool]:
        unseen, aside, learnt = (np.flatnonzero(gene_part == part) for part in ("test", "validation", "train"))
        seen = np.flatnonzero(gene_part != "test")
        return {
            "train": Pool(learnt, learnt),
            "validation": Pool(aside, learnt),
            "test": Pool(unseen, seen if self.unseen_genes_per_pair == 1 else unseen),
        }


@dataclass(frozen=True)
class OneNew(NewGenes):
    """Pairs of a gene that has no known partner in training with one that may: a gene nobody has screened."""

    name: ClassVar[str] = "one-new"
    title: ClassVar[str] = "pairs with one new gene"
    asks: ClassVar[str] = (
        "What would it say of a gene that nobody has screened? One gene of each tested pair has "
        "no known partner in training."
    )
    short: ClassVar[str | None] = "one new gene"
    unseen_genes_per_pair: ClassVar[int] = 1


@dataclass(frozen=True)
class BothNew(NewGenes):
    """Pairs of two genes that have no known partner in training: only interactions and terms can help."""

    name: ClassVar[str] = "both-new"
    title: ClassVar[str] = "pairs of two new genes"
    asks: ClassVar[str] = "And of two such genes? Only their features can help: the hardest test."
    short: ClassVar[str | None] = "two new genes"
    unseen_genes_per_pair: ClassVar[int] = 2
