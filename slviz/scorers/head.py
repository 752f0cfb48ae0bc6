"""StructuralHead: boosted trees over pair features, fitted out of fold, and two features that count as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.cores import side_by_side
from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.scorers.inner_folds import InnerFold, inner_folds
from slviz.scorers.leaf_masks import LeafMasks
from slviz.scorers.pair_features import PairFeatures
from slviz.scorers.seen_pairs import SeenPairs, publication_of, untested_rows
from slviz.scorers.similarity import Similarity
from slviz.scorers.stored_arrays import below, pack_names, unpack_names
from slviz.scorers.tested_pairs import Tests
from slviz.scorers.trees import Trees, fit_trees
from slviz.scorers.views.partners import LOW_RANK, PATHS
from slviz.splits import PairSplit
from slviz.splits.hidden_genes import Shares

MATCHED_WEIGHT = 0.3
"""How much all degree-matched negatives count beside all known pairs; random ones count as much as those.

The more they count, the less fame helps: on fold 0 of the real data the head alone has an AUC of .976 against random
and .951 against degree-matched negatives at 0.3, .973 and .958 at 0.6, .966 and .968 at 2, and an average precision
among all unknown pairs of .56, .54 and .50.
"""
RATIO = 5
"""Negatives of each kind for each known pair."""
STRAIGHT = (PATHS, LOW_RANK)
"""Features that are also added as they are: trees give the same number to all pairs that are beyond doubt, and
these say which of them leads."""
GENES_AT_ONCE = 32
TREES, LOW_RANKS, COLUMNS = "trees.", "low rank.", "features of trees"
OF_TREES = "trees"


@dataclass(frozen=True, eq=False)
class StructuralHead:
    """Raw numbers (log-odds, or a predicted confidence) for pairs that are no training pairs.

    They come in parts, which are weighed on validation pairs.
    """

    features: PairFeatures
    trees: Trees

    def parts(
        self, pairs: Int64[np.ndarray, "rows 2"], *, hidden: Collection[str] = ()
    ) -> Float64[np.ndarray, "rows parts"]:
        """What the trees say of each pair, then the features of `STRAIGHT` where they are looked at.

        The views that are `hidden` say nothing: their features are those of an empty relation.
        """
        return self.parts_of(self.features.at(pairs), hidden=hidden)

    def parts_of(
        self, features: Float32[np.ndarray, "rows features"], *, hidden: Collection[str] = ()
    ) -> Float64[np.ndarray, "rows parts"]:
        """`parts` of pairs whose features are at hand."""
        if hidden:
            features = features.copy()
            features[:, np.isin(self.features.view, list(hidden))] = 0
        of_trees = self.trees.raw(features) if self._masks is None else self._masks.raw_of_rows(features)
        return np.column_stack([of_trees, self.straight(features)])

    def straight(self, features: Float32[np.ndarray, "rows features"]) -> Float32[np.ndarray, "rows straight"]:
        """The features that count as they are, of pairs whose features are at hand."""
        return features[:, self._straight]

    def all_pairs(
        self, counts: Float64[np.ndarray, " parts"], *, on_share: Callable[[float], None] = lambda share: None
    ) -> Float32[np.ndarray, "genes genes"]:
        """Sum of `parts`, each times its number in `counts`, of each gene with each; a pair is computed once.

        `on_share` is called with the share of the pairs that each block of genes adds.
        """
        genes = self.features.genes
        scores = np.empty((genes, genes), dtype=np.float32)
        of_trees, *of_straight = counts.astype(np.float32)
        trees_of = self._trees_of_blocks()

        def fill(start: int) -> None:
            stop = min(start + GENES_AT_ONCE, genes)
            columns = self.features.pair_columns(start, stop)
            raw = of_trees * trees_of(start, stop, columns)
            for count, column in zip(of_straight, self._straight, strict=True):
                raw += count * columns[column]
            above = np.triu(raw[:, : stop - start])
            raw[:, : stop - start] = above + np.triu(above, 1).T
            scores[start:stop, start:], scores[start:, start:stop] = raw, raw.T
            on_share(((genes - start) ** 2 - (genes - stop) ** 2) / genes**2)

        side_by_side(fill, range(0, genes, GENES_AT_ONCE))
        return scores

    def _trees_of_blocks(self) -> Callable[[int, int, np.ndarray], Float32[np.ndarray, "block rest"]]:
        """What the trees say of the genes from `start` up to `stop` with every gene from `start` on."""
        masks = self._masks
        if masks is None:  # trees of more leaves than slviz fits

            def walked(start: int, stop: int, columns: np.ndarray) -> np.ndarray:
                whole = self.features.columns(start, stop)
                return self.trees.raw_of_columns(whole.reshape(len(whole), -1)).reshape(columns.shape[1:])

            return walked
        values = self.features.gene_values()
        busier_columns = self.features.of_pairs + 2 * np.arange(len(values))
        of_busier, of_other = masks.struck_out(values, busier_columns), masks.struck_out(values, busier_columns + 1)

        def masked(start: int, stop: int, columns: np.ndarray) -> np.ndarray:
            busier, other = self.features.ends(start, stop)
            rows = columns.reshape(len(columns), -1)
            raw = masks.raw(rows, busier.ravel(), other.ravel(), of_busier=of_busier, of_other=of_other)
            return raw.reshape(columns.shape[1:])

        return masked

    @property
    def part_names(self) -> tuple[str, ...]:
        """What the columns of `parts` are called."""
        return (OF_TREES, *(self.features.names[column] for column in self._straight))

    @cached_property
    def _masks(self) -> LeafMasks | None:
        """The trees as masks, which are walked several times as fast; None for trees of more leaves than slviz fits."""
        return LeafMasks.of(self.trees)

    @property
    def _straight(self) -> list[int]:
        names = self.features.names
        return [names.index(name) for name in STRAIGHT if name in names]

    def arrays(self) -> dict[str, np.ndarray]:
        """All that `from_arrays` needs beside the data set and the training pairs."""
        return {
            **{f"{TREES}{name}": array for name, array in self.trees.arrays.items()},
            **{f"{LOW_RANKS}{name}": array for name, array in self.features.low_rank.items()},
            COLUMNS: pack_names(self.features.names),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], *, seen: SeenPairs, similarity: Similarity, views: tuple[str, ...]
    ) -> StructuralHead:
        """The head of a stored run; `seen` are its training pairs.

        The features that the trees read are found by name, so that a later version may compute more of them. Runs
        until November 2026 store no names: their features stand in the order in which these views give them.
        Raises `DamagedRun` for a feature that is not computed here.
        """
        features = PairFeatures(seen, similarity, views=views, low_rank=below(arrays, LOW_RANKS))
        trees = Trees(below(arrays, TREES))
        return cls(features, trees.reading(features.names, named=_stored_names(arrays, features.names)))


def fit_head(
    graph: GeneGraph,
    split: PairSplit,
    *,
    negative_kinds: tuple[str, ...],
    views: tuple[str, ...] | None = None,
    unseen_genes_per_pair: int = 0,
    unseen_shares: Shares | None = None,
    new_publication: bool = False,
    similarity: Similarity | None = None,
    ratio: int = RATIO,
    seed: int = 0,
) -> StructuralHead:
    """Fit the head on the training pairs of `split`.

    Features of a training pair come from a graph without it (see `inner_folds`), those of the finished head
    from all training pairs.

    Args:
        graph: the data set.
        split: its split; only the training part is read, and the user's own negatives, which are not drawn.
        negative_kinds: kinds of negatives that known pairs are told from; none to predict their confidence.
        views: which of `VIEWS` may be looked at; all when left out.
        unseen_genes_per_pair: how many genes of a held-out pair have no training pair.
        unseen_shares: the shares of held-out pairs with none, one and two such genes, where they are mixed.
        new_publication: whether held-out pairs come from publications that no training pair is in.
        similarity: `Similarity.of(graph)`, computed when left out.
        ratio: negatives of each kind for each known pair.
        seed: of the folds, the negatives and the trees.

    Raises `DataError` when too few training pairs are left.
    """
    similarity = similarity or Similarity.of(graph)
    seen = SeenPairs.of_training(graph, split)
    features = PairFeatures(seen, similarity, views=views)
    folds = inner_folds(
        seen.pairs,
        genes=len(graph),
        unseen_genes_per_pair=unseen_genes_per_pair,
        ratio=ratio,
        seed=seed,
        publication=publication_of(graph, seen.pairs) if new_publication else None,
        not_drawn=split.not_drawn_in_training,
        unseen_shares=unseen_shares,
        own_negatives=split.own_training_negatives,
    )
    rows = _asked_rows(folds, seen, similarity, negative_kinds=negative_kinds, views=views)
    trees = fit_trees(rows.features, rows.target, weight=rows.weight, values=not negative_kinds, seed=seed)
    return StructuralHead(features, trees)


def fit_head_on_tests(
    graph: GeneGraph, split: PairSplit, *, views: tuple[str, ...] | None = None, seed: int = 0
) -> tuple[StructuralHead, SeenPairs]:
    """The head fitted on tested pairs, and the known pairs that it reads: none that a screen tested.

    So a pair that is asked about is never among those that its features are counted on, and no fold is needed.

    Args:
        graph: the data set.
        split: its split; the tests of its training part are read, each screen balanced, and its known pairs.
        views: which of `VIEWS` may be looked at; all when left out.
        seed: of the trees.

    Raises `DataError` where no known pair is left that nobody tested.
    """
    rows = untested_rows(split)
    seen = SeenPairs.of(graph, split.pairs[rows], split.score[rows])
    features = PairFeatures(seen, Similarity.of(graph), views=views)
    tests = Tests.of(split, "train")
    weight = tests.balanced() * len(tests)
    trees = fit_trees(features.at(tests.pairs), tests.hit, weight=weight, values=False, seed=seed)
    return StructuralHead(features, trees), seen


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the trees are fitted on: features [R, F], what is true [R], and weights [R]."""

    features: Float32[np.ndarray, "rows features"]
    target: np.ndarray
    weight: Float64[np.ndarray, " rows"]


