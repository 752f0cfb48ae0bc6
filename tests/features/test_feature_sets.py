"""Any feature of a data set can be chosen by its name, alone or joined; those of old keep their names and bits."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from builders import tiny_further_parts, tiny_graph, tiny_spec

from slviz.datasets import GeneColumns, GeneGraph
from slviz.errors import InvalidSetting, UnknownChoice
from slviz.features import FEATURE_SETS, Both, Joint, own_features
from slviz.runs import RunSpec


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    plain = tiny_graph()
    expression = np.arange(3 * len(plain), dtype=np.float32).reshape(len(plain), 3)
    return tiny_graph(features={**plain.features, "expression": expression}, **tiny_further_parts())


def test_features_stand_side_by_side_whatever_order_they_are_named_in(graph: GeneGraph) -> None:
    joined = FEATURE_SETS.make("expression+ppi")
    assert joined.name == "ppi+expression"
    expected = np.concatenate([graph.features["ppi"], graph.features["expression"]], axis=1)
    np.testing.assert_array_equal(joined.matrix(graph), expected)
    assert joined == FEATURE_SETS.make("ppi+expression")
    assert FEATURE_SETS.from_json(joined.to_json()) == joined
    assert pickle.loads(pickle.dumps(joined)) == joined
    assert joined != FEATURE_SETS.make("expression")


def test_the_sets_of_old_are_themselves_however_they_are_written(graph: GeneGraph) -> None:
    assert list(FEATURE_SETS)[:6] == ["none", "ppi", "go", "both", "joint", "terms"]
    assert FEATURE_SETS["ppi+go"] is FEATURE_SETS["go+ppi"] is Both
    assert FEATURE_SETS["both+expression"].name == "ppi+go+expression"
    old = np.concatenate([graph.features["ppi"], graph.features["go"]], axis=1)
    np.testing.assert_array_equal(Both().matrix(graph), old)
    np.testing.assert_array_equal(Joint().matrix(graph), np.c_[np.ones(len(graph), dtype=np.float32), old])


def test_a_numeric_column_is_a_feature_that_says_where_it_knows_nothing(graph: GeneGraph) -> None:
    values = np.arange(len(graph), dtype=np.float64)
    values[3] = np.nan
    with_gap = tiny_graph(gene_columns=GeneColumns({"papers": values}))
    matrix = FEATURE_SETS.make("papers").matrix(with_gap)
    assert matrix.shape == (len(graph), 2)
    assert matrix[3].tolist() == [np.float32(np.nanmean(values)), 1.0]
    assert matrix[5].tolist() == [5.0, 0.0]
    assert own_features(graph) == ("expression", "papers")


def test_a_run_on_other_gene_columns_is_another_run(graph: GeneGraph) -> None:
    spec = RunSpec.of(graph, features=FEATURE_SETS.make("ppi+papers"))
    assert spec.data_parts == {"gene columns": graph.digests["gene columns"]}
    assert RunSpec.from_json(spec.to_json()) == spec
    other = tiny_graph(**{**tiny_further_parts(), "gene_columns": GeneColumns({"papers": np.ones(len(graph))})})
    assert RunSpec.of(other, features=FEATURE_SETS.make("ppi+papers")).run_id != spec.run_id
    plain = RunSpec.of(graph, features=FEATURE_SETS.make("both"))
    assert plain.data_parts == {}
    assert "parts" not in plain.to_json()["data"]
    assert plain.run_id == tiny_spec(graph).run_id, "what reads no further part has the name that it always had"


def test_a_name_in_vain_is_told_with_what_there_is(graph: GeneGraph) -> None:
    with pytest.raises(InvalidSetting, match=r"No feature set is called 'expresion'.*Did you mean 'expression'"):
        FEATURE_SETS.make("expresion").matrix(graph)
    with pytest.raises(InvalidSetting, match="has no feature 'paper'"):
        FEATURE_SETS.make("ppi+paper").matrix(graph)
    for name in ("none+ppi", "joint+ppi"):
        with pytest.raises(UnknownChoice, match="cannot be joined"):
            FEATURE_SETS.make(name)
    for name in ("ppi++go", "../etc", "a b", "", "+".join(f"f{number}" for number in range(13))):
        with pytest.raises(UnknownChoice):
            FEATURE_SETS.make(name)
