"""Links out: where to read more about a gene or a publication."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from slviz.datasets import GeneGraph


def of_gene(graph: GeneGraph, gene: int) -> dict[str, str]:
    """Address by name of each place that knows the gene; empty for what no place knows: synthetic ones, and no genes.

    Places of an organism are for its genes only; where a data set does not tell it, its Ensembl ids may.
    """
    if graph.synthetic or not graph.nouns.are_genes:
        return {}
    known = {} if graph.gene_info is None else graph.gene_info.iloc[gene].to_dict()
    ids = {key: quote(known.get(f"{key}_id", "").split("|")[0], safe="") for key in ("entrez", "ensembl", "uniprot")}
    symbol = quote(known.get("current_symbol") or graph.genes[gene], safe="")
    organism = organism_of(graph)
    own = PLACES[organism](symbol, ids) if organism in PLACES else {}
    anywhere = {
        "NCBI Gene": f"https://www.ncbi.nlm.nih.gov/gene/{ids['entrez']}" if ids["entrez"] else "",
        "Ensembl": f"https://www.ensembl.org/id/{ids['ensembl']}" if ids["ensembl"] else "",
        "UniProt": f"https://www.uniprot.org/uniprotkb/{ids['uniprot']}/entry" if ids["uniprot"] else "",
    }
    return {name: place for name, place in (own | {k: v for k, v in anywhere.items() if k not in own}).items() if place}


def organism_of(graph: GeneGraph) -> str:
    """ "human", "mouse" or "yeast", whatever a data set calls it, or as its Ensembl ids tell; "" for all others."""
    organism = graph.nouns.organism.casefold()
    if organism:
        return next((name for name, names in ORGANISMS.items() if organism in names), "")
    ids = (
        []
        if graph.gene_info is None
        else [ensembl_id for ensembl_id in graph.gene_info["ensembl_id"].tolist() if ensembl_id]
    )
    return next((name for name, form in ENSEMBL.items() if ids and all(map(form.fullmatch, ids[:LOOKED_AT]))), "")


def _human(symbol: str, ids: Mapping[str, str]) -> dict[str, str]:
    entrez, ensembl, uniprot = ids["entrez"], ids["ensembl"], ids["uniprot"]
    return {
        "HGNC": f"https://www.genenames.org/tools/search/#!/?query={symbol}",
        "NCBI Gene": f"https://www.ncbi.nlm.nih.gov/gene/{entrez}" if entrez else "",
        "Ensembl": f"https://www.ensembl.org/Homo_sapiens/Gene/Summary?g={ensembl}" if ensembl else "",
        "UniProt": f"https://www.uniprot.org/uniprotkb/{uniprot}/entry" if uniprot else "",
        "GeneCards": f"https://www.genecards.org/cgi-bin/carddisp.pl?gene={symbol}",
        "Open Targets": f"https://platform.opentargets.org/target/{ensembl}" if ensembl else "",
        "DepMap": f"https://depmap.org/portal/gene/{symbol}",
        "STRING": f"https://string-db.org/cgi/network?identifiers={symbol}&species=9606",
    }


def _mouse(symbol: str, ids: Mapping[str, str]) -> dict[str, str]:
    ensembl = ids["ensembl"]
    return {
        "MGI": f"https://www.informatics.jax.org/searchtool/Search.do?query={symbol}",
        "Ensembl": f"https://www.ensembl.org/Mus_musculus/Gene/Summary?g={ensembl}" if ensembl else "",
        "STRING": f"https://string-db.org/cgi/network?identifiers={symbol}&species=10090",
    }


def _yeast(symbol: str, ids: Mapping[str, str]) -> dict[str, str]:
    ensembl = ids["ensembl"]
    return {
        "SGD": f"https://www.yeastgenome.org/locus/{ensembl or symbol}",
        "Ensembl": f"https://www.ensembl.org/Saccharomyces_cerevisiae/Gene/Summary?g={ensembl}" if ensembl else "",
        "STRING": f"https://string-db.org/cgi/network?identifiers={symbol}&species=4932",
    }


ORGANISMS = {
    "human": ("human", "homo sapiens", "h. sapiens"),
    "mouse": ("mouse", "mus musculus", "m. musculus"),
    "yeast": ("yeast", "budding yeast", "baker's yeast", "saccharomyces cerevisiae", "s. cerevisiae"),
}
ENSEMBL = {
    "human": re.compile(r"ENSG\d{11}.*"),
    "mouse": re.compile(r"ENSMUSG\d{11}.*"),
    "yeast": re.compile(r"Y[A-P][LR]\d{3}[WC](?:-[A-Z])?|Q\d{4}"),
}
LOOKED_AT = 50
"""So many Ensembl ids tell the organism."""
PLACES: Mapping[str, Callable[[str, Mapping[str, str]], dict[str, str]]] = {
    "human": _human,
    "mouse": _mouse,
    "yeast": _yeast,
}


def of_publication(pubmed: str, *, synthetic: bool) -> str:
    """Address of a PubMed record; "" for synthetic data and for what is no PubMed id."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pubmed}/" if _is_number(pubmed) and not synthetic else ""


def of_publications(pubmed: str, *, synthetic: bool) -> str:
    """Address of all PubMed records of a text such as "123;456"; "" where there is none."""
    ids = [pubmed_id for pubmed_id in pubmed.split(";") if _is_number(pubmed_id.strip())]
    if synthetic or not ids:
        return ""
    return of_publication(ids[0], synthetic=False) if len(ids) == 1 else _found(ids)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _found(ids: list[str]) -> str:
    return "https://pubmed.ncbi.nlm.nih.gov/?term=" + quote(" ".join(f"{pubmed_id}[uid]" for pubmed_id in ids))
