"""Fetching names, Gene Ontology, interactions, paralogs and essential genes: the real bytes where they are at hand."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from file_server import Server

from slviz.datasets import Nouns
from slviz.datasets.fetch import ANNOTATION, FOR_EXPERIMENTS, HUMAN_SL, SYNLETHDB, RemoteFile, fetch_synlethdb
from slviz.datasets.folder import read_folder
from slviz.datasets.hgnc import Hgnc
from slviz.datasets.human_relations import GeneIds, interaction_tables, paralog_table
from slviz.datasets.ontology import gmt_of, read_gaf, read_obo, with_ancestors
from slviz.errors import FetchFailed

GENES = ["TP53", "MDM2", "MAR-02", "KMT2D", "SMARCA2", "SMARCA4", "ARID1A", "ARID1B", "BRCA1", "PARP1", "XRCC1", "LIG3"]
HGNC_COLUMNS = [
    "hgnc_id", "symbol", "name", "locus_group", "locus_type", "status", "location", "location_sortable",
    "alias_symbol", "alias_name", "prev_symbol", "entrez_id", "ensembl_gene_id", "uniprot_ids",
]  # fmt: skip
CHAIN = list(pairwise(GENES))
CURRENT = [gene if gene != "MAR-02" else "MARCHF2" for gene in GENES]
FORMER = {"KMT2D": '"MLL2|MLL4"', "MARCHF2": "MARCH2"}


def hgnc_line(number: int, symbol: str) -> str:
    cells = {
        "hgnc_id": f"HGNC:{number}",
        "symbol": symbol,
        "name": f"gene {symbol}",
        "locus_group": "protein-coding gene",
        "status": "Approved",
        "location": f"{number % 22 + 1}q21.{number % 3}",
        "alias_symbol": f"al{symbol}",
        "prev_symbol": FORMER.get(symbol, ""),
        "entrez_id": str(7000 + number),
        "ensembl_gene_id": f"ENSG{number:011d}",
        "uniprot_ids": f'"P{number:05d}|Q{number:05d}"',
    }
    return "\t".join(cells.get(column, "") for column in HGNC_COLUMNS)


def term(number: int, name: str, *lines: str, namespace: str = "biological_process") -> str:
    said = "".join(f"{line}\n" for line in lines)
    return f"\n[Term]\nid: GO:{number:07d}\nname: {name}\nnamespace: {namespace}\n{said}"


OBO = (
    "format-version: 1.2\ndata-version: releases/2024-09-08\n"
    + term(8150, "biological_process")
    + term(1, "response to stress", "is_a: GO:0008150 ! biological_process")
    + term(2, "DNA repair", 'def: "Mending." [x]', "is_a: GO:0000001 ! response to stress")
    + term(3, "base excision repair", "is_a: GO:0000002 ! DNA repair")
    + term(4, "ligation in repair", "relationship: part_of GO:0000003 ! base excision repair")
    + term(5, "old word", "is_obsolete: true")
    + "\n[Typedef]\nid: part_of\nname: part of\n"
)


def gaf_line(number: int, symbol: str, qualifier: str, term_number: int, evidence: str = "IDA") -> str:
    cells = ["UniProtKB", f"P{number:05d}", symbol, qualifier, f"GO:{term_number:07d}", "PMID:1", evidence, "", "P"]
    return "\t".join([*cells, "", "", "protein", "taxon:9606", "20240101", "UniProt", "", ""])


GAF = "\n".join(
    [
        "!gaf-version: 2.2",
        gaf_line(10, "PARP1", "involved_in", 3),
        gaf_line(11, "XRCC1", "involved_in", 3),
        gaf_line(12, "LIG3", "involved_in", 4),
        gaf_line(1, "TP53", "involved_in", 1),
        gaf_line(2, "MDM2", "NOT|involved_in", 1),
        gaf_line(9, "BRCA1", "involved_in", 1, "ND"),
        gaf_line(99, "FAR1", "involved_in", 2),
        gaf_line(98, "BRCA1", "involved_in", 2),  # an accession that HGNC does not list: by its symbol
        gaf_line(5, "SMARCA2", "involved_in", 5),
    ]
)


def number(gene: str) -> int:
    return GENES.index(gene) + 1


def by_entrez(pairs: list[tuple[str, str]], heading: str) -> bytes:
    rows = [f"{7000 + number(a)}\t{a}\t{7000 + number(b)}\t{b}" for a, b in pairs]
    return "\n".join([heading, *rows, "1\tFAR\t2\tAWAY"]).encode()


INTERACTOME = "Entrez Gene IDA\tSymbol A\tEntrez Gene IDB\tSymbol B"
SENT = {
    "genes": "".join(f"{gene}\r\n" for gene in GENES).encode(),
    "pairs": b"SMARCA2\tSMARCA4\t0.9\r\nARID1A\tARID1B\t0.8\r\nBRCA1\tPARP1\t0.95\r\n",
    "interactions": "".join(f"{n}\t{n + 1}\n" for n in range(len(CHAIN))).encode(),
    "hgnc": "\n".join(["\t".join(HGNC_COLUMNS), *map(hgnc_line, range(1, 13), CURRENT)]).encode(),
    "gaf": gzip.compress(GAF.encode()),
    "obo": OBO.encode(),
    "HuRI": f"ENSG{1:011d}\tENSG{2:011d}\nENSG{1:011d}\tENSG{1:011d}\nENSG99999999999\tENSG{2:011d}\n".encode(),
    "HI-I-05": by_entrez([("MDM2", "TP53"), ("XRCC1", "LIG3")], INTERACTOME),
    "HI-II-14": by_entrez([("SMARCA4", "ARID1A")], INTERACTOME),
    "Lit-BM-13": by_entrez(CHAIN, "entrez_gene_ida\tsymbol_a\tentrez_gene_idb\tsymbol_b"),
    "paralogs": gzip.compress(
        b"hgnc_gene_id\thsapiens_paralog_hgnc_gene_id\thsapiens_paralog_subtype\thsapiens_paralog_subtype_ordinal\t"
        b"hsapiens_paralog_orthology_type\thsapiens_paralog_perc_id\thsapiens_paralog_perc_id_r1\tx\n"
        b"HGNC:6\tHGNC:5\tBilateria\t2\tother_paralog\t70\t74\tNA\nHGNC:5\tHGNC:6\tBilateria\t2\tother_paralog\t74\t70\tNA\n"
        b"HGNC:7\tHGNC:999\tBilateria\t2\tother_paralog\t30\t31\tNA\n"
    ),
    "essential": b"GENE\tHGNC_ID\tENTREZ_ID\nXRCC1\tHGNC:11\t1\n",
    "non-essential": b"GENE\tHGNC_ID\tENTREZ_ID\nMDM2\tHGNC:2\t1\n",
}


def pinned(files: tuple[RemoteFile, ...]) -> tuple[RemoteFile, ...]:
    """The files at the real addresses, pinned by what the test's server holds where they are pinned at all."""
    return tuple(
        replace(file, content_sha256="", sha256=hashlib.sha256(SENT[file.role]).hexdigest())
        if file.sha256 or file.content_sha256
        else file
        for file in files
    )


