"""The cluster that trains what the Train page starts: its workers, their memory, and the runs that wait."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from slviz.errors import InvalidSetting
from slviz.pipeline.scheduler import scheduler
from slviz.sweeps.cluster_watch import ClusterState, ClusterWatch, ClusterWorker
from slviz.ui import cache, run_names
from slviz.ui.labels import escape_markdown, pluralise

EVERY_SECONDS = 3.0
MOST_NAMED = 20
MEBIBYTE = 1 << 20


def show() -> None:
    """The panel, which looks again by itself; nothing where no cluster is named."""
    try:
        address = scheduler()
    except InvalidSetting as error:
        st.warning(
            escape_markdown(f"SLVIZ_SCHEDULER: {error} Runs cannot be started until then."), icon=":material/lan:"
        )
        return
    if address:
        st.fragment(_panel, run_every=EVERY_SECONDS)(address)


def _panel(address: str) -> None:
    state = _watch(address, str(cache.store().root)).latest
    if state is None:
        st.caption("Asking the cluster what it is at …")
        return
    if state.problem:
        st.warning(escape_markdown(state.problem), icon=":material/lan:")
        return
    with st.expander(escape_markdown(title(state)), key="cluster", icon=":material/lan:"):
        if not state.workers:
            said = f"No worker is there; runs wait. One is started by: dask worker {address}"
            st.info(escape_markdown(said), icon=":material/info:")
            return
        st.dataframe(workers_table(state.workers), hide_index=True)
        if state.waiting:
            named = ", ".join(_names(state.waiting[:MOST_NAMED]))
            more = len(state.waiting) - MOST_NAMED
            rest = f" and {more:,} more" if more > 0 else ""
            st.caption(escape_markdown(f"Waiting for a worker: {named}{rest}"))


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda watch: watch.close())
def _watch(address: str, root: str) -> ClusterWatch:
    return ClusterWatch(address, cache.store().root)


def title(state: ClusterState) -> str:
    """The cluster in a line: workers, runs in training and waiting, memory."""
    training = sum(len(worker.runs) for worker in state.workers)
    memory = sum(worker.memory_bytes for worker in state.workers)
    limit = sum(worker.memory_limit_bytes for worker in state.workers)
    bounded = f" of {shown_bytes(limit)}" if limit else ""
    return (
        f"Cluster: {pluralise(len(state.workers), 'worker')}, {pluralise(training, 'run')} in training, "
        f"{len(state.waiting):,} waiting, {shown_bytes(memory)}{bounded} of memory"
    )


def workers_table(workers: Sequence[ClusterWorker]) -> pd.DataFrame:
    """The workers in the words of a page."""
    return pd.DataFrame(
        {
            "Worker": [worker.name for worker in workers],
            "Trains": [", ".join(_names(worker.runs)) or "–" for worker in workers],
            "Memory": [shown_bytes(worker.memory_bytes) for worker in workers],
            "Limit": [
                shown_bytes(worker.memory_limit_bytes) if worker.memory_limit_bytes else "–" for worker in workers
            ],
        }
    )


def _names(run_ids: Sequence[str]) -> list[str]:
    """What pages call these runs; the id of one that is in another models folder."""
    summaries = {summary.run_id: summary for summary in cache.store().summaries()}
    names = run_names.names([summaries[run_id] for run_id in run_ids if run_id in summaries])
    return [names.get(run_id, run_id) for run_id in run_ids]


def shown_bytes(count: int) -> str:
    """Such as "310 MiB" or "2.1 GiB"."""
    mebibytes = count / MEBIBYTE
    return f"{mebibytes:,.0f} MiB" if mebibytes < 1000 else f"{mebibytes / 1024:,.1f} GiB"
