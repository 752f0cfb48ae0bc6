"""Clusters: groups of genes that lie together in the embedding or on a map."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Float32, Int64

from slviz.choices import Choice, Choices, setting
from slviz.projections.density import Space, where
from slviz.projections.leiden import leiden
from slviz.projections.method import checked_vectors
from slviz.projections.neighbours import nearest_neighbours

NO_CLUSTER = "none"


@dataclass(frozen=True, eq=False)
class Clusters:
    """A group for each gene. G genes, C clusters.

    Attributes:
        label: int64 [G], 0 to C − 1 from the largest cluster to the smallest; −1 for no cluster.
        names: "cluster 1" (the largest), "cluster 2", …; as many as there are clusters.
        how: a sentence that names the method, its settings and its space.
    """

    label: Int64[np.ndarray, " genes"]
    names: tuple[str, ...]
    how: str

    @property
    def name_of_each(self) -> np.ndarray:
        """Text [G]: each gene's cluster, "none" where it has none."""
        return np.array([*self.names, NO_CLUSTER], dtype=object)[self.label]


@dataclass(frozen=True)
class Clustering(Choice):
    """A way to group genes."""

    name: ClassVar[str]

    def find(self, vectors: Float[np.ndarray, "genes width"], seed: int = 0, *, space: Space = "embedding") -> Clusters:
        """Clusters of `vectors` [G, D], the same for the same seed; `space` says what they are, for the text."""
        raw, how = self.group(checked_vectors(vectors), seed)
        label = by_size(raw)
        names = tuple(f"cluster {number + 1}" for number in range(label.max() + 1))
        return Clusters(label=label, names=names, how=f"{how} {where(space)}.")

    @abstractmethod
    def group(self, vectors: Float32[np.ndarray, "genes width"], seed: int) -> tuple[np.ndarray, str]:
        """A label a gene (negative: none) and a sentence without its end; `find` calls it."""


@dataclass(frozen=True)
class LeidenClusters(Clustering):
    """Leiden: communities of the graph that joins each gene with its nearest; finds their number itself."""

    name: ClassVar[str] = "leiden"
    neighbours: int = setting(15, "How many nearest genes each gene is joined with.", low=2, high=200)
    resolution: float = setting(1.0, "Higher gives more and smaller clusters.", low=0.05, high=20.0)

    def group(self, vectors: Float32[np.ndarray, "genes width"], seed: int) -> tuple[np.ndarray, str]:
        from threadpoolctl import threadpool_limits

        nearest = min(self.neighbours, len(vectors) - 1)
        with threadpool_limits(1):
            number, _ = nearest_neighbours(vectors, count=nearest)
        who = np.repeat(np.arange(len(vectors)), nearest)
        joined = sp.csr_array((np.ones(number.size), (who, number.ravel())), shape=(len(vectors), len(vectors)))
        label = leiden(sp.csr_array(joined + joined.T), resolution=self.resolution, seed=seed)
        return label, f"Leiden communities over the {nearest} nearest genes of each, resolution {self.resolution:g},"


@dataclass(frozen=True)
class KMeansClusters(Clustering):
    """k-means: a fixed number of round clusters; every gene belongs to one."""

    name: ClassVar[str] = "kmeans"
    clusters: int = setting(10, "How many clusters.", low=2, high=60)

    def group(self, vectors: Float32[np.ndarray, "genes width"], seed: int) -> tuple[np.ndarray, str]:
        from sklearn.cluster import KMeans
        from threadpoolctl import threadpool_limits

        wanted = min(self.clusters, len(np.unique(vectors, axis=0)))
        fitted = KMeans(n_clusters=wanted, n_init=4, random_state=seed)  # pyright: ignore[reportArgumentType]
        with threadpool_limits(1):  # threads that share busy cores wait for each other: 20 times slower, 6,375 genes
            return fitted.fit_predict(vectors), f"k-means with {wanted} clusters, seed {seed},"


@dataclass(frozen=True)
class HdbscanClusters(Clustering):
    """HDBSCAN: dense groups of any shape; genes between them belong to none."""

    name: ClassVar[str] = "hdbscan"
    smallest: int = setting(
        0, "Fewest genes of a cluster; 0 takes one in a hundred genes, at least 5.", low=0, high=10_000
    )

    def group(self, vectors: Float32[np.ndarray, "genes width"], seed: int) -> tuple[np.ndarray, str]:
        from sklearn.cluster import HDBSCAN

        smallest = max(self.smallest or max(5, len(vectors) // 100), 2)
        smallest = min(smallest, len(vectors) - 1)
        fitted = HDBSCAN(min_cluster_size=smallest, min_samples=min(5, smallest), copy=True)  # pyright: ignore[reportArgumentType]
        return fitted.fit_predict(vectors), f"HDBSCAN with at least {smallest} genes a cluster"


CLUSTERINGS: Choices[Clustering] = Choices("clustering", LeidenClusters, KMeansClusters, HdbscanClusters)


def by_size(raw: np.ndarray) -> Int64[np.ndarray, " genes"]:
    """Labels renumbered so that 0 is the largest; equal sizes keep the order of their first gene."""
    label = np.full(len(raw), -1, dtype=np.int64)
    labels, first, size = np.unique(raw[raw >= 0], return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    label[raw >= 0] = rank[np.searchsorted(labels, raw[raw >= 0])]
    return label
