#!/usr/bin/env python3
"""How soon the dashboard shows its finished runs, and that it does so without torch.

    .venv/bin/python benchmarks/viewer_start.py [--rounds 5]

Each round starts the server anew and opens the Overview in headless Chromium, twice: as it is, and with
torch and torch_geometric imported by the page, as a viewer does that loads its models to show them. Prints
the seconds from the command to the drawn page, and the ratio. Needs Playwright and Chromium.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser")]

from served import chromium, served_app, settle  # noqa: E402

from slviz.runs.store import RunStore  # noqa: E402

HEAVY = "import torch, torch_geometric.nn\n"
QUIET_SECONDS = 0.2


def seconds_to_page(browser: object, app: Path) -> float:
    """From starting the server to the Overview at rest, less the moment it is watched for being at rest."""
    started = time.perf_counter()
    with served_app(models=RunStore.default().root, app=app) as base:
        page = browser.new_page()
        page.goto(base)
        settle(page, quiet_seconds=QUIET_SECONDS)
        seconds = time.perf_counter() - started - QUIET_SECONDS
        page.close()
    return seconds


def main(rounds: int) -> None:
    """Measure both in turn, round by round, so that a slow moment of the machine hits both."""
    ours, heavy = [], []
    with tempfile.TemporaryDirectory(dir=CHECKOUT) as folder, chromium() as browser:
        copy = Path(folder) / "app.py"
        copy.write_text(HEAVY + (CHECKOUT / "app.py").read_text())
        (Path(folder) / "pages").symlink_to(CHECKOUT / "pages")
        for _ in range(rounds):
            ours.append(seconds_to_page(browser, CHECKOUT / "app.py"))
            heavy.append(seconds_to_page(browser, copy))
    ratio = statistics.median(theirs / mine for mine, theirs in zip(ours, heavy, strict=True))
    print("| viewer | median s | fastest | slowest |\n| --- | --- | --- | --- |")
    for name, seconds in (("slviz", ours), ("the same, importing torch and PyG", heavy)):
        print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} |")
    print(f"\nslviz is drawn {ratio:.1f} times as soon ({rounds} rounds).")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is started (5)")
    main(parser.parse_args().rounds)
