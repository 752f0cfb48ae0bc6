"""Training and validation of a file of held-out pairs, so that they ask inside what the file asks outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.splits.hidden_genes import ALL_SEEN, Shares, count_unseen, hide_genes
from slviz.splits.negatives import Pool
from slviz.splits.pair_split import POPULARITY_MATCHED, PairSplit
from slviz.splits.popularity import Popularity, popularity_matched_negatives
from slviz.splits.split import with_negatives

if TYPE_CHECKING:
    from slviz.splits.held_out import HeldOut

MOST_TOUCHED = 0.3
"""At most so large a share of the known pairs has a gene that validation hides; these pairs are not learnt from."""

ENOUGH = 300
"""So many pairs validate where genes are hidden for it: more would cost training more genes than they are worth."""


@dataclass(frozen=True, eq=False)
class LikeTheFile:
    """What is divided, and how.

    Attributes:
        graph: the data set.
        held_out: the user's files.
        known: rows of the known pairs that no file withholds.
        shares: of the validation pairs with none, one and two genes that training does not know.
        share: of the known pairs that validate, where no file says which.
        ratio: negatives of each kind for each pair of validation.
        random: where chance comes from.
    """

    graph: GeneGraph
    held_out: HeldOut
    known: Int64[np.ndarray, " known"]
    shares: Shares
    share: float
    ratio: int
    random: np.random.Generator

    def divide(self, whole: PairSplit) -> PairSplit:
        """The split with the test part of `whole`; its popularity-matched negatives join genes as its pairs do."""
        training, validation, score = self._parts()
        if len(training) < 2:
            raise DataError(
                "Training needs two known pairs or more that no file withholds; these files leave "
                f"{len(training)}. Use a data set with more pairs, or hold out fewer."
            )
        tested = np.flatnonzero((whole.part == "test") & (whole.negative_kind != POPULARITY_MATCHED))
        pieces = [_rows_of(whole, tested)]
        learnt = self._learnt_genes(training, validation)
        for pairs, of_score, pool in self._groups(validation, score, training, learnt):
            pieces.append(self._piece(pairs, of_score, "validation", pool, pieces))
        everyone = np.flatnonzero(learnt)
        of_training = self.graph.pairs[training]
        pieces.append(self._piece(of_training, self.graph.score[training], "train", Pool(everyone, everyone), pieces))
        if self.held_out.learnt_negatives is not None:
            pieces.append(_own_negatives(self.held_out.learnt_negatives, whole.gene_part))
        return _joined([*pieces, *self._popularity_matched(whole, of_training, pieces)])

    def _parts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the training pairs, validation pairs [V, 2] and their scores [V]."""
        held_out, pairs = self.held_out, self.graph.pairs[self.known]
        if held_out.validation is not None:
            assert held_out.validation_score is not None, "read with the pairs"
            return self.known, held_out.validation, held_out.validation_score
        wanted = max(1, round(len(pairs) * self.share))
        shares = self.shares
        if shares != ALL_SEEN:
            wanted = min(wanted, ENOUGH)
        hidden = None
        while hidden is None:
            where = {"genes": len(self.graph), "wanted": wanted, "most_touched": MOST_TOUCHED}
            hidden = hide_genes(self.random, pairs, shares=shares, **where)
            if hidden is None and shares == ALL_SEEN:
                raise DataError("Too few known pairs are left to validate with; use a data set with more.")
            shares = ALL_SEEN if hidden is None else shares  # too few pairs to hide a gene: as if all were known
        rows = self.known[np.concatenate(hidden.predicted)]
        return self.known[hidden.seen], self.graph.pairs[rows], self.graph.score[rows]

    def _learnt_genes(self, training: np.ndarray, validation: np.ndarray) -> np.ndarray:
        """Bool [G]: genes that neither validation nor the file asks about as unseen ones."""
        learnt = np.ones(len(self.graph), dtype=bool)
        seen = np.zeros(len(self.graph), dtype=bool)
        seen[self.graph.pairs[training]] = True
        for pairs in (validation, self.held_out.pairs):
            learnt[pairs[~seen[pairs]]] = False
        return learnt

    def _groups(
        self,
        pairs: Int64[np.ndarray, "pairs 2"],
        score: Float32[np.ndarray, " pairs"],
        training: Int64[np.ndarray, " training"],
        learnt: np.ndarray,
    ) -> list[tuple[np.ndarray, np.ndarray, Pool]]:
        """Validation pairs by how many unseen genes they have, with the genes that their negatives join."""
        unseen = count_unseen(pairs, self.graph.pairs[training], genes=len(self.graph))
        seen = np.zeros(len(self.graph), dtype=bool)
        seen[self.graph.pairs[training]] = True
        aside, rest = np.unique(pairs[~seen[pairs]]), np.flatnonzero(learnt)
        pools = (Pool(rest, rest), Pool(aside, rest), Pool(aside, aside))
        groups = ((pairs[unseen == kind], score[unseen == kind], pool) for kind, pool in enumerate(pools))
        return [group for group in groups if len(group[0])]

    def _piece(
        self, pairs: np.ndarray, score: np.ndarray, part: str, pool: Pool, earlier: list[PairSplit]
    ) -> PairSplit:
        """Known pairs of one part with their negatives, none of which is in an earlier piece or known to anybody."""
        avoid = [self.graph.pairs, self.held_out.withheld, *(piece.pairs for piece in earlier)]
        return with_negatives(
            pairs,
            part=np.full(len(pairs), part, dtype=object),
            score=score,
            gene_part=earlier[0].gene_part,
            random=self.random,
            ratio=self.ratio,
            left_out=np.concatenate(avoid),
            pools={part: pool},
            popularity=Popularity.of(self.graph) if part != "train" else None,
        )

    def _popularity_matched(
        self, whole: PairSplit, training: Int64[np.ndarray, "pairs 2"], earlier: list[PairSplit]
    ) -> list[PairSplit]:
        """Popularity-matched negatives of the test part, with as many unseen genes as the pair that each stands for."""
        popularity = Popularity.of(self.graph)
        if popularity is None:
            return []
        genes = len(self.graph)
        seen = np.zeros(genes, dtype=bool)
        seen[training] = True
        tested = np.tile(self.held_out.pairs, (self.ratio, 1))
        unseen = count_unseen(tested, training, genes=genes)
        new, rest = np.unique(tested[~seen[tested]]), np.flatnonzero(seen)
        pieces: list[PairSplit] = []
        for kind, pool in enumerate((Pool(rest, rest), Pool(new, rest), Pool(new, new))):
            others = [piece.pairs for piece in (*earlier[1:], *pieces)]
            taken = np.concatenate([self.graph.pairs, self.held_out.withheld, *others])
            pairs = popularity_matched_negatives(
                self.random,
                tested[unseen == kind],
                popularity=popularity,
                avoid=np.unique(pair_keys(taken, genes)),
                pool=pool,
            )
            pieces.append(_negatives(pairs, "test", POPULARITY_MATCHED, whole.gene_part))
        return pieces


