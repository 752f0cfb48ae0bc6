"""What the form for a new run begins with: the settings of another run, or what the address asks for."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from slviz.choices import Choices
from slviz.datasets.report import shown
from slviz.errors import nearest
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.runs import RunSpec
from slviz.runs.spec import TABLES
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.ui import address
from slviz.ui.words import plain

FROM_ADDRESS: Mapping[str, Choices] = {
    "task": TASKS,
    "network": NETWORKS,
    "features": FEATURE_SETS,
    "split": SPLITS,
}
READ_ELSEWHERE = frozenset({"job", *address.TRAVELLING})


def key_of(part: str, name: str, setting: str) -> str:
    """Under which key the form keeps one setting of one choice."""
    return f"{part} {name} {setting}"


def take_over(spec: RunSpec) -> None:
    """Fill the form with the settings of a run, its data set included; a file of pairs has to be uploaded again."""
    for part in TABLES:
        choice = getattr(spec, part)
        st.session_state[part] = choice.name
        for each in choice.settings():
            st.session_state[key_of(part, choice.name, each.key)] = getattr(choice, each.key)
    st.session_state["seed"] = spec.seed
    address.put(data=spec.data_source)


def is_untouched() -> bool:
    """Whether this visitor has not seen the form yet."""
    return not any(name in st.session_state for name in FROM_ADDRESS)


def read_address() -> None:
    """Choose what the address names, such as `?task=confidence&network=mlp`; say what it names in vain."""
    for key in list(st.query_params):
        if key in READ_ELSEWHERE:
            continue
        asked = st.query_params[key]
        table = FROM_ADDRESS.get(key)
        if table is not None and asked in table:
            st.session_state[key] = asked
            del st.query_params[key]  # from here on the form says it
        elif table is not None:
            _warn(
                f"No {table.kind} is called “{shown(asked)}”.{nearest(asked[:100], table)} There are: {_list(table)}."
            )
        else:
            _warn(
                f"The address asks for {shown(key)} “{shown(asked)}”, which this page does not take from it. It takes "
                f"{_list([*FROM_ADDRESS, 'data', 'job'])}; set the rest in the form."
            )


def _list(names: Mapping[str, object] | list[str]) -> str:
    return ", ".join(names)


def _warn(sentence: str) -> None:
    st.warning(plain(sentence), icon=":material/link_off:")
