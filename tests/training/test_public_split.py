"""The public split of the literature and terms as they are, from the folder to what is learnt."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_further_parts, tiny_graph

from slviz.datasets import GeneGraph
from slviz.datasets.folder import read_folder
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, InvalidSetting, MalformedData
from slviz.features import FEATURE_SETS
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words, words_of
from slviz.runs.spec import TABLES
from slviz.runs.spec_validation import SpecValidation
from slviz.splits import SPLITS, PairSplit
from slviz.training import train
from slviz.training.train import rebuilt

NAMES = {"task": "classify", "network": "gat", "features": "terms", "split": "public", "optimiser": "adam"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve papers in a ring, called as a column of papers would be."""
    papers = [f"paper{number}" for number in range(12)]
    (tmp_path / "genes.txt").write_text("\n".join(papers))
    ring = zip(papers, papers[1:] + papers[:1], strict=True)
    (tmp_path / "pairs.tsv").write_text("\n".join("\t".join(pair) for pair in ring))
    classes = ["even", "odd"] * 6
    (tmp_path / "classes.tsv").write_text(
        "gene\tclass\n" + "\n".join(map("\t".join, zip(papers, classes, strict=True)))
    )
    (tmp_path / "terms.gmt").write_text(f"w1\t\t{papers[0]}\t{papers[1]}\nw2\t\t{papers[0]}\n")
    parts = ["train"] * 4 + ["val"] * 4 + ["TEST"] * 2 + ["unlabelled"]
    (tmp_path / "public_split.tsv").write_text(
        "gene\tpart\n" + "\n".join(map("\t".join, zip(papers, parts, strict=False)))
    )
    return tmp_path


def test_pairs_without_heading_and_score_lose_none_and_the_split_is_read(folder: Path) -> None:
    graph, _ = read_folder(folder)
    assert len(graph.pairs) == 12
    assert graph.public_split.tolist() == ["train"] * 4 + ["validation"] * 4 + ["test"] * 2 + ["", ""]
    cached, again = open_dataset(str(folder)), open_dataset(str(folder))
    assert np.array_equal(cached.public_split, again.public_split)
    assert cached.fingerprint == graph.fingerprint
    assert "public split" in graph.digests


def test_a_word_that_is_no_part_and_an_empty_part_are_told(folder: Path) -> None:
    path = folder / "public_split.tsv"
    path.write_text(path.read_text().replace("TEST", "holdout"))
    with pytest.raises(MalformedData, match="holdout"):
        read_folder(folder)
    path.write_text("gene\tpart\npaper0\ttrain\npaper1\ttest\n")
    with pytest.raises(MalformedData, match="no gene of the list in the part 'validation'"):
        read_folder(folder)


def test_terms_as_they_are_sum_to_one_and_no_network_scales_them_again(folder: Path) -> None:
    graph, _ = read_folder(folder)
    matrix = FEATURE_SETS.make("terms").matrix(graph)
    assert matrix[:3].tolist() == [[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]]
    spec = RunSpec.of(graph, **choices_from_words(NAMES, ["width=8"]))
    split = spec.split.divide(graph)
    run = train(graph, spec.of(graph, **choices_from_words(NAMES, ["width=8", "epochs=2"])), split)
    assert np.array_equal(rebuilt(graph, run.spec, split, weights=run.weights).features.numpy(), matrix)
    with pytest.raises(InvalidSetting, match="reads terms, and the data set"):
        FEATURE_SETS.make("terms").matrix(dataclasses.replace(graph, terms=None))


def test_the_public_split_holds_out_genes_alone(folder: Path) -> None:
    graph, _ = read_folder(folder)
    split = SPLITS.make("public").divide(graph)
    assert len(split.training_pairs) == len(graph.pairs)
    assert RunSpec.of(graph, **choices_from_words(NAMES, [])).held_out == "genes of the public split"
    assert split.gene_part.tolist()[-3:] == ["test", "unused", "unused"]
    back = PairSplit.from_frame(split.to_frame(graph.genes), graph.genes)
    assert np.array_equal(back.gene_part, split.gene_part)
    with pytest.raises(DataError, match="needs at least 1 known pair to validate with"):
        SpecValidation(graph).check(RunSpec.of(graph, split=SPLITS.make("public"), features=FEATURE_SETS.make("none")))
    with pytest.raises(InvalidSetting, match="validation_share changes nothing of it"):
        SPLITS.make("public", validation_share=0.2).divide(graph)
    with pytest.raises(DataError, match="brings no public split"):
        SPLITS.make("public").divide(tiny_graph())


def test_what_is_learnt_does_not_depend_on_the_classes_of_test_and_unused_genes() -> None:
    graph = tiny_graph(**tiny_further_parts())
    spec = RunSpec.of(graph, **choices_from_words(NAMES, ["epochs=3", "width=8"]))
    split = spec.split.divide(graph)
    hidden = np.isin(split.gene_part, ["test", "unused"])
    swapped = np.array([{"left": "right", "right": "left"}.get(side, side) for side in graph.classes["side"]], object)
    side = np.where(hidden, swapped, graph.classes["side"])
    other: GeneGraph = dataclasses.replace(graph, classes={"side": side})
    one, two = (train(of, dataclasses.replace(spec, data_fingerprint=of.fingerprint), split) for of in (graph, other))
    assert np.array_equal(one.embedding, two.embedding)
    assert set(one.predictions["part"]) == {"train", "validation", "test", "unused"}


def test_networks_begin_with_the_settings_of_their_papers_there_and_nowhere_else() -> None:
    made = choices_from_words(NAMES, ["dropout=0.3"])
    assert (made["network"].bare, made["network"].heads, made["network"].dropout) == (True, 8, 0.3)
    assert (made["optimiser"].keep, made["optimiser"].patience) == ("loss", 100)
    assert words_of(made) == ["dropout=0.3"]
    assert words_of({part: made[part] for part in ("network",)}, names=NAMES) == ["dropout=0.3"]
    assert choices_from_words(NAMES | {"optimiser": "sgd"}, [])["optimiser"] == TABLES["optimiser"].make("sgd")
    for names in (NAMES | {"split": "pairs"}, NAMES | {"task": "reconstruct"}, NAMES | {"network": "mlp"}):
        assert choices_from_words(names, []) == {part: TABLES[part].make(names[part]) for part in TABLES}


@pytest.mark.real
@pytest.mark.parametrize(("name", "papers", "pairs"), [("cora", 2708, 5278), ("citeseer", 3327, 4552)])
def test_known_graphs_open_with_their_public_split(name: str, papers: int, pairs: int) -> None:
    folder = Path(os.environ.get("SLVIZ_TEST_DATA", "")) / "graphs" / name
    if not (folder / "genes.txt").is_file():
        pytest.skip("needs SLVIZ_TEST_DATA with the known graphs")
    graph, _ = read_folder(folder)
    assert (len(graph), len(graph.pairs)) == (papers, pairs)
    parts = dict(zip(*np.unique(SPLITS.make("public").divide(graph).gene_part, return_counts=True), strict=True))
    assert (parts["validation"], parts["test"]) == (500, 1000)
    assert parts["train"] == 20 * len(set(graph.classes["class"]) - {""})
