"""What explanations and blocks are called on a page."""

from __future__ import annotations

from slviz.runs.artifacts.explanations import ATTENTION, EXPLAINER, GRADIENT, INTEGRATED, PARTNERS

TITLES = {
    ATTENTION: "Attention",
    GRADIENT: "Gradient",
    INTEGRATED: "Integrated gradients",
    EXPLAINER: "GNNExplainer",
    PARTNERS: "Number of partners",
}
HEADINGS = TITLES | {INTEGRATED: "Integrated grad.", PARTNERS: "Its partners"}
"""The same, short enough for a table."""
HELPS = {
    ATTENTION: "Mean weight of the edge over layers and heads; the weights into a gene sum to 1. The check tells "
    "whether predictions need the edges that it favours.",
    GRADIENT: "How fast the prediction grows with the message of this partner.",
    INTEGRATED: "What the message of this partner adds to the prediction while all messages grow from nothing to what "
    "they are (Sundararajan 2017).",
    EXPLAINER: "How much of the message is needed to keep the prediction, 0 to 1 (Ying 2019, as in PyG).",
    PARTNERS: "Training partners of the partner: an order by hubs, for comparison.",
}
FEATURE = "feature "


def block_title(name: str) -> str:
    """A block of what a network is told, for a page."""
    if name.startswith(FEATURE):
        source = name.removeprefix(FEATURE)
        return f"Features: {source.upper() if source in ('ppi', 'go') else source}"
    return name[:1].upper() + name[1:]
