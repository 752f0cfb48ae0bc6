from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import tiny_run
from run_folders import CHECKOUT, a_map, environment, finish, slviz

from slviz.cli import COMMANDS, main, parser
from slviz.cli.settings_help import settings_help
from slviz.datasets import GeneGraph
from slviz.errors import TrainingDiverged
from slviz.projections import PROJECTIONS
from slviz.runs import Run
from slviz.runs.spec import TABLES
from slviz.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("slviz.runs.store.SHIPPED", tmp_path / "shipped")
    return RunStore.default()


@pytest.fixture
def run(store: RunStore, graph: GeneGraph) -> Run:
    run = tiny_run(graph)
    finish(store, run)
    store.artifacts(run.run_id).save_map(a_map(run))
    return run


def test_an_empty_folder_says_what_to_do(store: RunStore, capsys: pytest.CaptureFixture[str]):
    assert main(["runs"]) == 0
    assert "python -m slviz train" in capsys.readouterr().out


def test_the_list_shows_state_and_figure_beside_the_best_baseline(
    store: RunStore, run: Run, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
):
    failed = tiny_run(graph, task="confidence").spec
    with pytest.raises(TrainingDiverged), store.writing(failed):
        raise TrainingDiverged(3, float("nan"))
    (store.root / "junk").mkdir()
    assert main(["runs", "list"]) == main(["runs"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "finished     tiny (synthetic)  " in lines[run.run_id]
    assert "auc 0.900 (random; max degree 0.800)" in lines[run.run_id]
    assert "failed" in lines[failed.run_id]
    assert "Training diverged" in lines[failed.run_id]
    assert "damaged" in lines["junk"]


def test_a_run_at_work_shows_how_far_it_is(store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]):
    run = tiny_run(graph)
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        writer.record({"epoch": 1, "train_loss": 0.5, "validation_loss": 0.5, "seconds": 2.0})
        main(["runs"])
    assert "epoch 1 of 200, about 398 s of training left" in capsys.readouterr().out


def test_show_tells_all_and_checks_the_files(store: RunStore, run: Run, capsys: pytest.CaptureFixture[str]):
    assert main(["runs", "show", run.run_id]) == 0
    said = capsys.readouterr().out
    for part in (run.run_id, "finished", "heads=4", "epochs=200", "(synthetic)", "pca (seed 0)", "max degree", "auc"):
        assert part in said
    assert "All files are whole." in said
    (store.folder(run.run_id) / "weights.safetensors").write_bytes(b"")
    assert main(["runs", "show", run.run_id]) == 1
    (store.folder(run.run_id) / "split.parquet").unlink()
    assert main(["runs", "show", run.run_id]) == 1


def test_show_of_a_run_altered_without_a_trace_in_its_size(
    store: RunStore, run: Run, capsys: pytest.CaptureFixture[str]
):
    path = store.folder(run.run_id) / "split.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert main(["runs", "show", run.run_id]) == 1
    assert "split.parquet" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["show", "cancel", "remove"])
@pytest.mark.parametrize("name", ["../../etc", "a b%00", "gat-both-link-00000000"])
def test_a_run_that_is_not_there_is_a_sentence(
    store: RunStore, verb: str, name: str, capsys: pytest.CaptureFixture[str]
):
    words = ["runs", verb, name, *(["--yes"] if verb == "remove" else [])]
    assert main(words) == 1
    assert capsys.readouterr().err.startswith("slviz: ")


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("yes", True), ("n", False), ("", False)])
def test_remove_asks(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, gone: bool):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: answer)
    assert main(["runs", "remove", run.run_id]) == (0 if gone else 1)
    assert (store.run_ids() == []) is gone


