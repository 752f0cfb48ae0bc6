"""Texts speak of what a data set holds, and links lead to the places of its organism."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets import GeneGraph, Nouns
from slviz.datasets.sources import open_dataset
from slviz.ui import links, nouns

PAPERS = Nouns(thing="paper", pair="citation")
ACTORS = Nouns(thing="actor", pair="shared film")
PEOPLE = Nouns(thing="person", pair="friendship")


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (PAPERS, "Each point is a gene; click one.", "Each point is a paper; click one."),
        (ACTORS, "A gene, such as", "An actor, such as"),
        (PEOPLE, "Genes with one partner", "People with one partner"),
        (PEOPLE, "is a pair synthetic lethal?", "is a pair a friendship?"),
        (PAPERS, "synthetic-lethal pairs", "citations"),
        (PAPERS, "Gene Ontology tells of genes", "Gene Ontology tells of papers"),
        (Nouns(), "Genes of synthetic-lethal pairs", "Genes of synthetic-lethal pairs"),
        (Nouns(pair="genetic interaction"), "genes of synthetic-lethal pairs", "genes of genetic interactions"),
    ],
)
def test_texts_are_in_the_words_of_the_data_set(words: Nouns, text: str, said: str) -> None:
    assert nouns.of(words, text) == said


@pytest.mark.parametrize(
    ("noun", "many"),
    [("paper", "papers"), ("family", "families"), ("web page", "web pages"), ("person", "people"), ("boss", "bosses")],
)
def test_plurals(noun: str, many: str) -> None:
    assert Nouns(thing=noun).things == many


def real(organism: str, ensembl: str = "") -> GeneGraph:
    base = tiny_graph()
    assert base.gene_info is not None
    info = base.gene_info.assign(ensembl_id=ensembl)
    return tiny_graph(synthetic=False, gene_info=info, nouns=Nouns(organism=organism))


@pytest.mark.parametrize(
    ("organism", "ensembl", "place"),
    [
        ("human", "", "GeneCards"),
        ("Homo sapiens", "", "HGNC"),
        ("", "ENSG00000141510", "GeneCards"),
        ("mouse", "", "MGI"),
        ("", "ENSMUSG00000059552", "MGI"),
        ("yeast", "YAL001C", "SGD"),
        ("", "YBR160W", "SGD"),
        ("Saccharomyces cerevisiae", "", "SGD"),
    ],
)
def test_links_lead_to_the_places_of_the_organism(organism: str, ensembl: str, place: str) -> None:
    places = links.of_gene(real(organism, ensembl), 0)
    assert place in places
    assert len({"GeneCards", "MGI", "SGD"} & set(places)) == 1


def test_no_place_is_guessed() -> None:
    assert set(links.of_gene(real("zebrafish"), 0)) == {"NCBI Gene", "UniProt"}
    assert links.of_gene(tiny_graph(synthetic=False, nouns=PEOPLE), 0) == {}
    assert links.of_gene(tiny_graph(synthetic=False, gene_info=None), 0) == {}


def test_the_karate_club_has_people() -> None:
    karate = open_dataset("karate")
    assert (karate.nouns.things, karate.nouns.pairs) == ("people", "friendships")
    assert karate.fingerprint == "0c7576b6b9d2fe8e0a4f342be0c56362595c2966aa51bde974e600f31a307fc4"
    assert not any(links.of_gene(karate, int(gene)) for gene in np.arange(len(karate)))
