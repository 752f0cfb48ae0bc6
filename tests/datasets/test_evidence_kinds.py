"""Several kinds of evidence of a pair are read as words with commas, wherever a page shows them."""

from __future__ import annotations

import dataclasses

import numpy as np
from builders import tiny_graph

from slviz.datasets.evidence_kinds import all_in_words, evidence_words
from slviz.figures import by_evidence
from slviz.ui import pairs
from slviz.ui.gene.known_partners import as_shown, known_partners


def test_kinds_are_told_apart_by_commas() -> None:
    assert evidence_words("GenomeRNAi;Text Mining") == "GenomeRNAi, Text Mining"
    assert evidence_words("Daisy") == "Daisy"
    assert evidence_words(";") == ""
    assert all_in_words(np.array(["a;b", ""], dtype=object)) == ["a, b", ""]


def test_no_table_and_no_colour_shows_a_semicolon() -> None:
    graph = tiny_graph()
    assert graph.evidence is not None
    both = dataclasses.replace(graph, evidence=graph.evidence.assign(evidence="GenomeRNAi;Text Mining"))
    words = "GenomeRNAi, Text Mining"
    gene = int(both.pairs[0, 0])
    assert set(as_shown(both, known_partners(both, gene, None))["Evidence"]) == {words}
    assert set(pairs.evidence_table(both, both.evidence)["Evidence"]) == {words}
    assert words in by_evidence(both).categories
    assert not [name for name in by_evidence(both).categories if ";" in name]
