"""What the map of a run shows and how: its figure and the keys of its chart."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.datasets import GeneGraph
from slviz.figures import Colouring, embedding_3d, embedding_scatter
from slviz.figures.raster import POINTS_UP_TO, Window, map_of_many
from slviz.projections import Projection
from slviz.projections.nearest_genes import nearest_genes
from slviz.runs import Run

TOOLS = {"pick": "pan", "lasso": "lasso", "box": "select"}
NAMED_HUBS = 8
NAMED_SELECTED, MOST_NAMED = 5, 40
NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Look:
    """What the map shows and how."""

    graph: GeneGraph
    run: Run
    projection: Projection
    colouring: Colouring
    sentence: str
    gene: int | None
    tool: str
    hubs: bool
    point_size: float
    opacity: float
    lines: int = 0
    names: int = NAMED_SELECTED
    contours: bool = False
    selected: np.ndarray = field(default_factory=lambda: NOBODY)
    window: Window | None = None

    @property
    def name(self) -> str:
        return f"{self.run.run_id}-{self.projection.method.name}"

    @property
    def chart(self) -> str:
        """Key of the chart; another selection in the address begins with nothing drawn."""
        mark = f"-{zlib.crc32(self.selected.tobytes()):08x}" if len(self.selected) else ""
        return f"map-{self.name}{mark}"

    @property
    def method(self) -> str:
        """What the map is called, such as "t-SNE"."""
        return self.projection.method.title

    def figure(self, *, webgl: bool) -> go.Figure:
        info = self.graph.gene_info
        hubs = self.hubs and len(self.graph.pairs) and not len(self.selected) and self.colouring.clusters is None
        named = list(np.argsort(-self.graph.degree, kind="stable")[:NAMED_HUBS]) if hubs else []
        shared: dict[str, Any] = {
            "names": None if info is None else info["name"].tolist(),
            "degree": self.graph.degree if len(self.graph.pairs) else None,
            "highlighted": [self.gene] if self.gene is not None else named,
            "selected": self.selected,
            "joined": self.joined,
            "point_size": self.point_size,
            "opacity": self.opacity,
        }
        if self.is_3d:
            return embedding_3d(self.graph.genes, self.projection, self.colouring, **shared)
        if self.is_raster:
            return self.of_many(webgl=webgl)[0].update_layout(dragmode=TOOLS[self.tool])
        drawn = embedding_scatter(
            self.graph.genes,
            self.projection,
            self.colouring,
            named=self.selected[np.argsort(-self.graph.degree[self.selected], kind="stable")][: self.names],
            contours=self.contours,
            webgl=webgl,
            **shared,
        )
        return drawn.update_layout(dragmode=TOOLS[self.tool])

    def of_many(self, *, webgl: bool) -> tuple[go.Figure, int]:
        """The part of the map that is looked at, and how many of its points are drawn one by one."""
        return map_of_many(
            self.graph.genes,
            self.projection.coordinates,
            self.colouring,
            axes=self.projection.axes,
            keep=f"{self.projection.method.to_json()} {self.projection.seed}",
            window=self.window,
            marked=self.selected if self.gene is None else np.append(self.selected, self.gene),
            point_size=self.point_size,
            opacity=self.opacity,
            webgl=webgl,
        )

    @property
    def is_raster(self) -> bool:
        """Whether there are more points than a browser draws one by one."""
        return not self.is_3d and len(self.graph) > POINTS_UP_TO

    @property
    def marks(self) -> np.ndarray | None:
        """Where the gene and its nearest lie, which the browser marks over a picture of many points."""
        if not self.is_raster or self.joined is None or not len(self.joined):
            return None
        return self.projection.coordinates[[self.joined[0, 0], *self.joined[:, 1]], :2]

    @property
    def events(self) -> str:
        """Key of what happens on the chart."""
        return f"events-{self.chart}"

    @property
    def is_3d(self) -> bool:
        """Whether the map has three dimensions."""
        return self.projection.method.dimensions == 3

    @property
    def joined(self) -> np.ndarray | None:
        """The gene with each of its true nearest in the embedding, to be joined by lines."""
        if self.gene is None or not self.lines:
            return None
        near, _ = nearest_genes(self.run.embedding, self.gene, count=self.lines, measure="euclidean")
        return np.column_stack([np.full(len(near), self.gene), near])
