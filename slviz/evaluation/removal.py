"""Removal curves: how a prediction changes as edges are removed, or put back, in some order.

Deletion and insertion curves after Petsiuk 2018 (arXiv:1806.07421) and Samek 2017 (doi:10.1109/TNNLS.2016.2599820), for
the edges that lead into the genes in question. Every order takes the same share of each gene's edges, and so do the
random ones: otherwise an order that empties the gene with few partners first would win without knowing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64

SHARES = (0.1, 0.2, 0.3, 0.5, 0.75)
"""Shares of each gene's edges that are removed, or put back."""
DRAWS = 20
Prediction = Callable[[Bool[np.ndarray, " edges"]], float]
"""The prediction when only these edges are kept."""


@dataclass(frozen=True, eq=False)
class RemovalCurves:
    """A prediction without, and with nothing but, the first edges of several orders. M orders, S shares, R draws.

    Attributes:
        orders: names of the orders, such as "attention".
        whole, bare: the prediction with all edges, and with none of them.
        deletion: [M, S], without the first edges of an order.
        insertion: [M, S], with none but those; [0, S] where no edges were put back.
        random_deletion: [R, S], as `deletion`, for edges drawn by chance.
        random_insertion: [R, S] or [0, S], as `insertion`, for those.
    """

    orders: tuple[str, ...]
    whole: float
    bare: float
    deletion: Float64[np.ndarray, "orders shares"]
    insertion: Float64[np.ndarray, "inserted_orders shares"]
    random_deletion: Float64[np.ndarray, "draws shares"]
    random_insertion: Float64[np.ndarray, "inserted_draws shares"]

    @property
    def sign(self) -> float:
        """1 where the edges together raise the prediction, −1 where they lower it."""
        return -1.0 if self.whole < self.bare else 1.0

    @property
    def change(self) -> dict[str, float]:
        """By order: how far the prediction moves towards the bare one without its first edges, mean over the shares."""
        means = self.sign * (self.whole - self.deletion).mean(axis=1)
        return dict(zip(self.orders, means.tolist(), strict=True))

    @property
    def random_change(self) -> Float64[np.ndarray, " draws"]:
        """The same for each draw."""
        return self.sign * (self.whole - self.random_deletion).mean(axis=1)


def removal_curves(
    prediction: Prediction,
    values: Mapping[str, Float[np.ndarray, " edges"]],
    *,
    target: Int64[np.ndarray, " edges"],
    draws: int = DRAWS,
    seed: int = 0,
    insertion: bool = True,
) -> RemovalCurves:
    """Take edges away, and put them back, in the order of falling values.

    Args:
        prediction: asked (orders + draws) × shares times, twice that with `insertion`, and twice more.
        values: for each order, a number for each edge.
        target: the gene that each edge leads into; edges of each are ordered by themselves.
        draws: how many orders are drawn by chance.
        seed: of those.
        insertion: whether edges are also put back; no order has that curve otherwise.
    """
    random = np.random.default_rng([seed, 5])
    drawn = [random.random(len(target)) for _ in range(draws)]
    ranks = [rank_within(value, target) for value in (*values.values(), *drawn)]
    first = np.stack([[share_of(rank, target, share) for share in SHARES] for rank in ranks])  # [M + R, S, edges]
    without = np.array([[prediction(~edges) for edges in order] for order in first])
    alone = np.array([[prediction(edges) for edges in order] for order in first if insertion]).reshape(-1, len(SHARES))
    named = len(values)
    every = np.ones(len(target), dtype=bool)
    return RemovalCurves(
        orders=tuple(values),
        whole=prediction(every),
        bare=prediction(~every),
        deletion=without[:named],
        insertion=alone[:named],
        random_deletion=without[named:],
        random_insertion=alone[named:],
    )


def rank_within(value: Float[np.ndarray, " edges"], target: Int64[np.ndarray, " edges"]) -> Int64[np.ndarray, " edges"]:
    """The place of each edge among those into the same gene, 0 for the largest value; equal ones in their order."""
    order = np.lexsort((-np.asarray(value, dtype=np.float64), target))
    _, start, count = np.unique(target[order], return_index=True, return_counts=True)
    rank = np.empty(len(target), dtype=np.int64)
    rank[order] = np.arange(len(target)) - np.repeat(start, count)
    return rank


def share_of(
    rank: Int64[np.ndarray, " edges"], target: Int64[np.ndarray, " edges"], share: float
) -> Bool[np.ndarray, " edges"]:
    """The first edges of each gene: this share of them, rounded, and one at least."""
    _, place, count = np.unique(target, return_inverse=True, return_counts=True)
    taken = np.maximum(np.floor(share * count + 0.5), 1)
    return rank < taken[place]
