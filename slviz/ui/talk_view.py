"""The Talk page: the views of a talk in their order, and the two ways to give it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import streamlit as st

from slviz.errors import SlvizError
from slviz.files.names import safe_file_name
from slviz.talks import LONGEST_NOTE, LONGEST_TITLE, Talk, View
from slviz.ui import access, address, downloads, present
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.server_paths import without_paths

NOTHING = (
    "**No talk is kept yet.** Open a page, choose what it shows, and click **Keep for a talk** at the foot of the "
    "sidebar."
)
GONE = "This page is not in this version of slviz, so the view opens from its figure alone."


def show() -> None:
    """Which talk, how it is given, and each of its views."""
    names = present.store().names()
    if not names:
        st.info(NOTHING, icon=":material/co_present:")
        return
    talk = present.talk_of_address()
    if talk is None:
        return
    key = "talk box"
    st.session_state[key] = talk.name
    st.selectbox(
        "Talk", names, key=key, on_change=lambda: address.put(talk=st.session_state[key]), filter_mode="contains"
    )
    if not talk.views:
        st.info("This talk has no views yet. Keep one from any page.", icon=":material/co_present:")
    else:
        _give(talk)
    may_change = present.may_change(talk)
    for number, view in enumerate(talk.views):
        _view(talk, number, view, may_change=may_change)
    if access.may_work() and may_change:
        _remove(talk)


def _give(talk: Talk) -> None:
    """As one file, or live."""
    from slviz.reports.talk_page import talk_page

    st.caption(
        f"{pluralise(len(talk.views), 'view')}. The file has live figures and needs no server: arrows turn it, **N** "
        "shows notes, **F** fills the screen, **P** prints. Live, the pages themselves are shown, one after the other."
    )

    def made(*, dark: bool) -> bytes:
        return talk_page(talk, lambda view: present.store().figure(talk, view), dark=dark)

    first = talk.views[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads.page_button(safe_file_name(f"{talk.name}.html")[:-5], lambda: made(dark=False), label="Talk (HTML)")
        downloads.page_button(
            safe_file_name(f"{talk.name}-dark.html")[:-5], lambda: made(dark=True), label="Talk, dark (HTML)"
        )
        page = present.page_of(first) or "pages/overview.py"
        for label, shown in (("Present live", True), ("Step through the pages", False)):
            st.page_link(
                page, label=label, icon=":material/co_present:", query_params=present.live(talk, 0, present=shown)
            )


def _view(talk: Talk, number: int, view: View, *, may_change: bool) -> None:
    with st.container(border=True):
        left, right = st.columns([3, 1], vertical_alignment="top")
        page = present.page_of(view)
        with left:
            st.markdown(f"**{number + 1}. {escape_markdown(view.title or 'Untitled')}**")
            if view.note:
                st.markdown(escape_markdown(view.note))
            st.caption(_about(talk, view))
            if page is None:
                st.caption(GONE)
        with right.container(horizontal=True):
            if page is not None:
                query = present.live(talk, number, present=False)
                st.page_link(page, label="Open", icon=":material/open_in_new:", query_params=query)
            if may_change:
                _buttons(talk, number, view)
        if may_change:
            _edit(talk, view)


def _about(talk: Talk, view: View) -> str:
    figure = escape_markdown(view.alt or "a figure") if present.store().has_figure(talk, view) else "no figure"
    run = f" · run {escape_markdown(view.query['run'])}" if "run" in view.query else ""
    return f"{escape_markdown(view.page.capitalize())}{run} · {figure}"


def _buttons(talk: Talk, number: int, view: View) -> None:
    ways: tuple[tuple[str, str, Callable[[Talk], Talk], bool], ...] = (
        ("Earlier", ":material/arrow_upward:", lambda now: now.moved(view, -1), number == 0),
        ("Later", ":material/arrow_downward:", lambda now: now.moved(view, 1), number == len(talk.views) - 1),
        ("Remove", ":material/delete:", lambda now: now.without(view), False),
    )
    for label, icon, changed, off in ways:
        key = f"{label} {view.id}"
        st.button(label, key=key, icon=icon, type="tertiary", disabled=off, on_click=_change, args=(talk.name, changed))


def _edit(talk: Talk, view: View) -> None:
    said = hashlib.sha256(f"{view.title}\0{view.note}".encode(errors="replace")).hexdigest()[:16]
    key = f"{view.id} {said}"  # a form keeps what was typed, so another view or other words have another form
    with st.popover("Edit", icon=":material/edit:"), st.form(f"edit {key}", border=False):
        title = st.text_input("Title", view.title, max_chars=LONGEST_TITLE, key=f"title {key}")
        note = st.text_area("Note", view.note, max_chars=LONGEST_NOTE, key=f"note {key}")
        if st.form_submit_button("Change", type="primary", icon=":material/check:"):
            _change(talk.name, lambda now: now.edited(view, title=title.strip(), note=note.strip()))
            st.rerun()


def _change(name: str, changed: Callable[[Talk], Talk]) -> None:
    """Of the talk as it is now, which somebody else may have changed since the page was drawn."""
    try:
        present.change(name, changed)
    except SlvizError as error:
        st.toast(escape_markdown(without_paths(error)), icon=":material/error:")


def _remove(talk: Talk) -> None:
    def removed() -> None:
        try:
            present.store().remove(talk.name)
        except SlvizError as error:
            st.toast(escape_markdown(without_paths(error)), icon=":material/error:")
            return
        access.note_removed(present.owned(talk.name))
        address.put(talk=None)

    with st.popover("Remove the talk", icon=":material/delete:"):
        st.markdown("The talk goes with its views. Runs stay.")
        st.button("Remove it", type="primary", on_click=removed, icon=":material/delete_forever:")
