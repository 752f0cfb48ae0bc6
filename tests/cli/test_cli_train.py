"""`python -m slviz train`, mostly within this process; what kills a worker needs a process of its own."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph
from run_folders import environment, slviz, start_slviz, wait_until, write_data_folder

from slviz.cli import main, parse
from slviz.cli.train import spec_of
from slviz.datasets.sources import open_dataset
from slviz.pipeline.train_run import train_run
from slviz.projections import PCA
from slviz.runs.folder import CHECKPOINT
from slviz.runs.store import RunStore

TRAIN = ("train", "--device", "cpu", "--no-projections", "width=8", "heads=2")
SHORT = (*TRAIN, "epochs=3")
LONG = (*TRAIN, "epochs=400")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data_folder(tmp_path_factory.mktemp("data") / "tiny", tiny_graph())


@pytest.fixture
def models(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder of its own for this process and those it starts, with room for all of them at once."""
    for name, value in {**environment(tmp_path / "models"), "SLVIZ_DATA": str(folder), "SLVIZ_SLOTS": "4"}.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "models"


@pytest.fixture
def store(models: Path) -> RunStore:
    return RunStore.default()


def only_run(store: RunStore) -> str:
    names = [name for name in store.run_ids() if (store.root / name).is_dir()]
    assert len(names) == 1
    return names[0]


@pytest.mark.parametrize("task", ["link", "confidence", "reconstruct"])
def test_a_run_is_trained_kept_and_told(store: RunStore, task: str, capsys: pytest.CaptureFixture[str]):
    assert main([*SHORT, "--task", task, "--seed", "4"]) == 0
    run = store.open(only_run(store))
    assert (run.spec.task.name, run.spec.seed, len(run.history)) == (task, 4, 3)
    assert (run.spec.network.heads, run.spec.optimiser.epochs) == (2, 3)  # type: ignore[attr-defined]
    assert store.check(run.run_id) == []
    said = capsys.readouterr().out
    assert run.run_id in said
    assert "epoch 3/3" in said
    assert "gat" in said


