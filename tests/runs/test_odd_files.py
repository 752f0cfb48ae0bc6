"""One odd folder harms only itself: whatever its files hold, a read ends in a value or in a sentence."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import random
import shutil
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_files import ODD, ODD_JSON, checksum, make_odd, read_models_folder, read_run_folder, seal_again, write_manifest
from run_folders import CHECKOUT, a_map
from safetensors.numpy import load, save

from slviz.errors import DamagedRun, RunError, SlvizError
from slviz.gene_sets import GeneSet, GeneSets
from slviz.projections import PCA, measure_map_quality
from slviz.runs import Run
from slviz.runs.artifacts.controls import Control
from slviz.runs.artifacts.edge_ablations import EdgeAblation
from slviz.runs.artifacts.maps import map_path, map_quality_path, save_map_quality
from slviz.runs.damage import readable
from slviz.runs.data_of import refuse_foreign_run
from slviz.runs.parsing import parse_table
from slviz.runs.plain_files import LARGEST
from slviz.runs.store import RunStore
from slviz.runs.worker import StoredCheckpoint, write_failure
from slviz.splits import PairSplit
from slviz.vectors import VectorStore, reference

CASES = CHECKOUT.parent / "shared" / "cases" / "damaged"
DEEP = b"[" * 100_000
LONG = bool(os.environ.get("SLVIZ_LONG_TRIALS"))
"""Every odd thing in every place; else each odd thing in one place, and each place with several."""


@dataclasses.dataclass(frozen=True)
class Folder:
    """A models folder with one of everything, two finished runs and an unfinished one."""

    root: Path
    odd: str
    good: str
    unfinished: str


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    graph, root = tiny_graph(), tmp_path_factory.mktemp("whole") / "models"
    store, made = RunStore(root), tiny_run(graph)
    split = made.spec.split.divide(graph).to_frame(graph.genes)
    run = dataclasses.replace(made, spec=dataclasses.replace(made.spec, seed=1), weights={"w": made.embedding})
    unfinished = dataclasses.replace(made.spec, seed=2)
    for each in (run, made):
        with store.writing(each.spec) as writer:
            writer.begin(split)
            writer.finish(each)
    with store.writing(unfinished) as writer:
        writer.begin(split)
        writer.record({"epoch": 1, "train_loss": 1.0, "validation_loss": 1.0, "ap": 0.5, "seconds": 0.1})
        writer.save_checkpoint(StoredCheckpoint(1, {"x": np.ones(3)}, made.history.head(1)))
    write_failure(store.folder(unfinished.run_id) / "error.json", RunError("the reason"))
    _make_beside(store, run)
    GeneSets(root, graph.fingerprint).keep(GeneSet.of("some", graph, [1, 2, 3]))
    return Folder(root, run.run_id, made.run_id, unfinished.run_id)


def _make_beside(store: RunStore, run: Run) -> None:
    place = a_map(run)
    store.artifacts(run.run_id).save_map(place)
    save_map_quality(store.folder(run.run_id), place, measure_map_quality(run.embedding, place.coordinates))
    store.artifacts(run.run_id).save_control(Control("shuffled", run.embedding + 1, run.metrics))
    ones = np.ones(3, dtype=np.float32)
    counts = np.full(3, 5)
    store.artifacts(run.run_id).save_ablation(
        EdgeAblation(np.arange(3), counts, counts // 5, ones, ones, np.ones((3, 4), np.float32))
    )
    vectors = VectorStore(store.root / ".vectors")
    vectors.artifacts(vectors.keep(reference("iris"))).make_map(PCA(), 0)


@pytest.fixture
def folder(whole: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A copy that a test may spoil."""
    root = tmp_path / "models"
    shutil.copytree(whole.root, root)
    monkeypatch.setenv("SLVIZ_MODELS", str(root))
    monkeypatch.setattr("slviz.runs.store.SHIPPED", tmp_path / "nothing shipped")
    return dataclasses.replace(whole, root=root)


@pytest.fixture
def odd(folder: Folder) -> Path:
    """The folder of the finished run that is spoilt."""
    return folder.root / folder.odd


