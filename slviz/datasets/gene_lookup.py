"""Numbers of genes by what a file calls them; a missing mark is no gene."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.graph import GeneGraph
from slviz.tables import is_missing, missing_in


class GeneLookup:
    """Looks up names as a file writes them: symbols at once, aliases and identifiers where a name is no symbol.

    Attributes:
        genes: the symbols, by number.
        data: what these are the genes of, as a sentence says it.
    """

    def __init__(self, genes: Sequence[str], *, data: str, graph: Callable[[], GeneGraph | None]) -> None:
        """`graph` gives the data set of these genes, or None where it is not at hand; it is asked once, if at all."""
        self.genes = tuple(genes)
        self.data = data
        self._graph = graph
        self._number: dict[str, int | None] = {gene: number for number, gene in enumerate(self.genes)}
        self._meant: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, graph: GeneGraph) -> GeneLookup:
        """Of the genes of a data set."""
        return cls(graph.genes, data=f"'{graph.name}'", graph=lambda: graph)

    def look_up(self, names: Iterable[str]) -> None:
        """Look many names up at once; each is known from then on."""
        new = [name for name in dict.fromkeys(names) if name not in self._number]
        self._number |= dict.fromkeys(new)
        marks = missing_in(new)
        wanted = [name for name, mark in zip(new, marks.tolist(), strict=True) if not (mark and self.is_missing(name))]
        if not wanted or self._index is None:
            return
        mapped = self._index.map_many(wanted)
        numbers = dict(zip(mapped.how["text"], mapped.how["number"], strict=True))
        if not numbers:
            self._meant |= mapped.ambiguous
            return
        for name in wanted:
            number = numbers.get(name)
            if number is None:
                number = numbers.get(name.strip().strip("'\""))
            self._number[name] = None if number is None else int(number)
        self._meant |= mapped.ambiguous

    def number(self, name: str) -> int | None:
        """Number of the gene that a cell names; None where no gene is called so, or several are."""
        if name not in self._number:
            self.look_up([name])
        return self._number[name]

    def is_gene(self, name: str) -> bool:
        """Whether a cell names a gene."""
        return self.number(name) is not None

    def is_symbol(self, name: str) -> bool:
        """Whether a cell is the symbol of a gene, letter by letter."""
        number = self._number.get(name)
        return number is not None and self.genes[number] == name

    def meant(self, name: str) -> tuple[str, ...]:
        """Symbols of the genes that share an ambiguous name."""
        return self._meant.get(name, ())

    def is_missing(self, name: str) -> bool:
        """Whether a cell says that there is no name: a mark such as NA, unless a gene has it as its current symbol."""
        return self._number.get(name) is None and is_missing(name) and name not in self._current_symbols

    @cached_property
    def _data_set(self) -> GeneGraph | None:
        return self._graph()

    @cached_property
    def _index(self) -> GeneIndex | None:
        return None if self._data_set is None else GeneIndex.of(self._data_set)

    @cached_property
    def _current_symbols(self) -> frozenset[str]:
        info = None if self._data_set is None else self._data_set.gene_info
        return frozenset() if info is None else frozenset(info["current_symbol"]) - {""}
