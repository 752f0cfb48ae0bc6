"""`python -m slviz tune` with real workers: finds, says the command, goes on after Ctrl-C."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builders import tiny_graph
from run_folders import environment, wait_until, write_data_folder

from slviz.cli import main
from slviz.runs.store import RunStore
from slviz.tuning.studies import StudyFolder, about, trials_table

TUNE = ("tune", "--network", "mlp", "--device", "cpu")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    for name, value in {**environment(tmp_path / "models"), "SLVIZ_DATA": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return RunStore.default()


def own_runs(store: RunStore) -> list[str]:
    return [name for name in store.run_ids() if (store.root / name).is_dir()]


@pytest.mark.slow
def test_the_best_settings_are_printed_as_the_command_that_trains_them(
    store: RunStore, capsys: pytest.CaptureFixture[str]
):
    assert main([*TUNE, "--sampler", "grid", "width=8,16", "epochs=3", "--workers", "1", "--name", "widths"]) == 0
    said = capsys.readouterr().out
    study = StudyFolder(store.root).open("widths")
    table = trials_table(study)
    assert set(table["state"]) == {"finished"}
    for row in table.itertuples():
        history = store.progress(str(row.run))
        assert row.metric == pytest.approx(history["ap"].max()), "the best validation metric of its epochs"
    best = table.sort_values("metric")["run"].iloc[-1]
    command = next(line for line in said.splitlines() if line.startswith("  python -m slviz train"))
    assert main(shlex.split(command)[3:]) == 0
    assert f"Run {best} is finished already" in capsys.readouterr().out
    assert len(own_runs(store)) == 2
    assert about(study).data_name == "tiny"
    assert str(store.root.parent) not in " ".join(about(study).command)


@pytest.mark.slow
def test_ctrl_c_and_the_same_command_go_on(store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = [*TUNE, "--sampler", "grid", "width=8,16", "epochs=150", "--workers", "1", "--name", "stopped"]
    tune = subprocess.Popen(
        [sys.executable, "-m", "slviz", *words],
        env=os.environ.copy(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    wait_until(lambda: tune.poll() is not None or any(len(store.progress(name)) > 20 for name in own_runs(store)))
    tune.send_signal(signal.SIGINT)
    said = tune.communicate(timeout=60)[1]
    assert tune.returncode == 130, said
    assert StudyFolder(store.root).state("stopped") == "resting"
    assert [store.state(name) for name in own_runs(store)] == ["interrupted"]
    assert main(words) == 0
    assert sorted(store.state(name) for name in own_runs(store)) == ["finished", "finished"]
    assert "Best of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--split", "file"], "A search needs a split of its own"),
        (["width=8,99999"], "width=99999 is outside"),
        (["--trials", "0"], "--trials 0 is not a number"),
        (["--workers", "0"], "--workers 0 is not a number"),
        (["--network", "gta"], "Did you mean 'gat'"),
        (["--split", "publication"], "does not say which publication"),
        (["--name", "../x"], "is not a name for a search"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence_and_leaves_nothing(
    store: RunStore, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main([*TUNE, *words]) == 1
    assert said in capsys.readouterr().err
    assert not store.root.exists() or own_runs(store) == []
