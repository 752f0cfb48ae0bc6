"""Reliability: when to believe what a run says of a gene or of a pair, and when to say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from slviz.ranking.counts import some
from slviz.ranking.flags import UNKNOWN_YET, is_set
from slviz.ranking.known_pairs import UNREPORTED
from slviz.ranking.places import mean_ranks, percentile_text, percentiles
from slviz.ranking.ranker import Ranker
from slviz.runs.spec import RunSpec
from slviz.runs.summary import RunSummary
from slviz.scorers import PairScorer, ScreenScorer
from slviz.scorers.conformal import OUTSIDE
from slviz.text import percent

Level = Literal["abstain", "weak", "fair", "good"]
FLOOR = 1
"""Training partners below which a run about databases has nothing to rank a gene's partners by but hubs."""
FEW = 3
"""Training partners below which a list is weak."""
MANY = 10
"""Training partners from which it may be good."""
FIRST = 10
"""Partners whose place is compared over seeds and folds."""
HALF, THIRD = 1 / 2, 1 / 3
"""Share of the first ten that sibling runs have in common from which a list is good, and below which it is weak."""
ONE_OFF = frozenset({"fold", "split_seed"})
"""Settings of a split in which siblings may differ."""


@dataclass(frozen=True)
class Reliability:
    """Reliability of a list or a pair.

    Attributes:
        level: "abstain" where nothing should be shown, then "weak", "fair" or "good".
        sentence: the verdict for a person, and why.
        facts: what it rests on, each a label and a value as text, in the order of a table.
    """

    level: Level
    sentence: str
    facts: tuple[tuple[str, str], ...]

    @property
    def abstains(self) -> bool:
        return self.level == "abstain"


def sibling_runs(summaries: Sequence[RunSummary], spec: RunSpec) -> list[str]:
    """Ids of the finished runs that differ from `spec` in seed or fold alone, that run itself left out."""
    return [
        summary.run_id
        for summary in summaries
        if summary.state == "finished"
        and summary.spec is not None
        and summary.run_id != spec.run_id
        and _but_for_chance(summary.spec) == _but_for_chance(spec)
    ]


def reliability_of_gene(ranker: Ranker, gene: int, *, siblings: Mapping[str, PairScorer] | None = None) -> Reliability:
    """Reliability of the ranked partners of a gene.

    A run about databases abstains for a gene without a training partner: what it ranks then is how many partners the
    others have. A run about experiments abstains for a gene of which it can answer no pair. `siblings` score by runs
    that differ in seed or fold (`sibling_runs`); without any nothing is said of the spread.
    """
    symbol = ranker.graph.genes[gene]
    partners, agreement = int(ranker.training_degree[gene]), _agreement(ranker, gene, siblings or {})
    facts = (*_facts_of_gene(ranker, gene), *_fact_of_agreement(agreement))
    if ranker.question == "experiment":
        return _of_experiment(ranker, gene, facts, agreement)
    if partners < FLOOR:
        return Reliability(
            "abstain",
            f"{symbol} has no training partner, so everything here rests on hubs: a list would name the genes with "
            "the most partners, as for any other gene. Nothing is listed.",
            facts,
        )
    statement = f"{symbol} has {some(partners, 'training partner')}"
    if partners < FEW:
        return Reliability(
            "weak", f"{statement}: too few to tell its own partners from hubs. Take it as a hint.", facts
        )
    if agreement is not None and agreement < THIRD:
        return Reliability(
            "weak",
            f"{statement}, but runs that differ in seed or fold share {percent(agreement)} of the first ten.",
            facts,
        )
    if partners >= MANY and _is_covered(ranker, gene) and (agreement is None or agreement >= HALF):
        return Reliability("good", f"{statement}, and the data set tells of its interactions or terms.", facts)
    return Reliability("fair", f"{statement}. The first places are leads, not findings.", facts)


def reliability_of_pair(
    ranker: Ranker,
    gene: int,
    partner: int,
    *,
    row: Mapping[str, Any] | None = None,
    siblings: Mapping[str, PairScorer] | None = None,
) -> Reliability:
    """Reliability of the score of a pair: that of the less known gene, and less where it may be remembered.

    Arguments as of `reliability_of_gene`; `row` is that of the pair in `ranker.partners(gene)`, where it is at hand.
    Of siblings the spread of the percentile is told.
    """
    row = ranker.pair(gene, partner) if row is None else row
    of_genes = [reliability_of_gene(ranker, end) for end in (gene, partner)]
    poorer = min(of_genes, key=lambda reliability: LEVELS.index(reliability.level))
    facts = (
        ("Percentile for the gene", percentile_text(row["percentile"])),
        ("Training partners", " and ".join(f"{ranker.training_degree[end]:,}" for end in (gene, partner))),
        ("Near-duplicate of a training pair", "yes" if row["near_duplicate"] else "no"),
        ("Rests on popularity", _yes_or_unknown(row["popularity"])),
        ("Shared partners", f"{row['shared_partners']:,}"),
        *_facts_of_spread(ranker, gene, partner, siblings or {}),
    )
    if row["answer"] == OUTSIDE:
        return Reliability("abstain", "The data set tells nothing of this pair that the run could go by.", facts)
    if poorer.abstains:
        return Reliability("abstain", poorer.sentence.replace(" Nothing is listed.", ""), facts)
    if row["near_duplicate"]:
        return Reliability(
            "weak", "A near-duplicate of this pair was learnt from, so the score may be memory, not insight.", facts
        )
    if is_set(row["popularity"]):
        return Reliability("weak", "The partner stands as high for most genes: the score rests on popularity.", facts)
    return Reliability(poorer.level, poorer.sentence, facts)


