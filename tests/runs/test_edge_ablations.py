"""Edge ablations beside a run: checksummed, made as any artifact, and noticed when damaged."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.errors import DamagedRun, RunCancelled, RunUnfinished
from slviz.runs.artifacts import ArtifactStore
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.store import RunStore


@pytest.fixture
def artifacts(store: RunStore) -> ArtifactStore:
    run = tiny_run(tiny_graph())
    finish(store, run)
    return store.artifacts(run.run_id)


def an_ablation() -> EdgeAblation:
    return EdgeAblation(
        genes=np.array([3, 7]),
        edges=np.array([9, 4]),
        removed=np.array([3, 1]),
        score=np.array([0.5, 0.6], dtype=np.float32),
        fall_top=np.array([0.1, 0.2], dtype=np.float32),
        fall_random=np.arange(6, dtype=np.float32).reshape(2, 3),
    )


def test_what_was_saved_comes_back_and_the_run_is_whole(store: RunStore, artifacts: ArtifactStore) -> None:
    work = artifacts.ablation_artifact()
    assert (work.state, artifacts.open_ablation()) == ("none", None)
    artifacts.save_ablation(an_ablation())
    back = artifacts.open_ablation()
    assert back is not None
    assert work.state == "finished"
    assert np.array_equal(back.fall_random, an_ablation().fall_random)
    one = back.of(7)
    assert one is not None
    assert one.edges.tolist() == [4]
    assert back.of(5) is None
    assert artifacts.open_ablation(7) is None
    assert store.check(artifacts.folder.name) == []


def test_it_is_cancelled_as_any_artifact_and_leaves_nothing(artifacts: ArtifactStore) -> None:
    work = artifacts.ablation_artifact(3)

    def cancelled_on_its_way() -> None:
        with work.making(busy="") as tell:
            tell(0.1, "gene 2 of 40")
            assert artifacts.ablation_artifact(3).progress.doing == "gene 2 of 40"
            artifacts.ablation_artifact(3).cancel()
            tell(0.2, "gene 3 of 40")

    with pytest.raises(RunCancelled, match="gene-3 was cancelled"):
        cancelled_on_its_way()
    assert work.state == "none"
    assert list(work.path.parent.iterdir()) == []


def test_nothing_is_kept_beside_a_run_that_is_not_finished(store: RunStore) -> None:
    run = tiny_run(tiny_graph())
    with store.writing(run.spec):
        pass
    with pytest.raises(RunUnfinished):
        store.artifacts(run.run_id).save_ablation(an_ablation())


def test_a_cut_or_foreign_ablation_is_noticed(store: RunStore, artifacts: ArtifactStore) -> None:
    artifacts.save_ablation(an_ablation())
    path = artifacts.ablation_artifact().path
    whole = path.read_bytes()
    path.write_bytes(whole[:-4] + b"\0\0\0\1")
    with pytest.raises(DamagedRun, match=r"sample\.safetensors is cut or altered"):
        artifacts.open_ablation()
    assert "sample.safetensors" in store.check(artifacts.folder.name)[0]
    name = artifacts.folder.name
    artifacts.ablation_artifact(7).path.write_bytes(
        whole.replace(name.encode(), b"gat-both-link-00000000"[: len(name)])
    )
    with pytest.raises(DamagedRun):
        artifacts.open_ablation(7)