def the_rest_is_well(folder: Folder) -> None:
    store = RunStore(folder.root)
    assert {each.run_id: each.state for each in store.summaries()}[folder.good] == "finished"
    assert store.open(folder.good).run_id == folder.good
    assert store.check(folder.good) == []


def is_damaged(folder: Folder, words: str) -> str:
    """The sentence on the spoilt run, which opens nowhere; everything else is read as ever."""
    store = RunStore(folder.root)
    with pytest.raises(DamagedRun, match=words) as caught:
        store.open(folder.odd)
    read_run_folder(store, folder.odd, tiny_graph())
    read_models_folder(store, tiny_graph())
    the_rest_is_well(folder)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 700
    return sentence


# --- any content -----------------------------------------------------------------------------------------


@settings(max_examples=200 if LONG else 10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_a_file_holds_a_read_ends_in_a_value_or_a_sentence(whole: Folder, folder: Folder, seed: int) -> None:
    chance, graph = random.Random(seed), tiny_graph()
    shutil.rmtree(folder.root)
    shutil.copytree(whole.root, folder.root)
    files = [path for path in sorted(folder.root.rglob("*")) if path.suffix in ODD and path.parent.name != folder.good]
    path = chance.choice(files)
    make_odd(path, chance)
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if path.name == "manifest.json":
            write_manifest(path, json.loads(path.read_bytes()))
        elif chance.random() < 0.8:
            seal_again(folder.root / folder.odd)
    store = RunStore(folder.root)
    for run_id in (folder.odd, folder.unfinished):
        read_run_folder(store, run_id, graph)
    read_models_folder(store, graph)
    the_rest_is_well(folder)


HOLDING_JSON = ("spec.json", "manifest.json", "metrics.json", "progress.jsonl", "error.json")
ODD_PLACES = [
    (name, value)
    for at, value in enumerate(ODD_JSON)
    for name in (HOLDING_JSON if LONG else [HOLDING_JSON[at % len(HOLDING_JSON)]])
]


@pytest.mark.parametrize(("name", "odd_value"), ODD_PLACES, ids=lambda value: value[:12])
def test_a_file_that_is_one_odd_value(folder: Folder, name: str, odd_value: str) -> None:
    store = RunStore(folder.root)
    for run_id in (folder.odd, folder.unfinished):
        (folder.root / run_id / name).write_text(odd_value)
        if run_id == folder.odd and name not in ("manifest.json", "error.json"):
            seal_again(folder.root / run_id)
        read_run_folder(store, run_id, tiny_graph())
    assert store.summary(folder.odd).run_id == folder.odd
    the_rest_is_well(folder)


# --- the smallest damaged files --------------------------------------------------------------------------

MANIFEST_CASES = {
    "NaN for a digest": b'{"format": 1, "run_id": "x", "files": {"a": {"sha256": NaN, "bytes": 1}}}',
    "a file without its size": {"files": {"log.txt": {"bytes": 78}}},
    "a file that is a text": {"files": {"weights.safetensors": "\0"}},
    "no files at all": {"files": None},
    "a size that is a text": {"files": {"log.txt": {"sha256": "0" * 64, "bytes": "78"}}},
    "a path for a name": {"files": {"../../secret": {"sha256": "0" * 64, "bytes": 1}}},
    "a time that is none": {"finished": "yesterday"},
    "a time without its zone": {"finished": "2026-01-01T00:00:00"},
    "seconds that are a list": {"seconds": [1]},
    "no device": {"device": None},
    "a device that colours the terminal": {"device": "\x1b[31mcpu"},
}


@pytest.mark.parametrize("case", MANIFEST_CASES)
def test_a_manifest_that_is_sealed_and_odd(folder: Folder, odd: Path, case: str) -> None:
    change, path = MANIFEST_CASES[case], odd / "manifest.json"
    if isinstance(change, bytes):
        path.write_bytes(change)
    else:
        write_manifest(path, json.loads(path.read_text()) | change)
    is_damaged(folder, r"manifest\.json of run")
    summary = RunStore(folder.root).summary(folder.odd)
    assert (summary.state, summary.spec is not None) == ("damaged", True)
    assert "manifest.json" in summary.problem


FOREIGN_CASES = {
    "metrics.json": [DEEP, b"[[]]", b'{"a": 1}', b'[{"scorer": "network"}]', b'[{"value": "high"}]', b"NaN"],
    "spec.json": [DEEP, b"[]", b"{}", b'{"format": "1"}', b"\xef\xbb\xbf{}", b"\0\0"],
    "progress.jsonl": [
        b'{"epoch": 4,  "t": {}, "s": 0.1 }\n',
        b'{"epoch": 1e300, "train_loss": 1, "validation_loss": 1, "seconds": 1}\n',
        b'{"epoch": 1, "train_loss": "low", "validation_loss": 1, "seconds": 1}\n',
        b'}\n{  "epoch": 3,  "trss": 0.3333,  "": "",  "s": 0.1 }\n{"',
    ],
}


@pytest.mark.parametrize(("name", "content"), [(name, each) for name, some in FOREIGN_CASES.items() for each in some])
def test_foreign_content_behind_a_seal_that_holds(folder: Folder, odd: Path, name: str, content: bytes) -> None:
    (odd / name).write_bytes(content)
    seal_again(odd)
    is_damaged(folder, name)


@pytest.mark.parametrize("content", [b'{"epoch":5,"ts": {},  "seds": 0}\n', b"\0" * 500, b"}\n{", DEEP, b"[1]\n2\n"])
def test_lines_of_an_unfinished_run_that_are_no_epochs_are_skipped(folder: Folder, content: bytes) -> None:
    path = folder.root / folder.unfinished / "progress.jsonl"
    path.write_bytes(content + b"\n" + path.read_bytes() + b'{"epoch": 2, "tra')
    store = RunStore(folder.root)
    assert store.progress(folder.unfinished)["epoch"].tolist() == [1]
    assert store.progress(folder.odd)["epoch"].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("content", [DEEP, b"{}", b'{"error": 1, "message": []}', b"\xff", b'"x"'])
def test_a_reason_that_cannot_be_read_is_said(folder: Folder, content: bytes) -> None:
    (folder.root / folder.unfinished / "error.json").write_bytes(content)
    assert "error.json of run" in RunStore(folder.root).failure(folder.unfinished)


def test_a_reason_does_nothing_to_the_terminal(folder: Folder) -> None:
    path = folder.root / folder.unfinished / "error.json"
    path.write_text(json.dumps({"error": "X", "message": "red \x1b[31m \u202e and\nmore\r"}))
    assert RunStore(folder.root).failure(folder.unfinished) == "red \\x1b[31m \\u202e and\nmore"


@pytest.mark.parametrize("fingerprint", [{}, "../../../etc/passwd", "", "\0", 7, None, "x" * 5000])
def test_a_fingerprint_that_is_none(folder: Folder, fingerprint: object) -> None:
    path = folder.root / folder.unfinished / "spec.json"
    stored = json.loads(path.read_text())
    stored["data"]["fingerprint"] = fingerprint
    path.write_text(json.dumps(stored))
    summary = RunStore(folder.root).summary(folder.unfinished)
    assert summary.state == "damaged"
    assert "spec.json" in summary.problem
    assert summary.problem.isprintable()


def test_genes_that_are_no_text(folder: Folder, odd: Path) -> None:
    path = odd / "arrays.safetensors"
    arrays = load(path.read_bytes())
    arrays["genes"] = np.full_like(arrays["genes"], 255)
    path.write_bytes(save(arrays))
    seal_again(odd)
    is_damaged(folder, "its genes are not text")


@pytest.mark.parametrize("kind", ["finished", "foreign", "unfinished"])
def test_the_shared_cases(folder: Folder, kind: str) -> None:
    if not CASES.is_dir():
        pytest.skip(f"the damaged files are not in {CASES}")
    cases = sorted(CASES.glob(f"{kind}_*"))
    assert cases
    store, run_id = RunStore(folder.root), folder.unfinished if kind == "unfinished" else folder.odd
    for case in cases:
        path = folder.root / run_id / case.name.split("_", 1)[1].split("-")[0]
        before = path.read_bytes()
        manifest = (folder.root / run_id / "manifest.json").read_bytes() if kind != "unfinished" else b""
        path.write_bytes(case.read_bytes())
        if kind == "foreign" and path.name != "manifest.json":
            seal_again(folder.root / run_id)
        if kind != "unfinished":
            is_damaged(folder, path.name.replace(".", r"\."))
            (folder.root / run_id / "manifest.json").write_bytes(manifest)
        read_run_folder(store, run_id, tiny_graph())
        read_models_folder(store, tiny_graph())
        path.write_bytes(before)


# --- foreign arrays and tables ---------------------------------------------------------------------------


def _with(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[dict[str, np.ndarray]], None]:
    def changed(arrays: dict[str, np.ndarray]) -> None:
        arrays[name] = change(arrays[name])

    return changed


ODD_ARRAYS: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "no embedding": (lambda arrays: arrays.pop("embedding"), "lacks 'embedding'"),
    "no genes": (lambda arrays: arrays.pop("genes"), "lacks 'genes'"),
    "no edges": (lambda arrays: arrays.pop("attention.edges"), "lacks 'attention.edges'"),
    "fewer rows": (_with("embedding", lambda found: found[:-1]), "shape"),
    "whole numbers": (_with("embedding", lambda found: found.astype(np.int64)), "embedding"),
    "one dimension": (_with("embedding", np.ravel), "shape"),
    "not finite": (_with("embedding", lambda found: found * np.nan), "not finite"),
    "a gene beyond the last": (_with("attention.edges", lambda found: found + 1), "from 1 to 40, of 40"),
    "a gene before the first": (_with("attention.edges", lambda found: found - 1), "from -1 to"),
    "edges that are decimals": (_with("attention.edges", lambda found: found.astype(np.float32)), "attention.edges"),
    "no layer": (_with("attention.weight", lambda found: found[:0]), "no layer"),
    "weights that are not finite": (_with("attention.weight", lambda found: found / 0), "not finite"),
    "a gene twice": (
        _with("genes", lambda found: np.frombuffer(b"\n".join([b"A"] * 40), dtype=np.uint8)),
        "two have the same",
    ),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("case", ODD_ARRAYS)
def test_arrays_that_do_not_belong_to_a_run(folder: Folder, odd: Path, case: str) -> None:
    change, words = ODD_ARRAYS[case]
    path = odd / "arrays.safetensors"
    arrays = load(path.read_bytes())
    change(arrays)
    path.write_bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))
    seal_again(odd)
    sentence = is_damaged(folder, words)
    assert sentence.startswith(f"arrays.safetensors of run {folder.odd}")


