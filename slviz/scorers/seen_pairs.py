"""SeenPairs: the pairs that may be learnt from, with their scores and where they were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys, rows_among
from slviz.errors import DataError
from slviz.scorers.stored_arrays import stored
from slviz.splits import PairSplit
from slviz.splits.pair_split import TESTED

SOURCES = 8
FEWEST_SHARE = 0.01


@dataclass(frozen=True, eq=False)
class SeenPairs:
    """P known pairs of G genes that a model may read.

    Attributes:
        genes: number of genes G.
        pairs: int64 [P, 2].
        score: float32 [P], their confidence.
        source: int64 [P], number of the publication that lists the pair; the last number is "any other".
        sources: names of the publications, without "any other".
    """

    genes: int
    pairs: Int64[np.ndarray, "pairs 2"]
    score: Float32[np.ndarray, " pairs"]
    source: Int64[np.ndarray, " pairs"]
    sources: tuple[str, ...]

    @classmethod
    def of(
        cls, graph: GeneGraph, pairs: Int64[np.ndarray, "pairs 2"], score: Float32[np.ndarray, " pairs"]
    ) -> SeenPairs:
        """The pairs with their first record's publication, looked up for these pairs and no others.

        The publications that list one pair in a hundred or more are told apart, the eight largest at most.
        """
        label = _labels(graph, pairs)
        names, count = np.unique(label[label != ""], return_counts=True)
        largest = np.argsort(-count, kind="stable")[:SOURCES]
        kept = tuple(str(names[at]) for at in largest if count[at] >= max(2, FEWEST_SHARE * len(pairs)))
        number = {name: at for at, name in enumerate(kept)}
        source = np.array([number.get(name, len(kept)) for name in label], dtype=np.int64)
        return cls(len(graph), pairs, np.nan_to_num(score), source, kept)

    @classmethod
    def of_training(cls, graph: GeneGraph, split: PairSplit) -> SeenPairs:
        """The training pairs of a split."""
        rows = split.rows("train")
        return cls.of(graph, split.pairs[rows], split.score[rows])

    def __len__(self) -> int:
        return len(self.pairs)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back; of the sources their number."""
        return {
            "seen.pairs": self.pairs.astype(np.int32),
            "seen.score": self.score.astype(np.float32),
            "seen.source": self.source.astype(np.int32),
            "seen.sources": np.array([len(self.sources)], dtype=np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], *, genes: int) -> SeenPairs:
        """The training pairs of a stored run; raises `DamagedRun` where an array of them is not there."""
        return cls(
            genes=genes,
            pairs=stored(arrays, "seen.pairs").astype(np.int64),
            score=stored(arrays, "seen.score"),
            source=stored(arrays, "seen.source").astype(np.int64),
            sources=("",) * int(stored(arrays, "seen.sources")[0]),
        )

    def only(self, rows: np.ndarray) -> SeenPairs:
        """Those pairs alone, numbered by the same sources."""
        return SeenPairs(self.genes, self.pairs[rows], self.score[rows], self.source[rows], self.sources)


def untested_rows(split: PairSplit) -> Int64[np.ndarray, " rows"]:
    """Rows of the known training pairs that no screen tested; raises `DataError` where there are fewer than two."""
    genes = len(split.gene_part)
    rows = split.rows("train")
    tested = pair_keys(split.pairs[np.isin(split.negative_kind, TESTED)], genes)
    free = rows[~np.isin(pair_keys(split.pairs[rows], genes), tested)]
    if len(free) < 2:
        raise DataError(
            f"This model reads known pairs that no screen tested, and this split leaves {len(free) or 'none'}. "
            "Take the network 'bench', which needs none, or hold out another screen."
        )
    return free


def publication_of(graph: GeneGraph, pairs: Int64[np.ndarray, "pairs 2"]) -> Int64[np.ndarray, " pairs"]:
    """A number for the publication of each pair's first record, the same for pairs of the same one."""
    return np.unique(_labels(graph, pairs).astype(str), return_inverse=True)[1].astype(np.int64)


def _labels(graph: GeneGraph, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
    """Text [P]: the publication of each pair's first record, its kind of evidence where none is named, or ""."""
    label = np.full(len(pairs), "", dtype=object)
    if graph.evidence is None or not len(graph.evidence) or not len(pairs):
        return label
    records = graph.evidence.drop_duplicates("pair")
    at = rows_among(pairs, graph.pairs[records["pair"].to_numpy()], genes=len(graph))
    listed = at >= 0
    named = np.where(records["pubmed"] != "", records["pubmed"], records["evidence"]).astype(object)
    label[listed] = named[at[listed]]
    return label