@pytest.fixture
def server() -> Iterator[Server]:
    each = Server(SENT, HUMAN_SL)
    yield each
    each.close()


def fetched(server: Server, folder: Path, files: tuple[RemoteFile, ...]) -> Path:
    settings = {"timeout_seconds": 0.5, "pause_seconds": 0.01}
    return fetch_synlethdb(folder, mirror=server.address, files=pinned(files), **settings)  # type: ignore[arg-type]


def test_synlethdb_brings_names_terms_and_both_features(server: Server, tmp_path: Path) -> None:
    graph, report = read_folder(fetched(server, tmp_path / "synlethdb", SYNLETHDB))
    assert report.skipped == {}
    assert graph.nouns == Nouns(organism="human")
    assert graph.gene_info is not None
    info = graph.gene_info.set_index(np.array(GENES))
    assert info.loc["MAR-02", ["current_symbol", "entrez_id", "ensembl_id", "uniprot_id"]].tolist() == [
        "MARCHF2", "7003", "ENSG00000000003", "P00003",
    ]  # fmt: skip
    assert info.loc["KMT2D", "aliases"] == "alKMT2D|MLL2|MLL4"
    assert info.loc["TP53", ["chromosome", "cytoband", "gene_type"]].tolist() == ["2", "2q21.1", "protein-coding"]
    assert graph.terms is not None
    assert graph.terms.ids == ("GO:0000001", "GO:0000002", "GO:0000003")
    members = [{GENES[gene] for gene in np.flatnonzero(column)} for column in graph.terms.membership.toarray().T]
    repair = {"PARP1", "XRCC1", "LIG3"}
    assert members == [repair | {"TP53", "BRCA1"}, repair | {"BRCA1"}, repair], "a term has the genes of all below it"
    assert set(graph.terms.groups) == {"BP"}
    assert set(graph.features) == {"ppi", "go"}
    sources = (tmp_path / "synlethdb" / "SOURCES.tsv").read_text()
    assert hashlib.sha256(SENT["obo"]).hexdigest() in sources
    assert "https://release.geneontology.org/2024-09-08/ontology/go-basic.obo" in sources