DECODER = {
    "bilinear": np.zeros((6, 6), np.float32),
    "linear": np.zeros(6, np.float32),
    **{name: np.zeros((3, 6), np.float32) for name in ("sum", "product", "difference")},
    "hidden_bias": np.zeros(3, np.float32),
    "readout": np.zeros(3, np.float32),
    "bias": np.zeros(1, np.float32),
    "bounds": np.zeros(0, np.float32),
}
TREES = {
    "trees.feature": np.array([0, -1, -1]),
    "trees.threshold": np.zeros(3),
    "trees.left": np.array([1, 0, 0]),
    "trees.right": np.array([2, 0, 0]),
    "trees.value": np.zeros(3),
    "trees.roots": np.array([0]),
    "trees.start": np.zeros(1),
}
SEEN = {"seen.pairs": np.array([[0, 1]], dtype=np.int32), "blend": np.zeros(2), "bounds": np.zeros(0, np.float32)}
ODD_DECODERS = {
    "another width": DECODER | {"bilinear": np.zeros((7, 7), np.float32)},
    "text for numbers": DECODER | {"linear": np.zeros(6, np.uint8)},
    "one bound": DECODER | {"bounds": np.zeros(1, np.float32)},
    "a tree that never ends": TREES | {"trees.left": np.array([0, 0, 0])},
    "a child beyond the last": TREES | {"trees.right": np.array([9, 0, 0])},
    "a root beyond the last": TREES | {"trees.roots": np.array([3])},
    "fewer thresholds": TREES | {"trees.threshold": np.zeros(2)},
    "a pair beyond the last gene": SEEN | {"seen.pairs": np.array([[0, 40]], dtype=np.int32)},
    "pairs of three": SEEN | {"seen.pairs": np.zeros((1, 3), dtype=np.int32)},
    "no weights": {name: array for name, array in SEEN.items() if name != "blend"},
}


