"""A score for any pair of genes from a finished run, without torch: from its embedding, its trees, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.baselines.structural import BLOCK, TrainingGraph, structural_rows, structural_score
from slviz.datasets import GeneGraph
from slviz.features.likeness import VIEWS, Likeness
from slviz.networks.baselines import Baseline
from slviz.runs import Run
from slviz.structure import SeenPairs, StructuralHead
from slviz.structure.shapley import shapley_values
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

        raw(a, b) = c + v decoder(a, b) + Σ w_i part_i(a, b)    over the parts of the head

    Attributes:
        head: the trees with the features that they read.
        decoder: of the embedding, giving raw numbers; None for the head alone.
        blend: float64 [2 + parts], the numbers c, v and w, fitted on validation pairs.
        bounds: lowest and highest predicted confidence; empty where the score is the logistic of `raw`.
    """

    head: StructuralHead
    decoder: PairDecoder | None
    embedding: Float32[np.ndarray, "genes width"]
    blend: Float64[np.ndarray, " numbers"]
    bounds: Float32[np.ndarray, " bounds"]

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return self._finish(self._of_network(pairs) + self.head.parts(pairs) @ self.blend[2:])

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        others = np.arange(len(self.embedding))
        return self.score(np.stack([np.full_like(others, gene), others], axis=1))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        raw = self.head.all_pairs(self.blend[2:])
        raw += np.float32(self.blend[0])
        if self.decoder is not None:
            raw += np.float32(self.blend[1]) * all_pair_scores(self.decoder, self.embedding)
        return self._finish(raw)

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each view and the embedding add to `raw`.

        The number of a view is its Shapley value: what it adds to `raw` when the views are told one after
        another, over all their orders. All numbers of a pair and its `raw` with every view hidden and no
        embedding add up to its `raw`.
        """
        features = self.head.features.at(pairs)
        found = shapley_values(
            self.head.features.views,
            lambda told: self.head.parts_of(features, hidden=set(self.head.features.views) - told) @ self.blend[2:],
        )
        if self.decoder is not None:
            found[EMBEDDING] = self.blend[1] * self._raw_of_embedding(pairs)
        return found

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if the data set said nothing from that side: its features are those of an empty relation."""
        if view == EMBEDDING:
            return self._finish(self.blend[0] + self.head.parts(pairs) @ self.blend[2:])
        return self._finish(self._of_network(pairs) + self.head.parts(pairs, hidden=[view]) @ self.blend[2:])

    def _of_network(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """The constant and what the embedding adds."""
        return self.blend[0] + self.blend[1] * self._raw_of_embedding(pairs)

    def _raw_of_embedding(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        if self.decoder is None:
            return np.zeros(len(pairs))
        return self.decoder.score(self.embedding, pairs).astype(np.float64)

    def _finish(self, raw: np.ndarray) -> np.ndarray:
        return decoder_end(raw, self.bounds).astype(np.float32)


@dataclass(frozen=True, eq=False)
class FormulaScorer:
    """Scores from one structural formula s over the training pairs.

        raw(a, b) = c + w arsinh(s(a, b))

    The area hyperbolic sine is a logarithm for large numbers, and orders pairs as s does.

    Attributes:
        formula: name of the score in `slviz.baselines`.
        graph: of the training pairs.
        touching: how many interactions each gene has, for the formula that multiplies them.
        blend: float64 [2], the numbers c and w, fitted on validation pairs.
        bounds: as in `ViewScorer`.
    """

    formula: str
    graph: TrainingGraph
    touching: Float32[np.ndarray, " genes"] | None
    blend: Float64[np.ndarray, 2]
    bounds: Float32[np.ndarray, " bounds"]

    @classmethod
    def of(
        cls,
        graph: GeneGraph,
        formula: str,
        pairs: Int64[np.ndarray, "pairs 2"],
        *,
        blend: np.ndarray,
        bounds: np.ndarray,
    ) -> FormulaScorer:
        """The scorer over these training pairs of `graph`."""
        touching = None
        if graph.interactions is not None:
            touching = np.bincount(graph.interactions.ravel(), minlength=len(graph)).astype(np.float32)
        return cls(formula, TrainingGraph(pairs, len(graph)), touching, blend, bounds)

    def raw(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair; that of a training pair as if it were none."""
        if self.touching is not None and self.formula == "PPI degree product":
            found = self.touching[pairs].prod(axis=1)
        else:
            found = structural_score(self.formula, self.graph, pairs)
        return self.blend[0] + self.blend[1] * np.arcsinh(found.astype(np.float64))

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return decoder_end(self.raw(pairs), self.bounds).astype(np.float32)

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        others = np.arange(self.graph.genes)
        return self.score(np.stack([np.full_like(others, gene), others], axis=1))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        genes = self.graph.genes
        if self.touching is not None and self.formula == "PPI degree product":
            found = self.touching[:, None] * self.touching
        else:
            rows = structural_rows(self.graph)[self.formula]
            found = np.concatenate([rows(at, min(at + BLOCK, genes)) for at in range(0, genes, BLOCK)])
        raw = np.float32(self.blend[0]) + np.float32(self.blend[1]) * np.arcsinh(found)
        return decoder_end(raw, self.bounds).astype(np.float32)


def raw_decoder(arrays: Mapping[str, np.ndarray]) -> PairDecoder:
    """The decoder of these arrays, giving raw numbers instead of scores."""
    return PairDecoder({**arrays, "bounds": np.array([-np.inf, np.inf], dtype=np.float32)})


def needs_graph(run: Run) -> bool:
    """Whether scores of this run need its data set beside its embedding."""
    return "seen.pairs" in run.decoder


def scorer_of(graph: GeneGraph | None, run: Run) -> PairScorer:
    """What scores the pairs of a finished run that has a decoder; reads its arrays, the data set and no test pair.

    `graph` may be None where `needs_graph` says so.
    """
    arrays = run.decoder
    if graph is None or not needs_graph(run):
        return EmbeddingScorer(PairDecoder(arrays), run.embedding)
    if isinstance(run.spec.network, Baseline) and run.spec.network.formula:
        pairs = arrays["seen.pairs"].astype(np.int64)
        formula = run.spec.network.formula
        return FormulaScorer.of(graph, formula, pairs, blend=arrays["blend"], bounds=arrays["bounds"])
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


def formula_arrays(scorer: FormulaScorer, seen: SeenPairs) -> dict[str, np.ndarray]:
    """What `scorer_of` reads back."""
    return {"blend": scorer.blend, "bounds": scorer.bounds, "seen.pairs": seen.pairs.astype(np.int32)}


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
