"""BlendScorer: trees over pair features and, where there is one, an embedding, each counted as validation pairs say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import MEASURES
from slviz.scorers.all_pairs import all_pair_scores, decoder_end
from slviz.scorers.bench_scorer import BenchScorer
from slviz.scorers.head import GENES_AT_ONCE, StructuralHead
from slviz.scorers.pair_decoder import PairDecoder
from slviz.scorers.pair_scorer import with_every_gene
from slviz.scorers.seen_pairs import SeenPairs
from slviz.scorers.shapley import shapley_values
from slviz.scorers.similarity import Similarity
from slviz.scorers.stored_arrays import below, pack_names, stored, unpack_names
from slviz.scorers.views import VIEWS

EMBEDDING = "embedding"
BLEND, OLD_BLEND = "blend.", "blend"
CONSTANT, OF_EMBEDDING, OF_PART = f"{BLEND}constant", f"{BLEND}embedding", f"{BLEND}part "
ROWS_AT_ONCE = 256
OF_MEASURES = "measures"
"""What the measures of a pair are called among the parts."""
OLD_VIEWS = ("partners", "co_publication", "interactions", "terms", "location")
"""The order in which runs until November 2026 store which views they look at."""


@dataclass(frozen=True)
class Blend:
    """How much each side of a score counts, fitted on validation pairs.

    Attributes:
        constant: what every pair has.
        embedding: of the decoder's raw number; 0 without an embedding.
        parts: of each part of the structural head, by `StructuralHead.part_names`; and `OF_MEASURES`, where measures
            of a pair count.
    """

    constant: float
    embedding: float
    parts: Mapping[str, float]

    def of(self, names: Iterable[str]) -> Float64[np.ndarray, " parts"]:
        """The numbers of these parts; raises `DamagedRun` for a part that has none."""
        try:
            return np.array([self.parts[name] for name in names], dtype=np.float64)
        except KeyError as error:
            raise DamagedRun(f"The scores of this run say nothing of {error}. Train the run again.") from error

    def arrays(self) -> dict[str, np.ndarray]:
        """Each number under its own name, float64 [1]."""
        numbers = {CONSTANT: self.constant, OF_EMBEDDING: self.embedding}
        numbers |= {f"{OF_PART}{name}": number for name, number in self.parts.items()}
        return {name: np.array([number], dtype=np.float64) for name, number in numbers.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], *, part_names: tuple[str, ...]) -> Blend:
        """The blend of a stored run. Runs until November 2026 hold one array: constant, embedding, parts in order."""
        if OLD_BLEND in arrays:
            constant, of_embedding, *of_parts = arrays[OLD_BLEND].tolist()
            if len(of_parts) != len(part_names):
                raise DamagedRun("The scores of this run do not fit its views. Train the run again.")
            return cls(constant, of_embedding, dict(zip(part_names, of_parts, strict=True)))
        of_parts = {name: float(array[0]) for name, array in below(arrays, OF_PART).items()}
        return cls(float(stored(arrays, CONSTANT)[0]), float(stored(arrays, OF_EMBEDDING)[0]), of_parts)


@dataclass(frozen=True, eq=False)
class BlendScorer:
    """Scores from a structural head and, where there is one, an embedding.

        raw(a, b) = c + v decoder(a, b) + Σ w_i part_i(a, b)    over the parts of the head, and the sum of measures

    Attributes:
        head: the trees with the features that they read.
        decoder: of the embedding, giving raw numbers; None for the head alone.
        blend: the numbers c, v and w.
        bounds: lowest and highest predicted confidence; empty where the score is the logistic of `raw`.
        measures: the weighed measures of a pair, for experiments; None where none are read.
    """

    head: StructuralHead
    decoder: PairDecoder | None
    embedding: Float32[np.ndarray, "genes width"]
    blend: Blend
    bounds: Float32[np.ndarray, " bounds"]
    measures: BenchScorer | None = None

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        return self._finish(self._beside_head(pairs) + self.head.parts(pairs) @ self._of_parts)

    def score_with(self, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.score(with_every_gene(gene, len(self.embedding)))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        return self.all_pairs_told(lambda share: None)

    def all_pairs_told(self, on_share: Callable[[float], None]) -> Float32[np.ndarray, "genes genes"]:
        """`all_pairs`; `on_share` is called with each further share of the genes that the trees have scored."""
        raw = self.head.all_pairs(self._of_parts, on_share=on_share)
        raw += np.float32(self.blend.constant)
        if self.decoder is not None:
            of_embedding = all_pair_scores(self.decoder, self.embedding)
            of_embedding *= np.float32(self.blend.embedding)
            raw += of_embedding
            del of_embedding
        for pairs in self._blocks_of_measures():
            of_measures = self._of_measures(pairs).astype(np.float32)
            raw[pairs[:, 0], pairs[:, 1]] += of_measures
            raw[pairs[:, 1], pairs[:, 0]] += of_measures
        for start in range(0, len(raw), ROWS_AT_ONCE):  # in place: what is made on the way takes no more than a block
            block = raw[start : start + ROWS_AT_ONCE]
            block[:] = self._finish(block)
        return raw

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each view and the embedding add to `raw`.

        The number of a view is its Shapley value: what it adds to `raw` when the views are told one after
        another, over all their orders. All numbers of a pair and its `raw` with every view hidden and no
        embedding add up to its `raw`.
        """
        features = self.head.features.at(pairs)
        views = set(self.head.features.views)
        adds = shapley_values(
            self.head.features.views,
            lambda known_views: self.head.parts_of(features, hidden=views - known_views) @ self._of_parts,
        )
        if self.decoder is not None:
            adds[EMBEDDING] = self.blend.embedding * self._raw_of_embedding(pairs)
        if self.measures is not None:
            of_measures = self.blend.parts[OF_MEASURES] * self.measures.parts(pairs)
            adds |= {MEASURES[key].label: of_measures[:, at] for at, key in enumerate(self.measures.keys)}
        return adds

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if the data set said nothing from that side: its features are those of an empty relation."""
        beside = self._beside_head(pairs)
        if view == EMBEDDING:
            beside = beside - self.blend.embedding * self._raw_of_embedding(pairs)
        elif view not in self.head.features.views:
            beside = beside - self.by_view(pairs)[view]
        hidden = [view] if view in self.head.features.views else []
        return self._finish(beside + self.head.parts(pairs, hidden=hidden) @ self._of_parts)

    @property
    def _of_parts(self) -> Float64[np.ndarray, " parts"]:
        return self.blend.of(self.head.part_names)

    def _beside_head(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """The constant and what the embedding and the measures add."""
        of_network = self.blend.constant + self.blend.embedding * self._raw_of_embedding(pairs)
        return of_network if self.measures is None else of_network + self._of_measures(pairs)

    def _of_measures(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        assert self.measures is not None, "nothing asks for measures that are not there"
        return self.blend.parts[OF_MEASURES] * self.measures.as_new(pairs)

    def _blocks_of_measures(self) -> Iterator[np.ndarray]:
        """Every pair of different genes once, int64 [block, 2], smaller number first; none without measures."""
        genes = len(self.embedding)
        for first in range(0, genes if self.measures is not None else 0, GENES_AT_ONCE):
            block = np.arange(first, min(first + GENES_AT_ONCE, genes))
            one, other = np.nonzero(block[:, None] < np.arange(genes))
            yield np.stack([block[one], other], axis=1)

    def _raw_of_embedding(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        if self.decoder is None:
            return np.zeros(len(pairs))
        return self.decoder.score(self.embedding, pairs).astype(np.float64)

    def _finish(self, raw: np.ndarray) -> np.ndarray:
        return decoder_end(raw, self.bounds).astype(np.float32)

    def arrays(self, seen: SeenPairs) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back, beside the decoder's own arrays; `seen` are the training pairs."""
        return {
            **self.head.arrays(),
            **self.blend.arrays(),
            "bounds": self.bounds,
            "views": pack_names(self.head.features.views),
            **seen.arrays(),
            **({} if self.measures is None else self.measures.arrays()),
        }

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, np.ndarray],
        *,
        embedding: Float32[np.ndarray, "genes width"],
        similarity: Similarity,
        knowledge: PairKnowledge | None = None,
    ) -> BlendScorer:
        """The scorer of a stored run; raises `DamagedRun` where an array is not there.

        `knowledge` is where measures of pairs are looked up; None where the run reads none.
        """
        seen = SeenPairs.from_arrays(arrays, genes=len(embedding))
        head = StructuralHead.from_arrays(arrays, seen=seen, similarity=similarity, views=_views(arrays))
        decoder = raw_decoder(arrays) if "bilinear" in arrays else None
        blend = Blend.from_arrays(arrays, part_names=head.part_names)
        measures = None
        if f"{OF_PART}{OF_MEASURES}" in arrays:
            assert knowledge is not None, "who reads such a run gives its data set"
            measures = BenchScorer.from_arrays(arrays, knowledge=knowledge, calibrated=False)
        return cls(head, decoder, embedding, blend, stored(arrays, "bounds"), measures)


def raw_decoder(arrays: Mapping[str, np.ndarray]) -> PairDecoder:
    """The decoder of these arrays, giving raw numbers instead of scores."""
    return PairDecoder({**arrays, "bounds": np.array([-np.inf, np.inf], dtype=np.float32)})


def _views(arrays: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """The views that a stored run looks at."""
    array = stored(arrays, "views")
    if array.dtype != bool:
        views = unpack_names(array)
        if unknown := [view for view in views if view not in VIEWS]:
            raise DamagedRun(
                f"This run looks at pairs from the side '{unknown[0]}', which this version of slviz does not know. "
                "Open it with the version that wrote it, or train it again."
            )
        return views
    if len(array) != len(OLD_VIEWS):
        raise DamagedRun("The arrays of this run name other views than there were. Train the run again.")
    return tuple(view for view, is_looked_at in zip(OLD_VIEWS, array.tolist(), strict=True) if is_looked_at)
