"""Settings as a person types them: `heads=2 epochs=50`, to the choices of a run and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slviz import former_names
from slviz.choices import Choice, Setting
from slviz.datasets.report import shown
from slviz.errors import InvalidSetting, nearest
from slviz.runs.spec import TABLES
from slviz.runs.usual_settings import usual_settings

LONGEST_KEY = 200
"""Letters of a typed key that are compared with the keys there are."""


def choices_from_words(names: Mapping[str, str], words: Sequence[str]) -> dict[str, Any]:
    """The choice of each part (`task`, `network`, …), with the settings that `words` give.

    Args:
        names: for each part of `slviz.runs.spec.TABLES`, the name of the choice.
        words: `key=value`, each going to the part that has such a setting, or `part.key=value`.

    Raises `UnknownChoice` for a name, `InvalidSetting` for a word that is none, fits no part or several,
    or is given twice.
    """
    usual = usual_settings(names)
    given: dict[str, dict[str, Any]] = {part: {} for part in TABLES}
    settings = {part: {setting.key: setting for setting in TABLES[part][names[part]].settings()} for part in TABLES}
    for word in words:
        typed, equals, text = word.partition("=")
        if not equals:
            raise InvalidSetting(f"'{shown(word)}' is not a setting. Write key=value, such as epochs=200.")
        part, setting = owner(typed.strip(), settings, names)
        if setting.key in given[part]:
            raise InvalidSetting(f"{shown(typed.strip())} is given twice. Give it once.")
        given[part][setting.key] = setting.parse(text)
    return {part: table.make(names[part], **usual.get(part, {}) | given[part]) for part, table in TABLES.items()}


def owner(typed: str, settings: Mapping[str, Mapping[str, Setting]], names: Mapping[str, str]) -> tuple[str, Setting]:
    """The part that a typed key means, and its setting; raises `InvalidSetting` where it fits none or several.

    Args:
        typed: `key` or `part.key`.
        settings: of each part, by key.
        names: of each part, the chosen name, for the message.
    """
    part, dot, key = typed.rpartition(".")
    keys = {other: former_names.setting(TABLES[other][names[other]].name, key) for other in settings}
    if dot:
        if part in settings and keys[part] in settings[part]:
            return part, settings[part][keys[part]]
        owners = []
    else:
        owners = [other for other in settings if keys[other] in settings[other]]
    if len(owners) == 1:
        return owners[0], settings[owners[0]][keys[owners[0]]]
    if owners:
        ways = " or ".join(f"{owner}.{key}" for owner in owners)
        raise InvalidSetting(f"'{shown(key)}' is a setting of {' and of '.join(owners)}. Write {ways}.")
    known = [setting for of_part in settings.values() for setting in of_part]
    chosen = ", ".join(f"{part} '{name}'" for part, name in names.items())
    raise InvalidSetting(
        f"Nothing chosen here has a setting '{shown(typed)}'.{nearest(key[:LONGEST_KEY], known)} "
        f"Chosen are {chosen}; their settings are: {', '.join(sorted(set(known)))}."
    )


def words_of(
    choices: Mapping[str, Choice],
    *,
    leave_out: frozenset[str] = frozenset(),
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """The words that `choices_from_words` turns into `choices`: settings that differ from what is usual.

    What is usual depends on task, network, split and optimiser together (`usual_settings`): those of `choices`, or
    `names` where these are only some parts of a run.
    """
    kinds = {part: type(choice) for part, choice in choices.items()}
    values = {
        part: {
            setting.key: getattr(choice, setting.key) for setting in choice.settings() if setting.key not in leave_out
        }
        for part, choice in choices.items()
    }
    return words_of_values(kinds, values, names=names)


def words_of_values(
    kinds: Mapping[str, type[Choice]],
    values: Mapping[str, Mapping[str, Any]],
    *,
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """The same from the values by part and key; they need not go together, or be all of them."""
    keys = [setting.key for kind in kinds.values() for setting in kind.settings()]
    usual = usual_settings(names or {part: kind.name for part, kind in kinds.items()})
    words = []
    for part, kind in kinds.items():
        given, usually = values.get(part, {}), usual.get(part, {})
        for setting in kind.settings():
            at_rest = usually.get(setting.key, setting.default)
            if given.get(setting.key, at_rest) != at_rest:
                typed = f"{part}.{setting.key}" if keys.count(setting.key) > 1 else setting.key
                words.append(f"{typed}={_text(given[setting.key])}")
    return words


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
