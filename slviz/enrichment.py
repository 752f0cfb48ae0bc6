"""Enrichment: which terms are enriched in a selection of genes, against all genes of the map.

A term that holds K of the map's G genes is expected in n·K / G of n selected genes. The chance that at least as
many as were found are in it is the upper tail of the hypergeometric distribution (one-sided Fisher's exact test);
over all terms that were asked about it is corrected by Benjamini and Hochberg (1995,
doi:10.1111/j.2517-6161.1995.tb02031.x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from jaxtyping import Float64, Int64

from slviz.datasets import GeneGraph, Terms
from slviz.errors import DataError

SIGNIFICANT = 0.05
SMALLEST_TERM = 3
"""Terms with fewer of the map's genes are not asked about: one or two genes can hardly be telling."""
ALIKE = 0.5
NOTHING = 1e-17
"""A term of a sum that is smaller than this share of it is past what a float holds."""
MOST_FOLDED = 1000
"""So many of the best significant terms are compared with each other; a selection of thousands of genes has more."""


@dataclass(frozen=True, eq=False)
class Enrichment:
    """The terms of a selection, best first.

    Attributes:
        chosen: int64 [S], gene numbers of the selection, ascending.
        background: how many genes the map has.
        tested: how many terms were asked about; what p is corrected for.
        table: one row a term that holds a selected gene, by falling significance. Columns `id`, `term`, `group`;
            `selected` and `on_map`, its genes in the selection and on the map; `expected`, what `selected` would be
            by chance; `fold`, their ratio; `p`, the upper tail of the hypergeometric distribution; `q`, Benjamini
            and Hochberg's; `listed_under`, the id of a better term of its group with nearly the same selected
            genes, else "".
        membership: bool [S, rows of the table], which selected gene is in which term.
    """

    chosen: Int64[np.ndarray, " selected"]
    background: int
    tested: int
    table: pd.DataFrame
    membership: sp.csc_array

    @property
    def significant(self) -> pd.DataFrame:
        """The rows with q below 0.05."""
        return self.table.loc[self.table["q"] < SIGNIFICANT]

    @property
    def leading(self) -> pd.DataFrame:
        """The significant rows that no better row stands for."""
        terms = self.significant
        return terms.loc[terms["listed_under"] == ""]

    def members(self, row: int) -> Int64[np.ndarray, " members"]:
        """Numbers of the selected genes in the term of a row of the table, ascending."""
        start, stop = self.membership.indptr[row : row + 2]
        return self.chosen[np.sort(self.membership.indices[start:stop])]

    def with_genes(self, genes: Sequence[str], *, rows: pd.DataFrame | None = None) -> pd.DataFrame:
        """The table (or some rows of it) with one column more: the selected genes in each term, joined by ", "."""
        rows = self.table if rows is None else rows
        joined = [", ".join(genes[int(gene)] for gene in self.members(int(row))) for row in rows.index]
        return rows.assign(genes=joined)


def enrich(
    graph: GeneGraph,
    chosen: Sequence[int] | np.ndarray,
    *,
    terms: Terms | None = None,
    group: str = "",
    alike: float = ALIKE,
) -> Enrichment:
    """The terms that are enriched in a selection of genes.

    Args:
        graph: its genes are the background.
        chosen: gene numbers; each counts once.
        terms: of a file of one's own; the data set's when left out.
        group: asks only about terms of this group, such as "BP"; "" for all.
        alike: significant terms are listed under a better one of their group when at least this share of the
            selected genes of both together is in both (Jaccard index); above 1 nothing is.

    Raises `DataError` with a sentence where there is nothing to ask: no terms, fewer than two genes, all genes.
    """
    chosen = np.unique(np.asarray(chosen, dtype=np.int64))
    terms = terms or graph.terms
    if why := why_not(graph, chosen, terms=terms):
        raise DataError(why)
    assert terms is not None
    candidates = terms_of_group(terms, group=group)
    if not len(candidates):
        raise DataError(f"No term{f' of {group}' if group else ''} holds {SMALLEST_TERM} or more of the map's genes.")
    inside = sp.csc_array(terms.membership[chosen][:, candidates])
    on_map = _per_term(terms.membership)[candidates]
    selected = np.diff(inside.indptr).astype(np.int64)
    p = chance_of_so_many(selected, on_map, chosen=len(chosen), background=len(graph))
    q = benjamini_hochberg(p)
    expected = on_map * len(chosen) / len(graph)
    order = np.lexsort((candidates, -selected / expected, p))
    order = order[selected[order] > 0]
    members = inside[:, order]
    ids = np.array(terms.ids, dtype=object)[candidates[order]]
    table = pd.DataFrame(
        {
            "id": ids,
            "term": np.array(terms.names, dtype=object)[candidates[order]],
            "group": np.array(terms.groups, dtype=object)[candidates[order]],
            "selected": selected[order],
            "on_map": on_map[order],
            "expected": expected[order],
            "fold": (selected / expected)[order],
            "p": p[order],
            "q": q[order],
        },
    )
    table["listed_under"] = _folded(members, table, alike=alike)
    return Enrichment(chosen=chosen, background=len(graph), tested=len(candidates), table=table, membership=members)


