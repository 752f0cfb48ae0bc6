"""`python -m slviz sweep`: each run once, through a killed worker, a bad line, a diverging run and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builders import tiny_graph
from run_folders import environment, wait_until, write_data_folder

from slviz.cli import main
from slviz.runs.folder import CHECKPOINT
from slviz.runs.store import RunStore
from slviz.sweeps.display import Display, as_time
from slviz.sweeps.local import LocalWorkers

SWEEP = ("sweep", "--device", "cpu", "width=8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data_folder(tmp_path_factory.mktemp("data") / "tiny", tiny_graph())


@pytest.fixture
def store(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    for name, value in {**environment(tmp_path / "models"), "SLVIZ_DATA": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return RunStore.default()


def own_runs(store: RunStore) -> list[str]:
    return [name for name in store.run_ids() if (store.root / name).is_dir()]


def finished_at(store: RunStore) -> dict[str, int]:
    return {name: (store.folder(name) / "manifest.json").stat().st_mtime_ns for name in own_runs(store)}


def test_a_sweep_over_generated_data_says_so_above_its_tables(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "--data", "demo", "--network", "max_degree"]) == 0
    said = capsys.readouterr().out
    assert said.index("SYNTHETIC DATA") < said.index("link · pairs")


@pytest.mark.slow
def test_a_sweep_trains_each_run_once_and_compares_them(store: RunStore, capsys: pytest.CaptureFixture[str]):
    words = [*SWEEP, "--network", "gat", "mlp", "--fold", "0", "1", "epochs=3", "heads=2"]
    assert main([*words, "--dry-run"]) == 0
    assert own_runs(store) == []
    assert capsys.readouterr().out.count("to train") == 5  # the sentence, and four lines
    assert main(words) == 0
    said = capsys.readouterr()
    assert "4 runs: 0 finished already, 4 to train." in said.out
    assert "[4/4] finished" in said.err
    assert "link · pairs · 2 folds" in said.out
    assert "gat (width=8, heads=2, epochs=3), both" in said.out
    assert "max degree" in said.out
    first = finished_at(store)
    assert len(first) == 4
    assert main([*words, "--seed", "0"]) == 0
    assert finished_at(store) == first, "nothing is trained again"
    assert "4 finished already, 0 to train" in capsys.readouterr().out


@pytest.mark.slow
def test_bad_lines_do_not_stop_the_rest_and_end_with_status_1(
    store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    runs = tmp_path / "runs.txt"
    runs.write_text("--network mlp --fold 0 7\n--netwrk gat\n--network mlp learning_rate=1e9\n--network mlp --fold 1\n")
    assert main([*SWEEP, "--file", str(runs), "epochs=3", "--workers", "1"]) == 1
    said = capsys.readouterr().err
    assert "line 1 of runs.txt: mlp both link pairs fold=7: fold=7 is outside the range" in said
    assert "line 2 of runs.txt: '--netwrk' is not a list" in said
    assert "line 3 of runs.txt: mlp both link pairs fold=0: learning_rate=1000000000.0 is outside" in said
    assert sorted(store.state(name) for name in own_runs(store)) == ["finished", "finished"]


@pytest.mark.slow
def test_a_diverging_run_is_named_and_keeps_its_epochs(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    # Scores near the limit of float32 make the squared error infinite, which is what divergence looks like.
    graph = tiny_graph()
    folder = write_data_folder(tmp_path / "huge", graph)
    lines = (folder / "pairs.tsv").read_text().splitlines()
    (folder / "pairs.tsv").write_text(
        "\n".join(line.rsplit("\t", 1)[0] + f"\t{10.0 ** (at % 38)}" for at, line in enumerate(lines))
    )
    words = ["--task", "confidence", "link", "--network", "mlp", "epochs=4"]
    assert main([*SWEEP, *words, "--workers", "1", "--data", str(folder)]) == 1
    said = capsys.readouterr()
    states = {name: store.state(name) for name in own_runs(store)}
    failed = next(name for name, state in states.items() if state == "failed")
    assert sorted(states.values()) == ["failed", "finished"]
    assert f"slviz: {failed} failed: Training diverged: the loss of epoch" in said.err
    assert "diverged" in store.failure(failed)


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_its_run_goes_on(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    killed: list[str] = []
    wait = LocalWorkers.wait

    def wait_and_kill(self: LocalWorkers, seconds: float):
        for run_id, process in self.processes().items():
            if not killed and (store.root / run_id / CHECKPOINT).is_file():
                os.kill(process, signal.SIGKILL)
                killed.append(run_id)
        return wait(self, 0.02)

    monkeypatch.setattr(LocalWorkers, "wait", wait_and_kill)
    assert main([*SWEEP, "--network", "gat", "--fold", "0", "1", "epochs=200", "--workers", "1"]) == 0
    assert killed
    assert [store.state(name) for name in own_runs(store)] == ["finished", "finished"]
    assert "resumes after epoch" in store.log(killed[0])
    assert len(store.progress(killed[0])) == 200
    assert store.check(killed[0]) == []


@pytest.mark.slow
def test_a_run_that_kills_every_worker_is_given_up_and_the_rest_goes_on(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    victim: list[str] = []
    wait = LocalWorkers.wait

    def wait_and_kill(self: LocalWorkers, seconds: float):
        for run_id, process in self.processes().items():
            victim[:] = victim or [run_id]
            if run_id == victim[0] and (store.root / run_id / "spec.json").is_file():
                with contextlib.suppress(ProcessLookupError):  # it may be gone from the last time
                    os.kill(process, signal.SIGKILL)
        return wait(self, 0.02)

    monkeypatch.setattr(LocalWorkers, "wait", wait_and_kill)
    assert main([*SWEEP, "--network", "mlp", "--fold", "0", "1", "epochs=50", "--workers", "1"]) == 1
    assert f"slviz: {victim[0]} failed: Its worker died 3 times" in capsys.readouterr().err
    states = {name: store.state(name) for name in own_runs(store)}
    assert states.pop(victim[0]) == "interrupted"
    assert list(states.values()) == ["finished"]


@pytest.mark.slow
def test_ctrl_c_leaves_what_is_finished_and_the_rest_can_go_on(store: RunStore, tmp_path: Path):
    words = [*SWEEP, "--network", "gat", "--fold", "0", "1", "--workers", "1", "epochs=400"]
    sweep = subprocess.Popen(
        [sys.executable, "-m", "slviz", *words],
        env=os.environ.copy(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    wait_until(lambda: sweep.poll() is not None or any(store.root.glob(f"*/{CHECKPOINT}")))
    sweep.send_signal(signal.SIGINT)
    said = sweep.communicate(timeout=60)[1]
    assert (sweep.returncode, "Traceback" in said) == (130, False)
    assert "Stopped by Ctrl-C" in said
    interrupted = [name for name in own_runs(store) if store.state(name) == "interrupted"]
    assert len(interrupted) == 1
    assert store.can_resume(interrupted[0])


def test_a_display_says_what_runs_what_is_left_and_how_long(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    clock = iter([0.0, 10.0, 10.0, 10.0, 10.0])
    monkeypatch.setattr("slviz.sweeps.display.time.monotonic", lambda: next(clock))
    screen = Terminal()
    display = Display(screen, store, 4, epochs={"gat-both-link-00000000": 100})
    from slviz.sweeps.runner import Ending

    display.ended(Ending("gcn-both-link-11111111", "finished"))
    display.show(["gat-both-link-00000000"])
    said = screen.getvalue()
    assert "[1/4] finished  gcn-both-link-11111111" in said
    assert "1 done, 3 left, about 30 s left" in said
    assert "gat-both-link-00000000                   epoch 0 of 100" in said
    display.close()
    assert screen.getvalue().endswith("\x1b[2F\x1b[0J"), "two lines are cleared again"


@pytest.mark.parametrize(("seconds", "said"), [(3.2, "3 s"), (119, "2 min"), (7200, "2 h 0 min")])
def test_times_are_said_in_words(seconds: float, said: str):
    assert as_time(seconds) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "0"], "--workers 0 is not a number from 1 on"),
        (["--workers", "2", "--scheduler", "tcp://x"], "--workers is for this machine"),
        (["--file", "nowhere.txt"], "There is no file nowhere.txt"),
        (["--network", "gta"], "Did you mean 'gat'"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence_and_leaves_nothing(
    store: RunStore, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main([*SWEEP, *words]) == 1
    assert said in capsys.readouterr().err
    assert not store.root.exists() or own_runs(store) == []
