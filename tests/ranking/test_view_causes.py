"""The view that raises a run's own first partners is named, and the views add up to the difference of the scores."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.figures.views import cause_bars
from slviz.ranking.view_causes import view_causes
from slviz.ui.comparison.cause_view import sentence


class Scorer:
    """Raw score of a pair: two views, one by the partner's number, one that is the same for all but the first."""

    def by_view(self, pairs):
        partner = pairs.max(axis=1)
        return {"flat": np.where(partner == 1, 3.0, 1.0), "rising": partner.astype(np.float64)}


def test_views_add_up_to_the_difference_and_the_strongest_comes_first():
    causes = view_causes(Scorer(), 0, own=np.array([7, 9]), others=np.array([1, 3]))
    assert causes["view"].tolist() == ["rising", "flat"]
    assert causes["adds"].tolist() == [6.0, -1.0]
    raw = [sum(Scorer().by_view(np.array([[0, partner]])).values())[0] for partner in (7, 9, 1, 3)]
    assert causes["adds"].sum() == pytest.approx(np.mean(raw[:2]) - np.mean(raw[2:]))
    said = sentence(causes, ("A", "B"), "log-odds")
    assert said == (
        "A puts its own first partners +5.00 log-odds above those of B, most of all by rising (+6.00); flat speaks "
        "against it (-1.00)."
    )
    figure = cause_bars(causes, unit="log-odds")
    assert figure.data[0].x.tolist() == [6.0, -1.0]


def test_where_both_put_the_same_first_no_view_is_the_cause():
    assert not len(view_causes(Scorer(), 0, own=np.array([], dtype=np.int64), others=np.array([1])))
