"""LeafMasks: boosted trees over millions of pairs, where most features are of single genes (QuickScorer).

Every inner node knows which leaves cannot be reached any more once a row goes to its right: those of its left
subtree. A row's leaf in a tree is the first that none of its nodes has struck out, so the order of nodes does not
matter (Lucchese 2015, doi:10.1145/2766462.2767733). What nodes strike out by features of single genes is the same for
all pairs of a gene, so it is found once a gene; and of the features of pairs most are 0, which strike out nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.scorers.trees import LEAF, Trees, rounded_down

MOST_LEAVES = 16
ROWS_AT_ONCE = 16_384
ALL = np.uint16(0xFFFF)


@dataclass(frozen=True, eq=False)
class LeafMasks:
    """Trees of at most 16 leaves, as what each inner node strikes out. N inner nodes, T trees.

    Attributes:
        feature: int64 [N], ascending; of equal ones the thresholds ascend.
        threshold: float32 [N]; a row goes right where its feature is above.
        tree: int32 [N].
        mask: uint16 [N], a bit for each leaf from left to right: 0 for those that going right strikes out.
        value: float64 [T, 16], of each leaf from left to right.
        start: what every row begins with.
    """

    feature: Int64[np.ndarray, " nodes"]
    threshold: Float32[np.ndarray, " nodes"]
    tree: np.ndarray
    mask: np.ndarray
    value: Float64[np.ndarray, "trees 16"]
    start: float

    @classmethod
    def of(cls, trees: Trees) -> LeafMasks | None:
        """The same trees; None where one has more than 16 leaves."""
        arrays = trees.arrays
        nodes: list[tuple[int, np.float32, int, int]] = []
        value = np.zeros((len(arrays["roots"]), MOST_LEAVES))
        threshold = rounded_down(arrays["threshold"])
        for tree, root in enumerate(arrays["roots"].tolist()):
            leaves: list[int] = []
            _walk(arrays, threshold, root, tree, leaves, nodes)
            if len(leaves) > MOST_LEAVES:
                return None
            value[tree, : len(leaves)] = arrays["value"][leaves]
        nodes.sort(key=lambda node: node[:2])
        feature, limit, of_tree, mask = zip(*nodes, strict=True) if nodes else ((), (), (), ())
        return cls(
            np.array(feature, dtype=np.int64),
            np.array(limit, dtype=np.float32),
            np.array(of_tree, dtype=np.int32),
            np.array(mask, dtype=np.uint16),
            value,
            float(arrays["start"][0]),
        )

    def struck_out(
        self, values: Float32[np.ndarray, "columns genes"], features: Int64[np.ndarray, " columns"]
    ) -> np.ndarray:
        """What these features leave of each tree's leaves for every gene, uint16 [G, T]."""
        left = np.full((values.shape[1], len(self.value)), ALL, dtype=np.uint16)
        row_of = {feature: row for row, feature in enumerate(features.tolist())}
        for feature, threshold, tree, mask in zip(self.feature, self.threshold, self.tree, self.mask, strict=True):
            if int(feature) in row_of:
                left[values[row_of[int(feature)]] > threshold, tree] &= mask
        return left

    def raw_of_rows(self, features: Float32[np.ndarray, "rows features"]) -> Float64[np.ndarray, " rows"]:
        """`Trees.raw`, bit for bit: every tree's value is added in the same order."""
        blocks = [
            self._raw_of_block(features[start : start + ROWS_AT_ONCE])
            for start in range(0, len(features), ROWS_AT_ONCE)
        ]
        return np.concatenate(blocks) if blocks else np.empty(0)

    def _raw_of_block(self, features: np.ndarray) -> Float64[np.ndarray, " rows"]:
        columns = np.ascontiguousarray(features.T)
        left = np.full((len(self.value), len(features)), ALL, dtype=np.uint16)
        nodes = zip(self.feature.tolist(), self.threshold, self.tree.tolist(), self.mask, strict=True)
        for feature, threshold, tree, mask in nodes:
            goes_right = columns[feature] > threshold
            left[tree] &= np.where(goes_right, mask, ALL)
        low = left & 0xFF
        leaf = np.where(low > 0, first_bits()[low], 8 + first_bits()[left >> 8])
        total = np.full(len(features), self.start)
        for value, of_tree in zip(self.value, leaf, strict=True):
            total += value[of_tree]
        return total

    def raw(
        self,
        columns: Float32[np.ndarray, "features rows"],
        busier: np.ndarray,
        other: np.ndarray,
        *,
        of_busier: np.ndarray,
        of_other: np.ndarray,
    ) -> Float32[np.ndarray, " rows"]:
        """`Trees.raw_of_columns` of rows that are pairs, bit for bit; one thread, which holds no lock.

        Args:
            columns: the features of pairs, which come before those of single genes.
            busier, other: int32 [rows], the two genes of each row.
            of_busier, of_other: `struck_out` by the features of the one and of the other, [G, T].
        """
        of_pairs = self.feature < len(columns)
        feature = self.feature[of_pairs]
        bounds = np.searchsorted(feature, np.arange(len(columns) + 1)).astype(np.int32)
        return _compiled()(
            columns, busier, other, of_busier, of_other, bounds, self.threshold[of_pairs], self.tree[of_pairs],
            self.mask[of_pairs], self.value.astype(np.float32), np.float32(self.start), first_bits(),
        )  # fmt: skip


def _walk(arrays, threshold: np.ndarray, node: int, tree: int, leaves: list[int], nodes: list) -> int:
    """Leaves below a node, from left to right, into `leaves`; bits of them all."""
    feature = int(arrays["feature"][node])
    if feature == LEAF:
        leaves.append(node)
        return 1 << (len(leaves) - 1)
    left = _walk(arrays, threshold, int(arrays["left"][node]), tree, leaves, nodes)
    right = _walk(arrays, threshold, int(arrays["right"][node]), tree, leaves, nodes)
    nodes.append((feature, threshold[node], tree, ~left & 0xFFFF))
    return left | right


@cache
def first_bits() -> np.ndarray:
    """Place of the lowest bit that is set in each byte, uint8 [256]; 0 for none."""
    return np.array([(byte & -byte).bit_length() - 1 if byte else 0 for byte in range(256)], dtype=np.uint8)


@cache
def _compiled() -> Callable[..., Float32[np.ndarray, " rows"]]:
    import numba

    @numba.njit(nogil=True)
    def raw(columns, busier, other, of_busier, of_other, bounds, threshold, tree, mask, value, start, first_bit):
        features, rows = columns.shape
        trees = value.shape[0]
        total = np.empty(rows, dtype=np.float32)
        left = np.empty(trees, dtype=np.uint16)
        for row in range(rows):
            one, two = of_busier[busier[row]], of_other[other[row]]
            for at in range(trees):
                left[at] = one[at] & two[at]
            for feature in range(features):
                x = columns[feature, row]
                for node in range(bounds[feature], bounds[feature + 1]):
                    if threshold[node] >= x:
                        break
                    left[tree[node]] &= mask[node]
            summed = start
            for at in range(trees):
                bits = left[at]
                low = bits & 0xFF
                leaf = first_bit[low] if low else 8 + first_bit[bits >> 8]
                summed += value[at, leaf]
            total[row] = summed
        return total

    return raw
