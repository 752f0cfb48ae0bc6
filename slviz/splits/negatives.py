"""Negatives: pairs of genes that nobody lists, drawn uniformly or with the degrees of listed ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError

ROUNDS = 100
NOTHING = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Pool:
    """Which genes a pair may join: one of `ones` and one of `others`.

    Attributes:
        ones, others: gene numbers, ascending; either the same genes or none in common.
    """

    ones: Int64[np.ndarray, " ones"]
    others: Int64[np.ndarray, " others"]

    @property
    def is_one(self) -> bool:
        """Whether both genes come from the same genes."""
        return np.array_equal(self.ones, self.others)


def among(keys: np.ndarray, ascending: np.ndarray) -> Bool[np.ndarray, " keys"]:
    """Which of `keys` are in `ascending`."""
    if not len(ascending):
        return np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(ascending, keys), len(ascending) - 1)
    return ascending[at] == keys


def random_negatives(
    random: np.random.Generator, count: int, *, genes: int, avoid: Int64[np.ndarray, " keys"]
) -> Int64[np.ndarray, "drawn 2"]:
    """`count` different pairs of different genes, uniform over all that are not among `avoid`.

    Args:
        random: where chance comes from.
        count: how many to draw.
        genes: number of genes.
        avoid: keys (`pair_keys`) of the pairs that may not be drawn, ascending.

    Raises `DataError` when there are fewer such pairs than asked for.
    """
    free = genes * (genes - 1) // 2 - len(avoid)
    _refuse_too_many(count, free, f"{genes} genes")
    if count > free // 4:  # drawing and rejecting would take long: choose from the whole list instead
        a, b = np.triu_indices(genes, k=1)
        keys = np.setdiff1d(a * genes + b, avoid, assume_unique=True)
        return _pairs_of(random.choice(keys, size=count, replace=False), genes)
    return _rejecting(lambda size: random.integers(0, genes, size=(size, 2)), count, genes=genes, avoid=avoid)


def degree_matched_negatives(
    random: np.random.Generator,
    like: Int64[np.ndarray, "pairs 2"],
    *,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
    count: int | None = None,
) -> Int64[np.ndarray, "drawn 2"]:
    """As many pairs as `like` has, in which every gene occurs as often as in `like`.

    The genes of the real pairs are shuffled and joined anew (the configuration model), so that a gene
    with a hundred pairs gets a hundred here too, and the number of partners says almost nothing about
    which pair is real. A join that is not allowed swaps one gene with another join; what cannot be
    joined at all is made up for by genes drawn as often as they occur in `like`.

    Args:
        random: where chance comes from.
        like: the real pairs whose genes are joined anew.
        genes: number of genes.
        avoid: keys (`pair_keys`) of the pairs that may not be drawn, ascending.
        count: how many, when not as many as `like`; then that many of `like` are taken by chance.

    Returns different pairs; fewer than asked for where the genes of `like` have no more between them.
    """
    count = len(like) if count is None else count
    if not len(like) or not count:
        return np.empty((0, 2), dtype=np.int64)
    taken = like if count == len(like) else like[random.choice(len(like), size=count, replace=count > len(like))]
    joined = random.permutation(taken.ravel()).reshape(-1, 2)  # [count, 2]
    ends = like.ravel()
    return _rejoined(
        random,
        joined,
        draw=lambda size: ends[random.integers(0, len(ends), size=(size, 2))],
        genes=genes,
        avoid=avoid,
    )


def random_negatives_across(
    random: np.random.Generator, count: int, *, pool: Pool, genes: int, avoid: Int64[np.ndarray, " keys"]
) -> Int64[np.ndarray, "drawn 2"]:
    """As `random_negatives`, uniform over the pairs that `pool` allows."""
    if pool.is_one:
        inside = np.isin(avoid // genes, pool.ones) & np.isin(avoid % genes, pool.ones)
        a, b = (np.searchsorted(pool.ones, end) for end in (avoid[inside] // genes, avoid[inside] % genes))
        few = len(pool.ones)
        return pool.ones[random_negatives(random, count, genes=few, avoid=np.sort(a * few + b))]
    one_first = np.isin(avoid // genes, pool.ones) & np.isin(avoid % genes, pool.others)
    other_first = np.isin(avoid // genes, pool.others) & np.isin(avoid % genes, pool.ones)
    inside = avoid[one_first | other_first]
    free = len(pool.ones) * len(pool.others) - len(inside)
    _refuse_too_many(count, free, f"{len(pool.ones)} genes with {len(pool.others)} others")
    if count > free // 4:
        every = np.stack(np.meshgrid(pool.ones, pool.others, indexing="ij"), axis=-1).reshape(-1, 2)
        keys = np.setdiff1d(pair_keys(every, genes), inside, assume_unique=True)
        return _pairs_of(random.choice(keys, size=count, replace=False), genes)
    return _rejecting(lambda size: _one_of_each(random, pool.ones, pool.others, size), count, genes=genes, avoid=avoid)


def degree_matched_across(
    random: np.random.Generator,
    like: Int64[np.ndarray, "pairs 2"],
    *,
    pool: Pool,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
) -> Int64[np.ndarray, "drawn 2"]:
    """As `degree_matched_negatives`, where every pair joins one gene of each side of `pool`, as those of `like` do."""
    if pool.is_one or not len(like):
        return degree_matched_negatives(random, like, genes=genes, avoid=avoid)
    sided = _one_first(like, pool)
    joined = np.stack([random.permutation(sided[:, 0]), random.permutation(sided[:, 1])], axis=1)
    return _rejoined(
        random,
        joined,
        draw=lambda size: _one_of_each(random, sided[:, 0], sided[:, 1], size),
        genes=genes,
        avoid=avoid,
        sided=True,
    )


def degree_matched_again(
    random: np.random.Generator,
    drawn: Int64[np.ndarray, "count 2"],
    like: Int64[np.ndarray, "pairs 2"],
    *,
    pool: Pool | None,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
) -> Int64[np.ndarray, "drawn 2"]:
    """Degree-matched negatives of `like` that were drawn with fewer pairs to avoid, without those that are new there.

    They swap a gene with others of `drawn`, so that every gene occurs as often as before; see
    `degree_matched_negatives` for what cannot be swapped.
    """
    if pool is None or pool.is_one:
        ends = like.ravel()
        return _rejoined(
            random,
            drawn.copy(),
            draw=lambda size: ends[random.integers(0, len(ends), size=(size, 2))],
            genes=genes,
            avoid=avoid,
        )
    sided, known = _one_first(drawn, pool), _one_first(like, pool)
    return _rejoined(
        random,
        sided,
        draw=lambda size: _one_of_each(random, known[:, 0], known[:, 1], size),
        genes=genes,
        avoid=avoid,
        sided=True,
    )


def _one_first(pairs: Int64[np.ndarray, "pairs 2"], pool: Pool) -> Int64[np.ndarray, "pairs 2"]:
    """The gene of `pool.ones` first in every pair."""
    return np.where(np.isin(pairs[:, 0], pool.ones)[:, None], pairs, pairs[:, ::-1])


def _one_of_each(random: np.random.Generator, ones: np.ndarray, others: np.ndarray, size: int) -> np.ndarray:
    return np.stack([random.choice(ones, size=size), random.choice(others, size=size)], axis=1)


def _refuse_too_many(count: int, free: int, among: str) -> None:
    if count > free:
        raise DataError(
            f"{count} unlisted pairs are needed to compare with, and {among} have only {free}. "
            "Use a data set with more genes, hold out fewer pairs, or compare with fewer for each pair."
        )


def _rejoined(
    random: np.random.Generator,
    joined: Int64[np.ndarray, "count 2"],
    *,
    draw: Callable[[int], np.ndarray],
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
    sided: bool = False,
) -> Int64[np.ndarray, "drawn 2"]:
    """Joins that are not allowed swapped with others until all are; what is missing then comes from `draw`."""
    for _ in range(ROUNDS):
        refused = ~_allowed(joined, genes=genes, avoid=avoid)
        if not refused.any():
            break
        _swap_ends(random, joined, refused, genes=genes, avoid=avoid, sided=sided)
    keys = pair_keys(joined[_allowed(joined, genes=genes, avoid=avoid)], genes)
    return _rejecting(draw, len(joined), genes=genes, avoid=avoid, kept=keys)


def _allowed(pairs: Int64[np.ndarray, "pairs 2"], *, genes: int, avoid: np.ndarray) -> np.ndarray:
    """Bool [N]: no gene with itself, none to avoid, and of equal pairs the first alone."""
    keys = pair_keys(pairs, genes)
    is_first = np.zeros(len(keys), dtype=bool)
    is_first[np.unique(keys, return_index=True)[1]] = True
    return is_first & (pairs[:, 0] != pairs[:, 1]) & ~among(keys, avoid)


def _swap_ends(
    random: np.random.Generator,
    joined: Int64[np.ndarray, "pairs 2"],
    refused: np.ndarray,
    *,
    genes: int,
    avoid: np.ndarray,
    sided: bool,
) -> None:
    """Swap the second gene of each refused pair with one of an allowed pair, in place, where both become allowed.

    Unless the two ends come from different sides, either end of the allowed pair may be the one.
    """
    wrong = random.permutation(np.flatnonzero(refused))
    fine = random.permutation(np.flatnonzero(~refused))[: len(wrong)]
    wrong = wrong[: len(fine)]
    turned = np.zeros(len(fine), dtype=np.int64) if sided else random.integers(0, 2, size=len(fine))
    ends = joined[fine[:, None], np.stack([turned, 1 - turned], axis=1)]  # allowed pairs, either gene first
    proposed = np.stack([joined[wrong], ends], axis=1)  # [swaps, which pair, which end]
    proposed[:, :, 1] = proposed[:, ::-1, 1].copy()
    flat = proposed.reshape(-1, 2)
    is_new = ~np.isin(pair_keys(flat, genes), pair_keys(joined, genes))
    works = (_allowed(flat, genes=genes, avoid=avoid) & is_new).reshape(-1, 2).all(axis=1)
    joined[wrong[works]], joined[fine[works]] = proposed[works, 0], proposed[works, 1]


def _rejecting(
    draw: Callable[[int], np.ndarray],
    count: int,
    *,
    genes: int,
    avoid: np.ndarray,
    kept: np.ndarray = NOTHING,
) -> Int64[np.ndarray, "drawn 2"]:
    """Draw until `count` different allowed pairs are `kept`, keeping the order in which they came."""
    for _ in range(ROUNDS):
        if len(kept) >= count:
            break
        drawn = draw(count + count // 4 + 8)
        keys = pair_keys(drawn, genes)
        allowed = keys[(drawn[:, 0] != drawn[:, 1]) & ~among(keys, avoid)]
        kept = _first_of_each(np.concatenate([kept, allowed]))
    return _pairs_of(kept[:count], genes)


def _first_of_each(keys: np.ndarray) -> np.ndarray:
    _, first = np.unique(keys, return_index=True)
    return keys[np.sort(first)]


def _pairs_of(keys: np.ndarray, genes: int) -> Int64[np.ndarray, "pairs 2"]:
    return np.stack([keys // genes, keys % genes], axis=1).astype(np.int64)