def test_human_sl_adds_interactions_paralogs_and_essential_genes(server: Server, tmp_path: Path) -> None:
    graph, _ = read_folder(fetched(server, tmp_path / "human-sl", HUMAN_SL))

    def named(pairs: np.ndarray) -> set[tuple[str, ...]]:
        return {tuple(sorted(GENES[gene] for gene in pair)) for pair in pairs.tolist()}

    systematic = {("MDM2", "TP53"), ("LIG3", "XRCC1"), ("ARID1A", "SMARCA4")}
    assert named(graph.relations["systematic"].pairs) == systematic
    assert graph.interactions is not None
    assert named(graph.interactions.T) == systematic | {tuple(sorted(pair)) for pair in CHAIN}
    assert "HuRI;HI-I-05;Lit-BM-13" in graph.relations["systematic"].columns["sources"].tolist()
    assert named(graph.relations["literature"].pairs) == {tuple(sorted(pair)) for pair in CHAIN}
    paralogs = graph.relations["paralogs"]
    assert named(paralogs.pairs) == {("SMARCA2", "SMARCA4")}
    assert {name: paralogs.columns[name].tolist() for name in ("identity_1", "identity_2", "identity_percent")} == {
        "identity_1": [74.0], "identity_2": [70.0], "identity_percent": [72.0],
    }  # fmt: skip
    assert graph.gene_columns is not None
    assert graph.gene_columns.texts["essential_class"][number("XRCC1") - 1] == "core"
    assert graph.gene_columns.texts["essential_class"][number("MDM2") - 1] == "non-essential"
    assert set(graph.features) == {"ppi", "go"}


@pytest.mark.parametrize("file", [*ANNOTATION, *FOR_EXPERIMENTS], ids=lambda file: file.role)
def test_a_file_that_is_another_one_is_refused(file: RemoteFile, tmp_path: Path) -> None:
    server = Server({**SENT, file.role: b"<html>This page has moved.</html>"}, HUMAN_SL)
    try:
        with pytest.raises(FetchFailed, match=f"'{file.name}' (is not what .* should give|arrived altered)"):
            fetched(server, tmp_path / "human-sl", HUMAN_SL)
    finally:
        server.close()
    assert not (tmp_path / "human-sl").exists()
    assert not (tmp_path / "human-sl.part" / file.name).exists(), "the next try asks for it anew"


def test_a_cut_transfer_of_any_file_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.behaviour = "cutting at first"
    fetched(server, tmp_path / "human-sl", HUMAN_SL)
    cut = [path for path, wanted in server.asked if wanted is not None]
    assert cut == [file.name for file in HUMAN_SL]


def test_without_a_net_the_way_by_hand_names_every_address(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed) as error:
        fetch_synlethdb(tmp_path / "human-sl", mirror="http://127.0.0.1:9", files=HUMAN_SL, pause_seconds=0.01)
    said = str(error.value)
    assert all(file.address() in said for file in HUMAN_SL)
    assert "data fetch human-sl --downloaded FOLDER" in said


