"""`doctor`: what is wrong with this installation and its folders, and what to do; clears what killed processes left."""

from __future__ import annotations

import argparse

from slviz.disk.left_over import LeftOver
from slviz.doctor.checkup import Finding, age_words, checkup, size_words
from slviz.doctor.left_overs import Places, left_overs
from slviz.runs.store import RunStore

ABOUT = """Look at versions, device, models folder, data sets and runs, and at what killed processes left; each that
needs something says what to do. Nothing is changed without --clear, and never what a living process uses.

status: 0 nothing needs doing, 1 something does"""


def add_doctor_command(commands: argparse._SubParsersAction) -> None:
    """Add `doctor` to the command line."""
    command = commands.add_parser(
        "doctor",
        help="what is wrong here, and what to do about it",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--clear", action="store_true", help="remove what killed processes left")
    command.add_argument("--quick", action="store_true", help="do not read every file of every finished run")
    command.set_defaults(action=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    store = RunStore.default()
    remaining = left_overs(Places.of(store.root))
    if options.clear:
        remaining = _cleared(remaining)
    needs_doing = sum(_tell(finding) for finding in checkup(store, thorough=not options.quick))
    needs_doing += sum(_tell(_as_finding(left, tried=options.clear)) for left in remaining)
    if not remaining and not options.clear:
        print(_line("left-overs", "none"))
    print("\n" + ("Nothing needs doing." if not needs_doing else f"{_counted(needs_doing)} something done."))
    return 1 if needs_doing else 0


def _cleared(leftovers: list[LeftOver]) -> list[LeftOver]:
    """Clear the left-overs and say so; those that could not be cleared."""
    kept = []
    for left in leftovers:
        size = size_words(left.size_bytes)
        if left.clear():
            print(_line("cleared", f"{left.path}: {left.what}, {size}"))
        else:
            kept.append(left)
    if not leftovers:
        print(_line("left-overs", "none"))
    return kept


def _as_finding(left: LeftOver, *, tried: bool) -> Finding:
    said = f"{left.path}: {left.what}, {size_words(left.size_bytes)}, {age_words(left.age_seconds)}"
    if tried:
        return Finding("left-over", said, "It could not be removed: see who owns it, and remove it by hand.")
    return Finding("left-over", said, "Clear it with `python -m slviz doctor --clear`.")


def _tell(finding: Finding) -> bool:
    """Print a finding; whether it needs something done."""
    print(_line(finding.topic, finding.said))
    if finding.todo:
        print(_line("", f"→ {finding.todo}"))
    return bool(finding.todo)


def _line(topic: str, said: str) -> str:
    return f"{topic:<16} {said}".rstrip()


def _counted(count: int) -> str:
    return f"{count} {'thing needs' if count == 1 else 'things need'}"
