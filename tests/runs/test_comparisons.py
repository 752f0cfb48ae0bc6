"""How alike two embeddings are is kept beside the first run, told by the command line, and checked when it is read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.cli import main
from slviz.errors import DamagedRun
from slviz.projections.embedding_similarity import embedding_similarity
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.store import RunStore


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Run]:
    """Two finished runs, of whose 40 genes one lies elsewhere in the second."""
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    one = tiny_run(tiny_graph())
    moved = one.embedding.copy()
    moved[7] = 40
    other = dataclasses.replace(one, spec=dataclasses.replace(one.spec, seed=1), embedding=moved)
    for run in (one, other):
        finish(RunStore.default(), run)
    return one, other


def test_the_command_names_the_gene_that_moved_and_keeps_what_it_measured(
    pair: tuple[Run, Run], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = pair
    assert main(["compare", one.run_id, other.run_id, "--neighbours", "5"]) == 0
    first = capsys.readouterr().out
    assert "SYNTHETIC DATA" in first
    assert first.splitlines()[3].startswith("GENE7\t0.00")
    mark = SharedGenes.of(pair).mark(pair)
    store = RunStore.default()
    kept = store.artifacts(one.run_id).open_comparison(other.run_id, 5, mark, genes=40)
    assert kept is not None
    made = embedding_similarity(one.embedding, other.embedding, count=5)
    np.testing.assert_array_equal(kept.change.nearest_other, made.change.nearest_other)
    np.testing.assert_array_equal(kept.change.order, made.change.order)
    assert kept.cka == made.cka
    for null, as_made in ((kept.cka_null, made.cka_null), (kept.change.agreement.null, made.change.agreement.null)):
        assert dataclasses.astuple(null) == dataclasses.astuple(as_made)
    assert store.check(one.run_id) == []
    assert main(["compare", one.run_id, other.run_id, "--neighbours", "5"]) == 0
    assert capsys.readouterr().out == first


def test_a_run_that_was_trained_anew_has_another_mark(pair: tuple[Run, Run]) -> None:
    one, other = pair
    anew = dataclasses.replace(other, embedding=other.embedding + np.float32(0.5))
    shared = SharedGenes.of(pair)
    assert shared.mark(pair) == shared.mark(pair)
    assert shared.mark((one, anew)) != shared.mark(pair)


def test_what_does_not_fit_is_damaged(pair: tuple[Run, Run]) -> None:
    artifacts = RunStore.default().artifacts(pair[0].run_id)
    similarity = embedding_similarity(pair[0].embedding, pair[1].embedding, count=3)
    wrong = dataclasses.replace(similarity.change, nearest_one=np.full((40, 3), 40))
    artifacts.save_comparison("other", 3, "0", similarity=dataclasses.replace(similarity, change=wrong))
    with pytest.raises(DamagedRun, match="nearest_one"):
        artifacts.open_comparison("other", 3, "0", genes=40)
    artifacts.save_comparison("other", 3, "0", similarity=similarity)
    with pytest.raises(DamagedRun, match="nearest_one"):
        artifacts.open_comparison("other", 3, "0", genes=41)


@pytest.mark.parametrize(
    ("more", "sentence"), [([], "differs from itself"), (["--neighbours", "0"], "whole number from 1 to 50")]
)
def test_nonsense_is_refused(
    pair: tuple[Run, Run], capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    assert main(["compare", pair[0].run_id, pair[0].run_id, *more]) != 0
    assert sentence in capsys.readouterr().err


def test_a_sample_of_genes_is_the_same_every_time_and_keeps_the_one_that_is_asked_for(pair: tuple[Run, Run]) -> None:
    shared = SharedGenes.of(pair)
    sample = shared.sample(10)
    assert sample.genes == shared.sample(10).genes
    assert len(sample.genes) == 10
    left_out = next(gene for gene in shared.genes if gene not in sample.genes)
    kept = shared.sample(10, keep=left_out)
    assert left_out in kept.genes
    np.testing.assert_array_equal(kept.rows[0], [pair[0].genes.index(gene) for gene in kept.genes])
