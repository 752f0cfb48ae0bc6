"""Control pairs to run beside a plan: one that is known to be lethal together, one that is not, for every gene."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slviz.ranking.known_pairs import UNREPORTED
from slviz.ranking.ranker import Ranker

CONTROL_COLUMNS = ("kind", "gene_a", "gene_b", "reason")
POSITIVE, NEGATIVE = "positive", "negative"


def controls_of(ranker: Ranker, pairs: Sequence[tuple[int, int]]) -> pd.DataFrame:
    """For every gene that is asked about a positive and a negative control, columns `CONTROL_COLUMNS`.

    Positive is the pair that most screens found to be a hit, else the known pair of highest confidence. Negative is
    the pair that most screens tested without a hit; else an unreported one from the lower half of the gene's list
    whose genes share nothing and whose partner is as well known as those of the plan. A gene of which there is no
    such pair has none.
    """
    rows = []
    for gene in dict.fromkeys(gene for gene, _ in pairs):
        planned = [partner for pair, partner in pairs if pair == gene]
        table = ranker.partners(gene, baselines=False)
        table = table.loc[~table["number"].isin(planned)]
        for kind, (partner, reason) in (
            (POSITIVE, _positive(ranker, gene, table)),
            (NEGATIVE, _negative(ranker, table, planned)),
        ):
            if partner is not None:
                rows.append((kind, ranker.graph.genes[gene], ranker.graph.genes[partner], reason))
    return pd.DataFrame(rows, columns=list(CONTROL_COLUMNS))


def _positive(ranker: Ranker, gene: int, table: pd.DataFrame) -> tuple[int | None, str]:
    hits = table.loc[table["earlier_hits"] > 0]
    if len(hits):
        best = hits.sort_values(["earlier_hits", "earlier_tests", "number"], ascending=[False, True, True]).iloc[0]
        return int(best["number"]), f"a hit in {_screens(best['earlier_hits'])}"
    row = ranker.graph.adjacency[[gene]].tocoo()
    score = dict(zip(row.coords[1].tolist(), ranker.graph.score[row.data - 1].tolist(), strict=True))
    known = table.loc[table["number"].isin(score)]
    if not len(known):
        return None, ""
    known = known.assign(confidence=known["number"].map(score))
    best = known.sort_values(["confidence", "number"], ascending=[False, True]).iloc[0]
    evidence = f", by {best['evidence']}" if best["evidence"] else ""
    return int(best["number"]), f"the known pair with the highest confidence ({best['confidence']:.2f}{evidence})"


def _negative(ranker: Ranker, table: pd.DataFrame, planned: Sequence[int]) -> tuple[int | None, str]:
    tested = table.loc[(table["earlier_tests"] > 0) & (table["earlier_hits"] == 0)]
    if len(tested):
        best = tested.sort_values(["earlier_tests", "number"], ascending=[False, True]).iloc[0]
        return int(best["number"]), f"tested in {_screens(best['earlier_tests'])}, never a hit"
    free = table.loc[
        (table["status"] == UNREPORTED)
        & (table["percentile"] < 50)
        & ~table["interacts"]
        & ~table["same_family"]
        & (table["shared_terms"] == 0)
    ]
    if not len(free):
        return None, ""
    wanted = float(np.median(ranker.training_degree[list(planned)]))
    apart = (np.log1p(free["partner_degree"]) - np.log1p(wanted)).abs()
    best = free.assign(apart=apart).sort_values(["apart", "percentile", "number"]).iloc[0]
    return int(best["number"]), (
        "nobody lists it, the run ranks it in the lower half, the genes share nothing, and the partner is as well "
        f"known as those of the plan ({_partners(best['partner_degree'])})"
    )


def _screens(count: int) -> str:
    return f"{count} screen{'' if count == 1 else 's'}"


def _partners(count: int) -> str:
    return f"{count:,} training partner{'' if count == 1 else 's'}"
