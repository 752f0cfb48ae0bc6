"""Missing values in features: refused with a count, or filled by the rule that the data set states."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from slviz.datasets import cache
from slviz.datasets.folder import read_folder
from slviz.datasets.gene_values import GeneColumns
from slviz.errors import InvalidSetting, MalformedData
from slviz.features import FEATURE_SETS
from slviz.tasks import TASKS


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
    assert "reads all genes, those of the test part too" in report.text()


def test_filled_values_are_no_truth_that_reconstruct_is_tested_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    (folder / "dataset.toml").write_text('missing = "mean"\n')
    (folder / "feature_whole_1.txt").write_text("1\n2\n3\n4\n")
    reconstruct, link = TASKS.make("reconstruct"), TASKS.make("link")
    for graph, _ in (cache.load_folder(folder), cache.load_folder(folder)):  # as it is read, and from the cache
        assert graph.filled_features == {"own"}
        for name in ("own", "own+whole"):
            with pytest.raises(InvalidSetting, match="values of 'own' were missing in the data set"):
                reconstruct.refuse_features(FEATURE_SETS.make(name), graph)
        for name in ("none", "whole"):
            reconstruct.refuse_features(FEATURE_SETS.make(name), graph)
        link.refuse_features(FEATURE_SETS.make("own"), graph)
    columns = GeneColumns({"size": np.array([1.0, np.nan, 3.0, 4.0]), "length": np.arange(4.0)})
    with_columns = dataclasses.replace(graph, gene_columns=columns)
    with pytest.raises(InvalidSetting, match="values of 'size' were missing"):
        reconstruct.refuse_features(FEATURE_SETS.make("size"), with_columns)
    reconstruct.refuse_features(FEATURE_SETS.make("length"), with_columns)


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