REAL = Path(os.environ.get("SLVIZ_TEST_DATA", "/nowhere")) / "human-sl"
RAW = REAL.parents[1] / "raw"


@pytest.fixture(scope="module")
def real_ids() -> GeneIds:
    """The real gene list and the real records of HGNC, in the form of its complete set."""
    if not RAW.is_dir():
        pytest.skip("SLVIZ_TEST_DATA has no upstream files beside it")
    lines = (RAW / "hgnc_entries.tsv").read_text(encoding="utf-8").split("\n")
    heading = lines[0].split("\t")
    ours = {
        "hgnc_id": "HGNC ID", "symbol": "Approved symbol", "name": "Approved name", "alias_symbol": "Alias symbols",
        "prev_symbol": "Previous symbols", "entrez_id": "NCBI Gene ID(supplied by NCBI)",
        "ensembl_gene_id": "Ensembl gene ID", "uniprot_ids": "UniProt ID(supplied by UniProt)",
    }  # fmt: skip
    place = {column: heading.index(title) for column, title in ours.items()}
    rows = [line.split("\t") for line in lines[1:] if "\tApproved\t" in line]
    table = ["\t".join(HGNC_COLUMNS)]
    table += [
        "\t".join(row[place[column]].replace(", ", "|") if column in place else "" for column in HGNC_COLUMNS)
        for row in rows
    ]
    hgnc = Hgnc.read("\n".join(table))
    assert hgnc is not None
    return GeneIds(hgnc, (REAL / "List_Proteins_in_SL.txt").read_text().split("\n")[:6375])


@pytest.mark.real
def test_the_real_interactions_are_those_that_the_real_folder_took_from_the_same_sources(real_ids: GeneIds) -> None:
    texts = {name: (RAW / f"{name}.tsv").read_text() for name in ("HuRI", "HI-I-05", "HI-II-14", "Lit-BM-13")}
    made = interaction_tables(texts, real_ids)["physical"]
    ours = set(made[["gene_a", "gene_b"]].itertuples(index=False, name=None))
    rows = [line.split("\t") for line in (REAL / "physical_edges.tsv").read_text().splitlines()[1:]]
    theirs = {tuple(sorted(row[:2])) for row in rows if set(row[2].split(";")) & set(texts)}
    assert len(ours & theirs) > 0.97 * len(ours | theirs)


@pytest.mark.real
def test_the_real_paralogs_are_those_of_the_real_folder(real_ids: GeneIds) -> None:
    raw = gzip.decompress((RAW / "paralogs_ensembl95_proteincoding.txt.gz").read_bytes())
    made = paralog_table(raw.decode(), real_ids)
    ours = dict(zip(zip(made["gene_a"], made["gene_b"], strict=True), made["identity_percent"], strict=True))
    lines = gzip.decompress((REAL / "paralogs.tsv.gz").read_bytes()).decode().splitlines()[1:]
    theirs = {tuple(sorted(line.split("\t")[:2])): float(line.split("\t")[2]) for line in lines}
    both = set(ours) & set(theirs)
    assert len(both) > 0.97 * len(theirs)
    assert np.mean([abs(float(ours[pair]) - theirs[pair]) < 0.02 for pair in both]) > 0.99


@pytest.mark.real
@pytest.mark.parametrize("file", FOR_EXPERIMENTS, ids=lambda file: file.role)
def test_the_pins_are_those_of_the_real_files(file: RemoteFile) -> None:
    if not RAW.is_dir():
        pytest.skip("SLVIZ_TEST_DATA has no upstream files beside it")
    assert hashlib.sha256((RAW / file.name).read_bytes()).hexdigest() == file.sha256


def test_ancestors_end_at_a_circle() -> None:
    circle = OBO + term(6, "one", "is_a: GO:0000007 ! other") + term(7, "other", "is_a: GO:0000006 ! one")
    terms = read_obo(circle)
    genes = with_ancestors({"GO:0000006": {"A", "B"}}, terms)
    assert "one (GO:0000006)\tBP\tA\tB\n" in gmt_of(genes, terms)
    assert "GO:0000005" not in terms
    assert read_gaf("!gaf-version: 2.2\nshort\tline\n", lambda *_: "A") == {}