def _rows_of(split: PairSplit, rows: Int64[np.ndarray, " rows"]) -> PairSplit:
    return PairSplit(
        pairs=split.pairs[rows],
        part=split.part[rows],
        negative_kind=split.negative_kind[rows],
        actual=split.actual[rows],
        score=split.score[rows],
        gene_part=split.gene_part.copy(),
    )


def _negatives(pairs: Int64[np.ndarray, "pairs 2"], part: str, negative_kind: str, gene_part: np.ndarray) -> PairSplit:
    return PairSplit(
        pairs=pairs,
        part=np.full(len(pairs), part, dtype=object),
        negative_kind=np.full(len(pairs), negative_kind, dtype=object),
        actual=np.zeros(len(pairs), dtype=np.float32),
        score=np.full(len(pairs), np.nan, dtype=np.float32),
        gene_part=gene_part.copy(),
    )


def _own_negatives(pairs: Int64[np.ndarray, "pairs 2"], gene_part: np.ndarray) -> PairSplit:
    """The user's own negatives of the training part."""
    return _negatives(pairs, "train", "file", gene_part)


def _joined(pieces: list[PairSplit]) -> PairSplit:
    """All pieces in one: known pairs first, then negatives, popularity-matched ones last."""
    columns = {
        name: np.concatenate([getattr(piece, name) for piece in pieces])
        for name in ("pairs", "part", "negative_kind", "actual", "score")
    }
    place = np.where(
        columns["negative_kind"] == "known", 0, np.where(columns["negative_kind"] == POPULARITY_MATCHED, 2, 1)
    )
    order = np.argsort(place, kind="stable")
    return PairSplit(**{name: column[order] for name, column in columns.items()}, gene_part=pieces[0].gene_part.copy())
