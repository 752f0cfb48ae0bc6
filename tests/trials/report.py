"""What the trials found, as Markdown: a table for RESULTS.md, and a list of failures for whoever mends them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trials.ways_in import WAYS

HEADINGS = (
    "format",
    "attempts",
    "values",
    "sentences",
    "failures",
    "kinds",
    "lines",
    "most memory",
    "mean",
    "longest",
    "wall",
)
SHOWN_BYTES = 160


def load(folder: Path) -> list[dict[str, Any]]:
    """The tallies that lie in a folder, in the order of the table of ways."""
    told = [json.loads(path.read_bytes()) for path in folder.glob("*.json")]
    order = list(WAYS)
    return sorted(told, key=lambda tally: (order.index(tally["way"]) if tally["way"] in order else 999, tally["way"]))


def as_table(tallies: Iterable[Mapping[str, Any]], *, command: str) -> str:
    """One row a format: how many attempts, how they ended, and what they took at most."""
    rows = []
    for tally in tallies:
        rows.append(
            (
                f"`{tally['way']}`",
                f"{tally['attempts']:,}",
                f"{tally['values']:,}",
                f"{tally['sentences']:,}",
                f"{tally['failed']:,}",
                f"{len(tally['failures']):,}",
                f"{tally['lines']:,}",
                f"{tally['peak_bytes'] / 1e6:,.0f} MB",
                f"{1000 * tally.get('processor_seconds', 0.0) / max(tally['attempts'], 1):,.0f} ms",
                f"{tally['longest_seconds']:.2f} s",
                f"{tally['wall_seconds']:,.0f} s",
            )
        )
    lines = [f"`{command}`", "", f"| {' | '.join(HEADINGS)} |", f"| --- |{' ---: |' * (len(HEADINGS) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def as_list(tallies: Iterable[Mapping[str, Any]], *, folder: Path) -> str:
    """Failures by owner and place, with the ways that lead there and the smallest input."""
    places: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for tally in tallies:
        owner = WAYS[tally["way"]].owner if tally["way"] in WAYS else "other"
        for failure in tally["failures"]:
            places[owner, failure["place"]].append((tally["way"], failure))
    lines = []
    for owner in sorted({owner for owner, _ in places}):
        lines.append(f"\n## {owner}\n")
        for (whose, place), failures in sorted(places.items()):
            if whose == owner:
                lines += _told(place, failures, folder)
    return "\n".join(lines) + "\n"


def _told(place: str, failures: list[tuple[str, Mapping[str, Any]]], folder: Path) -> list[str]:
    smallest = min((failure for _, failure in failures), key=lambda failure: (folder / failure["input"]).stat().st_size)
    content = (folder / smallest["input"]).read_bytes()
    ways = ", ".join(f"{way} ({failure['count']})" for way, failure in failures)
    told = smallest["detail"].strip().strip("\"'").replace("\\n", " ")
    shown = ascii(content[:SHOWN_BYTES])[1:] + (" …" if len(content) > SHOWN_BYTES else "")
    return [
        f"- **{place}** — {ways}",
        f"  - {told[:240]}",
        f"  - {len(content):,} bytes, `{folder / smallest['input']}`: `{shown}`",
    ]
