"""How two networks on the real genes differ, told in maps, neighbours, disagreements and curves, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import address, served_app, settle, train

from slviz.ranking.disagreement import shared_rows
from slviz.runs import Run
from slviz.runs.store import RunStore

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]

MAIN = '[data-testid="stMain"]'
WITHOUT, WITH, VIEWS = "GAT · no features", "GAT · GO + PPI", "Multiview"
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart._fullData.map((trace) => ({
    name: trace.name || '', axis: trace.xaxis || '', mode: trace.mode || '', points: (trace.x || []).length})))"""
INTERVAL = r"less .* lies between [−+][\d.]+ % and [−+][\d.]+ % in 95 % of 500 draws of the genes: "
HIGHLIGHTED = """() => document.querySelector('.js-plotly-plot')._fullLayout.annotations
    .filter((note) => note.text.includes('BRCA1')).length"""


@pytest.fixture(scope="module")
def models(real_trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the same network without features and with both, and with `multiview`."""
    models = shutil.copytree(real_trained, tmp_path_factory.mktemp("real-compare") / "models")
    for network, features, epochs in (("gat", "none", 4), ("multiview", "both", 2)):
        words = ("--task", "link", "--network", network, "--features", features, f"epochs={epochs}")
        train(models, "--no-projections", *words, data="synlethdb")
    return models


@pytest.fixture(scope="module")
def pair(models: Path) -> tuple[Run, Run]:
    """Without features, and with both."""
    runs = {path.name.split("-")[1]: RunStore(models).open(path.name) for path in models.glob("gat-*")}
    return runs["none"], runs["both"]


@pytest.fixture(scope="module")
def multiview(models: Path) -> Run:
    """The run that reads several views of a pair."""
    return RunStore(models).open(next(models.glob("multiview-*")).name)


@pytest.fixture(scope="module")
def real_base(models: Path, real_folder: Path) -> Iterator[str]:
    """Address of the application over them."""
    with served_app(models=models, data=real_folder) as base:
        yield base


def test_the_differences_of_two_networks_are_told_on_every_tab(
    real_base: str, pair: tuple[Run, Run], page: Any
) -> None:
    main = page.locator(MAIN)
    query = {"run": pair[0].run_id, "with": pair[1].run_id, "gene": "BRCA1", "map-of-runs": "pca"}
    page.goto(address(real_base, "compare", tab="metrics", **query))
    settle(page)

    def opened(tab: str) -> str:
        page.get_by_role("radio", name=tab, exact=True).or_(
            page.get_by_role("button", name=tab, exact=True)
        ).first.click()
        settle(page)
        assert not page.locator('[data-testid="stException"]').count()
        return main.inner_text()

    assert re.search(rf"{re.escape(WITH)} against {re.escape(WITHOUT)}: ROC AUC [+−-]0\.\d+", main.inner_text())
    assert "Where each loses" in main.inner_text()

    assert "Each map is shifted, turned and mirrored" in opened("Maps")
    side_by_side = page.evaluate(DRAWN)[0]
    for axis in ("x", "x2"):
        assert sum(t["points"] for t in side_by_side if t["axis"] == axis and "markers" in t["mode"]) >= len(
            pair[0].genes
        )
    assert page.evaluate(HIGHLIGHTED) == 2

    said = opened("Neighbours")
    kept = float(re.search(r"(\d+) % are the same", said)[1])
    assert 0 <= kept < 50
    assert re.search(r"Linear CKA is 0\.\d\d", said)
    assert "Predicted partners gained" in said
    assert "Held-out known pairs of the gene" in said

    said = opened("Disagreements")
    rows = shared_rows(*pair)
    assert f"Of {(rows['nearer'] != '').sum():,} test rows" in said
    assert f"{WITHOUT} is nearer to what is known on {(rows['nearer'] == 'one').sum():,}" in said
    assert re.search(INTERVAL, said)
    assert re.search(r"Of the first 25 partners of BRCA1, \d+ are the same in both runs", said)

    said = opened("A gene")
    assert "BRCA1 under each run" in said

    opened("Training")
    curves, gradients = page.evaluate(DRAWN)
    assert {WITHOUT, WITH} <= {trace["name"] for trace in curves}
    assert {trace["points"] for trace in curves if "lines" in trace["mode"] and trace["points"] > 1} == {
        len(pair[0].history)
    }
    assert len({trace["axis"] for trace in gradients}) > 3
    page.goto("about:blank")


def test_multiview_beside_a_network_of_one_graph_is_told_on_every_tab(
    real_base: str, pair: tuple[Run, Run], multiview: Run, page: Any
) -> None:
    """Maps, neighbours with the views that caused the change, disagreements and curves; and all three runs at once."""
    gat, main = pair[1], page.locator(MAIN)

    def opened(tab: str, *others: Run) -> str:
        query = {"run": gat.run_id, "with": ",".join(run.run_id for run in others), "gene": "BRCA1"}
        page.goto(address(real_base, "compare", tab=tab, **query, **{"map-of-runs": "pca"}))
        settle(page)
        assert not page.locator('[data-testid="stException"]').count()
        return main.inner_text()

    said = opened("metrics", multiview)
    assert re.search(rf"{VIEWS}[^\n]* against GAT[^\n]*: ROC AUC [+−-]0\.\d+", said)

    assert "Each map is shifted, turned and mirrored" in opened("maps", multiview)
    drawn = page.evaluate(DRAWN)[0]
    for axis in ("x", "x2"):
        assert sum(t["points"] for t in drawn if t["axis"] == axis and "markers" in t["mode"]) >= len(gat.genes)
    assert page.evaluate(HIGHLIGHTED) == 2

    said = opened("neighbours", multiview)
    assert 0 <= float(re.search(r"(\d+) % are the same", said)[1]) < 50
    assert re.search(rf"Which view caused it, by {VIEWS}", said)
    assert re.search(rf"{VIEWS}[^\n]* puts its own first partners [+−-]\d+\.\d\d log-odds above those of GAT", said)

    said = opened("disagreements", multiview)
    rows = shared_rows(gat, multiview)
    assert f"Of {(rows['nearer'] != '').sum():,} test rows" in said
    assert f"on {(rows['nearer'] == 'one').sum():,} and" in said
    assert re.search(INTERVAL, said)

    opened("training", pair[0], multiview)
    names = {trace["name"] for trace in page.evaluate(DRAWN)[0]}
    assert {WITHOUT, WITH} <= names
    assert any(name.startswith(VIEWS) for name in names)
    page.goto("about:blank")
