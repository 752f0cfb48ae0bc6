"""How long the Lab page takes to answer a changed setting, and how long its networks train, beside PyTorch.

    python benchmarks/lab.py [--rounds 5]

The page runs in Streamlit's own test runner, which draws every figure and reads every message, without a browser. Each
round changes one setting, so that nothing is cached, and measures the clock and the processor time of this process,
which other work on the machine does not change. The target is 0.5 s. The answer is the first one: a training that takes
longer goes on while the page is looked at. PyTorch trains the same networks from the same first weights.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["SLVIZ_MODELS"] = tempfile.mkdtemp()

from streamlit.testing.v1 import AppTest  # noqa: E402

from slviz.lab.autograd import _trained  # noqa: E402
from slviz.lab.points import lab_points  # noqa: E402
from slviz.lab.presets import PRESETS  # noqa: E402
from slviz.lab.setup import LabSetup  # noqa: E402
from slviz.lab.training import LabTraining  # noqa: E402
from slviz.ui.learning.lab_controls import address_of  # noqa: E402

TARGET_SECONDS = 0.5


def answers(name: str, rounds: int) -> tuple[list[float], list[float]]:
    """Clock and processor seconds of the page's answer to another seed."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for key, value in address_of(name).items():
        app.query_params[key] = value
    app.session_state["navigated"] = False
    app.switch_page("pages/lab.py").run()
    clock, processor = [], []
    for number in range(rounds):
        app.session_state["navigated"] = False
        app.number_input(key="seed").set_value(1000 + number)
        began, spent = time.perf_counter(), time.process_time()
        app.run()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - spent)
        assert not app.exception
    return clock, processor


def main() -> None:
    """Print a line for each preset."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    logging.disable(logging.WARNING)
    _trained(LabTraining(tiny := LabSetup(epochs=1), lab_points(tiny)), 1)  # importing torch takes seconds
    for name, preset in PRESETS.items():
        if name == "autograd":
            continue  # as by-hand
        clock, processor = answers(name, rounds)
        setup = dataclasses.replace(preset.setup, seed=7)
        training = LabTraining(setup, lab_points(setup))
        spent = time.process_time()
        training.advance()
        by_hand = time.process_time() - spent
        spent = time.process_time()
        _trained(training, training.reached)
        by_torch = time.process_time() - spent
        within = "within" if np.median(processor) < TARGET_SECONDS else "OVER"
        print(
            f"{name}: answer {np.median(processor):.2f} s of processor time ({within} {TARGET_SECONDS} s); by clock "
            f"median {np.median(clock):.2f}, fastest {min(clock):.2f}; {training.reached:,} epochs {by_hand:.2f} s, "
            f"by PyTorch {by_torch:.2f} s; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
            flush=True,
        )


if __name__ == "__main__":
    main()
