"""A list of genes as one value of an address: commas where no symbol needs more, else a form that splits no symbol.

BRCA1,PARP1                 as people write it, and as all addresses were written once
~ADE5,7~ARG5,6              symbols with marks in them: "~" before each, "~" and "%" in a symbol percent-encoded
"""

from __future__ import annotations

from collections.abc import Sequence

from slviz.datasets.gene_index import GeneIndex, Mapped

MARK = "~"


def write_list(genes: Sequence[str], index: GeneIndex) -> str:
    """The symbols of genes of this data set as one text, which `read_list` reads as the same genes."""
    plain = ",".join(genes)
    read = index.map_many(plain).how["gene"].tolist()
    if read == list(genes) and not plain.startswith(MARK):
        return plain
    return "".join(f"{MARK}{gene.replace('%', '%25').replace(MARK, '%7E')}" for gene in genes)


def read_list(text: str, index: GeneIndex) -> Mapped:
    """The genes of such a text; names are exact first, so an older list with commas still opens."""
    if text.startswith(MARK) and not index.is_exact(text):
        return index.map_many([part.replace("%7E", MARK).replace("%25", "%") for part in text[1:].split(MARK)])
    return index.map_many(text)
