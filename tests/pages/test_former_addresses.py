"""Addresses that earlier versions wrote still show what they showed, and are written in the words of today."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from slviz.runs import Run

Open = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("page", "former", "today"),
    [
        (
            "embedding",
            {"map": "PCA", "colour": "How far to believe", "trust": "continuity", "believe": "true"},
            {"map": "PCA", "colour": "Map quality", "quality": "continuity", "map-quality": "true"},
        ),
        ("predictions", {"against": "random", "part": "train"}, {"negatives": "random", "part": "train"}),
        (
            "train",
            {"split": "twin-free", "settings": "parts=4"},
            {"split": "near-duplicate-free", "settings": "message_partitions=4"},
        ),
    ],
)
def test_a_former_address(page: str, former: dict[str, str], today: dict[str, str], run: Run, open_page: Open) -> None:
    pages = [open_page(page, run=run.run_id, **query) for query in (former, today)]
    for app in pages:
        assert not app.exception
        assert not app.warning
    of_former, of_today = pages
    assert of_former.query_params == of_today.query_params
    assert [each.value for each in of_former.markdown] == [each.value for each in of_today.markdown]
    assert [each.value for each in of_former.selectbox] == [each.value for each in of_today.selectbox]
    assert [each.value for each in of_former.number_input] == [each.value for each in of_today.number_input]
