"""Finding a gene by what a person types: symbol, alias, former or current symbol, Ensembl, Entrez or UniProt id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.datasets.graph import GeneGraph
from slviz.errors import UnknownGene, nearest

VERSIONED = re.compile(r"(.*\d{6})\.\d+")  # ENSG00000012048.23; of any length in one pass
KINDS = {
    "symbol": "symbol",
    "current_symbol": "current symbol",
    "ensembl_id": "Ensembl id",
    "entrez_id": "Entrez id",
    "uniprot_id": "UniProt id",
    "aliases": "alias",
}
MANY = re.compile(r"[\s,;]+")
SHOWN_CANDIDATES = 6


@dataclass(frozen=True)
class Match:
    """A gene that a search found.

    Attributes:
        gene: its number.
        symbol: as the data set writes it.
        text: what matched, such as an alias.
        kind: what that is: "symbol", "alias", "Ensembl id", …, "full name".
    """

    gene: int
    symbol: str
    text: str
    kind: str


@dataclass(frozen=True)
class Mapped:
    """What became of a pasted list.

    Attributes:
        found: int64 gene numbers, each once, in the order of the list.
        how: one row a found entry: `text` (as pasted), `gene` (the data set's symbol), `number`, `kind`.
        missing: entries that no gene answers to, in the order of the list.
        ambiguous: entry → symbols it may mean; none of them is in `found` because of it.
    """

    found: Int64[np.ndarray, " found"]
    how: pd.DataFrame
    missing: tuple[str, ...]
    ambiguous: dict[str, tuple[str, ...]]


class GeneIndex:
    """Looks genes of one data set up by any of their names. Build it once a data set: it takes some tenths of a second.

    A name is tried exactly as written first, then without regard to case, each in this order: symbol, current
    symbol, Ensembl id, Entrez id, UniProt id, alias. The first kind that knows the name decides.
    """

    def __init__(self, graph: GeneGraph) -> None:
        self._genes = graph.genes
        self._names = _all_names(graph)
        self._exact = _lookup(self._names, "text")
        self._folded = _lookup(self._names, "folded")
        info = graph.gene_info
        self._full_name = [""] * len(graph) if info is None else info["name"].tolist()
        self._haystack = pd.Series([name.casefold() for name in self._full_name], dtype=str)

    def find(self, text: str) -> int:
        """Number of the gene that `text` names.

        Raises `UnknownGene` when no gene answers to it, naming the nearest, or when several do, naming them.
        """
        numbers, kind = self._candidates(text)
        if len(numbers) == 1:
            return numbers[0]
        text = text.strip()[:100]
        if numbers:
            symbols = [self._genes[number] for number in numbers]
            listed = ", ".join(symbols[:SHOWN_CANDIDATES]) + (" and more" if len(symbols) > SHOWN_CANDIDATES else "")
            raise UnknownGene(
                f"'{text}' is {_with_article(kind)} of several genes: {listed}. Give the symbol of the one you mean."
            )
        if not text:
            raise UnknownGene("No gene was given. Type a symbol, an alias, or an Ensembl, Entrez or UniProt id.")
        close = nearest(text, self._genes).replace(" Did you mean ", " Nearest: ").replace("?", ".")
        raise UnknownGene(
            f"No gene '{text}' in this data set.{close} Search also takes aliases and Ensembl, Entrez and UniProt ids."
        )

    def search(self, text: str, limit: int = 20) -> list[Match]:
        """Genes for a search box, best first: exact names, then names that begin with `text`, then names and full
        names that contain it. Each gene once; "" gives none."""
        wanted = _folded(text)
        if not wanted or limit < 1:
            return []
        names = self._names
        starts = names["folded"].str.startswith(wanted).to_numpy(dtype=bool)
        inside = names["folded"].str.contains(wanted, regex=False).to_numpy(dtype=bool)
        hits = names[inside].assign(
            grade=np.where(names["folded"] == wanted, 0, np.where(starts, 1, 2))[inside],
            length=names["folded"].str.len()[inside],
        )
        hits = hits.sort_values(["grade", "rank", "length", "gene"], kind="stable").drop_duplicates("gene")
        matches = [
            Match(int(gene), self._genes[gene], str(told), KINDS[kind])
            for gene, told, kind in hits[["gene", "text", "kind"]].head(limit).itertuples(index=False)
        ]
        seen = {match.gene for match in matches}
        described = np.flatnonzero(self._haystack.str.contains(wanted, regex=False).to_numpy(dtype=bool))
        matches += [
            Match(int(gene), self._genes[gene], self._full_name[gene], "full name")
            for gene in described[: limit + len(seen)]
            if gene not in seen
        ]
        return matches[:limit]

    def map_many(self, text: str | Iterable[str]) -> Mapped:
        """Maps a pasted list, separated by blanks, commas, semicolons or lines; never raises for an unknown entry."""
        entries = MANY.split(text) if isinstance(text, str) else [str(entry) for entry in text]
        entries = list(dict.fromkeys(entry.strip().strip("'\"") for entry in entries))
        rows: list[tuple[str, str, int, str]] = []
        missing: list[str] = []
        ambiguous: dict[str, tuple[str, ...]] = {}
        for entry in filter(None, entries):
            numbers, kind = self._candidates(entry)
            if not numbers:
                missing.append(entry)
            elif len(numbers) > 1:
                ambiguous[entry] = tuple(self._genes[number] for number in numbers)
            else:
                rows.append((entry, self._genes[numbers[0]], numbers[0], kind))
        how = pd.DataFrame(rows, columns=["text", "gene", "number", "kind"])
        found = np.array(list(dict.fromkeys(row[2] for row in rows)), dtype=np.int64)
        return Mapped(found=found, how=how, missing=tuple(missing), ambiguous=ambiguous)

    def _candidates(self, text: str) -> tuple[list[int], str]:
        """The genes of the best kind of name that `text` is, and that kind; an empty list when it is none."""
        text = text.strip()
        versioned = VERSIONED.fullmatch(text)
        for name in (text, versioned[1]) if versioned else (text,):
            for table, key in ((self._exact, name), (self._folded, _folded(name))):
                if found := table.get(key):
                    return found
        return [], ""


def _all_names(graph: GeneGraph) -> pd.DataFrame:
    """One row a name: text, folded (for comparing without case), gene, kind, rank (of the kind)."""
    columns: dict[str, list[str]] = {"symbol": list(graph.genes)}
    if graph.gene_info is not None:
        columns |= {kind: graph.gene_info[kind].tolist() for kind in KINDS if kind != "symbol"}
    rows = [
        (text.strip(), gene, kind, rank)
        for rank, kind in enumerate(KINDS)
        if kind in columns
        for gene, cell in enumerate(columns[kind])
        for text in (cell.split("|") if kind != "symbol" else [cell])
        if text.strip()
    ]
    names = pd.DataFrame(rows, columns=["text", "gene", "kind", "rank"])
    return names.assign(folded=[_folded(text) for text in names["text"]])


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeioAEIO' else 'a'} {noun}"


def _folded(text: str) -> str:
    return text.strip().casefold()


def _lookup(names: pd.DataFrame, column: str) -> dict[str, tuple[list[int], str]]:
    """Name → genes of the first kind that knows it, and that kind in words. `names` is sorted by kind."""
    table: dict[str, tuple[list[int], str]] = {}
    for key, gene, kind in zip(names[column].tolist(), names["gene"].tolist(), names["kind"].tolist(), strict=True):
        genes, known_as = table.setdefault(key, ([], KINDS[kind]))
        if known_as == KINDS[kind] and gene not in genes:
            genes.append(gene)
    return table
