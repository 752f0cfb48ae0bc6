"""Work in a bounded process: values and sentences come back, memory and time end in a sentence."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.own_table import read_own_table
from slviz.datasets.sources import open_dataset
from slviz.errors import MalformedData, SlvizError, TrainingDiverged
from slviz.files import limited
from slviz.files.answers import ForeignAnswer, taken_back
from slviz.files.limited import run_limited
from slviz.files.limits import LIMITS, SMALL_SECONDS
from slviz.files.regular import check_regular, read_regular
from slviz.gene_sets import read_gmt
from slviz.pipeline import jobs
from slviz.splits import HeldOut
from slviz.tables import UnreadableText, read_text
from slviz.vectors.bring_in import bring_in

SMALL = {"what": "a file", "size_bytes": 100}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="this system bounds no process")


def test_the_value_comes_back() -> None:
    assert run_limited(sorted, [3, 1, 2], what="a list", size_bytes=1, reverse=True) == [3, 2, 1]


def test_a_sentence_comes_back_with_its_type(tmp_path: Path) -> None:
    with pytest.raises(MalformedData, match="is a folder, not a file"):
        run_limited(check_regular, tmp_path, what="a folder", size_bytes=1)


def test_a_defect_is_a_sentence_for_the_visitor_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SlvizError, match=r"^a number could not be read") as refused:
        run_limited(int, "x", what="a number", size_bytes=1)
    assert "Traceback" not in str(refused.value)
    assert "ValueError: invalid literal" in caplog.text


@LINUX
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_READ_SMALL_MEMORY_MB", "40")
    assert len(run_limited(bytes, 10 << 20, what="zeros", size_bytes=1)) == 10 << 20
    with pytest.raises(MalformedData, match=r"more than the 40 MiB of memory .* SLVIZ_READ_SMALL_MEMORY_MB"):
        run_limited(bytes, 50 << 20, what="zeros", size_bytes=1)
    monkeypatch.setenv("SLVIZ_READ_SMALL_MEMORY_MB", "320")
    assert len(run_limited(bytes, 50 << 20, what="zeros", size_bytes=1)) == 50 << 20


@LINUX
def test_computing_time_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SMALL_SECONDS.variable, "1")
    began = time.monotonic()
    with pytest.raises(MalformedData, match=r"longer than the 1 seconds.*SLVIZ_READ_SMALL_SECONDS"):
        run_limited(pow, 3, 10**8, what="a power", size_bytes=1)
    assert time.monotonic() - began < 20


def test_a_child_that_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "wall_seconds", lambda size_bytes: 2)
    shares: list[float] = []
    with pytest.raises(MalformedData, match="takes longer than"):
        run_limited(time.sleep, 60, what="a sleeper", size_bytes=1, on_wait=shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.3 < shares[-1] <= 1


def test_who_waits_may_end_it() -> None:
    def leave(_share: float) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_limited(time.sleep, 60, what="a sleeper", size_bytes=1, on_wait=leave)
    assert time.monotonic() - began < 10


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_a_child_that_crashes_is_a_sentence() -> None:
    for number in (signal.SIGSEGV, signal.SIGKILL):
        with pytest.raises(MalformedData, match="was not read: it is damaged, or it takes more"):
            run_limited(signal.raise_signal, number, what="cells.h5ad", size_bytes=1)


def test_limits_grow_with_the_file_and_end_at_the_most() -> None:
    assert limited.memory_bytes(15 << 20) <= 320 << 20
    assert limited.memory_bytes(100 << 20) == 2000 << 20
    assert limited.memory_bytes(1 << 40) == 4096 << 20
    assert limited.cpu_seconds(15_000_000) == 10
    assert limited.cpu_seconds(1 << 40) == 300


def test_a_limit_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("many", "-1", "0", "1e9", "9" * 30, "١"):
        monkeypatch.setenv("SLVIZ_UNPACKED_MB", value)
        with pytest.raises(SlvizError, match=r"SLVIZ_UNPACKED_MB=.* is not a whole number"):
            _ = next(each for each in LIMITS if each.variable == "SLVIZ_UNPACKED_MB").value


def test_every_limit_stands_in_the_documents() -> None:
    told = (Path(__file__).resolve().parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
    for each in LIMITS:
        assert f"| `{each.variable}` | {each.usual:,} | {each.meaning} |" in told
    assert len({each.variable for each in LIMITS}) == len(LIMITS)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_only_a_plain_file_inside_its_folder_is_read(tmp_path: Path) -> None:
    folder, outside = tmp_path / "set", tmp_path / "secret.txt"
    folder.mkdir()
    outside.write_text("secret")
    (folder / "genes.txt").write_text("TP53")
    (folder / "inside").symlink_to("genes.txt")
    (folder / "out").symlink_to(outside)
    (folder / "up").symlink_to("../secret.txt")
    (folder / "round").symlink_to("round")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (tmp_path / "another").symlink_to(folder)
    assert (
        read_regular(folder / "genes.txt", within=folder) == read_regular(folder / "inside", within=folder) == b"TP53"
    )
    assert read_regular(tmp_path / "another" / "genes.txt", within=tmp_path / "another") == b"TP53"
    for name in ("out", "up", "folder/secret.txt", "../secret.txt"):
        with pytest.raises(MalformedData, match="a link to a place outside its folder"):
            read_regular(folder / name, within=folder)
    for name, said in (("pipe", "is a pipe"), ("folder", "outside its folder"), ("round", "link|cannot be read")):
        with pytest.raises(MalformedData, match=said):
            read_regular(folder / name, within=folder)
    with pytest.raises(MalformedData, match="is a device"):
        read_regular(Path("/dev/zero"))
    with pytest.raises(MalformedData, match=r"larger than 0 MiB"):
        read_regular(folder / "genes.txt", most_bytes=3)


@pytest.mark.parametrize(
    "error",
    [
        UnreadableText("a.csv", "is a PDF, not a text file", "Save it as text.", line=3, value="x"),
        MalformedData("It cannot be used.", report={"some": "report"}),
        TrainingDiverged(3, float("inf")),
    ],
)
def test_every_error_goes_between_processes_as_it_is(error: SlvizError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))


def test_an_error_with_attributes_of_its_own_comes_back() -> None:
    with pytest.raises(UnreadableText, match="is a PDF") as refused:
        run_limited(read_text, b"%PDF-1.4", "a.csv", what="a.csv", size_bytes=8)
    assert refused.value.remedy.startswith("Save it")


class _Runs:
    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.call


@pytest.mark.parametrize(
    "call",
    [(os.system, "true"), (eval, "1"), (jobs.start, ["runs"]), (np.load, "x.npy"), (Path.home,), (getattr, 1, "real")],
)
def test_an_answer_cannot_call_anything_in_the_server(call: tuple[object, ...]) -> None:
    with pytest.raises(ForeignAnswer, match="an answer names"):
        taken_back(pickle.dumps(("value", _Runs(*call))))
    with pytest.raises(SlvizError, match="could not be read"):
        limited._value(pickle.dumps(("value", _Runs(*call))), 0, "a file", 1)


def test_what_the_readers_answer_comes_back(tmp_path: Path) -> None:
    graph = open_dataset("demo")
    index, genes = GeneIndex(graph), graph.genes[:9]
    rows = "".join(f"{gene},{number}.5,a\n" for number, gene in enumerate(genes)).encode()
    own = run_limited(read_own_table, b"gene,v,t\n" + rows, "a.csv", genes=len(graph), index=index, **SMALL)
    assert own.genes_found == len(genes)
    terms, _ = run_limited(read_gmt, f"s\tna\t{genes[0]}\n".encode(), "a.gmt", graph=graph, index=index, **SMALL)
    assert terms.membership.sum() == 1
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"{genes[0]}\t{genes[1]}\n")
    assert run_limited(HeldOut.read, graph, pairs, **SMALL).pairs.shape == (1, 2)
    (tmp_path / "x.csv").write_bytes(b"gene,v,w\n" + rows.replace(b",a\n", b",2.5\n"))
    assert run_limited(bring_in, tmp_path / "x.csv", tmp_path / "models", **SMALL).points == len(genes)


@pytest.mark.parametrize(
    "answer",
    [b"", b"no pickle", pickle.dumps(("value", 1))[:-2], pickle.dumps(7), pickle.dumps((1, 2, 3)), b"\x80\x05R."],
)
def test_bytes_that_are_no_answer_are_refused_as_a_foreign_one(answer: bytes) -> None:
    with pytest.raises(ForeignAnswer, match="an answer cannot be read"):
        taken_back(answer)
