"""Identifiers of publications that cannot be right are told; sound ones, and records, stay as they are."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from data_folders import GENES, GOOD, write_folder

from slviz.datasets.folder import read_folder
from slviz.datasets.sources import open_with_report

ALL_PAIRS = list(itertools.combinations(GENES, 2))


def report_of(folder: Path, cited: list[str]) -> str:
    """The report of a folder whose n-th pair rests on the n-th of these publications."""
    pairs = "".join(f"{a}\t{b}\t0.5\n" for a, b in ALL_PAIRS)
    heading = GOOD["evidence.tsv"].partition("\n")[0]
    rows = "".join(f"{a}\t{b}\tSL\tDecipher\t{id}\t\t0.5\n" for (a, b), id in zip(ALL_PAIRS, cited, strict=False))
    graph, report = read_folder(write_folder(folder, pairs__tsv=pairs, evidence__tsv=f"{heading}\n{rows}"))
    assert graph.evidence is not None
    assert graph.evidence["pubmed"].tolist() == cited
    return report.text()


def test_a_number_from_before_screens_is_told_where_many_records_cite_it(tmp_path: Path) -> None:
    report = report_of(tmp_path, ["24104479"] * 20 + ["3965078"] * 30)
    assert "evidence.tsv, line 22: '3965078' is the PubMed number of 30 records" in report
    assert "PMC3965078" in report


@pytest.mark.parametrize(
    "cited",
    [
        ["24104479"] * 40 + ["3965078"] * 3,  # an old paper on a few pairs
        ["3965078"] * 30 + ["2954213"] * 10,  # a data set of old papers
        ["doi:10.1/x", "demo-202", "", "24104479;21983787"],
    ],
)
def test_sound_identifiers_are_not(tmp_path: Path, cited: list[str]) -> None:
    assert "PubMed" not in report_of(tmp_path, cited)


def test_identifiers_of_another_kind_are_told(tmp_path: Path) -> None:
    report = report_of(tmp_path, ["PMC3965078", "123456789", "24104479"])
    assert "line 2: 'PMC3965078' is an identifier of PubMed Central" in report
    assert "line 3: '123456789' is longer than any PubMed number" in report


@pytest.mark.real
def test_the_odd_number_of_the_real_data_is_told(real_folder: Path) -> None:
    report = open_with_report(str(real_folder))[1].text()
    assert "'3965078' is the PubMed number of 1,020 records" in report
    assert report.count("before 1997") == 1
