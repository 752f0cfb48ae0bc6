"""Flags: what a person should know before believing a pair, each as yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Bool, Float64, Int64

from slviz.ranking.relatedness import Relatedness

LEADING = 0.01
"""Share of a gene's list, or ten genes, in which a partner is looked at for resting on its popularity."""
NOT_LEADING = 0.1
"""Share of the partner's own list below which the gene must stand for that."""
FEWEST_LEADING = 10


@dataclass(frozen=True)
class Flag:
    """A name in a few words, and a sentence on when it is set."""

    label: str
    help: str


FLAGS: Mapping[str, Flag] = {
    "core_essential": Flag(
        "core essential", "Cells cannot do without a gene of the pair, so losing it kills whatever else is lost."
    ),
    "hub": Flag("hub", "Among the hundredth of genes with the most training partners, and ten or more of them."),
    "near_duplicate": Flag(
        "near-duplicate",
        "A near-duplicate of one of the genes is a training partner of the other: the two share more than 70 % of "
        "their training partners, so the pair may be remembered rather than understood.",
    ),
    "popularity": Flag(
        "rests on popularity",
        "Among the best hundredth for the gene (ten genes at least), but the gene is not among the best tenth for the "
        "partner: it stands as high for most genes.",
    ),
    "same_band": Flag("same band", "Both genes lie on the same chromosome band, so they are often lost together."),
    "same_publication": Flag(
        "same publication", "Most training partners of both genes come from one and the same publication."
    ),
}
"""By the name of their column, in the order of tables."""


POPULARITY = "popularity"
UNKNOWN_YET = "unknown until all pairs are ranked"
"""Said of `POPULARITY` where there is no survey to read it from."""


def flags_of_pairs(
    related: Relatedness,
    pairs: Int64[np.ndarray, "pairs 2"],
    *,
    popularity: Bool[np.ndarray, " pairs"] | None,
    either: bool,
) -> dict[str, Any]:
    """Every flag of each pair, yes or no by `FLAGS`; popularity missing for all where nobody knows it.

    Args:
        related: what is told of the genes.
        pairs: the gene that is asked about first, then its partner.
        popularity: `rests_on_popularity` of each pair; None without a survey.
        either: whether what is said of one gene is said of either; else of the partner alone.
    """
    gene, partner = pairs.T
    of_one = {"core_essential": related.core_essential, "hub": related.hub}
    band, publication = related.band, related.publication
    return {
        **{key: flag[partner] | (flag[gene] if either else False) for key, flag in of_one.items()},
        "near_duplicate": _above_zero(related.given_away, pairs),
        POPULARITY: pd.array([pd.NA] * len(pairs), dtype="boolean") if popularity is None else popularity,
        "same_band": (band[gene] == band[partner]) & (band[gene] != ""),
        "same_publication": (publication[gene] == publication[partner]) & (publication[gene] != ""),
    }


def rests_on_popularity(
    for_gene: Float64[np.ndarray, " pairs"],
    for_partner: Float64[np.ndarray, " pairs"],
    *,
    length_for_gene: np.ndarray | int,
    length_for_partner: np.ndarray | int,
) -> Bool[np.ndarray, " pairs"]:
    """Whether a partner leads the list of the gene, which is far from leading that of the partner.

    Args:
        for_gene, for_partner: the place of the partner in the gene's list, and the other way round.
        length_for_gene, length_for_partner: how many genes these lists have.
    """
    leads = for_gene <= np.maximum(LEADING * np.asarray(length_for_gene), FEWEST_LEADING)
    return leads & (for_partner > NOT_LEADING * np.asarray(length_for_partner))


def is_set(flag: Any) -> bool:
    """Whether a flag is set; one that is missing is not."""
    return not pd.isna(flag) and bool(flag)


def set_flags(table: pd.DataFrame, keys: Iterable[str] = FLAGS) -> dict[str, Bool[np.ndarray, " rows"]]:
    """Which rows of a table with the flags as columns have each of them set; one that is missing is not."""
    return {key: table[key].fillna(False).to_numpy(dtype=bool) for key in keys}


def flag_labels(table: pd.DataFrame) -> np.ndarray:
    """The labels of the flags of each row in a line, text [N], such as "hub, same band"; "" for none."""
    lines = np.full(len(table), "", dtype=object)
    for key, flag in set_flags(table).items():
        rows = np.flatnonzero(flag)
        lines[rows] = [f"{line}, {FLAGS[key].label}" if line else FLAGS[key].label for line in lines[rows].tolist()]
    return lines


def _above_zero(matrix: sp.csr_array, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, " pairs"]:
    if not len(pairs):
        return np.zeros(0, dtype=bool)
    return np.asarray(sp.csr_matrix(matrix)[pairs[:, 0], pairs[:, 1]]).ravel() > 0
