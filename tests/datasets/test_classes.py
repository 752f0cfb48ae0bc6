"""Classes of genes: planted, typed terms, compartments and a file; one class a gene or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph
from data_folders import write_folder

from slviz import places
from slviz.datasets.cache import load_folder
from slviz.datasets.classes import COMPARTMENTS, class_sets, gene_classes
from slviz.datasets.folder import read_folder
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, InvalidSetting, MalformedData

CLASSES = "gene\tPlace\tkind\nGEN1\tinside\ta\nGEN2\toutside\t\nGEN3\tinside\tb\nGEN9\toutside\tb\n" + "".join(
    f"GEN{number}\tinside\ta\n" for number in (4, 5, 6)
)


def test_the_demo_has_its_planted_truth():
    graph = open_dataset("demo")
    truth = pd.read_csv(places.carried_data() / "demo" / "truth_genes.tsv", sep="\t", keep_default_na=False)
    assert class_sets(graph) == ("pathway", "process")
    pathways, processes = gene_classes(graph), gene_classes(graph, "process")
    assert np.array_equal(pathways.name_of_each, truth["pathway"])
    both = set(zip(truth["process"], processes.name_of_each, strict=True))
    assert len(both) == len(set(truth["process"])) == 21  # one name a code, and none for bystanders
    assert ("", "") in both
    assert pathways.statement().endswith("800 of 1,000 genes have one of 40 classes; 200 are in none.")


def test_a_gene_in_several_terms_or_in_none_has_no_class():
    graph = tiny_graph()  # "first half": genes 0 to 19; "every third": 0, 3, 6, …
    found = gene_classes(graph, "first half; t:2")
    member = [[gene < 20, gene % 3 == 0] for gene in range(40)]
    expected = [each.index(True) if sum(each) == 1 else -1 for each in member]
    assert found.label.tolist() == expected
    assert found.names == ("first half", "every third")
    assert (found.several, found.terms) == (7, (0, 1))
    assert "20 of 40 genes have one of 2 classes; 13 are in none, 7 in several" in found.statement()
    assert set(found.name_of_each[found.label < 0]) == {""}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("sied", "no classes and no term called 'sied'. Did you mean 'side'"),
        ("first half", "names 1 term"),
        ("first half; First half;T:1", "names 1 term"),
        ("first half;every fourth", "called 'every fourth'. Did you mean 'every third'"),
        ("", "names 0 term"),
    ],
)
def test_classes_that_are_not_there_are_refused_with_what_there_is(asked, sentence):
    with pytest.raises(InvalidSetting, match="Sets of classes: side") as caught:
        gene_classes(tiny_graph(), asked)
    assert sentence in str(caught.value)


def test_a_data_set_without_classes_says_how_to_give_it_some():
    with pytest.raises(DataError, match=r"no classes of genes.*classes\.tsv"):
        gene_classes(tiny_graph(classes={}))


def test_a_file_of_classes_is_read_kept_in_the_cache_and_part_of_the_fingerprint(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    plain, _ = read_folder(write_folder(tmp_path / "plain"))
    folder = write_folder(tmp_path / "mine", classes__tsv=CLASSES)
    for graph, report in (load_folder(folder), load_folder(folder)):
        assert class_sets(graph) == ("place", "kind")
        assert gene_classes(graph).name_of_each.tolist()[:4] == ["inside", "outside", "inside", "inside"]
        assert gene_classes(graph, "kind").name_of_each.tolist() == [
            "a",
            "",
            "b",
            "a",
            "a",
            "a",
            "",
            "",
            "b",
            "",
            "",
            "",
        ]
        assert report.read["sets of classes"] == 2
        assert graph.fingerprint != plain.fingerprint
    other, _ = read_folder(write_folder(tmp_path / "other", classes__tsv=CLASSES.replace("GEN3\tinside", "GEN3\tout")))
    assert other.fingerprint != graph.fingerprint


def test_what_is_wrong_in_a_file_of_classes_is_told(tmp_path: Path):
    folder = write_folder(tmp_path / "one", classes__tsv=f"{CLASSES}GEN1\toutside\tb\nNOGENE\tinside\ta\n")
    graph, report = read_folder(folder)
    assert graph.classes["place"][0] == "inside"  # the first row is used
    assert "'GEN1' has a second row" in report.text()
    assert "'NOGENE' is not in the gene list" in report.text()
    with pytest.raises(MalformedData, match="names no set of classes"):
        read_folder(write_folder(tmp_path / "two", classes__tsv="gene\nGEN1\n"))
    with pytest.raises(MalformedData, match="does not name the column 'gene'"):
        read_folder(write_folder(tmp_path / "three", classes__tsv="thing\tplace\nGEN1\tinside\n"))


@pytest.mark.real
def test_compartments_of_the_real_data_are_large_and_overlap_little(real_folder: Path):
    graph, _ = load_folder(real_folder)
    found = gene_classes(graph)
    assert class_sets(graph) == ("compartment",)
    assert len(found.names) == len(COMPARTMENTS) == 6
    assert np.bincount(found.label[found.labelled]).min() > 100
    member = graph.terms.membership.tocsc()[:, list(found.terms)].toarray()
    assert np.array_equal(member.sum(axis=1) == 1, found.labelled)
    assert found.labelled.sum() > 2500
