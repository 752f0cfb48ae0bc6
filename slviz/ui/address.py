"""What is in the page's address: read with a check, written for a reload and for a colleague.

`run`, `gene` and `data` are carried from page to page by every link; what only one page knows is bound to
its control by Streamlit, and checked here first, since Streamlit drops a value that it does not know
without a word. Nothing of this is kept anywhere else, so the browser's "back" is always right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from slviz import former_names
from slviz.datasets.report import shown
from slviz.ui.labels import escape_markdown

SHARED_PARAMETERS = ("run", "gene", "data", "set", "genes")
LONGEST_VALUE = 8000
"""No address that slviz writes holds a value of more letters; browsers and proxies take little more."""
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MOST_NAMED = 3
MARKDOWN_LABELS = (st.segmented_control, st.pills, st.radio)
"""Controls whose options Streamlit reads as Markdown."""


def drop_nonsense() -> None:
    """Leave out of the address, with a sentence, what no page ever writes there: marks that cannot be read, and texts
    without end. What is left is short enough to be looked up and shown."""
    dropped = [key for key in st.query_params if not _is_text(key) or not _is_text(st.query_params[key])]
    if not dropped:
        return
    for key in dropped:
        del st.query_params[key]
    names = ", ".join(f"“{shown(key)}”" for key in dropped[:MOST_NAMED])
    more = f" and {len(dropped) - MOST_NAMED:,} more" if len(dropped) > MOST_NAMED else ""
    st.warning(
        escape_markdown(
            f"The address holds something unreadable or too long under {names}{more}, which was left out. A value has "
            f"at most {LONGEST_VALUE:,} letters and no control marks."
        ),
        icon=":material/link_off:",
    )


def in_names_of_today() -> dict[str, str] | None:
    """What the address of an earlier version says, as this one would write it; None where it says nothing of the past.

    A control reads what the address said when the visit began, so the page has to be opened again with this.
    """
    query = st.query_params.to_dict()
    today = former_names.address(query)
    return None if today == query else today


def _is_text(value: str) -> bool:
    return len(value) <= LONGEST_VALUE and not UNREADABLE.search(value)


def value(key: str) -> str | None:
    """What the address asks for under a shared key; None where it says nothing."""
    return st.query_params.get(key) or None


def put(**values: str | None) -> None:
    """Write shared parameters into the address; each change is one step for the browser's "back"."""
    changed = {key: value for key, value in values.items() if value and st.query_params.get(key) != value}
    if changed:
        st.query_params.update(changed)
    for key, value in values.items():
        if not value and key in st.query_params:
            del st.query_params[key]


def shared_parameters(**changes: str) -> dict[str, str]:
    """What a link to another page carries: run, gene and data of this one, with some of it changed."""
    known = {key: value(key) for key in SHARED_PARAMETERS}
    return {key: value for key, value in (known | changes).items() if value}


def one_of(widget: Callable[..., Any], label: str, options: Sequence[str], *, key: str, **arguments: Any) -> str:
    """A control over `options` whose value is in the address; the first option is the default.

    Options that Markdown would not show as they are written stand in a list, whose options are plain text. (A button
    with an escaped label would write the escape into the address.)
    """
    if widget in MARKDOWN_LABELS and any(escape_markdown(option) != option for option in options):
        widget = st.selectbox
    value = st.query_params.get(key)
    if value is not None and value not in options:
        _say_nonsense(key, value, f"There are: {', '.join(options)}. This page shows “{options[0]}”.")
    if st.session_state.get(key) not in (None, *options):
        del st.session_state[key]  # the options have changed since it was chosen
    if widget in (st.segmented_control, st.pills):
        chosen = widget(label, options, key=key, bind="query-params", default=options[0], required=True, **arguments)
    else:
        chosen = widget(label, options, key=key, bind="query-params", **arguments)
    return options[0] if chosen is None else chosen


def choice(widget: Callable[..., Any], label: str, titles: Mapping[str, str], *, key: str, **arguments: Any) -> str:
    """A control that shows titles and writes their ids, in lower case, into the address; the first is the default.

    A link outlives the wording of a page so. Capitals in the address make no difference; an id that is not there is
    told in a line and stays in the address until something else is chosen.

    Args:
        widget: a control over options, such as `st.segmented_control`.
        label: of the control.
        titles: what the page shows, by id.
        key: of the address.
        arguments: of the control.
    """
    ids = list(titles)
    wanted = (value(key) or "").casefold()
    if wanted and wanted not in titles:
        _say_nonsense(key, wanted, f"There are: {', '.join(ids)}. This page shows “{ids[0]}”.")
    current = wanted if wanted in titles else ids[0]
    state = f"choice {key}"
    st.session_state[state] = current

    def changed() -> None:
        put(**{key: st.session_state[state]})

    if widget in (st.segmented_control, st.pills):
        arguments = {"required": True, **arguments}
    widget(label, ids, key=state, format_func=lambda name: titles[name], on_change=changed, **arguments)
    return current


def number(
    label: str, *, key: str, low: float, high: float, default: float, step: float | None = None, **arguments: Any
) -> Any:
    """A slider between `low` and `high` whose value is in the address."""
    _refuse_outside(key, low, high)
    return st.slider(label, low, high, default, step, key=key, bind="query-params", **arguments)


def entry(
    label: str, *, key: str, low: float, high: float, default: float, step: float | None = None, **arguments: Any
) -> Any:
    """A field for a number between `low` and `high` whose value is in the address; all of one type."""
    _refuse_outside(key, low, high)
    return st.number_input(label, low, high, default, step, key=key, bind="query-params", **arguments)


def folded(label: str, *, key: str, icon: str, open: bool = False) -> ExpanderContainer:
    """A part of the page that is folded away; its content is to be made only where `.open`, which is in the address."""
    return st.expander(label, open, key=key, icon=icon, bind="query-params")


def _refuse_outside(key: str, low: float, high: float) -> None:
    """Says so where the address asks for something else than a number between the two."""
    value = st.query_params.get(key)
    if value is not None and not _is_between(value, low, high):
        _say_nonsense(key, value, f"It should be a number from {low:g} to {high:g}.")


def _is_between(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


def _say_nonsense(key: str, value: str, way_on: str) -> None:
    said = f"The address asks for {key} “{shown(value)}”, which is not there. {way_on}"
    st.warning(escape_markdown(said), icon=":material/link_off:")
