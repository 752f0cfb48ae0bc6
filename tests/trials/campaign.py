"""Many attempts by one way in, led by what they reach: an input that reaches new lines of slviz is damaged further."""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from trials.child import Child
from trials.endings import SENTENCE, VALUE, Ending
from trials.mutators import Recipe, a_recipe, apply
from trials.shrink import shrunk
from trials.ways_in import WAYS

MOST_SEEDS = 300
LARGEST_SEED_BYTES = 100_000
SHARE_OF_SOUND = 0.5
"""So often an attempt begins from a sound file and not from one that reached new lines."""
SHRINKING_ATTEMPTS = 200
SHRINKING_SECONDS = 8.0


@dataclass
class Failure:
    """One kind of failure: how often it came, and the smallest input that shows it.

    Attributes:
        place: what groups it, such as "TypeError in runs/contents.py:136".
        count: how many attempts ended so.
        detail: of the smallest: the end of the traceback, or the sentence in ASCII.
        seed: the number that the campaign began from.
        recipe: of the first attempt that failed so, what was done to which seed.
        content: the smallest input.
    """

    place: str
    count: int
    detail: str
    seed: int
    recipe: Recipe
    content: bytes


@dataclass
class Tally:
    """What came of all attempts by one way in."""

    way: str
    seed: int
    attempts: int = 0
    values: int = 0
    sentences: int = 0
    failed: int = 0
    lines: int = 0
    inputs_kept: int = 0
    peak_bytes: int = 0
    longest_seconds: float = 0.0
    processor_seconds: float = 0.0
    wall_seconds: float = 0.0
    failures: dict[str, Failure] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, ending: Ending) -> None:
        """Count one ending."""
        self.attempts += 1
        self.values += ending.kind == VALUE
        self.sentences += ending.kind == SENTENCE
        self.failed += ending.failed
        self.lines += len(ending.new_lines)
        self.peak_bytes = max(self.peak_bytes, ending.peak_bytes)
        self.processor_seconds += ending.seconds
        self.longest_seconds = max(self.longest_seconds, ending.seconds)

    def save(self, folder: Path) -> None:
        """Write the tally as JSON, and the smallest input of each failure beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        name = self.way.replace("/", "_")
        content = asdict(self)
        content["failures"] = []
        for failure in self.failures.values():
            told = asdict(failure)
            path = folder / f"{name}-{zlib.crc32(failure.place.encode()):08x}.bin"
            path.write_bytes(told.pop("content"))
            content["failures"].append(told | {"input": path.name})
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1))


def run(way: str, child: Child, *, seed: int, count: int, seconds: float = float("inf")) -> Tally:
    """`count` attempts by a way in, or as many as `seconds` allow; all chance follows from `seed` and the way.

    Where the child looks at lines, an input that reaches new ones is kept and damaged further.
    """
    kind, random = WAYS[way].kind, Random(f"{seed} {way}")
    tally, kept = Tally(way, seed), list[bytes]()
    sound = list(child.seeds(way))
    for content in sound:
        tally.add(_noted(child, way, content, (), tally))
    began = time.monotonic()
    while tally.attempts < count and time.monotonic() - began < seconds:
        whole = not kept or random.random() < SHARE_OF_SOUND
        base = random.choice(sound if whole else kept)
        recipe = a_recipe(kind, random, whole=whole)
        content = apply(kind, base, recipe, sound)
        ending = _noted(child, way, content, recipe, tally)
        tally.add(ending)
        if ending.new_lines and not ending.failed and len(content) <= LARGEST_SEED_BYTES and len(kept) < MOST_SEEDS:
            kept.append(content)
    tally.inputs_kept, tally.wall_seconds = len(kept), time.monotonic() - began
    return tally


def _noted(child: Child, way: str, content: bytes, recipe: Recipe, tally: Tally) -> Ending:
    """One attempt; a failure is noted, and the first of its kind made small."""
    ending = child.attempt(way, content)
    if ending.failed:
        known = tally.failures.get(ending.place)
        if known is None:
            small = shrunk(
                content,
                lambda smaller: child.attempt(way, smaller).place == ending.place,
                attempts=SHRINKING_ATTEMPTS if ending.seconds < 1.0 else 8,
                seconds=SHRINKING_SECONDS,
            )
            tally.failures[ending.place] = Failure(ending.place, 1, ending.detail, tally.seed, recipe, small)
        else:
            known.count += 1
            if len(content) < len(known.content):
                known.content, known.detail = content, ending.detail
    return ending