def test_remove_without_anybody_to_ask_removes_nothing(store: RunStore, run: Run, tmp_path: Path):
    done = slviz(tmp_path / "models", "runs", "remove", run.run_id, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert store.state(run.run_id) == "finished"
    assert main(["runs", "remove", run.run_id, "--yes"]) == 0
    assert store.run_ids() == []


def test_a_map_is_made_by_command(store: RunStore, run: Run, capsys: pytest.CaptureFixture[str]):
    assert main(["project", run.run_id, "--method", "pca", "--seed", "5"]) == 0
    assert "pca" in capsys.readouterr().out.casefold()
    assert (PROJECTIONS.make("pca"), 5) in store.artifacts(run.run_id).maps()
    for words, said in (
        (["--method", "tnse"], "Did you mean 'tsne'"),
        (["--method", "tsne", "perplexty=3"], "Did you mean 'perplexity'"),
        (["--method", "tsne", "perplexity=a"], "is not a number"),
        (["--method", "tsne", "perplexity"], "Write key=value"),
        (["--method", "pca", "--seed", "-2"], "seed=-2 is outside"),
        (["--method", "pca", "dimensions=5"], "dimensions=5 is not one of: 2, 3"),
        (["--method", "pca", "--seeds", "3"], "PCA is the same for every seed"),
        (["--method", "tsne", "--seeds", "0"], "seeds=0 is outside"),
    ):
        assert main(["project", run.run_id, *words]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("part", TABLES)
def test_help_names_every_choice_and_setting(part: str):
    text = " ".join(settings_help(TABLES).split())
    for name, choice in TABLES[part].items():
        assert name in text
        for setting in choice.settings():
            assert f"{setting.key}=" in text
            assert setting.help.split()[0] in text


@pytest.mark.parametrize("words", [["trian"], ["train", "--hedas", "2"], ["runs", "show"], ["predict", "x"]])
def test_a_command_that_is_not_understood_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_ctrl_c_is_a_sentence(store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(RunStore, "summaries", stop)
    assert main(["runs"]) == 130
    assert "Stopped by Ctrl-C" in capsys.readouterr().err


def test_a_defect_keeps_its_traceback(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RunStore, "summaries", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["runs"])


def test_a_reader_who_has_seen_enough_is_no_error(store: RunStore, run: Run, tmp_path: Path):
    command = f"{sys.executable} -m slviz runs show {run.run_id} | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment(tmp_path / "models"),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_what_only_looks_starts_without_torch(tmp_path: Path):
    code = (
        "import sys\nfrom slviz.cli import main\n"
        "heavy = ('torch', 'torch_geometric', 'streamlit', 'umap', 'numba', 'distributed', 'optuna')\n"
        "for words in ('runs', 'train --help', '--help', 'project --help', 'sweep --help', 'tune --help'):\n"
        "    try:\n        main(words.split())\n    except SystemExit:\n        pass\n"
        "    print('loaded by', words, [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = [line for line in done.stdout.splitlines() if line.startswith("loaded by ")]
    assert len(loaded) == 6
    assert all(line.endswith(" []") for line in loaded), loaded


def commands_of(whole: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    return next(action.choices for action in whole._actions if isinstance(action, argparse._SubParsersAction))


def test_a_command_is_the_same_alone_as_among_all():
    whole = commands_of(parser())
    assert list(whole) == list(COMMANDS)
    for name, command in whole.items():
        alone = commands_of(parser(name))
        assert list(alone) == [name]
        assert alone[name].format_help() == command.format_help()


def test_a_word_that_is_no_command_is_answered_with_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["trian"])
    said = capsys.readouterr().err
    assert "'trian'" in said
    assert all(name in said for name in COMMANDS)


def test_runs_that_come_with_slviz_are_not_counted_as_the_folder_s_own(
    tmp_path: Path, graph: GeneGraph, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, own = RunStore(tmp_path / "program"), RunStore(tmp_path / "own", shipped=(tmp_path / "program",))
    monkeypatch.setattr(RunStore, "default", classmethod(lambda _: own))
    finish(shipped, tiny_run(graph))
    for words, said in (
        (["runs"], f"1 of these 1 come with slviz; in {own.root} lie none."),
        (["doctor"], "all of them"),
    ):
        assert main(words) == 0
        assert said in capsys.readouterr().out
    finish(own, tiny_run(graph, task="confidence"))
    for words, said in ((["runs"], "1 of these 2 come with slviz"), (["doctor"], "2 finished; 1 of them come")):
        assert main(words) == 0
        assert said in capsys.readouterr().out
