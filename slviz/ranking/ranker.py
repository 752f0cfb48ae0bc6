"""Ranker: every gene as a partner of one gene, ranked by a run; what is known, the reason and the doubt of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, RunError
from slviz.ranking.flags import flags_of_pairs, rests_on_popularity
from slviz.ranking.hit_rate import HitRate
from slviz.ranking.hub_adjustment import (
    adjusted_ranks,
    lengths,
    places_for_gene,
    places_for_partners,
    surprise,
    training_row,
)
from slviz.ranking.known_pairs import KnownPairs
from slviz.ranking.places import mean_ranks, percentiles, ranks
from slviz.ranking.question import Question, question_of
from slviz.ranking.reasons import with_reasons
from slviz.ranking.relatedness import Relatedness
from slviz.ranking.rivals import Rivals
from slviz.runs import Run
from slviz.runs.artifacts.surveys import Survey
from slviz.scorers import PairScorer, ScreenScorer
from slviz.scorers.pair_scorer import with_every_gene
from slviz.splits import PairSplit

RANK_IN, RANK_BY = "rank_in:", "rank_by:"
"""Before the id of another run, or the name of a baseline, in the columns with its ranks."""


@dataclass(frozen=True, eq=False)
class Ranker:
    """What ranks the partners of genes by one run; made once a run. G genes.

    Attributes:
        graph: the data set.
        run: a finished run that scores pairs.
        scorer: `run.scorer(graph)`.
        survey: of all pairs of the run, which hub adjustment reads; None where it was not made yet.
        split: of the run, from which the share of hits by score is read; None where it is not needed.
    """

    graph: GeneGraph
    run: Run
    scorer: PairScorer
    survey: Survey | None = None
    split: PairSplit | None = None

    @classmethod
    def of(
        cls,
        graph: GeneGraph,
        run: Run,
        *,
        scorer: PairScorer | None = None,
        survey: Survey | None = None,
        split: PairSplit | None = None,
    ) -> Ranker:
        """The ranker of a run; raises `RunError` for one that scores no pairs."""
        refuse_without_scores(run)
        return cls(graph, run, scorer or run.scorer(graph), survey, split)

    @property
    def question(self) -> Question:
        return question_of(self.run.spec)

    @cached_property
    def known(self) -> KnownPairs:
        return KnownPairs.of(self.graph, self.run)

    @cached_property
    def related(self) -> Relatedness:
        return Relatedness(self.graph, self.known)

    @cached_property
    def rivals(self) -> Rivals:
        return Rivals(self.run, self.related)

    @cached_property
    def hit_rate(self) -> HitRate | None:
        """Share of hits by score, from held-out screens; None where the run was never evaluated on any."""
        return None if self.split is None else HitRate.of(self.run, self.split)

    @property
    def bounded(self) -> bool:
        """Whether scores lie between 0 and 1 by what they are; a confidence lies on the scale of its data set."""
        return bool(self.run.spec.task.negative_kinds)

    @property
    def training_degree(self) -> Int64[np.ndarray, " genes"]:
        """Training partners of each gene."""
        return self.known.training.degree

    def partners(
        self,
        gene: int,
        *,
        others: Mapping[str, PairScorer] | None = None,
        baselines: bool = True,
        reasons: bool = True,
    ) -> pd.DataFrame:
        """Every other gene as a partner of `gene`, the best first; level ones in the order of their numbers.

        `reasons=False` leaves out the column `reason`, a line a gene, which `with_reasons` adds to the rows of use.

        The columns, one row a partner, N of them:

        - number, gene, name: of the partner; name is "" where unknown.
        - rank: 1 for the best over all other genes, level ones sharing the smallest; percentile: 100 (N − mean
          rank + ½) / N, above 0 and below 100.
        - score: as the run gives it. answer: the conformal one of a run about experiments, "" elsewhere.
          hit_probability: share of hits among tested pairs of held-out screens with such a score, NaN without any.
        - status: one of `STATUSES`; evidence: kinds of evidence of a known pair.
        - surprise, hub_adjusted_rank: how far the score stands above what the partner has with any gene, see
          `slviz.ranking.hub_adjustment`; rank_for_gene, rank_for_partner: the place of the partner in the gene's list
          and of the gene in the partner's, among the genes that were not learnt from. NaN without a survey.
        - partner_degree: training partners of the partner. shared_partners, interacts, shared_interactors,
          paralog_identity, same_family, shared_terms, rarest_term, same_pathway, partners_in_set, set_of_partners,
          partners_touched, earlier_hits, earlier_tests: see `Relatedness`; reason: of these the strongest in a line.
        - one column of yes and no for each of `FLAGS`; popularity is missing where there is no survey.
        - rank_in:RUN for each of `others`, by their id; rank_by:BASELINE for the best baselines.
        """
        self._refuse_foreign(gene)
        scores = self.scorer.score_with(gene)
        partner = np.delete(np.arange(len(self.graph)), gene)
        table = self._scored(gene, partner, scores)
        table |= self._adjusted(gene, partner, scores)
        table |= self._told(gene, partner)
        pairs = np.stack([np.full_like(partner, gene), partner], axis=1)
        popularity = self._popularity(gene, partner, table)
        table |= flags_of_pairs(self.related, pairs, popularity=popularity, either=False)
        for run_id, scorer in (others or {}).items():
            table[f"{RANK_IN}{run_id}"] = ranks(scorer.score_with(gene)[partner])
        if baselines:
            table |= {f"{RANK_BY}{name}": place[partner] for name, place in self.rivals.ranks(gene).items()}
        ordered = pd.DataFrame(table).sort_values(["rank", "number"], kind="stable", ignore_index=True)
        return with_reasons(ordered) if reasons else ordered

    def check_pair(self, gene: int, partner: int) -> None:
        """Raises `InvalidSetting` for what are no two different genes of the data set."""
        self._refuse_foreign(gene)
        self._refuse_foreign(partner)
        if gene == partner:
            raise InvalidSetting(f"{self.graph.genes[gene]} is paired with itself. Take two different genes.")

    def pair(self, gene: int, partner: int, *, others: Mapping[str, PairScorer] | None = None) -> dict[str, Any]:
        """The row of `partners(gene)` for one partner, by column."""
        self.check_pair(gene, partner)
        table = self.partners(gene, others=others, reasons=False)
        row = with_reasons(table.loc[table["number"] == partner])
        return {str(key): value for key, value in row.iloc[0].items()}

    def places(
        self, gene: int, scores: Float32[np.ndarray, " genes"]
    ) -> tuple[Float64[np.ndarray, " genes"], Float64[np.ndarray, " genes"]]:
        """The place of every gene in the list of `gene`, and of `gene` in theirs (NaN without a survey)."""
        learnt = training_row(self.known.training.adjacency, gene)
        for_gene = places_for_gene(scores, gene=gene, learnt=learnt)
        everyone = np.arange(len(self.graph))
        if self.survey is None:
            return for_gene, np.full(len(self.graph), np.nan)
        return for_gene, places_for_partners(self.survey, everyone, scores)

    def answers(self, gene: int) -> np.ndarray:
        """What a run about experiments answers of the pair with each gene, text [G]; "" of another run."""
        if not isinstance(self.scorer, ScreenScorer):
            return np.full(len(self.graph), "", dtype=object)
        return self.scorer.answers(with_every_gene(gene, len(self.graph)))

    def _scored(self, gene: int, partner: np.ndarray, scores: np.ndarray) -> dict[str, np.ndarray]:
        """Who the partners are, their scores and what the pairs are to the run."""
        info = self.graph.gene_info
        names = np.full(len(self.graph), "", dtype=object) if info is None else info["name"].to_numpy(dtype=object)
        of_partners = scores[partner]
        return {
            "number": partner,
            "gene": np.asarray(self.graph.genes, dtype=object)[partner],
            "name": names[partner],
            "rank": ranks(of_partners),
            "percentile": percentiles(mean_ranks(of_partners), len(partner)),
            "score": of_partners.astype(np.float64),
            "answer": self.answers(gene)[partner],
            "hit_probability": np.full(len(partner), np.nan)
            if self.hit_rate is None
            else self.hit_rate.at(of_partners),
            "status": self.known.of_gene(gene)[partner],
            "evidence": self._evidence(gene)[partner],
        }

    def _adjusted(self, gene: int, partner: np.ndarray, scores: np.ndarray) -> dict[str, np.ndarray]:
        """The ranks with hubs adjusted for."""
        for_gene, for_partner = (place[partner] for place in self.places(gene, scores))
        nothing = np.full(len(partner), np.nan)
        surprises = nothing if self.survey is None else surprise(self.survey, partner, scores[partner])
        return {
            "surprise": surprises,
            "hub_adjusted_rank": nothing if self.survey is None else adjusted_ranks(surprises).astype(np.float64),
            "rank_for_gene": for_gene,
            "rank_for_partner": for_partner,
        }

    def _told(self, gene: int, partner: np.ndarray) -> dict[str, np.ndarray]:
        """What the data set says of the pairs."""
        related = self.related
        shared_terms, rarest_term = related.shared_terms(gene)
        partners_in_set, set_of_partners = related.sets_of_partners(gene)
        hits, others = self._earlier(gene)
        return {
            "partner_degree": self.training_degree[partner],
            "shared_partners": related.shared_partners(gene)[partner],
            "interacts": related.interacts(gene)[partner],
            "shared_interactors": related.shared_interactors(gene)[partner],
            "paralog_identity": related.paralog_identity(gene)[partner],
            "same_family": related.same_family(gene)[partner],
            "shared_terms": shared_terms[partner],
            "rarest_term": rarest_term[partner],
            "same_pathway": related.same_pathway(gene)[partner],
            "partners_in_set": partners_in_set[partner],
            "set_of_partners": set_of_partners[partner],
            "partners_touched": related.partners_touched(gene)[partner],
            "earlier_hits": hits[partner],
            "earlier_tests": (hits + others)[partner],
        }

    def _popularity(
        self, gene: int, partner: np.ndarray, table: dict[str, np.ndarray]
    ) -> Bool[np.ndarray, " partners"] | None:
        """Which partners rest on their popularity; None without a survey."""
        if self.survey is None:
            return None
        length = lengths(self.survey)
        return rests_on_popularity(
            table["rank_for_gene"],
            table["rank_for_partner"],
            length_for_gene=int(length[gene]),
            length_for_partner=length[partner],
        )

    def _earlier(self, gene: int) -> tuple[np.ndarray, np.ndarray]:
        """In how many screens of the data set each pair was a hit, and tested and none, [G] each."""
        hits, others = np.zeros(len(self.graph), dtype=np.int64), np.zeros(len(self.graph), dtype=np.int64)
        tested = self._tests_by_screen
        rows = np.flatnonzero((tested["pairs"] == gene).any(axis=1))
        partner = tested["pairs"][rows].sum(axis=1) - gene
        np.add.at(hits, partner[tested["hit"][rows]], 1)
        np.add.at(others, partner[~tested["hit"][rows]], 1)
        return hits, others

    @cached_property
    def _tests_by_screen(self) -> dict[str, np.ndarray]:
        """Every pair once for each screen that tested it."""
        screens = self.graph.screens
        if screens is None or not len(screens):
            return {"pairs": np.empty((0, 2), dtype=np.int64), "hit": np.empty(0, dtype=bool)}
        tested = [screens.tested(name) for name in screens.names]
        return {
            "pairs": np.concatenate([of_screen.pairs for of_screen in tested]),
            "hit": np.concatenate([of_screen.hit for of_screen in tested]),
        }

    def _evidence(self, gene: int) -> np.ndarray:
        """Kinds of evidence of the pair with each gene, text [G]."""
        kinds = np.full(len(self.graph), "", dtype=object)
        row = self.graph.adjacency[[gene]].tocoo()
        kinds[row.coords[1]] = self.graph.pair_evidence[row.data - 1]
        return kinds

    def _refuse_foreign(self, gene: int) -> None:
        if not 0 <= gene < len(self.graph):
            raise InvalidSetting(f"Gene number {gene} is none of the {len(self.graph):,} of '{self.graph.name}'.")


def refuse_without_scores(run: Run) -> None:
    """Raises `RunError` for a run that scores no pairs."""
    if not run.decoder:
        raise RunError(
            f"Run {run.run_id} is of the task '{run.spec.task.name}', which scores no pairs, so it ranks no partners. "
            "Take a run of the task 'link', 'screen' or 'confidence'."
        )
