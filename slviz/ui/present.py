"""Presenting: a view is kept for a talk, a talk is stepped through live, and a page is shown without its controls.

`present=true` in an address hides what a listener does not need and enlarges letters; `talk` and `slide` say which
view of which talk a page is, and lay a bar over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from slviz import places
from slviz.errors import InvalidSetting, SlvizError
from slviz.gene_sets import LONGEST_NAME
from slviz.talks import LONGEST_NOTE, LONGEST_TITLE, Talk, Talks, View
from slviz.ui import access, address, cache, errors
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths
from slviz.ui.slow_reruns import PAGE

DRAWN = "figures drawn"
MOST_DRAWN = 6
SLIDE = re.compile(r"[0-9]{1,4}")
NEW = "a new talk"
NO_FIGURE = "no figure"
SAID = "said of the view"
OF_TALKS = ("talk", "slide", "present")
"""Keys that say how a view is shown, and not what."""
CSS = """<style>
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"],
[data-testid="stElementToolbar"], .modebar-container { display: none !important; }
[data-testid="stMain"] :is([data-testid="stSelectbox"], [data-testid="stMultiSelect"], [data-testid="stButtonGroup"],
  [data-testid="stTextInput"], [data-testid="stTextArea"], [data-testid="stNumberInput"], [data-testid="stSlider"],
  [data-testid="stCheckbox"], [data-testid="stRadio"], [data-testid="stPopover"], [data-testid="stFileUploader"],
  [data-testid="stButton"], [data-testid="stDownloadButton"], [data-testid="stPageLink"], [data-testid="stExpander"],
  [class*="st-key-copy-link"], [class*="st-key-gene-box"], [class*="of-the-pair"], [class*="st-key-find-on-page"],
  .st-key-map-controls):not(.st-key-talk-bar *) { display: none !important; }
[data-testid="stMainBlockContainer"] { padding: 1rem 2.5rem; max-width: none; }
[data-testid="stMain"] :is(p, li, td, th) { font-size: 1.25rem !important; line-height: 1.4; }
[data-testid="stMain"] h1 { font-size: 2.6rem; }
.stVerticalBlock.st-key-map-window { height: max(24rem, calc(100vh - 13rem)) !important; }
</style>"""


def page_is(name: str) -> None:
    """Note which page is shown, by the name of its file, and forget the figures of the one before."""
    st.session_state[PAGE] = name
    st.session_state[DRAWN] = {}


def remember(name: str, figure: go.Figure, alt: str) -> None:
    """A figure that the page has drawn, which may be kept with the view where this visitor keeps anything."""
    if not access.may_work():
        return
    drawn: dict[str, tuple[go.Figure, str]] = st.session_state.setdefault(DRAWN, {})
    if name in drawn or len(drawn) < MOST_DRAWN:
        drawn[name] = (figure, alt)


def is_on() -> bool:
    """Whether the page is shown to listeners."""
    return (address.value("present") or "").casefold() == "true"


def enlarge(content: dict[str, Any]) -> None:
    """Give a figure letters for a wall; its content as Plotly draws it is changed in place."""
    layout = content["layout"]
    layout.setdefault("font", {})["size"] = 17
    layout.setdefault("legend", {}).setdefault("font", {})["size"] = 16
    for axis in (part for name, part in layout.items() if name.rstrip("0123456789") in ("xaxis", "yaxis")):
        axis.setdefault("tickfont", {})["size"] = 16
        axis.setdefault("title", {}).setdefault("font", {})["size"] = 18
    for note in layout.get("annotations", ()):
        font = note.setdefault("font", {})
        font["size"] = max(16, font.get("size") or 0)


def bar() -> None:
    """Over a page that is a view of a talk: its title, its note, and the way on and back; arrows turn the pages."""
    if is_on():
        st.html(CSS)
    name, slide = address.value("talk"), address.value("slide")
    if name is None or slide is None:
        if is_on():
            _leave()
        return
    try:
        talk = store().open(name)
        number = slide_place(slide, len(talk.views))
        view = talk.views[number]
    except (SlvizError, IndexError) as error:
        said = str(error) if isinstance(error, SlvizError) else f"The talk “{name}” has no views."
        st.warning(escape_markdown(said), icon=":material/co_present:")
        return
    with st.container(key="talk-bar", horizontal=True, vertical_alignment="center"):
        _turn(talk, number - 1, "Back", ":material/arrow_back:", "Left")
        st.markdown(f"**{escape_markdown(view.title or 'Untitled')}** · {number + 1} of {len(talk.views)}")
        _turn(talk, number + 1, "On", ":material/arrow_forward:", "Right")
        if st.button("Leave", key="leave the talk", icon=":material/close:", type="tertiary", shortcut="Escape"):
            st.switch_page(_file("talk"), query_params={"talk": talk.name})
    if view.note:
        st.markdown(escape_markdown(view.note))


def slide_place(slide: str, views: int) -> int:
    """Which of so many views a slide of an address is, from 0: the nearest, or the first for what is no number."""
    return max(min(int(slide), views), 1) - 1 if SLIDE.fullmatch(slide) else 0


def _turn(talk: Talk, number: int, label: str, icon: str, key: str) -> None:
    there = 0 <= number < len(talk.views)
    if st.button(label, key=f"talk {label}", icon=icon, shortcut=key, disabled=not there) and there:
        view = talk.views[number]
        st.switch_page(_file(view.page), query_params=live(talk, number, present=is_on()))


def live(talk: Talk, number: int, *, present: bool) -> dict[str, str]:
    """The address of a view of a talk."""
    shown = {"present": "true"} if present else {}
    return talk.views[number].query | {"talk": talk.name, "slide": str(number + 1)} | shown


def page_of(view: View) -> str | None:
    """The file of a view's page; None where this version has no such page."""
    known = {path.stem for path in places.pages().glob("*.py")}
    return _file(view.page) if view.page in known else None