@pytest.mark.parametrize("case", ODD_DECODERS)
def test_a_decoder_that_does_not_belong_to_a_run(folder: Folder, odd: Path, case: str) -> None:
    for decoder in (DECODER | TREES, SEEN):
        _write_decoder(odd, decoder)
        RunStore(folder.root).open(folder.odd)
    _write_decoder(odd, ODD_DECODERS[case])
    is_damaged(folder, r"arrays\.safetensors of run")


def _write_decoder(odd: Path, decoder: dict[str, np.ndarray]) -> None:
    path = odd / "arrays.safetensors"
    arrays = {name: array for name, array in load(path.read_bytes()).items() if not name.startswith("decoder.")}
    path.write_bytes(save(arrays | {f"decoder.{name}": array for name, array in decoder.items()}))
    seal_again(odd)


ODD_PREDICTIONS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no part": (lambda table: table.drop(columns="part"), "has the columns"),
    "another order": (lambda table: table[table.columns[::-1]], "has the columns"),
    "a gene that there is not": (lambda table: table.assign(gene_a="GENE40"), "'GENE40'"),
    "gene numbers": (lambda table: table.assign(gene_b=range(len(table))), "should hold text"),
    "a missing gene": (lambda table: table.assign(gene_b=[None] + ["GENE1"] * (len(table) - 1)), "should hold text"),
    "a part that there is not": (lambda table: table.assign(part="exam"), "'exam'"),
    "a later kind": (lambda table: table.assign(negative_kind="hard"), "later slviz"),
    "text for a score": (lambda table: table.assign(prediction="high"), "should hold numbers"),
    "text for a baseline": (lambda table: table.assign(**{"max degree": "high"}), "should hold numbers"),
    "missing scores": (lambda table: table.assign(prediction=np.float32("nan")), "missing or infinite"),
    "known in part": (lambda table: table.assign(actual=np.float32(0.5)), "1 or 0"),
    "times": (lambda table: table.assign(later=pd.Timestamp("2026-01-01")), "of the kind timestamp"),
    "lists": (lambda table: table.assign(prediction=[[1.0]] * len(table)), "of the kind list"),
}


