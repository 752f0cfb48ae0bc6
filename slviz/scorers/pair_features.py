"""PairFeatures: numbers that describe a pair of genes, seen from several sides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32, Int64

from slviz.scorers.seen_pairs import SeenPairs
from slviz.scorers.similarity import Similarity
from slviz.scorers.views import VIEWS
from slviz.scorers.views.seen_graph import SeenGraph

COMMON = ""
"""The view of the features that every view may look at: how many partners both genes have."""
BLOCK = 512


class PairFeatures:
    """What seen pairs and the similarity of genes say of any pair of genes. G genes, F features.

    A feature of two genes is the same whichever stands first. Features of one gene come twice: of the gene
    with more seen partners ("busier"), then of the other. Nothing is told of a pair that is not seen but by
    other pairs; so features of a seen pair must come from seen pairs without it.

    Args:
        seen: the pairs that may be read.
        similarity: of the same genes.
        views: which of `VIEWS` are looked at, in their order.
        low_rank: `low_rank` of features made before; computed when left out.
        share: which share of a gene's training pairs is seen. Counts are divided by it, so that features of an
            inner fold mean what they mean once all training pairs are seen: trees tell hubs by their counts.

    Attributes:
        names: of the features; first those of pairs, then those of single genes, either view by view.
        view: text [F], which of `VIEWS` each belongs to, or `COMMON`.
        low_rank: what the views made of the seen pairs at some cost, by name.
    """

    def __init__(
        self,
        seen: SeenPairs,
        similarity: Similarity,
        *,
        views: tuple[str, ...] | None = None,
        low_rank: Mapping[str, np.ndarray] | None = None,
        share: float = 1.0,
    ) -> None:
        self.genes = seen.genes
        self.views = tuple(VIEWS) if views is None else views
        self._content = {name: similarity.content[name] for name in self.views if name in similarity.content}
        self._seen = SeenGraph(seen, share=share)
        self._seen.arrays = self._arrays() if low_rank is None else dict(low_rank)
        order = np.lexsort((np.arange(self.genes), similarity.interactions, self._seen.degree))
        self._busy = np.empty(self.genes, dtype=np.int64)
        self._busy[order] = np.arange(self.genes)
        self._of_genes = self._gene_features()
        pair_names = [(feature, name) for name in self._content for feature in VIEWS[name].pair_names]
        gene_names = [(f"{end} gene: {name}", view) for name, view, _ in self._of_genes for end in ("busier", "other")]
        self._pair_columns = len(pair_names)
        self.names = tuple(name for name, _ in pair_names + gene_names)
        self.view = np.array([view for _, view in pair_names + gene_names], dtype=object)

    @property
    def low_rank(self) -> dict[str, np.ndarray]:
        return self._seen.arrays

    def at(self, pairs: Int64[np.ndarray, "rows 2"]) -> Float32[np.ndarray, "rows features"]:
        """Features of each pair; memory for 512 genes with every gene besides."""
        features = np.empty((len(pairs), len(self.names)), dtype=np.float32)
        order = np.argsort(pairs[:, 0], kind="stable")
        first, place = np.unique(pairs[order, 0], return_inverse=True)
        for start in range(0, len(first), BLOCK):
            low, high = np.searchsorted(place, (start, start + BLOCK))
            rows = order[low:high]
            for column, block in enumerate(self._blocks(first[start : start + BLOCK])):
                features[rows, column] = block[place[low:high] - start, pairs[rows, 1]]
        self._fill_ends(features, pairs[:, 0], pairs[:, 1])
        return features

    def columns(self, start: int, stop: int) -> Float32[np.ndarray, "features block rest"]:
        """Features of the genes from `start` up to `stop` with every gene from `start` on: 4 F G bytes a gene."""
        features = np.empty((len(self.names), stop - start, self.genes - start), dtype=np.float32)
        for column, blocks in enumerate(self._blocks(np.arange(start, stop))):
            features[column] = blocks[:, start:]
        one, other = np.arange(start, stop)[:, None], np.arange(start, self.genes)[None]
        self._fill_ends(np.moveaxis(features, 0, -1), *np.broadcast_arrays(one, other))
        return features

    @property
    def of_pairs(self) -> int:
        """How many features are of pairs; they come first."""
        return self._pair_columns

    def pair_columns(self, start: int, stop: int) -> Float32[np.ndarray, "features block rest"]:
        """`columns` without the features of single genes."""
        features = np.empty((self._pair_columns, stop - start, self.genes - start), dtype=np.float32)
        for column, blocks in enumerate(self._blocks(np.arange(start, stop))):
            features[column] = blocks[:, start:]
        return features

    def ends(self, start: int, stop: int) -> tuple[Int64[np.ndarray, "block rest"], Int64[np.ndarray, "block rest"]]:
        """The busier and the other gene of each pair in `columns`, int32."""
        one, other = np.arange(start, stop, dtype=np.int32)[:, None], np.arange(start, self.genes, dtype=np.int32)[None]
        swapped = self._busy[one] < self._busy[other]
        return np.where(swapped, other, one), np.where(swapped, one, other)

    def gene_values(self) -> Float32[np.ndarray, "gene_features genes"]:
        """The features of single genes; each is in two columns, of the busier gene and then of the other."""
        values = [value for _, _, value in self._of_genes]
        return np.stack(values) if values else np.empty((0, self.genes), dtype=np.float32)

    def _blocks(self, of: Int64[np.ndarray, " block"]) -> list[np.ndarray]:
        """Every feature of pairs, of these genes with every gene, [block, G] each, in the order of `names`."""
        own = self._seen.adjacency[of].toarray()
        return [
            block
            for name, content in self._content.items()
            for block in VIEWS[name].pair_features(content, self._seen, of, own)
        ]

    def _fill_ends(self, features: np.ndarray, one: np.ndarray, other: np.ndarray) -> None:
        """The features of single genes, into the last columns."""
        swapped = self._busy[one] < self._busy[other]
        busier, quieter = np.where(swapped, other, one), np.where(swapped, one, other)
        column = self._pair_columns
        for _, _, value in self._of_genes:
            features[..., column] = value[busier]
            features[..., column + 1] = value[quieter]
            column += 2

    def _arrays(self) -> dict[str, np.ndarray]:
        return {name: array for view in self.views for name, array in VIEWS[view].arrays(self._seen).items()}

    def _gene_features(self) -> list[tuple[str, str, Float32[np.ndarray, " genes"]]]:
        """Name, view and value [G] of each feature of a single gene."""
        counts = [("partners", COMMON, self._seen.full_degree)]
        for view, content in self._content.items():
            counts += [(name, view, count) for name, count in VIEWS[view].gene_features(content, self._seen)]
        return [(name, view, np.log1p(count).astype(np.float32)) for name, view, count in counts]
