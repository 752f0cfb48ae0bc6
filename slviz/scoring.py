"""A score for any pair of genes from a finished run, without torch: from its embedding, its trees, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.features.likeness import VIEWS, Likeness
from slviz.runs import Run
from slviz.structure import SeenPairs, StructuralHead
from slviz.tasks import PairDecoder
from slviz.tasks.all_pairs import all_pair_scores, decoder_end

EMBEDDING = "embedding"


class PairScorer(Protocol):
    """Scores of pairs, the same whichever gene stands first."""

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """Score of each pair."""
        ...

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        """Score of one gene with every gene; its entry with itself has no meaning."""
        ...

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        """Score of each gene with each, symmetric; the diagonal has no meaning. Memory: 12 bytes a pair of genes."""
        ...


@dataclass(frozen=True, eq=False)
class EmbeddingScorer:
    """Scores from two embeddings and the decoder alone."""

    decoder: PairDecoder
    embedding: Float32[np.ndarray, "genes width"]

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return self.decoder.score(self.embedding, pairs)

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.decoder.score_against(self.embedding, gene)

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        return all_pair_scores(self.decoder, self.embedding)


@dataclass(frozen=True, eq=False)
class ViewScorer:
    """Scores from a structural head and, where there is one, an embedding.

        raw(a, b) = c + w head(a, b) + v decoder(a, b)

    Attributes:
        head: the trees with the features that they read.
        decoder: of the embedding, giving raw numbers; None for the head alone.
        blend: float64 [3], the numbers c, w and v, fitted on validation pairs.
        bounds: lowest and highest predicted confidence; empty where the score is the logistic of `raw`.
    """

    head: StructuralHead
    decoder: PairDecoder | None
    embedding: Float32[np.ndarray, "genes width"]
    blend: Float64[np.ndarray, 3]
    bounds: Float32[np.ndarray, " bounds"]

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        constant, head, network = self.blend
        return self._finish(constant + head * self.head.raw(pairs) + network * self._raw_of_embedding(pairs))

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        others = np.arange(len(self.embedding))
        return self.score(np.stack([np.full_like(others, gene), others], axis=1))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        constant, head, network = self.blend.astype(np.float32)
        raw = constant + head * self.head.all_pairs()
        if self.decoder is not None:
            raw += network * all_pair_scores(self.decoder, self.embedding)
        return self._finish(raw)

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each view and the embedding add to `raw`, beyond what they add to a typical unlisted pair.

        Exact: the numbers of a pair differ from its `raw` by the same constant for all pairs. The embedding's
        number is told beyond its mean over the pairs that are asked for only by its own intercept, 0.
        """
        adds = self.blend[1] * self.head.by_view(pairs)
        found = {view: adds[:, at] for at, view in enumerate(VIEWS) if view in self.head.features.views}
        if self.decoder is not None:
            found[EMBEDDING] = self.blend[2] * self._raw_of_embedding(pairs)
        return found

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if the data set said nothing from that side: its features are those of an empty relation."""
        constant, head, network = self.blend
        if view == EMBEDDING:
            return self._finish(constant + head * self.head.raw(pairs))
        features = self.head.features.at(pairs)
        features[:, self.head.features.view == VIEWS.index(view)] = 0
        return self._finish(constant + head * self.head.trees.raw(features) + network * self._raw_of_embedding(pairs))

    def _raw_of_embedding(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        if self.decoder is None:
            return np.zeros(len(pairs))
        return self.decoder.score(self.embedding, pairs).astype(np.float64)

    def _finish(self, raw: np.ndarray) -> np.ndarray:
        return decoder_end(raw, self.bounds).astype(np.float32)


def raw_decoder(arrays: Mapping[str, np.ndarray]) -> PairDecoder:
    """The decoder of these arrays, giving raw numbers instead of scores."""
    return PairDecoder({**arrays, "bounds": np.array([-np.inf, np.inf], dtype=np.float32)})


def scorer_of(graph: GeneGraph, run: Run) -> PairScorer:
    """What scores the pairs of a finished run that has a decoder; reads its arrays, the data set and no test pair."""
    arrays = run.decoder
    if "trees.feature" not in arrays:
        return EmbeddingScorer(PairDecoder(arrays), run.embedding)
    seen = SeenPairs(
        genes=len(graph),
        pairs=arrays["seen.pairs"].astype(np.int64),
        score=arrays["seen.score"],
        source=arrays["seen.source"].astype(np.int64),
        sources=("",) * int(arrays["seen.sources"][0]),
    )
    views = tuple(view for at, view in enumerate(VIEWS) if arrays["views"][at])
    head = StructuralHead.from_arrays(arrays, seen=seen, likeness=Likeness.of(graph), views=views)
    decoder = raw_decoder(arrays) if "bilinear" in arrays else None
    return ViewScorer(head, decoder, run.embedding, arrays["blend"], arrays["bounds"])


def arrays_of(scorer: ViewScorer, seen: SeenPairs) -> dict[str, np.ndarray]:
    """What `scorer_of` reads back, beside the decoder's own arrays."""
    return {
        **scorer.head.arrays(),
        "blend": scorer.blend,
        "bounds": scorer.bounds,
        "views": np.array([view in scorer.head.features.views for view in VIEWS]),
        "seen.pairs": seen.pairs.astype(np.int32),
        "seen.score": seen.score.astype(np.float32),
        "seen.source": seen.source.astype(np.int32),
        "seen.sources": np.array([len(seen.sources)], dtype=np.int32),
    }