@pytest.mark.parametrize("case", ODD_PREDICTIONS)
def test_predictions_that_do_not_belong_to_a_run(folder: Folder, odd: Path, case: str) -> None:
    change, words = ODD_PREDICTIONS[case]
    path = odd / "predictions.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    seal_again(odd)
    sentence = is_damaged(folder, words)
    assert sentence.startswith(f"predictions.parquet of run {folder.odd}")


ODD_SPLITS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "another column": lambda table: table.rename(columns={"score": "confidence"}),
    "a gene that there is not": lambda table: table.replace({"gene_b": {"GENE1": "GENE99"}}),
    "gene numbers": lambda table: table.assign(gene_a=range(len(table))),
    "a part that there is not": lambda table: table.assign(part="exam"),
    "text for a score": lambda table: table.assign(score="high"),
    "a kind that there is not": lambda table: table.replace({"negative_kind": {"random": "hard"}}),
    "fewer genes": lambda table: table.iloc[:-1],
}


@pytest.mark.parametrize("case", ODD_SPLITS)
def test_a_split_that_does_not_belong_to_a_run(folder: Folder, odd: Path, case: str) -> None:
    path = odd / "split.parquet"
    ODD_SPLITS[case](pd.read_parquet(path)).to_parquet(path, index=False)
    seal_again(odd)
    store, genes = RunStore(folder.root), tiny_graph().genes
    with pytest.raises(DamagedRun, match="split"):
        PairSplit.from_frame(store.open_split(folder.odd), genes)
    the_rest_is_well(folder)


def test_a_run_about_other_genes_is_told_before_it_is_used() -> None:
    graph = tiny_graph()
    other = dataclasses.replace(tiny_run(graph), genes=tuple(f"OTHER{number}" for number in range(40)))
    refuse_foreign_run(graph, tiny_run(graph))
    with pytest.raises(DamagedRun, match="40 other genes than the 40 of 'tiny'"):
        refuse_foreign_run(graph, other)


