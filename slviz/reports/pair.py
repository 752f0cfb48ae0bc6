"""The report of a pair: its place in the lists of both genes, what its score is made of, and how reliable it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from slviz.export.provenance import provenance
from slviz.figures.views import share_bars
from slviz.ranking import Ranker, reliability_of_pair
from slviz.ranking.reasons import with_reasons
from slviz.reports.document import Document
from slviz.reports.wording import NUMBERS, popularity_sentence, question_sentence, readable
from slviz.scorers import ExplainedScorer, PairScorer


def pair_report(ranker: Ranker, gene: int, partner: int, *, siblings: Mapping[str, PairScorer] | None = None) -> bytes:
    """The page of a pair, UTF-8."""
    ranker.check_pair(gene, partner)
    graph = ranker.graph
    one, other = graph.genes[gene], graph.genes[partner]
    rows = [_row(ranker, *ends) for ends in ((gene, partner), (partner, gene))]
    reliability = reliability_of_pair(ranker, gene, partner, row=rows[0].iloc[0].to_dict(), siblings=siblings)
    page = Document(f"{one} and {other}", provenance=provenance(ranker.run, graph), synthetic=graph.synthetic)
    page.sentence(reliability.sentence, lead=True)
    page.sentence(question_sentence(ranker))
    page.heading("Its place in both lists")
    shown = pd.concat([readable(ranker, row) for row in rows], ignore_index=True)
    shown.insert(0, "Gene", [one, other])
    page.table(shown, numbers=NUMBERS)
    page.sentence(popularity_sentence(ranker))
    page.heading("What it rests on")
    page.facts(reliability.facts)
    _parts_of_score(page, ranker, np.array([[gene, partner]]))
    return page.to_bytes()


def _row(ranker: Ranker, gene: int, partner: int) -> pd.DataFrame:
    """The one row of a partner in the list of a gene."""
    table = ranker.partners(gene, baselines=False, reasons=False)
    return with_reasons(table.loc[table["number"] == partner])


def _parts_of_score(page: Document, ranker: Ranker, pair: np.ndarray) -> None:
    """What each side adds to the score, where the run tells its sides apart."""
    if not isinstance(ranker.scorer, ExplainedScorer):
        return
    adds = {side: float(value[0]) for side, value in ranker.scorer.by_view(pair).items()}
    without = [float(ranker.scorer.without(side, pair)[0]) for side in adds]
    shares = pd.DataFrame({"side": list(adds), "adds": list(adds.values()), "without": without})
    page.heading("What the score is made of")
    page.figure(share_bars(shares, unit="log-odds"), what="What each side adds to the score of the pair")
