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

MATCHED_WEIGHT = 0.4
"""How much all degree-matched non-pairs count beside all known pairs; random ones count as much as those.

On the real data, fold 0: AUC against random / degree-matched non-pairs at a weight of 0.1: .977 / .946, at
0.4: .975 / .960.
"""
RATIO = 2
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
    found, target, weight, typical = [], [], [], []
    for fold in inner_folds(seen.pairs, genes=len(graph), unseen_ends=unseen_ends, ratio=RATIO, seed=seed):
        others = {kind: fold.others[kind] for kind in contrasts}
        asked = np.concatenate([seen.pairs[fold.asked], *others.values()])
        found.append(PairFeatures(seen.only(fold.seen), likeness, views=views).at(asked))
        known = np.arange(len(asked)) < len(fold.asked)
        target.append(known if contrasts else seen.score[fold.asked])
        weight.append(weights(len(fold.asked), {kind: len(pairs) for kind, pairs in others.items()}))
        typical.append(~known if contrasts else known)
    if not found:
        raise DataError("Too few training pairs are left to fit the structural head; use a data set with more.")
    features = PairFeatures(seen, likeness, views=views)
    trees = fit_trees(
        np.concatenate(found),
        np.concatenate(target),
        weight=np.concatenate(weight),
        typical=np.concatenate(typical),
        view=features.view,
        values=not contrasts,
        seed=seed,
    )
    return StructuralHead(features, trees)


def weights(known: int, others: Mapping[str, int]) -> Float64[np.ndarray, " rows"]:
    """Weight of each row: known pairs first, then each kind of non-pair with so many rows."""
    found = [np.ones(known)]
    for kind, rows in others.items():
        counts = 1.0 if kind == "random" or len(others) == 1 else MATCHED_WEIGHT
        found.append(np.full(rows, counts * known / max(rows, 1)))
    return np.concatenate(found)


def _below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
