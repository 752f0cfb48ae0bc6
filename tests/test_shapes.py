"""The shapes in signatures are true: tests of the numeric packages run again with each of them checked."""

from __future__ import annotations

import subprocess
import sys

import pytest
from run_folders import CHECKOUT

CHECKED = (
    "tests/evaluation",
    "tests/features",
    "tests/neighbourhood",
    "tests/networks",
    "tests/outliers",
    "tests/projections/test_agreement.py",
    "tests/projections/test_alignment.py",
    "tests/projections/test_density.py",
    "tests/ranking/test_ranker.py",
    "tests/scorers/test_bench_scorer.py",
    "tests/scorers/test_conformal.py",
    "tests/scorers/test_experiment_scorer.py",
    "tests/scorers/test_pair_decoder.py",
    "tests/splits/test_splits.py",
    "tests/training/test_explaining.py::test_a_whole_explanation_of_a_trained_run[gat]",
    "tests/training/test_noise.py",
)
"""A part of the suite, since checking takes a sixth more of its time; nothing compiled by Numba: the checks stop it."""


def pytest_with_shapes(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not slow and not real"]
    checker = "--jaxtyping-packages=slviz,shape_checks.shapes_checked"
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words, checker, *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=540,
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_signatures_tell_the_true_shapes() -> None:
    done = pytest_with_shapes(*CHECKED)
    assert done.returncode == 0, done.stdout[-4000:]


WRONG = """
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from slviz.evaluation.faithfulness import faithfulness


def test_wrong():
    with pytest.raises(TypeCheckError, match="fall_random"):
        faithfulness(np.zeros(6, np.float32), np.zeros((5, 20), np.float32))
"""


@pytest.mark.slow
def test_a_wrong_shape_is_noticed(tmp_path) -> None:
    (tmp_path / "test_wrong.py").write_text(WRONG)
    done = pytest_with_shapes("--rootdir", str(CHECKOUT), "-c", str(CHECKOUT / "pyproject.toml"), str(tmp_path))
    assert done.returncode == 0, done.stdout[-4000:]
