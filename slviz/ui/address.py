"""What is in the page's address: read with a check, written for a reload and for a colleague.

`run`, `gene` and `data` are carried from page to page by every link; what only one page knows is bound to
its control here and not by Streamlit, which would write a control's wording into the address and drop a value that
it does not know without a word: the address holds ids, and a value that is not there stays in it, told in one line
above the page, until something else is chosen. Nothing of this is kept anywhere else, so the browser's "back" is
always right.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
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
MOST_LISTED = 12
SWITCH = {"true": True, "false": False}
NOTES, PLACE = "address notes", "address place"
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
    _note(
        "",
        f"The address holds something unreadable or too long under {names}{more}, which was left out. A value has "
        f"at most {LONGEST_VALUE:,} letters and no control marks.",
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
    query = st.query_params.to_dict()  # read once: a page has up to a hundred links
    known = {key: query.get(key) for key in SHARED_PARAMETERS}
    return {key: value for key, value in (known | changes).items() if value}


def one_of(
    widget: Callable[..., Any],
    label: str,
    options: Sequence[str],
    *,
    key: str,
    ids: Mapping[str, str] | None = None,
    **arguments: Any,
) -> str:
    """A control over `options` whose value is in the address; the first option is the default.

    The address holds no wording: it says an option's id, in lower case, ASCII and without blanks. Capitals in an
    address make no difference, and the option itself, as the page writes it, is understood, too. Options that Markdown
    would not show as they are written stand in a list, whose options are plain text.

    Args:
        widget: a control over options, such as `st.segmented_control`.
        label: of the control.
        options: what the page shows and what is returned.
        key: of the address and of the control.
        ids: of options, where the id is not what `slug` makes of the option: of all whose wording may change.
        arguments: of the control.
    """
    if widget in MARKDOWN_LABELS and any(escape_markdown(option) != option for option in options):
        widget = st.selectbox
    id_of = ids_of(options, ids or {})
    current = option_of(key, id_of) or options[0]
    st.session_state[key] = current

    def changed() -> None:
        if (chosen := st.session_state[key]) in id_of:
            put(**{key: id_of[chosen]})

    if widget in (st.segmented_control, st.pills):
        arguments = {"required": True, **arguments}
    widget(label, options, key=key, on_change=changed, **arguments)
    return current


def choice(widget: Callable[..., Any], label: str, titles: Mapping[str, str], *, key: str, **arguments: Any) -> str:
    """As `one_of` for code that thinks in ids: shows titles, and returns the id.

    Args:
        widget: a control over options, such as `st.segmented_control`.
        label: of the control.
        titles: what the page shows, by id, in lower case; the first is the default.
        key: of the address.
        arguments: of the control.
    """
    ids = list(titles)
    current = option_of(key, {name: name for name in ids}) or ids[0]
    state = f"choice {key}"
    st.session_state[state] = current

    def changed() -> None:
        put(**{key: st.session_state[state]})

    if widget in (st.segmented_control, st.pills):
        arguments = {"required": True, **arguments}
    widget(label, ids, key=state, format_func=lambda name: titles[name], on_change=changed, **arguments)
    return current


def option_of(key: str, id_of: Mapping[str, str]) -> str | None:
    """The option that the address asks for by its id or by itself; None, with a sentence, where there is none such."""
    wanted = value(key)
    if wanted is None:
        return None
    by_id = {id: option for option, id in id_of.items()}
    by_words = {option.casefold(): option for option in id_of}
    folded = wanted.casefold()
    exact = wanted if wanted in id_of else None
    option = by_id.get(folded) or exact or by_words.get(folded)  # an id first: a column may be called like one
    if option is None and id_of:
        first, *others = id_of.values()
        listed = ", ".join([first, *others[: MOST_LISTED - 1]])
        more = f" and {len(id_of) - MOST_LISTED:,} more" if len(id_of) > MOST_LISTED else ""
        say_unknown(key, wanted, f"There are: {listed}{more}.")
    return option


def ids_of(options: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """The id of every option in an address: the known one, or its slug; of two alike, the later one has a number."""
    taken = {known[option] for option in options if option in known}
    id_of: dict[str, str] = {}
    for option in options:
        if option in known:
            id_of[option] = known[option]
            continue
        base = slug(option)
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        id_of[option] = name
        taken.add(name)
    return id_of


def slug(text: str) -> str:
    """A name of the data as an id: lower-case ASCII letters, digits, ".", "_" and "-"; a checksum where none is left.

    "sepal length, cm" is `sepal-length-cm`.
    """
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9._]+", "-", letters).strip("-") or f"n{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def number(
    label: str, *, key: str, low: float, high: float, default: float, step: float | None = None, **arguments: Any
) -> Any:
    """A slider between `low` and `high` whose value is in the address."""
    return _of_number(st.slider, label, key, (low, high), default, step, arguments)


def entry(
    label: str, *, key: str, low: float, high: float, default: float, step: float | None = None, **arguments: Any
) -> Any:
    """A field for a number between `low` and `high` whose value is in the address; all of one type."""
    return _of_number(st.number_input, label, key, (low, high), default, step, arguments)


def number_of(key: str, limits: tuple[float, float], default: float) -> float:
    """The number between these limits that the address asks for; the default, with a sentence, where it is none."""
    wanted = value(key)
    if wanted is None:
        return default
    read = _number_between(wanted, *limits, whole=isinstance(default, int))
    if read is None:
        low, high = limits
        say_unknown(
            key, wanted, f"It should be a number from {low:,.10g} to {high:,.10g}; this page uses {default:,.10g}."
        )
        return default
    return read


def _of_number(
    widget: Callable[..., Any],
    label: str,
    key: str,
    limits: tuple[float, float],
    default: float,
    step: float | None,
    arguments: Mapping[str, Any],
) -> Any:
    current = number_of(key, limits, default)
    st.session_state[key] = current

    def changed() -> None:
        put(**{key: str(st.session_state[key])})

    widget(label, *limits, step=step, key=key, on_change=changed, **arguments)
    return current


def several(label: str, options: Sequence[str], usual: Sequence[str], *, key: str, **arguments: Any) -> list[str]:
    """A control over several of `options`, whose ids are in the address with commas between them.

    Args:
        label: of the control.
        options: what the page shows and what is returned.
        usual: those that are chosen where the address says nothing.
        key: of the address and of the control.
        arguments: of the control.
    """
    id_of = ids_of(options, {})
    by_id = {option.casefold(): option for option in options} | {id: option for option, id in id_of.items()}
    parts = [
        part.strip().casefold()
        for said in st.query_params.get_all(key)
        for part in ([said] if said.casefold() in by_id else said.split(","))
    ]
    unknown = [part for part in parts if part and part not in by_id]
    if unknown:
        say_unknown(key, ", ".join(unknown[:MOST_NAMED]), f"There are: {', '.join(id_of.values())}.")
    current = list(dict.fromkeys(by_id[part] for part in parts if part in by_id)) if parts else list(usual)
    st.session_state[key] = current

    def changed() -> None:
        put(**{key: ",".join(id_of[option] for option in st.session_state[key])})

    st.multiselect(label, options, key=key, on_change=changed, **arguments)
    return current


def toggle(label: str, on: bool = False, *, key: str, **arguments: Any) -> bool:
    """A switch whose value, `true` or `false`, is in the address."""
    current, wanted = on, value(key)
    if wanted is not None and wanted.casefold() not in SWITCH:
        say_unknown(key, wanted, f"It should be true or false; this page uses {str(on).lower()}.")
    elif wanted is not None:
        current = SWITCH[wanted.casefold()]
    st.session_state[key] = current

    def changed() -> None:
        put(**{key: str(bool(st.session_state[key])).lower()})

    st.toggle(label, key=key, on_change=changed, **arguments)
    return current


def folded(label: str, *, key: str, icon: str, open: bool = False) -> ExpanderContainer:
    """A part of the page that is folded away; its content is to be made only where `.open`, which is in the address."""
    return st.expander(label, open, key=key, icon=icon, bind="query-params")


def _number_between(text: str, low: float, high: float, *, whole: bool) -> float | None:
    try:
        read = float(text)
    except ValueError:
        return None
    if not low <= read <= high or (whole and read != int(read)):
        return None
    return int(read) if whole else read


def begin_notes() -> None:
    """Keep a line above the page for what its address asks for and is not there."""
    st.session_state[NOTES] = {}
    st.session_state[PLACE] = st.empty()


def say_unknown(key: str, value: str, way_on: str) -> None:
    """Say in the line above the page that what the address asks for is not there, and what is shown instead."""
    _note(key, f"The address asks for {key} “{shown(value)}”, which is not there.", way_on)


def _note(key: str, sentence: str, way_on: str = "") -> None:
    """A sentence in the one line above the page, beside those that stand there already.

    Of several with the same way on, such as a list of what there is, that is said once, after the last of them.
    """
    notes = st.session_state.setdefault(NOTES, {})
    notes[key] = (sentence, way_on)
    together: dict[str, list[str]] = {}
    for noted, way in notes.values():
        together.setdefault(way, []).append(noted)
    said = " ".join(part for way, sentences in together.items() for part in (*sentences, way) if part)
    place = st.session_state.get(PLACE) or st
    place.warning(escape_markdown(said), icon=":material/link_off:")
