"""A table of one's own as points of the lab, and the command that trains on it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from slviz.cli import main
from slviz.errors import MalformedData
from slviz.lab.own_points import MOST_MEBIBYTES, own_points, read_lab_table


def a_table(rows: int = 40, *, gap: bool = False) -> bytes:
    random = np.random.default_rng(0)
    lines = ["length;width;batch;kind"]
    for row in range(rows):
        kind = row % 3
        length, width = random.normal(kind, 0.3), random.normal(-kind, 0.3)
        lines.append(f"{'' if gap and row == 5 else f'{length:.3f}'};{width:.3f};1;{'abc'[kind]}")
    return "\n".join(lines).encode()


def test_classes_features_and_gaps_are_found_and_said() -> None:
    table = read_lab_table(a_table(gap=True), "mine.csv")
    assert next(iter(table.labels)) == "kind"
    points = own_points(table)
    assert points.features == ("length", "width")
    assert points.classes == ("a", "b", "c")
    assert points.outputs == 3
    assert len(points.labels) == 39
    said = " ".join(points.remarks)
    assert "1 of 40 rows lack a value" in said
    assert "'batch'" in said
    training = points.of_part("train")[0]
    assert np.allclose(training.mean(axis=0), 0)
    assert np.allclose(training.std(axis=0), 1)


def test_a_number_that_cannot_be_squared_counts_as_missing() -> None:
    rows = b"".join(b"%d.5,%d,%s\n" % (number, number * 2, b"pq"[number % 2 : number % 2 + 1]) for number in range(30))
    points = own_points(read_lab_table(b"a,b,kind\n1e308,3,p\n" + rows, "mine.csv"))
    assert len(points.labels) == 30
    assert np.isfinite(points.values).all()
    assert "1 of 31 rows lack a value, or have a number beyond 1e+100, and were left out" in " ".join(points.remarks)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b,kind\n1,2,x\n3,4,y\n", "2 rows; the lab takes 10 to 5,000"),
        (b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(30)), "no column with 2 to 10 different values"),
        (b"a,kind\n" + b"".join(b"x%d,%d\n" % (n, n % 2) for n in range(30)), "no column of numbers"),
        (b"a,kind\n" + b"7,p\n7,q\n" * 15, "constant"),
        (b"a,kind\n" + b"1,p\n2,q\n,p\n,q\n" * 3, "6 rows without"),
        (b"\x89PNG\r\n", "PNG"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_ends_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(MalformedData, match=sentence):
        own_points(read_lab_table(content, "mine.csv"))


def test_the_command_trains_on_it_and_sets_autograd_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(a_table())
    assert main(["lab", "--table", str(file), "epochs=40", "rate=0.5"]) == 0
    printed = capsys.readouterr().out
    assert "best (" in printed
    assert "gradient of weights" in printed
    assert main(["lab", "--table", str(file), "--autograd", "--json", "--epoch", "3", "epochs=40", "rate=0.5"]) == 0
    beside = json.loads(capsys.readouterr().out)
    assert beside["epoch"] == 3
    assert beside["largest"] < 1e-6
    assert main(["lab", "hidden=10000"]) == 1
    assert "1 to 64" in capsys.readouterr().err
    assert main(["lab", "--table", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err
    assert main(["lab", "--table", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err
    with file.open("ab") as large:
        large.truncate(MOST_MEBIBYTES * 1024 * 1024 + 1)
    assert main(["lab", "--table", str(file)]) == 1
    assert "larger than 5 MiB" in capsys.readouterr().err
