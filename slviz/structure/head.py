"""StructuralHead: additive trees over pair features, fitted out of fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.features.likeness import VIEWS, Likeness
from slviz.splits import PairSplit
from slviz.structure.additive_trees import AdditiveTrees, fit_trees
from slviz.structure.inner_folds import inner_folds
from slviz.structure.pair_features import PairFeatures
from slviz.structure.seen_pairs import SeenPairs

MATCHED_WEIGHT = 0.15
"""How much all degree-matched non-pairs count beside all known pairs; random ones count as much as those.

The more they count, the less fame helps, and the worse the top of a ranking of all pairs. The head alone, on fold 0
of the real data: at 0.05 AUC .978 against random and .926 against degree-matched non-pairs, NDCG@10 .466, average
precision among all unknown pairs .37; at 0.4 .974, .957, .401 and .13.
"""
RATIO = 5
"""Non-pairs of each kind for each known pair, of which the likely ones are kept."""
FIRST_ROUNDS = 40
HARD, EASY = 5.0, 0.05
"""A non-pair of likelihood p is kept with the chance 5 p, at least 0.05."""
GENES_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class StructuralHead:
    """Raw numbers (log-odds, or a predicted confidence) for pairs that are no training pairs."""

    features: PairFeatures
    trees: AdditiveTrees

    def raw(self, pairs: Int64[np.ndarray, "rows 2"]) -> Float64[np.ndarray, " rows"]:
        """Raw number of each pair."""
        return self.trees.raw(self.features.at(pairs))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        """Raw number of each gene with each, symmetric; each pair is computed once."""
        genes = self.features.genes
        found = np.empty((genes, genes), dtype=np.float32)
        for start in range(0, genes, GENES_AT_ONCE):
            stop = min(start + GENES_AT_ONCE, genes)
            columns = self.features.columns(start, stop)
            raw = self.trees.raw_of_columns(columns.reshape(len(columns), -1)).reshape(stop - start, genes - start)
            found[start:stop, start:], found[start:, start:stop] = raw, raw.T
        return found

    def by_view(self, pairs: Int64[np.ndarray, "rows 2"]) -> Float64[np.ndarray, "rows views"]:
        """What each of `VIEWS` adds, beyond what it adds to a typical unlisted pair."""
        found = np.zeros((len(pairs), len(VIEWS)))
        adds = self.trees.by_view(self.features.at(pairs))
        found[:, : adds.shape[1]] = adds
        return found

    def arrays(self) -> dict[str, np.ndarray]:
        """All that `from_arrays` needs beside the data set and the training pairs."""
        return {
            **{f"trees.{name}": array for name, array in self.trees.arrays.items()},
            **{f"low rank.{name}": array for name, array in self.features.low_rank.items()},
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], *, seen: SeenPairs, likeness: Likeness, views: tuple[str, ...]
    ) -> StructuralHead:
        """The head of a stored run; `seen` are its training pairs."""
        features = PairFeatures(seen, likeness, views=views, low_rank=_below(arrays, "low rank."))
        return cls(features, AdditiveTrees(_below(arrays, "trees.")))


def fit_head(
    graph: GeneGraph,
    split: PairSplit,
    *,
    contrasts: tuple[str, ...],
    views: tuple[str, ...] = VIEWS,
    unseen_ends: int = 0,
    likeness: Likeness | None = None,
    seed: int = 0,
) -> StructuralHead:
    """Fit the head on the training pairs of `split`.

    Features of a training pair come from a graph without it (see `inner_folds`), those of the finished head
    from all training pairs.

    Args:
        graph: the data set.
        split: its division; only the training part is read.
        contrasts: kinds of non-pairs that known pairs are told from; none to predict their confidence.
        views: which of `VIEWS` may be looked at.
        unseen_ends: how many genes of a held-out pair have no training pair.
        likeness: `Likeness.of(graph)`, computed when left out.
        seed: of the folds, the non-pairs and the trees.

    Raises `DataError` when too few training pairs are left.
    """
    likeness = likeness or Likeness.of(graph)
    seen = SeenPairs.of_training(graph, split)
    features = PairFeatures(seen, likeness, views=views)
    rows = _asked_rows(graph, seen, likeness, contrasts=contrasts, views=views, unseen_ends=unseen_ends, seed=seed)
    settings = {"view": features.view, "values": not contrasts, "seed": seed}
    if contrasts:
        few = rows.few(np.random.default_rng([seed, 5]))
        first = fit_trees(
            few.features, few.target, weight=few.weight, typical=~few.known, rounds=FIRST_ROUNDS, **settings
        )
        rows = rows.hardest(first.raw(rows.features), np.random.default_rng([seed, 6]))
    typical = ~rows.known if contrasts else rows.known
    return StructuralHead(
        features, fit_trees(rows.features, rows.target, weight=rows.weight, typical=typical, **settings)
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the trees are fitted on: features [R, F], what is true [R], weights [R], which are known pairs [R]."""

    features: Float32[np.ndarray, "rows features"]
    target: np.ndarray
    weight: Float64[np.ndarray, " rows"]
    known: np.ndarray

    def few(self, random: np.random.Generator) -> _Rows:
        """All known pairs and a tenth of the others, which count ten times."""
        return self._kept(np.where(self.known, 1.0, 0.1), random)

    def hardest(self, raw: Float64[np.ndarray, " rows"], random: np.random.Generator) -> _Rows:
        """All known pairs, and of the others the more the likelier they look: those few decide who leads a ranking.

        Each that is kept counts as many as it stands for, so all others together count as before (importance
        sampling by a first fit).
        """
        likely = 0.5 * (1 + np.tanh(raw / 2))
        return self._kept(np.where(self.known, 1.0, np.clip(HARD * likely, EASY, 1.0)), random)

    def _kept(self, chance: Float64[np.ndarray, " rows"], random: np.random.Generator) -> _Rows:
        kept = random.random(len(chance)) < chance
        return _Rows(self.features[kept], self.target[kept], (self.weight / chance)[kept], self.known[kept])


def _asked_rows(
    graph: GeneGraph,
    seen: SeenPairs,
    likeness: Likeness,
    *,
    contrasts: tuple[str, ...],
    views: tuple[str, ...],
    unseen_ends: int,
    seed: int,
) -> _Rows:
    """Every training pair that an inner fold asks about, and the pairs that it is told from."""
    found = []
    for fold in inner_folds(seen.pairs, genes=len(graph), unseen_ends=unseen_ends, ratio=RATIO, seed=seed):
        others = {kind: fold.others[kind] for kind in contrasts}
        asked = np.concatenate([seen.pairs[fold.asked], *others.values()])
        known = np.arange(len(asked)) < len(fold.asked)
        weight = weights(len(fold.asked), {kind: len(pairs) for kind, pairs in others.items()})
        features = PairFeatures(seen.only(fold.seen), likeness, views=views, share=fold.share).at(asked)
        found.append((features, known if contrasts else seen.score[fold.asked], weight, known))
    if not found:
        raise DataError("Too few training pairs are left to fit the structural head; use a data set with more.")
    return _Rows(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def weights(known: int, others: Mapping[str, int]) -> Float64[np.ndarray, " rows"]:
    """Weight of each row: known pairs first, then each kind of non-pair with so many rows."""
    found = [np.ones(known)]
    for kind, rows in others.items():
        counts = 1.0 if kind == "random" or len(others) == 1 else MATCHED_WEIGHT
        found.append(np.full(rows, counts * known / max(rows, 1)))
    return np.concatenate(found)


def _below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
