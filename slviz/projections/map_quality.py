"""Map quality: trustworthiness, continuity and neighbour recall of a map, in sum and at every gene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int64

from slviz.errors import DataError
from slviz.projections.method import OnProgress, checked_vectors
from slviz.projections.neighbours import FINDING, nearest_neighbours

NEIGHBOURS = 15
ALL_UP_TO = 20_000
SAMPLE = 5_000
BLOCK_NUMBERS = 4_000_000
"""About so many distances are held at a time (32 MB)."""


@dataclass(frozen=True, eq=False)
class MapQuality:
    """How well a map keeps neighbours. G genes.

    Attributes:
        trustworthiness: float32 [G], at most 1, which means: all that lie next to the gene on the map are
            its neighbours in the embedding too (Venna & Kaski 2001); NaN where a gene was not measured.
        continuity: float32 [G], at most 1, which means: all its neighbours in the embedding lie next to it
            on the map; NaN where a gene was not measured.
        recall: float32 [G], share (0 to 1) of its nearest genes in the embedding that are also its nearest
            on the map; NaN where a gene was not measured.
        neighbours: how many nearest genes are looked at.
    """

    trustworthiness: Float32[np.ndarray, " genes"]
    continuity: Float32[np.ndarray, " genes"]
    recall: Float32[np.ndarray, " genes"]
    neighbours: int

    def __post_init__(self) -> None:
        for array in (self.trustworthiness, self.continuity, self.recall):
            array.setflags(write=False)

    @property
    def measured(self) -> int:
        """How many genes were measured: all, or an even sample of many."""
        return int(np.isfinite(self.recall).sum())

    @property
    def lower(self) -> Float32[np.ndarray, " genes"]:
        """The lower of trustworthiness and continuity of each gene: what is wrong either way lowers it."""
        return np.minimum(self.trustworthiness, self.continuity)

    @property
    def by_chance(self) -> dict[str, float]:
        """What a map gives on average that lays the genes out by chance, by the name of the measure."""
        genes = len(self.recall)
        worst = _worst(genes, self.neighbours)
        # A random neighbour has each of the ranks 1 … G − 1 alike; only ranks beyond k cost anything.
        beyond = genes - 1 - self.neighbours
        cost = beyond * (beyond + 1) / 2 / (genes - 1) * self.neighbours
        ranks = 1 - cost / worst
        return {"trustworthiness": ranks, "continuity": ranks, "recall": self.neighbours / (genes - 1)}


def measure_map_quality(
    vectors: Float[np.ndarray, "genes width"],
    coordinates: Float[np.ndarray, "genes dimensions"],
    *,
    neighbours: int = NEIGHBOURS,
    on_progress: OnProgress | None = None,
) -> MapQuality:
    """How well `coordinates` keep the neighbours of `vectors`; exact, by Euclidean distance.

    Trustworthiness of a gene is 1 − 2 / (k (2G − 3k − 1)) · Σ (rank − k) over its k nearest on the map
    whose rank among its neighbours in the embedding is beyond k; continuity is the same with map and
    embedding exchanged. Their means over genes are the measures of Venna & Kaski 2001.

    Up to 20,000 genes all are measured; of more, 5,000 evenly through the list, each against all others.
    Raises `DataError` for fewer than four genes, or what no map can be made of.
    """
    vectors = checked_vectors(vectors)
    genes = len(vectors)
    neighbours = min(neighbours, (genes - 1) // 2)  # beyond half of the genes the measures have no meaning
    if neighbours < 1 or genes < 4:
        raise DataError(f"{genes} genes are too few to measure the quality of a map; it takes 4.")
    tell = on_progress or (lambda share, doing: None)
    tell(0.0, FINDING)
    sample = np.arange(0, genes, 1 if genes <= ALL_UP_TO else -(-genes // SAMPLE))
    there = nearest_of(vectors, sample, count=neighbours)
    here = nearest_of(coordinates, sample, count=neighbours)
    intruders = _ranks(vectors, sample, here, on_progress=lambda share: tell(0.1 + 0.5 * share, "measuring the map"))
    missed = _ranks(coordinates, sample, there, on_progress=lambda share: tell(0.6 + 0.4 * share, "measuring the map"))
    row = np.arange(len(sample))[:, None] * genes
    kept = np.isin(there + row, here + row).mean(axis=1)  # a gene's numbers never meet another gene's
    return MapQuality(
        trustworthiness=_spread_out(sample, _grade(intruders, genes, neighbours), genes),
        continuity=_spread_out(sample, _grade(missed, genes, neighbours), genes),
        recall=_spread_out(sample, kept, genes),
        neighbours=neighbours,
    )


def nearest_of(
    vectors: Float[np.ndarray, "genes width"], rows: Int64[np.ndarray, " sample"], *, count: int
) -> Int64[np.ndarray, "sample count"]:
    """Numbers of the `count` nearest others of the genes `asked`, nearest first; exact, Euclidean."""
    if len(rows) == len(vectors):
        return nearest_neighbours(vectors, count=count)[0]
    from sklearn.neighbors import NearestNeighbors

    algorithm = "kd_tree" if vectors.shape[1] <= 8 else "brute"
    nearest = NearestNeighbors(n_neighbors=count + 1, algorithm=algorithm).fit(vectors).kneighbors(vectors[rows])[1]
    # The gene itself is among the first, but behind another gene at its own place it need not be the very first.
    itself = nearest == rows[:, None]
    itself[~itself.any(axis=1), -1] = True
    return nearest[~itself].reshape(len(rows), count).astype(np.int64)


def _ranks(vectors, sample, others, *, on_progress) -> Int64[np.ndarray, "sample count"]:
    """The place (from 1) of each of `others` [A, k] in the order of distance from its gene, all genes considered.

    Distances in double precision, so that near ones far from the origin are still told apart. Genes at
    the same distance share the better place.
    """
    points = np.asarray(vectors, dtype=np.float64)
    points = points - points.mean(axis=0)
    square = (points**2).sum(axis=1)
    rank = np.empty(others.shape, dtype=np.int64)
    step = max(BLOCK_NUMBERS // len(points), 1)
    for start in range(0, len(sample), step):
        rows = sample[start : start + step]
        distance = square - 2 * points[rows] @ points.T  # without |own|², which changes no order: [rows, genes]
        distance[np.arange(len(rows)), rows] = np.inf  # never its own neighbour
        wanted = np.take_along_axis(distance, others[start : start + step], axis=1)
        nearer = [np.count_nonzero(distance < value[:, None], axis=1) for value in wanted.T]  # a third of a sort's time
        rank[start : start + step] = 1 + np.stack(nearer, axis=1)
        on_progress((start + len(rows)) / len(sample))
    return rank


def _grade(rank: Int64[np.ndarray, "sample count"], genes: int, neighbours: int) -> np.ndarray:
    return 1 - np.maximum(rank - neighbours, 0).sum(axis=1) / _worst(genes, neighbours)


def _worst(genes: int, neighbours: int) -> float:
    """What a gene's ranks beyond k are divided by: k (2G − 3k − 1) / 2, their sum in the worst case."""
    return neighbours * (2 * genes - 3 * neighbours - 1) / 2


def _spread_out(sample: np.ndarray, values: np.ndarray, genes: int) -> Float32[np.ndarray, " genes"]:
    everywhere = np.full(genes, np.nan, dtype=np.float32)
    everywhere[sample] = values
    return everywhere
