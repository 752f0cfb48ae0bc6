"""Control pairs to run beside a plan: one that is known to be lethal together, one that is not, for every gene."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slviz.datasets.evidence_kinds import evidence_words
from slviz.ranking.counts import some
from slviz.ranking.known_pairs import UNREPORTED
from slviz.ranking.ranker import Ranker

CONTROL_COLUMNS = ("kind", "gene_a", "gene_b", "reason")
POSITIVE, NEGATIVE = "positive", "negative"
READ = ("number", "percentile", "evidence", "earlier_hits", "earlier_tests", "partner_degree")
"""Columns of the partners of a gene that a control is chosen by."""


@dataclass(frozen=True, eq=False)
class PossibleControls:
    """Of the ranked partners of a gene those that may be its controls, whichever of them a plan takes.

    Each table has the columns `READ`, the best control first.

    Attributes:
        hits: partners that a screen found to be a hit.
        known: partners that the data set lists, with their `confidence`; those that screens tested in vain last.
        non_hits: partners that the data set does not list and that screens tested without a hit.
        free: unreported ones from the lower half of the list whose genes share nothing; of all that are equally well
            known as many as may be planned, and one more.
    """

    hits: pd.DataFrame
    known: pd.DataFrame
    non_hits: pd.DataFrame
    free: pd.DataFrame

    @classmethod
    def of(cls, ranker: Ranker, gene: int, table: pd.DataFrame, *, most_planned: int) -> PossibleControls:
        """Of `ranker.partners(gene)`, for plans with so many pairs of the gene at most."""
        kept = most_planned + 1
        hits = table.loc[table["earlier_hits"] > 0, list(READ)]
        row = ranker.graph.adjacency[[gene]].tocoo()
        score = dict(zip(row.coords[1].tolist(), ranker.graph.score[row.data - 1].tolist(), strict=True))
        listed = table["number"].isin(score)
        in_vain = (table["earlier_tests"] > 0) & (table["earlier_hits"] == 0)
        known = table.loc[listed, list(READ)].assign(in_vain=in_vain[listed])
        known = known.assign(confidence=known["number"].map(score))
        non_hits = table.loc[in_vain & ~listed, list(READ)]
        free = _sharing_nothing(table).sort_values(["percentile", "number"])
        return cls(
            hits.sort_values(["earlier_hits", "earlier_tests", "number"], ascending=[False, True, True]).head(kept),
            known.sort_values(["in_vain", "confidence", "number"], ascending=[True, False, True]).head(kept),
            non_hits.sort_values(["earlier_tests", "number"], ascending=[False, True]).head(kept),
            free.groupby("partner_degree", sort=False).head(kept),
        )

    def positive(self, planned: Collection[int]) -> tuple[int | None, str]:
        """The pair that most screens found to be a hit, else the known pair of highest confidence, and why.

        Of known pairs those come first that no screen tested in vain.
        """
        hits = _but(self.hits, planned)
        if len(hits):
            return int(hits["number"].iloc[0]), f"a hit in {some(hits['earlier_hits'].iloc[0], 'screen')}"
        known = _but(self.known, planned)
        if not len(known):
            return None, ""
        best = known.iloc[0]
        evidence = f", by {evidence_words(best['evidence'])}" if best["evidence"] else ""
        reason = f"the known pair with the highest confidence ({best['confidence']:.2f}{evidence})"
        if best["in_vain"]:
            reason += f"; no hit in {some(best['earlier_tests'], 'screen')} that tested it"
        return int(best["number"]), reason

    def negative(self, planned: Collection[int], *, training_degree: np.ndarray) -> tuple[int | None, str]:
        """The pair that nobody lists and most screens tested without a hit; else one as well known as those planned.

        `training_degree` is of all genes.
        """
        tested = _but(self.non_hits, planned)
        if len(tested):
            count = some(tested["earlier_tests"].iloc[0], "screen")
            return int(tested["number"].iloc[0]), f"nobody lists it; tested in {count}, never a hit"
        free = _but(self.free, planned)
        if not len(free):
            return None, ""
        wanted = float(np.median(training_degree[list(planned)]))
        apart = (np.log1p(free["partner_degree"]) - np.log1p(wanted)).abs()
        best = free.assign(apart=apart).sort_values(["apart", "percentile", "number"]).iloc[0]
        return int(best["number"]), (
            "nobody lists it, the run ranks it in the lower half, the genes share nothing, and the partner is as well "
            f"known as those of the plan ({some(int(best['partner_degree']), 'training partner')})"
        )


def controls_of(
    ranker: Ranker, pairs: Sequence[tuple[int, int]], *, possible: Mapping[int, PossibleControls]
) -> pd.DataFrame:
    """For every gene of planned pairs a positive and a negative control, columns `CONTROL_COLUMNS`.

    Positive is the pair that most screens found to be a hit, else the known pair of highest confidence, those that
    screens tested in vain last. Negative is the pair that nobody lists and most screens tested without a hit; else
    an unreported one from the lower half of the gene's list whose genes share nothing and whose partner is as well
    known as those of the plan. A gene of which there is no such pair has none.

    Args:
        ranker: of the run that ranked the pairs.
        pairs: the gene that is asked about first, then its partner.
        possible: the possible controls of each of these genes.
    """
    rows = []
    for gene in dict.fromkeys(gene for gene, _ in pairs):
        planned = [partner for pair, partner in pairs if pair == gene]
        of_gene = possible[gene]
        for kind, (partner, reason) in (
            (POSITIVE, of_gene.positive(planned)),
            (NEGATIVE, of_gene.negative(planned, training_degree=ranker.training_degree)),
        ):
            if partner is not None:
                rows.append((kind, ranker.graph.genes[gene], ranker.graph.genes[partner], reason))
    return pd.DataFrame(rows, columns=list(CONTROL_COLUMNS))


def _but(table: pd.DataFrame, planned: Collection[int]) -> pd.DataFrame:
    return table.loc[~table["number"].isin(list(planned))]


def _sharing_nothing(table: pd.DataFrame) -> pd.DataFrame:
    """Unreported partners from the lower half whose genes share nothing."""
    return table.loc[
        (table["status"] == UNREPORTED)
        & (table["percentile"] < 50)
        & ~table["interacts"]
        & ~table["same_family"]
        & (table["shared_terms"] == 0),
        list(READ),
    ]
