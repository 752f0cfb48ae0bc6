"""A projection is a class in a file and a name in the table: form, command line, run, pages and export follow."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import h5py
import numpy as np
import pytest
from additions import add, work_here
from page_tools import Open, asked, said

from slviz.choices import setting
from slviz.cli import main, parse
from slviz.pipeline import jobs
from slviz.projections import PROJECTIONS, ProjectionMethod
from slviz.projections.method import OnProgress
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.vectors import VectorStore, reference


@dataclass(frozen=True)
class Rings(ProjectionMethod):
    """Rings: the first column as the angle, the length of a vector as the radius."""

    name: ClassVar[str] = "rings"
    title: ClassVar[str] = "Rings"
    reading: ClassVar[str] = "Far from the middle means a long vector."
    turns: int = setting(1, "How often the first column goes around.", low=1, high=9)
    shrink: float = setting(0.5, "How much longer vectors are drawn in.", low=0.0, high=1.0)
    mirrored: bool = setting(False, "Whether it goes around the other way.")
    order: str = setting("up", "Which way lengths are read.", options=("up", "down"))

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        on_progress(0.5, "going around")
        angle = self.turns * vectors[:, 0] * (-1 if self.mirrored else 1) + seed
        radius = np.linalg.norm(vectors, axis=1) ** (1 - self.shrink)
        place = np.stack([radius * np.cos(angle), radius * np.sin(angle), radius], axis=1)[:, : self.dimensions]
        return place, tuple(f"Rings {axis + 1}" for axis in range(self.dimensions))


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    add(monkeypatch, PROJECTIONS, Rings)
    return work_here(monkeypatch, jobs)


def test_the_embedding_page_offers_it_with_its_settings_has_it_made_and_shows_it(
    commands: list[str], run: Run, store: RunStore, open_page: Open
) -> None:
    app = open_page("embedding", run=run.run_id, map="Rings", **{"rings-turns": "3", "rings-mirrored": "true"})
    assert not app.exception
    assert not app.error
    assert "There is no Rings map of this run" in said(app)
    assert app.number_input(key="rings-turns").value == 3
    assert app.toggle(key="rings-mirrored").value is True
    assert app.number_input(key="rings-seed").value == 0
    [make] = [each for each in app.button if each.label == "Make the Rings map"]
    make.click().run()
    assert commands == [f"project {run.run_id} --method rings turns=3 mirrored=true"]
    assert store.artifacts(run.run_id).maps() == [(Rings(turns=3, mirrored=True), 0)]
    shown = open_page("embedding", run=run.run_id, map="Rings")
    assert not shown.exception
    assert "There is no Rings map" not in said(shown)
    assert Rings.reading in said(shown)
    assert asked(shown, "map") == "Rings"


def test_the_command_line_makes_it_and_every_export_holds_it(
    commands: list[str],
    run: Run,
    store: RunStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["project", "--help"])
    assert "mirrored" in capsys.readouterr().out
    assert main(["project", run.run_id, "--method", "rings", "--seeds", "2", "order=down", "dimensions=3"]) == 0
    assert store.artifacts(run.run_id).maps() == [(Rings(order="down", dimensions=3), seed) for seed in (0, 1)]
    assert main(["project", run.run_id, "--method", "rings", "order=sideways"]) == 1
    assert "order='sideways' is not one of: up, down" in capsys.readouterr().err
    for name, ending in (("h5ad", "h5ad"), ("tsv", "tsv")):
        assert main(["export", run.run_id, "--format", name, "--out", str(tmp_path / f"run.{ending}")]) == 0
    with h5py.File(io.BytesIO((tmp_path / "run.h5ad").read_bytes())) as file:
        assert file["obsm/X_rings_3d"].shape == (len(run.genes), 3)
    assert "rings_3d" in (tmp_path / "run.tsv").read_text()
    assert main(["picture", run.run_id, "--map", "rings", "--out", str(tmp_path / "run.html")]) == 0


def test_vectors_of_other_things_have_it_too(commands: list[str], store: RunStore, open_page: Open) -> None:
    vectors = VectorStore.default()
    kept = vectors.keep(reference("iris"))
    app = open_page("embedding", vectors=kept, map="Rings")
    assert not app.exception
    [make] = [each for each in app.button if each.label == "Make the Rings map"]
    make.click().run()
    assert commands == [f"vectors project {kept} --method rings"]
    assert vectors.artifacts(kept).maps() == [(Rings(), 0)]
    assert Rings.reading in said(open_page("embedding", vectors=kept, map="Rings"))