LEVELS: tuple[Level, ...] = ("abstain", "weak", "fair", "good")


def _of_experiment(
    ranker: Ranker, gene: int, facts: tuple[tuple[str, str], ...], agreement: float | None
) -> Reliability:
    """The same where experiments are foretold, which needs no training partner."""
    symbol = ranker.graph.genes[gene]
    answered = _answered(ranker, gene)
    facts = (*facts, ("Pairs that the run can answer", f"{answered:,}"))
    if not answered:
        return Reliability(
            "abstain",
            f"The data set tells nothing of {symbol} that the run could go by: no interaction and no relation. "
            "Nothing is listed.",
            facts,
        )
    related = int((ranker.related.same_family(gene)).sum())
    if related and (agreement is None or agreement >= THIRD):
        return Reliability(
            "fair",
            f"Screens tested mostly paralogs, and {symbol} has {some(related, 'paralog')} or genes of its family. "
            "Other pairs are hardly better than chance.",
            facts,
        )
    return Reliability(
        "weak",
        f"{symbol} has no paralog here, and outside paralogs foretelling an experiment is hardly better than chance.",
        facts,
    )


def _answered(ranker: Ranker, gene: int) -> int:
    """Of how many pairs of a gene a run about experiments has an answer."""
    if not isinstance(ranker.scorer, ScreenScorer):
        return len(ranker.graph) - 1
    return int((np.delete(ranker.answers(gene), gene) != OUTSIDE).sum())


def _facts_of_gene(ranker: Ranker, gene: int) -> tuple[tuple[str, str], ...]:
    related, graph = ranker.related, ranker.graph
    interactions, terms = related.knowledge.interactions, graph.terms
    duplicates = related.near_duplicates
    copies = int(duplicates.indptr[gene + 1] - duplicates.indptr[gene])
    return (
        ("Training partners", f"{ranker.training_degree[gene]:,}"),
        ("Near-duplicates of the gene", f"{copies:,}"),
        ("Interactions", "not told" if interactions is None else f"{np.diff(interactions.indptr)[gene]:,}"),
        ("Terms", "not told" if terms is None else f"{int(terms.membership[[gene]].sum()):,}"),
        ("Screens that tested the gene", f"{_screens_of(ranker, gene):,}"),
    )


def _screens_of(ranker: Ranker, gene: int) -> int:
    screens = ranker.graph.screens
    if screens is None:
        return 0
    return len(np.unique(screens.screen[(screens.pairs == gene).any(axis=1)]))


def _is_covered(ranker: Ranker, gene: int) -> bool:
    interactions, terms = ranker.related.knowledge.interactions, ranker.graph.terms
    touches = interactions is not None and interactions.indptr[gene + 1] > interactions.indptr[gene]
    return bool(touches or (terms is not None and terms.membership[[gene]].sum() > 0))


def _agreement(ranker: Ranker, gene: int, siblings: Mapping[str, PairScorer]) -> float | None:
    """Mean share of the first ten unreported partners that siblings have in common with the run; None without any."""
    if not siblings:
        return None
    unreported = ranker.known.of_gene(gene) == UNREPORTED
    unreported[gene] = False
    first = _first(ranker.scorer, gene, unreported)
    shared = [len(first & _first(scorer, gene, unreported)) / max(len(first), 1) for scorer in siblings.values()]
    return float(np.mean(shared))


def _first(scorer: PairScorer, gene: int, among: np.ndarray) -> set[int]:
    scores = np.where(among, scorer.score_with(gene), -np.inf)
    order = np.lexsort((np.arange(len(scores)), -scores))
    return set(order[: min(FIRST, int(among.sum()))].tolist())


def _fact_of_agreement(agreement: float | None) -> tuple[tuple[str, str], ...]:
    return () if agreement is None else (("First ten shared by runs of other seeds or folds", percent(agreement)),)


def _facts_of_spread(
    ranker: Ranker, gene: int, partner: int, siblings: Mapping[str, PairScorer]
) -> tuple[tuple[str, str], ...]:
    """Lowest and highest percentile of a pair over the run and its siblings."""
    if not siblings:
        return ()
    others = np.delete(np.arange(len(ranker.graph)), gene)
    facts = []
    for scorer in (ranker.scorer, *siblings.values()):
        scores = scorer.score_with(gene)[others]
        facts.append(float(percentiles(mean_ranks(scores), len(others))[others == partner][0]))
    return (("Percentile over seeds and folds", f"{percentile_text(min(facts))} to {percentile_text(max(facts))}"),)


def _but_for_chance(spec: RunSpec) -> tuple[object, ...]:
    """All of a spec but its seed, and of its split the fold."""
    split = {key: value for key, value in spec.split.to_json().items() if key not in ONE_OFF}
    parts = (spec.task, spec.network, spec.features, spec.optimiser)
    return (spec.data_fingerprint, str(sorted(split.items())), *(str(part.to_json()) for part in parts))


def _yes_or_unknown(popularity: Any) -> str:
    """In a word; missing is unknown."""
    return UNKNOWN_YET if pd.isna(popularity) else "yes" if popularity else "no"
