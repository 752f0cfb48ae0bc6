"""Which device trains: CUDA, then Apple's MPS, then the processor, or the one that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from slviz.errors import InvalidSetting

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cuda", "mps", "cpu")


def find_device(name: str) -> torch.device:
    """The device of that name; "auto" takes the fastest that is there.

    Raises `InvalidSetting` when it is no device or this machine does not have it.
    """
    import torch

    present = _present()
    if name == "auto":
        return torch.device(present[0])
    kind = name.split(":")[0]
    if kind not in DEVICES:
        raise InvalidSetting(f"No device is called '{name}'. There are: {', '.join(DEVICES)}.")
    if kind not in present:
        raise InvalidSetting(f"This machine has no '{kind}' device. It has: {', '.join(present)}; or say auto.")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise InvalidSetting(f"'{name}' is not a device: write cuda, cuda:1, mps or cpu.") from error
    if device.index is not None and device.index >= (torch.cuda.device_count() if kind == "cuda" else 1):
        raise InvalidSetting(f"This machine has no device '{name}'. Leave the number off.")
    return device


def _present() -> list[str]:
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [name for name, is_there in there.items() if is_there]


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Inside, torch chooses operations that give the same bits every time, and its global seed is ours.

    On the processor one thread works: sums over several depend on how many there are, and several that
    share cores with other work spend more time waiting for each other than they save (ten times as
    slow was measured on two busy cores). Some operations have no repeatable form on a graphics card;
    there the same spec gives the same result up to rounding. All is set back afterwards.
    """
    import torch

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # without it cuBLAS refuses to repeat
    threads = torch.get_num_threads()
    repeats = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = sys.modules["torch.utils.deterministic"]  # pyright does not know what it holds
    fills = memory.fill_uninitialized_memory
    cards = list(range(torch.cuda.device_count())) if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cards):
        try:
            if device.type == "cpu":
                torch.set_num_threads(1)
                torch.use_deterministic_algorithms(True)
                memory.fill_uninitialized_memory = False  # nothing here reads before it writes
            yield
        finally:
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(repeats[0], warn_only=repeats[1])
            memory.fill_uninitialized_memory = fills
