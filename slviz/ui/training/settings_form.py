"""A form that is made from a choice's own settings: written once, in the choice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from slviz.choices import Choice, Choices, Setting
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.training.form_start import key_of

COLUMNS = 5
SIDE_BY_SIDE = 4
"""Up to so many names stand beside each other; more are a list."""
C = TypeVar("C", bound=Choice)


def pick(
    table: Choices[C],
    label: str,
    *,
    key: str,
    help: str,
    default: str | None = None,
    words: Mapping[str, str] | None = None,
    further: Sequence[str] = (),
    only: Sequence[str] | None = None,
    typed: bool = False,
) -> str:
    """A control over the names of a table, some of them in other `words`; each one's own sentence is its help.

    `further` names stand behind those of the table; `only` names are offered in place of all of these, where given;
    with `typed`, a visitor may type one that the table has unlisted.
    """
    names = [*table, *further] if only is None else list(only)
    worded = {name: in_words(said) for name, said in (words or {}).items()}
    name = str(st.session_state.get(key) or "")
    if typed and name not in names and name in table:
        names.append(name)
    sentences = "\n".join(f"- **{worded.get(name, name)}**: {escape_markdown(table[name].summary())}" for name in names)
    shared: dict[str, Any] = {
        "format_func": lambda name: str(worded.get(name, name)),
        "key": key,
        "help": in_words(f"{help}\n\n{sentences}"),
        "persist_state": "session",
    }
    first = default if default in names else names[0]
    if name and name not in names:  # of another data set
        st.session_state[key] = first
    if len(names) > SIDE_BY_SIDE:
        chosen = st.selectbox(label, names, index=names.index(first), accept_new_options=typed, **shared)
    else:
        chosen = st.segmented_control(label, names, default=first, required=True, **shared)
    return chosen or first


def controls(
    choices: Mapping[str, type[Choice]], *, advanced: bool, leave_out: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Controls for the ordinary, or the advanced, settings of several choices; by choice, the values by setting.

    Switches come last, so that the fields stand in even rows.
    """
    settings = [
        (part, setting)
        for part, choice in choices.items()
        for setting in choice.settings()
        if setting.advanced == advanced and setting.key not in leave_out
    ]
    settings.sort(key=lambda pair: pair[1].kind is bool)
    values: dict[str, dict[str, Any]] = {part: {} for part in choices}
    for start in range(0, len(settings), COLUMNS):
        for column, (part, setting) in zip(st.columns(COLUMNS), settings[start : start + COLUMNS], strict=False):
            with column:
                values[part][setting.key] = _control(setting, key=key_of(part, choices[part].name, setting.key))
    return values


def grouped(
    choices: Mapping[str, type[Choice]], words: Mapping[str, str], *, leave_out: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """The advanced settings as `controls` gives them, each choice's under its own words."""
    values: dict[str, dict[str, Any]] = {}
    for part, choice in choices.items():
        if any(setting.advanced and setting.key not in leave_out for setting in choice.settings()):
            st.caption(words[part])
        values |= controls({part: choice}, advanced=True, leave_out=leave_out)
    return values


def _control(setting: Setting, *, key: str) -> Any:
    common: dict[str, Any] = {"key": key, "help": in_words(setting.help), "persist_state": "session"}
    label = in_words(setting.label)
    if setting.options is not None:
        return st.selectbox(label, setting.options, index=setting.options.index(setting.default), **common)
    if setting.kind is bool:
        return st.toggle(label, setting.default, **common)
    if setting.kind is int:
        return st.number_input(label, _whole(setting.low), _whole(setting.high), setting.default, step=1, **common)
    if setting.kind is float:
        step = 10 ** (len(f"{setting.default:g}".partition(".")[2]) * -1) if setting.default else 0.01
        return st.number_input(
            label, setting.low, setting.high, setting.default, step=float(step), format="%g", **common
        )
    return st.text_input(label, setting.default, **common)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)
