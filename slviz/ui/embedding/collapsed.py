"""A sentence below the map on what an embedding does not tell apart: genes on one place, columns that say nothing."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.projections.columns import same_for_all
from slviz.projections.density import SamePlaceDensity
from slviz.runs import Run
from slviz.text import percent
from slviz.ui.labels import pluralise
from slviz.ui.nouns import in_words

MOST_GENES = 20_000
"""Of more, nobody is asked who shares a place."""
WORTH_A_WORD = 0.01
"""Share of the genes from which it is said that they share their place."""


def say(run: Run) -> None:
    """Nothing for an embedding that tells nearly all genes apart by all of its columns."""
    sentence = _sentence(run.run_id, run.embedding)
    if sentence:
        st.caption(f":material/filter_center_focus: {in_words(sentence)}")


@st.cache_data(max_entries=64, show_spinner=False)
def _sentence(run_id: str, _embedding: np.ndarray) -> str:
    return sentence(_embedding)


def sentence(embedding: np.ndarray) -> str:
    """Which share of genes lies on one place with others, and how many columns are the same for all; "" for neither."""
    parts = []
    genes, width = embedding.shape
    within = SamePlaceDensity().within
    if genes <= MOST_GENES:
        others = SamePlaceDensity().estimate(embedding).value
        shared = float((others > 0).mean())
        if shared >= WORTH_A_WORD:
            parts.append(
                f"{percent(shared, digits=1)} of the genes lie within {within:g} of another one in the embedding, and "
                f"{int(others.max()) + 1:,} on the fullest place: the network does not tell them apart. The colour "
                "*Local density*, estimate *same-place*, shows where."
            )
    still = same_for_all(embedding)
    if still:
        left = width - still
        parts.append(
            f"{still:,} of {pluralise(width, 'column')} of the embedding {'is' if still == 1 else 'are'} the same for "
            f"every gene, as where a ReLU has set a column to 0 for all"
            + (f": all genes lie along {pluralise(left, 'axis')}." if left == 1 else ".")
        )
    return " ".join(parts)
