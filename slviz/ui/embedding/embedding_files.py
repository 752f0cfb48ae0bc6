"""An embedding with its maps as files for other programs, in a page's Download menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.ui import cache, downloads

if TYPE_CHECKING:
    from slviz.export import Annotated


def of_run(run: Run, graph: GeneGraph) -> dict[str, downloads.File]:
    """By the label in the menu: `.h5ad`, TSV and Projector pair of a run, each made after its click."""

    def content() -> Annotated:
        from slviz.export import of_stored_run

        return of_stored_run(cache.store(), run, graph)

    return files(content)


def files(content: Callable[[], Annotated]) -> dict[str, downloads.File]:
    """The same of any embedding, which `content` gives after the click."""
    from slviz.export import FORMATS

    def made(write: Callable[[Annotated], bytes]) -> Callable[[], bytes]:
        return lambda: write(content())

    return {
        export_format.label: (export_format.ending, made(export_format.write)) for export_format in FORMATS.values()
    }
