"""Inner folds: training pairs asked about while others are the graph, as the held-out pairs will be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Int64

from slviz.datasets.pair_keys import pair_keys
from slviz.splits.hidden_genes import Shares, hide_genes, nearly_all_with
from slviz.splits.negatives import Pool, degree_matched_across, random_negatives_across

FOLDS = 5
HIDDEN = {1: 1 / 5, 2: 1 / 3}
"""Share of the genes that a fold hides, by how many ends of an asked pair are hidden."""

MOST_TOUCHED = 0.56
"""At most so large a share of the training pairs has a hidden gene in a fold that hides genes in shares."""


@dataclass(frozen=True, eq=False)
class InnerFold:
    """What is asked about and what may be read meanwhile; no pair is both.

    Attributes:
        seen: rows of the training pairs that are the graph.
        predicted: rows that are asked about.
        share: which share of a gene's training pairs is seen, for genes that are not hidden.
        others: by kind of negative pair ("random", "degree-matched"), pairs that are no training pairs.
    """

    seen: Int64[np.ndarray, " seen"]
    predicted: Int64[np.ndarray, " predicted"]
    share: float
    others: dict[str, Int64[np.ndarray, "others 2"]]


def inner_folds(
    training: Int64[np.ndarray, "pairs 2"],
    *,
    genes: int,
    unseen_genes_per_pair: int,
    ratio: int,
    seed: int,
    publication: Int64[np.ndarray, " pairs"] | None = None,
    not_drawn: Int64[np.ndarray, "withheld 2"] | None = None,
    unseen_shares: Shares | None = None,
    own_negatives: Int64[np.ndarray, "own 2"] | None = None,
) -> Iterator[InnerFold]:
    """Five folds that ask what the held-out pairs will.

    With `unseen_genes_per_pair` 0 each training pair is asked about once: in folds at random, or with `publication`,
    the number of each pair's own, in folds of whole publications, as in the protocol of that name. With 1 or 2 each
    fold hides genes: the pairs with so many hidden genes are asked about and those with none are the graph, as in
    the protocols `one-new` and `both-new`. Every asked pair comes with `ratio` negatives of each kind that join
    genes alike; none is a training pair or one of `not_drawn`.

    With `unseen_shares` each fold hides genes so that the asked pairs have none, one and two hidden genes in these
    shares (`hide_genes`); where nearly all have one, or two, the folds are those of that protocol. With
    `own_negatives` the pairs are taken from these, as far as they join genes alike.
    """
    if unseen_shares is not None and nearly_all_with(unseen_shares):
        unseen_genes_per_pair = nearly_all_with(unseen_shares)
    elif unseen_shares is not None:
        yield from _folds_in_shares(
            training,
            unseen_shares,
            genes=genes,
            ratio=ratio,
            seed=seed,
            not_drawn=not_drawn,
            own_negatives=own_negatives,
        )
        return
    random = np.random.default_rng([seed, 3])
    avoid = np.unique(pair_keys(training if not_drawn is None else np.concatenate([training, not_drawn]), genes))
    fold_of = random.permutation(len(training)) % FOLDS
    whole = publication is not None and len(np.unique(publication)) > 1
    if publication is not None and whole:
        fold_of = in_whole_folds(publication)
    present = np.unique(training)
    everyone = np.arange(genes)
    for fold in range(FOLDS):
        if unseen_genes_per_pair:
            hidden = np.zeros(genes, dtype=bool)
            hidden[random.permutation(present)[: max(2, round(len(present) * HIDDEN[unseen_genes_per_pair]))]] = True
            many = hidden[training].sum(axis=1)
            predicted, seen = np.flatnonzero(many == unseen_genes_per_pair), np.flatnonzero(many == 0)
            aside, rest = np.flatnonzero(hidden), np.setdiff1d(present, np.flatnonzero(hidden))
            pool = Pool(aside, rest if unseen_genes_per_pair == 1 else aside)
        else:
            predicted, seen = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
            pool = Pool(everyone, everyone)
        if not len(predicted) or not len(seen):
            continue
        random_of_fold = np.random.default_rng([seed, 4, fold])
        where: dict[str, Any] = {"genes": genes, "avoid": avoid, "ratio": ratio}
        others = _others(random_of_fold, training[predicted], pool, own_negatives=own_negatives, **where)
        share = len(seen) / len(training)
        if whole:
            share = 1.0  # a gene keeps all the pairs of a publication, or none
        yield InnerFold(seen, predicted, share**0.5 if unseen_genes_per_pair else share, others)


def _folds_in_shares(
    training: Int64[np.ndarray, "pairs 2"],
    shares: Shares,
    *,
    genes: int,
    ratio: int,
    seed: int,
    not_drawn: Int64[np.ndarray, "withheld 2"] | None,
    own_negatives: Int64[np.ndarray, "own 2"] | None,
) -> Iterator[InnerFold]:
    """Folds whose asked pairs have none, one and two hidden genes in `shares`; each hides other genes."""
    avoid = np.unique(pair_keys(training if not_drawn is None else np.concatenate([training, not_drawn]), genes))
    where: dict[str, Any] = {"genes": genes, "avoid": avoid, "ratio": ratio, "own_negatives": own_negatives}
    for fold in range(FOLDS):
        random = np.random.default_rng([seed, 5, fold])
        hidden = hide_genes(
            random,
            training,
            genes=genes,
            shares=shares,
            wanted=max(1, len(training) // FOLDS),
            most_touched=MOST_TOUCHED,
        )
        if hidden is None or not len(hidden.seen):
            continue
        aside = np.flatnonzero(hidden.hidden)
        rest = np.setdiff1d(np.unique(training), aside)
        pools = (Pool(rest, rest), Pool(aside, rest), Pool(aside, aside))
        groups = [
            _others(random, training[rows], pool, **where)
            for rows, pool in zip(hidden.predicted, pools, strict=True)
            if len(rows)
        ]
        others = {kind: np.concatenate([group[kind] for group in groups]) for kind in groups[0]}
        unhidden = ~hidden.hidden[training].any(axis=1)
        share = len(hidden.seen) / max(unhidden.sum(), 1) * float(unhidden.mean()) ** 0.5
        yield InnerFold(hidden.seen, np.concatenate(hidden.predicted), share, others)


def in_whole_folds(publication: Int64[np.ndarray, " pairs"]) -> Int64[np.ndarray, " pairs"]:
    """The fold of each pair: publications, or screens, the largest first, each into the fold with fewest pairs."""
    _, number, count = np.unique(publication, return_inverse=True, return_counts=True)
    fold, filled = np.zeros(len(count), dtype=np.int64), np.zeros(FOLDS)
    for group in np.argsort(-count, kind="stable"):
        fold[group] = filled.argmin()
        filled[fold[group]] += count[group]
    return fold[number]


def _others(
    random: np.random.Generator,
    predicted: Int64[np.ndarray, "predicted 2"],
    pool: Pool,
    *,
    genes: int,
    avoid: np.ndarray,
    ratio: int,
    own_negatives: Int64[np.ndarray, "own 2"] | None = None,
) -> dict[str, Int64[np.ndarray, "others 2"]]:
    if own_negatives is not None and len(alike := own_negatives[_joins(own_negatives, pool)]):
        wanted = min(ratio * len(predicted), len(alike))
        return {kind: alike[random.permutation(len(alike))[:wanted]] for kind in ("random", "degree-matched")}
    where: dict[str, Any] = {"pool": pool, "genes": genes, "avoid": avoid}
    return {
        "random": random_negatives_across(random, ratio * len(predicted), **where),
        "degree-matched": degree_matched_across(random, np.tile(predicted, (ratio, 1)), **where),
    }


def _joins(pairs: Int64[np.ndarray, "pairs 2"], pool: Pool) -> Bool[np.ndarray, " pairs"]:
    """Which pairs join genes as `pool` allows."""
    ones, others = np.isin(pairs, pool.ones), np.isin(pairs, pool.others)
    return (ones[:, 0] & others[:, 1]) | (ones[:, 1] & others[:, 0])
