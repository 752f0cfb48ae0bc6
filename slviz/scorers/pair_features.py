"""PairFeatures: numbers that describe a pair of genes, seen from several sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Int64

from slviz.features.likeness import VIEWS, Likeness, row_shares
from slviz.scorers.low_rank import leading_pairs
from slviz.scorers.seen_pairs import SeenPairs

COMMON = -1
"""The view of the features that every view may look at: how many partners both genes have."""
BLOCK = 512
PATHS = "paths of length three"
LOW_RANK, BY_DEGREE = "approximated", "approximated by degree"
RANKS = {LOW_RANK: 16, BY_DEGREE: 32}


class PairFeatures:
    """What seen pairs and the likeness of genes say of any pair of genes. G genes, F features.

    A feature of two genes is the same whichever stands first. Features of one gene come twice: of the gene
    with more seen partners ("busier"), then of the other. Nothing is told of a pair that is not seen but by
    other pairs; so features of a seen pair must come from seen pairs without it.

    Args:
        seen: the pairs that may be read.
        likeness: of the same genes.
        views: which of `VIEWS` are looked at.
        low_rank: `low_rank` of features made before; computed when left out.
        share: which share of a gene's training pairs is seen. Counts are divided by it, so that features of an
            inner fold mean what they mean once all training pairs are seen: trees tell hubs by their counts.

    Attributes:
        names: of the features.
        view: int64 [F], which of `VIEWS` each belongs to, or `COMMON`.
    """

    def __init__(
        self,
        seen: SeenPairs,
        likeness: Likeness,
        *,
        views: tuple[str, ...] = VIEWS,
        low_rank: Mapping[str, np.ndarray] | None = None,
        share: float = 1.0,
    ) -> None:
        self.genes = seen.genes
        self.views = views
        a, b = seen.pairs.T
        both = (np.r_[a, b], np.r_[b, a])
        shape = (self.genes, self.genes)
        self._seen = sp.csr_array((np.ones(2 * len(a), dtype=np.float32), both), shape=shape)
        self._degree = np.diff(self._seen.indptr).astype(np.float32)
        self._share = np.float32(share)
        root = sp.diags_array(np.maximum(self._degree, 1) ** np.float32(-0.5))
        self._by_root = sp.csr_array(root @ self._seen @ root)
        self._likeness = likeness
        self._score = sp.csr_array((np.r_[seen.score, seen.score].astype(np.float32), both), shape=shape)
        sources = len(seen.sources) + 1
        ends = seen.pairs.ravel() * sources + np.repeat(seen.source, 2)
        self._by_source = np.bincount(ends, minlength=self.genes * sources).reshape(self.genes, sources)
        self._by_source = self._by_source.astype(np.float32)
        self._interacting = row_shares(likeness.interactions)
        touching = np.zeros(self.genes) if likeness.interactions is None else np.diff(likeness.interactions.indptr)
        order = np.lexsort((np.arange(self.genes), touching, self._degree))
        self._busy = np.empty(self.genes, dtype=np.int64)
        self._busy[order] = np.arange(self.genes)
        self.low_rank = self._low_rank() if low_rank is None else dict(low_rank)
        self._of_genes = self._gene_features()
        pair_names = [(name, view) for name, view, _ in self._pair_features]
        gene_names = [(f"{end} gene: {name}", view) for name, view, _ in self._of_genes for end in ("busier", "other")]
        self.names = tuple(name for name, _ in pair_names + gene_names)
        self.view = np.array([view for _, view in pair_names + gene_names], dtype=np.int64)

    def at(self, pairs: Int64[np.ndarray, "rows 2"]) -> Float32[np.ndarray, "rows features"]:
        """Features of each pair; memory for 512 genes with every gene besides."""
        found = np.empty((len(pairs), len(self.names)), dtype=np.float32)
        order = np.argsort(pairs[:, 0], kind="stable")
        first, place = np.unique(pairs[order, 0], return_inverse=True)
        for start in range(0, len(first), BLOCK):
            low, high = np.searchsorted(place, (start, start + BLOCK))
            rows = order[low:high]
            for column, block in enumerate(self._blocks(first[start : start + BLOCK])):
                found[rows, column] = block[place[low:high] - start, pairs[rows, 1]]
        self._fill_ends(found, pairs[:, 0], pairs[:, 1])
        return found

    def columns(self, start: int, stop: int) -> Float32[np.ndarray, "features block rest"]:
        """Features of the genes from `start` up to `stop` with every gene from `start` on: 4 F G bytes a gene."""
        found = np.empty((len(self.names), stop - start, self.genes - start), dtype=np.float32)
        for column, blocks in enumerate(self._blocks(np.arange(start, stop))):
            found[column] = blocks[:, start:]
        one, other = np.arange(start, stop)[:, None], np.arange(start, self.genes)[None]
        self._fill_ends(np.moveaxis(found, 0, -1), *np.broadcast_arrays(one, other))
        return found

    def _fill_ends(self, found: np.ndarray, one: np.ndarray, other: np.ndarray) -> None:
        """The features of single genes, into the last columns."""
        swapped = self._busy[one] < self._busy[other]
        busier, quieter = np.where(swapped, other, one), np.where(swapped, one, other)
        column = len(self._pair_features)
        for _, _, value in self._of_genes:
            found[..., column] = value[busier]
            found[..., column + 1] = value[quieter]
            column += 2

    def _low_rank(self) -> dict[str, np.ndarray]:
        """Leading eigenvalues and vectors of the seen pairs, plain and divided by the roots of the degrees."""
        found = {}
        if "partners" not in self.views:
            return found
        for name, matrix in zip(RANKS, (self._seen, self._by_root), strict=True):
            found[f"{name} values"], found[f"{name} vectors"] = leading_pairs(matrix, RANKS[name])
        return found

    def _gene_features(self) -> list[tuple[str, int, Float32[np.ndarray, " genes"]]]:
        """Name, view and value [G] of each feature of a single gene."""
        degree, seen = self._degree / self._share, self._seen
        found: list[tuple[str, int, np.ndarray]] = [("partners", COMMON, degree)]
        if "partners" in self.views:
            found.append(
                ("partners of partners", self._number("partners"), (seen @ degree) / np.maximum(self._degree, 1))
            )
        if "co_publication" in self.views:
            number = self._number("co_publication")
            found += [
                (f"partners by source {at}", number, many / self._share) for at, many in enumerate(self._by_source.T)
            ]
            mean = np.asarray(self._score.sum(axis=1)).ravel() / np.maximum(self._degree, 1)
            found.append(("mean score", number, np.expm1(mean)))
        if (near := self._near("interactions")) is not None:
            number, around = self._number("interactions"), near @ degree
            found.append(("interactions", number, np.diff(near.indptr)))
            found += [("partners around", number, around), ("partners two steps around", number, near @ around)]
        if (near := self._near("terms")) is not None:
            found.append(("partners of genes with like terms", self._number("terms"), near @ degree))
        if (near := self._near("location")) is not None:
            found.append(("partners of genes in its band", self._number("location"), near @ degree))
        return [(name, view, np.log1p(value).astype(np.float32)) for name, view, value in found]

    @cached_property
    def _pair_features(self) -> list[tuple[str, int, str]]:
        """Name, view and the key by which `_blocks` orders it."""
        names = {
            "partners": (
                PATHS,
                "paths of length three by degree",
                "paths of length two by degree",
                "common partners",
                "Adamic–Adar",
                *RANKS,
            ),
            "co_publication": ("expected from publications", "same publications"),
            "interactions": ("partners touch", "partners' partners touch", "touch each other", "shared interactors"),
            "terms": ("partners alike", "partners' partners alike", "alike"),
            "location": ("partners in band", "bands paired", "same band", "same chromosome"),
        }
        there = [view for view in self.views if view in ("partners", "co_publication") or self._near(view) is not None]
        return [(name, self._number(view), view) for view in there for name in names[view]]

    def _blocks(self, of: Int64[np.ndarray, " block"]) -> list[np.ndarray]:
        """Every feature of these genes with every gene, [block, G] each, in the order of `_pair_features`."""
        own = self._seen[of].toarray()
        makers: dict[str, Callable[[np.ndarray, np.ndarray], list[np.ndarray]]] = {
            "partners": self._of_partners,
            "co_publication": self._of_publications,
            "interactions": self._of_interactions,
            "terms": self._of_terms,
            "location": self._of_location,
        }
        there = dict.fromkeys(view for _, _, view in self._pair_features)
        return [block for view in there for block in makers[view](of, own)]

    def _of_partners(self, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        two = _times(self._by_root, self._by_root[of].toarray())
        busy = np.log(np.maximum(self._degree, 2))
        more = 100 / self._share
        root = np.maximum(self._degree, 1) ** np.float32(-0.5)
        three = _times(self._seen, _times(self._seen, own * root) * root)  # L3, Kovács 2019
        found = [np.log1p(three / self._share**2), np.log1p(more * _times(self._by_root, two)), np.log1p(more * two)]
        paths = (_times(self._seen, own), _times(self._seen, own / busy))
        found += [np.log1p(each / self._share**2) for each in paths]
        for name in RANKS:
            vectors = self.low_rank[f"{name} vectors"]
            scale = np.float32(1) if name == BY_DEGREE else self._share
            found.append((vectors[of] * (self.low_rank[f"{name} values"] / scale)) @ vectors.T)
        return found

    def _of_publications(self, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        expected = self._by_source / np.sqrt(np.maximum(self._by_source.sum(axis=0), 1))
        share = self._by_source / np.maximum(self._degree, 1)[:, None]
        return [np.log1p(expected[of] @ expected.T / self._share), share[of] @ share.T]

    def _of_interactions(self, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        touching = self._likeness.interactions
        assert touching is not None
        root = np.maximum(np.diff(touching.indptr), 1).astype(np.float32) ** np.float32(-0.5)
        direct = touching[of].toarray()
        shared = _times(touching, direct * root**2) * root[of, None] * root  # D^-½ P D^-1 P D^-½
        return [*self._supported(self._near("interactions"), of, own), direct, shared]

    def _of_terms(self, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        vectors = self._likeness.term_vectors
        assert vectors is not None
        return [*self._supported(self._near("terms"), of, own), vectors[of] @ vectors.T]

    def _of_location(self, of: np.ndarray, own: np.ndarray) -> list[np.ndarray]:
        near, chromosome = self._near("location"), self._likeness.chromosome
        assert near is not None
        assert chromosome is not None
        same = (chromosome[of][:, None] == chromosome) & (chromosome >= 0)
        together = (near[of].toarray() > 0).astype(np.float32)
        return [*self._supported(near, of, own), together, same.astype(np.float32)]

    def _supported(self, near: sp.csr_array | None, of: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far genes like the one are seen partners of the other (both ways), and genes like both of each other."""
        assert near is not None
        one_way = _times(self._seen, near[of].toarray())  # [block, G]: near A
        other_way = _times(near, own)  # A near'
        both_ways, between = (one_way + other_way) / self._share, _times(near, one_way) / self._share
        return np.log1p(10 * both_ways), np.log1p(100 * between)

    def _near(self, view: str) -> sp.csr_array | None:
        if view not in self.views:
            return None
        return {"interactions": self._interacting, "terms": self._likeness.terms, "location": self._likeness.bands}[
            view
        ]

    @staticmethod
    def _number(view: str) -> int:
        return VIEWS.index(view)


def _times(relation: sp.csr_array, block: np.ndarray) -> np.ndarray:
    """`block @ relation.T`, float32 [block, G]."""
    return (relation @ block.T).T
