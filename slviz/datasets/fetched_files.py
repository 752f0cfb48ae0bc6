"""The files of a data folder from what was fetched: pairs, interactions, names, Gene Ontology, relations, features."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.datasets.hgnc import Hgnc
from slviz.datasets.human_relations import (
    CURATED,
    SYSTEMATIC,
    GeneIds,
    essential_table,
    interaction_tables,
    paralog_table,
)
from slviz.datasets.ontology import gmt_of, read_gaf, read_obo, with_ancestors
from slviz.datasets.spectral import WIDTH, feature_text, go_features, ppi_features
from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip

LARGEST_BYTES = 1 << 30
GAF_HEADING = "!gaf-version: 2"
OBO_HEADING = "format-version:"
CITATION = "Guo et al. 2016, doi:10.1093/nar/gkv1108; interactions from BioGRID"
LICENCE = "SynLethDB: academic use; BioGRID: MIT"
FOR_EXPERIMENTS = (
    "; HuRI: Luck 2020, doi:10.1038/s41586-020-2188-x; HI-I-05, HI-II-14, Lit-BM-13: Rolland 2014, "
    "doi:10.1016/j.cell.2014.10.050; paralogs: Ensembl 95; core-essential genes: Hart 2017, doi:10.1534/g3.117.041277"
)


def has_form(role: str, raw: bytes) -> bool:
    """Whether a file that is pinned by its date alone is of the kind that it should be."""
    try:
        text = text_of(raw)
    except (MalformedData, zlib.error):
        return False
    if role == "hgnc":
        return Hgnc.read(text) is not None
    return text.startswith({"gaf": GAF_HEADING, "obo": OBO_HEADING}.get(role, ""))


def text_of(raw: bytes) -> str:
    """The text of a file, unpacked; raises `MalformedData` where it is packed and cannot be unpacked."""
    return unpack_if_gzip(raw, "file", most_bytes=LARGEST_BYTES).decode("utf-8", errors="replace")


def build_files(originals: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """The files of the data folder: each pair once, interactions by symbol, and what else arrived.

    Args:
        originals: the bytes of each file by its role; "genes", "pairs" and "interactions" are needed.
    """
    genes = CONTENT["genes"](originals["genes"]).split("\n")
    edges = [
        tuple(map(int, edge.split("\t"))) for edge in CONTENT["interactions"](originals["interactions"]).split("\n")
    ]
    pairs: dict[frozenset[str], str] = {}
    for row in rows_of(originals["pairs"]):
        pairs.setdefault(frozenset(row[:2]), "\t".join(row))
    files: dict[str, str | bytes] = {
        "List_Proteins_in_SL.txt": "".join(f"{gene}\n" for gene in genes),
        "SL_Human_FinalCheck.txt": "".join(f"{row}\n" for row in pairs.values()),
    }
    literature = "".join(f"{genes[a]}\t{genes[b]}\n" for a, b in edges)
    if "hgnc" not in originals:
        return files | {"ppi_edges.tsv": literature, "dataset.toml": _settings(interactions="ppi_edges.tsv")}
    hgnc = Hgnc.read(text_of(originals["hgnc"]))
    assert hgnc is not None, "has_form() was asked"
    ids = GeneIds(hgnc, genes)
    files["gene_info.tsv"] = _tsv(hgnc.gene_info(genes))
    terms = _terms(originals, ids)
    files["go.gmt.gz"] = gzip.compress(terms.encode(), mtime=0)
    further: dict[str, str] = {}
    if "HuRI" in originals:
        tables = interaction_tables({name: text_of(originals[name]) for name in (*SYSTEMATIC, CURATED)}, ids)
        further = {
            "physical_edges.tsv": _tsv(tables["physical"]),
            "systematic_edges.tsv": _tsv(tables["systematic"]),
            "literature_edges.tsv": literature,
            "paralogs.tsv": _tsv(paralog_table(text_of(originals["paralogs"]), ids)),
            "gene_columns.tsv": _tsv(
                essential_table(text_of(originals["essential"]), text_of(originals["non-essential"]), ids, genes)
            ),
        }
        number = {gene: at for at, gene in enumerate(genes)}
        edges = [(number[a], number[b]) for a, b in tables["physical"][["gene_a", "gene_b"]].itertuples(index=False)]
    else:
        files["ppi_edges.tsv"] = literature
    interactions = "physical_edges.tsv" if further else "ppi_edges.tsv"
    features = _features(genes, edges, terms)
    return (
        files
        | further
        | features
        | {
            "dataset.toml": _settings(
                interactions=interactions, annotated=True, experiments=bool(further), features=features
            )
        }
    )


def _terms(originals: Mapping[str, bytes], ids: GeneIds) -> str:
    terms = read_obo(text_of(originals["obo"]))
    members = read_gaf(text_of(originals["gaf"]), ids.of_protein)
    return gmt_of(with_ancestors(members, terms), terms)


def _features(genes: list[str], edges: list[tuple[int, ...]], terms: str) -> dict[str, str]:
    """`ppi` and `go` as `data features` builds them, as far as there are interactions and terms for them."""
    number = {gene: at for at, gene in enumerate(genes)}
    lines = [line.split("\t")[2:] for line in terms.splitlines()]
    rows = [number[gene] for line in lines for gene in line]
    columns = [term for term, line in enumerate(lines) for _ in line]
    membership = sp.csr_array((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(len(genes), len(lines)))
    interactions = np.array(sorted((min(edge), max(edge)) for edge in edges), dtype=np.int64).reshape(-1, 2).T
    built = {
        "ppi": ppi_features(interactions, len(genes), width=WIDTH) if interactions.size else None,
        "go": go_features(membership, width=WIDTH) if membership.nnz else None,
    }
    return {
        f"feature_{name}_{matrix.shape[1]}.txt": feature_text(matrix)
        for name, matrix in built.items()
        if matrix is not None and matrix.shape[1]
    }


def _settings(
    *, interactions: str, annotated: bool = False, experiments: bool = False, features: Mapping[str, str] | None = None
) -> str:
    """`dataset.toml`."""
    title = "Human synthetic lethality: SynLethDB, physical interactions and paralogs"
    citation = CITATION + ("; names from HGNC; annotation from Gene Ontology" if annotated else "")
    licence = LICENCE + ("; HGNC: CC0; Gene Ontology: CC BY 4.0" if annotated else "")
    lines = [
        f'title = "{title if experiments else "SynLethDB: human synthetic lethality"}"',
        f'citation = "{citation}{FOR_EXPERIMENTS if experiments else ""}"',
        f'licence = "{licence}{"; BAGEL: MIT; others name none" if experiments else ""}"',
        'organism = "human"',
        "",
        "[files]",
        'genes = "List_Proteins_in_SL.txt"',
        'pairs = "SL_Human_FinalCheck.txt"',
        f'interactions = "{interactions}"',
    ]
    lines += ['terms = "go.gmt.gz"', 'gene_info = "gene_info.tsv"'] if annotated else []
    if experiments:
        lines += ['gene_columns = "gene_columns.tsv"', "", "[relations]", 'systematic = "systematic_edges.tsv"']
        lines += ['literature = "literature_edges.tsv"', 'paralogs = "paralogs.tsv"']
    if features:
        lines += ["", "[features]", *(f'{name.split("_")[1]} = "{name}"' for name in features)]
    return "\n".join(lines) + "\n"


def _tsv(table: pd.DataFrame) -> str:
    return table.to_csv(sep="\t", index=False, lineterminator="\n")


def rows_of(raw: bytes) -> list[list[str]]:
    """The words of each line that is not blank."""
    return [line.split() for line in raw.decode("utf-8", errors="replace").splitlines() if line.strip()]


def _content_of_genes(raw: bytes) -> str:
    """The symbols in their order, one a line."""
    return "\n".join(" ".join(row) for row in rows_of(raw))


def _content_of_pairs(raw: bytes) -> str:
    """Each pair of symbols once, sorted, one a line. Scores are left aside: nine pairs are listed twice."""
    return "\n".join(sorted({"\t".join(sorted(row[:2])) for row in rows_of(raw)}))


def _content_of_interactions(raw: bytes) -> str:
    """Each pair of gene numbers once, the smaller first, sorted, one a line; self-interactions left out."""
    rows = [row for row in rows_of(raw) if len(row) == 2 and row[0].isdecimal() and row[1].isdecimal()]
    edges = {(min(edge), max(edge)) for edge in ((int(a), int(b)) for a, b in rows) if edge[0] != edge[1]}
    return "\n".join(f"{a}\t{b}" for a, b in sorted(edges))


CONTENT: dict[str, Callable[[bytes], str]] = {
    "genes": _content_of_genes,
    "pairs": _content_of_pairs,
    "interactions": _content_of_interactions,
}
