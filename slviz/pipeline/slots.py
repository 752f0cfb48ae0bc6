"""Places to train in: how many runs this machine trains at once, each place a lock that dies with its holder."""

from __future__ import annotations

import contextlib
import math
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

from slviz.disk.locks import Held, LockBusy, take
from slviz.errors import InvalidSetting
from slviz.pipeline.time_left import wait_words
from slviz.pipeline.voice import SILENT, Voice
from slviz.runs.files import saving
from slviz.runs.store import RunStore
from slviz.runs.worker import RunWriter

SLOTS = ".slots"
SLOT_POLL_SECONDS = 0.5
TOLD_EVERY_SECONDS = 20.0


@contextlib.contextmanager
def slot(writer: RunWriter, store: RunStore, *, places: int | None = None, voice: Voice = SILENT) -> Iterator[None]:
    """One of this machine's places to train in, held for as long as the block runs.

    There are `places` of them, or as many as `slots()` says. Where all are taken the run shows as waiting, and `voice`
    is told for how long; raises `RunCancelled` when it is cancelled meanwhile.
    """
    places = slots() if places is None else places
    taken = _free_slot(store.root, places)
    if taken is None:
        last_told = -math.inf
        with writer.waiting():
            while (taken := _free_slot(store.root, places)) is None:
                writer.stop_if_cancelled()
                if time.monotonic() - last_told >= TOLD_EVERY_SECONDS:
                    last_told = time.monotonic()
                    voice.tell(wait_words(store))
                time.sleep(SLOT_POLL_SECONDS)
    try:
        yield
    finally:
        taken.give_back(remove=True)


def _free_slot(root: Path, places: int) -> Held | None:
    with saving(root / SLOTS):
        for number in range(places):
            with contextlib.suppress(LockBusy):
                return take(root / SLOTS / f"{platform.node() or 'here'}-{number}.lock", make_folder=True)
    return None


def slots() -> int:
    """How many runs this machine trains at once: SLVIZ_SLOTS, else one for every four processors."""
    setting = os.environ.get("SLVIZ_SLOTS", "").strip()
    if not setting:
        return max(1, (os.cpu_count() or 1) // 4)
    if not setting.isdecimal() or int(setting) < 1:
        raise InvalidSetting(f"SLVIZ_SLOTS={setting!r} is not a whole number from 1 on.")
    return int(setting)
