"""Explanations of pairs on disk: one file beside a finished run for each pair asked for.

explanations/pair-<low>-<high>.safetensors     gene numbers, the smaller first
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun
from slviz.evaluation.removal import SHARES, RemovalCurves
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import in_range, require
from slviz.runs.damage import damaged, later, readable
from slviz.runs.files import make_folder, pack_checksummed, read_whole, saving, unpack_checksummed, write_atomically
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutExplanation
from slviz.scorers.stored_arrays import below, pack_names, unpack_names

EXPLANATIONS = "explanations"
SUFFIX = ".safetensors"
ATTENTION, GRADIENT, INTEGRATED, EXPLAINER, PARTNERS = (
    "attention",
    "gradient",
    "integrated_gradients",
    "gnn_explainer",
    "partners",
)
VALUES = (ATTENTION, GRADIENT, INTEGRATED, EXPLAINER, PARTNERS)
"""What may be said of an edge: the last is the neighbour's number of training partners, for comparison."""
VALUE, RANDOMISED = "value.", "randomised."
FIXED = frozenset(
    {
        "pair",
        "edges",
        "attention",
        "raw",
        "orders",
        "deletion",
        "insertion",
        "random_deletion",
        "random_insertion",
        "blocks",
        "block_adds",
        "block_without",
        "views",
        "view_weight",
        "view_edges",
        "view_of_edge",
        "view_share",
    }
)


@dataclass(frozen=True, eq=False)
class PairExplanation:
    """Why a network scores a pair as it does, and how that fares when edges are removed.

    E edges into either gene, L layers, H heads, M orders, S shares, R draws, B blocks, V views, K edges of views. Raw
    numbers are log-odds, or confidences, before the last step of a score.

    Attributes:
        pair: gene numbers, the smaller first.
        edges: int64 [2, E], partner → gene of the pair.
        attention: float32 [L, H, E], weights by layer and head; no layer where the network has none.
        values: by name of `VALUES`, float32 [E]; gradients and integrated gradients are positive where the partner
            raises the raw number.
        randomised: the same from a network of the same shape with random weights.
        curves: the raw number as edges are removed and put back in the order of each of `values`.
        blocks: what the network is told of both genes: name, what it adds to the raw number, the raw number without.
        views: names of the views that the layers weigh; none but for `multiview`.
        view_weight: float32 [L, 2, V], how much each gene attends to each view.
        view_edges, view_of_edge, view_share: int64 [2, K] neighbour → gene, [K] view, float32 [K] share within it.
    """

    pair: tuple[int, int]
    edges: Int64[np.ndarray, "2 edges"]
    attention: Float32[np.ndarray, "layers heads edges"]
    values: Mapping[str, Float32[np.ndarray, " edges"]]
    randomised: Mapping[str, Float32[np.ndarray, " edges"]]
    curves: RemovalCurves
    blocks: pd.DataFrame = field(default_factory=lambda: blocks_frame((), (), ()))
    views: tuple[str, ...] = ()
    view_weight: Float32[np.ndarray, "view_layers 2 views"] = field(default_factory=lambda: np.zeros((0, 2, 0), "f4"))
    view_edges: Int64[np.ndarray, "2 of"] = field(default_factory=lambda: np.zeros((2, 0), np.int64))
    view_of_edge: Int64[np.ndarray, " of"] = field(default_factory=lambda: np.zeros(0, np.int64))
    view_share: Float32[np.ndarray, " of"] = field(default_factory=lambda: np.zeros(0, "f4"))

    def neighbours(self, genes: tuple[str, ...]) -> pd.DataFrame:
        """One row an edge: gene of the pair, partner, and all `values` that there are, what adds most first."""
        symbols = np.asarray(genes, dtype=object)
        table = pd.DataFrame({"gene": symbols[self.edges[1]], "partner": symbols[self.edges[0]], **self.values})
        order = [name for name in (INTEGRATED, GRADIENT, ATTENTION) if name in table]
        return table.sort_values(order[0], ascending=False, kind="stable", ignore_index=True) if order else table

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it by name; what is no number as the bytes of its text."""
        return {
            "pair": np.array(self.pair, dtype=np.int64),
            "edges": self.edges.astype(np.int64),
            "attention": self.attention.astype(np.float32),
            **{f"{VALUE}{name}": np.asarray(value, dtype=np.float32) for name, value in self.values.items()},
            **{f"{RANDOMISED}{name}": np.asarray(value, dtype=np.float32) for name, value in self.randomised.items()},
            "raw": np.array([self.curves.whole, self.curves.bare]),
            "orders": pack_names(self.curves.orders),
            "deletion": self.curves.deletion,
            "insertion": self.curves.insertion,
            "random_deletion": self.curves.random_deletion,
            "random_insertion": self.curves.random_insertion,
            "blocks": pack_names(self.blocks["block"].tolist()),
            "block_adds": self.blocks["adds"].to_numpy(np.float64),
            "block_without": self.blocks["without"].to_numpy(np.float64),
            "views": pack_names(self.views),
            "view_weight": self.view_weight,
            "view_edges": self.view_edges,
            "view_of_edge": self.view_of_edge,
            "view_share": self.view_share,
        }


def blocks_frame(names: tuple[str, ...], adds: tuple[float, ...], without: tuple[float, ...]) -> pd.DataFrame:
    """The table `PairExplanation.blocks`."""
    numbers = {"adds": np.array(adds, dtype=np.float64), "without": np.array(without, dtype=np.float64)}
    return pd.DataFrame({"block": np.array(names, dtype=object), **numbers})


def explanation_path(folder: Path, pair: tuple[int, int]) -> Path:
    """Where the explanation of a pair lies, whichever gene stands first."""
    low, high = sorted(pair)
    return folder / EXPLANATIONS / f"pair-{low}-{high}{SUFFIX}"


def save_explanation(folder: Path, explanation: PairExplanation) -> None:
    """Write an explanation into the run's folder; raises `RunNotSaved`."""
    path = explanation_path(folder, explanation.pair)
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed(explanation.arrays(), {"run_id": folder.name}))


