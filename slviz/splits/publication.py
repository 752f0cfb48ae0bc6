"""The protocol `publication`: all that is known from one publication alone is held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import DataError, InvalidSetting, nearest
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import Split, with_negatives

LARGEST = ""
SMALL = "small"
GROUPS = {LARGEST: "the publication with most pairs", SMALL: "the small publications"}
SMALL_BELOW = 100
SHOWN = 8
PUBLICATION_HELP = (
    "PubMed id of the publication whose pairs are held out; several ids with + between them are held out together. "
    f"'{SMALL}' takes all publications with fewer than {SMALL_BELOW} pairs of their own; "
    "left empty, it is the publication with most."
)
MOST_TOO_MANY = 1.5
"""Whole publications validate with up to so many times the pairs that were asked for, or so many times fewer."""
ADVICE = "Hold out another publication, or fewer of them."


@dataclass(frozen=True)
class Publication(Split):
    """All pairs that rest on one publication alone are held out: it asks what would have been said of a new screen."""

    name: ClassVar[str] = "publication"
    title: ClassVar[str] = "one publication"
    asks: ClassVar[str] = "What would it have said before that paper? All pairs that rest on it alone are tested."
    new_publication: ClassVar[bool] = True
    publication: str = setting("", PUBLICATION_HELP)

    def held_out(self) -> str:
        return publication_words(self.publication)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """The publication's own pairs are tested; of all others a share validates and the rest is learnt from.

        Other publications validate, whole, so that the best epoch and the threshold are those for a new one; where
        all are too large for that, pairs at random do.

        Raises `InvalidSetting` for a publication that the data set does not have, or that no pair rests on
        alone; `DataError` when the data set names no publications or a part would be empty.
        """
        self._refuse_file(held_out)
        cited = cited_publications(graph)
        tested = rests_on(cited, self._group(graph, own_pairs(cited)), pairs=len(graph.pairs))
        part = np.where(tested, "test", "train").astype(object)
        if (~tested).sum() > 1:
            order = self._generator(0).permutation(np.flatnonzero(~tested))
            part[self._whole_publications(cited, order)] = "validation"
        self._refuse_empty(part, advice=ADVICE)
        return with_negatives(
            graph.pairs,
            part=part,
            score=graph.score,
            gene_part=self._parts_of_genes(len(graph), fold=0, folds=5),
            random=self._generator(1),
            ratio=self.ratio,
            popularity=Popularity.of(graph),
        )

    def _whole_publications(self, cited: pd.DataFrame, order: Int64[np.ndarray, " rest"]) -> np.ndarray:
        """Pairs that rest on some publications alone, about the share that validates; those of `order` as they come."""
        plain = self._validation_of(order)
        alone = cited.loc[~cited["pair"].duplicated(keep=False) & (cited["pubmed"] != "")]
        alone = alone.loc[alone["pair"].isin(order)]
        own = alone.groupby("pubmed")["pair"].agg(list)
        publication = alone.set_index("pair")["pubmed"]
        chosen: list[int] = []
        for name in publication.reindex(order).dropna().unique():
            if len(chosen) + len(own[name]) <= MOST_TOO_MANY * len(plain):
                chosen += own[name]
            if len(chosen) >= len(plain):
                break
        enough = len(plain) / MOST_TOO_MANY <= len(chosen) < len(order) - 1
        return np.array(chosen, dtype=np.int64) if enough else plain

    def _group(self, graph: GeneGraph, own: dict[str, int]) -> list[str]:
        """The PubMed ids that are held out together."""
        if not len(own):
            raise DataError(f"No pair of '{graph.name}' rests on a single publication. Take another split.")
        wanted = self.publication.strip()
        if wanted == SMALL:
            small = [name for name, count in own.items() if count < SMALL_BELOW]
            if not small:
                raise InvalidSetting(f"Every publication of '{graph.name}' has {SMALL_BELOW} pairs of its own or more.")
            return small
        ids = [pubmed_id.strip() for pubmed_id in wanted.split("+") if pubmed_id.strip()] or [next(iter(own))]
        for pubmed_id in ids:
            if pubmed_id not in own:
                largest = ", ".join(f"{name} ({count:,} pairs)" for name, count in list(own.items())[:SHOWN])
                raise InvalidSetting(
                    f"No pair of '{graph.name}' rests on publication '{pubmed_id}' alone.{nearest(pubmed_id, own)} "
                    f"The largest are: {largest}."
                )
        return ids


def publication_words(ids: str) -> str:
    """PubMed ids with + between them in words; names of other kinds, such as those of the demo, as they are."""
    if ids.strip() in GROUPS:
        return GROUPS[ids.strip()]
    publications = ids.replace("+", " ").split()
    return (
        f"PubMed {' + '.join(publications)}"
        if all(one.isdecimal() for one in publications)
        else f"publication {' + '.join(publications)}"
    )


def publications(graph: GeneGraph) -> dict[str, int]:
    """How many pairs rest on each publication alone, by PubMed id, the most first; `DataError` when none is named."""
    return own_pairs(cited_publications(graph))


def cited_publications(graph: GeneGraph) -> pd.DataFrame:
    """Columns `pair` and `pubmed`, one row for each publication of each record; "" where a record names none."""
    if graph.evidence is None or not len(graph.evidence):
        raise DataError(f"'{graph.name}' does not say which publication a pair comes from. Take another split.")
    records = graph.evidence[["pair", "pubmed"]].assign(pubmed=graph.evidence["pubmed"].str.split(";"))
    records = records.explode("pubmed")
    return records.assign(pubmed=records["pubmed"].str.strip()).drop_duplicates()


def own_pairs(cited: pd.DataFrame) -> dict[str, int]:
    """How many pairs rest on each publication alone, by PubMed id, the most first."""
    alone = cited.loc[~cited["pair"].duplicated(keep=False) & (cited["pubmed"] != ""), "pubmed"]
    names, counts = np.unique(alone.to_numpy(dtype=str), return_counts=True)
    most_first = np.argsort(-counts, kind="stable")
    return {str(names[at]): int(counts[at]) for at in most_first}


def rests_on(cited: pd.DataFrame, group: list[str], *, pairs: int) -> Bool[np.ndarray, " pairs"]:
    """Which pairs have a record, and none outside these publications."""
    outside = ~cited["pubmed"].isin(group).to_numpy()
    records = np.bincount(cited["pair"], minlength=pairs)
    return (records > 0) & (np.bincount(cited["pair"], weights=outside, minlength=pairs) == 0)
