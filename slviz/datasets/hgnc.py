"""HGNC's complete set: which record of a human gene a symbol, a former symbol or an identifier means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from slviz.datasets.graph import GENE_INFO_COLUMNS

COLUMNS = (
    "hgnc_id", "symbol", "name", "locus_group", "location", "alias_symbol", "prev_symbol", "entrez_id",
    "ensembl_gene_id", "uniprot_ids",
)  # fmt: skip
DATED = re.compile(r"(MAR|SEP|DEC)-?0?(\d{1,2})")
BEFORE_THE_DATE = {"MAR": "MARCH", "SEP": "SEPT", "DEC": "DEC"}
"""Symbols that a spreadsheet turned into dates, such as MAR-02, and how they began."""
CHROMOSOME = re.compile(r"(\d{1,2}|X|Y|mitochondria)\b|(\d{1,2}|X|Y)(?=[pq])")
BETWEEN = "|"


@dataclass(frozen=True, eq=False)
class Hgnc:
    """Records of approved human genes.

    Attributes:
        records: one row a gene, the columns `COLUMNS`, all text; several values of a cell are joined by "|".
    """

    records: pd.DataFrame

    @classmethod
    def read(cls, text: str) -> Hgnc | None:
        """The table of a file `hgnc_complete_set_….txt`; None where its heading is another one."""
        lines = text.split("\n")
        heading = lines[0].rstrip("\r").split("\t")
        if not set(COLUMNS) <= set(heading):
            return None
        place = [heading.index(column) for column in COLUMNS]
        cells = (line.rstrip("\r").split("\t") for line in lines[1:] if line)
        rows = [[row[at].strip().strip('"') if at < len(row) else "" for at in place] for row in cells]
        return cls(pd.DataFrame(rows, columns=list(COLUMNS), dtype=str))

    def rows_of(self, symbols: Sequence[str]) -> list[int | None]:
        """The record of each symbol: by itself, else by a former symbol or an alias that is of one gene alone."""
        return [self._row_of(symbol) for symbol in symbols]

    def _row_of(self, symbol: str) -> int | None:
        dated = DATED.fullmatch(symbol)
        names = [symbol, *([f"{BEFORE_THE_DATE[dated[1]]}{dated[2]}"] if dated else [])]
        for known in (self.by_symbol, self._by_former, self._by_alias):
            for name in names:
                if (row := known.get(name.upper())) is not None:
                    return row
        return None

    @cached_property
    def by_symbol(self) -> dict[str, int]:
        """Row by approved symbol, in capitals."""
        return {symbol.upper(): row for row, symbol in enumerate(self.records["symbol"].tolist())}

    @cached_property
    def _by_former(self) -> dict[str, int]:
        return _of_one_alone(self.records["prev_symbol"])

    @cached_property
    def _by_alias(self) -> dict[str, int]:
        return _of_one_alone(self.records["alias_symbol"])

    def by_id(self, column: str) -> dict[str, int]:
        """Row by an identifier, such as those of the column `uniprot_ids`."""
        return _of_one_alone(self.records[column], upper=False)

    def gene_info(self, symbols: Sequence[str]) -> pd.DataFrame:
        """What is known of each symbol that has a record: a column `gene`, then `GENE_INFO_COLUMNS`."""
        rows = self.rows_of(symbols)
        there = [(symbol, self.records.iloc[row]) for symbol, row in zip(symbols, rows, strict=True) if row is not None]
        table = pd.DataFrame([{"gene": symbol, **_described(record)} for symbol, record in there], dtype=str)
        return table.reindex(columns=["gene", *GENE_INFO_COLUMNS])


def _described(record: Mapping[str, str]) -> dict[str, str]:
    chromosome = CHROMOSOME.match(record["location"])
    others = [name for key in ("alias_symbol", "prev_symbol") for name in record[key].split(BETWEEN) if name]
    return {
        "current_symbol": record["symbol"],
        "entrez_id": record["entrez_id"],
        "name": record["name"],
        "gene_type": record["locus_group"].removesuffix(" gene"),
        "chromosome": "" if chromosome is None else chromosome[0].replace("mitochondria", "MT"),
        "cytoband": record["location"] if chromosome else "",
        "ensembl_id": record["ensembl_gene_id"],
        "uniprot_id": record["uniprot_ids"].split(BETWEEN)[0],
        "aliases": BETWEEN.join(dict.fromkeys(others)),
    }


def _of_one_alone(cells: Iterable[str], *, upper: bool = True) -> dict[str, int]:
    """Row by each name that stands in one row only."""
    rows: dict[str, int] = {}
    several: set[str] = set()
    for row, cell in enumerate(cells):
        for name in dict.fromkeys(filter(None, (cell.upper() if upper else cell).split(BETWEEN))):
            if rows.setdefault(name, row) != row:
                several.add(name)
    return {name: row for name, row in rows.items() if name not in several}
