"""The sentences under a neighbourhood: what its weights are, and what it does not show."""

from __future__ import annotations

from slviz.datasets import GeneGraph
from slviz.neighbourhood.attention_index import Direction, Order
from slviz.runs import Run

GREY = (
    "Grey lines, where there are any, are attention among the others, drawn no wider than the widest edge of the gene "
    "in the middle: each is a part of its own target's total of 1."
)

BY_SCORE = "The neighbours with the highest scores are shown, the highest first; attention decides neither."


def statement(
    graph: GeneGraph,
    run: Run,
    gene: int,
    *,
    direction: Direction,
    layer: int | None,
    head: int | None,
    order: Order,
    shown: int,
    self_weight: float,
    hidden: int,
    hidden_weight: float,
    guesses: int,
) -> tuple[str, ...]:
    """Sentences for a reader of the figure; the numbers are those of `Neighbourhood`."""
    symbol = graph.genes[gene]
    return tuple(
        sentence
        for sentence in (
            _of_edges(run, symbol, direction, layer, head, self_weight),
            BY_SCORE if order == "score" and run.attention is not None and run.decoder else "",
            _of_neighbours(symbol, shown, hidden, hidden_weight),
            _of_guesses(run, guesses, tested=graph.screens is not None),
        )
        if sentence
    )


def _of_edges(
    run: Run, symbol: str, direction: Direction, layer: int | None, head: int | None, self_weight: float
) -> str:
    if run.attention is None:
        return (
            "This run has no attention: the edges are known pairs that training used, all equally wide, the highest "
            "data-set scores first."
        )
    over = _over(run, layer, head)
    if direction == "into":
        return (
            f"Edge width is the attention that {symbol} pays to each neighbour{over}. The weights into {symbol} "
            f"sum to 1, of which {self_weight:.3f} goes to {symbol} itself and is not drawn. {GREY}"
        )
    return (
        f"Edge width is the attention that each neighbour pays to {symbol}{over}: its part of that neighbour's own "
        f"total of 1. {symbol} pays {self_weight:.3f} of its attention to itself, which is not drawn. "
        f"{GREY}"
    )


def _over(run: Run, layer: int | None, head: int | None) -> str:
    if run.attention is None:
        return ""
    layers, heads = run.attention.layers, run.attention.heads
    of_layer = f"mean of {_counted(layers, 'layer')}" if layer is None else f"layer {layer + 1} of {layers}"
    of_head = f"mean of {_counted(heads, 'head')}" if head is None else f"head {head + 1} of {heads}"
    return f" ({of_layer}, {of_head})"


def _of_neighbours(symbol: str, shown: int, hidden: int, hidden_weight: float) -> str:
    if not shown and not hidden:
        return f"{symbol} has no neighbour in the graph that training used."
    if not hidden:
        return ""
    weight = f", with {hidden_weight:.3f} of attention together," if hidden_weight == hidden_weight else ""
    return f"{_counted(hidden, 'more neighbour')}{weight} {'is' if hidden == 1 else 'are'} not shown."


def _of_guesses(run: Run, guesses: int, *, tested: bool) -> str:
    if not run.decoder:
        return "This run scores no pairs, so no partners are predicted."
    if not guesses:
        return ""
    aside = " Pairs that a screen tested are not among the unreported ones." if tested else ""
    return (
        f"Dashed are the {_counted(guesses, 'partner')} that this run scores highest outside its training pairs, "
        f"unreported ones first.{aside} A score is not a probability."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
