"""Small files that say, or unpack to, very much: an upload below 15 MB takes at most 500 MB and ten seconds."""

from __future__ import annotations

import gzip
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from trials.campaign import Failure, Tally
from trials.child import Child
from trials.endings import FAILURE, Ending

LARGEST_FILE_BYTES = 15_000_000
MOST_EXTRA_BYTES = 500_000_000
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Bomb:
    """A file, and the way in that it is brought to."""

    way: str
    make: Callable[[], bytes]


def of_lines(line: str, mebibytes: int) -> bytes:
    """Gzip in many members of the same lines, which unpacks to so much."""
    body = line.encode() * (MEBIBYTE // len(line.encode()))
    return gzip.compress(body, 9, mtime=0) * mebibytes


def deflated_zeros(mebibytes: int) -> bytes:
    """A raw stream that unpacks to so many mebibytes of zeros, made of equal parts."""
    packer = zlib.compressobj(9, wbits=-15)
    part = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return part + again * (mebibytes - 1) + zlib.compressobj(9, wbits=-15).flush()


def zip_of_zeros(name: str, mebibytes: int, *, head: bytes = b"", says_bytes: int | None = None) -> bytes:
    """A ZIP with one member: `head` and then zeros; `says_bytes` is what it claims to hold."""
    stored = zlib.compressobj(9, wbits=-15)
    first = stored.compress(head) + stored.flush(zlib.Z_FULL_FLUSH)
    body = first + deflated_zeros(mebibytes)
    checksum, zeros = zlib.crc32(head), bytes(MEBIBYTE)
    for _ in range(mebibytes):
        checksum = zlib.crc32(zeros, checksum)
    size = len(head) + mebibytes * MEBIBYTE if says_bytes is None else says_bytes
    raw = name.encode()
    fields = (20, 0, 8, 0, 33, checksum, len(body), min(size, 0xFFFFFFFE), len(raw), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", *fields) + raw + body
    central = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, *fields, 0, 0, 0, 0, 0) + raw
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def zip_of_many(count: int) -> bytes:
    """A ZIP with very many small members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for number in range(count):
            packed.writestr(f"{number}.tsv", "")
    return buffer.getvalue()


def npy_header(description: str, shape: str) -> bytes:
    """An `.npy` whose header claims a shape and that holds nothing."""
    text = f"{{'descr': {description}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def h5ad(*, rows: int, width: int, sparse: bool = False, filled: bool = False) -> bytes:
    """An `.h5ad` that claims so many points and numbers, and stores hardly any of them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        if sparse:
            matrix = root.create_group("X")
            matrix.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": [rows, width]})
            matrix["data"], matrix["indices"] = np.ones(1, np.float32), np.zeros(1, np.int32)
            indptr = matrix.create_dataset("indptr", (rows + 1,), "i8", chunks=(65_536,), compression="gzip")
            indptr[-1] = 1
        else:
            packing = (
                {"chunks": (min(rows, 65_536), width), "compression": "gzip"} if filled else {"chunks": (1024, width)}
            )
            made = root.create_dataset("X", (rows, width), "f4", **packing)
            if filled:
                part = zlib.compress(bytes(65_536 * width * 4), 4)
                for start in range(0, rows, 65_536):
                    made.id.write_direct_chunk((start, 0), part)
        obs = root.create_group("obs")
        obs.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0", "_index": "index"})
        obs.attrs["column-order"] = np.array([], dtype="S1")
        obs.create_dataset("index", (rows,), h5py.string_dtype(), chunks=(65_536,))
    return buffer.getvalue()


def equal_rows(row_groups: int) -> bytes:
    """A table of a million equal rows in each of so many groups, which takes a few bytes a group."""
    buffer = io.BytesIO()
    words = pa.DictionaryArray.from_arrays(np.zeros(1_000_000, np.int32), ["x" * 100])
    table = pa.table({"name": words.cast(pa.string()), "0": words.cast(pa.string())})
    with pq.ParquetWriter(buffer, table.schema, compression="zstd") as writer:
        for _ in range(row_groups):
            writer.write_table(table, row_group_size=1_000_000)
    return buffer.getvalue()


def tensors_that_lie() -> bytes:
    """Safetensors whose header claims terabytes."""
    text = b'{"vectors":{"dtype":"F32","shape":[1000000000000,4],"data_offsets":[0,16000000000000]}}'
    return struct.pack("<Q", len(text)) + text


def product_of_lists(count: int) -> bytes:
    """A sweep of so many seeds in so many folds."""
    numbers = ", ".join(map(str, range(count)))
    return f'network = ["gat", "gcn"]\nseed = [{numbers}]\nfold = [{numbers}]\n'.encode()


BOMBS: Mapping[str, Bomb] = {
    "pairs in a gigabyte of gzip": Bomb("data/pairs.tsv.gz", lambda: of_lines("GEN1\tGEN2\t0.5\n", 1_000)),
    "one symbol of a gigabyte": Bomb("data/genes.txt.gz", lambda: of_lines("A", 1_000)),
    "an own table in a gigabyte of gzip": Bomb("own/table.tsv.gz", lambda: of_lines("TP53\t1\n", 1_000)),
    "terms in a gigabyte of gzip": Bomb("own/terms.gmt.gz", lambda: of_lines("A\tB\tTP53\n", 1_000)),
    "held-out pairs in a gigabyte of gzip": Bomb("held-out/pairs.tsv.gz", lambda: of_lines("A\tB\n", 1_000)),
    "uploaded pairs in a gigabyte of gzip": Bomb("held-out/upload", lambda: of_lines("A\tB\n", 1_000)),
    "pairs to score in a gigabyte of gzip": Bomb("predict/pairs.tsv.gz", lambda: of_lines("A\tB\n", 1_000)),
    "a table of vectors in two gigabytes of gzip": Bomb("vectors/table.tsv.gz", lambda: of_lines("a\t1\n", 2_000)),
    "a table of very many columns": Bomb("vectors/table.tsv", lambda: b"a" + b"\t1" * 6_000_000 + b"\n"),
    "an own table of very many columns": Bomb("own/table.tsv", lambda: b"gene" + b"\tc" * 6_000_000 + b"\n"),
    "a gene list of very many names": Bomb("own/genes", lambda: " ".join(f"X{n}" for n in range(1_500_000)).encode()),
    "a gene list of very many empty lines": Bomb("own/genes", lambda: b"TP53" + b"\n" * 250_000 + b"BRCA1"),
    "a gene list in very many columns": Bomb("own/genes", lambda: b"\n".join([b"1\t" * 50_000 + b"GEN1"] * 2)),
    "genes with a comma in every line": Bomb(
        "data/genes.txt", lambda: b"".join(b"GEN%d,\n" % n for n in range(100_000))
    ),
    "an own table with the genes in its heading": Bomb(
        "own/table.tsv",
        lambda: b"\t".join([b"name", *(b"GEN%d" % n for n in range(19_000))]) + b"\na" + b"\t1" * 19_000,
    ),
    "a term of very many blanks": Bomb("own/terms.gmt", lambda: b"A" + b" " * 250_000 + b"B\tC\tTP53\n"),
    "a sweep of very many groups of nonsense": Bomb(
        "sweep/runs.toml",
        lambda: b'network = ["' + b"\\u0007" * 30_000 + b'"]\n' + b"[[runs]]\n" * 5_000,
    ),
    "an own table of very many names": Bomb(
        "own/table.tsv", lambda: b"gene\tv\n" + b"".join(b"X%d\t1\n" % n for n in range(1_000_000))
    ),
    "terms of very many names": Bomb(
        "own/terms.gmt", lambda: b"A\tB\t" + b"\t".join(b"X%d" % n for n in range(1_500_000))
    ),
    "held-out pairs of very many names": Bomb(
        "held-out/pairs.tsv", lambda: b"".join(b"X%d\tY%d\n" % (n, n) for n in range(700_000))
    ),
    "pairs to score of very many names": Bomb(
        "predict/pairs.tsv", lambda: b"".join(b"X%d\tY%d\n" % (n, n) for n in range(20_000))
    ),
    "a cell of very many quotes": Bomb("vectors/table.csv", lambda: b'name,a\n"' + b'""' * 7_000_000 + b'",1\n'),
    "an array that claims terabytes": Bomb("vectors/array.npy", lambda: npy_header("'<f4'", "(1000000000000, 4)")),
    "an array of very long texts": Bomb("vectors/array.npy", lambda: npy_header("'|S999999999'", "(6, 4)")),
    "a gigabyte and a half of zeros in an npz": Bomb(
        "vectors/arrays.npz",
        lambda: zip_of_zeros("vectors.npy", 1_500, head=npy_header("'<f4'", f"({375 * MEBIBYTE}, 1)")),
    ),
    "an h5ad of very many points": Bomb("vectors/cells.h5ad", lambda: h5ad(rows=100_000_000, width=4)),
    "an h5ad with a gigabyte of zeros": Bomb("vectors/cells.h5ad", lambda: h5ad(rows=4_000_000, width=64, filled=True)),
    "an h5ad that is sparse and wide": Bomb(
        "vectors/cells.h5ad", lambda: h5ad(rows=1_000_000, width=20_000, sparse=True)
    ),
    "a pair in gigabytes of zip": Bomb("vectors/pair.zip", lambda: zip_of_zeros("vectors.tsv", 2_000)),
    "a data folder in gigabytes of zip": Bomb("upload/data.zip", lambda: zip_of_zeros("genes.txt", 1_500)),
    "a data folder that says it is small": Bomb(
        "upload/data.zip", lambda: zip_of_zeros("genes.txt", 1_500, says_bytes=100)
    ),
    "a zip of very many files": Bomb("upload/data.zip", lambda: zip_of_many(100_000)),
    "tensors that claim terabytes": Bomb("kept/vectors.safetensors", tensors_that_lie),
    "a run's tensors that claim terabytes": Bomb("foreign/arrays.safetensors", tensors_that_lie),
    "predictions of twelve million equal rows": Bomb("foreign/predictions.parquet", lambda: equal_rows(12)),
    "points of twelve million equal rows": Bomb("kept/points.parquet", lambda: equal_rows(12)),
    "settings nested a million deep": Bomb("foreign/spec.json", lambda: b"[" * 1_000_000),
    "a line of progress of ten megabytes": Bomb("unfinished/progress.jsonl", lambda: b'{"epoch": ' + b"9" * 10_000_000),
    "a data set's settings nested deep": Bomb("data/dataset.toml", lambda: b"a" + b".a" * 500_000 + b" = 1\n"),
    "a sweep of very many runs": Bomb("sweep/runs.toml", lambda: product_of_lists(5_000)),
}


LONG_MADE = frozenset(
    {
        *(name for name in BOMBS if name.endswith(("very many names", "equal rows", "gigabytes of zip"))),
        "a gigabyte and a half of zeros in an npz",
        "a data folder that says it is small",
        "a zip of very many files",
    }
)
"""Bombs that take a second or more to make: left to the long form."""


def attempt(child: Child, name: str) -> Ending:
    """Bring one bomb in; too much memory or time for a small file is a failure."""
    bomb = BOMBS[name]
    content = bomb.make()
    if len(content) > LARGEST_FILE_BYTES:
        raise ValueError(f"The bomb '{name}' is no small file: it has {len(content):,} bytes.")
    child.seeds(bomb.way)  # imports are no part of what the file takes
    child.attempt(bomb.way, child.seeds(bomb.way)[0])
    ending = child.attempt(bomb.way, content)
    if not ending.failed and ending.extra_bytes > MOST_EXTRA_BYTES:
        told = f"{len(content):,} bytes took {ending.extra_bytes / 1e6:,.0f} MB: {ending.detail}"
        return Ending(FAILURE, "more than 500 MB", told, ending.seconds, ending.peak_bytes, ending.extra_bytes)
    return ending


def run(seconds: float, seed: int = 0, *, tell: Callable[[str], None] = lambda line: None) -> Tally:
    """Every bomb once, or those that `seconds` allow; `tell` gets a line on each."""
    tally, began = Tally("bombs", seed), time.monotonic()
    with Child() as child:
        for name in BOMBS:
            if time.monotonic() - began > seconds:
                tally.remarks.append(f"no time was left from '{name}' on")
                break
            ending = attempt(child, name)
            tally.add(ending)
            tell(
                f"{name}: {ending.kind}, {ending.seconds:.1f} s, {ending.extra_bytes / 1e6:,.0f} MB more {ending.place}"
            )
            if ending.failed:
                place = f"{name}: {ending.place}"
                content = f"trials.large_claims.BOMBS[{name!r}] by {BOMBS[name].way}".encode()
                tally.failures[place] = Failure(place, 1, ending.detail, seed, (), content)
    tally.wall_seconds = time.monotonic() - began
    return tally
