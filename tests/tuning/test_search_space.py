"""What a search varies: lists, ranges, grids, and sentences for what is none."""

from __future__ import annotations

import pytest

from slviz.errors import InvalidSetting
from slviz.tuning.space import Tried, grid_of, split_words, words_for

NAMES = {"task": "link", "network": "gat", "features": "both", "split": "pairs", "optimiser": "adam"}


def test_lists_and_ranges_are_tried_and_single_values_hold_still():
    fixed, tried = split_words(NAMES, ["epochs=50", "width=32,64", "layers=1..3", "learning_rate=0.001..0.1:log"])
    assert fixed == ["epochs=50"]
    assert tried == [
        Tried("width", values=(32, 64)),
        Tried("layers", low=1, high=3),
        Tried("learning_rate", low=0.001, high=0.1, log=True),
    ]
    assert [str(each) for each in tried] == ["width=32,64", "layers=1..3", "learning_rate=0.001..0.1:log"]
    assert split_words(NAMES, [str(each) for each in tried])[1] == tried, "what is written is read again"


def test_flags_and_words_can_be_listed():
    _, tried = split_words(NAMES, ["residual=true,false", "negatives=mixed,random"])
    assert tried[0].values == (True, False)
    assert words_for({"residual": False, "negatives": "random"}) == ["residual=false", "negatives=random"]


def test_the_usual_settings_are_tried_where_nobody_says_and_the_network_has_them():
    keys = [each.key for each in split_words(NAMES, ["dropout=0.1"])[1]]
    assert "heads" in keys
    assert "dropout" not in keys, "it holds still"
    assert "heads" not in [each.key for each in split_words({**NAMES, "network": "mlp"}, [])[1]]


def test_how_many_negatives_training_draws_is_searched_on_validation():
    _, tried = split_words(NAMES, ["training_ratio=1..50:log", "epochs=20"])
    assert tried == [Tried("training_ratio", low=1, high=50, log=True)]
    assert [words_for({"training_ratio": each.used(7)}) for each in tried] == [["training_ratio=7"]]
    with pytest.raises(InvalidSetting, match="training_ratio=51 is outside the range 0 to 50"):
        split_words(NAMES, ["training_ratio=1,51"])


def test_a_grid_has_every_combination():
    found = grid_of([Tried("width", values=(32, 64)), Tried("layers", low=1, high=3)])
    assert len(found) == 6
    assert found[0] == {"width": 32, "layers": 1}
    assert found[-1] == {"width": 64, "layers": 3}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("width=32,9999", "width=9999 is outside the range"),
        ("layers=3..1", "the first number of a range is the smaller"),
        ("dropout=0.0..0.5:log", "begins above 0"),
        ("negatives=a..b", "only a number has a range"),
        ("negatives=mixed,none", "is not one of"),
        ("heds=1,2", "Did you mean 'heads'"),
        ("layers=1..x", "is not a whole number"),
    ],
)
def test_what_cannot_be_tried_is_a_sentence(word: str, said: str):
    with pytest.raises(InvalidSetting, match=said):
        split_words(NAMES, [word])


def test_a_grid_needs_an_end():
    with pytest.raises(InvalidSetting, match="A grid needs a list of dropout"):
        grid_of([Tried("dropout", low=0.0, high=0.5)])
    with pytest.raises(InvalidSetting, match="This grid has 40,000 combinations"):
        grid_of([Tried("a", low=1, high=200), Tried("b", low=1, high=200)])


def test_a_number_drawn_from_a_range_is_trained_with_three_digits_inside_its_ends() -> None:
    drawn = Tried("learning_rate", low=1.234567e-05, high=0.01, log=True)
    assert drawn.used(0.00123456789) == 0.00123
    assert drawn.used(1.2345671e-05) == 1.234567e-05  # 1.23e-05 would lie outside
    assert Tried("learning_rate", values=(0.123456, 0.2)).used(0.123456) == 0.123456
    assert Tried("layers", low=1, high=4).used(3) == 3
