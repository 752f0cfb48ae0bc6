from __future__ import annotations

import dataclasses

import pytest

from slviz.choices import Choice
from slviz.errors import InvalidSetting, UnknownChoice
from slviz.runs.settings_parser import choices_from_words, words_of
from slviz.runs.spec import TABLES

NAMES = {"task": "link", "network": "gat", "features": "both", "split": "pairs", "optimiser": "adam"}
EVERY = [(part, name) for part, table in TABLES.items() for name in table]


def other_value(choice: type[Choice], key: str) -> object:
    """A value of the setting that is allowed and not its default."""
    setting = next(each for each in choice.settings() if each.key == key)
    if setting.kind is bool:
        return not setting.default
    if setting.options is not None:
        return next(option for option in setting.options if option != setting.default)
    if setting.kind is str:
        return "ab12"
    if setting.kind is float:
        return setting.low + (setting.high - setting.low) / 7  # type: ignore[operator]
    twice = min(max(2 * setting.default, 1), setting.high)  # type: ignore[operator, type-var]
    return setting.low if twice == setting.default else int(twice)  # twice a width is still divided by its heads


@pytest.mark.parametrize(("part", "name"), EVERY)
def test_every_setting_of_every_choice_comes_back_as_typed(part: str, name: str):
    names = NAMES | {part: name}
    made = choices_from_words(names, [])
    assert words_of(made) == []
    for setting in TABLES[part][name].settings():
        changed = made | {
            part: dataclasses.replace(made[part], **{setting.key: other_value(TABLES[part][name], setting.key)})
        }
        words = words_of(changed)
        assert len(words) == 1
        assert choices_from_words(names, words) == changed


def test_several_settings_reach_their_parts():
    made = choices_from_words(NAMES, ["heads=2", "epochs=50", "fold=3", "negatives=random", "v2=yes"])
    assert (made["network"].heads, made["network"].v2) == (2, True)
    assert (made["optimiser"].epochs, made["split"].fold, made["task"].negatives) == (50, 3, "random")


def test_a_part_may_be_named():
    assert choices_from_words(NAMES, ["network.heads=2"])["network"].heads == 2
    with pytest.raises(InvalidSetting, match=r"has a setting 'task\.heads'"):
        choices_from_words(NAMES, ["task.heads=2"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["heds=2"], "Did you mean 'heads'"),
        (["heads"], "'heads' is not a setting. Write key=value"),
        (["heads=two"], "heads='two' is not a whole number"),
        (["heads=99"], "heads=99 is outside the range 1 to 8"),
        (["heads=2", "heads=4"], "heads is given twice"),
        (["learning_rate=nan"], "not a finite number"),
        (["=3"], "has a setting ''"),
        (["fold=7"], "fold=7 is outside"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(words: list[str], said: str):
    with pytest.raises(InvalidSetting) as refused:
        choices_from_words(NAMES, words)
    assert said in str(refused.value)


def test_an_unknown_name_is_a_sentence():
    with pytest.raises(UnknownChoice, match="Did you mean 'gat'"):
        choices_from_words(NAMES | {"network": "gta"}, [])


def test_a_setting_that_two_parts_have_must_say_which(monkeypatch: pytest.MonkeyPatch):
    network, optimiser = TABLES["network"]["gat"], TABLES["optimiser"]["adam"]

    @dataclasses.dataclass(frozen=True)
    class Clashing(network):
        epochs: int = next(field for field in dataclasses.fields(optimiser) if field.name == "epochs")  # type: ignore[assignment]

    monkeypatch.setitem(TABLES["network"]._classes, "gat", Clashing)
    with pytest.raises(InvalidSetting, match=r"Write network\.epochs or optimiser\.epochs"):
        choices_from_words(NAMES, ["epochs=3"])
    made = choices_from_words(NAMES, ["optimiser.epochs=3"])
    assert (made["network"].epochs, made["optimiser"].epochs) == (200, 3)
    assert words_of(made) == ["optimiser.epochs=3"]
