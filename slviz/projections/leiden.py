"""The Leiden algorithm: communities of a weighted graph by modularity (Traag, Waltman & van Eck 2019).

Written from the paper (doi:10.1038/s41598-019-41695-z): nodes move to the neighbouring community that gains most
modularity until none gains; each community is then split into parts that hang together (refinement); the parts
become the nodes of a smaller graph; and so on until nothing changes. Unlike Louvain's, its communities are connected.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

TINY = 1e-10
"""A gain must be larger than this, so that rounding never moves a node to and fro."""
MOST_LEVELS = 50


def leiden(weights: sp.csr_array, *, resolution: float = 1.0, seed: int = 0) -> Int64[np.ndarray, " nodes"]:
    """A community for each node, 0, 1, …; the same for the same seed.

    Args:
        weights: symmetric [N, N], no value negative; what stands on the diagonal is a node's tie to itself.
        resolution: above 1 gives more and smaller communities.
        seed: of the order in which nodes are visited.
    """
    random = np.random.default_rng(seed)
    label = np.arange(weights.shape[0], dtype=np.int64)  # of each original node: its node in the graph of this level
    graph = _Graph.of(weights, resolution)
    community = list(range(len(graph.strength)))
    for _ in range(MOST_LEVELS):
        community = _move(graph, community, random)
        part = _refine(graph, community, random)
        parts, part_of = np.unique(np.asarray(part), return_inverse=True)
        label = part_of[label]
        of_part = np.empty(len(parts), dtype=np.int64)
        of_part[part_of] = community
        if len(parts) == len(part):
            break  # nothing was merged: this is the end
        _, above = np.unique(of_part, return_inverse=True)
        graph, community = graph.merged(part_of, len(parts)), above.tolist()
    return np.unique(np.asarray(community)[label], return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Graph:
    """A graph as Python lists, which a loop over nodes reads ten times faster than arrays.

    Attributes:
        weights: as it came, for merging.
        near, tie: for each node its neighbours (itself left out) and the weights of the edges to them.
        strength: sum of a node's weights, its own included.
        pull: resolution / sum of all strengths.
    """

    weights: sp.csr_array
    near: list[list[int]]
    tie: list[list[float]]
    strength: list[float]
    pull: float

    @classmethod
    def of(cls, weights: sp.csr_array, resolution: float) -> _Graph:
        weights = sp.csr_array(weights, dtype=np.float64)
        strength = np.asarray(weights.sum(axis=1)).ravel()
        total = strength.sum()
        return cls._listed(weights, strength, resolution / total if total > 0 else 0.0)

    @classmethod
    def _listed(cls, weights: sp.csr_array, strength: np.ndarray, pull: float) -> _Graph:
        others = weights - sp.diags_array(weights.diagonal(), format="csr")
        others.eliminate_zeros()
        bounds, near, tie = (np.asarray(each).tolist() for each in (others.indptr, others.indices, others.data))
        spans = list(itertools.pairwise(bounds))
        return cls(weights, [near[a:b] for a, b in spans], [tie[a:b] for a, b in spans], strength.tolist(), pull)

    def merged(self, part: np.ndarray, count: int) -> _Graph:
        """The graph whose nodes are the parts; weights inside a part become its tie to itself."""
        belongs = sp.csr_array((np.ones(len(part)), (np.arange(len(part)), part)), shape=(len(part), count))
        weights = sp.csr_array(belongs.T @ self.weights @ belongs)
        return self._listed(weights, np.bincount(part, weights=self.strength, minlength=count), self.pull)


def _move(graph: _Graph, community: list[int], random: np.random.Generator) -> list[int]:
    """Local moving: nodes whose surroundings changed are visited again, until none gains by moving."""
    near, tie, strength, pull = graph.near, graph.tie, graph.strength, graph.pull
    community = list(community)
    total = np.bincount(community, weights=strength, minlength=len(strength)).tolist()
    waiting = deque(random.permutation(len(strength)).tolist())
    is_waiting = bytearray(b"\1" * len(strength))
    while waiting:
        node = waiting.popleft()
        is_waiting[node] = 0
        here, own = community[node], strength[node]
        ties: dict[int, float] = {here: 0.0}
        for other, weight in zip(near[node], tie[node], strict=True):
            there = community[other]
            ties[there] = ties.get(there, 0.0) + weight
        total[here] -= own
        pulled = pull * own
        best, most = here, ties[here] - pulled * total[here] + TINY
        for there, weight in ties.items():
            gain = weight - pulled * total[there]
            if gain > most:
                best, most = there, gain
        total[best] += own
        if best != here:
            community[node] = best
            for other in near[node]:
                if not is_waiting[other] and community[other] != best:
                    is_waiting[other] = 1
                    waiting.append(other)
    return community


def _refine(graph: _Graph, community: list[int], random: np.random.Generator) -> list[int]:
    """Each community in parts: nodes begin alone, and one that is well tied joins the part that gains most.

    A node or part is well tied when its weight to the rest of its community is at least what chance would give.
    """
    near, tie, strength, pull = graph.near, graph.tie, graph.strength, graph.pull
    count = len(strength)
    whole = np.bincount(community, weights=strength, minlength=count).tolist()
    part, total, alone = list(range(count)), list(strength), bytearray(b"\1" * count)
    inward = [
        sum(weight for other, weight in zip(near[node], tie[node], strict=True) if community[other] == community[node])
        for node in range(count)
    ]
    outward = list(inward)  # of each part: its weight to the rest of its community
    for node in random.permutation(count).tolist():
        mine, own = community[node], strength[node]
        if not alone[node] or inward[node] < pull * own * (whole[mine] - own):
            continue
        ties: dict[int, float] = {}
        for other, weight in zip(near[node], tie[node], strict=True):
            if community[other] == mine:
                there = part[other]
                ties[there] = ties.get(there, 0.0) + weight
        best, most = node, TINY
        for there, weight in ties.items():
            gain = weight - pull * own * total[there]
            if gain > most and outward[there] >= pull * total[there] * (whole[mine] - total[there]):
                best, most = there, gain
        if best != node:
            part[node] = best
            alone[node] = alone[best] = 0
            total[best] += own
            outward[best] += inward[node] - 2 * ties[best]
    return part
