"""The Compare page: which runs, and the tabs that show how they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from slviz.ui import address, run_choice
from slviz.ui.comparison import (
    compared_runs,
    disagreements_tab,
    families,
    gene_tab,
    maps_tab,
    metrics_tab,
    neighbours_tab,
    training_tab,
)
from slviz.ui.comparison.compared_runs import ComparedRuns
from slviz.ui.nouns import in_words


@dataclass(frozen=True)
class Tab:
    """One way to look at runs side by side.

    Attributes:
        title: what the control says.
        show: draws it.
        asks: the question that it answers, for the help of the control.
    """

    title: str
    show: Callable[[ComparedRuns], None]
    asks: str


TABS: Mapping[str, Tab] = {
    "metrics": Tab("Metrics", metrics_tab.show, "which is better, and is the difference more than chance?"),
    "maps": Tab("Maps", maps_tab.show, "where does each gene lie under each run, and which moved most?"),
    "neighbours": Tab("Neighbours", neighbours_tab.show, "whose neighbours changed, and which model was right?"),
    "disagreements": Tab("Disagreements", disagreements_tab.show, "on which pairs do they disagree?"),
    "gene": Tab("A gene", gene_tab.show, "what is around a gene under each run, and where do its partners rank?"),
    "training": Tab("Training", training_tab.show, "how did they learn, and what did that take?"),
}
"""By their id in the address, the first shown first; a further tab is a line here."""


def page() -> None:
    """Which runs, and the tab of the address."""
    summary, run, graph = run_choice.open_run("Compare")
    compared = compared_runs.open_runs(summary, run, graph, families=families.show)
    tab = address.choice(
        st.segmented_control,
        "Compare",
        {name: in_words(tab.title) for name, tab in TABS.items()},
        key="tab",
        label_visibility="collapsed",
        help=in_words("\n".join(f"- **{tab.title}**: {tab.asks}" for tab in TABS.values())),
    )
    TABS[tab].show(compared)
