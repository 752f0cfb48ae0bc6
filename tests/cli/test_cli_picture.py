"""A map is drawn for paper from the command line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from builders import tiny_graph, tiny_run
from run_folders import a_map, finish

from slviz import export
from slviz.cli import main
from slviz.projections import TSNE
from slviz.runs.store import RunStore


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    graph = tiny_graph()
    run = tiny_run(graph)
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("slviz.runs.data_of.open_dataset", lambda source: graph)
    store = RunStore.default()
    finish(store, run)
    store.artifacts(run.run_id).save_map(dataclasses.replace(a_map(run), method=TSNE()))
    return run.run_id


def test_a_picture_has_its_width_kind_and_provenance(
    run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def drawn(figure: object, kind: str, *, width_mm: float, provenance: str) -> bytes:
        asked.append((figure, kind, width_mm, provenance))
        return b"drawn"

    monkeypatch.setattr(export, "figure_to_image", drawn)
    arguments = ["picture", run_id, "--width", "89", "--colour", "evidence", "--out", str(tmp_path / "map.svg")]
    assert main(arguments) == 0
    assert (tmp_path / "map.svg").read_bytes() == b"drawn"
    [(figure, kind, width_mm, provenance)] = asked
    assert (kind, width_mm) == ("svg", 89)
    assert run_id in provenance
    assert {trace.type for trace in figure.data} == {"scatter"}  # vectors, not a bitmap
    assert main(["picture", run_id, "--out", str(tmp_path / "map.html")]) == 0
    page = (tmp_path / "map.html").read_text()
    lines = page[page.index("Plotly.newPlot") :].replace("\\u003cbr\\u003e", " ").replace("<br>", " ")
    assert provenance in lines  # in the figure itself, broken to its width


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--out", "map.gif"], "should end in one of: svg, png, pdf, html"),
        (["--out", "map.svg", "--colour", "degre"], "Did you mean 'degree'"),
        (["--out", "map.svg", "--map", "umap"], "has no umap map yet"),
        (["--out", "map.html", "--width", "2"], "A picture of 2 mm cannot be made: write a width from 20 to 1000 mm."),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(
    words: list[str], says: str, run_id: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["picture", run_id, *words]) == 1
    assert says in capsys.readouterr().err
