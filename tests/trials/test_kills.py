"""The small form of the trial of kills; `tests/trials/kills.py` is the long one."""

from __future__ import annotations

import os
import sys

import pytest
from trials.kills import names_of_works, tried

ROUNDS = int(os.environ.get("SLVIZ_TRIALS_ROUNDS", "1"))


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="a trial is a fork, as Linux has it")
@pytest.mark.slow
def test_work_that_is_killed_loses_nothing_and_leaves_nothing() -> None:
    """Every kind of work is killed once, at an operation on a file by chance."""
    failures, trials = tried(0, 20261126, slow=False, rounds=ROUNDS)
    assert failures == []
    assert trials == dict.fromkeys(names_of_works(), ROUNDS)
