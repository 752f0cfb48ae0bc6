"""A record of a training whose shares of dead units cannot be is refused before a page draws a line for each layer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from trials.run_files import a_record

from slviz.errors import DamagedRun
from slviz.runs.checks import MOST_PARTS, check_record


@pytest.mark.parametrize("dead", [np.full((3, 1), 1.5), np.full((3, 1), -0.1), np.zeros((3, MOST_PARTS + 1))])
def test_dead_units_are_shares_of_a_few_layers(dead: np.ndarray) -> None:
    record = a_record()
    check_record(record.arrays(), Path("training.safetensors"))
    altered = dataclasses.replace(record, dead=dead.astype(np.float32))
    with pytest.raises(DamagedRun, match="dead units"):
        check_record(altered.arrays(), Path("training.safetensors"))
