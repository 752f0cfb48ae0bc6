"""Small files that say, or unpack to, very much; those that take long to make are left to `scripts/trials bombs`."""

from __future__ import annotations

import gzip
import io
import zipfile

import h5py
import pyarrow.parquet as pq
import pytest
from trials import bombs
from trials.child import Child


@pytest.mark.parametrize("name", [name for name in bombs.BOMBS if name not in bombs.LONG_MADE])
def test_a_small_file_takes_little_memory_and_time(name: str, child: Child) -> None:
    ending = bombs.attempt(child, name)
    assert not ending.failed, f"{ending.place}: {ending.detail} ({ending.seconds:.1f} s)"


def test_the_bombs_are_what_they_say() -> None:
    """A file that is merely broken would be refused for another reason."""
    assert len(gzip.decompress(bombs.of_lines("A\tB\n", 3))) == 3 * bombs.MEBIBYTE
    with zipfile.ZipFile(io.BytesIO(bombs.zip_of_zeros("x.tsv", 2, head=b"ab"))) as packed:
        assert packed.read("x.tsv") == b"ab" + bytes(2 * bombs.MEBIBYTE)
    with h5py.File(io.BytesIO(bombs.h5ad(rows=70_000, width=4, filled=True))) as root:
        assert root["X"][69_999, 3] == 0
        assert root["obs/index"].shape == (70_000,)
    with h5py.File(io.BytesIO(bombs.h5ad(rows=1_000, width=9, sparse=True))) as root:
        assert root["X/indptr"].shape == (1_001,)
    assert pq.read_metadata(io.BytesIO(bombs.equal_rows(1))).num_rows == 1_000_000
