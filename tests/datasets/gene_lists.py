"""Data sets of a few genes with names that lists and tables trip over."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from builders import tiny_graph

from slviz.datasets import GENE_INFO_COLUMNS, GeneGraph


def graph_of(symbols: Sequence[str], **info: Sequence[str]) -> GeneGraph:
    """A graph of these genes; `info` gives columns of names, of the first genes."""
    base = tiny_graph(genes=max(len(symbols), 4), pairs=3)
    filled = [*symbols, *(f"PAD{number}" for number in range(4 - len(symbols)))]
    columns = {name: [*info.get(name, ()), *[""] * len(filled)][: len(filled)] for name in GENE_INFO_COLUMNS}
    return GeneGraph(
        name="names",
        genes=tuple(filled),
        pairs=base.pairs,
        score=base.score,
        gene_info=pd.DataFrame(columns, dtype=str),
    )


def odd_names() -> GeneGraph:
    """Yeast symbols with commas and primes, one with a blank, and five human genes with all their names."""
    return graph_of(
        ["ADE5,7", "ARG5,6", "DUR1,2", "TP53", "BRCA1", "XK", "IMP2", "IMP2'", "HLA-A", "A B", "KRAS"],
        entrez_id=["", "", "", "7157", "672", "7504", "", "", "3105", "", "100130426"],
        ensembl_id=["", "", "", "ENSG00000141510", "ENSG00000012048"],
        uniprot_id=["", "", "", "P04637"],
        aliases=["", "", "", "P53|HGNC:11998", "RNF53", "KX|NA|NAC"],
    )
