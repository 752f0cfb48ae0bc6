"""Data folders as other programs write them are read, and a missing mark is never a gene or a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_folders import GENES, GOOD, write_folder

from slviz.datasets.folder import read_folder


@pytest.fixture(scope="module")
def pairs() -> np.ndarray:
    return np.array([[0, 1], [1, 2], [3, 4], [5, 6], [0, 7]])


def quoted(text: str, mark: str) -> str:
    return "".join(
        mark.join(cell if cell.replace(".", "").isdigit() else f'"{cell}"' for cell in line.split("\t")) + "\n"
        for line in text.splitlines()
    )


HEADED = "gene_a\tgene_b\tscore\n" + GOOD["pairs.tsv"]


@pytest.mark.parametrize(
    "changed",
    [
        {"genes__txt": "".join(f'"{gene}"\n' for gene in GENES)},
        {"genes__txt": None, "genes__csv": '"","x"\n' + "".join(f'"{n}","{g}"\n' for n, g in enumerate(GENES, 1))},
        {"genes__txt": None, "genes__csv": "symbol,kind\n" + "".join(f"{gene},x\n" for gene in GENES)},
        {"genes__txt": "# the genes of the screen\n" + GOOD["genes.txt"]},
        {"pairs__tsv": quoted(HEADED, "\t")},
        {"pairs__tsv": None, "pairs__csv": quoted(HEADED, ",")},
        {"pairs__tsv": GOOD["pairs.tsv"].replace("\n", "\t\n")},
        {"pairs__tsv": GOOD["pairs.tsv"].replace("\n", "\t\t\n")},
        {"pairs__tsv": "# made by us\n" + GOOD["pairs.tsv"]},
        {"pairs__tsv": "#gene_a\tgene_b\tscore\n" + GOOD["pairs.tsv"]},
        {"pairs__tsv": GOOD["pairs.tsv"].encode("utf-16-le")},
        {"pairs__tsv": ("Gene A\tGene B\tconfidence\n" + GOOD["pairs.tsv"]).replace("\n", "\r\n")},
        {"pairs__tsv": GOOD["pairs.tsv"].replace("\t", ";").replace(".", ",")},
        {
            "pairs__tsv": None,
            "pairs__csv": 'gene_a,gene_b,score,"source, year"\n'
            + "".join(line.replace("\t", ",") + ',"lab, 2020"\n' for line in GOOD["pairs.tsv"].splitlines()),
        },
        {
            "pairs__tsv": '"gene1"\t"gene2"\t"score"\n'
            + "".join(f'"{n}"\t{line}\n' for n, line in enumerate(GOOD["pairs.tsv"].splitlines(), 1)),
        },
    ],
)  # fmt: skip
def test_what_other_programs_write_is_read(tmp_path: Path, changed: dict[str, str], pairs: np.ndarray) -> None:
    graph, _ = read_folder(write_folder(tmp_path, **changed))
    assert graph.genes == tuple(GENES)
    assert np.array_equal(graph.pairs, pairs)
    assert graph.score.tolist() == pytest.approx([0.5, 0.25, 0.9, 0.19, 0.5])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("".join(line.rsplit("\t", 1)[0] + "\n" for line in GOOD["pairs.tsv"].splitlines()), "gives no score"),
        ("".join(line.rsplit("\t", 1)[0] + "\tNA\n" for line in GOOD["pairs.tsv"].splitlines()), "gives no score"),
        ("".join(line.rsplit("\t", 1)[0] + "\tCRISPR\n" for line in GOOD["pairs.tsv"].splitlines()), "'CRISPR'"),
        ("gene_a,gene_b\n" + GOOD["pairs.tsv"].replace("\t", ",").replace(",0", "\n#0"), ""),
    ],
)
def test_pairs_need_no_score(tmp_path: Path, text: str, said: str, pairs: np.ndarray) -> None:
    if not said:
        text = "gene_a,gene_b\n" + "".join(
            ",".join(line.split("\t")[:2]) + "\n" for line in GOOD["pairs.tsv"].splitlines()
        )
    graph, report = read_folder(write_folder(tmp_path, pairs__tsv=text))
    assert np.array_equal(graph.pairs, pairs)
    assert (graph.score == 1).all()
    assert said in report.text()


def test_a_comma_may_stand_in_a_symbol(tmp_path: Path) -> None:
    genes = ["ADE5,7", "ARG5,6", "DUR1,2", *GENES[3:]]
    graph, report = read_folder(
        write_folder(
            tmp_path, genes__txt="".join(f"{g}\n" for g in genes), pairs__tsv="ADE5,7\tDUR1,2\t0.9\nGEN4\tGEN5\t0.5\n",
            evidence__tsv=None, interactions__tsv=None, terms__gmt=None, gene_info__tsv=None,
        )
    )  # fmt: skip
    assert graph.genes[:3] == ("ADE5,7", "ARG5,6", "DUR1,2")
    assert graph.pairs.tolist() == [[0, 2], [3, 4]]
    assert "holds a comma and is kept as one symbol" in report.text()


@pytest.mark.parametrize("mark", ["NA", "nan", "None", "null", "-", "#N/A", "n/a", ""])
def test_a_missing_mark_is_no_class(tmp_path: Path, mark: str) -> None:
    text = "gene\ttype\n" + "".join(f"{gene}\t{(mark, 'a', 'b')[n % 3]}\n" for n, gene in enumerate(GENES))
    graph, _ = read_folder(write_folder(tmp_path, classes__tsv=text))
    assert set(graph.classes["type"]) == {"", "a", "b"}


def test_classes_with_row_names_of_R(tmp_path: Path) -> None:
    text = '"","type"\n' + "".join(f'"{gene}","{"ab"[n % 2]}"\n' for n, gene in enumerate(GENES))
    graph, _ = read_folder(write_folder(tmp_path, classes__tsv=text))
    assert graph.classes["type"].tolist() == ["a", "b"] * 6


def test_a_missing_mark_is_no_gene_of_a_pair(tmp_path: Path) -> None:
    info = GOOD["gene_info.tsv"].replace("OLD1|SHARED", "OLD1|NA")
    graph, report = read_folder(
        write_folder(tmp_path, gene_info__tsv=info, pairs__tsv=GOOD["pairs.tsv"] + "NA\tGEN9\t0.5\n")
    )
    assert len(graph.pairs) == 5
    assert "line 6: 'NA' is not in the gene list" in report.text()


def test_a_stray_quotation_mark_swallows_no_pair(tmp_path: Path, pairs: np.ndarray) -> None:
    lines = GOOD["pairs.tsv"].splitlines(keepends=True)
    graph, report = read_folder(write_folder(tmp_path, pairs__tsv="".join([lines[0], '"' + lines[1], *lines[2:]])))
    assert np.array_equal(graph.pairs, pairs)
    assert "quotation mark that belongs to no pair" in report.text()


def test_text_of_excel_in_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    info = GOOD["gene_info.tsv"].replace("gene number 3", "protéine 3").encode("cp1252")
    graph, report = read_folder(write_folder(tmp_path, gene_info__tsv=info))
    assert graph.gene_info is not None
    assert graph.gene_info["name"][2] == "protéine 3"
    assert "read as Windows-1252, which is a guess" in report.text()
