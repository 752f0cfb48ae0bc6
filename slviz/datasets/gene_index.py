"""Finding a gene by what a person types: symbol, alias, former or current symbol, Ensembl, Entrez or UniProt id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from jaxtyping import Int64

from slviz.datasets.gene_names import as_r_writes, bare, folded, forms, identifier_in, parts_of, what_it_is
from slviz.datasets.graph import GeneGraph
from slviz.datasets.pasted_list import KnownNames, names_in
from slviz.errors import UnknownGene, nearest
from slviz.tables import is_missing
from slviz.text import spelt_out

KINDS = {
    "symbol": "symbol",
    "current_symbol": "current symbol",
    "ensembl_id": "Ensembl id",
    "entrez_id": "Entrez id",
    "uniprot_id": "UniProt id",
    "aliases": "alias",
}
SEVERAL = re.compile(r"///|[;,|/]")
"""What stands between the genes of one cell, such as those of a probe."""
PLAIN = re.compile(r"(?!LOC\d)[A-Za-z][A-Za-z0-9]*", re.ASCII)
"""A name around which nothing can be forgiven and which is no longer way of writing another; most are such."""
OF_THE_DATA_SET = ("symbol", "current_symbol")
IDENTIFIERS = ("ensembl_id", "entrez_id", "uniprot_id")
FULL_NAME = "full name"
SHOWN_CANDIDATES = 6


@dataclass(frozen=True)
class Match:
    """A gene that a search found.

    Attributes:
        gene: its number.
        symbol: as the data set writes it.
        text: what matched, such as an alias.
        kind: what that is: "symbol", "alias", "Ensembl id", …, "full name".
        name: the gene's full name; "" where the data set tells none.
        partners: how many known partners it has.
    """

    gene: int
    symbol: str
    text: str
    kind: str
    name: str = ""
    partners: int = 0

    @property
    def label(self) -> str:
        """The symbol, and what matched where it was something else, such as "BRCA1 (alias FANCS)"."""
        return self.symbol if self.kind in (KINDS["symbol"], FULL_NAME) else f"{self.symbol} ({self.kind} {self.text})"


@dataclass(frozen=True)
class Mapped:
    """What became of a list.

    Attributes:
        genes: int64 gene numbers, each once, in the order of the list.
        how: one row a found entry: `text` (as in the list), `gene` (the data set's symbol), `number`, `kind`.
        missing: entries that no gene answers to, in the order of the list.
        ambiguous: entry → symbols it may mean; none of them is in `found` because of it.
        marks: entries that say that nothing is known, such as "NA", each once; they are no genes and not missing.
        remarks: sentences on how a pasted text was read: columns of numbers that were left out, ….
    """

    genes: Int64[np.ndarray, " genes"]
    how: pd.DataFrame
    missing: tuple[str, ...]
    ambiguous: dict[str, tuple[str, ...]]
    marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def missing_as_said(self, most: int) -> str:
        """The first `most` missing entries for a sentence, each with what it is known to be, such as a date."""
        words = [(entry, what_it_is(entry)) for entry in self.missing[:most]]
        listed = ", ".join(
            f"{spelt_out(entry[:60])} ({what})" if what else spelt_out(entry[:60]) for entry, what in words
        )
        return f"{listed} …" if len(self.missing) > most else listed


class GeneIndex:
    """Looks genes of one data set up by any of their names. It takes some tenths of a second to build: use `of`.

    A name is tried exactly as written first, then without regard to case, each in this order: symbol, current
    symbol, Ensembl id, Entrez id, UniProt id, alias. The first kind that knows the name decides. Only what is no
    name as it stands is tried without the quotes, bullets and marks around it, and as one of the longer ways of
    writing an identifier (`slviz.datasets.gene_names`). A missing mark such as "NA" is the gene of that symbol or
    current symbol, letter by letter, and else no gene: an alias never outranks it.
    """

    def __init__(self, graph: GeneGraph) -> None:
        self._genes = graph.genes
        self._names = _all_names(graph)
        self._exact = _lookup(self._names, "text")
        self._folded = _lookup(self._names, "folded")
        self._of_kind = {str(kind): _lookup(rows, "folded") for kind, rows in self._names.groupby("kind")}
        own = self._names.loc[self._names["kind"].isin(OF_THE_DATA_SET)]
        self._symbols = _lookup(own, "text")
        self._as_r = _lookup(own.assign(written=[as_r_writes(name) for name in own["text"]]), "written")
        self._pasted = KnownNames(
            is_exact=self.is_exact,
            is_symbol=self.is_symbol,
            is_name=self.is_name,
            most_parts=max((_parts(name) for name in self._names["text"]), default=1),
        )
        info = graph.gene_info
        self._full_name = [""] * len(graph) if info is None else info["name"].tolist()
        self._partners = graph.degree
        self._haystack = pd.Series([name.casefold() for name in self._full_name], dtype=str)

    @classmethod
    def of(cls, graph: GeneGraph) -> GeneIndex:
        """The index of a data set, built when it is first asked for and kept as long as the data set is."""
        if graph not in _BUILT:
            _BUILT[graph] = cls(graph)
        return _BUILT[graph]

    def is_name(self, text: str) -> bool:
        """Whether `text`, as it stands but for case, is a name of a gene or of several."""
        text = text.strip()
        if is_missing(text):
            return text in self._symbols
        return text in self._exact or folded(text) in self._folded

    def is_exact(self, text: str) -> bool:
        """Whether `text`, letter by letter, is a name of a gene or of several."""
        return text in (self._symbols if is_missing(text) else self._exact)

    def is_symbol(self, text: str) -> bool:
        """Whether `text`, letter by letter, is the symbol or current symbol of a gene."""
        return text in self._symbols

    def find(self, text: str) -> int:
        """Number of the gene that `text` names.

        Raises `UnknownGene` when no gene answers to it, naming the nearest, or when several do, naming them.
        """
        numbers, kind = self._candidates(text)
        if len(numbers) == 1:
            return numbers[0]
        text = text.strip()[:100]
        if numbers:
            raise UnknownGene(
                f"'{text}' is {_with_article(kind)} of several genes: {self._listed(numbers)}. Give the symbol of the "
                "one you mean."
            )
        if not text:
            raise UnknownGene("No gene was given. Type a symbol, an alias, or an Ensembl, Entrez or UniProt id.")
        raise UnknownGene(self._why_none(text))

    def _why_none(self, text: str) -> str:
        """Why no gene answers to a text."""
        search = "Search also takes aliases and Ensembl, Entrez and UniProt ids."
        if is_missing(text):
            numbers, kind = self._folded.get(folded(text), ([], ""))
            way_on = f"It is {_with_article(kind)} of {self._listed(numbers)}: give that symbol." if numbers else search
            return f"'{text}' is how programs write that nothing is known, so it names no gene by itself. {way_on}"
        if what := what_it_is(text):
            return f"No gene '{text}' in this data set: it is {what}. {search}"
        close = nearest(bare(text), self._genes).replace(" Did you mean ", " Nearest: ").replace("?", ".")
        return f"No gene '{text}' in this data set.{close} {search}"

    def _listed(self, numbers: Sequence[int]) -> str:
        symbols = [self._genes[number] for number in numbers]
        return ", ".join(symbols[:SHOWN_CANDIDATES]) + (" and more" if len(symbols) > SHOWN_CANDIDATES else "")

    def search(self, text: str, limit: int = 20) -> list[Match]:
        """Genes for a search box, best first: exact names, then names that begin with `text`, then symbols and aliases
        that contain it, then full names in which every word of it begins a word. Each gene once; "" gives none.

        An identifier is matched from its beginning, a number (such as an Entrez id) only as a whole: 672 is BRCA1, and
        neither ZNF672 nor the gene of the id 6721. A missing mark is searched like any other text.
        """
        direct = self._search(text, limit)
        if direct or limit < 1 or not text.strip():
            return direct
        numbers, kind = self._candidates(text)  # quotes, versions, "TP53 (7157)"
        if numbers:
            return [self._match(number, bare(text), kind) for number in numbers[:limit]]
        return self._search(bare(text), limit)

    def _match(self, gene: int, text: str, kind: str) -> Match:
        return Match(gene, self._genes[gene], text, kind, self._full_name[gene], int(self._partners[gene]))

    def _search(self, text: str, limit: int) -> list[Match]:
        wanted = folded(text)
        if not wanted or limit < 1:
            return []
        named = self._named(text.strip(), wanted)
        matches = [
            self._match(int(gene), str(name), KINDS[kind])
            for gene, name, kind in named[["gene", "text", "kind"]].head(limit).itertuples(index=False)
        ]
        seen = set(named["gene"].tolist())
        described = [gene for gene in self._described(wanted).tolist() if gene not in seen]
        matches += [self._match(gene, self._full_name[gene], FULL_NAME) for gene in described[: limit - len(matches)]]
        return matches

    def _named(self, text: str, wanted: str) -> pd.DataFrame:
        """Rows of the table of names that a text finds, best first, each gene once."""
        names, number = self._names, wanted.isdecimal()
        whole = (names["folded"] == wanted).to_numpy(dtype=bool)
        starts = names["folded"].str.startswith(wanted).to_numpy(dtype=bool)
        inside = names["folded"].str.contains(wanted, regex=False).to_numpy(dtype=bool)
        identifier = names["kind"].isin(IDENTIFIERS).to_numpy(dtype=bool)
        hit = whole | (starts & ~(identifier & number)) | (inside & ~identifier & (not number))
        hits = names[hit].assign(
            grade=np.select([names["text"] == text, whole, starts], [0, 1, 2], 3)[hit],
            length=names["folded"].str.len()[hit],
        )
        return hits.sort_values(["grade", "rank", "length", "gene"], kind="stable").drop_duplicates("gene")

    def _described(self, wanted: str) -> Int64[np.ndarray, " genes"]:
        """Genes whose full name has every word of a text, from its beginning, those with most partners first; where
        there is none, those that contain the text anywhere."""
        words = [re.escape(word) for word in wanted.split()]
        said = np.ones(len(self._haystack), dtype=bool)
        for word in words:
            said &= self._haystack.str.contains(rf"(?<![^\W_]){word}", regex=True).to_numpy(dtype=bool)
        if not said.any() and not wanted.isdecimal():
            said = self._haystack.str.contains(wanted, regex=False).to_numpy(dtype=bool)
        described = np.flatnonzero(said)
        return described[np.argsort(-self._partners[described], kind="stable")]

    def map_many(self, text: str | Iterable[str]) -> Mapped:
        """Maps a list; never raises for an unknown entry.

        A text is a pasted list: names with blanks, commas, semicolons, bars or lines between them, or as R, Python,
        JSON and spreadsheets write lists. It is split inside a name nowhere: "ADE5,7" is one gene where it is a name.
        Of several texts each is one entry, such as a cell.
        """
        remarks: tuple[str, ...] = ()
        if isinstance(text, str):
            pasted = names_in(text, self._pasted)
            entries, remarks = pasted.entries, pasted.remarks
        else:
            entries = [str(entry).strip() for entry in text]
        rows: list[tuple[str, str, int, str]] = []
        missing: list[str] = []
        ambiguous: dict[str, tuple[str, ...]] = {}
        marks: list[str] = []
        for entry in filter(None, dict.fromkeys(entries)):
            numbers, kind = self._candidates(entry) if isinstance(text, str) else self._of_cell(entry)
            if len(numbers) == 1:
                rows.append((entry, self._genes[numbers[0]], numbers[0], kind))
            elif numbers:
                ambiguous[entry] = tuple(self._genes[number] for number in numbers)
            elif _says_nothing(entry):
                marks.append(entry)
            else:
                missing.append(entry)
        how = pd.DataFrame(rows, columns=["text", "gene", "number", "kind"])
        genes = np.array(list(dict.fromkeys(row[2] for row in rows)), dtype=np.int64)
        return Mapped(genes, how, tuple(missing), ambiguous, tuple(marks), remarks)

    def _of_cell(self, cell: str) -> tuple[list[int], str]:
        """As `_candidates`; a cell with several genes, such as "HLA-A /// HLA-B", may mean any of them."""
        numbers, kind = self._candidates(cell)
        if numbers or not SEVERAL.search(cell):
            return numbers, kind
        of_parts = [self._candidates(part.strip())[0] for part in SEVERAL.split(cell)]
        genes = list(dict.fromkeys(number for part in of_parts for number in part))
        return (genes, "name") if len(genes) > 1 or all(of_parts) else ([], "")

    def _candidates(self, text: str) -> tuple[list[int], str]:
        """The genes of the best kind of name that `text` is, and that kind; an empty list when it is none."""
        if PLAIN.fullmatch(text):  # a million a second, where the whole way takes ten
            if is_missing(text):
                return self._symbols.get(text, ([], ""))
            return self._exact.get(text) or self._folded.get(text.casefold()) or self._as_r.get(text, ([], ""))
        for form in forms(text):
            if is_missing(form):
                return self._symbols.get(form, ([], ""))
            for table, key in ((self._exact, form), (self._folded, folded(form))):
                if known := table.get(key):
                    return known
            taken_apart = self._taken_apart(form)
            if taken_apart[0]:
                return taken_apart
        return self._as_r.get(text.strip(), ([], ""))

    def _taken_apart(self, text: str) -> tuple[list[int], str]:
        """The genes of a longer way of writing a name, such as "TP53 (7157)" or "hgnc:TP53"."""
        inner = identifier_in(text)
        if inner is not None:
            name, kinds = inner
            return self._by_kinds(name, kinds) if kinds else self._candidates(name)
        parts = parts_of(text)
        return ([], "") if parts is None else self._together([self._by_kinds(part, tuple(KINDS)) for part in parts])

    def _by_kinds(self, name: str, kinds: Sequence[str]) -> tuple[list[int], str]:
        """The genes that have this name as one of the kinds, the first that knows it."""
        inner = identifier_in(name)
        for spelling in (name,) if inner is None else (name, inner[0]):
            for kind in kinds:
                if known := self._of_kind.get(kind, {}).get(folded(spelling)):
                    return known
        as_r = self._as_r.get(name)
        return as_r if as_r is not None and "symbol" in kinds else ([], "")

    def _together(self, of_parts: list[tuple[list[int], str]]) -> tuple[list[int], str]:
        """The gene on which the parts agree; an alias yields to an identifier; symbols and identifiers that
        contradict each other leave all of their genes."""
        known = [part for part in of_parts if part[0]]
        sure = [part for part in known if part[1] != KINDS["aliases"]] or known
        if not sure:
            return [], ""
        shared = set(sure[0][0]).intersection(*(genes for genes, _ in sure))
        if shared:
            return sorted(shared), sure[0][1]
        return list(dict.fromkeys(gene for genes, _ in sure for gene in genes)), "name"


_BUILT: WeakKeyDictionary[GeneGraph, GeneIndex] = WeakKeyDictionary()


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
    return names.assign(folded=[folded(text) for text in names["text"]])


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeioAEIO' else 'a'} {noun}"


def _parts(name: str) -> int:
    """Into how many pieces a pasted list would fall at this name."""
    return 1 + len(re.findall(r"[\s,;|]+", name))


def _says_nothing(entry: str) -> bool:
    return is_missing(entry) if PLAIN.fullmatch(entry) else any(is_missing(form) for form in forms(entry))


def _lookup(names: pd.DataFrame, column: str) -> dict[str, tuple[list[int], str]]:
    """Name → genes of the first kind that knows it, and that kind in words. `names` is sorted by kind."""
    table: dict[str, tuple[list[int], str]] = {}
    for key, gene, kind in zip(names[column].tolist(), names["gene"].tolist(), names["kind"].tolist(), strict=True):
        genes, known_as = table.setdefault(key, ([], KINDS[kind]))
        if known_as == KINDS[kind] and gene not in genes:
            genes.append(gene)
    return table
