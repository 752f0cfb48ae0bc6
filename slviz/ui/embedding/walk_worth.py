"""What walks are worth: A − B + C, and numbers of the features and of the embedding beside chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses
from slviz.errors import InvalidSetting
from slviz.projections.walk import (
    SAMPLE,
    ArithmeticShare,
    How,
    Walk,
    arithmetic,
    arithmetic_share,
    midpoint_ratio,
    purity,
)
from slviz.runs import Run
from slviz.ui import cache, downloads
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

FEATURES, EMBEDDING = "features", "embedding"
NO_CLAIM = "Nothing here says that the embedding is better: read each number beside the other space and beside chance."


@dataclass(frozen=True, eq=False)
class Spaces:
    """The spaces that are walked through: features as the network reads them, where it reads any, and the embedding.

    Attributes:
        vectors: by name.
        typical: by name, the median distance to the nearest other.
    """

    vectors: dict[str, np.ndarray]
    typical: dict[str, float]


def nearest_columns(
    graph: GeneGraph, space: str, nearest: np.ndarray, ratio: np.ndarray, classes: GeneClasses | None
) -> dict[str, object]:
    """Columns of a table of places in a space: the nearest gene, its distance ratio, its class where there are any."""
    columns: dict[str, object] = {
        f"nearest in the {space}": np.asarray(graph.genes, dtype=object)[nearest],
        f"distance in the {space}": ratio.round(2),
    }
    if classes is not None:
        columns[f"class in the {space}"] = classes.name_of_each[nearest]
    return columns


def show_sum(graph: GeneGraph, spaces: Spaces, of: tuple[int, int, int], classes: GeneClasses | None) -> None:
    """What is nearest to A − B + C in each space."""
    a, b, c = (escape_markdown(graph.genes[number]) for number in of)
    st.markdown(f"**{a} − {b} + {c}**")
    columns: dict[str, object] = {}
    try:
        for space, vectors in spaces.vectors.items():
            near, distance = arithmetic(vectors, of)
            columns |= nearest_columns(graph, space, near, distance / spaces.typical[space], classes)
    except InvalidSetting as error:
        st.info(escape_markdown(str(error)), icon=":material/info:")
        return
    st.dataframe(pd.DataFrame(columns), hide_index=True)
    st.caption(in_words("The genes nearest to the sum; A, B and C themselves are left out."))


def show_worth(
    graph: GeneGraph, run: Run, spaces: Spaces, walks: dict[str, Walk], how: How, classes: GeneClasses | None
) -> None:
    """The numbers of both spaces beside chance."""
    label = None if classes is None else classes.label
    key = (run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, how)
    table = worth_table(walks, _measured(key, spaces, label))
    st.markdown("**What a walk is worth here**")
    st.dataframe(table, hide_index=True)
    said = "" if classes is None else f" Classes: {escape_markdown(classes.statement())}"
    st.caption(
        in_words(
            f"Distances as above. {SAMPLE} pairs and {SAMPLE} sums are drawn at random, A and B of one class and C of "
            "another; *C alone* is the gene nearest to C, without A − B: a sum that does not beat it added nothing. "
            f"{NO_CLAIM}{said}"
        )
    )
    downloads.table_button(f"{run.run_id}-walk-worth", lambda: table, source=downloads.provenance(graph, run))


@dataclass(frozen=True, eq=False)
class Worth:
    """What a space is worth to walks: `midpoint` over random pairs, arithmetic, and purity with its chance."""

    midpoint: float
    arithmetic: ArithmeticShare | None
    purity: tuple[float, float]


@st.cache_resource(max_entries=16, show_spinner="Measuring walks …")
def _measured(key: tuple[str, int, str, str], _spaces: Spaces, _label: np.ndarray | None) -> dict[str, Worth]:
    how: How = "spherical" if key[3] == "spherical" else "linear"
    nothing = (float("nan"), float("nan"))
    return {
        space: Worth(
            midpoint_ratio(vectors, how=how, typical=_spaces.typical[space]),
            None if _label is None else arithmetic_share(vectors, _label),
            nothing if _label is None else purity(vectors, _label),
        )
        for space, vectors in _spaces.vectors.items()
    }


def worth_table(walks: dict[str, Walk], worth: dict[str, Worth]) -> pd.DataFrame:
    """One row a number; a column for each space and one for chance."""
    middle = len(walks[EMBEDDING].share) // 2
    rows: list[dict[str, object]] = [
        {"number": "midpoint of this walk", **{space: _two(on_way.ratio[middle]) for space, on_way in walks.items()}},
        {"number": "midpoints of random pairs", **{space: _two(of.midpoint) for space, of in worth.items()}},
    ]
    sums = {space: of.arithmetic for space, of in worth.items() if of.arithmetic is not None}
    if sums:
        chance = next(iter(sums.values())).chance
        of_classes: list[dict[str, object]] = [
            {
                "number": "A − B + C is of C's class",
                **{space: _two(of.share) for space, of in sums.items()},
                "by chance": _two(chance),
            },
            {
                "number": "C alone",
                **{space: _two(of.of_c_alone) for space, of in sums.items()},
                "by chance": _two(chance),
            },
            {
                "number": "10 nearest of the same class",
                **{space: _two(of.purity[0]) for space, of in worth.items()},
                "by chance": _two(next(iter(worth.values())).purity[1]),
            },
        ]
        rows += of_classes
    return pd.DataFrame(rows).fillna("")


def _two(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.2f}"