ODD_BESIDE: dict[str, tuple[str, Callable[[dict, dict], object]]] = {
    "a map of fewer genes": ("map", lambda arrays, about: arrays.update(coordinates=arrays["coordinates"][:-1])),
    "a map of whole numbers": (
        "map",
        lambda arrays, about: arrays.update(coordinates=arrays["coordinates"].astype(np.int64)),
    ),
    "a map without shares": ("map", lambda arrays, about: arrays.pop("kept")),
    "shares beyond 1": ("map", lambda arrays, about: arrays.update(kept=arrays["kept"] + 5)),
    "axes that are numbers": ("map", lambda arrays, about: about.update(axes=[1, 2])),
    "one axis": ("map", lambda arrays, about: about.update(axes=["x"])),
    "another seed": ("map", lambda arrays, about: about.update(seed=5)),
    "a seed that is a list": ("map", lambda arrays, about: about.update(seed=[])),
    "a later key": ("map", lambda arrays, about: about.update(colour="red")),
    "a trust of fewer genes": ("trust", lambda arrays, about: arrays.update(recall=arrays["recall"][:-1])),
    "no neighbours": ("trust", lambda arrays, about: about.pop("neighbours")),
    "a control of fewer genes": ("control", lambda arrays, about: arrays.update(embedding=arrays["embedding"][:-1])),
    "a control with odd metrics": ("control", lambda arrays, about: about.update(metrics=[{"value": "x"}])),
    "a test of a gene that there is not": ("deletion", lambda arrays, about: arrays.update(genes=arrays["genes"] + 38)),
    "a test without draws": ("deletion", lambda arrays, about: arrays.update(fall_random=arrays["fall_top"])),
    "a test that lacks something": ("deletion", lambda arrays, about: arrays.pop("score")),
}


@pytest.mark.parametrize("case", ODD_BESIDE)
def test_what_lies_beside_a_run_and_is_odd(folder: Folder, odd: Path, case: str) -> None:
    which, change = ODD_BESIDE[case]
    store = RunStore(folder.root)
    path, read = {
        "map": (map_path(odd, PCA(), 0), lambda: store.artifacts(folder.odd).open_map(PCA(), 0)),
        "trust": (map_quality_path(odd, PCA(), 0), lambda: store.artifacts(folder.odd).open_map_quality(PCA(), 0)),
        "control": (
            odd / "controls/shuffled/embedding.safetensors",
            lambda: store.artifacts(folder.odd).open_control("shuffled"),
        ),
        "deletion": (odd / "deletions/sample.safetensors", lambda: store.artifacts(folder.odd).open_ablation()),
    }[which]
    assert read() is not None
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    arrays, about = load(content), json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["about"])
    change(arrays, about)
    text = json.dumps(about)
    path.write_bytes(save(arrays, {"about": text, "sha256": checksum(arrays, text)}))
    with pytest.raises(DamagedRun) as caught:
        read()
    assert path.name in str(caught.value)
    assert str(caught.value).isprintable()
    assert store.open(folder.odd).run_id == folder.odd, "the run itself is whole"
    read_run_folder(store, folder.odd, tiny_graph())
    the_rest_is_well(folder)


# --- later versions --------------------------------------------------------------------------------------

LATER_SPECS: dict[str, tuple[Callable[[dict], object], str]] = {
    "a format": (lambda spec: spec.update(format=2), "of format 2"),
    "a key": (lambda spec: spec.update(colour="red"), "holds 'colour'"),
    "a key of the data": (lambda spec: spec["data"].update(licence="CC0"), "holds 'licence'"),
    "a network": (lambda spec: spec["network"].update(name="mamba"), "the network 'mamba'"),
    "a task": (lambda spec: spec["task"].update(name="rank"), "the task 'rank'"),
    "a setting": (lambda spec: spec["network"].update(rotary=True), "a setting 'rotary'"),
}


@pytest.mark.parametrize("case", LATER_SPECS)
def test_a_spec_of_a_later_version_says_so(folder: Folder, odd: Path, case: str) -> None:
    change, words = LATER_SPECS[case]
    for path in (odd / "spec.json", folder.root / folder.unfinished / "spec.json"):
        stored = json.loads(path.read_text())
        change(stored)
        path.write_text(json.dumps(stored))
    seal_again(odd)
    assert "written by a later slviz" in is_damaged(folder, words)
    assert "written by a later slviz" in RunStore(folder.root).summary(folder.unfinished).problem


