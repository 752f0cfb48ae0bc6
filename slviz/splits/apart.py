"""Negatives of different parts kept apart: what is evaluated on is neither learnt from nor used to select a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.splits.negatives import (
    Pool,
    among,
    degree_matched_again,
    random_negatives,
    random_negatives_across,
)

IN_ORDER = ("test", "validation", "train")
"""A part keeps its negatives; those of a later one that are among them are replaced."""
Negatives = dict[str, Int64[np.ndarray, "drawn 2"]]


def kept_apart(
    drawn: Mapping[str, Negatives],
    *,
    like: Mapping[str, Int64[np.ndarray, "pairs 2"]],
    brought: Int64[np.ndarray, "brought 2"] | None,
    random: np.random.Generator,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
    pools: Mapping[str, Pool] | None,
) -> dict[str, Negatives]:
    """The negatives of each part, none of which is a negative of another part.

    Those of the test part stay as they are. Of validation those that are among them are replaced, of training
    those that are among either: random ones uniformly by pairs that may still be drawn, degree-matched ones by
    swaps that leave every gene as many as it had. Two kinds of the same part may share a pair.

    Args:
        drawn: by part and kind, the negatives as they were drawn, each part without regard to the others.
        like: by part, its known pairs.
        brought: the user's own negatives of the test part.
        random: where chance comes from.
        genes: number of genes.
        avoid: keys (`pair_keys`) of known pairs, ascending.
        pools: by part, the genes that its pairs join; a part without has pairs of any genes.

    Raises `DataError` when too few pairs are left for the random ones of a part; of degree-matched ones there are
    fewer then, as when they are drawn.
    """
    taken = avoid if brought is None else np.union1d(avoid, pair_keys(brought, genes))
    kept = {IN_ORDER[0]: dict(drawn[IN_ORDER[0]])}
    for earlier, part in enumerate(IN_ORDER[1:], start=1):
        taken = _with(taken, kept[IN_ORDER[earlier - 1]], genes)
        where: dict[str, Any] = {"pool": None if pools is None else pools.get(part), "genes": genes, "avoid": taken}
        kept[part] = {
            kind: _replaced(random, pairs, like=like[part], kind=kind, part=part, earlier=IN_ORDER[:earlier], **where)
            for kind, pairs in drawn[part].items()
        }
    return kept


def _with(taken: np.ndarray, more: Negatives, genes: int) -> Int64[np.ndarray, " keys"]:
    return np.unique(np.concatenate([taken, *(pair_keys(pairs, genes) for pairs in more.values())]))


def _replaced(
    random: np.random.Generator,
    pairs: Int64[np.ndarray, "drawn 2"],
    *,
    like: Int64[np.ndarray, "pairs 2"],
    kind: str,
    part: str,
    earlier: Sequence[str],
    pool: Pool | None,
    genes: int,
    avoid: Int64[np.ndarray, " keys"],
) -> Int64[np.ndarray, "drawn 2"]:
    """The pairs with others in the place of those to avoid."""
    met = among(pair_keys(pairs, genes), avoid)
    if not met.any():
        return pairs
    if kind == "degree-matched":
        return degree_matched_again(random, pairs, like, pool=pool, genes=genes, avoid=avoid)
    others = np.union1d(avoid, pair_keys(pairs[~met], genes))
    try:
        if pool is None:
            drawn = random_negatives(random, int(met.sum()), genes=genes, avoid=others)
        else:
            drawn = random_negatives_across(random, int(met.sum()), pool=pool, genes=genes, avoid=others)
    except DataError as error:
        raise DataError(
            f"No pair may be a negative of two parts, and those of {' and '.join(earlier)} leave too few for {part}: "
            f"of its {len(pairs)} random ones {len(pairs) - int(met.sum())} are left, and {error}"
        ) from error
    replaced = pairs.copy()
    replaced[met] = drawn
    return replaced
