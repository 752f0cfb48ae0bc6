"""TensorBoard event files, read back with TensorBoard's own reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import tiny_graph
from run_folders import environment, write_data_folder

from slviz.cli import main
from slviz.runs.event_files import tag
from slviz.runs.folder import EVENTS
from slviz.runs.store import RunStore
from slviz.runs.worker import RunWriter

pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
TRAIN = ("train", "--device", "cpu", "--no-projections", "--network", "gcn", "width=8")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    for name, value in {**environment(tmp_path / "models"), "SLVIZ_DATA": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return RunStore.default()


def only_run(store: RunStore) -> str:
    return next(name for name in store.run_ids() if (store.root / name).is_dir())


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Step and value of everything in a run's event files, by tag."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder / EVENTS))
    read.Reload()
    return {name: [(each.step, each.value) for each in read.Scalars(name)] for name in read.Tags()["scalars"]}


def assert_says_what_the_record_says(store: RunStore, run_id: str) -> None:
    history = store.progress(run_id)
    found = scalars(store.folder(run_id))
    assert set(found) == {tag(column) for column in history if column != "epoch"}
    for column in history.columns.drop("epoch"):
        steps, values = zip(*found[tag(column)], strict=True)
        assert list(steps) == history["epoch"].tolist(), "each epoch once"
        assert list(values) == pytest.approx(history[column].tolist(), rel=1e-6)


def test_every_epoch_is_in_the_event_file_and_the_run_stays_whole(store: RunStore):
    assert main([*TRAIN, "epochs=4", "--tensorboard"]) == 0
    run_id = only_run(store)
    found = scalars(store.folder(run_id))
    assert {"loss/train", "loss/validation", "validation/ap", "step/learning_rate", "step/gradient_norm"} <= set(found)
    assert {"layers/layer_1_mean", "layers/layer_2_sd"} <= set(found)
    assert_says_what_the_record_says(store, run_id)
    assert store.check(run_id) == []
    assert store.open(run_id).run_id == run_id


def test_without_being_asked_there_is_none(store: RunStore):
    assert main([*TRAIN, "epochs=2"]) == 0
    assert not (store.folder(only_run(store)) / EVENTS).exists()


def test_a_finished_run_gets_its_file_when_it_is_asked_for_later(store: RunStore):
    assert main([*TRAIN, "epochs=3"]) == 0
    run_id = only_run(store)
    written = (store.folder(run_id) / "manifest.json").stat().st_mtime_ns
    assert main([*TRAIN, "epochs=3", "--tensorboard"]) == 0
    assert_says_what_the_record_says(store, run_id)
    assert (store.folder(run_id) / "manifest.json").stat().st_mtime_ns == written
    assert store.check(run_id) == []


def test_a_run_that_goes_on_has_every_epoch_once(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    record = RunWriter.record

    def stop_at_25(self: RunWriter, row: dict) -> None:
        record(self, row)
        if row["epoch"] == 25:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(RunWriter, "record", stop_at_25)
        assert main([*TRAIN, "epochs=30", "--tensorboard"]) == 130
    run_id = only_run(store)
    assert store.state(run_id) == "interrupted"
    assert main(["train", "--resume", run_id, "--no-projections"]) == 0, "and resumes with them"
    assert len(store.progress(run_id)) == 30
    assert_says_what_the_record_says(store, run_id)


def test_without_the_library_it_is_a_sentence_before_any_work(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for command in (TRAIN, ("sweep", "--network", "gcn")):
        assert main([*command, "--tensorboard"]) == 1
        assert "--tensorboard needs the library tensorboard" in capsys.readouterr().err
    assert not store.root.exists()
