"""The small form of the trial of kills; `tests/trials/kills.py` is the long one."""

from __future__ import annotations

import os
import sys

import pytest
from trials.kills import tried


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="a trial is a fork, as Linux has it")
@pytest.mark.slow
def test_work_that_is_killed_loses_nothing_and_leaves_nothing() -> None:
    failures, trials = tried(10, 20261126, slow=False)
    assert failures == []
    assert sum(trials.values()) >= 3, f"too few kills to say anything: {trials}"
