"""No upload below 15 MB takes 500 MB of memory or 10 s of computing: at the command line, and by the pages' child.

The command line reads every bomb, each in a fork of one process that has imported all it needs. What the pages do is
tried with one bomb of each kind; with all of them where SLVIZ_LONG_TRIALS is set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bombs import BOMBS, LARGEST_BYTES, OTHER_BOMBS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in another unit there"),
]
MOST_KIBIBYTES, MOST_SECONDS = 500_000, 10.0
CHECKOUT = Path(__file__).resolve().parents[2]
ONE_OF_EACH_KIND = ("text.h5ad", "zeros.npz", "lines.tsv.gz", "cell.tsv", "data.zip", "table.parquet")
IN_A_CHILD = [*BOMBS, *OTHER_BOMBS] if os.environ.get("SLVIZ_LONG_TRIALS") else ONE_OF_EACH_KIND
# A process that imports all, and then does what each line of its input asks for in a fork, which it measures. Linux
# counts the memory of whoever starts a process as that process's own, so this one stays small.
MEASURING = """
import json, os, sys
from pathlib import Path
from slviz.cli import main
from slviz.datasets.uploads import keep_and_read
from slviz.errors import SlvizError
from slviz.files.limited import run_limited
from slviz.runs.parsing import parse_table
from slviz.vectors.bring_in import bring_in
import slviz.vectors.h5ad

def add(path):
    return main(["vectors", "add", str(path)])

def vectors(path):
    return limited(path, bring_in, path, path.parent / "vectors")

def other(path):
    if path.suffix == ".zip":
        return limited(path, keep_and_read, {path.name: path})
    return limited(path, parse_table, path.read_bytes(), path)

def limited(path, function, *given):
    try:
        run_limited(function, *given, what=path.name, size_bytes=path.stat().st_size)
    except SlvizError as error:
        print(error, file=sys.stderr)
        return 1
    return 0

for line in sys.stdin:
    what, name = json.loads(line)
    path = Path(name)
    child = os.fork()
    if child == 0:
        with open(path.with_name("told"), "w") as told:
            sys.stdout = sys.stderr = told
            status = globals()[what](path)
        os._exit(status)
    _, status, used = os.wait4(child, 0)
    told = path.with_name("told").read_text()
    said = [used.ru_maxrss, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status), told]
    print(json.dumps(said), flush=True)
"""


@dataclass(frozen=True)
class Measured:
    """What reading a bomb took: KiB of its largest process, seconds of computing, status, what was said."""

    memory: int
    seconds: float
    status: int
    told: str


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, Path], Measured]]:
    place = tmp_path_factory.mktemp("bombs")
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT),
        "SLVIZ_MODELS": str(place / "models"),
        "SLVIZ_CACHE": str(place / "cache"),
    }
    command = [sys.executable, "-c", MEASURING]
    with subprocess.Popen(
        command, env=environment, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, answers = process.stdin, process.stdout

        def ask(what: str, path: Path) -> Measured:
            print(json.dumps([what, str(path)]), file=given, flush=True)
            return Measured(*json.loads(answers.readline()))

        yield ask
        given.close()


def _is_refused_within_bounds(measured: Measured) -> None:
    assert measured.status == 1, "none of them holds anything to show"
    assert measured.memory < MOST_KIBIBYTES
    assert measured.seconds < MOST_SECONDS
    assert measured.told.strip().isprintable()
    assert "does not know why" not in measured.told


@pytest.mark.parametrize("name", BOMBS)
def test_the_command_line_refuses_it(name: str, tmp_path: Path, measure: Callable[[str, Path], Measured]) -> None:
    path = tmp_path / name
    BOMBS[name](path)
    assert path.stat().st_size < LARGEST_BYTES
    measured = measure("add", path)
    _is_refused_within_bounds(measured)
    assert measured.told.startswith("slviz: ")


@pytest.mark.parametrize("name", IN_A_CHILD)
def test_the_pages_refuse_it_by_their_child(
    name: str, tmp_path: Path, measure: Callable[[str, Path], Measured]
) -> None:
    path = tmp_path / name
    (BOMBS | OTHER_BOMBS)[name](path)
    assert path.stat().st_size < LARGEST_BYTES
    _is_refused_within_bounds(measure("other" if name in OTHER_BOMBS else "vectors", path))