def test_other_files_of_a_later_version_say_so(folder: Folder, odd: Path) -> None:
    before = (odd / "manifest.json").read_bytes()
    for change, words in (({"format": 2}, "of format 2"), ({"host": "x"}, "holds 'host'")):
        write_manifest(odd / "manifest.json", json.loads(before) | change)
        assert "later slviz" in is_damaged(folder, words)
    (odd / "manifest.json").write_bytes(before)
    metrics = json.loads((odd / "metrics.json").read_text())
    for change in ({"metric": "auprc@7"}, {"low": 0.1}):
        (odd / "metrics.json").write_text(json.dumps([metrics[0] | change]))
        seal_again(odd)
        assert "later slviz" in is_damaged(folder, r"metrics\.json")


def test_a_setting_out_of_its_range_is_said(folder: Folder, odd: Path) -> None:
    stored = json.loads((odd / "spec.json").read_text())
    stored["optimiser"]["learning_rate"] = 10**18
    (odd / "spec.json").write_text(json.dumps(stored))
    seal_again(odd)
    is_damaged(folder, "learning_rate=1e.18 is outside the range")


def test_a_run_of_an_older_version_opens(folder: Folder, odd: Path) -> None:
    """Settings that came later are left out of the files of older versions, and have their default."""
    stored = json.loads((odd / "spec.json").read_text())
    assert "ratio" not in stored["split"]
    assert RunStore(folder.root).open(folder.odd).spec.split.ratio == 1


# --- lying sizes -----------------------------------------------------------------------------------------


def test_a_header_that_claims_all_the_memory_there_is(folder: Folder, odd: Path) -> None:
    path = odd / "arrays.safetensors"
    shapes = {"embedding": {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 2**62]}}
    header = json.dumps(shapes).encode()
    for content in (
        struct.pack("<Q", 2**63 - 1) + b"{}",
        struct.pack("<Q", 2**64 - 1),
        struct.pack("<Q", len(header)) + header,
        struct.pack("<Q", len(header)) + header.replace(b"F32", b"Q99") + b"\0" * 8,
    ):
        path.write_bytes(content)
        seal_again(odd)
        is_damaged(folder, r"arrays\.safetensors")


