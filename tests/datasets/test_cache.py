"""The cache gives what reading gives, notices every change, and is never in the way."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data_folders import GOOD, write_folder

from slviz.datasets import GeneGraph, cache
from slviz.datasets.cache import cache_folder, load_folder
from slviz.datasets.folder import read_folder
from slviz.errors import MalformedData


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def assert_same(one: GeneGraph, other: GeneGraph) -> None:
    for part in ("name", "genes", "title", "citation", "licence", "synthetic", "fingerprint"):
        assert getattr(one, part) == getattr(other, part)
    for part in ("pairs", "score", "interactions"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
        assert getattr(one, part).dtype == getattr(other, part).dtype
    assert one.features.keys() == other.features.keys()
    for name, matrix in one.features.items():
        np.testing.assert_array_equal(matrix, other.features[name])
    assert one.terms is not None
    assert other.terms is not None
    assert (one.terms.ids, one.terms.names, one.terms.groups) == (
        other.terms.ids,
        other.terms.names,
        other.terms.groups,
    )
    np.testing.assert_array_equal(one.terms.membership.toarray(), other.terms.membership.toarray())
    for table in ("gene_info", "evidence"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table))


def read_from_cache_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> GeneGraph:
    def refuse(_snapshot: object) -> None:
        raise AssertionError("the folder was read although the cache holds it")

    with monkeypatch.context() as patch:
        patch.setattr(cache, "read_snapshot", refuse)
        return load_folder(folder)[0]


def test_the_cache_gives_what_reading_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "some", pairs__tsv=GOOD["pairs.tsv"] + "GEN9\tGEN9\t0.1\n")
    fresh, report = read_folder(folder)
    first, _ = load_folder(folder)
    second = read_from_cache_only(folder, monkeypatch)
    assert_same(fresh, first)
    assert_same(fresh, second)
    assert load_folder(folder)[1] == report


def test_a_copy_under_another_name_is_found_and_bears_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_folder(write_folder(tmp_path / "one"))
    assert read_from_cache_only(write_folder(tmp_path / "two"), monkeypatch).name == "two"


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_changed_file_is_read_anew(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "some")
    load_folder(folder)
    stamp = (folder / name).stat()
    changed = {
        "genes.txt": GOOD[name].replace("GEN12", "GENXY"),
        "pairs.tsv": GOOD[name].replace("0.25", "0.26"),
        "interactions.tsv": GOOD[name].replace("GEN9", "GEN8"),
        "terms.gmt": GOOD[name].replace("GEN5", "GEN6"),
        "gene_info.tsv": GOOD[name].replace("OLD3", "OLDX"),
        "evidence.tsv": GOOD[name].replace("Daisy", "Dolly"),
        "feature_ppi_3.txt": GOOD[name].replace("0.300", "0.301"),
        "feature_go_2.txt": GOOD[name].replace("0.333", "0.334"),
    }[name]
    assert len(changed) == len(GOOD[name])
    (folder / name).write_text(changed)
    os.utime(folder / name, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    if name == "genes.txt":
        assert "GENXY" in load_folder(folder)[0].genes
    else:
        assert_same(load_folder(folder)[0], read_folder(folder)[0])


@pytest.mark.parametrize("damage", ["cut", "altered", "emptied", "foreign"])
def test_a_damaged_entry_is_made_anew(tmp_path: Path, place: Path, damage: str) -> None:
    folder = write_folder(tmp_path / "some")
    first, _ = load_folder(folder)
    (entry,) = place.iterdir()
    raw = bytearray(entry.read_bytes())
    raw[raw.index(first.score.tobytes())] ^= 0x01  # a score that is still a number
    entry.write_bytes({"cut": bytes(raw[:-100]), "altered": bytes(raw), "emptied": b"", "foreign": b"x" * 500}[damage])
    assert_same(load_folder(folder)[0], first)
    assert cache._load(entry, "some") is not None


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "occupied" / "cache"))
    graph, _ = load_folder(write_folder(tmp_path / "some"))
    assert len(graph) == 12


def test_a_full_disk_leaves_no_half_entry(tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert len(load_folder(write_folder(tmp_path / "some"))[0]) == 12
    assert list(place.iterdir()) == []


def test_what_cannot_be_used_is_not_cached(tmp_path: Path, place: Path) -> None:
    for body in ("", "GEN1\n"):
        with pytest.raises(MalformedData):
            load_folder(write_folder(tmp_path / "some", pairs__tsv=body))
    assert not place.exists() or list(place.iterdir()) == []


def test_the_cache_stays_bounded_and_keeps_what_was_used_last(tmp_path: Path, place: Path) -> None:
    folders = [
        write_folder(tmp_path / f"{n}", pairs__tsv=GOOD["pairs.tsv"] + f"GEN9\tGEN1\t0.{n}\n") for n in range(1, 12)
    ]
    load_folder(folders[0])
    (favourite,) = place.iterdir()
    for number, folder in enumerate(folders[1:]):
        load_folder(folders[0])
        load_folder(folder)
        os.utime(favourite, (time.time() + number, time.time() + number))
    assert len(list(place.iterdir())) == cache.MOST_ENTRIES
    assert favourite.exists()


def test_many_at_once_agree(tmp_path: Path, place: Path) -> None:
    folder = write_folder(tmp_path / "some")
    with ThreadPoolExecutor(8) as pool:
        prints = set(pool.map(lambda _: load_folder(folder)[0].fingerprint, range(24)))
    assert len(prints) == 1
    assert len(list(place.iterdir())) == 1


def test_the_place_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SLVIZ_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "slviz"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "slviz"


@pytest.mark.real
def test_the_real_folder_loads_within_its_bounds(real_folder: Path) -> None:
    started = time.process_time()
    first, report = load_folder(real_folder)
    between = time.process_time()
    second, _ = load_folder(real_folder)
    ended = time.process_time()
    assert (len(first), len(first.pairs)) == (6375, 19668)
    assert report.skipped == {}
    assert_same(first, second)
    assert between - started < 3.0
    assert ended - between < 0.5
