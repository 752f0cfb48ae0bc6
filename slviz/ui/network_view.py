"""The interactive network around a gene: Cytoscape.js in a component of our own, which works without the net."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import evidence_words
from slviz.figures.palette import HELD_OUT as HELD_OUT_COLOUR
from slviz.figures.palette import KNOWN as KNOWN_COLOUR
from slviz.figures.palette import LONGER, MISSING
from slviz.figures.palette import PREDICTED as PREDICTED_COLOUR
from slviz.neighbourhood.gene_network import (
    ADDED,
    CENTRE,
    HELD_OUT,
    KNOWN_HELD_OUT,
    PARTNER,
    PHYSICAL,
    PREDICTED,
    SEVERAL,
    UNREPORTED,
    GeneNetwork,
)
from slviz.ranking import score_text
from slviz.ranking.scales import is_bounded
from slviz.text import spelt_out, unbroken
from slviz.ui import own_components
from slviz.ui.labels import pluralise

LOOKS = {
    CENTRE: ("#6F6F6F", "star", 44),
    UNREPORTED: (PREDICTED_COLOUR, "diamond", 30),
    PARTNER: (KNOWN_COLOUR, "ellipse", 26),
    HELD_OUT: (HELD_OUT_COLOUR, "triangle", 28),
    ADDED: (MISSING, "rectangle", 20),
}
"""Colour, shape and size of a gene by what it is to the one in the middle."""
NO_EVIDENCE = "no evidence recorded"
THINNEST, WIDEST, UNWEIGHTED = 1.5, 10.0, 2.5
LONGEST_LABEL = 24
PICTURE = Path(__file__).with_name("network_picture.js")
ACTIONS = ("pair", "move", "expand", "collapse", "path")
HTML = """
<div class="frame">
  <div class="bar" role="toolbar" aria-label="Network">
    <button type="button" data-do="nearer" aria-label="Zoom in" title="Zoom in (+)">+</button>
    <button type="button" data-do="further" aria-label="Zoom out" title="Zoom out (−)">−</button>
    <button type="button" data-do="fit" title="Show all (f)">Fit</button>
    <span class="gap"></span>
    <button type="button" data-do="rings" title="Places of the beginning, nothing pinned">Rings</button>
    <button type="button" data-do="force" title="Let joined genes attract each other">Force</button>
    <span class="gap"></span>
    <button type="button" data-do="pair" title="Open the pair with the gene in the middle (click, Enter)">Pair</button>
    <button type="button" data-do="move" title="Move to it (double click, m)">Move to</button>
    <button type="button" data-do="expand" title="Add its known partners (e)">Expand</button>
    <button type="button" data-do="collapse" title="Remove them again (c)">Collapse</button>
    <button type="button" data-do="path" title="The shortest way to it (w)">Path</button>
    <button type="button" data-do="pin" title="Keep it where it is (p)">Pin</button>
    <span class="gap"></span>
    <button type="button" data-do="svg" title="Save the picture as SVG">SVG</button>
    <button type="button" data-do="png" title="Save the picture as PNG">PNG</button>
  </div>
  <div class="area" tabindex="0" role="application"><div class="canvas"></div><div class="mark"></div></div>
  <div class="hint" role="status" aria-live="polite"></div>
  <div class="legend"></div>
</div>
"""
CSS = """
.frame { font: 0.875rem var(--st-font); color: var(--st-text-color) }
.area { position: relative; height: 560px; border: 1px solid var(--st-border-color); color: var(--st-text-color);
  border-radius: var(--st-base-radius); background: var(--st-background-color); overflow: hidden }
