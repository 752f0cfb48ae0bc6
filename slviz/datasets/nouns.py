"""What a data set's things and pairs are called, and which organism they are of: genes unless it says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

GENE, LETHAL_PAIR = "gene", "synthetic-lethal pair"
PICTURE = "picture"
IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "species": "species"}


@dataclass(frozen=True)
class Nouns:
    """Words of a data set, in the singular and in lower case unless a word is a name.

    Attributes:
        organism: such as "human", "yeast" or "mouse"; "" where it is not told, or where there is none.
        thing: what a point is, such as "gene", "paper" or "person".
        pair: what joins two of them, such as "synthetic-lethal pair", "citation" or "friendship".
    """

    organism: str = ""
    thing: str = GENE
    pair: str = LETHAL_PAIR

    @property
    def things(self) -> str:
        """The plural of `thing`."""
        return plural(self.thing)

    @property
    def pairs(self) -> str:
        """The plural of `pair`."""
        return plural(self.pair)

    @property
    def are_genes(self) -> bool:
        """Whether the things are genes."""
        return self.thing == GENE

    @property
    def are_lethal(self) -> bool:
        """Whether the pairs are synthetic-lethal ones."""
        return self.pair == LETHAL_PAIR


def plural(noun: str) -> str:
    """The plural of an English noun; of several words, of the last one."""
    before, blank, last = noun.rpartition(" ")
    if last in IRREGULAR:
        return f"{before}{blank}{IRREGULAR[last]}"
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if last.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"
