"""The shortlist: pairs that a person ticked, of one gene or of several, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence

from slviz.datasets import GeneGraph
from slviz.ui import address

KEY, MARK = "shortlist", "~"
MOST_PAIRS = 250
"""What an address has room for."""
Pair = tuple[int, int]


def pairs(graph: GeneGraph) -> list[Pair]:
    """The ticked pairs that this data set has, in the order in which they were ticked."""
    return read(address.value(KEY) or "", graph)


def put(chosen: Sequence[Pair], graph: GeneGraph) -> None:
    """Keep these pairs in the address."""
    address.put(shortlist=write(chosen[:MOST_PAIRS], graph) or None)


def write(chosen: Sequence[Pair], graph: GeneGraph) -> str:
    """Pairs as one value of an address: both symbols of each, "~" before every one, "~" and "%" in them encoded."""
    ends = [graph.genes[number] for pair in chosen for number in pair]
    return "".join(f"{MARK}{symbol.replace('%', '%25').replace(MARK, '%7E')}" for symbol in ends)


def read(text: str, graph: GeneGraph) -> list[Pair]:
    """The pairs of such a text; what names no two different genes of the data set is left out."""
    ends = [part.replace("%7E", MARK).replace("%25", "%") for part in text[1:].split(MARK)] if text else []
    numbers = [graph.number_of.get(symbol) for symbol in ends]
    both = zip(numbers[::2], numbers[1::2], strict=False)
    chosen = [(a, b) for a, b in both if a is not None and b is not None and a != b]
    return list(dict.fromkeys(chosen))[:MOST_PAIRS]


def of_gene(chosen: Sequence[Pair], gene: int) -> set[int]:
    """The ticked partners of a gene."""
    return {b if a == gene else a for a, b in chosen if gene in (a, b)}


def with_ticks(chosen: Sequence[Pair], gene: int, *, shown: Sequence[int], ticked: Sequence[int]) -> list[Pair]:
    """The shortlist after the partners of a gene that a table shows were ticked or not; the others stay."""
    kept = set(ticked)
    seen = set(shown) - kept
    left = [pair for pair in chosen if not (gene in pair and (pair[0] + pair[1] - gene) in seen)]
    fresh = [number for number in ticked if number not in of_gene(left, gene)]
    return [*left, *((gene, number) for number in fresh)]
