"""Explanations and faithfulness beside a run: come back whole, in either order of the pair, and damage is noticed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.errors import DamagedRun
from slviz.evaluation.removal import removal_curves
from slviz.runs.artifacts import ArtifactStore
from slviz.runs.artifacts.explanations import PairExplanation, blocks_frame
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.store import RunStore


@pytest.fixture
def artifacts(store: RunStore) -> ArtifactStore:
    run = tiny_run(tiny_graph())
    finish(store, run)
    return store.artifacts(run.run_id)


def an_explanation() -> PairExplanation:
    edges = np.array([[1, 2, 3, 4], [5, 5, 9, 9]])
    values = {name: np.arange(4, dtype=np.float32) for name in ("attention", "integrated_gradients")}
    return PairExplanation(
        pair=(5, 9),
        edges=edges,
        attention=np.ones((2, 3, 4), dtype=np.float32),
        values=values,
        randomised={"attention": np.ones(4, dtype=np.float32)},
        curves=removal_curves(lambda kept: float(kept.sum()), values, target=edges[1], draws=2),
        blocks=blocks_frame(("feature go", "messages from partners"), (1.0, 2.0), (0.5, 0.1)),
        views=("partners", "terms"),
        view_weight=np.full((2, 2, 2), 0.5, dtype=np.float32),
        view_edges=np.array([[1, 2], [5, 9]]),
        view_of_edge=np.array([0, 1]),
        view_share=np.array([0.5, 1.0], dtype=np.float32),
    )


def a_measurement() -> PairFaithfulness:
    change = {"attention": np.array([0.5, 0.7]), "gradient": np.array([0.9, 0.8])}
    return PairFaithfulness(np.array([[1, 2], [3, 4]]), np.array([5, 6]), change, np.zeros((2, 4)))


def test_an_explanation_comes_back_whole_in_either_order(store: RunStore, artifacts: ArtifactStore) -> None:
    assert artifacts.open_explanation((9, 5)) is None
    made = an_explanation()
    artifacts.save_explanation(made)
    back = artifacts.open_explanation((9, 5))
    assert back is not None
    assert back.arrays().keys() == made.arrays().keys()
    assert all(np.array_equal(array, made.arrays()[name]) for name, array in back.arrays().items())
    assert back.curves.change == made.curves.change
    assert back.neighbours(tiny_graph().genes)["partner"].tolist() == ["GENE4", "GENE3", "GENE2", "GENE1"]
    assert artifacts.explanation_artifact((9, 5)).state == "finished"
    assert store.check(artifacts.folder.name) == []


def test_an_explanation_that_is_cut_of_another_pair_or_later_is_refused(artifacts: ArtifactStore) -> None:
    artifacts.save_explanation(an_explanation())
    path = artifacts.explanation_artifact((5, 9)).path
    whole = path.read_bytes()
    path.with_name("pair-5-8.safetensors").write_bytes(whole)
    with pytest.raises(DamagedRun, match="another pair than its name says"):
        artifacts.open_explanation((5, 8))
    path.write_bytes(whole[:-4] + b"\0\0\0\1")
    with pytest.raises(DamagedRun, match="cut or altered"):
        artifacts.open_explanation((5, 9))
    foreign = dataclasses.replace(an_explanation(), pair=(5, 99), edges=np.array([[1, 2, 3, 4], [5, 5, 99, 99]]))
    artifacts.save_explanation(foreign)
    with pytest.raises(DamagedRun, match="names numbers"):
        artifacts.open_explanation((5, 99))
    later = dataclasses.replace(an_explanation(), values={"horoscope": np.zeros(4, dtype=np.float32)})
    artifacts.save_explanation(later)
    with pytest.raises(DamagedRun, match="later slviz"):
        artifacts.open_explanation((5, 9))


def test_faithfulness_comes_back_and_says_what_was_tested(artifacts: ArtifactStore) -> None:
    assert artifacts.open_faithfulness() is None
    artifacts.save_faithfulness(a_measurement())
    back = artifacts.open_faithfulness()
    assert back is not None
    verdict = back.verdict(tiny_run(tiny_graph()).spec.task)
    assert (verdict.count, verdict.beaten) == (2, 1.0)
    assert "in this run (2 pairs tested)" in verdict.sentence
    assert artifacts.open_ablation() is None, "it is no edge ablation of genes"
    artifacts.save_faithfulness(dataclasses.replace(a_measurement(), change={}))
    with pytest.raises(DamagedRun, match="says nothing of attention"):
        artifacts.open_faithfulness()
