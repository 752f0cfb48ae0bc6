"""Missing values in features: refused with a count, or filled by the rule that the data set states."""

from __future__ import annotations

from pathlib import Path

import pytest

from slviz.datasets.folder import read_folder
from slviz.errors import MalformedData


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "genes.txt").write_text("A1\nB1\nC1\nD1\n")
    (tmp_path / "pairs.tsv").write_text("A1\tB1\t0.5\nC1\tD1\t0.7\n")
    (tmp_path / "feature_own_2.txt").write_text("1\t10\nNA\t20\n3\tnan\n8\t60\n")
    return tmp_path


def test_missing_values_are_refused_unless_a_rule_is_stated(folder: Path) -> None:
    with pytest.raises(MalformedData, match='missing = "mean"') as refused:
        read_folder(folder)
    assert "line 2" in str(refused.value)
    assert "line 3" in str(refused.value)


@pytest.mark.parametrize(("rule", "filled"), [("mean", (4.0, 30.0)), ("median", (3.0, 20.0)), ("zero", (0.0, 0.0))])
def test_a_rule_fills_them_column_by_column_and_is_told(folder: Path, rule: str, filled: tuple[float, float]) -> None:
    (folder / "dataset.toml").write_text(f'missing = "{rule}"\n')
    graph, report = read_folder(folder)
    matrix = graph.features["own"]
    assert (matrix[1, 0], matrix[2, 1]) == filled
    assert matrix[3].tolist() == [8.0, 60.0]
    assert f"has 2 missing values, of 2 genes, which were filled by the rule '{rule}'" in report.text()


def test_no_rule_fills_a_word_or_a_column_that_says_nothing(folder: Path) -> None:
    (folder / "dataset.toml").write_text('missing = "mean"\n')
    path = folder / "feature_own_2.txt"
    whole = path.read_text()
    path.write_text(whole.replace("NA", "many"))
    with pytest.raises(MalformedData, match="many"):
        read_folder(folder)
    path.write_text(whole.replace("10", "NA").replace("20", "NA").replace("60", "NA"))
    with pytest.raises(MalformedData, match="says nothing in the whole of column 2"):
        read_folder(folder)
    (folder / "dataset.toml").write_text('missing = "guess"\n')
    with pytest.raises(MalformedData, match="is no rule for missing values"):
        read_folder(folder)
