"""PairScorer: what scores any pair of genes, and the one that a stored run of a network has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.scorers.all_pairs import all_pair_scores
from slviz.scorers.pair_decoder import PairDecoder

if TYPE_CHECKING:
    from slviz.scorers.tested_pairs import Tests


class PairScorer(Protocol):
    """Scores of pairs, the same whichever gene stands first; NumPy alone, no torch.

    To add a scorer, write one file in `slviz/scorers/` with a frozen dataclass that has these three methods, a
    classmethod that reads it back from the arrays of a stored run, and a method or function that names those arrays.
    A scorer takes arrays, never a `Run`. A model (`slviz.networks.model.Model`) makes it in `fit` and reads it back in
    `scorer`; `slviz.scorers.formula_scorer` is a short example.
    """

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """Score of each pair."""
        ...

    def score_with(self, gene: int) -> Float32[np.ndarray, " genes"]:
        """Score of one gene with every gene; its entry with itself has no meaning."""
        ...

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        """Score of each gene with each, symmetric; the diagonal has no meaning. Memory: 12 bytes a pair of genes."""
        ...


@runtime_checkable
class FollowedScorer(PairScorer, Protocol):
    """A scorer that takes minutes for all pairs and says how far it has come."""

    def all_pairs_told(self, on_share: Callable[[float], None]) -> Float32[np.ndarray, "genes genes"]:
        """`all_pairs`; `on_share` is called with each further share that is done, 1 in all. What it raises ends it."""
        ...


@runtime_checkable
class ExplainedScorer(PairScorer, Protocol):
    """A scorer whose scores are made of sides that can be told apart; the pages then show what each adds."""

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each side adds to the score before its last step, by its name."""
        ...

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if the data set said nothing from that side."""
        ...


@runtime_checkable
class ScreenScorer(PairScorer, Protocol):
    """A scorer of experiments: it reads what screens said of the very pair, and says when it cannot say."""

    def score_after(
        self, tests: Tests, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray
    ) -> Float32[np.ndarray, " pairs"]:
        """The scores if these tests had been there before, too; of each pair without those of one screen [N]."""
        ...

    def possible(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, "pairs 2"]:
        """Whether "hit" (first column) and "no hit" (second) are possible for each pair."""
        ...

    def answers(self, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """One of `slviz.scorers.conformal.ANSWERS` for each pair, text [N]."""
        ...

    def coefficient_table(self) -> dict[str, float]:
        """What one standard deviation of each measure, and one earlier screen, adds to the log-odds; by key."""
        ...

    def earlier(
        self, pairs: Int64[np.ndarray, "pairs 2"]
    ) -> tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"]]:
        """In how many screens that were learnt from each pair was a hit, and tested and none."""
        ...


@dataclass(frozen=True, eq=False)
class DecoderScorer:
    """Scores from two embeddings and the decoder alone."""

    decoder: PairDecoder
    embedding: Float32[np.ndarray, "genes width"]

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return self.decoder.score(self.embedding, pairs)

    def score_with(self, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.decoder.score_with(self.embedding, gene)

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        return all_pair_scores(self.decoder, self.embedding)


def with_every_gene(gene: int, genes: int) -> Int64[np.ndarray, "genes 2"]:
    """One gene paired with each, itself too."""
    others = np.arange(genes)
    return np.stack([np.full_like(others, gene), others], axis=1)
