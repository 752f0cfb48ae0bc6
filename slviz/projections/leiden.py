"""The Leiden algorithm: communities of a weighted graph by modularity (Traag, Waltman & van Eck 2019)."""

from __future__ import annotations

import graspologic_native
import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

TRIALS = 3
"""The best of so many runs is taken; one takes a tenth of a second for 10,000 genes."""


def leiden(weights: sp.csr_array, *, resolution: float = 1.0, seed: int = 0) -> Int64[np.ndarray, " nodes"]:
    """A community for each node, 0, 1, …; the same for the same seed. Made by graspologic-native.

    Args:
        weights: symmetric [N, N], no value negative; what stands on the diagonal is a node's tie to itself.
        resolution: above 1 gives more and smaller communities.
        seed: of the order in which nodes are visited.
    """
    nodes = weights.shape[0]
    label = np.arange(nodes, dtype=np.int64)
    if not weights.nnz:
        return label
    _, community = graspologic_native.leiden_csr(  # pyright: ignore[reportAttributeAccessIssue]
        weights.indptr.astype(np.int64),
        weights.indices.astype(np.int32),
        weights.data.astype(np.float64),
        nodes,
        resolution=resolution,
        seed=seed,
        trials=TRIALS,
    )
    label[list(community)] = list(community.values())
    return np.unique(label, return_inverse=True)[1].astype(np.int64)
