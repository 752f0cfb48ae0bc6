"""Networks as GraphML, Cytoscape.js JSON and SIF."""

from __future__ import annotations

import json
import re
from typing import Any

import networkx as nx
import numpy as np

from slviz.neighbourhood import Neighbourhood


def to_graphml(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as GraphML (Cytoscape, Gephi, yEd, networkx); edges run source → target.

    Genes are nodes by their symbol, with name, relation, score, …; an attribute that is unknown is left
    out. The graph's own attribute "provenance" holds the line.
    """
    return "\n".join(nx.generate_graphml(_network(around, provenance), named_key_ids=True)).encode()


def to_cytoscape(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as Cytoscape.js JSON; `data` of a node and an edge hold its attributes."""
    network = _network(around, provenance)
    content = {
        "data": {"provenance": provenance, "name": f"{around.symbols[0]} neighbourhood"},
        "elements": {
            "nodes": [{"data": {"id": gene, **network.nodes[gene]}} for gene in network],
            "edges": [
                {"data": {"id": f"{source}→{target}", "source": source, "target": target, **attributes}}
                for source, target, attributes in network.edges(data=True)
            ],
        },
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode()


def to_sif(around: Neighbourhood) -> bytes:
    """The neighbourhood as SIF: source, kind of pair, target, tab-separated.

    The format has no comments, so it carries no provenance: take the GraphML for that.
    """
    table = around.edge_table()
    kind = table["kind"].str.replace(r"[^a-z]+", "_", regex=True)
    lines = table["source"] + "\t" + kind + "\t" + table["target"]
    return "".join(f"{line}\n" for line in lines).encode()


def _network(around: Neighbourhood, provenance: str) -> nx.DiGraph:
    """A directed networkx graph of the neighbourhood, attributes without missing values."""
    network = nx.DiGraph(
        provenance=provenance,
        run=around.run_id,
        centre=str(around.symbols[0]),
        attention_direction=around.direction,
        layer="mean" if around.layer is None else str(around.layer + 1),
        head="mean" if around.head is None else str(around.head + 1),
    )
    network.add_node(str(around.symbols[0]), relation="centre", name=str(around.names[0]))
    for row in around.table().to_dict("records"):
        network.add_node(row.pop("gene"), **_present(row))
    for row in around.edge_table().to_dict("records"):
        network.add_edge(row.pop("source"), row.pop("target"), **_present(row))
    return network


def _present(row: dict[Any, Any]) -> dict[str, Any]:
    """Plain Python values of a row, without the missing ones; text without characters that XML forbids."""
    kept = {}
    for key, value in row.items():
        if isinstance(value, str):
            if value:
                kept[str(key)] = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
        elif np.isfinite(value):
            kept[str(key)] = int(value) if isinstance(value, (int, np.integer)) else round(float(value), 7)
    return kept
