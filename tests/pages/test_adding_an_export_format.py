"""A further export format is one entry of a table: commands and Download menus follow.

One table is of embeddings, the other of the network around a gene.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import tiny_graph, tiny_run
from page_tools import Open

from slviz.cli import main, parse
from slviz.export import FORMATS, NETWORK_FORMATS, Annotated, Format, NetworkFormat
from slviz.neighbourhood import Neighbourhood, neighbourhood
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.ui import downloads
from slviz.ui.neighbourhood import ego_network_view
from slviz.vectors import VectorStore, reference


def to_json(content: Annotated) -> bytes:
    """Names and vectors as JSON."""
    return json.dumps({"about": content.provenance, "names": content.names, "width": content.vectors.shape[1]}).encode()


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "json", Format("JSON", "embedding.json", "names and vectors, for a script", to_json))


def test_both_export_commands_write_it(
    run: Run, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    assert "names and vectors, for a script" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)
    assert main(["export", run.run_id, "--format", "json"]) == 0
    written = json.loads((tmp_path / f"{run.run_id}.embedding.json").read_bytes())
    assert written["names"] == list(run.genes)
    assert run.run_id in written["about"]
    kept = VectorStore.default().keep(reference("iris"))
    assert main(["vectors", "export", kept, "--format", "json", "--out", "iris.json"]) == 0
    assert json.loads((tmp_path / "iris.json").read_bytes())["width"] == 4


def test_the_download_menus_offer_it(run: Run, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[dict[str, downloads.File]] = []
    menu = downloads.menu

    def seen(*arguments: object, **named: object) -> None:
        offered.append(named.get("others") or {})  # pyright: ignore
        menu(*arguments, **named)  # pyright: ignore

    monkeypatch.setattr(downloads, "menu", seen)
    assert not open_page("embedding", run=run.run_id).exception
    kept = VectorStore.default().keep(reference("iris"))
    assert not open_page("embedding", vectors=kept).exception
    of_run, of_vectors = [each["JSON"] for each in offered if "JSON" in each]
    assert of_run[0] == of_vectors[0] == "embedding.json"
    assert json.loads(of_run[1]())["names"] == list(run.genes)
    assert json.loads(of_vectors[1]())["width"] == 4


def to_list(around: Neighbourhood, *, provenance: str) -> bytes:
    """The genes, one a line, below the provenance."""
    return "\n".join([provenance, *map(str, around.symbols)]).encode()


def test_the_menu_of_a_neighbourhood_offers_every_network_format(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, downloads.File] = {}
    monkeypatch.setitem(NETWORK_FORMATS, "list", NetworkFormat("Genes (list)", "list.txt", to_list))
    monkeypatch.setattr(downloads, "menu", lambda *_, others, **__: offered.update(others))
    graph = tiny_graph()
    run = tiny_run(graph)
    around = neighbourhood(graph, run, 3)
    ego_network_view._downloads(graph, run, around, name="tiny")
    assert list(offered) == [known.label for known in NETWORK_FORMATS.values()]
    contents = {label: make().decode() for label, (_, make) in offered.items()}
    assert not [label for label, content in contents.items() if str(around.symbols[0]) not in content]
    assert [label for label, content in contents.items() if run.run_id not in content] == ["Network (SIF)"]
    assert offered["Genes (list)"][0] == "list.txt"
