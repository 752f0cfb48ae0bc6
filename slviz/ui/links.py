"""Links out: where to read more about a gene or a publication."""

from __future__ import annotations

from urllib.parse import quote

from slviz.datasets import GeneGraph


def of_gene(graph: GeneGraph, gene: int) -> dict[str, str]:
    """Address by name of each place that knows the gene; empty for a synthetic one, which no place knows."""
    if graph.synthetic:
        return {}
    known = {} if graph.gene_info is None else graph.gene_info.iloc[gene].to_dict()
    symbol = quote(known.get("current_symbol") or graph.genes[gene], safe="")
    entrez, ensembl = known.get("entrez_id", ""), known.get("ensembl_id", "")
    uniprot = known.get("uniprot_id", "").split("|")[0]
    places = {
        "HGNC": f"https://www.genenames.org/tools/search/#!/?query={symbol}",
        "NCBI Gene": f"https://www.ncbi.nlm.nih.gov/gene/{quote(entrez, safe='')}" if entrez else "",
        "Ensembl": f"https://www.ensembl.org/Homo_sapiens/Gene/Summary?g={quote(ensembl, safe='')}" if ensembl else "",
        "UniProt": f"https://www.uniprot.org/uniprotkb/{quote(uniprot, safe='')}/entry" if uniprot else "",
        "GeneCards": f"https://www.genecards.org/cgi-bin/carddisp.pl?gene={symbol}",
        "Open Targets": f"https://platform.opentargets.org/target/{quote(ensembl, safe='')}" if ensembl else "",
        "DepMap": f"https://depmap.org/portal/gene/{symbol}",
        "STRING": f"https://string-db.org/cgi/network?identifiers={symbol}&species=9606",
    }
    return {name: place for name, place in places.items() if place}


def of_publication(pubmed: str, *, synthetic: bool) -> str:
    """Address of a PubMed record; "" for synthetic data and for what is no PubMed id."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pubmed}/" if _is_number(pubmed) and not synthetic else ""


def of_publications(pubmed: str, *, synthetic: bool) -> str:
    """Address of all PubMed records of a text such as "123;456"; "" where there is none."""
    ids = [each for each in pubmed.split(";") if _is_number(each.strip())]
    if synthetic or not ids:
        return ""
    return of_publication(ids[0], synthetic=False) if len(ids) == 1 else _found(ids)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _found(ids: list[str]) -> str:
    return "https://pubmed.ncbi.nlm.nih.gov/?term=" + quote(" ".join(f"{each}[uid]" for each in ids))
