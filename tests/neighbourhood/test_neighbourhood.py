"""A hand-made neighbourhood with a known answer; distances against NetworkX; bad questions get sentences."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run, tiny_screens

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting, UnknownGene
from slviz.neighbourhood import AttentionIndex, Neighbourhood, neighbourhood
from slviz.runs import Attention, Run
from slviz.scorers.pair_decoder import PairDecoder


def linear_decoder(width: int) -> dict[str, np.ndarray]:
    """Scores a pair by the sum of both genes' first column."""
    one = np.zeros(width, dtype=np.float32)
    one[0] = 1
    none = np.zeros((1, width), dtype=np.float32)
    return {
        "bilinear": np.zeros((width, width), dtype=np.float32),
        "linear": one,
        "sum": none,
        "product": none,
        "difference": none,
        "hidden_bias": np.zeros(1, dtype=np.float32),
        "readout": np.zeros(1, dtype=np.float32),
        "bias": np.zeros(1, dtype=np.float32),
        "bounds": np.array([-100, 100], dtype=np.float32),
    }


@pytest.fixture(scope="module")
def star() -> tuple[GeneGraph, Run]:
    """Six genes: A–B, A–C, B–C and C–D are trained, A–E is held out, F has no pair.

    Into A flow 0.5 from B, 0.3 from C and 0.2 from itself (layer 1); layer 2 turns B and C around.
    """
    graph = dataclasses.replace(
        tiny_graph(6, 5),
        fingerprint="",
        genes=("A", "B", "C", "D", "E", "F"),
        pairs=np.array([[0, 1], [0, 2], [0, 4], [1, 2], [2, 3]]),
        score=np.array([0.9, 0.8, 0.7, 0.6, 0.5], dtype=np.float32),
        interactions=None,
        evidence=pd.DataFrame(
            {
                "pair": [0, 0, 2],
                "interaction": "SL",
                "evidence": ["Daisy", "GenomeRNAi;Text Mining", "Daisy"],
                "pubmed": ["22", "11", "33"],
                "context": "",
                "score": 0.5,
            }
        ),
    )
    run = tiny_run(graph, width=3)
    predictions = run.predictions.head(5).assign(
        gene_a=["A", "A", "A", "B", "C"],
        gene_b=["B", "C", "E", "C", "D"],
        part=["train", "train", "test", "train", "train"],
        negative_kind="known",
    )
    edges = np.array(
        [
            #   loops          | into A  into B  into C     into D
            [0, 1, 2, 3, 4, 5, 1, 2, 0, 2, 0, 1, 3, 2],
            [0, 1, 2, 3, 4, 5, 0, 0, 1, 1, 2, 2, 2, 3],
        ]
    )
    first = np.array([0.2, 0.1, 0.4, 0.6, 1, 1, 0.5, 0.3, 0.7, 0.2, 0.1, 0.2, 0.3, 0.4])
    second = np.array([0.2, 0.1, 0.4, 0.6, 1, 1, 0.3, 0.5, 0.7, 0.2, 0.1, 0.2, 0.3, 0.4])
    embedding = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [9, 0, 0], [5, 0, 0]], dtype=np.float32)
    weight = np.stack([first, second])[:, None].astype(np.float32)  # [layers, one head, edges]
    return graph, dataclasses.replace(
        run,
        embedding=embedding,
        decoder=linear_decoder(3),
        predictions=predictions,
        attention=Attention(edges=edges, weight=weight),
    )


def rows(found: Neighbourhood) -> pd.DataFrame:
    return found.table().set_index("gene")


def test_neighbours_stand_by_falling_attention(star) -> None:
    found = neighbourhood(*star, 0, layer=0, predicted=0)
    assert found.symbols.tolist() == ["A", "B", "C"]
    assert rows(found)["attention"].tolist() == pytest.approx([0.5, 0.3])
    assert found.self_weight == pytest.approx(0.2)
    assert np.nansum(found.attention) + found.self_weight == pytest.approx(1)
    assert "0.200 goes to A itself" in found.statement[0]
    assert "layer 1 of 2" in found.statement[0]
    assert neighbourhood(*star, 0, layer=1, predicted=0).symbols.tolist() == ["A", "C", "B"]


def test_layers_are_averaged(star) -> None:
    found = neighbourhood(*star, 0)
    assert rows(found).loc[["B", "C"], "attention"].tolist() == pytest.approx([0.4, 0.4])
    assert "mean of 2 layers" in found.statement[0]


