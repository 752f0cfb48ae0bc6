"""How it came about: the numbers on the page are those of the run that git ships."""

from __future__ import annotations

import numpy as np
import pytest
from page_tools import Open, said

from slviz.datasets import GeneGraph
from slviz.runs.store import RunStore

RUN = "gat-both-link-3ec14a25"


def test_every_formula_gives_what_the_run_stored(demo: GeneGraph, open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    run = RunStore.default().open(RUN)
    assert run.attention is not None
    gene = demo.genes.index("APO1.01")
    app = open_page("embedding", run=RUN, gene="APO1.01", **{"came-about": "true", "map": "tsne"})
    assert not app.exception
    sums = next(table.value for table in app.dataframe if "product" in table.value)
    assert len(sums) == (run.attention.edges[1] == gene).sum()
    assert f"**{sums['product'].sum():.5f}** (sum)" in said(app)
    assert "differs from the one that the run stored by" in said(app)

    app.segmented_control(key="choice came").set_value("attention").run()
    shares = next(table.value for table in app.dataframe if "stored α" in table.value)
    np.testing.assert_allclose(shares["α"], shares["stored α"], atol=1e-5)
    assert shares["α"].to_numpy().sum() == pytest.approx(1)
    power = np.exp(shares["e (raw)"])
    np.testing.assert_allclose(power / power.sum(), shares["α"], atol=1e-9)

    app.segmented_control(key="choice came").set_value("score").run()
    terms = next(table.value for table in app.dataframe if "term" in table.value).set_index("term")["value"]
    np.testing.assert_allclose(terms["raw"], terms.drop("raw").sum())
    assert f"**{1 / (1 + np.exp(-terms['raw'])):.6f}**. The run gives" in said(app)

    app.segmented_control(key="choice came").set_value("map").run()
    three = next(table.value for table in app.dataframe if "q" in table.value)
    assert three["i"].tolist()[0] == "APO1.01"
    np.testing.assert_allclose(three["p"], (three["p of j given i"] + three["p of i given j"]) / (2 * len(demo)))

    app.segmented_control(key="choice came").set_value("networks").run()
    assert not app.exception
    assert set(next(table.value for table in app.dataframe if "GAT" in table.value)) == {
        "part",
        "GCN",
        "GAT",
        "adversarial",
    }


def test_a_run_whose_sums_are_not_written_out_says_so(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    app = open_page("embedding", run="multiview-both-link-12c397b8", gene="APO1.01", **{"came-about": "true"})
    assert not app.exception
    assert "The sums of 'multiview' with these settings are not written out here" in said(app)
