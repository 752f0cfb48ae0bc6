"""Gradient-boosted trees on what the training graph and the interactions say of a pair: the strongest baseline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Int64

from slviz.baselines.structural import BLOCK, ScoreRows, TrainingGraph, adjacency_of, structural_rows
from slviz.errors import DataError
from slviz.splits import PairSplit
from slviz.splits.negatives import Pool, degree_matched_across, pair_keys, random_negatives_across

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 5
ROUNDS = 300
LEARNING_RATE = 0.06
LEAVES = 31


class BoostedTrees:
    """Trees (scikit-learn's HistGradientBoosting) fitted to tell training pairs from pairs nobody lists.

    Features of a training pair come from a graph without it and without a fifth of the others (out of
    fold), and so do those of the non-pairs it is compared with: half random, half degree-matched. With
    `new_genes` (1 or 2) the folds are of genes instead, so that every pair that is asked about has so many
    genes without a partner, as in the protocols `one-new` and `both-new`.
    """

    def __init__(
        self,
        split: PairSplit,
        *,
        interactions: Int64[np.ndarray, "2 interactions"] | None = None,
        new_genes: int = 0,
        seed: int = 0,
    ) -> None:
        self.genes = len(split.gene_part)
        self.interactions = interactions
        self.seed = seed
        training = split.training_pairs
        self._avoid = np.unique(pair_keys(split.not_drawn_in_training, self.genes))
        asked, known = [], []
        for number, fold in enumerate(_folds(training, self.genes, new_genes=new_genes, seed=seed)):
            if not len(fold.asked) or not len(fold.seen):
                continue
            pairs = np.concatenate([fold.asked, self._non_pairs(number, fold)])
            asked.append(self.features(TrainingGraph(fold.seen, self.genes), pairs))
            known.append(np.arange(len(pairs)) < len(fold.asked))
        if not asked:
            raise DataError("Too few training pairs are left to fit boosted trees; use a data set with more.")
        self.model = _fitted(np.concatenate(asked), np.concatenate(known), seed)
        self.graph = TrainingGraph(training, self.genes)

    def score(self, pairs: Int64[np.ndarray, "rows 2"]) -> Float32[np.ndarray, " rows"]:
        """Chance that each pair is real, by the trees; for pairs that are no training pairs."""
        from threadpoolctl import threadpool_limits

        features = self.features(self.graph, pairs)
        with threadpool_limits(1):
            return self.model.predict_proba(features)[:, 1].astype(np.float32)

    def features(
        self, graph: TrainingGraph, pairs: Int64[np.ndarray, "rows 2"]
    ) -> Float32[np.ndarray, "rows features"]:
        """What `graph` and the interactions say of each pair, whichever gene stands first."""
        return np.stack([_picked(rows, pairs, self.genes) for rows in self._rows(graph).values()], axis=1)

    def _rows(self, graph: TrainingGraph) -> dict[str, ScoreRows]:
        degree = np.log1p(graph.degree).astype(np.float32)
        found = structural_rows(graph)
        found["max degree"], found["min degree"] = _ends(degree)
        del found["degree product"]  # follows from the two
        if self.interactions is None:
            return found
        beside = adjacency_of(self.interactions.T, self.genes)
        many = np.diff(beside.indptr)
        shared = sp.csr_array(sp.diags_array(1 / np.maximum(many, 1)) @ beside)
        found["max interactions"], found["min interactions"] = _ends(np.log1p(many).astype(np.float32))
        found["max around"], found["min around"] = _ends((shared @ degree).astype(np.float32))
        found["interact"] = lambda start, stop: beside[start:stop].toarray().astype(np.float32)
        found["common interactors"] = lambda start, stop: (beside[start:stop] @ beside).toarray().astype(np.float32)
        found["support"] = _support(shared, graph.adjacency)
        return found

    def _non_pairs(self, number: int, fold: _Fold) -> Int64[np.ndarray, "drawn 2"]:
        """As many as the fold's real pairs, half of each kind, none to avoid, with as many new genes."""
        random = np.random.default_rng([self.seed, 1, number])
        where: dict[str, Any] = {"genes": self.genes, "avoid": self._avoid}
        half = random.permutation(fold.asked)[: len(fold.asked) // 2]
        near = degree_matched_across(random, half, pool=fold.pool, **where)
        far = random_negatives_across(random, len(fold.asked) - len(near), pool=fold.pool, **where)
        return np.concatenate([near, far])


@dataclass(frozen=True, eq=False)
class _Fold:
    """Training pairs that are asked about, those that are the graph meanwhile, and the genes they join."""

    asked: Int64[np.ndarray, "asked 2"]
    seen: Int64[np.ndarray, "seen 2"]
    pool: Pool


def _folds(training: np.ndarray, genes: int, *, new_genes: int, seed: int) -> Iterator[_Fold]:
    random = np.random.default_rng([seed, 0])
    if new_genes == 0:
        every = Pool(np.arange(genes), np.arange(genes))
        fold_of = random.permutation(len(training)) % FOLDS
        for fold in range(FOLDS):
            yield _Fold(training[fold_of == fold], training[fold_of != fold], every)
        return
    present = np.unique(training)
    for _ in range(FOLDS):
        hidden = np.zeros(genes, dtype=bool)
        hidden[random.permutation(present)[: len(present) // (5 if new_genes == 1 else 2)]] = True
        of_pair = hidden[training].sum(axis=1)
        ones, rest = np.flatnonzero(hidden), np.setdiff1d(present, np.flatnonzero(hidden))
        pool = Pool(ones, rest if new_genes == 1 else ones)
        yield _Fold(training[of_pair == new_genes], training[of_pair == 0], pool)


def _fitted(features: np.ndarray, known: np.ndarray, seed: int) -> HistGradientBoostingClassifier:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        learning_rate=LEARNING_RATE,
        max_leaf_nodes=LEAVES,
        early_stopping=False,  # pyright: ignore[reportArgumentType]
        random_state=seed,
    )
    with threadpool_limits(1):  # threads that share busy cores wait for each other: ten times slower
        return model.fit(features, known)


def _picked(rows: ScoreRows, pairs: Int64[np.ndarray, "rows 2"], genes: int) -> Float32[np.ndarray, " rows"]:
    """Entries of a matrix given by blocks of rows, at `pairs`."""
    order = np.argsort(pairs[:, 0], kind="stable")
    found = np.empty(len(pairs), dtype=np.float32)
    starts = np.arange(0, genes, BLOCK)
    cuts = np.searchsorted(pairs[order, 0], np.append(starts, genes))
    for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True):
        if low < high:
            chosen = order[low:high]
            found[chosen] = rows(int(start), min(int(start) + BLOCK, genes))[pairs[chosen, 0] - start, pairs[chosen, 1]]
    return found


def _ends(value: Float32[np.ndarray, " genes"]) -> tuple[ScoreRows, ScoreRows]:
    """The larger and the smaller of both genes' values."""
    return (
        lambda start, stop: np.maximum(value[start:stop, None], value),
        lambda start, stop: np.minimum(value[start:stop, None], value),
    )


def _support(near: sp.csr_array, known: sp.csr_array) -> ScoreRows:
    """Share of either gene's interactors that are known partners of the other, both ways added."""
    return lambda start, stop: (
        (known @ near[start:stop].toarray().T) + (near @ known[start:stop].toarray().T)
    ).T.astype(np.float32)
