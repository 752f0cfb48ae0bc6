"""The genes that several runs have in common, by their symbols."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.runs.run import Run


@dataclass(frozen=True, eq=False)
class SharedGenes:
    """Genes that all of some runs have. S genes, R runs.

    Attributes:
        genes: their symbols, in the order of the first run.
        rows: int64 [R, S], the row of each gene in the embedding of each run.
    """

    genes: tuple[str, ...]
    rows: Int64[np.ndarray, "runs genes"]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> SharedGenes:
        """The genes of the first run that all of the others have, too."""
        rows = np.stack([pd.Index(run.genes).get_indexer(pd.Index(runs[0].genes)) for run in runs])
        there = np.flatnonzero((rows >= 0).all(axis=0))
        return cls(tuple(runs[0].genes[row] for row in there), rows[:, there].astype(np.int64))

    def vectors(self, runs: Sequence[Run]) -> list[np.ndarray]:
        """The embedding of each run at these genes."""
        return [run.embedding[rows] for run, rows in zip(runs, self.rows, strict=True)]

    def place_of(self, gene: str | None) -> int | None:
        """The number among these of the gene of that symbol; None where it is not here."""
        return self.genes.index(gene) if gene in self.genes else None

    def sample(self, count: int, *, keep: str | None = None) -> SharedGenes:
        """So many of the genes, drawn by chance but the same every time, in their order; `keep` is among them."""
        if count >= len(self.genes):
            return self
        chosen = drawn(len(self.genes), count, keep=self.place_of(keep))
        return SharedGenes(tuple(self.genes[gene] for gene in chosen), self.rows[:, chosen])

    def mark(self, runs: Sequence[Run]) -> str:
        """Eight digits that change with the genes and with their vectors, so with a run that was trained anew."""
        content = hashlib.sha256("\n".join(self.genes).encode())
        for vectors in self.vectors(runs):
            content.update(np.ascontiguousarray(vectors).tobytes())
        return content.hexdigest()[:8]


def drawn(genes: int, count: int, *, keep: int | None = None) -> Int64[np.ndarray, " drawn"]:
    """So many numbers below `genes`, ascending, by chance but the same every time; `keep` is among them."""
    chosen = np.random.default_rng(0).permutation(genes)[:count]
    if keep is not None and len(chosen) and keep not in chosen:
        chosen[-1] = keep
    return np.sort(chosen).astype(np.int64)
