"""Whatever bytes stand in a folder: the answer is a checked data set or a sentence, never a crash."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from data_folders import GOOD, write_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slviz.datasets.folder import read_folder
from slviz.errors import DataError

FILES = sorted(GOOD)
CELL = st.sampled_from(
    ["GEN1", "GEN2", "gen3", "", " ", "nan", "-inf", "1e999", "0.5", "\t", ",", '"', "é", "\x00", "\u2028"]
)
MESS = st.lists(st.lists(CELL, max_size=5).map("\t".join), max_size=8).map("\n".join)
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_or_sentence(**changed: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = write_folder(Path(place) / "any", **changed)
        with contextlib.suppress(DataError):
            graph, report = read_folder(folder)
            assert report.read["pairs"] == len(graph.pairs) > 0
            assert not report.fatal


@pytest.mark.parametrize("name", [*FILES, "dataset.toml", "pairs.csv", "terms.gmt.gz"])
@PATIENT
@given(content=st.one_of(st.binary(max_size=200), MESS.map(str.encode)))
def test_any_bytes_in_any_file(name: str, content: bytes) -> None:
    read_or_sentence(**{name.replace(".", "__"): content})


@PATIENT
@given(data=st.data(), name=st.sampled_from(FILES))
def test_any_small_damage_to_a_sound_file(data: st.DataObject, name: str) -> None:
    raw = GOOD[name].encode()
    at = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.integers(0, 12))
    put = data.draw(st.one_of(st.binary(max_size=6), CELL.map(str.encode)))
    read_or_sentence(**{name.replace(".", "__"): raw[:at] + put + raw[at + cut :]})


@PATIENT
@given(data=st.data())
def test_any_settings(data: st.DataObject) -> None:
    key = st.sampled_from(["title", "files", "features", "synthetic", "genes", "x"])
    value = st.sampled_from(
        ['"pairs.tsv"', "3", "true", "[1, 2]", '{pairs = "../x"}', '{ppi = "feature_go_2.txt"}', '"' + "n" * 300 + '"']
    )
    lines = data.draw(st.lists(st.tuples(key, value), max_size=4, unique_by=lambda line: line[0]))
    read_or_sentence(dataset__toml="".join(f"{key} = {value}\n" for key, value in lines).encode())
