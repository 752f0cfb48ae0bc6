"""Sources: the demo, SynLethDB where it is found, and folders, each under its right name."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_folders import write_folder

from slviz import places
from slviz.datasets.sources import known_datasets, locate, open_dataset
from slviz.errors import MissingDataFile


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a demo and nothing else, so that the machine's own data sets play no part."""
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(places, "program", lambda: tmp_path / "checkout")
    monkeypatch.setattr(places, "own", lambda: tmp_path / "checkout")
    write_folder(tmp_path / "checkout" / "data" / "demo", dataset__toml='title = "Invented"\nsynthetic = true\n')
    return tmp_path


def put_synlethdb(folder: Path) -> Path:
    write_folder(folder)
    (folder / "pairs.tsv").rename(folder / "SL_Human_FinalCheck.txt")
    return folder


def test_nothing_said_opens_the_demo() -> None:
    graph = open_dataset()
    assert (graph.name, graph.title, graph.synthetic) == ("demo", "Invented", True)


def test_a_folder_bears_its_own_name(own_places: Path) -> None:
    folder = write_folder(own_places / "my screen")
    assert open_dataset(str(folder)).name == "my screen"
    assert open_dataset(f"{folder}/").name == "my screen"


def test_the_environment_names_the_default(own_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(write_folder(own_places / "mine")))
    assert open_dataset().name == "mine"
    assert open_dataset("demo").name == "demo"
    assert [entry.source for entry in known_datasets()] == ["demo", str(own_places / "mine")]


@pytest.mark.parametrize("where", ["checkout/data/synlethdb", "environment"])
def test_synlethdb_is_found(own_places: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    folder = put_synlethdb(own_places / where)
    if where == "environment":
        monkeypatch.setenv("SLVIZ_DATA", str(folder))
    assert open_dataset("synlethdb").name == "synlethdb"
    assert open_dataset(str(folder)).name == "synlethdb"
    assert [(entry.source, entry.synthetic) for entry in known_datasets()] == [("demo", True), ("synlethdb", False)]


@pytest.mark.parametrize("where", ["checkout/data/human-sl", "environment"])
def test_human_sl_is_found_beside_synlethdb(own_places: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    put_synlethdb(own_places / "checkout/data/synlethdb")
    folder = put_synlethdb(own_places / where)
    (folder / "families.tsv").write_text("GEN1\tGEN2\n")
    (folder / "dataset.toml").write_text('title = "With relations"\n[relations]\nfamilies = "families.tsv"\n')
    if where == "environment":
        monkeypatch.setenv("SLVIZ_DATA", str(folder))
        assert open_dataset().name == "human-sl"
    assert open_dataset("human-sl").relations.keys() == {"families"}
    assert open_dataset("synlethdb").relations == {}
    assert {entry.source for entry in known_datasets()} == {"demo", "synlethdb", "human-sl"}


def test_synlethdb_that_is_not_here_says_how_to_get_it() -> None:
    with pytest.raises(MissingDataFile, match="data fetch synlethdb"):
        open_dataset("synlethdb")


@pytest.mark.parametrize("source", ["dmeo", "/nowhere/at/all", "x" * 5000, "with\0zero", "~nobody-of-that-name/x"])
def test_an_unknown_source_is_a_sentence(source: str) -> None:
    with pytest.raises(MissingDataFile, match="There are: demo"):
        open_dataset(source)
    if source == "dmeo":
        with pytest.raises(MissingDataFile, match="Did you mean 'demo'"):
            locate(source)


def test_a_broken_folder_does_not_break_the_list(own_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(write_folder(own_places / "bad", dataset__toml="[[[", pairs__tsv="")))
    assert [entry.title for entry in known_datasets()] == ["Invented", "bad"]
