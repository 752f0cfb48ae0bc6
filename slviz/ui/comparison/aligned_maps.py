"""AlignedMaps: the maps of several runs on the genes that all have, laid on the first, and their tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64

from slviz.datasets import GeneGraph
from slviz.projections import Projection
from slviz.projections.alignment import laid_on
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes

LISTED = 200
"""Genes that a table beneath the maps lists."""


@dataclass(frozen=True, eq=False)
class AlignedMaps:
    """Maps of several runs on the genes that all have, laid on the first.

    Attributes:
        shared: the genes.
        runs: whose maps these are.
        projections: by the run's name, aligned.
        radius: root mean square distance of the genes of the first map from its centre.
    """

    shared: SharedGenes
    runs: tuple[Run, ...]
    projections: Mapping[str, Projection]
    radius: float

    def moved(self, name: str) -> Float64[np.ndarray, " genes"]:
        """How far each gene lies from its place on the first map, in radii of that map."""
        first = next(iter(self.projections.values())).coordinates
        return np.linalg.norm(self.projections[name].coordinates.astype(np.float64) - first, axis=1) / self.radius


def align(shared: SharedGenes, runs: tuple[Run, ...], projections: Mapping[str, Projection]) -> AlignedMaps:
    """The maps at the shared genes, each laid on the first; by name in the order of the runs."""
    first = next(iter(projections.values())).coordinates[shared.rows[0], :2].astype(np.float64)
    aligned = {}
    for (name, projection), rows in zip(projections.items(), shared.rows, strict=True):
        place = laid_on(first, projection.coordinates[rows, :2].astype(np.float64))
        aligned[name] = dataclasses.replace(
            projection, coordinates=place.astype(np.float32), axes=projection.axes[:2], kept=projection.kept[rows]
        )
    radius = float(np.sqrt(((first - first.mean(axis=0)) ** 2).sum(axis=1).mean())) or 1.0
    return AlignedMaps(shared, runs, aligned, radius)


def moved_table(graph: GeneGraph, maps: AlignedMaps) -> pd.DataFrame:
    """One row a shared gene: its known partners, where there are pairs, and how far it moved to each further map."""
    columns: dict[str, object] = {"Gene": np.asarray(maps.shared.genes, dtype=object)}
    degree = degree_of(graph, maps.shared.rows[0])
    if degree is not None:
        columns["Known partners"] = degree
    for name in list(maps.projections)[1:]:
        columns[f"Moved in {name}"] = maps.moved(name).round(2)
    return pd.DataFrame(columns)


def places_table(maps: AlignedMaps) -> pd.DataFrame:
    """One row a gene: its aligned place on every map."""
    columns: dict[str, object] = {"gene": np.asarray(maps.shared.genes, dtype=object)}
    for name, projection in maps.projections.items():
        for axis in (0, 1):
            columns[f"{name}, axis {axis + 1}"] = projection.coordinates[:, axis]
    return pd.DataFrame(columns)


def degree_of(graph: GeneGraph, rows: np.ndarray) -> np.ndarray | None:
    """Known partners of the genes for their hover; None where nothing has any."""
    return graph.degree[rows] if len(graph.pairs) else None


def point_size(genes: int) -> float:
    """How large points are, so that many do not cover each other."""
    return 5.0 if genes < 2000 else 3.5
