"""Which screen tested each pair of a run's predictions: the split says it, row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.errors import DamagedRun
from slviz.splits.pair_split import GENE_ROW, SCREEN_COLUMN


def screens_of(predictions: pd.DataFrame, split: pd.DataFrame) -> np.ndarray:
    """Text [rows of `predictions`]: the screen, "" for a row that is no test.

    Args:
        predictions: of a run.
        split: of the same run, as `RunStore.open_split` reads it.

    Raises `DamagedRun` where the two are of different pairs.
    """
    if SCREEN_COLUMN not in split:
        return np.full(len(predictions), "", dtype=object)
    kinds = [kind for kind in predictions["negative_kind"].unique().tolist() if kind != GENE_ROW]
    rows = split.loc[split["negative_kind"].isin(kinds)]
    columns = ["gene_a", "gene_b", "part", "negative_kind"]
    if len(rows) != len(predictions) or (rows[columns].to_numpy() != predictions[columns].to_numpy()).any():
        raise DamagedRun("The predictions and the split of this run are of different pairs. Train the run again.")
    return rows[SCREEN_COLUMN].to_numpy(dtype=object)
