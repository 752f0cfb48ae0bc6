"""A kept table takes little memory, comes back as it was, and is one object for all who look at it."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd

from slviz.ui.packed_table import PackedTable


def made() -> pd.DataFrame:
    number = np.random.default_rng(0).permutation(5_000)
    return pd.DataFrame(
        {
            "gene": [f"GENE{one}" for one in number],
            "rank": number,
            "score": number / 7,
            "surprise": np.nan,
            "known": number % 2 == 0,
            "popularity": pd.array([pd.NA, True] * 2_500, dtype="boolean"),
            "reason": pd.Series([f"shares {one % 5} partners" for one in number], dtype=object),
        }
    )


def test_a_table_that_nobody_holds_is_small_and_comes_back_as_it_was() -> None:
    packed = PackedTable(made())
    gc.collect()
    assert packed._in_use() is None
    pd.testing.assert_frame_equal(packed.table(), made())
    assert len(packed) < made().memory_usage(deep=True).sum() / 4


def test_those_who_look_at_a_table_share_it() -> None:
    table = made()
    packed = PackedTable(table)
    assert packed.table() is table
    del table
    gc.collect()
    again = packed.table()
    assert packed.table() is again
