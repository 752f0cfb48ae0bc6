"""A cache of read data folders, keyed by the content of their files; safe to delete at any time."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp

from slviz.datasets.folder import Snapshot, read_snapshot, take_snapshot
from slviz.datasets.gene_values import GeneColumns
from slviz.datasets.graph import GeneGraph, Terms
from slviz.datasets.nouns import Nouns
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.relations import Relation
from slviz.datasets.report import Report
from slviz.datasets.screens import ScreenTable
from slviz.disk.ages import last_used
from slviz.disk.left_over import LeftOver, half_written
from slviz.disk.whole_files import write_whole
from slviz.errors import DataError

FORMAT = 8  # raise it when reading changes, so that older entries are not used
MOST_ENTRIES = 8
MOST_BYTES = 1 << 30
SUFFIX = ".slviz"
TABLES = ("gene_info", "evidence")
SCREEN_ARRAYS = ("pairs", "hit", "score", "screen", "cell_line", "reference")


def load_folder(folder: Path) -> tuple[GeneGraph, Report]:
    """As `read_folder`, from the cache where these very bytes were read before.

    A cache that is damaged, or cannot be written, costs time and nothing else. Folders with fatal problems are
    never cached. Raises what `read_folder` raises.
    """
    snapshot = take_snapshot(folder)
    if snapshot.report.fatal:
        return read_snapshot(snapshot)
    path = cache_folder() / f"{snapshot_key(snapshot)}{SUFFIX}"
    cached = _load(path, snapshot.name)
    if cached is not None:
        return cached
    graph, report = read_snapshot(snapshot)
    with contextlib.suppress(OSError):  # no room, no permission: the next start reads the folder again
        _save(path, graph, report)
        _bound(path.parent, keep=path)
    return graph, report


def cache_folder() -> Path:
    """`SLVIZ_CACHE`, else `~/.cache/slviz` (or below `XDG_CACHE_HOME`)."""
    if os.environ.get("SLVIZ_CACHE"):
        return Path(os.environ["SLVIZ_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "slviz"
    except RuntimeError:  # no home directory
        return Path(tempfile.gettempdir()) / "slviz"


def snapshot_key(snapshot: Snapshot) -> str:
    """SHA-256 over the role, name and bytes of every file; the folder's own name and place do not matter."""
    digest = hashlib.sha256(f"slviz cache {FORMAT}".encode())
    digest.update(json.dumps([snapshot.layout.roles(), snapshot.report.to_json()["problems"]]).encode())
    for content in [*snapshot.settings, *snapshot.contents.values()]:
        digest.update(f"\n{content.name}\n{len(content.raw)}\n".encode())
        digest.update(content.raw)
    return digest.hexdigest()


def _save(path: Path, graph: GeneGraph, report: Report) -> None:
    """Writes one entry whole or not at all; of two processes that write the same entry either may win."""
    from safetensors.numpy import save

    path.parent.mkdir(parents=True, exist_ok=True)
    body = save(_arrays(graph), metadata={"slviz": json.dumps(_described(graph, report))})
    write_whole(path, hashlib.sha256(body).digest() + body, durable=False)


def _load(path: Path, name: str) -> tuple[GeneGraph, Report] | None:
    """The entry, or None when there is none or it is not whole."""
    from safetensors import SafetensorError, safe_open  # noqa: F401
    from safetensors.numpy import load

    try:
        raw = path.read_bytes()
        body = raw[32:]
        if len(raw) < 40 or hashlib.sha256(body).digest() != raw[:32]:
            return None
        described = _metadata(body)
        entry = _restored(load(body), described, name)
        os.utime(path)  # the entries used last are kept
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, pa.ArrowException, DataError):
        return None
    return entry


def _metadata(body: bytes) -> dict[str, Any]:
    """What `_described` wrote: the header of a safetensors file is JSON behind its length in eight bytes."""
    length = int.from_bytes(body[:8], "little")
    return json.loads(json.loads(body[8 : 8 + length])["__metadata__"]["slviz"])


def _arrays(graph: GeneGraph) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {"pairs": graph.pairs, "score": graph.score}
    arrays |= {f"feature {name}": matrix for name, matrix in graph.features.items()}
    if graph.interactions is not None:
        arrays["interactions"] = graph.interactions
    collections = {"term": graph.terms, **{f"gene set {name}": sets for name, sets in graph.gene_sets.items()}}
    for name, sets in collections.items():
        if sets is not None:
            membership = sets.membership.tocsr()
            arrays |= {f"{name} indptr": membership.indptr, f"{name} indices": membership.indices}
    for name, relation in graph.relations.items():
        arrays |= {f"relation {name}": relation.pairs, **_column_arrays(f"relation {name}", relation.columns)}
    if graph.gene_columns is not None:
        arrays |= _column_arrays("gene columns", graph.gene_columns.columns)
    if graph.screens is not None:
        arrays |= {f"screens {part}": getattr(graph.screens, part) for part in SCREEN_ARRAYS}
    for name in TABLES:
        table = getattr(graph, name)
        if table is not None:
            arrays[name] = _packed(table)
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _column_arrays(owner: str, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns of numbers, by number of the column, and one table of those of text."""
    arrays = {f"{owner} {place}": column for place, column in enumerate(columns.values()) if column.dtype.kind == "f"}
    texts = {str(place): column for place, column in enumerate(columns.values()) if column.dtype.kind != "f"}
    return arrays | ({f"{owner} texts": _packed(pd.DataFrame(texts, dtype=str))} if texts else {})


def _columns(owner: str, names: Sequence[str], arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What `_column_arrays` stored of the columns with these names."""
    stored = arrays.get(f"{owner} texts")
    texts = {} if stored is None else pq.read_table(pa.BufferReader(stored)).to_pydict()
    return {
        name: np.array(texts[str(place)], dtype=object) if str(place) in texts else arrays[f"{owner} {place}"]
        for place, name in enumerate(names)
    }


def _packed(table: pd.DataFrame) -> np.ndarray:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), buffer, compression="none")
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8)


