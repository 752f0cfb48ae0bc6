"""The demo: the same bytes from the same seed, small, unmistakably synthetic, with a truth that can be found."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.demo import demo_files, write_demo
from slviz.datasets.folder import read_folder
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.planted import HUBS, LEVEL
from slviz.errors import DataError, UnknownGene

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def graph(demo: Path) -> GeneGraph:
    return read_folder(demo)[0]


@pytest.fixture(scope="module")
def truth(demo: Path) -> pd.DataFrame:
    return pd.read_csv(demo / "truth_genes.tsv", sep="\t", keep_default_na=False).set_index("gene")


@pytest.fixture(scope="module")
def planted(demo: Path) -> pd.DataFrame:
    return pd.read_csv(demo / "truth_pairs.tsv", sep="\t")


def test_the_shipped_files_are_what_the_generator_makes(demo: Path) -> None:
    made = {path.name: path.read_bytes() for path in demo.iterdir()}
    shipped = {path.name: path.read_bytes() for path in SHIPPED.iterdir()}
    assert made.keys() == shipped.keys()
    assert [name for name in made if made[name] != shipped[name]] == []


def test_another_seed_gives_other_pairs_of_the_same_kind() -> None:
    one, other = demo_files(seed=1), demo_files(seed=2)
    assert one["pairs.tsv"] != other["pairs.tsv"]
    assert one["genes.txt"] == other["genes.txt"]


def test_it_is_small_sound_and_labelled(demo: Path, graph: GeneGraph) -> None:
    assert sum(path.stat().st_size for path in demo.iterdir()) < 2_000_000
    assert read_folder(demo)[1].problems == []
    assert 800 <= len(graph) <= 1200
    assert graph.synthetic
    assert "synthetic" in graph.title
    assert set(graph.features) == {"ppi", "go"}


def test_no_name_can_be_taken_for_a_real_one(graph: GeneGraph) -> None:
    assert all(re.fullmatch(r"[A-Z]{3}[12]?\.\d{2,3}", gene) for gene in graph.genes)  # HGNC symbols have no dot
    assert graph.gene_info is not None
    for column in ("entrez_id", "ensembl_id", "uniprot_id"):
        assert graph.gene_info[column].str.casefold().str.startswith("demo").all()


@pytest.mark.real
def test_no_name_is_a_name_of_the_real_data(graph: GeneGraph, real_folder: Path) -> None:
    real = GeneIndex(read_folder(real_folder)[0])
    assert real.map_many(graph.genes).genes.size == 0


def test_pairs_lie_between_compensating_pathways(graph: GeneGraph, truth: pd.DataFrame) -> None:
    genes = np.array(graph.genes)
    screened = np.isin(genes[graph.pairs], HUBS).any(axis=1)
    pathway = truth.loc[genes, "pathway"].to_numpy()
    partners = {row.pathway: set(row.compensating_pathways.split(";")) for row in truth.itertuples()}

    def share(pairs: np.ndarray) -> float:
        return float(np.mean([b in partners[a] for a, b in pathway[pairs] if a and b]))

    a, b = np.triu_indices(len(genes), k=1)
    by_chance = share(np.stack([a, b], axis=1)[::97])
    assert share(graph.pairs[~screened]) > 0.9
    assert by_chance < 0.06


def test_interactions_and_terms_follow_the_pathways(graph: GeneGraph, truth: pd.DataFrame) -> None:
    pathway = truth.loc[list(graph.genes), "pathway"].to_numpy()
    assert graph.interactions is not None
    a, b = graph.interactions
    assert np.mean((pathway[a] == pathway[b]) & (pathway[a] != "")) > 0.6  # by chance: 0.02
    assert graph.terms is not None
    by_route = [number for number, name in enumerate(graph.terms.names) if ", route " in name]
    assert len(by_route) == 40
    for number in by_route[::7]:
        members = pathway[graph.terms.membership.toarray()[:, number]]
        assert (members == graph.terms.names[number].rsplit(" ", 1)[1]).mean() > 0.7


def test_features_know_the_pathways(graph: GeneGraph, truth: pd.DataFrame) -> None:
    pathway = truth.loc[list(graph.genes), "pathway"].to_numpy()
    routed = np.flatnonzero(pathway != "")
    for matrix in graph.features.values():
        similarity = matrix[routed] @ matrix[routed].T
        np.fill_diagonal(similarity, -np.inf)
        nearest = pathway[routed][similarity.argmax(axis=1)]
        assert (nearest == pathway[routed]).mean() > 0.5  # by chance: 0.025


def test_hub_screens_have_hundreds_of_partners_and_two_hubs_are_near_duplicates(graph: GeneGraph) -> None:
    hubs = [graph.number_of[hub] for hub in HUBS]
    assert min(graph.degree[hubs]) >= 200
    assert np.sort(np.delete(graph.degree, hubs))[-1] < 40
    first, second = (set(graph.partners(hub).tolist()) for hub in hubs[:2])
    assert len(first & second) / len(first | second) > 0.5


def test_each_kind_of_evidence_has_its_score_level(graph: GeneGraph) -> None:
    for kind, level in LEVEL.items():
        scores = graph.score[graph.pair_evidence == kind]
        assert len(scores) >= 80
        assert abs(scores.mean() - level) < 0.05
        assert scores.std() < 0.05
    assert 0 < (graph.pair_evidence == "").sum() < 40


def test_a_quarter_of_what_is_planted_is_hidden(graph: GeneGraph, planted: pd.DataFrame) -> None:
    number = graph.number_of
    known = {tuple(pair) for pair in graph.pairs.tolist()}
    listed = [tuple(sorted((number[a], number[b]))) in known for a, b in planted[["gene_a", "gene_b"]].to_numpy()]
    np.testing.assert_array_equal(listed, planted["listed"] == "yes")
    assert 0.2 < np.mean(~np.array(listed)) < 0.3
    assert set(planted["reason"]) == {"compensation", "paralogue", "hub screen"}
    assert all(planted.loc[planted["reason"] == "paralogue", "listed"] == "yes")


def test_a_plain_model_on_the_features_finds_the_hidden_pairs_and_degree_does_not(
    graph: GeneGraph, planted: pd.DataFrame
) -> None:
    from sklearn.metrics import roc_auc_score

    features = np.concatenate([graph.features["ppi"], graph.features["go"]], axis=1).astype(np.float64)
    known = (graph.adjacency.toarray() > 0).astype(np.float64)
    solve = np.linalg.solve(features.T @ features + 0.5 * np.eye(features.shape[1]), features.T)
    model = features @ (solve @ known @ solve.T) @ features.T  # ridge regression on both genes' features
    degree = np.maximum.outer(graph.degree, graph.degree)
    hidden = planted[(planted["listed"] == "no") & (planted["reason"] == "compensation")]
    positive = np.array([[graph.number_of[a], graph.number_of[b]] for a, b in hidden[["gene_a", "gene_b"]].to_numpy()])
    random = np.random.default_rng(0).integers(0, len(graph), size=(4000, 2))
    random = random[(random[:, 0] != random[:, 1]) & (known[random[:, 0], random[:, 1]] == 0)]
    pairs = np.concatenate([positive, random])
    truth = np.arange(len(pairs)) < len(positive)
    assert roc_auc_score(truth, model[pairs[:, 0], pairs[:, 1]]) > 0.9
    assert roc_auc_score(truth, degree[pairs[:, 0], pairs[:, 1]]) < 0.8


def test_its_names_are_found(graph: GeneGraph) -> None:
    index = GeneIndex(graph)
    gene = graph.number_of["REP1.07"]
    assert index.find("rep1.07") == index.find("oldREP107") == index.find(f"DEMOG{gene + 1:011d}.3") == gene
    with pytest.raises(UnknownGene, match=r"several genes: REP1\.03, REP2\.03"):
        index.find("REPfam3")


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="could not be written"):
        write_demo(tmp_path / "file" / "demo")