def why_not(graph: GeneGraph, chosen: np.ndarray, *, terms: Terms | None) -> str:
    """A sentence on why this selection cannot be asked about; "" where it can."""
    if terms is None or not len(terms.ids):
        return (
            "This data set has no terms, so no term can be enriched in a selection. "
            "Add a terms.gmt to its folder, or upload a GMT file."
        )
    if not len(chosen):
        return "No gene is selected, so no term can be common to them. Draw around some genes, or paste a list."
    if len(chosen) == 1:
        return "Enrichment needs more than one gene: select two or more."
    if len(chosen) == len(graph):
        return (
            f"All {len(graph):,} genes of the map are selected, and they are what a selection is compared with. "
            "Select some of them."
        )
    return ""


def terms_of_group(terms: Terms, *, group: str = "") -> Int64[np.ndarray, " terms"]:
    """Numbers of the terms of a group ("" for any) that hold enough of the map's genes to tell something."""
    right = np.array([group in ("", term_group) for term_group in terms.groups], dtype=bool)
    return np.flatnonzero(right & (_per_term(terms.membership) >= SMALLEST_TERM))


def chance_of_so_many(
    selected: np.ndarray, on_map: np.ndarray, *, chosen: int | np.ndarray, background: int
) -> Float64[np.ndarray, " terms"]:
    """P(X ≥ selected) for X hypergeometric: `chosen` of `background` genes are drawn, `on_map` of them are in the term.

    Many terms share the same numbers, so each distinct case is computed once: the chance of exactly so many from
    logarithms of factorials, its neighbours by their ratio, away from the mean until they add nothing. For 20,000 terms
    that takes 8 ms of processor time, `scipy.stats.hypergeom.sf` 560 ms; they differ by less than 1e-11.
    """
    key = (np.asarray(chosen, dtype=np.int64) * (background + 1) + on_map) * (background + 1) + selected
    _, first, case = np.unique(key, return_index=True, return_inverse=True)
    drawn = np.broadcast_to(chosen, selected.shape)[first]
    hits, inside = selected[first], on_map[first]
    p = np.ones(len(first))  # at least none is certain
    upper = hits * background > inside * drawn
    p[upper] = _tail(hits[upper], inside[upper], drawn[upper], background, up=True)
    lower = ~upper & (hits > 0)
    p[lower] = 1 - _tail(hits[lower] - 1, inside[lower], drawn[lower], background, up=False)
    return np.clip(p, 0.0, 1.0)[case]


def _tail(start: np.ndarray, inside: np.ndarray, drawn: np.ndarray, background: int, *, up: bool) -> np.ndarray:
    """P(X ≥ start), or P(X ≤ start), of a hypergeometric X; `start` lies on that side of its mean."""
    from scipy.special import gammaln

    def log_ways(total: np.ndarray | int, taken: np.ndarray) -> np.ndarray:
        return gammaln(total + 1.0) - gammaln(taken + 1.0) - gammaln(total - taken + 1.0)

    outside = background - inside
    possible = (start >= 0) & (drawn - start <= outside)  # fewer than this cannot be outside the term
    at = np.where(possible, start, np.minimum(drawn, inside)).astype(np.float64)
    log_term = log_ways(inside, at) + log_ways(outside, drawn - at) - log_ways(background, drawn)
    term = np.where(possible, np.exp(log_term), 0.0)
    total = term.copy()
    while (term > NOTHING * total).any():
        if up:
            term = term * (inside - at) * (drawn - at) / ((at + 1) * (outside - drawn + at + 1))
            at = at + 1
        else:
            term = term * at * (outside - drawn + at) / ((inside - at + 1) * (drawn - at + 1))
            at = at - 1
        total += term
    return total


def benjamini_hochberg(p: Float64[np.ndarray, " terms"]) -> Float64[np.ndarray, " terms"]:
    """The smallest false discovery rate at which each is found: p · m / rank, never below that of a larger p."""
    from scipy.stats import false_discovery_control  # takes a moment

    return false_discovery_control(p) if len(p) else p


def _per_term(membership: sp.csr_array) -> Int64[np.ndarray, " terms"]:
    return np.bincount(membership.indices, minlength=membership.shape[1]).astype(np.int64)


def _folded(membership: sp.csc_array, table: pd.DataFrame, *, alike: float) -> np.ndarray:
    """For each row the id of the first better row of its group that it is listed under, else "".

    A term is compared with those that stand for themselves only, so that nothing is listed under what is itself
    listed elsewhere.
    """
    under = np.full(len(table), "", dtype=object)
    ids, groups = table["id"].to_numpy(dtype=object), table["group"].factorize()[0]
    count = min(int((table["q"].to_numpy() < SIGNIFICANT).sum()), MOST_FOLDED)
    member = membership[:, :count].toarray().astype(np.float32).T  # [terms, selected genes]
    shared, size = member @ member.T, member.sum(axis=1)
    leads = np.zeros(count, dtype=bool)
    for row in range(count):
        close = leads[:row] & (groups[:row] == groups[row])
        close &= shared[row, :row] >= alike * (size[row] + size[:row] - shared[row, :row])
        if close.any():
            under[row] = ids[np.argmax(close)]
        else:
            leads[row] = True
    return under
