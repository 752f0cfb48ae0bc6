"""What is as it should be and what is not: versions, device, folders, data sets, runs. Each with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import slviz
from slviz.datasets.sources import default_source, known_datasets
from slviz.disk.whole_files import remove_any, write_whole
from slviz.errors import InvalidSetting, SlvizError
from slviz.pipeline import commands, scheduler
from slviz.runs.manifest import library_versions
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary
from slviz.serving import NoProxy, find_haproxy

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1 << 30
"""A run of the real data with its maps takes 20 MB; a full disk stops every training at once."""
PROBE = "slviz-doctor-probe"
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Finding:
    """Something that was looked at.

    Attributes:
        topic: such as "models folder".
        said: how it stands, in a sentence or a few words.
        todo: what to do about it; "" where nothing needs doing.
    """

    topic: str
    said: str
    todo: str = ""


def checkup(store: RunStore, *, thorough: bool = True) -> Iterator[Finding]:
    """All findings but the left-overs, in an order to read; `thorough` reads every file of every finished run."""
    yield from _versions()
    yield _device()
    yield _proxy()
    yield _scheduler()
    yield from _models_folder(store.root)
    yield from _data_sets()
    summaries = store.summaries()
    yield _counted(summaries)
    yield from _damaged(store, summaries, thorough=thorough)
    yield from _interrupted(summaries)


def _versions() -> Iterator[Finding]:
    versions = library_versions()
    python = f"Python {versions.pop('python')} on {platform.system()}"
    old = tuple(map(int, platform.python_version_tuple()[:2])) < OLDEST_PYTHON
    yield Finding("versions", f"slviz {slviz.__version__}, {python}", "Install Python 3.11 or later." if old else "")
    versions.pop("slviz", None)
    yield Finding("libraries", ", ".join(f"{name} {version}" for name, version in versions.items()))


def _device() -> Finding:
    try:
        from slviz.training.devices import find_device

        return Finding("device", f"trains on {find_device('auto').type}, {os.cpu_count()} processors")
    except ImportError as error:
        return Finding("device", f"torch cannot be loaded ({error})", "Install it: `pip install -r requirements.txt`.")


def _proxy() -> Finding:
    """HAProxy, which only a server of several processes needs."""
    try:
        program = find_haproxy()
        said = subprocess.run([program, "-v"], capture_output=True, text=True, timeout=PATIENCE_SECONDS).stdout
    except NoProxy:
        return Finding("proxy", "no HAProxy here; `serve` needs it (apt-get install haproxy), `app` does not")
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("proxy", f"HAProxy cannot be started ({error})", "Install it anew: apt-get install haproxy.")
    return Finding("proxy", f"{said.partition(' - ')[0].strip() or 'HAProxy'}, at {program}")


def _scheduler() -> Finding:
    """The Dask cluster that trains what the pages start, where one is named."""
    try:
        address = scheduler.scheduler()
    except InvalidSetting as error:
        return Finding("scheduler", str(error), f"Correct {scheduler.VARIABLE}, or unset it.")
    if not address:
        return Finding("scheduler", "none named: runs are trained on this machine")
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_SECONDS):
            return Finding("scheduler", f"{address} takes connections")
    except (OSError, OverflowError) as error:
        start = f"Start it with `dask scheduler`, or unset {scheduler.VARIABLE}: runs are then trained here."
        return Finding("scheduler", f"{address} does not answer ({error})", start)


def _models_folder(root: Path) -> Iterator[Finding]:
    named = "SLVIZ_MODELS" if os.environ.get("SLVIZ_MODELS") else "beside the program"
    there = next(folder for folder in (root, *root.parents) if folder.exists())
    if there != root:
        yield Finding("models folder", f"{root} ({named}) is not there yet; the first run makes it")
    elif not root.is_dir():
        yield Finding("models folder", f"{root} ({named}) is a file", "Set SLVIZ_MODELS to a folder.")
        return
    reason = _why_not_writable(there)
    if reason:
        yield Finding(
            "models folder",
            f"{root} ({named}) cannot be written: {reason}",
            "Set SLVIZ_MODELS to a folder that you may write to.",
        )
    elif there == root:
        yield Finding("models folder", f"{root} ({named}), can be written")
    free = shutil.disk_usage(there).free
    said = f"{size_words(free)} free for runs"
    yield Finding("disk", said, "" if free >= LEAST_FREE_BYTES else "Make room: remove runs, or empty the cache.")


def _why_not_writable(folder: Path) -> str:
    probe = folder / f".{PROBE}-{os.getpid()}"
    try:
        write_whole(probe, b"")
    except OSError as error:
        return error.strerror or type(error).__name__
    finally:
        remove_any(probe)
    return ""


def _data_sets() -> Iterator[Finding]:
    default = default_source()
    entries = known_datasets()
    for entry in entries:
        mark = ", opened by default" if entry.source == default else ""
        yield Finding("data set", f"{entry.source}: {entry.title}, in {entry.path}{mark}")
    if default not in {entry.source for entry in entries}:
        yield Finding(
            "data set",
            f"{default} is opened by default and is not here",
            "Set SLVIZ_DATA to demo, or to a folder with genes and pairs.",
        )


def _counted(summaries: list[RunSummary]) -> Finding:
    states = [summary.state for summary in summaries]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    shipped = sum(summary.shipped for summary in summaries)
    if not shipped:
        return Finding("runs", counts or "none yet")
    whose = f"{shipped} of them come" if shipped < len(summaries) else "all of them come"
    return Finding("runs", f"{counts}; {whose} with slviz and lie outside the models folder")


def _damaged(store: RunStore, summaries: list[RunSummary], *, thorough: bool) -> Iterator[Finding]:
    for summary in summaries:
        problems = [summary.problem] if summary.state == "damaged" else []
        if summary.state == "finished" and thorough:
            problems = _problems(store, summary.run_id)
        for problem in problems:
            topic = "damaged run" if summary.state == "damaged" else "damaged file"
            yield Finding(
                topic, f"{summary.run_id}: {problem}", f"Look at `python -m slviz runs show {summary.run_id}`."
            )


def _problems(store: RunStore, run_id: str) -> list[str]:
    try:
        return store.check(run_id)
    except SlvizError as error:
        return [str(error)]


def _interrupted(summaries: list[RunSummary]) -> Iterator[Finding]:
    for summary in summaries:
        if summary.state != "interrupted":
            continue
        resume, remove = (
            f"`{commands.in_terminal(spelt(summary.run_id))}`" for spelt in (commands.resume, commands.remove)
        )
        if summary.spec is None:
            yield Finding("interrupted run", f"{summary.run_id}: {summary.problem}", f"Remove it with {remove}.")
        else:
            yield Finding("interrupted run", summary.run_id, f"Resume it with {resume}, or remove it with {remove}.")


def size_words(size_bytes: int) -> str:
    """A size for a person, such as "1.2 GB"."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def age_words(seconds: float | None) -> str:
    """An age for a person, such as "3 hours old"; a file from the future says so."""
    if seconds is None:
        return "gone by now"
    if seconds < -5:
        return "from the future: the clock was set back"
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "new"