def test_a_run_on_generated_data_says_so_before_its_figures(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--data", "demo", "--network", "max_degree", "--no-projections"]) == 0
    said = capsys.readouterr().out
    assert said.index("SYNTHETIC DATA") < said.index("Finished in")
    [run_id] = [each for each in store.run_ids() if (store.root / each).is_dir()]
    assert main(["runs", "show", run_id]) == 0
    shown = capsys.readouterr().out
    assert "max degree" in shown
    assert "network   " not in shown.partition("maps")[2], "a baseline goes by its own name"


def test_settings_may_stand_anywhere(store: RunStore):
    words = ["train", "heads=2", "--seed", "4", "width=8", "--device", "cpu", "epochs=1", "--no-projections"]
    assert main(words) == 0
    spec = store.open(only_run(store)).spec
    assert (spec.network.heads, spec.network.width, spec.optimiser.epochs) == (2, 8, 1)  # type: ignore[attr-defined]


def test_a_finished_run_is_not_trained_again(store: RunStore, capsys: pytest.CaptureFixture[str]):
    main([*SHORT])
    run_id = only_run(store)
    written = (store.folder(run_id) / "manifest.json").stat().st_mtime_ns
    capsys.readouterr()
    assert main([*SHORT]) == 0
    assert "finished already" in capsys.readouterr().out
    assert (store.folder(run_id) / "manifest.json").stat().st_mtime_ns == written


def test_a_damaged_run_is_neither_used_nor_overwritten(store: RunStore, capsys: pytest.CaptureFixture[str]):
    main([*SHORT])
    (store.folder(only_run(store)) / "arrays.safetensors").write_bytes(b"cut")
    assert main([*SHORT]) == 1
    assert "arrays.safetensors" in capsys.readouterr().err
    assert (store.folder(only_run(store)) / "arrays.safetensors").read_bytes() == b"cut"


def test_a_map_that_cannot_be_made_does_not_harm_the_run(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    main([*SHORT])
    run_id = only_run(store)
    from slviz.errors import DataError
    from slviz.projections import TSNE, UMAP

    def refuse(*_: object, **__: object) -> None:
        raise DataError("All genes have the same vector.")

    for method in (TSNE, UMAP):
        monkeypatch.setattr(method, "fit", refuse)
    words = [word for word in SHORT if word != "--no-projections"]
    assert main(words) == 0
    assert "The tsne map was not made. All genes have the same vector." in capsys.readouterr().err
    assert store.artifacts(run_id).maps() == [(PCA(), 0)]
    assert store.check(run_id) == []


def test_a_file_of_test_pairs_is_held_out(store: RunStore, tmp_path: Path):
    graph = tiny_graph()
    pairs = tmp_path / "new.tsv"
    held_out = {tuple(graph.genes[end] for end in pair) for pair in graph.pairs[:20]}
    pairs.write_text("\n".join("\t".join(pair) for pair in held_out))
    assert main([*SHORT, "--test-pairs", str(pairs)]) == 0
    run = store.open(only_run(store))
    test = run.predictions.query("part == 'test' and negative_kind == 'known'")
    assert set(zip(test["gene_a"], test["gene_b"], strict=True)) == held_out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["heds=2"], "Did you mean 'heads'"),
        (["--network", "gta"], "Did you mean 'gat'"),
        (["--task", "regress"], "No task is called 'regress'"),
        (["--features", "all"], "No feature set is called 'all'"),
        (["--data", "nowhere"], "No data set is called 'nowhere'"),
        (["--split", "file"], "--test-pairs FILE"),
        (["--test-negatives", "x.tsv"], "--test-negatives needs --test-pairs"),
        (["--validation-pairs", "x.tsv"], "--validation-pairs needs --test-pairs"),
        (["--train-negatives", "x.tsv"], "--train-negatives needs --test-pairs"),
        (["--test-pairs", "missing.tsv"], "missing.tsv"),
        (["--seed", "-1"], "seed=-1 is outside"),
        (["--resume", "gat-both-link-00000000"], "No run is called"),
        (["--resume", "../../etc"], "is not the name of a run"),
        (["--resume", "gat-both-link-00000000", "epochs=3"], "--resume takes everything from the run"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence_and_leaves_nothing(
    store: RunStore, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["train", *words]) == 1
    error = capsys.readouterr().err
    assert error.startswith("slviz: ")
    assert said in error
    assert not store.root.exists() or store.summaries() == []


def test_a_device_that_is_not_there_is_refused_before_there_is_a_run(
    store: RunStore, capsys: pytest.CaptureFixture[str]
):
    assert main([*SHORT, "--device", "abacus"]) == 1
    assert "No device is called 'abacus'" in capsys.readouterr().err
    assert not store.root.exists() or all(each.shipped for each in store.summaries())


def test_a_resumed_run_asks_for_the_device_it_was_started_with(
    store: RunStore, folder: Path, capsys: pytest.CaptureFixture[str]
):
    spec = spec_of(parse(SHORT), open_dataset(str(folder)), source=str(folder))
    run_id = spec.run_id
    store.request(spec)
    assert main(["train", "--resume", run_id, "--device", "abacus"]) == 1
    assert store.state(run_id) == "failed"
    assert store.device_asked(run_id) == "abacus"
    capsys.readouterr()
    assert main(["train", "--resume", run_id]) == 1
    assert "No device is called 'abacus'" in capsys.readouterr().err
    assert main(["train", "--resume", run_id, "--device", "cpu", "--no-projections"]) == 0
    assert store.check(run_id) == []
    assert store.summary(run_id).device.startswith("cpu")
    assert store.device_asked(run_id) == "auto", "a finished run says it in its manifest alone"


def test_divergence_is_a_failure_with_its_epochs(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from slviz.training.fitting import Fit

    real = Fit._step
    monkeypatch.setattr(
        Fit,
        "_step",
        lambda self: real(self) if self.epoch < 3 else self._no_number(),  # pyright: ignore
    )

    def no_number(self: Fit) -> float:
        from slviz.errors import TrainingDiverged

        raise TrainingDiverged(self.epoch, float("nan"))

    monkeypatch.setattr(Fit, "_no_number", no_number, raising=False)
    assert main([*SHORT]) == 1
    assert "Training diverged: the loss of epoch 3 is nan" in capsys.readouterr().err
    run_id = only_run(store)
    assert store.state(run_id) == "failed"
    assert "Training diverged" in store.failure(run_id)
    assert store.progress(run_id)["epoch"].tolist() == [1, 2]


def test_an_unexpected_error_keeps_its_traceback(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slviz.pipeline.train_run._row", lambda epoch: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main([*SHORT])
    assert store.state(only_run(store)) == "failed"
    assert "Traceback" in store.log(only_run(store))


def test_going_on_from_a_checkpoint_gives_what_an_unbroken_training_gives(
    store: RunStore, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    main([*TRAIN, "epochs=45"])
    run_id = only_run(store)
    unbroken = store.open(run_id)

    broken = RunStore(tmp_path / "broken")
    from slviz.runs.worker import RunWriter

    record = RunWriter.record

    def stop_at_33(self: RunWriter, row: dict) -> None:
        record(self, row)
        if row["epoch"] == 33:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(RunWriter, "record", stop_at_33)
        with pytest.raises(KeyboardInterrupt):
            train_run(broken, unbroken.spec, graph=open_dataset(str(folder)), device="cpu", maps=False)
    assert broken.state(run_id) == "interrupted"
    assert broken.can_resume(run_id)
    assert len(broken.progress(run_id)) == 33
    done_again = []
    with monkeypatch.context() as patched:
        patched.setattr(RunWriter, "record", lambda self, row: (done_again.append(row["epoch"]), record(self, row)))
        train_run(broken, unbroken.spec, device="cpu", maps=False)
    assert done_again == list(range(21, 46))
    assert "resumes after epoch 20" in broken.log(run_id)
    assert_same(broken.open(run_id), unbroken)


def assert_same(found, wanted) -> None:
    np.testing.assert_array_equal(found.embedding, wanted.embedding)
    pd.testing.assert_frame_equal(found.history.drop(columns="seconds"), wanted.history.drop(columns="seconds"))
    pd.testing.assert_frame_equal(found.metrics, wanted.metrics)
    pd.testing.assert_frame_equal(found.predictions, wanted.predictions)


def test_data_that_changed_meanwhile_is_told(store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = write_data_folder(tmp_path / "changing", tiny_graph())
    graph = open_dataset(str(folder))
    from slviz.cli import parse
    from slviz.cli.train import spec_of

    spec = spec_of(parse([*SHORT]), graph, source=str(folder))
    with store.writing(spec):
        pass
    (folder / "pairs.tsv").write_text("GENE0\tGENE1\t0.5\n" * 1 + "GENE2\tGENE3\t0.5\n")
    assert main(["train", "--resume", spec.run_id]) == 1
    assert "has changed since run" in store.failure(spec.run_id)


# --- processes that are killed -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unbroken(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """The run of `LONG`, trained without a break in a process of its own."""
    models = tmp_path_factory.mktemp("unbroken") / "models"
    done = slviz(models, *LONG, "--data", str(folder))
    assert done.returncode == 0, done.stderr
    store = RunStore(models)
    return store.open(store.run_ids()[0])


def started_with_a_checkpoint(store: RunStore, models: Path, folder: Path) -> tuple[subprocess.Popen[str], str]:
    worker = start_slviz(models, *LONG, "--data", str(folder))
    wait_until(lambda: worker.poll() is not None or any(store.root.glob(f"*/{CHECKPOINT}")))
    assert worker.poll() is None, worker.communicate()[1]
    return worker, only_run(store)


@pytest.mark.slow
def test_a_killed_worker_is_interrupted_and_resumes_to_the_same_result(
    store: RunStore, models: Path, folder: Path, unbroken
):
    worker, run_id = started_with_a_checkpoint(store, models, folder)
    worker.send_signal(signal.SIGSTOP)  # halted, so that it cannot finish while we look; it keeps its lock
    assert store.state(run_id) == "running"
    second = slviz(models, *LONG, "--data", str(folder))
    assert second.returncode == 1
    assert "is being trained by another process" in second.stderr
    worker.send_signal(signal.SIGKILL)
    # Not yet waited for: a zombie holds no lock, and that is what tells life.
    wait_until(lambda: store.state(run_id) != "running", seconds=10)
    assert store.state(run_id) == "interrupted"
    worker.communicate()
    assert 20 <= len(store.progress(run_id)) < 400
    resumed = slviz(models, "train", "--resume", run_id, "--device", "cpu", "--no-projections")
    assert resumed.returncode == 0, resumed.stderr
    assert "Resumes after epoch" in resumed.stdout
    assert_same(store.open(run_id), unbroken)
    assert store.check(run_id) == []


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_worker_frees_its_lock(store: RunStore, models: Path, folder: Path, number: int, status: int):
    worker, run_id = started_with_a_checkpoint(store, models, folder)
    worker.send_signal(number)
    said = worker.communicate(timeout=60)[1]
    assert worker.returncode == status
    assert "Traceback" not in said
    assert store.state(run_id) == "interrupted"
    assert store.can_resume(run_id)
    store.remove(run_id)
    assert run_id not in store.run_ids()


@pytest.mark.slow
def test_cancel_from_another_process_stops_within_an_epoch(store: RunStore, models: Path, folder: Path):
    worker, run_id = started_with_a_checkpoint(store, models, folder)
    assert slviz(models, "runs", "cancel", run_id).returncode == 0
    said = worker.communicate(timeout=60)[1]
    assert (worker.returncode, said) == (1, f"slviz: Run {run_id} was cancelled.\n")
    assert store.state(run_id) == "cancelled"
    assert dataclasses.asdict(store.summary(run_id).spec.optimiser)["epochs"] == 400  # type: ignore[union-attr]
    assert slviz(models, "runs", "remove", run_id, "--yes").returncode == 0
    assert not (store.root / run_id).exists()
