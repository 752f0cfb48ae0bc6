"""No upload below 15 MB takes 500 MB of memory or 10 seconds of computing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bombs import BOMBS, LARGEST_BYTES, OTHER_BOMBS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in another unit there"),
]
MOST_KIBIBYTES, MOST_SECONDS = 500_000, 10.0
CHECKOUT = Path(__file__).resolve().parents[2]
READ_AS_TEXT = ("lines.tsv.gz",)
"""What a table of so many lines takes is known only while it is read; the child bounds that."""
IN_A_CHILD = """
import resource, sys
from pathlib import Path
from slviz.errors import SlvizError
from slviz.files.limited import run_limited
from slviz.datasets.uploads import keep_and_read
from slviz.files.parquet import read_parquet
from slviz.vectors.bring_in import bring_in
path = Path(sys.argv[1])
calls = {".zip": (keep_and_read, {path.name: path}), ".parquet": (read_parquet, path.read_bytes(), path.name)}
function, *given = calls[path.suffix] if sys.argv[2] == "other" else (bring_in, path, path.parent / "vectors")
try:
    run_limited(function, *given, what=path.name, size_bytes=path.stat().st_size)
except SlvizError as error:
    print(error)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
"""
# A small process in between: Linux counts the memory of whoever starts a process as that process's own.
MEASURED = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status))
"""


def _environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT),
        "SLVIZ_MODELS": str(tmp_path / "models"),
        "SLVIZ_CACHE": str(tmp_path / "cache"),
    }


@pytest.mark.parametrize("name", [*BOMBS, *OTHER_BOMBS])
def test_an_upload_is_read_or_refused_within_bounds(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    (BOMBS | OTHER_BOMBS)[name](path)
    assert path.stat().st_size < LARGEST_BYTES
    command = [sys.executable, "-c", IN_A_CHILD, str(path), "other" if name in OTHER_BOMBS else "vectors"]
    told = subprocess.run(command, env=_environment(tmp_path), capture_output=True, text=True, check=True).stdout
    *sentence, used = told.splitlines()
    memory, seconds = used.split()
    assert int(memory) < MOST_KIBIBYTES
    assert float(seconds) < MOST_SECONDS
    assert sentence, "none of them holds anything to show"
    assert "does not know why" not in sentence[0]


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in READ_AS_TEXT])
def test_the_command_line_needs_no_bounded_child_to_refuse_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    BOMBS[name](path)
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "slviz", "vectors", "add", str(path)]
    told = subprocess.run(command, env=_environment(tmp_path), capture_output=True, text=True, cwd=CHECKOUT, check=True)
    memory, seconds, status = told.stdout.split()
    assert status == "1", told.stderr
    assert told.stderr.startswith("slviz: ")
    assert told.stderr.strip().isprintable()
    assert int(memory) < MOST_KIBIBYTES
    assert float(seconds) < MOST_SECONDS
