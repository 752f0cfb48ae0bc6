"""Which run a page shows: that of the address, else the one to see first; the picker, and what stands there instead."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.datasets.sources import default_source, is_of
from slviz.errors import DamagedRun, RunError, RunNotFound, RunUnfinished, SlvizError, nearest
from slviz.results.first_run import best_comparable, newest_data
from slviz.runs import Run
from slviz.runs.store import RunSummary
from slviz.ui import access, address, cache, data_folders, errors, gene_finder, layout, nouns, run_names
from slviz.ui.labels import as_code, escape_markdown

PIN_HELP = "Pages open a pinned run first. Where none is pinned, they open the best of the runs that can be compared."
NO_RUN = "**No finished run yet.** Train one: on the demo it takes about a minute."


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
    speak_of_data_of(summary)
    layout.heading(title, spec=summary.spec)
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
    layout.heading(title, synthetic=graph.synthetic)
    remark(graph)
    return None, None, graph


def speak_of_data_of(summary: RunSummary) -> None:
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
        layout.heading(title)
    if wanted is not None:
        _offer(finished, why=_why_not(wanted, summaries))
    if not finished:
        nothing_finished()
    first = _first_to_see(finished)
    if first is None:
        layout.heading(title)
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
            st.switch_page(layout.TRAIN)
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
        st.switch_page(layout.TRAIN)
    st.stop()


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
            layout.TRAIN,
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
