"""The frame of every page: navigation that keeps run and gene, the run picker, headings, empty states."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from slviz import activity, places
from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.datasets.sources import default_source, is_of
from slviz.doctor.left_overs import Places, clear_at_start
from slviz.errors import DamagedRun, RunError, RunNotFound, RunUnfinished, SlvizError, nearest
from slviz.results.first_run import best_comparable, newest_data
from slviz.results.questions import question_of
from slviz.runs import Run, RunSpec
from slviz.runs.store import RunSummary
from slviz.ui import (
    access,
    address,
    cache,
    copy_link,
    data_folders,
    errors,
    gene_finder,
    login,
    nouns,
    present,
    run_names,
    slow_reruns,
)
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import NETWORK_WORDS, SYNTHETIC, TASK_WORDS, as_code, escape_markdown

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
PIN_HELP = "Pages open a pinned run first. Where none is pinned, they open the best of the runs that can be compared."
NO_RUN = "**No finished run yet.** Train one: on the demo it takes about a minute."
_NAVIGATED = "navigated"


def navigate(pages: Sequence[Page], *, learn: Sequence[Page] = (), by_link: Sequence[Page] = ()) -> None:
    """Draw the links to all pages, carrying run and gene along, and run the page of this address.

    Args:
        pages: what one works with, in the order of the sidebar.
        learn: what one learns from, under a heading of its own.
        by_link: what cards, headings and addresses of before lead to, and not the sidebar.
    """
    _clear_left_overs(str(cache.store().root))
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
    return f"network **{network}** ({words}) · features **{features}**"


def open_run(title: str) -> tuple[RunSummary, Run, GeneGraph]:
    """The finished run of the address under the page's title, and its data; says why there is none and stops.

    Raises `DataError` where its data set is gone or another by now.
    """
    summary, run = open_run_alone(title)
    with _others_where_damaged(summary):
        graph = cache.graph_of(run)
    remark(graph)
    return summary, run, graph


def open_run_alone(title: str) -> tuple[RunSummary, Run]:
    """As `open_run` without its data set, which may be gone by now."""
    summary = _chosen_run(title)
    _speak_of_data_of(summary)
    heading(title, spec=summary.spec)
    with _others_where_damaged(summary):
        return summary, cache.run(summary)
    raise AssertionError("st.stop() ends the page")


@contextlib.contextmanager
def _others_where_damaged(summary: RunSummary) -> Iterator[None]:
    """Where the block finds the run damaged: say so, offer the other finished runs and stop the page."""
    try:
        yield
    except DamagedRun as error:
        summaries = cache.store().summaries()
        others = {summary.run_id: summary for summary in summaries if summary.state == "finished"}
        _offer({run_id: other for run_id, other in others.items() if run_id != summary.run_id}, why=error)


def open_run_or_data(title: str) -> tuple[RunSummary | None, Run | None, GeneGraph]:
    """As `open_run`; where no run was asked for and none is finished on the data of the address, that data alone.

    Raises `DataError` where the data cannot be opened.
    """
    finished = {summary.run_id: summary for summary in cache.store().summaries() if summary.state == "finished"}
    if address.value("run") is not None or (finished and _first_to_see(finished) is not None):
        return open_run(title)
    graph = gene_finder.graph_of_address()
    nouns.speak_of(graph)
    heading(title, synthetic=graph.synthetic)
    remark(graph)
    return None, None, graph


def _speak_of_data_of(summary: RunSummary) -> None:
    """Let the page speak of the things that the run's data set has; of genes where it cannot be opened."""
    with contextlib.suppress(SlvizError):  # said by whoever opens it next
        nouns.speak_of(cache.graph_of(cache.run(summary)))


def remark(graph: GeneGraph) -> None:
    """What the data set says of itself that no page should hide; nothing where it says nothing."""
    if graph.remark:
        st.caption(f":material/info: {escape_markdown(graph.remark)}")


def _chosen_run(title: str) -> RunSummary:
    """The run of the address, else the one to see first, with a picker in the sidebar."""
    summaries = cache.store().summaries()
    finished = {summary.run_id: summary for summary in summaries if summary.state == "finished"}
    wanted = address.value("run")
    _run_picker(finished, wanted)
    if wanted in finished:
        return finished[wanted]
    if wanted is not None or not finished:
        heading(title)
    if wanted is not None:
        _offer(finished, why=_why_not(wanted, summaries))
    if not finished:
        nothing_finished()
    first = _first_to_see(finished)
    if first is None:
        heading(title)
        _offer_others(finished)
    address.put(run=first)
    return finished[str(first)]


