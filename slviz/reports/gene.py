"""The report of a gene: how reliable it is, its known partners, and the ranked ones with reason and doubt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from slviz.datasets.evidence_kinds import all_in_words
from slviz.export.provenance import provenance
from slviz.figures.ranked import rank_comparison
from slviz.ranking import LISTED, Ranker, reliability_of_gene
from slviz.reports.document import Document
from slviz.reports.wording import NUMBERS, popularity_sentence, question_sentence, readable
from slviz.scorers import PairScorer

MOST = 30
OF_A_CARD = {
    "name": "Name",
    "aliases": "Aliases",
    "cytoband": "Band",
    "chromosome": "Chromosome",
    "ensembl_id": "Ensembl",
    "entrez_id": "Entrez",
    "uniprot_id": "UniProt",
}


def gene_report(ranker: Ranker, gene: int, *, siblings: Mapping[str, PairScorer] | None = None) -> bytes:
    """The page of a gene, UTF-8.

    Where the run should not be believed at all (`Reliability.abstains`) it says why, and lists no partner.
    """
    graph = ranker.graph
    symbol = graph.genes[gene]
    page = Document(
        f"{symbol}: partners to test next", provenance=provenance(ranker.run, graph), synthetic=graph.synthetic
    )
    reliability = reliability_of_gene(ranker, gene, siblings=siblings)
    page.sentence(reliability.sentence, lead=True)
    page.sentence(question_sentence(ranker))
    page.heading("The gene")
    page.facts(_card(ranker, gene))
    page.heading("What the list rests on")
    page.facts(reliability.facts)
    table = ranker.partners(gene, baselines=False)
    if not reliability.abstains:
        _ranked(page, ranker, table)
    _known(page, ranker, table)
    return page.to_bytes()


def _card(ranker: Ranker, gene: int) -> list[tuple[str, str]]:
    info = ranker.graph.gene_info
    card = {} if info is None else {key: str(value) for key, value in info.iloc[gene].items()}
    return [("Symbol", ranker.graph.genes[gene])] + [
        (title, card[key].replace("|", ", ")) for key, title in OF_A_CARD.items() if card.get(key)
    ]


def _ranked(page: Document, ranker: Ranker, table: pd.DataFrame) -> None:
    free = table.loc[~table["status"].isin(LISTED)]
    page.heading("Ranked partners that nobody lists")
    page.sentence(
        f"The first {min(MOST, len(free)):,} of {len(free):,}; ranks are over all {len(table):,} other genes. "
        "“Adjusted for hubs” orders partners by how far the score stands above what they have with any gene."
    )
    page.sentence(popularity_sentence(ranker))
    page.table(readable(ranker, pd.DataFrame(free.head(MOST))), numbers=NUMBERS)
    if np.isfinite(table["hub_adjusted_rank"].to_numpy()).all():
        page.figure(rank_comparison(table), what="Partners by their rank and by their rank adjusted for hubs")


def _known(page: Document, ranker: Ranker, table: pd.DataFrame) -> None:
    known = table.loc[table["status"].isin(LISTED)]
    page.heading("Known partners")
    if not len(known):
        page.sentence("The data set lists none.")
        return
    page.sentence(f"The first {min(MOST, len(known)):,} of {len(known):,} by score.")
    shown = readable(ranker, pd.DataFrame(known.head(MOST))).assign(Evidence=all_in_words(known["evidence"].head(MOST)))
    page.table(pd.DataFrame(shown[["Rank", "Partner", "Score", "Status", "Evidence", "Why"]]), numbers=NUMBERS)
