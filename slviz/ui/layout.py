"""The frame of every page: navigation that keeps run and gene, the run picker, headings, empty states."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from slviz import activity, places
from slviz.doctor.left_overs import Places, clear_at_start
from slviz.results.questions import question_of
from slviz.runs import RunSpec
from slviz.tasks import Reconstruct
from slviz.ui import (
    access,
    address,
    cache,
    copy_link,
    errors,
    forgotten_sessions,
    gene_finder,
    login,
    nouns,
    present,
    slow_reruns,
)
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import NETWORK_WORDS, SYNTHETIC, TASK_WORDS, escape_markdown

OVERVIEW, TRAIN, EMBEDDING, PREDICTIONS, NEIGHBOURHOOD, COMPARE = (
    f"pages/{name}.py" for name in ("overview", "train", "embedding", "predictions", "neighbourhood", "compare")
)
VECTORS, GENE, TRAINING, TALK = "pages/vectors.py", "pages/gene.py", "pages/training.py", "pages/talk.py"
LAB, GLOSSARY = "pages/lab.py", "pages/glossary.py"
RESULTS, TUNING = "pages/results.py", "pages/tuning.py"
TRAINING_TITLE, TRAINING_ICON = "Training", ":material/show_chart:"
ICON = str(Path(__file__).with_name("icon.png"))
"""A file, since a named icon would be fetched from the net by every visitor's browser."""
NARROW = """<style>
[data-testid="stButtonGroup"] [role="radiogroup"] { flex-wrap: wrap }
[class*="st-key-downloads"] p { white-space: nowrap }
@media (max-width: 1000px) {
  section[data-testid="stSidebar"] { width: 14rem !important }
  [data-testid="stMainBlockContainer"] { padding-left: 2rem; padding-right: 2rem }
}
</style>"""
"""In a narrow window a page needs the room more than the sidebar, and rows of buttons are broken instead of cut; no
word on a menu of downloads is."""
_NAVIGATED = "navigated"


def navigate(pages: Sequence[Page], *, learn: Sequence[Page] = (), by_link: Sequence[Page] = ()) -> None:
    """Draw the links to all pages, carrying run and gene along, and run the page of this address.

    Args:
        pages: what one works with, in the order of the sidebar.
        learn: what one learns from, under a heading of its own.
        by_link: what cards, headings and addresses of before lead to, and not the sidebar.
    """
    _clear_left_overs(str(cache.store().root))
    forgotten_sessions.watch()
    current = st.navigation([*pages, *learn, *by_link], position="hidden")
    st.session_state[_NAVIGATED] = True
    if (query := address.in_names_of_today()) is not None:
        st.switch_page(current, query_params=query)
    present.page_is(current.url_path or "overview")
    st.html(NARROW)
    with st.sidebar:
        st.markdown("## :material/hub: slviz", help="Gene embeddings on a graph of synthetic-lethal pairs.")
    if login.is_inside():
        gene_finder.in_sidebar(GENE)
    with st.sidebar:
        _links(pages)
        if learn:
            st.caption("Learn")
            _links(learn)
    current.run()


def _session_id() -> str | None:
    context = get_script_run_ctx(suppress_warning=True)
    return None if context is None else context.session_id


activity.told_by(_session_id)


def _links(pages: Sequence[Page]) -> None:
    for page in pages:
        st.page_link(page, query_params=address.shared_parameters())


@st.cache_resource(show_spinner=False)
def _clear_left_overs(root: str) -> None:
    """Once a start of the server: clear what killed processes left, while the first visitor looks already."""
    threading.Thread(target=clear_at_start, args=(Places.of(Path(root)),), daemon=True).start()


def show(body: Callable[[], None]) -> None:
    """Run a page's body, its errors shown as sentences."""
    if not st.session_state.get(_NAVIGATED):
        _go_through_app()
    with slow_reruns.noted_where_slow():
        login.require()
        nouns.speak_of(None)
        address.begin_notes()
        address.drop_nonsense()
        with errors.as_sentences():
            present.bar()
        with errors.as_sentences():
            body()
            present.offer()


def _go_through_app() -> None:
    """Begin again with app.py: the first visit of a fresh server to a page's own address runs that file alone."""
    st.session_state[_NAVIGATED] = True
    files = sorted(places.pages().glob("*.py"))
    st.navigation([st.Page(file, default=file.stem == "overview") for file in files], position="hidden")
    st.rerun()


def heading(title: str, *, spec: RunSpec | None = None, synthetic: bool = False) -> None:
    """The page's title, what is shown under it, and the badge that synthetic data carries everywhere."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        if synthetic or (spec is not None and spec.synthetic):
            synthetic_badge()
        copy_link.show()
        if spec is not None and title != TRAINING_TITLE:
            link(TRAINING, TRAINING_TITLE, icon=TRAINING_ICON, run=spec.run_id)
    if spec is not None:
        st.caption(description(spec))
    access.note()


def synthetic_badge(*, short: bool = False) -> None:
    """The label of synthetic data."""
    label = "SYNTHETIC" if short else "SYNTHETIC DATA"
    st.badge(label, color="orange", icon=":material/science:", help=f"{SYNTHETIC} {glossary_link('Synthetic data')}")


def description(spec: RunSpec) -> str:
    """What a run is, in one line of Markdown."""
    task = escape_markdown(spec.task.name)
    data = escape_markdown(Path(spec.data_name).name or spec.data_name)
    task_words = TASK_WORDS.get(spec.task.name, spec.task.summary())
    held_out = nouns.in_words(escape_markdown(spec.held_out))
    task_words = nouns.in_words(task_words)
    question = nouns.in_words(escape_markdown(question_of(spec.task.name, spec.split.name).title))
    return (
        f"Question **{question}** · task **{task}** ({task_words}) · {_model(spec)} · data **{data}** · "
        f"split **{held_out}**"
    )


def _model(spec: RunSpec) -> str:
    """The network and its features, or the baseline, which sees none."""
    words = NETWORK_WORDS.get(spec.network.name, spec.network.summary())
    if not spec.network.learns_in_epochs:
        kind = "baseline" if spec.network.baseline else "model"
        return f"{kind} **{escape_markdown(spec.network.row_name)}** ({words.removeprefix('a baseline: ')})"
    network, features = escape_markdown(spec.network.name), escape_markdown(spec.features.title)
    return f"network **{network}**{_width(spec)} ({words}) · features **{features}**"


def _width(spec: RunSpec) -> str:
    """Where features are given back, the width of the embedding, also the usual one: it decides how much is lost."""
    return f", **{spec.network.embedding_width}** wide" if spec.task.name == Reconstruct.name else ""


def link(page: str, label: str, *, icon: str, **query: str) -> None:
    """A link to another page that keeps run and gene, with some of them changed; the label is plain text."""
    st.page_link(page, label=escape_markdown(label), icon=icon, query_params=address.shared_parameters(**query))


def neighbourhood_link(label: str, *, icon: str = ":material/hub:", **query: str) -> None:
    """A link to a gene's neighbourhood, a part of its page."""
    link(GENE, label, icon=icon, **query, show="neighbourhood")


def links_to(run_id: str, *, icons: bool = True) -> None:
    """Links to the pages that show a run."""
    for page, label, icon in (
        (EMBEDDING, "Embedding", ":material/bubble_chart:"),
        (PREDICTIONS, "Predictions", ":material/query_stats:"),
        (GENE, "Gene", ":material/genetics:"),
        (TRAINING, TRAINING_TITLE, TRAINING_ICON),
    ):
        link(page, label, icon=icon if icons else "", run=run_id)