.area:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
.canvas { position: absolute; inset: 0 }
.mark { position: absolute; right: 8px; bottom: 4px; font-size: 11px; pointer-events: none; opacity: 0.8 }
.bar { display: flex; flex-wrap: wrap; gap: 4px; margin-bottom: 6px }
.gap { width: 8px }
button { font: inherit; color: inherit; background: var(--st-secondary-background-color); padding: 3px 10px;
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); cursor: pointer }
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none }
.hint { min-height: 1.5em; margin-top: 6px; display: flex; flex-wrap: wrap; gap: 0 1em; overflow-wrap: anywhere }
.legend { display: flex; flex-wrap: wrap; gap: 2px 1.2em; margin-top: 2px; font-size: 0.8125rem }
.legend span { display: inline-flex; align-items: center; gap: 6px }
.legend i { display: inline-flex } .legend i.line { width: 26px }
"""


@dataclass(frozen=True)
class Action:
    """What a person asked for on the network.

    Attributes:
        what: "pair" (open it), "move" (to the gene), "expand", "collapse" or "path" (to the gene).
        gene: number of the gene that was pointed at; of an edge of the gene in the middle, of its other end.
    """

    what: Literal["pair", "move", "expand", "collapse", "path"]
    gene: int


def draw(
    network: GeneNetwork,
    graph: GeneGraph,
    *,
    key: str,
    width_is: str,
    on_action: Callable[[Action], None],
    chosen: int | None = None,
    file: str = "network",
    source: str = "",
) -> None:
    """The network with its toolbar and its key.

    Args:
        network: what is drawn.
        graph: its data set.
        key: of the component on the page.
        width_is: what the width of an edge shows, such as "score" or "attention"; "" where it shows nothing.
        on_action: called, before the page runs again, with what a person asked for.
        chosen: number of the gene whose pair is open.
        file: what a saved picture is called, without its ending.
        source: where the network comes from, for the foot of a saved picture.
    """

    def acted() -> None:
        action = _action((st.session_state.get(key) or {}).get("done"), genes=len(graph))
        if action is not None:
            on_action(action)

    _library()(key="cytoscape library", data={})
    data = content(network, graph, width_is=width_is, chosen=chosen)
    own_components.of_script(__file__, html=HTML, css=CSS, before=PICTURE)(
        key=key, data=data | {"file": file, "source": source}, on_done_change=acted
    )


def content(network: GeneNetwork, graph: GeneGraph, *, width_is: str, chosen: int | None = None) -> dict[str, Any]:
    """What the browser is sent: nodes and edges with their looks and their lines of text, and the key."""
    colours = evidence_colours(network, graph)
    nodes = [_node(network, graph, row) for row in range(len(network.genes))]
    heaviest = float(np.nanmax(network.weight)) if np.isfinite(network.weight).any() else 0.0
    edges = [_edge(network, nodes, row, colours, heaviest, width_is) for row in range(len(network.edges))]
    symbol = _shown(graph.genes[network.centre])
    data = {
        "name": f"{graph.fingerprint[:12]} {network.centre}",
        "label": f"Network around {symbol}: {pluralise(len(nodes), 'gene')}. Arrow keys go from gene to gene, Enter "
        "opens the pair, m moves to the gene, e expands, p pins. The tables below say the same.",
        "first": "Choose a gene first: click it, or press an arrow key.",
        "nodes": nodes,
        "edges": edges,
        "key": _key(network, colours, heaviest, width_is),
        "mark": "SYNTHETIC DATA" if graph.synthetic else "",
        "chosen": None if chosen is None else f"g{chosen}",
    }
    return data | {"stamp": hashlib.sha256(json.dumps(data).encode()).hexdigest()}


def evidence_colours(network: GeneNetwork, graph: GeneGraph) -> dict[str, str]:
    """A colour for each kind of evidence that is drawn, the same on every network of the data set."""
    every = sorted({kind for kinds in set(graph.pair_evidence.tolist()) for kind in kinds.split(";") if kind})
    free = [colour for colour in LONGER if colour != PREDICTED_COLOUR]  # that one is of what nobody has reported
    colours = {kind: free[place % len(free)] for place, kind in enumerate([*every, SEVERAL])} | {NO_EVIDENCE: MISSING}
    known = np.isin(network.kind, [PREDICTED, PHYSICAL], invert=True)
    drawn = {kind or NO_EVIDENCE for kind in network.evidence[known].tolist()}
    return {kind: colour for kind, colour in colours.items() if kind in drawn}


def _node(network: GeneNetwork, graph: GeneGraph, row: int) -> dict[str, Any]:
    number = int(network.genes[row])
    relation = str(network.relation[row])
    colour, shape, size = LOOKS[relation]
    name = "" if graph.gene_info is None else _shown(graph.gene_info["name"].iloc[number])
    score = float(network.score[row])
    symbol = _shown(graph.genes[number])
    lines = [
        symbol,
        name,
        relation,
        f"score {score_text(score, bounded=_is_bounded(network))}" if np.isfinite(score) else "",
        pluralise(int(graph.degree[number]), "known partner"),
    ]
    return {
        "id": f"g{number}",
        "gene": number,
        "label": symbol if len(symbol) <= LONGEST_LABEL else f"{symbol[:LONGEST_LABEL]}…",
        "lines": [text for text in lines if text],
        "colour": colour,
        "shape": shape,
        "size": size,
        "centre": row == 0,
        "x": round(float(network.place[row, 0]), 1),
        "y": round(float(network.place[row, 1]), 1),
    }


def _edge(
    network: GeneNetwork, nodes: list[dict[str, Any]], row: int, colours: dict[str, str], heaviest: float, width_is: str
) -> dict[str, Any]:
    first, second = (nodes[end] for end in network.edges[row].tolist())
    kind, weight = str(network.kind[row]), float(network.weight[row])
    evidence = _shown(evidence_words(network.evidence[row])) or NO_EVIDENCE
    weighted = bool(width_is) and np.isfinite(weight) and heaviest > 0
    weight_text = f"{width_is} {_weight_text(network, weight, width_is)}" if weighted else ""
    lines = [f"{first['lines'][0]} – {second['lines'][0]}", kind, weight_text]
    if kind == PREDICTED:
        look = {"colour": PREDICTED_COLOUR, "line": "dashed", "opacity": 0.9}
    elif kind == PHYSICAL:
        look = {"colour": MISSING, "line": "dotted", "opacity": 0.9}
    else:
        lines.append(evidence)
        colour = colours[network.evidence[row] or NO_EVIDENCE]
        look = {"colour": colour, "line": "solid", "opacity": 0.55 if kind == KNOWN_HELD_OUT else 0.85}
    width = THINNEST + (WIDEST - THINNEST) * max(weight, 0.0) / heaviest if weighted else UNWEIGHTED
    return look | {
        "id": f"e{row}",
        "source": first["id"],
        "target": second["id"],
        "width": round(width, 2),
        "path": bool(network.on_path[row]),
        "lines": [text for text in lines if text],
    }


def _key(network: GeneNetwork, colours: dict[str, str], heaviest: float, width_is: str) -> list[dict[str, Any]]:
    present = [relation for relation in LOOKS if relation != CENTRE and (network.relation == relation).any()]
    rows: list[dict[str, Any]] = [
        {"label": relation, "colour": LOOKS[relation][0], "shape": LOOKS[relation][1]} for relation in present
    ]
    if (network.kind == PREDICTED).any():
        rows.append({"label": "predicted", "colour": PREDICTED_COLOUR, "line": "dashed"})
    rows += [{"label": _shown(kind), "colour": colour, "line": "solid"} for kind, colour in colours.items()]
    if (network.kind == PHYSICAL).any():
        rows.append({"label": "physical interaction", "colour": MISSING, "line": "dotted"})
    if width_is and heaviest > 0:
        rows.append(
            {
                "label": f"widest: {width_is} {_weight_text(network, heaviest, width_is)}",
                "colour": MISSING,
                "line": "solid",
                "width": 8,
            }
        )
    return rows


def _weight_text(network: GeneNetwork, weight: float, width_is: str) -> str:
    return score_text(weight, bounded=width_is == "score" and _is_bounded(network))


def _is_bounded(network: GeneNetwork) -> bool:
    """Whether the scores are those of a run, between 0 and 1."""
    scores = network.score[np.isfinite(network.score)]
    return len(scores) > 0 and is_bounded(scores)


def _action(event: Any, *, genes: int) -> Action | None:
    """What the browser said, where it makes sense."""
    if not isinstance(event, dict) or event.get("what") not in ACTIONS:
        return None
    number = event.get("gene")
    if not isinstance(number, (int, float)) or not 0 <= number < genes:
        return None
    return Action(event["what"], int(number))


def _shown(text: object) -> str:
    return spelt_out(unbroken(str(text)), blanks=False)


@st.cache_resource
def _library() -> Any:
    """Cytoscape.js itself: a component of its own whose message never changes, so it is sent once a visit."""
    script = (Path(__file__).parent / "vendor" / "cytoscape.min.js").read_text(encoding="utf-8")
    return component("slviz_cytoscape", html="<span></span>", js=f"{script}\nexport default () => {{}}\n")
