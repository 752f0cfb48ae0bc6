"""The shortlist: pairs that a person ticked, of one gene or of several, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from slviz.datasets import GeneGraph
from slviz.ui import address
from slviz.ui.nouns import in_words

KEY, MARK = "shortlist", "~"
MOST_PAIRS = 250
"""What an address has room for."""
Pair = tuple[int, int]


def pairs(graph: GeneGraph) -> list[Pair]:
    """The ticked pairs that this data set has, in the order in which they were ticked; says so where others are not."""
    text = address.value(KEY) or ""
    chosen = read(text, graph)
    unknown = unreadable(text, graph)
    if unknown:
        address.say_unknown(
            KEY,
            unknown[0],
            in_words(
                f"Each pair should be of two different genes of this data set; {len(unknown):,} of the shortlist "
                f"{'is' if len(unknown) == 1 else 'are'} not. This page uses the other {len(chosen):,}."
            ),
        )
    return chosen


def put(chosen: Sequence[Pair], graph: GeneGraph) -> None:
    """Keep these pairs in the address."""
    address.put(shortlist=write(chosen[:MOST_PAIRS], graph) or None)


def write(chosen: Sequence[Pair], graph: GeneGraph) -> str:
    """Pairs as one value of an address: both symbols of each, "~" before every one, "~" and "%" in them encoded."""
    ends = [graph.genes[number] for pair in chosen for number in pair]
    return "".join(f"{MARK}{symbol.replace('%', '%25').replace(MARK, '%7E')}" for symbol in ends)


def read(text: str, graph: GeneGraph) -> list[Pair]:
    """The pairs of such a text; what names no two different genes of the data set is left out."""
    numbered = [(graph.number_of.get(a), graph.number_of.get(b)) for a, b in _ends(text)]
    chosen = [(a, b) for a, b in numbered if a is not None and b is not None and a != b]
    return list(dict.fromkeys(chosen))[:MOST_PAIRS]


def unreadable(text: str, graph: GeneGraph) -> list[str]:
    """The entries of such a text that name no two different genes of the data set, as a person would write them."""
    return [
        f"{a} – {b}" if b else a
        for a, b in _ends(text)
        if a == b or graph.number_of.get(a) is None or graph.number_of.get(b) is None
    ]


def _ends(text: str) -> list[tuple[str, str]]:
    """Both symbols of every pair of such a text; of a last symbol without another, "" as its partner."""
    symbols = (
        [part.replace("%7E", MARK).replace("%25", "%") for part in text.removeprefix(MARK).split(MARK)] if text else []
    )
    return list(zip_longest(symbols[::2], symbols[1::2], fillvalue=""))


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
