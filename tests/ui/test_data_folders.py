"""Which data sets a visitor may open: a list; any path on this machine alone; no word on what else is there."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from builders import tiny_run
from data_folders import GOOD, write_folder

from slviz.datasets.sources import known_datasets, open_dataset
from slviz.datasets.uploads import keep_upload
from slviz.errors import MissingDataFile
from slviz.runs.sources import remember_source
from slviz.ui import access, data_folders


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    monkeypatch.delenv("SLVIZ_DATA_FOLDERS", raising=False)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that others can reach."""
    monkeypatch.setattr(access, "current", lambda: access.Access(access.FULL))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of this machine alone."""
    monkeypatch.setattr(access, "current", lambda: access.Access(access.TRUSTED, alone=True))


def test_on_this_machine_alone_any_folder_is_opened(alone: None, tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path / "mine"))
    assert data_folders.source_of(folder) == folder
    assert data_folders.name_in_address(folder) == folder


def _refusal(asked: str) -> str:
    with pytest.raises(MissingDataFile) as refused:
        data_folders.source_of(asked)
    return str(refused.value)


def test_elsewhere_a_folder_that_is_there_and_one_that_is_not_get_the_same_sentence(
    shared: None, tmp_path: Path
) -> None:
    there, missing = str(write_folder(tmp_path / "here1")), str(tmp_path / "gone1")
    assert _refusal(there).replace(there, "X") == _refusal(missing).replace(missing, "X")
    assert "SLVIZ_DATA_FOLDERS" in _refusal(there)
    assert data_folders.permitted(there) is None
    assert data_folders.title(there) == there


@pytest.mark.parametrize("asked", ["/etc", "/etc/", "~", "~root", ".", "..", "data/demo", "demo/", "a\0b", "x" * 9999])
def test_elsewhere_nothing_is_looked_up_for_an_address(
    asked: str, shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = known_datasets()
    monkeypatch.setattr(data_folders, "known_datasets", lambda: known)
    looked_at: list[str] = []
    for name in ("stat", "lstat", "scandir", "open", "listdir", "readlink"):
        monkeypatch.setattr(os, name, lambda path, *_a, **_k: looked_at.append(str(path)))
    _refusal(asked)
    data_folders.title(asked)
    assert not looked_at


@pytest.mark.usefixtures("shared")
class TestTheList:
    """`SLVIZ_DATA_FOLDERS` and `SLVIZ_DATA` on a server that others can reach."""

    def test_listed_folders_are_known_and_called_by_their_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = [str(write_folder(tmp_path / "a" / name)) for name in ("screen one", "two")]
        monkeypatch.setenv("SLVIZ_DATA_FOLDERS", os.pathsep.join([*folders, "", " "]))
        assert [data_folders.name_in_address(each) for each in folders] == ["screen one", "two"]
        assert [data_folders.source_of(each) for each in ("screen one", "two")] == folders
        assert {"demo", *folders} <= {entry.source for entry in known_datasets()}

    def test_two_folders_of_one_name_are_told_apart(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folders = [str(write_folder(tmp_path / place / "screen")) for place in ("a", "b")]
        monkeypatch.setenv("SLVIZ_DATA_FOLDERS", os.pathsep.join(folders))
        names = [data_folders.name_in_address(each) for each in folders]
        assert len(set(names)) == 2
        assert [data_folders.source_of(each) for each in names] == folders
        assert not any(str(tmp_path) in name for name in names)

    def test_a_folder_below_a_listed_one_or_beside_it_is_not_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = write_folder(tmp_path / "screen")
        write_folder(folder / "inside")
        monkeypatch.setenv("SLVIZ_DATA_FOLDERS", str(folder))
        for asked in (folder / "inside", folder.parent, f"{folder}/../screen", f"{folder}2"):
            _refusal(str(asked))

    def test_an_upload_is_opened_by_its_content_and_by_no_path(self) -> None:
        folder = keep_upload({name: text.encode() for name, text in GOOD.items()})
        name = data_folders.name_in_address(str(folder))
        assert name == f"upload-{folder.parent.name[:32]}"
        assert data_folders.source_of(name) == str(folder)
        for asked in (str(folder), name[:-1], "upload-*", "upload-" + "0" * 32, f"{name}/.."):
            _refusal(asked)


def test_the_list_closes_all_other_folders_on_this_machine_too(
    alone: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_DATA_FOLDERS", "")
    _refusal(str(write_folder(tmp_path / "mine")))
    assert data_folders.source_of("demo") == "demo"


def test_the_data_of_a_run_is_opened_where_it_was_noted_and_nowhere_else(shared: None, tmp_path: Path) -> None:
    folder = str(write_folder(tmp_path / "trained on"))
    spec = dataclasses.replace(tiny_run(open_dataset("demo")).spec, data_source=folder)
    models = tmp_path / "models"
    with pytest.raises(MissingDataFile, match="no data set"):
        data_folders.source_of_run(spec, models)
    remember_source(models, spec)
    assert data_folders.source_of_run(spec, models) == folder
    elsewhere = dataclasses.replace(spec, data_source="/etc")
    with pytest.raises(MissingDataFile, match="no data set"):
        data_folders.source_of_run(elsewhere, models)