def read_explanation(folder: Path, pair: tuple[int, int]) -> PairExplanation | None:
    """The explanation, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = explanation_path(folder, pair)
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutExplanation)
    if about.run_id != folder.name:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}. "
            f"Remove it from {EXPLANATIONS}/ and make it again."
        )
    explanation = _checked(arrays, points_of(folder), path)
    if explanation.pair != tuple(sorted(pair)):
        raise damaged(path, "is altered: it explains another pair than its name says")
    return explanation


def _checked(arrays: dict[str, np.ndarray], genes: int | None, path: Path) -> PairExplanation:
    """The explanation in these arrays; raises `DamagedRun` where they do not go together."""
    _refuse_unknown(arrays, path)
    count = require(arrays, "edges", path, kind="iu", shape=[2, None]).shape[1]
    pair = require(arrays, "pair", path, kind="iu", shape=[2])
    require(arrays, "attention", path, kind="f", shape=[None, None, count])
    for name in (name for name in arrays if name.startswith((VALUE, RANDOMISED))):
        require(arrays, name, path, kind="f", shape=[count])
    if genes is not None:
        for name in ("edges", "pair", "view_edges"):
            in_range(require(arrays, name, path, kind="iu", shape=[None] * arrays[name].ndim), genes, name, path)
    return PairExplanation(
        pair=(int(pair[0]), int(pair[1])),
        edges=arrays["edges"],
        attention=arrays["attention"],
        values=_in_order(below(arrays, VALUE)),
        randomised=_in_order(below(arrays, RANDOMISED)),
        curves=_curves(arrays, path),
        blocks=_blocks(arrays, path),
        **_views(arrays, path),
    )


def _refuse_unknown(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    values = {f"{prefix}{name}" for prefix in (VALUE, RANDOMISED) for name in VALUES}
    if missing := sorted(FIXED - set(arrays)):
        raise damaged(path, f"lacks '{missing[0]}'")
    if set(arrays) - FIXED - values:
        raise later(path, "holds more than this version knows of an explanation")


def _in_order(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Values in the order of `VALUES`: a file keeps none."""
    return {name: values[name] for name in VALUES if name in values}


def _curves(arrays: Mapping[str, np.ndarray], path: Path) -> RemovalCurves:
    orders = unpack_names(arrays["orders"])
    raw = require(arrays, "raw", path, kind="f", shape=[2])
    draws = require(arrays, "random_deletion", path, kind="f", shape=[None, len(SHARES)]).shape[0]
    require(arrays, "random_insertion", path, kind="f", shape=[draws, len(SHARES)])
    for name in ("deletion", "insertion"):
        require(arrays, name, path, kind="f", shape=[len(orders), len(SHARES)])
    parts = {name: arrays[name] for name in ("deletion", "insertion", "random_deletion", "random_insertion")}
    return RemovalCurves(orders=orders, whole=float(raw[0]), bare=float(raw[1]), **parts)


def _blocks(arrays: Mapping[str, np.ndarray], path: Path) -> pd.DataFrame:
    names = unpack_names(arrays["blocks"])
    for name in ("block_adds", "block_without"):
        require(arrays, name, path, kind="f", shape=[len(names)])
    return blocks_frame(names, tuple(arrays["block_adds"].tolist()), tuple(arrays["block_without"].tolist()))


def _views(arrays: Mapping[str, np.ndarray], path: Path) -> dict[str, Any]:
    names = unpack_names(arrays["views"])
    require(arrays, "view_weight", path, kind="f", shape=[None, 2, len(names)])
    count = require(arrays, "view_edges", path, kind="iu", shape=[2, None]).shape[1]
    require(arrays, "view_of_edge", path, kind="iu", shape=[count])
    in_range(arrays["view_of_edge"], len(names), "view_of_edge", path)
    require(arrays, "view_share", path, kind="f", shape=[count])
    return {"views": names} | {
        name: arrays[name] for name in ("view_weight", "view_edges", "view_of_edge", "view_share")
    }
