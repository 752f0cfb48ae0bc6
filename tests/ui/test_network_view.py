"""What the network view sends to the browser, and what it takes from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.neighbourhood.gene_network import gene_network
from slviz.ui import network_view

HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture
def graph() -> GeneGraph:
    return GeneGraph(
        name="small",
        genes=("A", HOSTILE, "C"),
        pairs=np.array([[0, 1]]),
        score=np.array([0.5], dtype=np.float32),
        interactions=np.array([[0], [2]]),
    )


def test_nodes_and_edges_carry_their_looks_and_a_hostile_name_is_text(graph: GeneGraph) -> None:
    network = gene_network(graph, 0, ranked=np.array([2]), score=np.array([0, 1, 0.5], dtype=np.float32))
    sent = network_view.content(network, graph, width_is="score", chosen=2)
    assert [node["gene"] for node in sent["nodes"]] == [0, 2, 1]
    assert "\u202e" not in str(sent)
    assert sent["nodes"][2]["lines"][0] == HOSTILE.replace("\u202e", "\\u202e")
    known, predicted, physical = sent["edges"]
    assert (known["line"], predicted["line"], physical["line"]) == ("solid", "dashed", "dotted")
    assert known["width"] == network_view.WIDEST
    assert network_view.THINNEST < predicted["width"] < known["width"]
    assert {"widest: score > 0.999", "predicted", "physical interaction"} <= {row["label"] for row in sent["key"]}
    assert sent["chosen"] == "g2"
    listed = replace(graph, score=np.array([1.0], dtype=np.float32))  # a data set's own score may be 1
    sent = network_view.content(gene_network(listed, 0), listed, width_is="score")
    assert "widest: score 1.000" in {row["label"] for row in sent["key"]}


def test_the_stamp_changes_with_what_is_drawn_and_with_nothing_else(graph: GeneGraph) -> None:
    once, again = (network_view.content(gene_network(graph, 0), graph, width_is="") for _ in range(2))
    assert once["stamp"] == again["stamp"]
    other = network_view.content(gene_network(graph, 0, physical=False, ranked=np.array([2])), graph, width_is="")
    assert other["stamp"] != once["stamp"]


@pytest.mark.parametrize(
    "told", [None, "pair", {}, {"what": "delete", "gene": 1}, {"what": "pair"}, {"what": "pair", "gene": 3},
             {"what": "move", "gene": -1}, {"what": "move", "gene": "1"}],
)  # fmt: skip
def test_nonsense_from_the_browser_is_no_action(told: object) -> None:
    assert network_view._action(told, genes=3) is None


def test_an_action_names_the_gene() -> None:
    assert network_view._action({"what": "expand", "gene": 2.0}, genes=3) == network_view.Action("expand", 2)
