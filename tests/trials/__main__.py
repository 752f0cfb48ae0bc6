"""The long trials, as `scripts/trials` starts them."""

from __future__ import annotations

import argparse
import fnmatch
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests")]

from trials import campaign, report  # noqa: E402
from trials.child import Child  # noqa: E402
from trials.ways_in import WAYS  # noqa: E402

RESULTS = Path(tempfile.gettempdir()) / "slviz-trials"


def main(arguments: Sequence[str]) -> int:
    """Run one kind of trial, or print what they found; the status is 1 where anything failed."""
    asked = _parser().parse_args(arguments)
    return asked.action(asked)


def _parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="scripts/trials", description="Try slviz as the world would.")
    commands = whole.add_subparsers(metavar="KIND", required=True)
    mutations = commands.add_parser("mutations", help="damaged files over every way in")
    mutations.add_argument(
        "--format", nargs="+", default=["*"], metavar="NAME", help="ways in, such as h5ad or 'run/*'"
    )
    mutations.add_argument("--count", type=int, default=10_000, help="attempts for each format (default: 10,000)")
    mutations.add_argument("--seconds", type=float, default=float("inf"), help="at most so long for each format")
    mutations.add_argument("--seed", type=int, default=None, help="where all chance begins (default: the time)")
    mutations.add_argument("--unguided", action="store_true", help="without looking at the lines that are reached")
    mutations.add_argument("--resume", action="store_true", help="leave out formats whose results lie in OUT already")
    mutations.set_defaults(action=_mutations)
    for name, action, count, about in OTHERS:
        other = commands.add_parser(name, help=about)
        other.add_argument("--count", type=int, default=count, help=f"how many (default: {count})")
        other.add_argument("--seconds", type=float, default=float("inf"), help="at most so long")
        other.add_argument("--seed", type=int, default=None, help="where all chance begins (default: the time)")
        other.add_argument("--out", type=Path, default=RESULTS, help=f"folder of the results (default: {RESULTS})")
        other.set_defaults(action=action)
    kills = commands.add_parser("kills", help="workers that are killed at every step of their work")
    kills.add_argument("--seconds", type=float, default=600.0, help="so long (default: 600)")
    kills.add_argument("--seed", type=int, default=None, help="where all chance begins (default: the time)")
    kills.add_argument("--out", type=Path, default=RESULTS, help=f"folder of the results (default: {RESULTS})")
    kills.set_defaults(action=_kills)
    hostile = commands.add_parser("hostile", help="the tests of hostile names in a browser")
    hostile.set_defaults(action=_hostile)
    found = commands.add_parser("report", help="print what was found: a table, or with --failures a list")
    found.add_argument("--failures", action="store_true", help="failures by place, with the smallest inputs")
    found.add_argument("--command", default="scripts/trials mutations", help="what the table says it came from")
    found.set_defaults(action=_report)
    again = commands.add_parser("again", help="read one file by one way in and tell how it ends")
    again.add_argument("way", choices=WAYS, metavar="FORMAT")
    again.add_argument("file", type=Path)
    again.set_defaults(action=_again)
    for command in (mutations, found):
        command.add_argument("--out", type=Path, default=RESULTS, help=f"folder of the results (default: {RESULTS})")
    return whole


def _mutations(asked: argparse.Namespace) -> int:
    seed = _seed(asked)
    ways = list(dict.fromkeys(way for pattern in asked.format for way in WAYS if _matches(way, pattern)))
    if not ways:
        print(f"No format matches {shlex.join(asked.format)}. There are: {', '.join(WAYS)}.", file=sys.stderr)
        return 2
    if asked.resume:
        whole = {(tally["way"], tally["seed"]) for tally in report.load(asked.out) if tally["attempts"] >= asked.count}
        ways = [way for way in ways if (way, seed) not in whole]
    print(f"seed {seed}, {len(ways)} formats, results in {asked.out}", flush=True)
    failed = 0
    with Child(traced=not asked.unguided) as child:
        for way in ways:
            tally = campaign.run(way, child, seed=seed, count=asked.count, seconds=asked.seconds)
            tally.save(asked.out)
            failed += tally.failed
            print(
                f"{way}: {tally.attempts:,} attempts in {tally.wall_seconds:.0f} s, {tally.failed:,} failures of "
                f"{len(tally.failures)} kinds, {tally.lines:,} lines, at most {tally.peak_bytes / 1e6:.0f} MB and "
                f"{tally.longest_seconds:.2f} s",
                *(f"\n  {failure.count} × {failure.place}" for failure in tally.failures.values()),
                flush=True,
            )
    return 1 if failed else 0