def _first_to_see(finished: dict[str, RunSummary]) -> str | None:
    """The pinned run, else the best one that can be compared, on the data of the address, else of `SLVIZ_DATA`.

    Where nobody asked for data, on those of the pinned or of the newest run.
    """
    source = address.value("data") or os.environ.get("SLVIZ_DATA")
    of_data = finished
    if source:
        source = data_folders.permitted(source)
        if source is None:
            return None
        of_data = {
            run_id: summary
            for run_id, summary in finished.items()
            if summary.spec and is_of(source, stored=summary.spec.data_source)
        }
    pinned = cache.store().pinned()
    if pinned in of_data:
        return pinned
    stamps = tuple((run_id, str(summary.finished)) for run_id, summary in of_data.items())
    return first_on_newest_data(stamps, list(of_data.values()))


@st.cache_data(max_entries=64, show_spinner=False)
def first_on_newest_data(stamps: tuple[tuple[str, str], ...], _runs: Sequence[RunSummary]) -> str | None:
    """The best run that can be compared on the data set of the newest run; every page asks with every click."""
    newest = newest_data(_runs)
    of_newest = [run for run in _runs if run.spec is not None and run.spec.data_fingerprint == newest]
    return best_comparable(of_newest) or (_runs[0].run_id if _runs else None)


def _offer_others(finished: dict[str, RunSummary]) -> None:
    """No run on the data that was asked for: train one, or look at a run on other data. Stops the page."""
    title = data_folders.title(address.value("data") or default_source())
    nothing = f"**No finished run on “{escape_markdown(shown(title))}” yet.**"
    if access.may_work():
        st.info(f"{nothing} Train one:", icon=":material/model_training:")
        if st.button("Train a run", type="primary", icon=":material/play_arrow:"):
            st.switch_page(TRAIN)
    else:
        st.info(nothing, icon=":material/model_training:")
    st.markdown("Or open a run on other data:")
    _run_buttons(finished)
    st.stop()


def nothing_finished() -> None:
    """The empty state: no run to show yet, and the button that leads to one. Stops the page."""
    if not access.may_work():
        st.info("**No finished run yet.**", icon=":material/model_training:")
        st.stop()
    st.info(NO_RUN, icon=":material/model_training:")
    if st.button("Train a run", type="primary", icon=":material/play_arrow:"):
        st.switch_page(TRAIN)
    st.stop()


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


def _run_buttons(finished: dict[str, RunSummary], *, most: int = 5) -> None:
    labels = run_names.labels(list(finished.values()))
    for run_id in list(finished)[:most]:
        if st.button(escape_markdown(labels[run_id]), icon=":material/arrow_forward:", key=f"offer {run_id}"):
            address.put(run=run_id)
            st.rerun()


def _run_picker(finished: dict[str, RunSummary], wanted: str | None) -> None:
    if not finished:
        return
    key = "run picker"
    labels = run_names.labels(list(finished.values()))
    st.session_state[key] = wanted if wanted in finished else None if wanted else _first_to_see(finished)

    def changed() -> None:
        address.put(run=st.session_state[key])

    with st.sidebar:
        st.selectbox(
            "Run",
            list(finished),
            key=key,
            on_change=changed,
            format_func=lambda run_id: str(labels.get(run_id, run_id)),
            placeholder="Choose a run",
            help="A trained network: network · its key metric on held-out pairs · features · task — data set (what "
            "distinguishes it from the others) · what the metric was measured on. Type to search.",
        )
        shown = finished.get(st.session_state[key] or "")
        if shown is not None and shown.spec is not None:
            st.caption(f"{escape_markdown(labels[shown.run_id])}  \n{as_code(shown.run_id)}")
            _pin(shown.run_id)


def _pin(run_id: str) -> None:
    """Which run pages open first: said where it is this one, and changed by whoever may work here."""
    is_pinned = cache.store().pinned() == run_id
    if not access.may_work():
        if is_pinned:
            st.caption(":material/keep: Pinned: pages open this run first.")
        return
    icon = ":material/keep_off:" if is_pinned else ":material/keep:"
    if st.button("Unpin" if is_pinned else "Pin", key="pin run", icon=icon, type="tertiary", help=PIN_HELP):
        cache.store().pin(None if is_pinned else run_id)
        st.rerun()


def _why_not(wanted: str, summaries: Sequence[RunSummary]) -> RunError:
    for summary in summaries:
        if summary.run_id == wanted and summary.state == "damaged":
            return DamagedRun(f"Run {wanted} cannot be shown. {summary.problem}")
        if summary.run_id == wanted:
            return RunUnfinished(f"Run {wanted} is {summary.state}, so it has nothing to show here.")
    names = [summary.run_id for summary in summaries]
    return RunNotFound(
        f"No run is called '{shown(wanted)}'.{nearest(wanted[:100], names)} It may be in another models folder."
    )


def _offer(finished: dict[str, RunSummary], *, why: RunError) -> None:
    errors.show(why)
    if isinstance(why, RunUnfinished | DamagedRun):
        st.page_link(
            TRAIN,
            label="Open it on the Train page",
            icon=":material/monitoring:",
            query_params={"job": str(address.value("run"))},
        )
    if finished:
        st.markdown("Open one of the finished runs instead:")
        _run_buttons(finished)
    else:
        nothing_finished()
    st.stop()
