"""The views of a map of the real genes, one after another as a person goes through them, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import h5py
import pytest
from served import address, served_app, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]


def test_a_map_of_the_real_genes_is_coloured_doubted_searched_and_taken_away(
    real_folder: Path, real_models: Path, page: Any, tmp_path: Path
) -> None:
    [run] = real_models.glob("gat-*")
    main = page.locator('[data-testid="stMain"]')

    with served_app(models=real_models, data=real_folder) as base:

        def opened(**query: str) -> str:
            page.goto(address(base, "embedding", run=run.name, map="PCA", **query))
            settle(page)
            assert page.locator(".js-plotly-plot").count()
            return main.inner_text()

        said = opened(colour="Cluster", cluster="2")
        assert re.search(r"Leiden.*cluster", said, re.DOTALL)
        assert re.search(r"[\d,]+ genes of cluster 2|selected genes", said)
        assert "Enriched terms" in said

        opened(colour="Members of a term", term="GO:0006281")
        assert "DNA repair" in page.locator(".js-plotly-plot .legend").first.text_content()

        assert "validation" in (opened(colour="Train or test") and page.locator(".legend").first.text_content())

        lines = "() => document.querySelectorAll('.js-plotly-plot .contourlayer path, .js-plotly-plot .contour').length"
        opened(contours="true")
        assert page.evaluate(lines)

        assert "has not been compared with its embedding yet" in opened(**{"map-quality": "true"})
        page.get_by_role("button", name="Compare it").click()
        page.get_by_text("Trustworthiness").first.wait_for(timeout=60_000)
        settle(page)
        assert "Lowest quality" in main.inner_text()
        assert "What the other axes hold" in main.inner_text()

        assert "Genes nearest to BRCA1" in opened(gene="BRCA1", nearest="true")

        said = opened(view="beside controls")
        assert "Not there yet: untrained network" in said

        opened()
        page.get_by_role("button", name="Download").last.click()
        with page.expect_download(timeout=60_000) as waiting:
            page.get_by_role("button", name="scanpy (.h5ad)").click()
        waiting.value.save_as(tmp_path / "genes.h5ad")
        with h5py.File(tmp_path / "genes.h5ad") as file:
            assert file["obsm/X_embedding"].shape == (6375, 64)
        page.goto("about:blank")  # before the server goes
