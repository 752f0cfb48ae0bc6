"""Kills: every kind of work is killed at every operation on a file, and at random moments; then nothing may be lost.

    python tests/trials/kills.py --seconds 600 --seed 7

`run(seconds, seed)` gives the failures as sentences. After each kill it is asked that the runs which were finished are
whole, that every run has a sensible state, that the same work done again ends well, that a start or `doctor --clear`
leaves nothing behind, and that then the very same files lie there as after work that nobody killed.

One process imports everything once and forks a child a trial, so that a trial takes a fraction of a second.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
HANGS_SECONDS = 120.0
REFUSED = 0.3
"""Share of the trials in which nothing is killed and the disk refuses instead: full, read-only, forbidden, broken."""
PATHS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.utime", "os.chmod")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def run(seconds: int, seed: int, *, slow: bool = True) -> list[str]:
    """Kill for about so many seconds, from that seed; the failures, [] where all held.

    With `slow` also work that starts processes of its own (sweep, tune).
    """
    return tried(seconds, seed, slow=slow)[0]


def tried(seconds: int, seed: int, *, slow: bool = True, rounds: int | None = None) -> tuple[list[str], dict[str, int]]:
    """The failures, and by work how many trials there were.

    With `rounds`, however long it takes, each work is killed so many times, always at an operation on a file.
    """
    with tempfile.TemporaryDirectory(prefix="slviz-kills-") as place:
        command = [sys.executable, __file__, "--child", place, "--seconds", str(seconds), "--seed", str(seed)]
        path = os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "tests"), os.environ.get("PYTHONPATH", "")])
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        done = subprocess.run(
            [*command, *(["--slow"] if slow else []), *(["--rounds", str(rounds)] if rounds else [])],
            env={**os.environ, **threads, "PYTHONPATH": path, "SLVIZ_SLOTS": "2"},
            capture_output=True,
            text=True,
            check=False,
        )
        answer = Path(place) / "answer.json"
        if not answer.is_file():
            return [f"The trial itself broke: {done.stderr[-2000:]}"], {}
        told = json.loads(answer.read_text())
        return told["failures"], told["trials"]


# --- what is killed --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """Something that writes to the disk.

    Attributes:
        name: of the work.
        prepare: what lies there before, beside a finished run.
        act: the work; done again after a kill, it must end well.
        is_done: whether its result is there.
        slow: whether it takes seconds.
    """

    name: str
    act: Callable[[Bench], Any]
    is_done: Callable[[Bench], bool]
    prepare: Callable[[Bench], Any] = lambda bench: None
    slow: bool = False


class Bench:
    """A place with a models folder, a cache and a data folder of its own, and what the works have in common."""

    def __init__(self, place: Path, shared: dict[str, Any]) -> None:
        from slviz.runs.store import RunStore

        self.place = place
        self.shared = shared
        self.models, self.cache, self.data = place / "models", place / "cache", place / "data"
        self.store = RunStore(self.models)
        self.graph = shared["graph"]
        self.kept = shared["kept"]

    def enter(self) -> None:
        """Make this the place that slviz writes to; in a forked child alone."""
        os.environ |= {"SLVIZ_MODELS": str(self.models), "SLVIZ_CACHE": str(self.cache)}
        os.chdir(self.place)

    @property
    def places(self) -> Any:
        from slviz.doctor.left_overs import Places

        return Places(self.models, self.cache, self.data / "synlethdb", self.place / "tmp")


def works() -> list[Work]:
    """All kinds of work."""
    from builders import tiny_graph, tiny_run
    from run_folders import finish, write_data_folder

    from slviz.cli import main
    from slviz.datasets.cache import load_folder
    from slviz.datasets.fetch import fetch_synlethdb
    from slviz.datasets.uploads import keep_upload
    from slviz.features.build import build_features, write_feature
    from slviz.gene_sets import GeneSet, GeneSets
    from slviz.pipeline.controls import control_vectors
    from slviz.pipeline.edge_ablation import edge_ablation
    from slviz.pipeline.train_run import train_run
    from slviz.projections import PCA
    from slviz.results.report import write_section
    from slviz.runs.uploads import stage
    from slviz.tuning.studies import StudyFolder
    from slviz.vectors.store import VectorStore

    def train(bench: Bench) -> None:
        train_run(bench.store, bench.shared["spec"], graph=bench.graph, device="cpu", maps=False)

    def is_trained(bench: Bench) -> bool:
        run_id = bench.shared["spec"].run_id
        return bench.store.state(run_id) == "finished" and bench.store.check(run_id) == []

    def request(bench: Bench) -> None:
        bench.store.request(bench.shared["spec"], device="cpu")

    def make_map(bench: Bench) -> None:
        bench.store.artifacts(bench.kept).make_map(PCA(), 0)
        bench.store.artifacts(bench.kept).measure_map_quality(PCA(), 0)

    def control(kind: str) -> Work:
        return Work(
            f"control {kind}",
            lambda bench: control_vectors(bench.store, bench.store.open(bench.kept), bench.graph, kind, device="cpu"),
            lambda bench: bench.store.artifacts(bench.kept).open_control(kind) is not None,
        )

    def deletion(bench: Bench) -> None:
        edge_ablation(bench.store, bench.store.open(bench.kept), bench.graph, count=2)

    def remove(bench: Bench) -> None:
        if other.run_id in bench.store.run_ids():
            bench.store.remove(other.run_id)

    def vectors(bench: Bench) -> VectorStore:
        return VectorStore(bench.models / ".vectors")

    def bring_in(bench: Bench) -> None:
        store = vectors(bench)
        store.artifacts(store.keep(bench.shared["points"])).make_map(PCA(), 0)

    def is_brought_in(bench: Bench) -> bool:
        id = bench.shared["points"].id
        return vectors(bench).open(id).id == id and vectors(bench).artifacts(id).open_map(PCA(), 0) is not None

    def take_out(bench: Bench) -> None:
        if vectors(bench).summaries():
            vectors(bench).remove(bench.shared["points"].id)

    def selections(bench: Bench) -> GeneSets:
        return GeneSets(bench.models, bench.graph.fingerprint)

    def keep_selection(bench: Bench) -> None:
        selections(bench).keep(GeneSet.of("lasso", bench.graph, range(9)), replace=True)

    def fetch(bench: Bench) -> None:
        if not (bench.data / "synlethdb").exists():
            files, address = bench.shared["remote"]
            fetch_synlethdb(bench.data / "synlethdb", mirror=address, files=files, pause_seconds=0.01)

    def features(bench: Bench) -> None:
        folder = bench.data / "own"
        write_feature(folder, build_features(bench.graph, width=4)[0], force=True)

    def lead(bench: Bench) -> None:
        with StudyFolder(bench.models).leading("search"):
            StudyFolder(bench.models).cancel("search")

    def typed(*words: str) -> Callable[[Bench], None]:
        def act(bench: Bench) -> None:
            asked = [word.format(data=bench.data / "own") for word in words]
            with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):  # noqa: PTH123
                assert main(asked) == 0

        return act

    def own_data(bench: Bench) -> None:
        write_data_folder(bench.data / "own", bench.graph)

    other = tiny_run(tiny_graph(), task="confidence")

    def another_run(bench: Bench) -> None:
        finish(bench.store, other)

    uploaded = {"genes.txt": b"A\nB\nC\n", "pairs.tsv": b"A\tB\t0.5\n"}
    few = ("--data", "{data}", "--network", "mlp", "--features", "ppi", "--device", "cpu", "--workers", "2")
    return [
        Work("train", train, is_trained),
        Work("request", request, lambda bench: bench.store.state(bench.shared["spec"].run_id) == "waiting"),
        Work("map", make_map, lambda bench: bench.store.artifacts(bench.kept).open_map_quality(PCA(), 0) is not None),
        control("untrained"),
        control("shuffled"),
        Work("deletion", deletion, lambda bench: bench.store.artifacts(bench.kept).open_ablation() is not None),
        Work("remove", remove, lambda bench: other.run_id not in bench.store.run_ids(), another_run),
        Work("vectors", bring_in, is_brought_in),
        Work("vectors remove", take_out, lambda bench: vectors(bench).summaries() == [], bring_in),
        Work("selection", keep_selection, lambda bench: len(selections(bench).open("lasso").genes) == 9),
        Work(
            "upload", lambda bench: keep_upload(uploaded), lambda bench: len(list(keep_upload(uploaded).iterdir())) == 2
        ),
        Work("held out", lambda bench: stage(bench.models, b"A\tB\n", name="pairs.tsv"), lambda bench: True),
        Work(
            "cache", lambda bench: load_folder(bench.data / "own"), lambda bench: any(bench.cache.glob("*")), own_data
        ),
        Work("fetch", fetch, lambda bench: len(list((bench.data / "synlethdb").iterdir())) >= 4),
        Work("features", features, lambda bench: any((bench.data / "own").glob("feature_ppi_*")), own_data),
        Work(
            "report",
            lambda bench: write_section(bench.data / "R.md", "figures"),
            lambda bench: (bench.data / "R.md").read_text().startswith("# Results\n"),
            lambda bench: (bench.data / "R.md").write_text("# Results\n"),
        ),
        Work("search", lead, lambda bench: StudyFolder(bench.models).state("search") == "resting"),
        Work(
            "sweep",
            typed("sweep", *few, "--seed", "0", "1", "epochs=2"),
            lambda bench: sum(each.state == "finished" for each in bench.store.summaries()) == 3,
            own_data,
            slow=True,
        ),
    ]


def names_of_works() -> list[str]:
    """The kinds of work that start no processes of their own."""
    return [work.name for work in works() if not work.slow]


# --- one trial -------------------------------------------------------------------------------------------------


FULL = ("open", "os.mkdir", "slviz.fsync")
"""What a full disk refuses; it still lets files be removed and moved."""


def counting(place: Path, at: int | None, refusal: int | None = None) -> Callable[[], int]:
    """Count operations on files below `place` from now on, and die at the one of that number; gives the count.

    With `refusal`, the number of an error, nothing dies: the disk refuses from that operation on, all that it would.
    An operation is what Python announces (`sys.addaudithook`): to open for writing, rename, remove, make a folder,
    take or free a lock, and to bring a file to the disk.
    """
    count = 0
    root = str(place)

    def hook(event: str, arguments: tuple) -> None:
        nonlocal count
        if event not in PATHS and event not in ("fcntl.flock", "slviz.fsync"):
            return
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITES):
            return
        if event in PATHS and not _is_below(root, arguments):
            return
        count += 1
        if refusal is None and count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        refuses = event in FULL if refusal == errno.ENOSPC else event != "fcntl.flock"
        if refusal is not None and count >= (at or 0) and refuses:
            raise OSError(refusal, os.strerror(refusal))

    real = os.fsync

    def fsync(descriptor: int) -> None:
        sys.audit("slviz.fsync")
        real(descriptor)

    os.fsync = fsync  # type: ignore[assignment]
    sys.addaudithook(hook)
    return lambda: count


def _is_below(root: str, arguments: tuple) -> bool:
    """Whether the path is below, or is told by its name in a folder that is open, as `rmtree` does."""
    named = [os.fsdecode(each) for each in arguments if isinstance(each, (str, bytes, os.PathLike))]
    return any(each.startswith(root) or not each.startswith("/") for each in named)


def in_child(act: Callable[[], Any], *, kill_after: float | None = None) -> tuple[str, Any]:
    """Do something in a fork: ("done", what it gave), ("killed", None), ("failed", traceback) or ("hangs", None)."""
    with tempfile.TemporaryFile("w+") as answer:  # not a pipe, whose room ends
        child = os.fork()
        if child == 0:
            os.setsid()
            try:
                told = json.dumps(["done", act()])
            except BaseException:
                told = json.dumps(["failed", traceback.format_exc(limit=-6)])
            answer.write(told)
            answer.flush()
            os._exit(0)
        hangs = not _ends(child, HANGS_SECONDS if kill_after is None else kill_after)
        if hangs:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        answer.seek(0)
        told = answer.read()
    if told.endswith("]"):
        return tuple(json.loads(told))
    return ("hangs" if hangs and kill_after is None else "killed"), None


def _ends(child: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.002)
    return False


def tree(bench: Bench) -> list[str]:
    """What lies there, without logs of processes."""
    paths = (str(path.relative_to(bench.place)) for path in bench.place.rglob("*"))
    return sorted(path for path in paths if not path.startswith("models/.jobs") and path != "models/.slots")


def evaluate(bench: Bench, work: Work, *, doctor_first: bool, expected: list[str], may_fail: bool = False) -> list[str]:
    """What is wrong after a kill; done in a child, since it does the work again."""
    from slviz.doctor.left_overs import clear_at_start, left_overs
    from slviz.runs.folder import STATES

    bench.enter()
    wrong = []
    for each in bench.store.summaries():
        if each.state not in STATES or each.state == "damaged" or (each.state == "failed" and not may_fail):
            wrong.append(f"{each.run_id} shows as {each.state}: {each.problem}")
    wrong += bench.store.check(bench.kept)
    if doctor_first:
        clear_at_start(bench.places)
        wrong += [f"a start leaves {left.path}" for left in _not_to_go_on(bench, left_overs(bench.places))]
    work.act(bench)
    if not work.is_done(bench):
        wrong.append("done again, its result is not there")
    for left in left_overs(bench.places):
        left.clear()
    wrong += [f"doctor leaves {left.path}" for left in left_overs(bench.places)]
    wrong += bench.store.check(bench.kept)
    there = set(tree(bench))
    wrong += [f"{path} stays" for path in sorted(there - set(expected))]
    wrong += [f"{path} is missing" for path in sorted(set(expected) - there)]
    return wrong


def _not_to_go_on(bench: Bench, found: list) -> list:
    """Left-overs without a download, which the same command goes on with."""
    return [left for left in found if left.path != bench.data / "synlethdb.part"]


@dataclass
class Prepared:
    """A work whose place is ready to be copied for each trial."""

    work: Work
    base: Path
    expected: list[str]
    operations: int
    seconds: float


def prepare(work: Work, template: Path, shared: dict[str, Any]) -> Prepared | str:
    """Make the base of a work, and see what it leaves when nobody kills it; a sentence where even that fails."""
    base = template.with_name(f"base-{work.name.replace(' ', '-')}")
    shutil.copytree(template, base)
    bench = Bench(base, shared)

    def begin() -> None:
        bench.enter()
        work.prepare(bench)

    said = in_child(begin)
    if said[0] != "done":
        return f"{work.name}: it cannot be prepared: {said}"
    place = base.with_name("unbroken")
    shutil.copytree(base, place)
    unbroken = Bench(place, shared)

    def act() -> tuple[int, float, list[str], list[str]]:
        unbroken.enter()
        count, started = counting(place, None), time.monotonic()
        work.act(unbroken)
        seconds, operations = time.monotonic() - started, count()
        assert work.is_done(unbroken), "its result is not there"
        return operations, seconds, tree(unbroken), list(sys.modules)

    end, told = in_child(act)
    shutil.rmtree(place)
    if end != "done":
        return f"{work.name}: nobody killed it, and it ended so: {end} {told}"
    import_all(told[3])
    return Prepared(work, base, told[2], told[0], told[1])


def import_all(names: list[str]) -> None:
    """Import here what a child had to import, so that the next one has it at once."""
    for name in names:
        if name not in sys.modules and name != "__main__":
            with contextlib.suppress(Exception):  # what cannot be imported by its name alone is not needed
                importlib.import_module(name)


def refused(prepared: Prepared, shared: dict[str, Any], *, at: int, refusal: int) -> list[str]:
    """Let the disk refuse from an operation on: that ends in a sentence, and nothing half-written stays."""
    place = prepared.base.with_name("trial")
    shutil.copytree(prepared.base, place)
    bench, work = Bench(place, shared), prepared.work

    def act() -> list[str]:
        from slviz.errors import SlvizError

        bench.enter()
        counting(place, at, refusal)
        try:
            work.act(bench)
        except SlvizError as error:
            return [] if str(error).strip() and "\n" not in str(error) else [f"no sentence: {error!r}"]
        return []

    def evaluated() -> list[str]:
        parts = [str(path) for path in place.rglob(".*.part")] if refusal == errno.ENOSPC else []
        wrong = [f"half-written: {path}" for path in parts] + bench.store.check(bench.kept)
        wrong += [f"damaged: {each.run_id}" for each in bench.store.summaries() if each.state == "damaged"]
        return wrong + evaluate(bench, work, doctor_first=False, expected=prepared.expected, may_fail=True)

    try:
        for step in (act, evaluated):
            end, told = in_child(step)
            if end != "done":
                return [f"{step.__name__}: {end} {told}"]
            if told:
                return told
        return []
    finally:
        shutil.rmtree(place, ignore_errors=True)


def trial(
    prepared: Prepared, shared: dict[str, Any], *, kill_at: int | None, after: float, doctor_first: bool
) -> tuple[list[str], str]:
    """Kill the work once, at an operation or after some seconds; what is wrong then, and how the work ended."""
    place = prepared.base.with_name("trial")
    shutil.copytree(prepared.base, place)
    bench, work = Bench(place, shared), prepared.work

    def act() -> None:
        bench.enter()
        counting(place, kill_at)
        work.act(bench)

    try:
        killed, told = in_child(act, kill_after=None if kill_at else after)
        if killed in ("failed", "hangs"):
            return [f"before the kill: {killed} {told}"], killed
        end, told = in_child(lambda: evaluate(bench, work, doctor_first=doctor_first, expected=prepared.expected))
        return told if end == "done" else [f"after the kill: {end} {told}"], killed
    finally:
        shutil.rmtree(place, ignore_errors=True)


# --- all trials ------------------------------------------------------------------------------------------------


def common(template: Path, address: str, remote: Path) -> dict[str, Any]:
    """What all works need: a graph, a finished run that may not be harmed, a spec, vectors, files to fetch."""
    import dataclasses

    import numpy as np
    from builders import tiny_graph, tiny_spec

    from slviz.optimisers import OPTIMISERS
    from slviz.pipeline.train_run import train_run
    from slviz.runs.store import RunStore
    from slviz.vectors.vector_set import VectorSet

    graph = tiny_graph()
    kept = dataclasses.replace(tiny_spec(graph), optimiser=OPTIMISERS.make("adam", epochs=2))
    spec = dataclasses.replace(kept, optimiser=OPTIMISERS.make("adam", epochs=21), seed=1)
    vectors = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    points = VectorSet.of("points", [f"p{row}" for row in range(12)], vectors) if hasattr(VectorSet, "of") else None
    for folder in ("models", "cache", "data", "tmp"):
        (template / folder).mkdir(parents=True)

    def first() -> list[str]:
        train_run(RunStore(template / "models"), kept, graph=graph, device="cpu", maps=False)
        return list(sys.modules)

    end, told = in_child(first)
    assert end == "done", told
    import_all(told)
    return {
        "graph": graph,
        "kept": kept.run_id,
        "spec": spec,
        "points": points if points is not None else _points(vectors),
        "remote": (_remote_files(remote), address),
    }


def _points(vectors: Any) -> Any:
    """A small vector set, read from a table as a person brings it in."""
    from slviz.vectors import read_vectors

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.tsv"
        heading = "\t".join(["name", *(f"v{column}" for column in range(vectors.shape[1]))])
        rows = ["\t".join([f"p{row}", *(f"{value:.4f}" for value in each)]) for row, each in enumerate(vectors)]
        path.write_text("\n".join([heading, *rows]) + "\n")
        return read_vectors(path)


def _remote_files(folder: Path) -> tuple:
    """Three files as the public places give them, written below `folder`, with the digests that are expected."""
    import hashlib

    from slviz.datasets.fetch import _CONTENT, RemoteFile

    texts = {"genes": "AAA\nBBB\nCCC\n", "pairs": "AAA BBB 0.5\nBBB CCC 0.25\n", "interactions": "0 1\n1 2\n"}
    files = []
    for role, text in texts.items():
        (folder / f"{role}.txt").write_text(text)
        digest = hashlib.sha256(_CONTENT[role](text.encode()).encode()).hexdigest()
        files.append(RemoteFile(role, f"x/{role}.txt", digest))
    return tuple(files)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The files of `folder` below an address of this machine."""
    code = (
        "import functools, http.server, sys\n"
        "handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])\n"
        "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)\n"
        "print(server.server_port, flush=True)\n"
        "server.serve_forever()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.communicate()


def all_trials(
    place: Path, seconds: float, seed: int, *, slow: bool, rounds: int | None = None
) -> tuple[list[str], Counter[str]]:
    """Go round all works, each time with another operation to die at, until the time is over, or for `rounds`."""
    import torch

    torch.set_num_threads(1)
    chance = random.Random(seed)
    (place / "remote" / "x").mkdir(parents=True)
    failures: list[str] = []
    trials: Counter[str] = Counter()
    with served(place / "remote") as address:
        shared = common(place / "template", address, place / "remote" / "x")
        ready = []
        for work in works():
            if work.slow and not slow:
                continue
            prepared = prepare(work, place / "template", shared)
            if isinstance(prepared, str):
                failures.append(prepared)
            else:
                ready.append((prepared, _numbers(prepared.operations, chance)))
        for prepared, numbers in ready * (rounds or 0):
            wrong, killed = _killed(prepared, shared, numbers, chance)
            trials[prepared.work.name] += killed
            failures += wrong
        if rounds:
            return failures, trials
        ready.sort(key=lambda each: each[0].seconds)  # so that a short trial tries most of them
        end = time.monotonic() + seconds
        for round_number in itertools.count():
            for prepared, numbers in ready:
                if time.monotonic() > end:
                    return failures, trials
                if prepared.work.slow and round_number % 20:
                    continue
                trials[prepared.work.name] += 1
                failures += _one(prepared, shared, next(numbers), chance)
    return failures, trials


def _numbers(operations: int, chance: random.Random) -> Iterator[int]:
    """Every operation once in a random order, and so on."""
    while True:
        order = list(range(1, operations + 1))
        chance.shuffle(order)
        yield from order


def _killed(
    prepared: Prepared, shared: dict[str, Any], numbers: Iterator[int], chance: random.Random
) -> tuple[list[str], bool]:
    """Kill at an operation, and at another where that one did not come; what is wrong, and whether it was killed."""
    doctor_first = chance.random() < 0.5
    for number in itertools.islice(numbers, 5):
        wrong, end = trial(prepared, shared, kill_at=number, after=0.0, doctor_first=doctor_first)
        if end != "done":
            return [f"{prepared.work.name}, killed at operation {number}: {each}" for each in wrong], end == "killed"
    return [f"{prepared.work.name}: none of five operations came"], False


def _one(prepared: Prepared, shared: dict[str, Any], number: int, chance: random.Random) -> list[str]:
    if not prepared.work.slow and chance.random() < REFUSED:
        refusal = chance.choice((errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO))
        wrong = refused(prepared, shared, at=number, refusal=refusal)
        when = f"from operation {number} of {prepared.operations} on: {os.strerror(refusal)}"
        return [f"{prepared.work.name}, {when}: {each}" for each in wrong]
    at_operation, doctor_first = chance.random() < 0.75, chance.random() < 0.5
    after = chance.uniform(0, 1.2 * prepared.seconds)
    wrong, _ = trial(prepared, shared, kill_at=number if at_operation else None, after=after, doctor_first=doctor_first)
    when = f"operation {number} of {prepared.operations}" if at_operation else f"{after:.3f} s"
    order = "doctor, then again" if doctor_first else "again, then doctor"
    return [f"{prepared.work.name}, killed at {when} ({order}): {each}" for each in wrong]


def main() -> int:
    """The command line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--slow", action="store_true", help="also work that starts processes of its own")
    asked.add_argument("--rounds", type=int, help="kill each work so often, however long it takes")
    asked.add_argument("--child", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.child is not None:
        failures, trials = all_trials(
            given.child.resolve(), given.seconds, given.seed, slow=given.slow, rounds=given.rounds
        )
        (given.child / "answer.json").write_text(json.dumps({"failures": failures, "trials": trials}))
        return 0
    failures, counts = tried(given.seconds, given.seed, slow=given.slow, rounds=given.rounds)
    for failure in failures:
        print(failure)
    print(f"{sum(counts.values())} kills, {len(failures)} failures, seed {given.seed}: {counts}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
