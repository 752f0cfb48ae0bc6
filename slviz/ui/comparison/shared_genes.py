"""The genes that several runs have in common, told on the page where they are not all of them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

FEWEST = 3
"""So many genes have neighbours and a map that can be aligned."""


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
