"""Full, read-only and limited disks: what is being written ends in a sentence, and what was finished stays whole.

A full and a read-only disk are a small file system in memory, where this account may mount one; else a limit on the
size of files stands for the first, and permissions for the second.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import numpy as np
from builders import tiny_run
from run_folders import CHECKOUT, a_map, finish
from trials import seeds
from trials.campaign import Failure, Tally
from trials.endings import FAILURE, SENTENCE, VALUE, Ending, fault_of, of_error
from trials.run_files import METHOD, an_explanation, environment

from slviz.datasets.cache import load_folder
from slviz.datasets.uploads import keep_upload
from slviz.errors import SlvizError
from slviz.gene_sets import GeneSet, GeneSets
from slviz.runs import Run
from slviz.runs.artifacts.controls import Control
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.store import RunStore
from slviz.runs.uploads import stage
from slviz.vectors import VectorStore

SIZE_MEBIBYTES = 4
PAGE_BYTES = 4096
LEFTOVERS = ("*.part", ".writing-*", ".removed-*", "*.tmp", "tmp*")
"""Names of what is half written; nothing of the kind may stay."""
MODELS, CACHE, DATA = "models", "cache", "data"


class NoSuchDisk(Exception):
    """This machine or account cannot make such a disk; the text says why."""


# --- disks -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def mounted(place: Path) -> Iterator[Path]:
    """A small file system in memory for as long as the block runs; raises `NoSuchDisk`."""
    place.mkdir(exist_ok=True)
    size = f"size={SIZE_MEBIBYTES}m"
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or _mount("-t", "tmpfs", "-o", size, "none", place):
        raise NoSuchDisk("a file system in memory can be mounted by root on Linux alone")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)


def _mount(*words: str | Path) -> int:
    try:
        return subprocess.run(["mount", *map(str, words)], check=False, capture_output=True).returncode
    except FileNotFoundError:
        return 1


@contextlib.contextmanager
def full(disk: Path, random: Random) -> Iterator[None]:
    """Hardly a page of memory is left on the disk."""
    ballast, free_bytes = disk / "ballast", PAGE_BYTES * random.choice((0, 0, 1, 2, 3, 5, 8, 13))
    ballast.write_bytes(b"")
    about = os.statvfs(disk)
    with contextlib.suppress(OSError):
        ballast.write_bytes(b"\x00" * max(about.f_bavail * about.f_frsize - free_bytes, 0))
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def read_only(disk: Path, random: Random) -> Iterator[None]:
    """Nothing may be written on the disk."""
    if _mount("-o", "remount,ro", disk):
        raise NoSuchDisk("the file system cannot be made read-only")
    try:
        yield
    finally:
        _mount("-o", "remount,rw", disk)


@contextlib.contextmanager
def without_permission(disk: Path, random: Random) -> Iterator[None]:
    """This account may write in no folder of the disk."""
    if os.name == "nt" or os.geteuid() == 0:
        raise NoSuchDisk("permissions do not bind this account")
    folders = [disk, *(path for path in disk.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        yield
    finally:
        for folder in folders:
            folder.chmod(0o755)


@contextlib.contextmanager
def limited(disk: Path, random: Random) -> Iterator[None]:
    """No file may grow beyond a few bytes; Python ignores the signal and raises an error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (random.choice((0, 1, 50, 300, 700, 3_000, 8_000)), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def _folder(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    yield place


DISKS: Mapping[
    str, tuple[Callable[..., contextlib.AbstractContextManager], Callable[..., contextlib.AbstractContextManager]]
]
DISKS = {
    "full": (mounted, full),
    "read-only": (mounted, read_only),
    "without permission": (_folder, without_permission),
    "limited": (_folder, limited),
}
"""By name: where the disk comes from, and what is wrong with it while something is written."""


# --- what is written -------------------------------------------------------------------------------------


def _another_run(neighbour: Run) -> Run:
    return dataclasses.replace(neighbour, spec=dataclasses.replace(neighbour.spec, seed=7))


def _edge_ablation(root: Path, run: Run) -> None:
    artifacts = RunStore(root).artifacts(run.run_id)
    with artifacts.ablation_artifact().making(busy="") as tell:
        tell(0.3, "gene 2 of 3")
        level = np.full(3, 0.5, np.float32)
        counts = np.full(3, 9)
        fall = np.full((3, 4), 0.1, np.float32)
        artifacts.save_ablation(
            EdgeAblation(np.arange(3), counts, counts // 3, score=level, fall_top=level, fall_random=fall)
        )


def _cancel(root: Path, run: Run) -> None:
    store, other = RunStore(root), _another_run(run)
    store.request(other.spec)
    store.cancel(other.run_id)


def _selection(root: Path, run: Run) -> None:
    graph, _ = seeds.demo_and_index()
    GeneSets(root, graph.fingerprint).keep(GeneSet.of("a trial", graph, range(9)), replace=True)


ACTIONS: Mapping[str, Callable[[Path, Run], object]] = {
    "training": lambda root, run: finish(RunStore(root), _another_run(run)),
    "asking for a training": lambda root, run: RunStore(root).request(_another_run(run).spec),
    "cancelling": _cancel,
    "a map": lambda root, run: RunStore(root).artifacts(run.run_id).make_map(METHOD, 5),
    "a map that was made": lambda root, run: RunStore(root).artifacts(run.run_id).save_map(a_map(run, seed=3)),
    "a control": lambda root, run: (
        RunStore(root).artifacts(run.run_id).save_control(Control("untrained", run.embedding.copy(), run.metrics))
    ),
    "an ablation": _edge_ablation,
    "an explanation": lambda root, run: RunStore(root).artifacts(run.run_id).save_explanation(an_explanation()),
    "an uploaded data folder": lambda root, run: keep_upload(seeds.data_files()),
    "the cache": lambda root, run: load_folder(root.parent / DATA),
    "uploaded pairs": lambda root, run: stage(root, seeds.held_out_pairs()[0], name="pairs.tsv"),
    "a selection": _selection,
    "vectors": lambda root, run: VectorStore(root / ".vectors").keep(seeds.a_vector_set()),
    "removing a run": lambda root, run: RunStore(root).remove(_another_run(run).run_id),
}
BEFORE = {"removing a run": "training"}
"""What has to be done on a sound disk first."""


def attempt(disk: str, action: str, random: Random) -> Ending:
    """Do something on a disk that refuses, and see that what was there before is whole, and that nothing stays."""
    make, spoil = DISKS[disk]
    with tempfile.TemporaryDirectory(prefix="slviz-trials-") as place, make(Path(place) / "disk") as where:
        root = where / MODELS
        with environment(SLVIZ_MODELS=str(root), SLVIZ_CACHE=str(where / CACHE)):
            neighbour = tiny_run(seeds.demo_and_index()[0])
            finish(RunStore(root), neighbour)
            seeds.write_data_folder(where / DATA)
            if action in BEFORE:
                ACTIONS[BEFORE[action]](root, neighbour)
            with spoil(where, random):
                ending = _ended(lambda: ACTIONS[action](root, neighbour))
            return ending if ending.failed else _harm(where, neighbour, action) or ending


def _ended(work: Callable[[], object]) -> Ending:
    try:
        work()
    except SlvizError as error:
        fault = fault_of(str(error))
        return Ending(FAILURE, f"{fault} ({type(error).__name__})") if fault else Ending(SENTENCE, detail=str(error))
    except Exception as error:
        return of_error(error)
    return Ending(VALUE)


def _harm(where: Path, neighbour: Run, action: str) -> Ending | None:
    """What is wrong on the disk afterwards, when it takes writing again; None where all is well."""
    store = RunStore(where / MODELS)
    if store.state(neighbour.run_id) != "finished" or store.check(neighbour.run_id):
        return Ending(FAILURE, f"{action} harmed a finished run", "; ".join(store.check(neighbour.run_id))[:300])
    left = sorted(str(path.relative_to(where)) for name in LEFTOVERS for path in where.rglob(name))
    if left:
        return Ending(FAILURE, f"{action} left a file half written", ", ".join(left)[:300])
    ending = _ended(lambda: ACTIONS[action](where / MODELS, neighbour))
    if ending.kind != VALUE and action not in BEFORE:
        return Ending(
            FAILURE, f"{action} does not succeed on a sound disk afterwards", f"{ending.place} {ending.detail}"
        )
    return None


def run(seconds: float, seed: int, *, count: int = 400, trainings: bool = True) -> Tally:
    """Every action on every kind of disk in turn, with other amounts of room, for `count` times or so many seconds."""
    random, tally, began = Random(seed), Tally("disks", seed), time.monotonic()
    missing: dict[str, str] = {}
    seen: list[tuple[str, str]] = [(disk, action) for disk in DISKS for action in ACTIONS]
    while tally.attempts < count and time.monotonic() - began < seconds and len(missing) < len(DISKS):
        disk, action = seen[tally.attempts % len(seen)]
        if disk in missing:
            seen = [pair for pair in seen if pair[0] != disk]
            continue
        try:
            ending = attempt(disk, action, random)
        except NoSuchDisk as reason:
            missing[disk] = str(reason)
            continue
        tally.add(ending)
        note(tally, ending, f"{action} on a disk that is {disk}")
        if trainings and tally.attempts % 20 == 0 and disk != "limited":
            with contextlib.suppress(NoSuchDisk):
                ending = attempt_training(random)
                tally.add(ending)
                note(tally, ending, "a training by its command")
    tally.wall_seconds = time.monotonic() - began
    tally.remarks = [f"no disk that is {disk}: {reason}" for disk, reason in missing.items()]
    return tally


def note(tally: Tally, ending: Ending, what: str) -> None:
    """Count a failure under its place."""
    if ending.failed:
        place = f"{what}: {ending.place}"
        known = tally.failures.setdefault(place, Failure(place, 0, ending.detail, tally.seed, (), what.encode()))
        known.count += 1


def attempt_training(random: Random) -> Ending:
    """A real training in a process of its own, on a disk that becomes full somewhere on the way."""
    with tempfile.TemporaryDirectory(prefix="slviz-trials-") as place, mounted(Path(place) / "disk") as where:
        root = where / MODELS
        neighbour = tiny_run(seeds.demo_and_index()[0])
        finish(RunStore(root), neighbour)
        about = os.statvfs(where)
        free_bytes = random.randrange(0, 600_000)
        (where / "ballast").write_bytes(b"\x00" * (about.f_bavail * about.f_frsize - free_bytes))
        words = ["train", "--data", "demo", "--network", "mlp", "--features", "none", "epochs=25"]
        with environment(SLVIZ_MODELS=str(root), SLVIZ_CACHE=str(Path(place) / CACHE), PYTHONPATH=str(CHECKOUT)):
            done = subprocess.run(
                [sys.executable, "-m", "slviz", *words], capture_output=True, text=True, check=False, timeout=600
            )
        (where / "ballast").unlink()
        if "Traceback" in done.stderr or done.returncode not in (0, 1):
            return Ending(FAILURE, f"status {done.returncode}", done.stderr[-500:])
        if done.returncode == 1 and (fault := fault_of(done.stderr)):
            return Ending(FAILURE, fault, ascii(done.stderr[-500:]))
        store = RunStore(root)
        if store.check(neighbour.run_id):
            return Ending(FAILURE, "a finished run was harmed", str(store.check(neighbour.run_id)))
        left = [str(path) for name in LEFTOVERS for path in where.rglob(name)]
        if left:
            return Ending(FAILURE, "a file is left half written", ", ".join(left)[:300])
        return Ending(SENTENCE, detail=done.stderr[-200:]) if done.returncode else Ending(VALUE)
