"""Full, read-only and limited disks end in a sentence and harm nothing. `scripts/trials disks` adds real trainings."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from trials import disks


@pytest.mark.parametrize("action", disks.ACTIONS)
@pytest.mark.parametrize("disk", disks.DISKS)
def test_a_disk_that_refuses_ends_in_a_sentence_and_harms_nothing(disk: str, action: str) -> None:
    try:
        ending = disks.attempt(disk, action, Random(f"{disk} {action}"))
    except disks.NoSuchDisk as reason:
        pytest.skip(f"no disk that is {disk}: {reason}")
    assert not ending.failed, f"{ending.place}: {ending.detail}"


def test_some_disk_refuses_a_training_with_a_sentence() -> None:
    """The trial would find nothing if its disks took everything."""
    endings = [disks.attempt("limited", "training", Random(number)) for number in range(4)]
    assert "sentence" in {ending.kind for ending in endings}


def test_a_file_left_half_written_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(root: Path, run: object) -> None:
        root.mkdir(parents=True, exist_ok=True)
        (root / ".spec.json.1.part").touch()

    monkeypatch.setattr(disks, "ACTIONS", {**disks.ACTIONS, "training": careless})
    ending = disks.attempt("limited", "training", Random(0))
    assert ending.place == "training left a file half written"
