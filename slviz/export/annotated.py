"""Annotated: an embedding with all that is known of its points, ready to be written in any format."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Float32

from slviz import __version__
from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun
from slviz.export.provenance import provenance, vectors_provenance
from slviz.projections import PCA, Projection
from slviz.runs import Attention, Run
from slviz.runs.sources import without_path
from slviz.runs.store import RunStore
from slviz.vectors import VectorSet, VectorStore, given_map

KNOWN_PAIRS = "known_pairs"
ATTENTION = "attention"


@dataclass(frozen=True, eq=False)
class Annotated:
    """Points with their vectors, columns, maps and pairs. N points, D width.

    Attributes:
        names: what each point is called [N], unique.
        columns: one row a point: text ("" where unknown), numbers or truths.
        vectors: float32 [N, D].
        maps: by a name such as "tsne": the finished projections, rows as in `vectors`.
        pairs: by a name such as "known_pairs": sparse [N, N].
        about: what else a reader should know, by keyword; "provenance" is always there.
        noun: what a point is, such as "gene"; heads the names in a table.
    """

    names: tuple[str, ...]
    columns: pd.DataFrame
    vectors: Float32[np.ndarray, "points width"]
    maps: Mapping[str, Projection] = field(default_factory=dict)
    pairs: Mapping[str, sp.csr_array] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    noun: str = "name"

    @property
    def provenance(self) -> str:
        return self.about["provenance"]


def of_run(run: Run, graph: GeneGraph, maps: Iterable[Projection] = ()) -> Annotated:
    """A finished run: gene info and partners as columns, known pairs with score and mean attention as pairs."""
    by_name = named_maps(maps)
    pairs = {KNOWN_PAIRS: _symmetric(graph)}
    about = {
        "provenance": provenance(run, graph),
        "run_id": run.run_id,
        "spec": json.dumps(without_path(run.spec).to_json(), sort_keys=True),
        "slviz_version": __version__,
        "synthetic": "yes" if graph.synthetic else "no",
        KNOWN_PAIRS: "score of each known pair of the data set, held-out ones included; symmetric",
        **described(by_name),
    }
    if run.attention is not None:
        pairs[ATTENTION] = _mean_attention(run.attention, len(graph))
        about[ATTENTION] = (
            "row: the gene that looks; column: the gene that is looked at; mean weight over layers and heads, "
            "each row sums to 1"
        )
    columns = _gene_columns(graph).assign(**preservation_columns(by_name))
    return Annotated(graph.genes, columns, run.embedding, by_name, pairs, about, noun="gene")


def of_stored_run(store: RunStore, run: Run, graph: GeneGraph) -> Annotated:
    """`of_run` with every map that lies with the run, and PCA, which takes no time to make."""
    maps = _whole_maps(store, run.run_id)
    if not any(projection.method == PCA() for projection in maps):
        maps.insert(0, PCA().fit(run.embedding, 0))
    return of_run(run, graph, maps)


def of_vectors(points: VectorSet, maps: Iterable[Projection] = ()) -> Annotated:
    """A vector set with the maps that were made of it and those that came with it."""
    by_name = named_maps([*maps, *(given_map(points, name) for name in points.maps)])
    about = {"provenance": vectors_provenance(points), "slviz_version": __version__, **described(by_name)}
    columns = points.columns.assign(**preservation_columns(by_name))
    return Annotated(points.names, columns, points.vectors, by_name, about=about)


def of_stored_vectors(store: VectorStore, id: str) -> Annotated:
    """`of_vectors` with every map that lies with the set."""
    return of_vectors(store.open(id), _whole_maps(store, id))


def _whole_maps(store: RunStore | VectorStore, id: str) -> list[Projection]:
    """Every map that lies with a run or a set and can be read; a damaged one is left out."""
    projections: list[Projection] = []
    for method, seed in store.artifacts(id).maps():
        with contextlib.suppress(DamagedRun):
            projections += filter(None, [store.artifacts(id).open_map(method, seed)])
    return projections


def named_maps(maps: Iterable[Projection]) -> dict[str, Projection]:
    """Maps by method, such as "tsne"; further ones of a method get a number ("tsne_2"), 3-D ones "tsne_3d"."""
    named: dict[str, Projection] = {}
    for projection in maps:
        base = projection.method.map_name + ("_3d" if projection.coordinates.shape[1] == 3 else "")
        name, number = base, 1
        while name in named:
            number += 1
            name = f"{base}_{number}"
        named[name] = projection
    return named


def described(maps: Mapping[str, Projection]) -> dict[str, str]:
    """By "map_<name>": method, settings and seed of each map as JSON."""
    return {
        f"map_{name}": json.dumps(
            {**projection.method.to_json(), "seed": projection.seed, "axes": list(projection.axes)}
        )
        for name, projection in maps.items()
    }


def preservation_columns(maps: Mapping[str, Projection]) -> dict[str, np.ndarray]:
    """By "<name>_neighbourhood_preservation": share of each point's nearest neighbours that each map preserves."""
    return {f"{name}_neighbourhood_preservation": projection.kept for name, projection in maps.items()}


def _gene_columns(graph: GeneGraph) -> pd.DataFrame:
    info = pd.DataFrame() if graph.gene_info is None else graph.gene_info.reset_index(drop=True)
    return info.assign(known_partners=graph.degree)


def _symmetric(graph: GeneGraph) -> sp.csr_array:
    a, b = graph.pairs.T
    shape = (len(graph), len(graph))
    return sp.csr_array((np.r_[graph.score, graph.score], (np.r_[a, b], np.r_[b, a])), shape=shape)


def _mean_attention(attention: Attention, genes: int) -> sp.csr_array:
    source, target = attention.edges
    return sp.csr_array((attention.averaged(), (target, source)), shape=(genes, genes))
