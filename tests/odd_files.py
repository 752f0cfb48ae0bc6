"""Odd content for the files of a models folder, and everything that reads them."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors.numpy import load, save

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.gene_sets import GeneSets
from slviz.projections import PCA, PROJECTIONS
from slviz.results import collect, tables
from slviz.runs.artifacts.controls import STORED
from slviz.runs.files import sha256, to_json
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.tuning.studies import StudyFolder
from slviz.vectors import VectorStore

DEEP = "[" * 100_000
ODD_JSON: tuple[str, ...] = (
    "null", "true", "0", "-1", "1.5", "1e400", "NaN", "-Infinity", "9" * 5000, "9" * 40, '""', '"x"', '"\\u0000"',
    '"\\ud800"', '"../../etc/passwd"', '"\\u001b[31mred"', '"' + "long" * 5000 + '"', "[]", "{}", "[[]]", '{"a": {}}',
    "[" * 500 + "]" * 500, DEEP,
)  # fmt: skip
ODD_BYTES = (b"", b"\0" * 64, b"\xef\xbb\xbf{}", b"\xff\xfe{}", b"{", b"}", b"[]", b"null", DEEP.encode(), b"\x1f\x8b")
ODD_BYTES += (b'{"format": 2}', b'{"format": 1, "format": 1}', (1 << 63).to_bytes(8, "little") + b"{}")


def odd_json(content: bytes, chance: random.Random) -> bytes:
    """JSON with one value replaced, removed, added or doubled, as text, so that what no writer writes comes up too."""
    try:
        stored = json.loads(content)
    except ValueError:
        return content
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], dict | list):
                walk(value[key])

    if isinstance(stored, dict | list):
        walk(stored)
    if not places:
        return chance.choice(ODD_JSON).encode()
    holder, key = chance.choice(places)
    how = chance.randrange(4)
    mark = "odd value of a test"
    if how == 0:
        del holder[key]
        return json.dumps(stored).encode()
    if how == 1 and isinstance(holder, dict):
        holder[chance.choice(["later", "", "format", "name", "\x1b[31m", "é" * 300])] = mark
    else:
        holder[key] = mark
    return json.dumps(stored).replace(json.dumps(mark), chance.choice(ODD_JSON)).encode()


def odd_lines(content: bytes, chance: random.Random) -> bytes:
    """JSON lines with one line odd, doubled, or moved."""
    lines = content.splitlines() or [b"{}"]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([odd_json(lines[at], chance), chance.choice(ODD_BYTES), lines[at] * 2, lines[at][:-2]])
    return b"\n".join(lines) + b"\n"


def odd_bytes(content: bytes, chance: random.Random) -> bytes:
    """Bytes with some turned, cut, taken out or put in; or nothing of what was there."""
    changed = bytearray(content)
    how = chance.randrange(5)
    if how == 0 or not changed:
        return chance.choice(ODD_BYTES)
    at = chance.randrange(len(changed)) if chance.random() < 0.5 else chance.randrange(min(len(changed), 300))
    if how == 1:
        return bytes(changed[:at])
    if how == 2:
        changed[at : at + chance.randrange(1, 9)] = b""
    elif how == 3:
        changed[at:at] = chance.choice(ODD_BYTES)[:200]
    else:
        for _ in range(chance.randrange(1, 9)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def odd_array(array: np.ndarray, chance: random.Random) -> np.ndarray:
    """The array with another kind, shape or value."""
    kinds = (np.float64, np.float16, np.int64, np.int8, np.uint8, np.uint64, np.bool_, np.float32)
    how = chance.randrange(7)
    with np.errstate(all="ignore"):
        if how == 0:
            return np.nan_to_num(array).astype(chance.choice(kinds))
        if how == 1:
            return array[: len(array) // 2] if array.ndim else array.reshape(1)
        if how == 2:
            return array.reshape(-1)
        if how == 3:
            return array[None]
        if how == 4:
            return np.empty((0, *array.shape[1:]), dtype=array.dtype)
        if how == 5 and array.ndim:
            return np.concatenate([array, array])
        changed = np.array(array)
        if changed.size:
            odd = {"f": [np.nan, np.inf, 1e30], "u": [255], "b": [True]}.get(changed.dtype.kind, [-1, -5, 100, 2**40])
            with contextlib.suppress(OverflowError):
                changed.flat[chance.randrange(changed.size)] = chance.choice(odd)
        return changed


def odd_arrays(content: bytes, chance: random.Random) -> bytes:
    """Safetensors with one array odd, missing or new; the description beside them odd; or checksummed anew."""
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__")
    arrays = load(content)
    name = chance.choice(sorted(arrays)) if arrays else "x"
    how = chance.randrange(4)
    if how == 0 and arrays:
        del arrays[name]
    elif how == 1:
        arrays[chance.choice(["later", "decoder.later", "map.", "attention.weight", "images"])] = np.zeros(3)
    elif arrays:
        arrays[name] = odd_array(arrays[name], chance)
    if metadata and "about" in metadata:
        if chance.random() < 0.5:
            metadata["about"] = odd_json(metadata["about"].encode(), chance).decode(errors="replace")
        metadata["sha256"] = checksum(arrays, metadata["about"])
    return save({key: np.asarray(value, order="C") for key, value in arrays.items()}, metadata)


def checksum(arrays: dict[str, np.ndarray], about: str) -> str:
    """The SHA-256 that a checksummed file holds, as `slviz.runs.files` computes it."""
    import hashlib

    digest = hashlib.sha256(about.encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name}:{array.dtype.str}:{array.shape}:".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def odd_table(content: bytes, chance: random.Random) -> bytes:
    """Parquet with another column, kind, name, number of rows or value."""
    table = pd.read_parquet(io.BytesIO(content))
    name = chance.choice(list(table.columns))
    values: list[Callable[[], Any]] = [
        lambda: 7,
        lambda: "nonsense",
        lambda: None,
        lambda: float("inf"),
        lambda: np.arange(len(table)),
        lambda: pd.Timestamp("2026-01-01"),
        lambda: [[1, 2]] * len(table),
        lambda: [b"\xff"] * len(table),
        lambda: pd.Categorical(["a"] * len(table)),
    ]
    how = chance.randrange(6)
    if how == 0:
        table = table.drop(columns=name)
    elif how == 1:
        table = table.rename(columns={name: chance.choice(["later", "", "gene", *table.columns])})
    elif how == 2:
        table = table.iloc[: chance.choice([0, 1, len(table) // 2])]
    elif how == 3:
        table = pd.concat([table, table])
    elif how == 4:
        table = table.assign(later=chance.choice(values)())
    else:
        table = table.assign(**{name: chance.choice(values)()})
    buffer = io.BytesIO()
    try:
        table.to_parquet(buffer, index=chance.random() < 0.2)
    except ValueError:  # two columns of one name
        return b"PAR1"
    return buffer.getvalue()


ODD: dict[str, Callable[[bytes, random.Random], bytes]] = {
    ".json": odd_json,
    ".jsonl": odd_lines,
    ".safetensors": odd_arrays,
    ".parquet": odd_table,
}


def make_odd(path: Path, chance: random.Random) -> None:
    """Write odd content into a file: such as only a program would write, or bytes."""
    content = path.read_bytes()
    by_kind = ODD.get(path.suffix, odd_bytes)
    path.write_bytes((by_kind if chance.random() < 0.7 else odd_bytes)(content, chance))


def seal_again(folder: Path) -> None:
    """Seal the manifest of a run again around its files as they are now."""
    path = folder / "manifest.json"
    stored = json.loads(path.read_text())
    for name in stored["files"]:
        content = (folder / name).read_bytes()
        stored["files"][name] = {"sha256": sha256(content), "bytes": len(content)}
    write_manifest(path, stored)


def write_manifest(path: Path, stored: dict[str, Any]) -> None:
    """Write a manifest with a checksum that holds."""
    stored = {key: value for key, value in stored.items() if key != "sha256"}
    path.write_bytes(to_json({**stored, "sha256": sha256(to_json(stored))}))


def read_run_folder(store: RunStore, run_id: str, graph: GeneGraph) -> None:
    """Everything that reads a run: each read ends in a value or a `SlvizError`; any other error goes on."""
    reads: list[Callable[[], Any]] = [
        lambda: store.state(run_id),
        lambda: store.open_weights(run_id),
        lambda: PairSplit.from_frame(store.open_split(run_id), graph.genes),
        lambda: store.check(run_id),
        lambda: store.progress(run_id),
        lambda: store.failure(run_id),
        lambda: store.log(run_id),
        lambda: store.device_asked(run_id),
        lambda: store.can_resume(run_id),
        lambda: store.artifacts(run_id).open_ablation(),
        lambda: [
            store.artifacts(run_id).ablation_artifact().state,
            store.artifacts(run_id).ablation_artifact().progress,
            store.artifacts(run_id).ablation_artifact().failure,
        ],
        lambda: store.artifacts(run_id).map_artifact(PCA(), 0).progress,
        lambda: store.artifacts(run_id).map_artifact(PCA(), 0).failure,
        lambda: store.artifacts(run_id).open_map_quality(PCA(), 0),
        *(lambda kind=kind: store.artifacts(run_id).open_control(kind) for kind in STORED),
    ]
    for of in ("trained", *STORED):
        for method, seed in [*store.artifacts(run_id).maps(of=of), *((cls(), 0) for cls in PROJECTIONS.values())]:
            reads.append(lambda method=method, seed=seed, of=of: store.artifacts(run_id).open_map(method, seed, of=of))
    for read in reads:
        with contextlib.suppress(SlvizError):
            read()
    with contextlib.suppress(SlvizError):
        run = store.open(run_id)
        if run.decoder and run.genes == graph.genes:
            scorer = run.scorer(graph)
            scorer.score(graph.pairs[:5])
            scorer.score_with(0)
            scorer.all_pairs()


def read_models_folder(store: RunStore, graph: GeneGraph) -> None:
    """Everything that lists what lies in a models folder."""
    summaries = store.summaries()
    with contextlib.suppress(SlvizError):
        tables(collect(store, summaries))
    vectors = VectorStore(store.root / ".vectors")
    for each in vectors.summaries():
        with contextlib.suppress(SlvizError):
            vectors.open(each.id)
        for method, seed in vectors.artifacts(each.id).maps():
            with contextlib.suppress(SlvizError):
                vectors.artifacts(each.id).open_map(method, seed)
    sets = GeneSets(store.root, graph.fingerprint)
    for each in sets.all():
        each.numbers(graph)
    sets.damaged()
    studies = StudyFolder(store.root)
    for name in studies.names():
        with contextlib.suppress(SlvizError):
            studies.open(name)
    for command in (["runs"], ["vectors"], *(["runs", "show", "--", each.run_id] for each in summaries)):
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            main(command)
        said = out.getvalue() + err.getvalue()
        assert "Traceback" not in said
        assert all(each.isprintable() or each == "\n" for each in said), repr(said)
