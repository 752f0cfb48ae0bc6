"""Files that are there whole or not at all; what a killed writer left goes, what a living one writes stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from run_folders import CHECKOUT

from slviz.disk.ages import is_old, is_recent, last_used
from slviz.disk.left_over import LeftOver, left_over_removals
from slviz.disk.locks import take
from slviz.disk.whole_files import folder_in_work, remove_unused, unfinished_in, write_whole

WRITER = """
import os, sys
from pathlib import Path
from slviz.disk.whole_files import write_whole
def wait(_):
    print("writes", flush=True)
    sys.stdin.readline()
os.fsync = wait
write_whole(Path(sys.argv[1]), b"new")
"""


def writer(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writes\n"
    return process


def test_a_living_writers_file_stays_and_a_killed_ones_goes(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"old")
    living, killed = writer(path), writer(path)
    assert len(list(unfinished_in(tmp_path))) == 2
    killed.kill()
    killed.communicate()
    write_whole(path, b"mine")
    (left,) = unfinished_in(tmp_path)
    assert not remove_unused(left)
    living.communicate("go on\n", timeout=30)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_only_what_was_left_of_the_same_file_is_cleared_by_writing_it(tmp_path: Path) -> None:
    names = [".a.txt.12ab.part", ".a.txt.9.part", ".b.txt.12ab.part", ".a.txt.part", "a.txt.12ab.part", ".a.txt.x.part"]
    for name in names:
        (tmp_path / name).touch()
    write_whole(tmp_path / "a.txt", b"")
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*names[2:], "a.txt"])


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_refused_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"old")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if failing == "fsync" else Path, failing, refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_put_in_place_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "data"
    with pytest.raises(ZeroDivisionError), folder_in_work(place, prefix=".writing-") as folder:  # noqa: PT012
        (folder / "genes.txt").write_text("A")
        assert not remove_unused(folder), "somebody writes in it"
        1 / 0  # noqa: B018
    assert list(place.parent.iterdir()) == []
    with folder_in_work(place, prefix=".writing-") as folder:
        (folder / "genes.txt").write_text("A")
    with folder_in_work(place, prefix=".writing-") as folder:  # of two who write the same, either may win
        (folder / "genes.txt").write_text("A")
    assert [str(each.relative_to(tmp_path)) for each in sorted(tmp_path.rglob("*"))] == [
        "deep",
        "deep/data",
        "deep/data/genes.txt",
    ]


def test_links_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").touch()
    (tmp_path / ".removed-a-00ff").symlink_to(tmp_path / "theirs")
    assert left_over_removals(tmp_path) == []
    assert not remove_unused(tmp_path / ".removed-a-00ff")
    assert (tmp_path / "theirs" / "file").exists()


def test_what_is_guarded_by_a_held_lock_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / ".map.progress").touch()
    left = LeftOver(tmp_path / ".map.progress", "", guard=tmp_path / ".map.lock")
    held = take(tmp_path / ".map.lock")
    assert left.is_in_use
    assert not left.clear()
    held.give_back()
    assert left.clear()
    assert [each.name for each in tmp_path.iterdir()] == [".map.lock"], "it was there before"
    assert LeftOver(tmp_path / ".map.lock", "", guard=tmp_path / ".map.lock").clear()
    assert list(tmp_path.iterdir()) == []


def test_a_clock_that_was_set_back_makes_files_old(tmp_path: Path) -> None:
    ages = {"new": 0, "skewed": -2, "old": 100, "future": -100}
    for name, seconds in ages.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - seconds,) * 2)
    assert {name for name in ages if is_recent(tmp_path / name, 60)} == {"new", "skewed"}
    assert {name for name in ages if is_old(tmp_path / name, 60)} == {"old", "future"}
    assert not is_old(tmp_path / "none", 60)
    assert not is_recent(tmp_path / "none", 60)
    assert max(ages, key=lambda name: last_used(tmp_path / name)) in ("new", "skewed")
    assert last_used(tmp_path / "future") == last_used(tmp_path / "none") == 0