def _described(graph: GeneGraph, report: Report) -> dict[str, Any]:
    screens = graph.screens
    return {
        "genes": graph.genes,
        "features": list(graph.features),
        "filled_features": sorted(graph.filled_features),
        "terms": _terms_described(graph.terms),
        "gene_sets": {name: _terms_described(sets) for name, sets in graph.gene_sets.items()},
        "relations": {name: list(relation.columns) for name, relation in graph.relations.items()},
        "gene_columns": None if graph.gene_columns is None else list(graph.gene_columns.columns),
        "screens": None if screens is None else [screens.names, screens.cell_lines, screens.references],
        "nouns": asdict(graph.nouns),
        "title": graph.title,
        "citation": graph.citation,
        "licence": graph.licence,
        "remark": graph.remark,
        "classes": {name: values.tolist() for name, values in graph.classes.items()},
        "public_split": None if graph.public_split is None else graph.public_split.tolist(),
        "pictures": None if graph.pictures is None else asdict(graph.pictures),
        "synthetic": graph.synthetic,
        "fingerprint": graph.fingerprint,
        "report": report.to_json(),
    }


def _terms_described(terms: Terms | None) -> list[tuple[str, ...]] | None:
    return None if terms is None else [terms.ids, terms.names, terms.groups]


def _terms(
    described: Sequence[Sequence[str]] | None, arrays: Mapping[str, np.ndarray], *, name: str, genes: int
) -> Terms | None:
    if described is None:
        return None
    ids, names, groups = map(tuple, described)
    indptr, indices = arrays[f"{name} indptr"], arrays[f"{name} indices"]
    inside = np.ones(len(indices), dtype=bool)
    return Terms(ids, names, groups, sp.csr_array((inside, indices, indptr), shape=(genes, len(ids))))


def _gene_sets(described: Mapping[str, Any], arrays: Mapping[str, np.ndarray], *, genes: int) -> dict[str, Terms]:
    stored = {
        name: _terms(description, arrays, name=f"gene set {name}", genes=genes)
        for name, description in described.items()
    }
    return {name: sets for name, sets in stored.items() if sets is not None}


def _screens(described: Sequence[Sequence[str]] | None, arrays: Mapping[str, np.ndarray]) -> ScreenTable | None:
    if described is None:
        return None
    names, cell_lines, references = map(tuple, described)
    parts = {part: arrays[f"screens {part}"] for part in SCREEN_ARRAYS}
    return ScreenTable(**parts, names=names, cell_lines=cell_lines, references=references)


def _restored(arrays: dict[str, np.ndarray], described: dict[str, Any], name: str) -> tuple[GeneGraph, Report]:
    genes = tuple(described["genes"])
    tables = {table: pq.read_table(pa.BufferReader(arrays[table])).to_pandas() for table in TABLES if table in arrays}
    graph = GeneGraph(
        name=name,
        genes=genes,
        pairs=arrays["pairs"],
        score=arrays["score"],
        features={name: arrays[f"feature {name}"] for name in described["features"]},
        filled_features=frozenset(described["filled_features"]),
        interactions=arrays.get("interactions"),
        terms=_terms(described["terms"], arrays, name="term", genes=len(genes)),
        gene_sets=_gene_sets(described["gene_sets"], arrays, genes=len(genes)),
        relations={
            name: Relation(arrays[f"relation {name}"], _columns(f"relation {name}", columns, arrays))
            for name, columns in described["relations"].items()
        },
        gene_columns=None
        if described["gene_columns"] is None
        else GeneColumns(_columns("gene columns", described["gene_columns"], arrays)),
        screens=_screens(described["screens"], arrays),
        nouns=Nouns(**described["nouns"]),
        gene_info=tables.get("gene_info"),
        evidence=tables.get("evidence"),
        title=described["title"],
        citation=described["citation"],
        licence=described["licence"],
        remark=described.get("remark", ""),
        classes={name: np.array(cells, dtype=object) for name, cells in described.get("classes", {}).items()},
        public_split=None if described["public_split"] is None else np.array(described["public_split"], dtype=object),
        pictures=None if described["pictures"] is None else PictureShape(**described["pictures"]),
        synthetic=described["synthetic"],
        fingerprint=described["fingerprint"],
    )
    return graph, Report.from_json(described["report"], folder=name)


def _bound(folder: Path, *, keep: Path) -> None:
    """Removes the entries that were used longest ago, beyond a number and a size, and remains of killed writers."""
    entries = sorted(folder.glob(f"*{SUFFIX}"), key=last_used, reverse=True)
    total = 0
    for number, path in enumerate(entries):
        total += path.stat().st_size
        if path != keep and (number >= MOST_ENTRIES or total > MOST_BYTES):
            path.unlink(missing_ok=True)
    for left in left_over_in_cache(folder):
        left.clear()


def left_over_in_cache(folder: Path) -> list[LeftOver]:
    """Entries of the cache that were never written to their end; those of earlier versions are called `.writing-…`."""
    left_overs = half_written(folder)
    earlier = folder.glob(".writing-*") if folder.is_dir() else ()
    left_overs += [LeftOver(path, "an entry of the cache that was not written to its end") for path in sorted(earlier)]
    return [left_over for left_over in left_overs if not left_over.is_in_use]
