"""Human interactions, paralogs and essential genes as their sources write them, as tables of a data folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slviz.datasets.hgnc import Hgnc

SYSTEMATIC = ("HuRI", "HI-I-05", "HI-II-14")
CURATED = "Lit-BM-13"
NAMES = ["gene_a", "gene_b"]
PARALOG_COLUMNS = (
    "hgnc_gene_id",
    "hsapiens_paralog_hgnc_gene_id",
    "hsapiens_paralog_perc_id",
    "hsapiens_paralog_perc_id_r1",
    "hsapiens_paralog_subtype",
    "hsapiens_paralog_subtype_ordinal",
)


def rows_of(text: str) -> list[list[str]]:
    """The cells of each line that is not blank."""
    return [line.rstrip("\r").split("\t") for line in text.split("\n") if line.strip()]


class GeneIds:
    """Symbols of a gene list by the identifiers that HGNC gives their records."""

    def __init__(self, hgnc: Hgnc, genes: Sequence[str]) -> None:
        rows = hgnc.rows_of(genes)
        self._symbol = {row: gene for gene, row in reversed(list(zip(genes, rows, strict=True))) if row is not None}
        self._hgnc = hgnc

    def by(self, column: str) -> dict[str, str]:
        """Symbol by the identifiers of a column of `hgnc.COLUMNS`."""
        return {value: self._symbol[row] for value, row in self._hgnc.by_id(column).items() if row in self._symbol}

    def of_protein(self, accession: str, symbol: str) -> str | None:
        """The gene of a UniProt accession, else of an approved symbol."""
        if not hasattr(self, "_by_accession"):
            self._by_accession = self.by("uniprot_ids")
        by_accession = self._by_accession.get(accession)
        row = self._hgnc.by_symbol.get(symbol.upper())
        return by_accession or (None if row is None else self._symbol.get(row))


def interaction_tables(texts: Mapping[str, str], ids: GeneIds) -> dict[str, pd.DataFrame]:
    """`systematic` and `physical` (with the curated ones): gene_a, gene_b and the sources joined by ";".

    Args:
        texts: by source: HuRI by Ensembl ids without a heading, the others by Entrez ids with one.
        ids: of the gene list.
    """
    ensembl, entrez = ids.by("ensembl_gene_id"), ids.by("entrez_id")
    sources: dict[tuple[str, str], list[str]] = {}
    for source in (*SYSTEMATIC, CURATED):
        if source not in texts:
            continue
        known, places = (ensembl, (0, 1)) if source == "HuRI" else (entrez, (0, 2))
        for cells in rows_of(texts[source]):
            one, other = (known.get(cells[at].split(".")[0]) if at < len(cells) else None for at in places)
            if one is not None and other is not None and one != other:
                pair_sources = sources.setdefault((min(one, other), max(one, other)), [])
                pair_sources.append(source) if source not in pair_sources else None
    table = pd.DataFrame(
        [(one, other, ";".join(names)) for (one, other), names in sorted(sources.items())], columns=[*NAMES, "sources"]
    )
    is_systematic = table["sources"] != CURATED
    return {"systematic": table.loc[is_systematic, :], "physical": table}


def paralog_table(text: str, ids: GeneIds) -> pd.DataFrame:
    """Pairs of paralogs with identity (mean and both ways) and their last common ancestor, each pair once."""
    rows, symbol = rows_of(text), ids.by("hgnc_id")
    places = [rows[0].index(column) for column in PARALOG_COLUMNS]
    table: dict[tuple[str, str], tuple[float, float, float, str, str]] = {}
    for cells in rows[1:]:
        one_id, other_id, first, second, ancestor, ordinal = (cells[at] for at in places)
        one, other = symbol.get(one_id), symbol.get(other_id)
        if one is None or other is None or one == other:
            continue
        ways = (float(first), float(second))
        ways = ways if one < other else ways[::-1]
        pair = (min(one, other), max(one, other))
        table.setdefault(pair, (round(sum(ways) / 2, 2), round(ways[0], 2), round(ways[1], 2), ancestor, ordinal))
    columns = [*NAMES, "identity_percent", "identity_1", "identity_2", "last_common_ancestor", "ancestor_ordinal"]
    made = pd.DataFrame([(*pair, *values) for pair, values in sorted(table.items())], columns=columns)
    return made.assign(source="Ensembl95")


def essential_table(core: str, non_essential: str, ids: GeneIds, genes: Sequence[str]) -> pd.DataFrame:
    """`gene_columns.tsv` from the core-essential and the non-essential genes: class, and two columns of 1 and 0."""
    symbol = ids.by("hgnc_id")
    lists = [
        {symbol[cells[1]] for cells in rows_of(text)[1:] if len(cells) > 1 and cells[1] in symbol}
        for text in (core, non_essential)
    ]
    is_core, is_none = (np.array([gene in own for gene in genes]) for own in lists)
    return pd.DataFrame(
        {
            "gene": list(genes),
            "essential_class": np.select([is_core, is_none], ["core", "non-essential"], "other"),
            "core_essential": is_core.astype(int),
            "non_essential": is_none.astype(int),
        }
    )
