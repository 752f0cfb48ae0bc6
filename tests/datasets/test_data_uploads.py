"""Uploaded data folders: kept once by content, unpacked safely, refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from data_folders import GOOD

from slviz.datasets import uploads
from slviz.datasets.sources import open_with_report, title_of
from slviz.datasets.uploads import keep_and_read, keep_upload
from slviz.errors import MalformedData


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def files() -> dict[str, bytes]:
    return {name: text.encode() for name, text in GOOD.items()}


def zipped(content: dict[str, bytes], *, folder: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(f"{folder}{name}", data)
    return packed.getvalue()


def test_files_and_a_zip_of_them_are_the_same_data_set() -> None:
    loose = keep_upload(files())
    packed = keep_upload({"my screen.zip": zipped(files(), folder="screen/")})
    assert loose.parent == packed.parent, "by content"
    assert packed.name == "my-screen"
    assert open_with_report(str(loose))[0].fingerprint == open_with_report(str(packed))[0].fingerprint
    assert title_of(str(packed)) in ("my-screen", open_with_report(str(packed))[0].title)


def test_the_same_files_lie_there_once(cache: Path) -> None:
    assert keep_upload(files()) == keep_upload(dict(reversed(files().items())))
    assert len(list((cache / "uploads").iterdir())) == 1
    assert not list(cache.rglob(".writing-*"))


def test_what_is_no_data_is_left_out_and_nothing_leaves_the_folder() -> None:
    more = {"../../evil.txt": b"x", "notes.docx": b"x", "__MACOSX/._genes.txt": b"x", ".hidden.txt": b"x"}
    place = keep_upload({"data.zip": zipped(files() | more)})
    assert {path.name for path in place.iterdir()} == set(GOOD)
    assert not any(path.is_symlink() for path in place.iterdir())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"notes.docx": b"x"}, "no data file among notes.docx"),
        ({"data.zip": b"not a zip"}, "data.zip cannot be unpacked"),
        ({"data.zip": zipped({"a/genes.txt": b"A", "b/genes.txt": b"B"})}, "two files called genes.txt"),
        ({"genes.txt": b"A", "data.zip": zipped({"genes.txt": b"B"})}, "Two files are called genes.txt"),
        ({"../genes.txt": b"A"}, "no name for a data file"),
    ],
)
def test_what_cannot_be_kept_is_said(content: dict[str, bytes], told: str, cache: Path) -> None:
    with pytest.raises(MalformedData, match=told):
        keep_upload(content)
    assert not (cache / "uploads").exists()


def test_a_zip_that_unpacks_to_too_much_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_MEBIBYTES", 1)
    bomb = zipped({"genes.txt": b"A\n" * (1 << 20)})
    assert len(bomb) < 100_000
    with pytest.raises(MalformedData, match="unpacks to more than 1 MiB"):
        keep_upload({"data.zip": bomb})


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    with pytest.raises(MalformedData, match="no more than 2"):
        keep_upload({"data.zip": zipped({f"f{number}.txt": b"x" for number in range(5)})})


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "file"))
    with pytest.raises(MalformedData, match="could not be kept"):
        keep_upload(files())


def test_what_cannot_be_read_is_never_kept(tmp_path: Path, cache: Path) -> None:
    def lying(content: dict[str, bytes]) -> dict[str, Path]:
        for name, data in content.items():
            (tmp_path / name).write_bytes(data)
        return {name: tmp_path / name for name in content}

    with pytest.raises(MalformedData):
        keep_and_read(lying({**files(), "pairs.tsv": b"\x00"}))
    assert not (cache / uploads.UPLOADS).exists() or not any((cache / uploads.UPLOADS).iterdir())
    with pytest.raises(MalformedData, match="no data file among"):
        keep_and_read(lying({"letter.docx": b"PK"}))
    folder = keep_and_read(lying(files()))
    assert folder.is_dir()
    assert len(open_with_report(str(folder))[0].pairs) == 5
