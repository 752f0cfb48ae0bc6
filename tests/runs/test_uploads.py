"""Uploaded files of held-out pairs: kept whole, once, bounded, and refused with a sentence."""

from __future__ import annotations

import gzip
import os
import time
from pathlib import Path

import pytest

from slviz.errors import MalformedData, RunNotSaved
from slviz.runs import uploads
from slviz.runs.uploads import stage


def test_a_file_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    path = stage(tmp_path, b"A\tB\n", name="mine.tsv")
    assert path.read_bytes() == b"A\tB\n"
    assert path.is_absolute()
    assert path.parent == tmp_path / ".held-out"
    assert stage(tmp_path, b"A\tB\n", name="the same by another name.txt") == path
    assert stage(tmp_path, gzip.compress(b"A\tB\n", mtime=0), name="packed.tsv.gz") == path
    assert stage(tmp_path, b"A\tC\n", name="mine.tsv") != path
    assert len(list(path.parent.iterdir())) == 2


def test_what_is_too_large_is_refused_however_small_it_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_MEBIBYTES", 1)
    large = b"A\tB\n" * (1 << 18) + b"A\tC\n"
    for content in (large, gzip.compress(large, mtime=0)):
        with pytest.raises(MalformedData, match=r"mine\.tsv (is larger|holds more) than 1 MiB"):
            stage(tmp_path, content, name="mine.tsv")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_packed_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MalformedData, match=r"mine\.gz is a gzip file that was cut off"):
        stage(tmp_path, gzip.compress(b"A\tB\n" * 99, mtime=0)[:-12], name="mine.gz")


def test_only_old_files_go_and_only_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    paths = [stage(tmp_path, f"A\t{number}\n".encode(), name="mine.tsv") for number in range(3)]
    assert all(path.is_file() for path in paths), "young ones stay, however many"
    long_ago = time.time() - 8 * 86400
    os.utime(paths[0], (long_ago, long_ago))
    newest = stage(tmp_path, b"A\t9\n", name="mine.tsv")
    assert not paths[0].exists()
    assert newest.is_file()
    assert paths[1].is_file()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file is in the way")
    with pytest.raises(RunNotSaved):
        stage(tmp_path / "models", b"A\tB\n", name="mine.tsv")
