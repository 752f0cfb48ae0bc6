"""The genes that several runs have in common, by their symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Int64

from slviz.runs import Run
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

FEWEST = 3
"""So many genes have neighbours and a map that can be aligned."""


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


def of_runs(runs: Sequence[Run]) -> SharedGenes | None:
    """The shared genes; a line on how many where not all are, None with a sentence where they are too few."""
    shared = SharedGenes.of(runs)
    counts = [len(run.genes) for run in runs]
    if len(shared.genes) < FEWEST:
        st.info(
            escape_markdown(
                in_words(
                    f"These runs share {len(shared.genes)} of {' and '.join(f'{count:,}' for count in counts)} genes: "
                    f"too few to compare embeddings. Choose runs about the same genes."
                )
            ),
            icon=":material/info:",
        )
        return None
    if any(count != len(shared.genes) for count in counts):
        st.info(
            in_words(
                f"Compared on the {len(shared.genes):,} genes that all have; "
                f"the runs have {', '.join(f'{count:,}' for count in counts)}."
            ),
            icon=":material/info:",
        )
    return shared
