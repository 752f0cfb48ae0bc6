"""A further held-out protocol is a class in a file and a name in the table: form, command, run, tables follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from additions import add, work_here
from page_tools import Open, said

from slviz.choices import setting
from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.pipeline import jobs
from slviz.runs.store import RunStore
from slviz.splits import SPLITS, HeldOut, PairSplit, Split
from slviz.splits.split import with_negatives


@dataclass(frozen=True)
class LastGenes(Split):
    """Pairs of the genes that come last are held out."""

    name: ClassVar[str] = "last-genes"
    title: ClassVar[str] = "pairs of the last genes"
    last: int = setting(60, "How many genes come last.", low=2, high=1000)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        self._refuse_file(held_out)
        tested = (graph.pairs >= len(graph) - self.last).any(axis=1)
        part = np.where(tested, "test", "train").astype(object)
        part[self._validation_of(self._generator(0).permutation(np.flatnonzero(~tested)))] = "validation"
        return with_negatives(
            graph.pairs,
            part=part,
            score=graph.score,
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            ratio=self.ratio,
        )


def test_it_walks_through_form_command_run_pages_tables_and_export(
    store: RunStore,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add(monkeypatch, SPLITS, LastGenes)
    done = work_here(monkeypatch, jobs)
    app = open_page("train", split="last-genes", network="gcn", settings="epochs=2 last=70")
    assert not app.exception
    assert LastGenes.summary() in said(app)
    assert "is tested on" in said(app)
    assert "--split last-genes" in app.code[0].value
    [start] = [each for each in app.button if each.label == "Start training"]
    start.click().run()
    assert not app.exception
    [command] = done
    assert command.startswith("train ")
    assert "--split last-genes" in command
    [summary] = [each for each in store.summaries() if each.state == "finished"]
    assert summary.spec is not None
    assert summary.spec.split == LastGenes(last=70)
    assert summary.spec.held_out == "pairs of the last genes"
    for page in ("embedding", "predictions", "neighbourhood"):
        shown = open_page(page, run=summary.run_id)
        assert not shown.exception
        assert not shown.error
        assert "pairs of the last genes" in said(shown)
    assert not open_page("results").exception
    capsys.readouterr()
    assert main(["results", "--data", "demo"]) == 0
    assert "last-genes" in capsys.readouterr().out
    assert main(["export", summary.run_id, "--format", "tsv", "--out", str(tmp_path / "run.tsv")]) == 0
    assert "pairs of the last genes" in (tmp_path / "run.tsv").read_text().splitlines()[0]
