"""Which view of the data makes a run put other partners first than another run does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.scorers import ExplainedScorer


def view_causes(
    scorer: ExplainedScorer, gene: int, *, own: Int64[np.ndarray, " own"], others: Int64[np.ndarray, " others"]
) -> pd.DataFrame:
    """How much each view raises the partners that a run alone puts first over those that only another run does.

    Columns: `view`, its name; `own` and `others`, what it adds to the raw score (log-odds, or units of a confidence) of
    the pairs of the gene with either, as a mean; `adds`, `own` less `others`. Rows by falling `adds`. The shares are
    those of `ExplainedScorer.by_view`, so `adds` sums to the difference of the mean raw scores. Without a row where
    there are no partners of either kind.
    """
    if not len(own) or not len(others):
        return pd.DataFrame(columns=["view", "own", "others", "adds"])
    partners = np.r_[own, others]
    shares = scorer.by_view(np.stack([np.full_like(partners, gene), partners], axis=1))
    rows = [
        {"view": view, "own": float(adds[: len(own)].mean()), "others": float(adds[len(own) :].mean())}
        for view, adds in shares.items()
    ]
    table = pd.DataFrame(rows)
    return table.assign(adds=table["own"] - table["others"]).sort_values(
        "adds", ascending=False, kind="stable", ignore_index=True
    )