def _file(page: str) -> str:
    known = {path.stem for path in places.pages().glob("*.py")}
    return f"pages/{page if page in known else 'overview'}.py"


def _leave() -> None:
    with st.container(key="talk-bar", horizontal=True, horizontal_alignment="right"):
        if st.button("Leave", key="leave presenting", icon=":material/close:", type="tertiary", shortcut="Escape"):
            address.put(present=None)
            st.rerun()


def store() -> Talks:
    """The talks of the models folder."""
    return Talks(cache.store().root)


def offer() -> None:
    """At the end of the sidebar: keep this view for a talk, or show the page without its controls."""
    page = st.session_state.get(PAGE)
    if page in (None, "talk", "glossary", "train"):
        return
    with st.sidebar:
        if access.may_work() and st.button(
            "Keep for a talk", key="keep for a talk", icon=":material/add_to_queue:", type="tertiary"
        ):
            _keep_this()
        if st.button(
            "Present this page",
            key="present this page",
            icon=":material/co_present:",
            type="tertiary",
            help="Without controls, with large letters. Escape leads back.",
        ):
            address.put(present="true")
            st.rerun()


@st.dialog("Keep this view for a talk")
def _keep_this() -> None:
    drawn: dict[str, tuple[go.Figure, str]] = st.session_state.get(DRAWN, {})
    page, subject = str(st.session_state.get(PAGE)), address.value("gene") or ""
    if st.selectbox("Talk", [*store().names(), NEW], key="talk to keep in") == NEW:
        st.text_input("Name of the talk", key="name of the talk", max_chars=LONGEST_NAME)
    title = f"{page.capitalize()}: {subject}" if subject else page.capitalize()
    st.text_input("Title", title[:LONGEST_TITLE], key="title of the view", max_chars=LONGEST_TITLE)
    st.text_area("Note", key="note of the view", max_chars=LONGEST_NOTE, placeholder="What you say to it")
    names = {key: alt for key, (_, alt) in drawn.items()}
    st.selectbox(
        "Figure", [*drawn, NO_FIGURE], key="figure of the view", format_func=lambda key: str(names.get(key, key))
    )
    if st.button("Keep", type="primary", key="keep the view", icon=":material/check:", on_click=_kept):
        kind, text = st.session_state.pop(SAID, ("", ""))
        if kind == "kept":
            st.toast(escape_markdown(text), icon=":material/co_present:")
            st.rerun()
        st.error(escape_markdown(text), icon=":material/error:")


def _kept() -> None:
    """Keep what the dialog says; how it went is left in the session."""
    state = st.session_state
    drawn: dict[str, tuple[go.Figure, str]] = state.get(DRAWN, {})
    figure, alt = drawn.get(str(state.get("figure of the view")), (None, ""))
    query = {key: value for key, value in st.query_params.to_dict().items() if key not in OF_TALKS}
    try:
        title, note = (str(state.get(f"{what} of the view") or "").strip() for what in ("title", "note"))
        chosen = state.get("talk to keep in", NEW)
        view = View(str(state.get(PAGE)), query, title, note, alt=alt)
        drawing = None if figure is None else figure.to_json()
        if chosen == NEW:
            kept = begin(str(state.get("name of the talk") or ""), view, drawing)
        else:
            kept = change(chosen, lambda talk: talk.added(view), figure=drawing)
    except SlvizError as error:
        state[SAID] = ("refused", without_paths(error))
        return
    state[SAID] = ("kept", f"Kept in “{kept.name}”, as view {len(kept.views)}.")


def begin(name: str, view: View, figure: str | None) -> Talk:
    """A new talk of this visitor; raises as `Talks.begin` does."""
    kept = store().begin(Talk(name, (view,)), figure=figure)
    access.note_removed(owned(kept.name))  # of one that was removed beside the pages
    access.note_made(owned(kept.name))
    return kept


def change(name: str, changed: Callable[[Talk], Talk], *, figure: str | None = None) -> Talk:
    """Change a talk as it is now; raises as `Talks.change` does, `InvalidSetting` where it is somebody else's."""

    def checked(talk: Talk) -> Talk:
        if not may_change(talk):
            raise InvalidSetting(f"The talk “{talk.name}” is somebody else's. Begin one of your own.")
        return changed(talk)

    return store().change(name, checked, figure=figure)


def owned(name: str) -> str:
    """What `access` calls a talk."""
    return f"talk {name}"


def may_change(talk: Talk) -> bool:
    """Whether this visitor may change a talk that is kept: its own, any where trusted."""
    return access.may_work() and access.may_remove(owned(talk.name))


def talk_of_address() -> Talk | None:
    """The talk that the address names, else the only or first one; None where there is none. Says what is wrong."""
    name = address.value("talk")
    if name is not None:
        try:
            return store().open(name)
        except SlvizError as error:
            errors.show(error)
    names = store().names()
    return store().open(names[0]) if names else None
