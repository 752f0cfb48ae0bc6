"""What the form for a new run begins with, a run's settings or what the address asks for; and the address after it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

import streamlit as st

from slviz.choices import Choice, Choices
from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.errors import InvalidSetting, nearest
from slviz.features import FEATURE_SETS, own_features, richest
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words, words_of_values
from slviz.runs.spec import DEFAULTS, TABLES
from slviz.runs.usual_settings import usual_settings
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.ui import address, data_folders
from slviz.ui.labels import escape_markdown

FROM_ADDRESS: Mapping[str, Choices] = {
    "task": TASKS,
    "network": NETWORKS,
    "features": FEATURE_SETS,
    "split": SPLITS,
    "optimiser": OPTIMISERS,
}
USUAL = {**DEFAULTS, "features": ""}
"""What a fresh form names; its features are the richest that the data set has."""
SETTINGS, SEED = "settings", "seed"
IN_ADDRESS = (*FROM_ADDRESS, SETTINGS, SEED)
READ_ELSEWHERE = frozenset({"job", *address.SHARED_PARAMETERS})
MOST_SEED = 2**31 - 1
WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")
"""Longer ones are no seed, and Python refuses to read thousands of digits."""
WRITTEN = "form in the address"
USUAL_SETTINGS = "usual settings of the form"


def key_of(part: str, name: str, setting: str) -> str:
    """Under which key the form keeps one setting of one choice."""
    return f"{part} {name} {setting}"


def fill(choices: Mapping[str, Choice]) -> None:
    """Let the form name these choices, with their settings, which stay until something is changed."""
    for part, choice in choices.items():
        st.session_state[part] = choice.name
        for setting in choice.settings():
            st.session_state[key_of(part, choice.name, setting.key)] = getattr(choice, setting.key)
    names = {part: str(st.session_state.get(part) or "") for part in TABLES}
    st.session_state[USUAL_SETTINGS] = usual_settings(names)


def take_over(spec: RunSpec) -> None:
    """Fill the form with the settings of a run, its data set included; a file of pairs has to be uploaded again."""
    fill({part: getattr(spec, part) for part in TABLES})
    st.session_state["seed"] = spec.seed
    _ask_for_data_of(spec)


def _ask_for_data_of(spec: RunSpec) -> None:
    """The run's data set in the address; where it may not be opened by itself, the data set is left as it is."""
    source = data_folders.permitted(spec.data_source)
    if source is not None:
        address.put(data=data_folders.name_in_address(source))


def follow_usual(names: Mapping[str, str]) -> None:
    """Give settings that stand at what was usual what is usual for these choices; what was changed stays."""
    before, now = st.session_state.get(USUAL_SETTINGS, {}), usual_settings(names)
    for part in {*before, *now}:
        choice = TABLES[part][names[part]]
        for setting in choice.settings():
            was = before.get(part, {}).get(setting.key, setting.default)
            is_now = now.get(part, {}).get(setting.key, setting.default)
            key = key_of(part, choice.name, setting.key)
            if was != is_now and st.session_state.get(key, was) == was:
                st.session_state[key] = is_now
    st.session_state[USUAL_SETTINGS] = now


def is_untouched() -> bool:
    """Whether this visitor has not seen the form yet."""
    return not any(name in st.session_state for name in FROM_ADDRESS)


def read_address() -> None:
    """Fill the form with what the address asks for, such as `?task=confidence&network=mlp&settings=width%3D8`.

    What it names in vain is said. What the form itself wrote there last is left alone, so that a change in the
    form stands; a link, a reload and the browser's "back" are read.
    """
    query = {key: st.query_params[key] for key in IN_ADDRESS if key in st.query_params}
    for key in st.query_params:
        if key not in (*IN_ADDRESS, *READ_ELSEWHERE):
            _warn(
                f"The address asks for {shown(key)} “{shown(st.query_params[key])}”, which this page does not take "
                f"from it. It takes {_list([*IN_ADDRESS, 'data', 'job'])}."
            )
    if query and query != st.session_state.get(WRITTEN):
        _fill(query)


def refuse_unknown_features(graph: GeneGraph) -> None:
    """Say so where the form names features that the data set does not have, and let it name the usual ones."""
    features = st.session_state.get("features")
    known = {*FEATURE_SETS, *own_features(graph), *graph.features}
    if not features or features in known or all(name in known for name in FEATURE_SETS[features].sources):
        return
    usual = richest(graph).name
    missing = next(name for name in FEATURE_SETS[features].sources if name not in known)
    names = [*FEATURE_SETS, *own_features(graph)]
    _warn(
        f"No feature set is called “{shown(features)}”.{nearest(missing, names)} There are: {_list(names)}; "
        f"join them by +. This form says {usual}."
    )
    st.session_state["features"] = usual


def write_address(
    names: Mapping[str, str], kinds: Mapping[str, type[Choice]], values: Mapping[str, Mapping[str, Any]], *, seed: int
) -> None:
    """Put what the form says into the address, as far as it is not what a fresh form of this data set says.

    Args:
        names: of the task, the network, the features, the split and the optimiser; "" for what a fresh form names.
        kinds: the choices whose settings the form asks for, by part.
        values: what it says, by part and setting.
        seed: of the run.
    """
    words = words_of_values(kinds, values)
    said = {part: names[part] for part in FROM_ADDRESS if names[part] not in ("", USUAL[part])}
    said |= {SETTINGS: shlex.join(words)} if words else {}
    said |= {SEED: str(seed)} if seed else {}
    address.put(**{key: said.get(key) for key in IN_ADDRESS})
    st.session_state[WRITTEN] = said


def _fill(query: Mapping[str, str]) -> None:
    names = dict(USUAL)
    for part, table in FROM_ADDRESS.items():
        if part in query and query[part] in table:
            names[part] = query[part]
        elif part in query:
            hint = nearest(query[part][:100], table)
            used = f" This form says {names[part]}." if names[part] else ""
            _warn(f"No {table.kind} is called “{shown(query[part])}”.{hint} There are: {_list(table)}.{used}")
        if names[part]:
            st.session_state[part] = names[part]
    st.session_state[USUAL_SETTINGS] = usual_settings(names)
    for part, choice in _choices({**names, "features": names["features"] or "none"}, query.get(SETTINGS, "")).items():
        for setting in choice.settings():
            st.session_state[key_of(part, choice.name, setting.key)] = getattr(choice, setting.key)
    seed = query.get(SEED, "0")
    if not WHOLE_NUMBER.fullmatch(seed) or int(seed) > MOST_SEED:
        _warn(f"The address asks for seed “{shown(seed)}”; it should be a whole number from 0 to {MOST_SEED:,}.")
        seed = "0"
    st.session_state[SEED] = int(seed)


def _choices(names: Mapping[str, str], typed: str) -> dict[str, Choice]:
    try:
        return choices_from_words(names, shlex.split(typed))
    except (InvalidSetting, ValueError) as error:
        _warn(f"The address asks for settings “{shown(typed)}”, which were left alone. {error}")
    return choices_from_words(names, [])


def _list(names: Mapping[str, object] | list[str]) -> str:
    return ", ".join(names)


def _warn(sentence: str) -> None:
    st.warning(escape_markdown(sentence), icon=":material/link_off:")
