"""Impossible runs are refused before any work, with the sentence that says why."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec

from slviz.datasets import GeneGraph
from slviz.errors import DataError, SlvizError
from slviz.runs.spec_validation import SpecValidation
from slviz.splits import SPLITS, HeldOut


def test_what_can_be_trained_passes(graph: GeneGraph):
    validation = SpecValidation(graph)
    for task in ("link", "confidence", "reconstruct"):
        validation.check(tiny_spec(graph, task=task))


def test_each_split_is_tried_once(graph: GeneGraph, monkeypatch: pytest.MonkeyPatch):
    spec = tiny_spec(graph)
    tried = []
    divide = type(spec.split).divide
    monkeypatch.setattr(type(spec.split), "divide", lambda self, *a, **b: (tried.append(1), divide(self, *a, **b))[1])
    validation = SpecValidation(graph)
    for network in ("gat", "gcn", "mlp"):
        validation.check(tiny_spec(graph, network=network))
    assert len(tried) == 1


def test_a_refusal_is_given_again(graph: GeneGraph):
    validation = SpecValidation(dataclasses.replace(graph, features={}))
    for network in ("gat", "gcn"):
        with pytest.raises(SlvizError, match="needs the feature 'ppi'"):
            validation.check(tiny_spec(graph, network=network))


def test_confidence_of_pairs_that_nobody_scored_cannot_be_evaluated(tmp_path: Path):
    graph = tiny_graph()
    known = {tuple(pair) for pair in graph.pairs.tolist()}
    new = [(a, b) for a in range(40) for b in range(a + 1, 40) if (a, b) not in known][:9]
    file = tmp_path / "new.tsv"
    file.write_text("\n".join(f"{graph.genes[a]}\t{graph.genes[b]}" for a, b in new))
    held_out = HeldOut.read(graph, file)
    split = SPLITS.make("file", test_pairs=held_out.test_pairs, test_negatives=held_out.test_negatives)
    validation = SpecValidation(graph, held_out=held_out)
    validation.check(dataclasses.replace(tiny_spec(graph, task="link"), split=split))
    with pytest.raises(DataError, match=r"needs at least 1 known pair with a score to be evaluated by.*leaves 0"):
        validation.check(dataclasses.replace(tiny_spec(graph, task="confidence"), split=split))


def test_classes_that_a_part_cannot_tell_apart_are_refused_before_there_is_a_run(graph: GeneGraph):
    spec = tiny_spec(graph, task="classify")
    SpecValidation(graph).check(spec)
    test = spec.split.divide(graph).gene_part == "test"
    side = np.where(test, "left", graph.classes["side"]).astype(object)
    with pytest.raises(DataError, match="test part of this split has genes of 'left' alone"):
        SpecValidation(dataclasses.replace(graph, classes={"side": side}, fingerprint="")).check(spec)
