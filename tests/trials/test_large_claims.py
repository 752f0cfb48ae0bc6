"""Small files that say, or unpack to, very much; those that take long to make are left to `scripts/trials bombs`."""

from __future__ import annotations

import gzip
import io
import zipfile

import h5py
import pyarrow.parquet as pq
import pytest
from trials import large_claims
from trials.child import Child


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in large_claims.BOMBS if name not in large_claims.LONG_MADE])
def test_a_small_file_takes_little_memory_and_time(name: str, child: Child) -> None:
    ending = large_claims.attempt(child, name)
    assert not ending.failed, f"{ending.place}: {ending.detail} ({ending.seconds:.1f} s)"


def test_the_bombs_are_what_they_say() -> None:
    """A file that is merely broken would be refused for another reason."""
    assert len(gzip.decompress(large_claims.of_lines("A\tB\n", 3))) == 3 * large_claims.MEBIBYTE
    with zipfile.ZipFile(io.BytesIO(large_claims.zip_of_zeros("x.tsv", 2, head=b"ab"))) as packed:
        assert packed.read("x.tsv") == b"ab" + bytes(2 * large_claims.MEBIBYTE)
    with h5py.File(io.BytesIO(large_claims.h5ad(rows=131_072, width=4, filled=True))) as root:
        assert root["X"][131_071, 3] == 0
        assert root["obs/index"].shape == (131_072,)
    with h5py.File(io.BytesIO(large_claims.h5ad(rows=131_072, width=9, sparse=True))) as root:
        assert root["X/indptr"].shape == (131_073,)
    assert pq.read_metadata(io.BytesIO(large_claims.equal_rows(1))).num_rows == 1_000_000