def test_directions_are_not_confused(star) -> None:
    into = rows(neighbourhood(*star, 0, layer=0))
    out = rows(neighbourhood(*star, 0, layer=0, direction="out of"))
    assert into.loc["B", "attention"] == pytest.approx(0.5)
    assert into.loc["B", "attention_back"] == pytest.approx(0.7)
    assert out.loc["B", "attention"] == pytest.approx(0.7)
    assert out.loc["B", "attention_back"] == pytest.approx(0.5)
    edges = neighbourhood(*star, 0, layer=0, direction="out of").edge_table()
    assert edges.loc[edges["place"] == "spoke", ["source", "target"]].to_numpy().tolist() == [["A", "B"], ["A", "C"]]


def test_edges_among_neighbours_and_no_loops(star) -> None:
    table = neighbourhood(*star, 0, layer=0, predicted=0).edge_table()
    among = table[table["place"] == "among"]
    assert sorted(zip(among["source"], among["target"], strict=True)) == [("B", "C"), ("C", "B")]
    assert among.set_index("source").loc["B", "attention"] == pytest.approx(0.2)
    assert (table["source"] != table["target"]).all()


def test_predicted_partners_leave_training_pairs_out_and_mark_held_out_ones(star) -> None:
    found = neighbourhood(*star, 0, predicted=3)
    assert found.symbols.tolist() == ["A", "B", "C", "F", "D", "E"]  # nobody lists A – F and A – D
    assert rows(found)["relation"].to_dict() == {
        "B": "known, in training",
        "C": "known, in training",
        "E": "known, held out",
        "F": "predicted",
        "D": "predicted",
    }
    assert rows(found).loc["E", "predicted_score"] == pytest.approx(9)
    edges = found.edge_table().set_index("target")
    assert edges.loc["E", "kind"] == "known, held out"
    assert edges.loc["F", "kind"] == "predicted"
    assert np.isnan(edges.loc["F", "attention"])


def test_evidence_and_dataset_score_stand_beside_a_known_pair(star) -> None:
    table = rows(neighbourhood(*star, 0))
    assert table.loc["B", ["evidence", "pubmed"]].tolist() == ["Daisy;GenomeRNAi;Text Mining", "11;22"]
    assert table.loc["B", "dataset_score"] == pytest.approx(0.9)
    assert table.loc["C", "evidence"] == ""
    assert table.loc["F", ["evidence", "pubmed"]].tolist() == ["", ""]
    assert np.isnan(table.loc["F", "dataset_score"])
    assert table["known_partners"].to_dict() == {"B": 2, "C": 3, "E": 1, "F": 0, "D": 1}


def test_second_step(star) -> None:
    found = neighbourhood(*star, 0, hops=2, predicted=0)
    assert rows(found)["hops"].to_dict() == {"B": 1, "C": 1, "D": 2}
    assert rows(found).loc["D", "relation"] == "two hops away"
    table = found.edge_table()
    outer = table[table["place"] == "outer"]
    assert outer[["source", "target"]].to_numpy().tolist() == [["D", "C"]]
    assert outer["attention"].tolist() == pytest.approx([0.3])


def test_limit_and_threshold_say_what_they_hide(star) -> None:
    fewer = neighbourhood(*star, 0, layer=0, limit=1, predicted=0)
    assert fewer.symbols.tolist() == ["A", "B"]
    assert fewer.hidden == 1
    assert fewer.hidden_weight == pytest.approx(0.3)
    assert "1 more neighbour, with 0.300 of attention together, is not shown." in fewer.statement
    heavier = neighbourhood(*star, 0, layer=0, threshold=0.4, predicted=0)
    assert heavier.symbols.tolist() == ["A", "B"]


def test_gene_without_edges(star) -> None:
    found = neighbourhood(*star, 5, predicted=0)
    assert found.symbols.tolist() == ["F"]
    assert len(found.table()) == 0
    assert "F has no neighbour in the graph that training used." in found.statement


def test_run_without_attention_falls_back_to_training_pairs(star) -> None:
    graph, run = star
    found = neighbourhood(graph, dataclasses.replace(run, attention=None), 0, predicted=1)
    assert found.symbols.tolist() == ["A", "B", "C", "F"]  # by the data set's score; then what nobody lists
    assert not found.weighted
    assert found.table()["relation"].tolist()[-1] == "predicted"
    assert "has no attention" in found.statement[0]
    assert np.isnan(found.self_weight)


def test_run_without_pairs_predicts_nothing(star) -> None:
    graph, run = star
    genes = pd.DataFrame({"gene": graph.genes, "part": "train", "prediction": 0.1})
    found = neighbourhood(graph, dataclasses.replace(run, decoder={}, predictions=genes), 0)
    assert "predicted" not in set(found.relation)
    assert found.table()["predicted_score"].isna().all()
    assert "This run scores no pairs" in found.statement[-1]


