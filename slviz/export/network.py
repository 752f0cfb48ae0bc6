"""Networks as tables of edges, GraphML, GEXF, Cytoscape.js JSON and SIF; all formats in one table."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import networkx as nx
import numpy as np

from slviz.export.tables import to_tsv
from slviz.neighbourhood import Neighbourhood
from slviz.text import escaped, unbroken, utf8

NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 file may hold, such as U+FFFF, and the carriage return, which readers turn into a line break."""


def to_graphml(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as GraphML (Cytoscape, Gephi, yEd, networkx); edges run source → target.

    Genes are nodes by their symbol, which is their attribute "name", too, since igraph and Cytoscape call a node
    by that; "full_name", relation, score, … lie beside it. An attribute that is unknown is left out. The graph's
    own attribute "provenance" holds the line. A character that XML cannot hold is written as its escape (\\uffff).
    """
    return graphml_of(_network(around, provenance))


def graphml_of(network: nx.Graph) -> bytes:
    """A network as GraphML, with text that XML can hold."""
    # Named ids would give "attention" of genes and of pairs one id.
    lines = nx.generate_graphml(_fit_for_xml(network), named_key_ids=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(lines).encode()


def to_gexf(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as GEXF 1.2 (Gephi, networkx); edges run source → target.

    Genes are nodes by their symbol, which is their label, too; attributes as in `to_graphml`. The line stands in the
    description of the file. The same neighbourhood gives the same file, whatever the day.
    """
    return gexf_of(_network(around, provenance), provenance=provenance)


def gexf_of(network: nx.Graph, *, provenance: str) -> bytes:
    """A network as GEXF, with text that XML can hold; the same network gives the same file, whatever the day."""
    network = _fit_for_xml(network)
    for gene, attributes in network.nodes(data=True):
        attributes["label"] = gene
    for *_, attributes in network.edges(
        data=True
    ):  # GEXF numbers edges, and gives "id" and "weight" a meaning of its own
        attributes.pop("id", None)
    text = "\n".join(nx.generate_gexf(network, version="1.2draft"))
    description = f"<description>{html.escape(_xml_text(provenance), quote=False)}</description>"
    text = re.sub(r' lastmodifieddate="[^"]*"', "", text, count=1)
    text = re.sub(r"<creator>.*?</creator>", lambda _: f"<creator>slviz</creator>{description}", text, count=1)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + utf8(text)


def to_cytoscape(around: Neighbourhood, *, provenance: str) -> bytes:
    """The neighbourhood as Cytoscape.js JSON; `data` of a node and an edge hold its attributes.

    No two elements have one id, be they genes or pairs.
    """
    network = _network(around, provenance)
    edge_ids = _edge_ids(network)
    content = {
        "data": {"provenance": provenance, "name": f"{around.symbols[0]} neighbourhood"},
        "elements": {
            "nodes": [{"data": {"id": gene, **network.nodes[gene]}} for gene in network],
            "edges": [
                {"data": {"id": edge_id, "source": source, "target": target, **attributes}}
                for edge_id, (source, target, attributes) in zip(edge_ids, network.edges(data=True), strict=True)
            ],
        },
    }
    return utf8(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1))


def to_sif(around: Neighbourhood) -> bytes:
    """The neighbourhood as SIF: source, kind of pair, target, tab-separated.

    The format has no comments, so it carries no provenance: take the GraphML for that. A tab or a line break inside
    a symbol becomes a blank.
    """
    table = around.edge_table()
    kind = table["kind"].str.replace(r"[^a-z]+", "_", regex=True)
    lines = table["source"].map(unbroken) + "\t" + kind + "\t" + table["target"].map(unbroken)
    return utf8("".join(f"{line}\n" for line in lines))


def _edge_table(around: Neighbourhood, *, provenance: str) -> bytes:
    return to_tsv(around.edge_table(), provenance=provenance)


def _sif(around: Neighbourhood, *, provenance: str) -> bytes:
    return to_sif(around)


class WriteNetwork(Protocol):
    """Makes the content of a file from a neighbourhood and the line that says where it comes from."""

    def __call__(self, around: Neighbourhood, *, provenance: str) -> bytes: ...


@dataclass(frozen=True)
class NetworkFormat:
    """One way to write a neighbourhood.

    Attributes:
        label: what a menu calls it.
        ending: of the file's name.
        write: makes the file's content.
    """

    label: str
    ending: str
    write: WriteNetwork


NETWORK_FORMATS = {
    "edges": NetworkFormat("Edges (TSV)", "edges.tsv", _edge_table),
    "graphml": NetworkFormat("Network (GraphML)", "graphml", to_graphml),
    "gexf": NetworkFormat("Network (GEXF)", "gexf", to_gexf),
    "cytoscape": NetworkFormat("Network (Cytoscape JSON)", "cyjs", to_cytoscape),
    "sif": NetworkFormat("Network (SIF)", "sif", _sif),
}
"""The formats in which the network around a gene can be downloaded, in the order of the menu."""


def _edge_ids(network: nx.DiGraph) -> list[str]:
    """Such as "TP53→HRAS"; a further arrow where that is a gene's name or another pair's id."""
    taken = {str(gene) for gene in network}
    ids = []
    for source, target in network.edges:
        made = f"{source}→{target}"
        while made in taken:
            made += "→"
        taken.add(made)
        ids.append(made)
    return ids


def _fit_for_xml(network: nx.Graph) -> nx.Graph:
    """The same network with text that XML can hold, names of genes included."""
    fit = nx.relabel_nodes(network, {gene: _xml_text(gene) for gene in network})
    _clean_values([fit.graph])
    _clean_values(attributes for _, attributes in fit.nodes(data=True))
    _clean_values(attributes for *_, attributes in fit.edges(data=True))
    return fit


def _clean_values(all_attributes: Iterable[dict[str, Any]]) -> None:
    for attributes in all_attributes:
        attributes.update({key: _xml_text(value) for key, value in attributes.items() if isinstance(value, str)})


def _xml_text(text: str) -> str:
    return NOT_IN_XML.sub(lambda match: escaped(match.group()), text)


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
    _add_gene(network, str(around.symbols[0]), {"relation": "centre", "name": str(around.names[0])})
    for row in around.table().to_dict("records"):
        _add_gene(network, row.pop("gene"), row)
    for row in around.edge_table().to_dict("records"):
        network.add_edge(row.pop("source"), row.pop("target"), **present(row))
    return network


def _add_gene(network: nx.DiGraph, symbol: str, row: dict[Any, Any]) -> None:
    """A gene as a node whose "name" is its symbol; the name in words is its "full_name"."""
    full_name = {"full_name": row.pop("name", "")}
    network.add_node(symbol, name=symbol, **present(full_name | row))


def present(row: dict[Any, Any]) -> dict[str, Any]:
    """Plain Python values of a row, without the missing ones."""
    kept = {}
    for key, value in row.items():
        if isinstance(value, str):
            if value:
                kept[str(key)] = value
        elif np.isfinite(value):
            kept[str(key)] = int(value) if isinstance(value, (int, np.integer)) else round(float(value), 7)
    return kept
