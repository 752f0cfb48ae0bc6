"""A sound folder is read whole; whatever is wrong with a folder is said with file, line, value and remedy."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from data_folders import GENES, GOOD, write_folder

from slviz.datasets.folder import read_folder
from slviz.errors import DataError, MalformedData, MissingDataFile


def pairs_with(line: str) -> str:
    return GOOD["pairs.tsv"] + line + "\n"


def without_line(name: str, number: int) -> str:
    lines = GOOD[name].splitlines(keepends=True)
    return "".join(lines[: number - 1] + lines[number:])


def with_line(name: str, number: int, line: str) -> str:
    lines = GOOD[name].splitlines(keepends=True)
    lines[number - 1] = line + "\n"
    return "".join(lines)


FATAL = {
    "genes empty": ({"genes__txt": ""}, ["genes.txt", "is empty", "Fill it"]),
    "pairs empty": ({"pairs__tsv": "\n \n"}, ["pairs.tsv", "is empty"]),
    "gene twice": (
        {"genes__txt": GOOD["genes.txt"] + "GEN3\n"},
        ["genes.txt, line 13", "'GEN3'", "first in line 3", "once"],
    ),
    "two columns of genes": ({"genes__txt": "GEN1\tx\nGEN2\ty\n"}, ["genes.txt, line 1", "more than one symbol"]),
    "symbol too long": ({"genes__txt": GOOD["genes.txt"] + "X" * 5000}, ["genes.txt, line 13", "longer than 100", "…"]),
    "only a heading of genes": ({"genes__txt": "gene\n"}, ["genes.txt", "names no gene"]),
    "pairs of another data set": (
        {"pairs__tsv": "FOO\tBAR\t0.5\nBAZ\tQUX\t0.4\nGEN1\tGEN2\t0.3\n"},
        ["pairs.tsv", "'FOO'", "1 usable pairs in 3 rows", "right file"],
    ),
    "heading and no pair": ({"pairs__tsv": "gene1\tgene2\tconfidence\n"}, ["pairs.tsv", "heading and no pair"]),
    "damaged UTF-8": (
        {"genes__txt": GOOD["genes.txt"].encode() + "GÉNÉ1\nGÉ".encode() + b"\xc9\n"},
        ["genes.txt, line 14", "damaged letter", "0xc9"],
    ),
    "zip": ({"pairs__tsv": b"PK\x03\x04 and more"}, ["pairs.tsv", "zip archive or an Excel workbook", "plain text"]),
    "zero bytes": (
        {"pairs__tsv": GOOD["pairs.tsv"].replace("0.9", "0\x00.9")},
        ["pairs.tsv, line 3", "control character '\\x00'"],
    ),
    "gz cut off": (
        {"pairs__tsv": None, "pairs__tsv__gz": gzip.compress(GOOD["pairs.tsv"].encode(), mtime=0)[:-12]},
        ["pairs.tsv.gz", "cut off", "again"],
    ),
    "gz damaged": (
        {"pairs__tsv": None, "pairs__tsv__gz": gzip.compress(GOOD["pairs.tsv"].encode(), mtime=0)[:10] + b"\xff" * 60},
        ["pairs.tsv.gz", "damaged gzip"],
    ),
    "gz only by name": (
        {"pairs__tsv": None, "pairs__tsv__gz": GOOD["pairs.tsv"].encode()},
        ["pairs.tsv.gz", "not packed with gzip", "drop the '.gz'"],
    ),
    "feature with too few rows": (
        {"feature_ppi_3__txt": without_line("feature_ppi_3.txt", 4)},
        ["feature_ppi_3.txt", "11 rows of numbers for 12 genes", "one row a gene"],
    ),
    "feature with a heading": (
        {"feature_ppi_3__txt": "a b c\n" + GOOD["feature_ppi_3.txt"]},
        ["feature_ppi_3.txt", "13 rows", "line 1: 'a' is not a finite number (column 1)"],
    ),
    "feature NaN": (
        {"feature_ppi_3__txt": with_line("feature_ppi_3.txt", 7, "0.1 nan 1")},
        ["feature_ppi_3.txt, line 7", "'nan'", "not a finite number (column 2)"],
    ),
    "feature infinite": (
        {"feature_go_2__txt": with_line("feature_go_2.txt", 2, "1e400 0.1")},
        ["feature_go_2.txt, line 2", "'1e400'", "column 1"],
    ),
    "feature too large for float32": (
        {"feature_go_2__txt": with_line("feature_go_2.txt", 2, "1e39 0.1")},
        ["feature_go_2.txt, line 2", "'1e39'"],
    ),
    "feature with a short row": (
        {"feature_ppi_3__txt": with_line("feature_ppi_3.txt", 9, "0.1 1")},
        ["feature_ppi_3.txt, line 9", "'0.1 1'", "not 3 numbers", "but 2"],
    ),
    "decimal comma": (
        {"feature_ppi_3__txt": with_line("feature_ppi_3.txt", 5, "0,1 1 1")},
        ["feature_ppi_3.txt, line 5", "'0,1'"],
    ),
    "feature empty": ({"feature_ppi_3__txt": ""}, ["feature_ppi_3.txt", "is empty"]),
    "two files for a feature": (
        {"feature_ppi_4__txt": GOOD["feature_ppi_3.txt"]},
        ["feature_ppi_4.txt", "second file for feature 'ppi'", "Remove one"],
    ),
    "interactions of other genes": (
        {"interactions__tsv": "7157\t672\n"},
        ["interactions.tsv", "no interaction between two genes"],
    ),
    "terms without genes": (
        {"terms__gmt": "repair\tBP\nsplicing\tBP\n"},
        ["terms.gmt, line 1", "not a term", "no term"],
    ),
    "terms of other genes": ({"terms__gmt": "repair\tBP\tFOO\n"}, ["terms.gmt", "'FOO'", "no term with a gene"]),
    "gene info without gene": (
        {"gene_info__tsv": GOOD["gene_info.tsv"].replace("gene\t", "gen\t", 1)},
        ["gene_info.tsv, line 1", "does not name the column 'gene'", "Did you mean"],
    ),
    "evidence without heading": (
        {"evidence__tsv": without_line("evidence.tsv", 1)},
        ["evidence.tsv, line 1", "does not name the column 'gene_a'"],
    ),
    "evidence column twice": (
        {"evidence__tsv": GOOD["evidence.tsv"].replace("context", "score", 1)},
        ["evidence.tsv, line 1", "'score'", "two columns"],
    ),
    "evidence of other pairs": (
        {"evidence__tsv": "gene_a\tgene_b\tevidence\nGEN9\tGEN10\tDaisy\n"},
        ["evidence.tsv, line 2", "'GEN9 GEN10' is no known pair", "0 usable records"],
    ),
    "toml broken": ({"dataset__toml": 'title = "x"\n[files\n'}, ["dataset.toml, line 2", "'[files'", "not valid TOML"]),
    "toml names a missing file": (
        {"dataset__toml": '[files]\npairs = "pears.tsv"\n'},
        ["dataset.toml", "'pears.tsv' (pairs) is not in the folder", "pairs.tsv"],
    ),
    "toml leaves the folder": (
        {"dataset__toml": '[files]\npairs = "../../etc/passwd"\n'},
        ["dataset.toml", "'../../etc/passwd'", "outside the data folder and was not read"],
    ),
    "toml names a path from the root": (
        {"dataset__toml": '[features]\nppi = "/etc/passwd"\n'},
        ["dataset.toml", "'/etc/passwd'", "outside the data folder"],
    ),
    "toml with an unknown role": (
        {"dataset__toml": '[files]\npair = "pairs.tsv"\n'},
        ["'pair'", "no role", "Did you mean 'pairs'"],
    ),
    "toml with a list of files": ({"dataset__toml": 'files = ["a"]\n'}, ["dataset.toml", "not a table"]),
    "toml with a number for a file": ({"dataset__toml": "[files]\npairs = 3\n"}, ["'pairs = 3'", "not a file name"]),
    "toml names a file too long": (
        {"dataset__toml": f'[files]\npairs = "{"n" * 300}"\n'},
        ["nnn…' (pairs) is not in the folder"],
    ),
    "toml with a title that is a number": ({"dataset__toml": "title = 3\n"}, ["'3'", "not text"]),
    "toml with a doubtful synthetic": ({"dataset__toml": 'synthetic = "no"\n'}, ["'no'", "not true or false"]),
    "toml with an impossible feature": (
        {"dataset__toml": '[features]\n"p p/i" = "feature_ppi_3.txt"\n'},
        ["'p p/i'", "cannot be the name of a feature"],
    ),
}


@pytest.mark.parametrize("name", FATAL)
def test_what_cannot_be_used_stops_with_a_report(tmp_path: Path, name: str) -> None:
    changed, said = FATAL[name]
    with pytest.raises(MalformedData) as error:
        read_folder(write_folder(tmp_path / "broken", **changed))
    assert str(error.value).startswith("The data folder 'broken' cannot be used.")
    for part in said:
        assert part in str(error.value)


SAFE = {
    "unknown gene": (
        {"pairs__tsv": pairs_with("GEN1\tGEN21\t0.4")},
        {"pairs.tsv": 1},
        ["pairs.tsv, line 6", "'GEN21'", "not in the gene list", "nearest: 'GEN2'"],
    ),
    "self-pair": (
        {"pairs__tsv": pairs_with("GEN9\tGEN9\t0.4")},
        {"pairs.tsv": 1},
        ["line 6", "'GEN9' is paired with itself", "Remove"],
    ),
    "same pair again": (
        {"pairs__tsv": pairs_with("GEN2\tGEN1\t0.50")},
        {"pairs.tsv": 1},
        ["line 6", "'GEN2 GEN1' is listed again with the same score; it is used once (first in line 1)"],
    ),
    "score no number": (
        {"pairs__tsv": pairs_with("GEN9\tGEN2\thigh")},
        {"pairs.tsv": 1},
        ["line 6: 'high' is not a finite number", "0.35"],
    ),
    "score NaN": ({"pairs__tsv": pairs_with("GEN9\tGEN2\tnan")}, {"pairs.tsv": 1}, ["line 6: 'nan'"]),
    "score infinite": ({"pairs__tsv": pairs_with("GEN9\tGEN2\tinf")}, {"pairs.tsv": 1}, ["line 6: 'inf'"]),
    "score with a decimal comma": ({"pairs__tsv": pairs_with("GEN9\tGEN2\t0,5")}, {"pairs.tsv": 1}, ["line 6: '0,5'"]),
    "score missing": ({"pairs__tsv": pairs_with("GEN9\tGEN2\t")}, {"pairs.tsv": 1}, ["line 6", "not a finite number"]),
    "score out of range": (
        {"pairs__tsv": pairs_with("GEN9\tGEN2\t7")},
        {},
        ["line 6: '7' lies outside 0 to 1 and is used"],
    ),
    "row with four columns": (
        {"pairs__tsv": pairs_with("GEN9\tGEN2\t0.5\tx")},
        {"pairs.tsv": 1},
        ["line 6", "3 columns but 4"],
    ),
    "heading": (
        {"pairs__tsv": "First gene\tSecond gene\thow sure\n" + GOOD["pairs.tsv"]},
        {},
        ["line 1", "'First gene Second gene how sure' was read as a heading"],
    ),
    "date": (
        {"genes__txt": GOOD["genes.txt"] + "SEP-01\n", "feature_ppi_3__txt": None, "feature_go_2__txt": None},
        {},
        ["line 13: 'SEP-01'", "turned into a date", "kept"],
    ),
    "date as spreadsheets show it": (
        {"genes__txt": GOOD["genes.txt"] + "1-Mar\n", "feature_ppi_3__txt": None, "feature_go_2__txt": None},
        {},
        ["line 13: '1-Mar'"],
    ),
    "blank line among genes": (
        {"genes__txt": GOOD["genes.txt"].replace("GEN5\n", "GEN5\n\n")},
        {},
        ["genes.txt, line 6", "blank line", "Remove it"],
    ),
    "heading of genes": (
        {"genes__txt": "Symbol\n" + GOOD["genes.txt"]},
        {},
        ["genes.txt, line 1: 'Symbol' was read as a heading"],
    ),
    "UTF-16 with its mark": (
        {"pairs__tsv": GOOD["pairs.tsv"].encode("utf-16")},
        {},
        ["pairs.tsv", "UTF-16 and was read as such"],
    ),
    "interaction with an unknown gene": (
        {"interactions__tsv": GOOD["interactions.tsv"] + "GEN1\tXYZ\n"},
        {"interactions.tsv": 1},
        ["interactions.tsv, line 4: 'XYZ'"],
    ),
    "gene of a term unknown": (
        {"terms__gmt": GOOD["terms.gmt"] + "other (T:3)\tCC\tGEN1\tXYZ\n"},
        {},
        ["terms.gmt, line 3: 'XYZ'"],
    ),
    "term again": (
        {"terms__gmt": GOOD["terms.gmt"] + "again (T:1)\tCC\tGEN9\n"},
        {"terms.gmt": 1},
        ["terms.gmt, line 3: 'T:1'", "first one is used"],
    ),
    "second row on a gene": (
        {"gene_info__tsv": GOOD["gene_info.tsv"] + "GEN3\t1\t2\t3\t4\n"},
        {"gene_info.tsv": 1},
        ["gene_info.tsv, line 14: 'GEN3' has a second row"],
    ),
    "evidence of an unknown pair": (
        {"evidence__tsv": GOOD["evidence.tsv"] + "GEN9\tGEN10\tSL\tDaisy\t\t\t0.2\n"},
        {"evidence.tsv": 1},
        ["evidence.tsv, line 4: 'GEN9 GEN10' is no known pair"],
    ),
    "evidence score": (
        {"evidence__tsv": GOOD["evidence.tsv"].replace("HeLa\t0.25", "HeLa\t?")},
        {},
        ["evidence.tsv, line 3: '?'", "without a score"],
    ),
    "two files for a role": ({"pairs__csv": "GEN1,GEN2,0.5\n"}, {}, ["pairs.csv", "was not read", "'pairs.tsv'"]),
    "unknown key": ({"dataset__toml": 'tilte = "x"\n'}, {}, ["'tilte'", "Did you mean 'title'"]),
}


@pytest.mark.parametrize("name", SAFE)
def test_what_is_safe_is_used_and_the_rest_is_counted(tmp_path: Path, name: str) -> None:
    changed, skipped, said = SAFE[name]
    graph, report = read_folder(write_folder(tmp_path, **changed))
    for part in said:
        assert part in report.text()
    assert not report.fatal
    assert report.skipped == skipped
    assert report.read["pairs"] == len(graph.pairs) == (6 if name == "score out of range" else 5)


def test_a_sound_folder_is_read_whole(tmp_path: Path) -> None:
    graph, report = read_folder(write_folder(tmp_path / "sound"))
    assert report.problems == []
    assert graph.name == "sound"
    assert graph.genes == tuple(GENES)
    np.testing.assert_array_equal(graph.pairs, [[0, 1], [1, 2], [3, 4], [5, 6], [0, 7]])
    np.testing.assert_allclose(graph.score, [0.5, 0.25, 0.9, 0.19, 0.5])
    np.testing.assert_array_equal(graph.interactions, [[0, 1, 3], [1, 2, 8]])
    np.testing.assert_allclose(graph.features["ppi"][3], [0.3, -0.429, 1.0], atol=1e-6)
    assert graph.terms is not None
    assert graph.terms.ids == ("T:1", "T:2")
    assert graph.terms.names == ("repair", "splicing")
    np.testing.assert_array_equal(
        graph.terms.membership.toarray()[:5].astype(int), [[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]]
    )
    assert graph.gene_info is not None
    assert graph.gene_info["entrez_id"].tolist() == [str(100 + number) for number in range(1, 13)]
    assert graph.gene_info["uniprot_id"].tolist() == [""] * 12
    assert graph.evidence is not None
    assert graph.evidence["pair"].tolist() == [0, 1]
    assert graph.pair_evidence.tolist() == ["Daisy", "Daisy;Text Mining", "", "", ""]


def test_genes_and_pairs_are_enough(tmp_path: Path) -> None:
    (tmp_path / "genes.txt").write_text("A\nB\nC\n")
    (tmp_path / "pairs.tsv").write_text("A\tB\t0.5\nC\tB\t0.1")
    graph, _ = read_folder(tmp_path)
    assert (len(graph), len(graph.pairs), dict(graph.features), graph.terms) == (3, 2, {}, None)


def same_as_sound(tmp_path: Path, **changed: str | bytes | None) -> bool:
    sound, _ = read_folder(write_folder(tmp_path / "sound"))
    other, _ = read_folder(write_folder(tmp_path / "other", **changed))
    return sound.fingerprint == other.fingerprint


def rows(written: Callable[[list[str]], str]) -> str:
    return "".join(written(line.split("\t")) + "\n" for line in GOOD["pairs.tsv"].splitlines())


FORMS = {
    "Windows line ends": {name.replace(".", "__"): body.replace("\n", "\r\n") for name, body in GOOD.items()},
    "old Mac line ends": {name.replace(".", "__"): body.replace("\n", "\r") for name, body in GOOD.items()},
    "byte-order mark": {name.replace(".", "__"): "\ufeff" + body for name, body in GOOD.items()},
    "gzip": {
        "pairs__tsv": None,
        "pairs__tsv__gz": GOOD["pairs.tsv"],
        "terms__gmt": None,
        "terms__gmt__gz": GOOD["terms.gmt"],
    },
    "comma-separated": {"pairs__tsv": None, "pairs__csv": GOOD["pairs.tsv"].replace("\t", ",")},
    "quoted, comma-separated": {"pairs__tsv": None, "pairs__csv": rows(lambda cells: '"' + '","'.join(cells) + '"')},
    "semicolons": {"pairs__tsv": None, "pairs__csv": GOOD["pairs.tsv"].replace("\t", ";")},
    "blanks": {"pairs__tsv": GOOD["pairs.tsv"].replace("\t", "   ")},
    "blank lines and no last line end": {"pairs__tsv": "\n" + GOOD["pairs.tsv"].replace("\n", "\n\n").rstrip()},
    "named columns in another order": {
        "pairs__tsv": "score\tGENE_B\tgene_a\tnote\n" + rows(lambda cells: "\t".join([*reversed(cells), "x"]))
    },
    "blanks around cells": {"pairs__tsv": GOOD["pairs.tsv"].replace("\t", " \t ")},
    "tabs between features": {"feature_ppi_3__txt": GOOD["feature_ppi_3.txt"].replace(" ", "\t")},
    "ragged blanks between features": {"feature_ppi_3__txt": " " + GOOD["feature_ppi_3.txt"].replace(" ", "    ")},
    "interactions both ways": {"interactions__tsv": GOOD["interactions.tsv"] + "GEN2\tGEN1\n"},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_data_in_another_form_is_the_same_data_set(tmp_path: Path, form: str) -> None:
    assert same_as_sound(tmp_path, **FORMS[form])


def test_a_pair_with_two_scores_is_not_used_at_all(tmp_path: Path) -> None:
    graph, report = read_folder(write_folder(tmp_path, pairs__tsv=pairs_with("GEN2\tGEN1\t0.7")))
    assert [0, 1] not in graph.pairs.tolist()
    assert report.skipped["pairs.tsv"] == 2
    assert "'GEN1 GEN2 0.5' is listed with different scores" in report.text()
    assert "'GEN2 GEN1 0.7' is listed with different scores, so the pair is not used (first in line 1)" in report.text()


def test_blank_lines_do_not_shift_the_line_numbers(tmp_path: Path) -> None:
    body = "\n\n" + GOOD["pairs.tsv"] + "\nGEN9\tGEN9\t0.5\n"
    named = "gene_a\tgene_b\tevidence\n\nGEN1\tGEN2\tDaisy\n\nGEN1\tNOPE\tDaisy\n"
    report = read_folder(write_folder(tmp_path, pairs__tsv=body, evidence__tsv=named))[1]
    assert "pairs.tsv, line 9: 'GEN9' is paired with itself" in report.text()
    assert "evidence.tsv, line 5: 'NOPE'" in report.text()


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        pairs__tsv=pairs_with("GEN9\tGEN9\t0.1") + "GEN1\tNOPE\t0.2\n",
        feature_ppi_3__txt=with_line("feature_ppi_3.txt", 2, "nan 0 0"),
        terms__gmt=b"\x89PNG....",
        interactions__tsv="",
    )
    with pytest.raises(MalformedData) as error:
        read_folder(folder)
    for part in (
        "pairs.tsv, line 6",
        "pairs.tsv, line 7",
        "feature_ppi_3.txt, line 2",
        "terms.gmt: is a PNG",
        "interactions.tsv: is empty",
    ):
        assert part in str(error.value)
    assert "3 problems stop it" in str(error.value)
    assert "2 problems noticed" in str(error.value)


def test_many_of_a_kind_are_counted_not_listed(tmp_path: Path) -> None:
    many = "".join(f"GEN{a}\tGEN{b}\t0.5\n" for a in range(1, 13) for b in range(a + 1, 13))
    strangers = "".join(f"NOPE{number}\tGEN1\t0.5\n" for number in range(40))
    graph, report = read_folder(write_folder(tmp_path, pairs__tsv=many + strangers, evidence__tsv=None))
    assert len(graph.pairs) == 66
    assert report.skipped == {"pairs.tsv": 40}
    assert report.text().count("NOPE") == 5
    assert "(and 35 more like it)" in report.text()
    assert "40 problems noticed" in report.text()


def test_a_long_line_is_shown_cut(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, pairs__tsv=pairs_with("GEN1\t" + "Y" * 3_000_000 + "\t0.5"))
    graph, report = read_folder(folder)
    assert len(graph.pairs) == 5
    assert max(map(len, report.text().split("\n"))) < 400


@pytest.mark.parametrize("missing", ["genes.txt", "pairs.tsv"])
def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path, missing: str) -> None:
    folder = write_folder(tmp_path, **{missing.replace(".", "__"): None})
    with pytest.raises(MissingDataFile, match=rf"holds no file of {missing.split('.')[0]}.*'{missing}'"):
        read_folder(folder)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(MissingDataFile, match="does not exist"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(MissingDataFile, match="is a file, not a folder"):
        read_folder(write_folder(tmp_path) / "genes.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingDataFile, match="holds no file of genes"):
        read_folder(tmp_path / "empty")


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, pairs__tsv=None)
    (folder / "pairs.tsv").mkdir()
    with pytest.raises(MalformedData, match=r"pairs\.tsv: is a folder, not a file"):
        read_folder(folder)


def test_a_pipe_where_a_file_should_be_does_not_hang(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, pairs__tsv=None)
    os.mkfifo(folder / "pairs.tsv")
    with pytest.raises(MalformedData, match=r"pairs\.tsv: is not a file that can be read"):
        read_folder(folder)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path)

    def refuse(path: Path) -> bytes:
        if path.name == "pairs.tsv":
            raise PermissionError(13, "Permission denied")
        with path.open("rb") as file:
            return file.read()

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(
        MalformedData, match=r"pairs\.tsv: cannot be read \(permission denied\)\. Check the permissions"
    ):
        read_folder(folder)


def test_a_packed_giant_is_refused_before_it_fills_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.datasets.content.LARGEST_BYTES", 1 << 20)
    bomb = gzip.compress(b"GEN1\tGEN2\t0.5\n" * 200_000, mtime=0)
    with pytest.raises(MalformedData, match=r"pairs\.tsv\.gz: holds more than 1 MiB"):
        read_folder(write_folder(tmp_path, pairs__tsv=None, pairs__tsv__gz=bomb))


def test_dataset_toml_gives_roles_and_words(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        dataset__toml='title = "Mine"\ncitation = "Me 2026"\nlicence = "CC0"\nsynthetic = true\n'
        '[files]\npairs = "sub/my pairs.txt"\n[features]\nodd_one = "feature_go_2.txt"\n',
    )
    (folder / "sub").mkdir()
    shutil.move(folder / "pairs.tsv", folder / "sub" / "my pairs.txt")
    graph, _ = read_folder(folder)
    assert (graph.title, graph.citation, graph.licence, graph.synthetic) == ("Mine", "Me 2026", "CC0", True)
    assert list(graph.features) == ["odd_one"]
    assert len(graph.pairs) == 5


def test_the_names_of_the_field_are_known(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "genes.txt").rename(folder / "List_Proteins_in_SL.txt")
    (folder / "pairs.tsv").rename(folder / "SL_Human_FinalCheck.txt")
    (folder / "interactions.tsv").rename(folder / "ppi_edges.tsv")
    graph, report = read_folder(folder)
    assert len(graph.pairs) == 5
    assert graph.interactions is not None
    assert report.problems == []


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
@pytest.mark.parametrize("name", ["genes.txt", "pairs.tsv", "dataset.toml"])
def test_a_link_out_of_the_folder_is_not_followed(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set")
    outside = tmp_path / "secret.txt"
    outside.write_text("SECRET1\nSECRET2\n")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside)
    with pytest.raises(DataError, match="is a link to a place outside its folder") as refused:
        read_folder(folder)
    assert "SECRET" not in str(refused.value)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_folder_that_is_a_link_and_links_inside_it_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set")
    (folder / "pairs.tsv").rename(folder / "all.tsv")
    (folder / "pairs.tsv").symlink_to("all.tsv")
    (tmp_path / "named").symlink_to(folder)
    assert len(read_folder(tmp_path / "named")[0].pairs)
