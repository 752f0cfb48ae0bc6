"""How the rows of ranked partners read in a report."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.ranking import QUESTIONS, UNKNOWN_YET, Ranker, flag_labels, percentile_text, score_text, share_text


def question_sentence(ranker: Ranker) -> str:
    """What the scores answer, and what they do not."""
    asks = QUESTIONS[ranker.question]
    if ranker.question == "experiment":
        return (
            f"{asks} These are experiment scores, learnt from tested hits and non-hits, and say nothing of databases."
        )
    if ranker.question == "confidence":
        return f"{asks} It was learnt from listed pairs alone, and does not say which other pair is real."
    return f"{asks} A score completes the database; it is no probability, and does not foretell an experiment."


def popularity_sentence(ranker: Ranker) -> str:
    """That one flag is not known yet; "" where it is."""
    return "" if ranker.survey is not None else f"Whether a pair rests on popularity is {UNKNOWN_YET}."


def readable(ranker: Ranker, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of `Ranker.partners` as texts, by the titles that people read."""
    shown = {
        "Rank": [f"{rank:,}" for rank in table["rank"].tolist()],
        "Partner": table["gene"].tolist(),
        "Percentile": [percentile_text(value) for value in table["percentile"].tolist()],
        "Score": [score_text(value, bounded=ranker.bounded) for value in table["score"].tolist()],
        "Adjusted for hubs": [whole(value) for value in table["hub_adjusted_rank"].tolist()],
        "Status": table["status"].tolist(),
        "Why": table["reason"].tolist(),
        "Beware": flag_labels(table).tolist(),
    }
    if ranker.question == "experiment":
        shown["Answer"] = table["answer"].tolist()
    if np.isfinite(table["hit_probability"].to_numpy()).any():
        shown["Hits among such"] = [share_text(value) for value in table["hit_probability"].tolist()]
    return pd.DataFrame(shown)


NUMBERS = ("Rank", "Percentile", "Score", "Adjusted for hubs", "Hits among such")
"""Columns that stand at the right."""


def whole(value: float) -> str:
    """A number without digits, "–" for none."""
    return "–" if np.isnan(value) else f"{value:,.0f}"
