"""A lock has one holder, whatever happens to its file or its folder while others wait."""

from __future__ import annotations

import select
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from run_folders import CHECKOUT, wait_until

from slviz.disk.locks import LockBusy, is_held, take

HOLDER = """
import sys
from pathlib import Path
from slviz.disk.locks import take
held = take(Path(sys.argv[1]), make_folder=True)
print("holds", flush=True)
said = sys.stdin.readline().strip()
if said == "move":
    Path(sys.argv[1]).parent.rename(sys.argv[2])
held.give_back(remove=said == "remove")
print("gave back", flush=True)
sys.stdin.readline()
"""

WAITER = """
import fcntl, sys
from pathlib import Path
from slviz.disk.locks import take
real, times = fcntl.flock, []
def flock(descriptor, how):
    times.append(how)
    if len(times) == 1:  # the file is open, and not yet asked for
        print("opened", flush=True)
        sys.stdin.readline()
    real(descriptor, how)
fcntl.flock = flock
path = Path(sys.argv[1])
held = take(path, patience_seconds=60, make_folder=True)
print("holds", held.file[1], path.stat().st_ino, flush=True)
sys.stdin.readline()
"""


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(to: subprocess.Popen[str], word: str) -> None:
    assert to.stdin is not None
    to.stdin.write(word + "\n")
    to.stdin.flush()


def line(of: subprocess.Popen[str]) -> list[str]:
    assert of.stdout is not None
    return of.stdout.readline().split()


@pytest.mark.parametrize("end", ["remove", "move", "keep"])
def test_who_waited_holds_the_file_that_lies_at_the_path(tmp_path: Path, end: str) -> None:
    """The holder removes the file, or moves its folder aside, while another process has the file open already."""
    lock = tmp_path / "run" / ".lock"
    holder = process(HOLDER, lock, tmp_path / "aside")
    assert line(holder) == ["holds"]
    waiter = process(WAITER, lock)
    assert line(waiter) == ["opened"]
    say(holder, end)
    assert line(holder) == ["gave", "back"]
    another = take(lock, make_folder=True) if end != "keep" else None
    say(waiter, "go on")
    if another is not None:
        time.sleep(0.3)
        assert select.select([waiter.stdout], [], [], 0)[0] == [], "it holds a file that no path leads to"
        another.give_back()
    told = line(waiter)
    assert told[0] == "holds"
    assert told[1] == told[2], "what it holds is what others will try for"
    assert is_held(lock)
    with pytest.raises(LockBusy):
        take(lock)
    for each in (holder, waiter):
        each.communicate("end\n", timeout=30)
    take(lock).give_back(remove=True)
    assert not lock.exists()


@pytest.mark.parametrize("how", ["removed", "replaced", "moved"])
def test_the_old_file_of_a_lock_is_never_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The moment itself: the path changes between opening the file and being given the lock on it."""
    import slviz.disk.locks as locks

    folder = tmp_path / "run"
    lock = folder / ".lock"
    folder.mkdir()
    real, times = locks._compare, []

    def compare(path: Path, seen: list, descriptor: int) -> None:
        times.append(descriptor)
        if len(times) == 1:
            if how == "moved":
                folder.rename(tmp_path / "aside")
            else:
                lock.unlink()
            if how == "replaced":
                lock.touch()
        real(path, seen, descriptor)

    monkeypatch.setattr(locks, "_compare", compare)
    held = take(lock, make_folder=True)
    assert len(times) == 2
    assert held.file[1] == lock.stat().st_ino
    held.give_back()


def test_a_lock_that_another_has_by_now_is_left_to_it(tmp_path: Path) -> None:
    lock = tmp_path / "run" / ".lock"
    held = take(lock, make_folder=True)
    lock.parent.rename(tmp_path / "aside")
    other = take(lock, make_folder=True)
    held.give_back(remove=True)
    assert lock.exists()
    assert is_held(lock)
    other.give_back(remove=True)
    assert not lock.exists()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    holder = process(HOLDER, lock, tmp_path / "aside")
    assert line(holder) == ["holds"]
    assert is_held(lock)
    holder.kill()
    wait_until(lambda: not is_held(lock), seconds=10)
    holder.communicate()


def test_many_who_take_and_remove_are_never_two_at_once(tmp_path: Path) -> None:
    lock, inside, seen, rounds = tmp_path / "run" / ".lock", [], [], 60
    wrong: list[int] = []

    def work() -> None:
        for _ in range(rounds):
            held = take(lock, patience_seconds=60, make_folder=True)
            inside.append(1)
            wrong.extend([len(inside)] if len(inside) != 1 else [])
            seen.append(1)
            inside.pop()
            held.give_back(remove=True)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []
    assert len(seen) == 4 * rounds
    assert not lock.exists()


def test_without_its_folder_there_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        take(tmp_path / "gone" / ".lock")
    assert not is_held(tmp_path / "gone" / ".lock")
