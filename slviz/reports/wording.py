"""How the rows of ranked partners read in a report."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.ranking import FLAGS, QUESTIONS, Ranker, flag_labels, percentile_text, score_text

BOUNDED = 1.0


def question_sentence(ranker: Ranker) -> str:
    """What the scores answer, and what they do not."""
    asks = QUESTIONS[ranker.question]
    if ranker.question == "experiment":
        return (
            f"{asks} These are experiment scores, learnt from tested hits and non-hits, and say nothing of databases."
        )
    return f"{asks} A score completes the database; it is no probability, and does not foretell an experiment."


def readable(ranker: Ranker, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of `Ranker.partners` as texts, by the titles that people read."""
    bounded = bool((table["score"] <= BOUNDED).all() and (table["score"] >= 0).all())
    flags = flag_labels({key: table[key].to_numpy() for key in FLAGS}) if len(table) else np.empty(0, dtype=object)
    shown = {
        "Rank": [f"{rank:,}" for rank in table["rank"].tolist()],
        "Partner": table["gene"].tolist(),
        "Percentile": [percentile_text(value) for value in table["percentile"].tolist()],
        "Score": [score_text(value, bounded=bounded) for value in table["score"].tolist()],
        "Adjusted for hubs": [whole(value) for value in table["hub_adjusted_rank"].tolist()],
        "Status": table["status"].tolist(),
        "Why": table["reason"].tolist(),
        "Beware": flags.tolist(),
    }
    if ranker.question == "experiment":
        shown["Answer"] = table["answer"].tolist()
    if np.isfinite(table["hit_probability"].to_numpy()).any():
        shown["Hits among such"] = [f"{value:.0%}" for value in table["hit_probability"].tolist()]
    return pd.DataFrame(shown)


NUMBERS = ("Rank", "Percentile", "Score", "Adjusted for hubs", "Hits among such")
"""Columns that stand at the right."""


def whole(value: float) -> str:
    """A number without digits, "–" for none."""
    return "–" if np.isnan(value) else f"{value:,.0f}"
