"""A tutorial as the steps that it asks its reader to take: files to write, lines to add, commands to run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FENCED = re.compile(r"^```(?P<kind>\w+)(?P<words>[^\n]*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
ADDRESS = re.compile(r"http://localhost:8501/(\w+)\?([^)\s]+)")
SECONDS = 120


@dataclass(frozen=True)
class Step:
    """One fenced block.

    Attributes:
        kind: the language of the block: bash, text, diff, or that of a file.
        title: the file that it writes or changes; "" for commands and what they print.
        fails: whether the command is meant to end with 1 or 2.
        content: the lines of the block.
        line: where it begins in the page.
    """

    kind: str
    title: str
    fails: bool
    content: str
    line: int


def steps(page: Path) -> Iterator[Step]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for block in FENCED.finditer(text):
        title = TITLE.search(block["words"])
        yield Step(
            kind=block["kind"],
            title=title[1] if title else "",
            fails="fails" in block["words"].split(),
            content=block["content"],
            line=text[: block.start()].count("\n") + 1,
        )


def follow(page: Path, *, folder: Path, environment: Mapping[str, str]) -> int:
    """Take every step of a page in `folder`; returns how many commands were run.

    What a page says that a command prints (a `text` block after it) is held by its words that have a digit in them, so
    that a sentence may be worded anew, but no figure or name may differ. Raises `AssertionError` with the step.
    """
    printed, commands = "", 0
    for step in steps(page):
        if step.kind == "console":
            continue  # for the eyes of a reader: it would open a browser
        if step.kind == "diff":
            _apply(step, folder / step.title)
        elif step.title:
            (folder / step.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / step.title).write_text(step.content, encoding="utf-8")
        elif step.kind == "bash":
            printed, commands = _run(step, folder, environment), commands + 1
        else:
            missing = [word for word in step.content.split() if re.search(r"\d", word) and word not in printed]
            assert not missing, f"{page.name}, line {step.line}: {missing} are not in what was printed:\n{printed}"
    return commands


def _run(step: Step, folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step.content],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    printed = done.stdout + done.stderr
    assert (done.returncode in (1, 2)) if step.fails else (done.returncode == 0), f"line {step.line}: {printed}"
    return printed


def _apply(step: Step, path: Path) -> None:
    """Adds the lines that begin with + where the other lines of the block stand in the file."""
    lines = step.content.splitlines()
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines)
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"line {step.line}: {step.title} does not have these lines once:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")


def addresses(page: Path) -> list[tuple[str, dict[str, str]]]:
    """Page of the dashboard and keys of every address that a page links to."""
    found = ADDRESS.findall(page.read_text(encoding="utf-8"))
    return [(name, dict(part.split("=", 1) for part in query.split("&"))) for name, query in found]
