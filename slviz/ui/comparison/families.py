"""Compare: runs that belong together, opened by one click, and the ones of them that are not trained yet."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.features import FEATURE_SETS
from slviz.runs import RunSpec
from slviz.runs.settings_parser import words_of
from slviz.runs.spec import TABLES
from slviz.runs.summary import RunSummary
from slviz.ui import access, address, data_folders, layout
from slviz.ui.comparison.compared_runs import MOST, alike_but
from slviz.ui.labels import pluralise

FOUR = ("none", "ppi", "go", "both")
"""The feature sets that one network is compared across."""


def show(summary: RunSummary, offered: Mapping[str, RunSummary], graph: GeneGraph) -> None:
    """One click for the same network with other features, and for its other seeds; what of the first is missing."""
    spec = summary.spec
    if spec is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if spec.network.learns_in_epochs:
            _features(spec, offered, graph)
        seeds = alike_but(spec, offered, part="seed")
        if seeds:
            _button(f"Its other seeds ({len(seeds)})", seeds)


def _features(spec: RunSpec, offered: Mapping[str, RunSummary], graph: GeneGraph) -> None:
    """The button across none, ppi, go and both, and the feature sets of these that have no finished run."""
    by_features = {offered[run_id].spec.features.name: run_id for run_id in alike_but(spec, offered, part="features")}  # pyright: ignore
    four = [name for name in FOUR if name != spec.features.name and _has(graph, name)]
    there = [by_features[name] for name in four if name in by_features]
    others = [run_id for name, run_id in by_features.items() if name not in FOUR]
    count = len(there) + (spec.features.name in FOUR)
    of_all = len(four) + (spec.features.name in FOUR)
    if there:
        _button(f"Across none / ppi / go / both ({count} of {of_all})", there)
    if others:
        _button(f"Its other features ({len(others)})", others)
    missing = [name for name in four if name not in by_features]
    if missing:
        _missing(spec, missing)


def _missing(spec: RunSpec, missing: list[str]) -> None:
    """Which features of the four have no run, each with the way to a filled form."""
    titles = {name: FEATURE_SETS[name].title for name in missing}
    with st.popover(
        f"Not trained yet: {', '.join(titles.values())}", icon=":material/hourglass_empty:", type="tertiary"
    ):
        st.markdown(
            f"{pluralise(len(missing), 'feature set')} of none, ppi, go and both without a finished run that differs "
            "from this one by its features alone."
        )
        if not access.may_work() or spec.split.name == "file":
            return
        for name, title in titles.items():
            query = form_of(dataclasses.replace(spec, features=FEATURE_SETS.make(name)))
            layout.link(layout.TRAIN, f"Train with {title}", icon=":material/add:", **query)


def form_of(spec: RunSpec) -> dict[str, str]:
    """What an address says so that the form of the Train page is filled with this spec."""
    words = words_of({part: getattr(spec, part) for part in TABLES})
    query = {part: getattr(spec, part).name for part in ("task", "network", "features", "split")}
    source = data_folders.permitted(spec.data_source)
    query |= {"settings": shlex.join(words)} if words else {}
    query |= {"seed": str(spec.seed)} if spec.seed else {}
    return query | ({"data": data_folders.name_in_address(source)} if source is not None else {})


def _has(graph: GeneGraph, name: str) -> bool:
    """Whether the data set has what a feature set is joined from."""
    return all(source in graph.features for source in FEATURE_SETS[name].sources)


def _button(label: str, run_ids: list[str]) -> None:
    if st.button(label, icon=":material/compare_arrows:", type="tertiary"):
        address.put(**{"with": ",".join(run_ids[:MOST])})
        st.rerun()