def _addresses(asked: argparse.Namespace) -> int:
    from trials import addresses

    return _told(addresses.run(asked.seconds, _seed(asked), count=asked.count), asked)


def _disks(asked: argparse.Namespace) -> int:
    from trials import disks

    return _told(disks.run(asked.seconds, _seed(asked), count=asked.count), asked)


def _told(tally: campaign.Tally, asked: argparse.Namespace) -> int:
    """Save and print what came of trials that are not files."""
    tally.save(asked.out)
    for failure in tally.failures.values():
        print(f"  {failure.count} × {failure.place}\n    {failure.detail}\n    {ascii(failure.content)[:400]}")
    for remark in tally.remarks:
        print(f"  {remark}", flush=True)
    print(
        f"{tally.way}, seed {tally.seed}: {tally.attempts:,} attempts in {tally.wall_seconds:.0f} s, {tally.values:,} "
        f"values, {tally.sentences:,} sentences, {tally.failed:,} failures of {len(tally.failures)} kinds"
    )
    return 1 if tally.failed else 0


def _bombs(asked: argparse.Namespace) -> int:
    from trials import large_claims

    return _told(large_claims.run(asked.seconds, _seed(asked), tell=print), asked)


def _kills(asked: argparse.Namespace) -> int:
    from trials import kills  # pyright: ignore[reportAttributeAccessIssue]

    seed, began = _seed(asked), time.monotonic()
    print(f"seed {seed}", flush=True)
    sentences, counts = kills.tried(int(asked.seconds), seed)
    tally = campaign.Tally("kills", seed, attempts=sum(counts.values()), failed=len(sentences))
    tally.values, tally.wall_seconds = tally.attempts - tally.failed, time.monotonic() - began
    for sentence in sentences:
        tally.failures[sentence] = campaign.Failure(sentence, 1, sentence, seed, (), b"")
    tally.remarks = [f"{work}: {count} kills" for work, count in counts.items()]
    return _told(tally, asked)


def _hostile(asked: argparse.Namespace) -> int:
    """They are tests already."""
    command = [sys.executable, "-m", "pytest", "-q", "-k", "hostile", "tests/browser"]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


def _seed(asked: argparse.Namespace) -> int:
    return int(time.time()) if asked.seed is None else asked.seed


def _matches(way: str, pattern: str) -> bool:
    return fnmatch.fnmatch(way, pattern) or pattern in way.split("/") or way.endswith(f".{pattern}")


def _report(asked: argparse.Namespace) -> int:
    tallies = report.load(asked.out)
    if asked.failures:
        print(report.as_list(tallies, folder=asked.out))
    else:
        print(report.as_table(tallies, command=asked.command))
    return 0


def _again(asked: argparse.Namespace) -> int:
    with Child() as child:
        ending = child.attempt(asked.way, asked.file.read_bytes())
    print(f"{ending.kind} {ending.place}\n{ending.detail}\n{ending.seconds:.2f} s, {ending.peak_bytes / 1e6:.0f} MB")
    return int(ending.failed)


OTHERS = (
    ("addresses", _addresses, 500, "nonsense in the address of every page"),
    ("disks", _disks, 400, "full, read-only and limited disks"),
    ("bombs", _bombs, 0, "every small file that unpacks to a very large one, once"),
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
