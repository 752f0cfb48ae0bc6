"""For every protocol: what message passing reads and what steps are told, against what is held out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pair_cases import as_set, has_near_duplicate_by_force, near_duplicate_graph, partners_of
from trainings import quick

from slviz.splits import SPLITS, HeldOut
from slviz.training import train

PROTOCOLS = ("pairs", "one-new", "both-new", "near-duplicate-free", "publication", "time", "file")


def divided(graph, name, tmp_path):
    """The choice and its split; the file holds out the first fifteen pairs."""
    if name != "file":
        choice = SPLITS.make(name)
        return choice, choice.divide(graph)
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join("\t".join(graph.genes[end] for end in pair) for pair in graph.pairs[:15]))
    held = HeldOut.read(graph, path)
    return held.split(), held.split().divide(graph, held_out=held)


@pytest.mark.parametrize("task", ["link", "confidence"])
@pytest.mark.parametrize("name", PROTOCOLS)
def test_nothing_held_out_is_an_edge_or_told_as_known(graph, name, task, tmp_path, read_edges, asked_pairs):
    choice, split = divided(graph, name, tmp_path)
    spec = dataclasses.replace(quick(graph, task=task, network="gat", epochs=12), split=choice)
    train(graph, spec, split, device="cpu")
    learnt = as_set(split.training_pairs)
    assert not learnt & as_set(split.pairs[split.part != "train"])
    assert len(read_edges) > 20
    for _, edges in read_edges:
        assert as_set(edges.T) <= learnt
    unseen = set(np.flatnonzero(split.gene_part != "train").tolist()) if name in ("one-new", "both-new") else set()
    for pairs, edges, _ in asked_pairs:
        known = as_set(pairs) & as_set(graph.pairs)
        if task == "confidence":  # with a score told for each
            assert known <= learnt
        assert not {gene for pair in as_set(edges.T) for gene in pair} & unseen


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_no_near_duplicate_of_a_tested_pair_is_an_edge(task, read_edges):
    graph = near_duplicate_graph()
    choice = SPLITS.make("near-duplicate-free", near_duplicate_partners=1)
    split = choice.divide(graph)
    spec = dataclasses.replace(quick(graph, task=task, epochs=6), split=choice)
    train(graph, spec, split, device="cpu")
    read = np.concatenate([np.asarray(edges).T for _, edges in read_edges])
    seen, known = partners_of(read, len(graph)), partners_of(graph.pairs, len(graph))
    tested = split.pairs[split.rows("test")].tolist()
    assert tested
    assert not any(has_near_duplicate_by_force(tuple(pair), seen=seen, known=known) for pair in tested)