def _asked_rows(
    folds: Iterable[InnerFold],
    seen: SeenPairs,
    similarity: Similarity,
    *,
    negative_kinds: tuple[str, ...],
    views: tuple[str, ...] | None,
) -> _Rows:
    """Every training pair that an inner fold asks about, and the pairs that it is told from."""
    blocks = []
    for fold in folds:
        others = {kind: fold.others[kind] for kind in negative_kinds}
        pairs = np.concatenate([seen.pairs[fold.predicted], *others.values()])
        known = np.arange(len(pairs)) < len(fold.predicted)
        weight = weights(len(fold.predicted), {kind: len(pairs) for kind, pairs in others.items()})
        features = PairFeatures(seen.only(fold.seen), similarity, views=views, share=fold.share).at(pairs)
        blocks.append((features, known if negative_kinds else seen.score[fold.predicted], weight))
    if not blocks:
        raise DataError("Too few training pairs are left to fit the structural head; use a data set with more.")
    return _Rows(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def weights(known: int, others: Mapping[str, int]) -> Float64[np.ndarray, " rows"]:
    """Weight of each row: known pairs first, then each kind of negative pair with so many rows."""
    blocks = [np.ones(known)]
    for kind, rows in others.items():
        counts = 1.0 if kind == "random" or len(others) == 1 else MATCHED_WEIGHT
        blocks.append(np.full(rows, counts * known / max(rows, 1)))
    return np.concatenate(blocks)


def _stored_names(arrays: Mapping[str, np.ndarray], names: tuple[str, ...]) -> tuple[str, ...]:
    return unpack_names(arrays[COLUMNS]) if COLUMNS in arrays else names