def test_a_table_that_claims_more_rows_than_there_are(
    folder: Folder, odd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = odd / "predictions.parquet"
    monkeypatch.setattr("slviz.runs.parsing.MOST_TABLE_ROWS", 1000)
    pd.DataFrame({"x": np.zeros(100_000)}).to_parquet(path, index=False)
    seal_again(odd)
    is_damaged(folder, "declares 100,000 rows of 1 columns")


def test_a_file_that_is_larger_than_any_of_its_kind_is_not_read(folder: Folder, odd: Path) -> None:
    path = folder.root / folder.unfinished / "spec.json"
    with path.open("r+b") as file:
        file.truncate(LARGEST[".json"] + 1)  # takes no room on the disk
    assert "and such a file has" in RunStore(folder.root).summary(folder.unfinished).problem
    with (odd / "metrics.json").open("r+b") as file:
        file.truncate(2**40)
    is_damaged(folder, r"metrics\.json of run .* is altered: it has 1,099,511,627,776 bytes")


# --- odd names and odd files -----------------------------------------------------------------------------

NAMES = ["résumé ✓", "two words", "two\nlines", "a..b", "x" * 200, "red\x1b[31m", "\u202egnp", "-x", "a'b\"<b>`$x$`"]
NAMES += ["gat-both-link-0000000g", os.fsdecode(b"no\xfftext")]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_folder_with_an_odd_name_shows_as_damaged_and_can_be_removed(folder: Folder, name: str) -> None:
    (folder.root / name).mkdir()
    store = RunStore(folder.root)
    [summary] = [each for each in store.summaries() if each.folder.name == name]
    assert summary.state == "damaged"
    assert summary.run_id.isprintable()
    assert "spec.json" in summary.problem
    assert summary.problem.isprintable()
    read_run_folder(store, summary.run_id, tiny_graph())
    read_models_folder(store, tiny_graph())
    the_rest_is_well(folder)
    assert store.state(summary.run_id) == "damaged"
    with contextlib.suppress(SlvizError):
        store.remove(summary.run_id)
    the_rest_is_well(folder)


def test_an_empty_folder_that_is_called_as_a_run_shows_as_interrupted_and_can_be_removed(folder: Folder) -> None:
    """Whoever began a run was killed before its spec was written."""
    run_id = "gat-both-link-00000000"
    (folder.root / run_id).mkdir()
    store = RunStore(folder.root)
    assert store.summary(run_id).state == "interrupted"
    read_run_folder(store, run_id, tiny_graph())
    read_models_folder(store, tiny_graph())
    store.remove(run_id)
    assert not (folder.root / run_id).exists()
    the_rest_is_well(folder)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
        made.bind(path.name)  # a path of a socket has 108 letters at most


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _folder(path: Path) -> None:
    path.mkdir()


KINDS = (_pipe, _socket, _link, _link_to_nothing, _link_to_itself, _folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_plain_file_is_neither_followed_nor_waited_for(
    folder: Folder, odd: Path, make: Callable[[Path], None]
) -> None:
    paths = [path for path in folder.root.rglob("*") if path.is_file() and path.parent.name != folder.good]
    store = RunStore(folder.root)
    for path in sorted(paths) if LONG else sorted(paths)[KINDS.index(make) % 4 :: 4]:
        content = path.read_bytes()
        path.unlink()
        make(path)
        for run_id in (folder.odd, folder.unfinished):
            read_run_folder(store, run_id, tiny_graph())
        assert "root:" not in store.log(folder.unfinished)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        path.write_bytes(content)
    for name in ("spec.json", "arrays.safetensors"):
        (odd / name).unlink()
        make(odd / name)
    read_models_folder(store, tiny_graph())
    assert store.summary(folder.odd).state == "damaged"
    the_rest_is_well(folder)


def test_a_lock_that_is_a_pipe_is_not_waited_for(folder: Folder) -> None:
    lock = folder.root / folder.unfinished / ".lock"
    lock.unlink(missing_ok=True)
    os.mkfifo(lock)
    assert RunStore(folder.root).state(folder.unfinished) == "failed"


def test_a_folder_that_nobody_may_look_into_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may look everywhere, so the refusal is made up."""
    real = Path.is_file

    def is_file(path: Path) -> bool:
        if path.parent.name == folder.odd:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    summary = RunStore(folder.root).summary(folder.odd)
    assert summary.state == "damaged"
    assert "Permission denied" in summary.problem
    assert RunStore(folder.root).state(folder.odd) == "damaged"
    with pytest.raises(DamagedRun, match="nothing of it can be read"):
        RunStore(folder.root).open(folder.odd)
    the_rest_is_well(folder)


def test_names_in_sentences_are_readable() -> None:
    assert readable("a\nb\x1b\u202e") == "a\\nb\\x1b\\u202e"
    assert readable("é" * 500, most=10) == "é" * 10 + "…"


def test_a_table_with_an_index_counts_its_rows_from_0(folder: Folder, odd: Path) -> None:
    path = odd / "predictions.parquet"
    table = pd.read_parquet(path)
    buffer = io.BytesIO()
    table.set_axis(range(7, 7 + len(table))).to_parquet(buffer)
    path.write_bytes(buffer.getvalue())
    seal_again(odd)
    with contextlib.suppress(DamagedRun):
        assert RunStore(folder.root).open(folder.odd).predictions.index[0] == 0


def test_a_table_of_one_long_text_in_very_many_rows_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    pd.DataFrame({"x": ["a" * 100_000] * 5_000}).to_parquet(file, compression="zstd")
    assert len(file.getvalue()) < 1_000_000
    with pytest.raises(DamagedRun, match="far longer texts"):
        parse_table(file.getvalue(), tmp_path / "predictions.parquet")
    sound = pd.DataFrame({"gene": ["a", "b"], "x": [1.5, 2.5], "part": ["train", "test"]})
    file = io.BytesIO()
    sound.to_parquet(file)
    pd.testing.assert_frame_equal(parse_table(file.getvalue(), tmp_path / "x"), sound)
