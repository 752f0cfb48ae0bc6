"""The report of a data folder as a page says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_folders import GOOD, write_folder

from slviz.datasets.folder import read_folder
from slviz.errors import MalformedData
from slviz.ui.data_report import by_kind, summary, table


def test_the_line_says_what_was_used_and_what_was_left_out(tmp_path: Path) -> None:
    graph, report = read_folder(write_folder(tmp_path, pairs__tsv=GOOD["pairs.tsv"] + "GEN1\tGENX\t0.2\n"))
    assert summary(graph, report) == "5 pairs used; 1 row left out"


def test_what_stops_a_folder_stands_first_and_kinds_are_told_once(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, pairs__tsv=GOOD["pairs.tsv"] + "GEN1\tGENX\t0.2\n" * 9, feature_go_2__txt="1 2\n")
    with pytest.raises(MalformedData) as raised:
        read_folder(folder)
    report = raised.value.report
    rows = table(report)
    assert rows["stops_reading"].tolist()[0]
    assert rows["file"].tolist()[0] == "feature_go_2.txt"
    assert rows["stops_reading"].is_monotonic_decreasing
    assert sum(1 + each.alike for each in report.problems) == len(rows) + rows["more_like_it"].sum()
    unknown = [kind for kind in by_kind(report.problems) if "GENX" in kind[0].value]
    assert len(unknown) == 1
    assert len(unknown[0]) == 5
