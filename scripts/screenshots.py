#!/usr/bin/env python3
"""Pictures of every page, light and dark, taken from the real application; the README shows them.

    .venv/bin/python scripts/screenshots.py [FOLDER [NAME ...]]      default: docs/pictures, all of them

It shows the finished runs of the models folder (SLVIZ_MODELS, else models/): per page the first run
that fits. Needs Playwright and Chromium.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser")]

from served import address, chromium, served_app, settle  # noqa: E402

from slviz.datasets.sources import open_dataset  # noqa: E402
from slviz.projections import PROJECTIONS  # noqa: E402
from slviz.runs.store import RunStore  # noqa: E402
from slviz.vectors import VectorStore, reference  # noqa: E402

SIZE = {"width": 1440, "height": 900}
TALL = {"gene-network": 1230, "neighbourhood": 1230, "lab": 1110, "predictions": 1010}
"""Heights of pictures whose figure would not be whole."""


def pages(store: RunStore) -> dict[str, tuple[str, dict[str, str]]]:
    """Page and query of each picture, by its name."""
    runs: dict[str, str] = {}
    shown: dict[str, tuple[str, dict[str, str]]] = {
        "overview": ("", {}),
        "train": ("train", {}),
        "lab": ("lab", {"preset": "by-hand"}),
    }
    for summary in store.summaries():
        if summary.state == "finished" and summary.spec is not None:
            runs.setdefault(summary.spec.task.name, summary.run_id)
    if "link" in runs:
        graph = open_dataset(store.open(runs["link"]).spec.data_source)
        gene = "BRCA1" if "BRCA1" in graph.number_of else graph.genes[int(graph.degree.argsort()[-20])]
        shown["gene"] = ("gene", {"run": runs["link"], "gene": gene})
        shown["gene-network"] = ("gene", {"run": runs["link"], "gene": gene, "show": "network"})
        shown["embedding"] = ("embedding", {"run": runs["link"], "gene": gene})
        shown["embedding-cluster"] = ("embedding", {"run": runs["link"], "colour": "cluster", "map": "umap"})
        shown["predictions-link"] = ("predictions", {"run": runs["link"]})
        shown["neighbourhood"] = ("gene", {"run": runs["link"], "gene": gene, "show": "neighbourhood"})
    if "confidence" in runs:
        shown["predictions"] = ("predictions", {"run": runs["confidence"]})
    if "reconstruct" in runs:
        shown["predictions-reconstruct"] = ("predictions", {"run": runs["reconstruct"]})
    vectors = VectorStore.default()
    digits = vectors.keep(reference("digits"))
    vectors.artifacts(digits).make_map(PROJECTIONS.make("tsne"), 0)
    shown["vectors"] = ("embedding", {"vectors": digits, "map": "tsne", "point": "digit 1778"})
    return shown


def main(folder: Path, *names: str) -> None:
    """Take every picture, or those of these names, in light and in dark."""
    store = RunStore.default()
    folder.mkdir(parents=True, exist_ok=True)
    data = os.environ.get("SLVIZ_DATA")
    with served_app(models=store.root, data=Path(data) if data else None) as base, chromium() as browser:
        for scheme in ("light", "dark"):
            page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()
            for name, (path, query) in pages(store).items():
                if names and name not in names:
                    continue
                page.set_viewport_size(SIZE | {"height": TALL.get(name, SIZE["height"])})
                page.goto(address(base, path, **query))
                settle(page)
                path = folder / f"{name}-{scheme}.webp"
                path.write_bytes(as_webp(page.screenshot()))
                print(path, flush=True)


def as_webp(png: bytes) -> bytes:
    """The same picture, pixel by pixel, in about half the bytes."""
    from PIL import Image

    content = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(content, "WEBP", lossless=True, quality=100, method=6)
    return content.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "docs" / "pictures", *sys.argv[2:])