@pytest.mark.parametrize("direction", ["into", "out of"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_steps_and_weights_agree_with_networkx(seed: int, direction: str) -> None:
    graph = tiny_graph(seed=seed)
    run = tiny_run(graph, seed=seed)
    assert run.attention is not None
    whole = nx.DiGraph()
    mean = run.attention.weight.mean(axis=(0, 1))
    whole.add_weighted_edges_from(zip(*run.attention.edges.tolist(), mean.tolist(), strict=True))
    index = AttentionIndex.build(graph, run)
    for gene in range(0, len(graph), 5):
        found = neighbourhood(
            graph, run, gene, hops=2, limit=99, outer=99, predicted=0, direction=direction, index=index
        )
        expected = nx.single_source_shortest_path_length(whole.to_undirected(), gene, cutoff=2)
        assert dict(zip(found.genes.tolist(), found.hops.tolist(), strict=True)) == expected
        inside = whole.subgraph(expected)
        drawn = {(a, b): w for a, b, w in zip(*found.edges.tolist(), found.weight.tolist(), strict=True)}
        wanted = {
            (a, b): w
            for a, b, w in inside.edges(data="weight")
            if a != b and (b if direction == "out of" else a) != gene
        }
        assert drawn == pytest.approx(wanted)


def test_predicted_agree_with_a_plain_ranking() -> None:
    graph = tiny_graph()
    run = dataclasses.replace(tiny_run(graph), decoder=linear_decoder(6))
    table = run.predictions
    trained = table[(table["part"] == "train") & (table["negative_kind"] == "known")]
    for gene in (0, 7):
        symbol = graph.genes[gene]
        partners = set(trained.loc[trained["gene_a"] == symbol, "gene_b"])
        partners |= set(trained.loc[trained["gene_b"] == symbol, "gene_a"]) | {symbol}
        scores = PairDecoder(run.decoder).score_with(run.embedding, gene)
        ranked = [graph.genes[each] for each in np.argsort(-scores) if graph.genes[each] not in partners]
        listed = {graph.genes[number] for number in graph.partners(gene)}
        ranked.sort(key=lambda symbol: symbol in listed)  # what nobody lists first
        found = neighbourhood(graph, run, gene, limit=0, predicted=4)
        assert found.symbols.tolist()[1:] == ranked[:4]


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"hops": 3}, InvalidSetting, "hops=3 is not one of: 1, 2"),
        ({"direction": "up"}, InvalidSetting, "direction='up' is not one of"),
        ({"layer": 2}, InvalidSetting, "layer=2 is outside the range 0 to 1"),
        ({"head": -1}, InvalidSetting, "head=-1 is outside the range 0 to 1"),
        ({"limit": -1}, InvalidSetting, "limit=-1 should be 0 or more"),
        ({"threshold": float("nan")}, InvalidSetting, "threshold=nan should be 0 or more"),
    ],
)
def test_bad_settings_get_a_sentence(graph: GeneGraph, settings: dict, error: type, words: str) -> None:
    with pytest.raises(error) as caught:
        neighbourhood(graph, tiny_run(graph), 0, **settings)
    assert words in str(caught.value)


@pytest.mark.parametrize("gene", [-1, 40])
def test_no_such_gene(graph: GeneGraph, gene: int) -> None:
    with pytest.raises(UnknownGene, match=f"no gene number {gene}"):
        neighbourhood(graph, tiny_run(graph), gene)


def test_run_of_another_data_set_is_refused(graph: GeneGraph) -> None:
    with pytest.raises(DamagedRun, match="not those of the data set"):
        neighbourhood(tiny_graph(30, 60), tiny_run(graph), 0)


def test_attention_over_genes_that_do_not_exist_is_refused(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    assert run.attention is not None
    edges = run.attention.edges.copy()
    edges[0, 0] = 400
    broken = dataclasses.replace(run, attention=Attention(edges, run.attention.weight))
    with pytest.raises(DamagedRun, match="gene number that does not exist"):
        neighbourhood(graph, broken, 0)


def test_a_partner_that_a_screen_tested_is_not_drawn_as_predicted():
    screens = tiny_screens()
    graph = tiny_graph(screens=screens)
    run = dataclasses.replace(tiny_run(graph), decoder=linear_decoder(6))
    gene = int(screens.pairs[0, 0])
    tested, _ = screens.of_gene(gene, genes=len(graph))
    around = neighbourhood(graph, run, gene, predicted=40)
    drawn = around.genes[around.relation == "predicted"]
    assert len(drawn)
    assert not tested[drawn].any()
    assert any("a screen tested" in sentence for sentence in around.statement)
    before = neighbourhood(tiny_graph(), run, gene, predicted=40)
    assert tested[before.genes[before.relation == "predicted"]].any()
