"""Plan: which of the ticked pairs to test with so much money, and what to run beside them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slviz.errors import InvalidSetting
from slviz.ranking.controls import PossibleControls, controls_of
from slviz.ranking.counts import some
from slviz.ranking.flags import flag_labels
from slviz.ranking.hit_rate import HitRate
from slviz.ranking.ranker import Ranker
from slviz.ranking.reasons import with_reasons

MOST_PAIRS = 2_000
"""Pairs that a plan chooses among at most; each gene that is asked about has to be ranked."""
INTERVAL = (0.025, 0.975)
PENALTY = (
    "The second pair with the same partner, or with a partner of the same family, counts half, the third a third, and "
    "so on."
)
"""How a plan is spread, for a person."""
COUNTS = (
    "What a pair adds to the plan: the share of hits among pairs that score like it (its percentile over 100 where no "
    f"held-out screen tells that share), times what is left of it. {PENALTY} The pair that counts most is taken next."
)
"""What the column `counts` of a plan is, for a person."""
PLAN_COLUMNS = ("gene_a", "gene_b", "order", "rank", "hub_adjusted_rank", "status", "hit_probability", "counts",
                "reason", "family", "flags")  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A pair that somebody ticked: a gene and one of its partners, by number."""

    gene: int
    partner: int


@dataclass(frozen=True, eq=False)
class Plan:
    """Pairs to test, in the order in which they were taken, and what to run beside them.

    Attributes:
        table: one row a pair, columns `PLAN_COLUMNS`: gene_a (the gene that was asked about), gene_b (its partner),
            order from 1, rank and hub_adjusted_rank in the gene's list, status, hit_probability (NaN where no
            held-out screen says it), counts (what the pair added when it was taken, its own worth times what
            `PENALTY` leaves of it), reason, family (which of the plan's partners count as one family, "" alone) and
            flags (what to know before believing the pair, see `flag_labels`).
        controls: one row a control pair, columns kind ("positive" or "negative"), gene_a, gene_b and reason.
        ticked: how many different pairs were ticked.
        budget: how many pairs can be afforded.
        sentence: what was planned, for a person.
        expected: mean, lowest and highest number of hits (95 %); None where no held-out screen says it.
        expected_sentence: the same for a person, or why it cannot be said.
    """

    table: pd.DataFrame
    controls: pd.DataFrame
    ticked: int
    budget: int
    sentence: str
    expected: tuple[float, float, float] | None
    expected_sentence: str


def propose_plan(
    ranker: Ranker,
    candidates: Sequence[Candidate],
    *,
    budget: int,
    seed: int = 0,
    partners: Callable[[int], pd.DataFrame] | None = None,
) -> Plan:
    """The pairs among the ticked ones to test, `budget` at most, by greedy choice.

    A pair is worth its share of hits among tested pairs with such a score, or, where no held-out screen says it, the
    share of other genes that stand below it in its gene's list. Chosen is what maximises

        F(S) = ½ Σ over partners Σ_k w_(k) / k  +  ½ Σ over families Σ_k w_(k) / k

    where w_(1) ≥ w_(2) ≥ … are the worths of the chosen pairs with one partner, or with partners of one family
    (paralogs and genes of a family). F is monotone and submodular: each inner sum is a sum of top-k sums with weights
    that are not negative. So the greedy choice reaches 1 − 1/e of the best possible (Nemhauser, Wolsey & Fisher 1978).

    Args:
        ranker: of the run that ranked them; its split gives the share of hits.
        candidates: ticked pairs; the same one twice counts once.
        budget: how many pairs can be afforded, 0 or more.
        seed: of the interval of the expected hits.
        partners: gives `ranker.partners(gene)` where that is kept; asked once a gene.

    Raises `InvalidSetting` for a budget below 0, a gene that is paired with itself and more than `MOST_PAIRS` pairs.
    """
    _refuse(ranker, candidates, budget=budget)
    pairs = _once(candidates)
    rows, possible = _read(pairs, ranker, partners or _bare_partners(ranker))
    families = _families(ranker, [pair.partner for pair in pairs])
    worth = [_worth(ranker, row) for row in rows]
    taken, gains = _greedy(worth, [pair.partner for pair in pairs], families, budget=budget)
    table = _table(
        ranker, [pairs[at] for at in taken], [rows[at] for at in taken], [families[at] for at in taken], gains
    )
    expected = _expected(ranker.hit_rate, [rows[at]["score"] for at in taken], seed=seed)
    return Plan(
        table=table,
        controls=controls_of(ranker, [(pairs[at].gene, pairs[at].partner) for at in taken], possible=possible),
        ticked=len(pairs),
        budget=budget,
        sentence=_sentence(len(pairs), len(taken), budget),
        expected=expected,
        expected_sentence=_expected_sentence(ranker, expected, len(taken)),
    )


def _refuse(ranker: Ranker, candidates: Sequence[Candidate], *, budget: int) -> None:
    if budget < 0:
        raise InvalidSetting(f"A budget of {budget:,} pairs is less than none. Give 0 or more.")
    if len(candidates) > MOST_PAIRS:
        raise InvalidSetting(
            f"{len(candidates):,} pairs are more than a plan chooses among ({MOST_PAIRS:,} at most). Keep those that "
            "rank best."
        )
    for pair in candidates:
        if pair.gene == pair.partner:
            raise InvalidSetting(f"{ranker.graph.genes[pair.gene]} is paired with itself. Take two different genes.")


def _once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each pair once, whichever gene of it was asked about, in the order in which they were ticked."""
    first = {frozenset((pair.gene, pair.partner)): pair for pair in reversed(candidates)}
    return [pair for pair in dict.fromkeys(candidates) if first[frozenset((pair.gene, pair.partner))] == pair]


def _bare_partners(ranker: Ranker) -> Callable[[int], pd.DataFrame]:
    return lambda gene: ranker.partners(gene, baselines=False, reasons=False)


def _read(
    pairs: Sequence[Candidate], ranker: Ranker, partners: Callable[[int], pd.DataFrame]
) -> tuple[list[dict], dict[int, PossibleControls]]:
    """What the ranked partners of its gene say of each pair, and the possible controls of each gene.

    Of one gene's partners at a time no more is kept than that.
    """
    row_of: dict[Candidate, dict] = {}
    possible = {}
    for gene in dict.fromkeys(pair.gene for pair in pairs):
        table = partners(gene)
        wanted = [pair.partner for pair in pairs if pair.gene == gene]
        rows = table.loc[table["number"].isin(wanted)]
        rows = rows if "reason" in rows else with_reasons(rows)
        rows = rows.assign(flags=flag_labels(rows))
        row_of |= {Candidate(gene, row["number"]): row for row in rows.to_dict("records")}
        possible[gene] = PossibleControls.of(ranker, gene, table, most_planned=len(wanted))
    return [row_of[pair] for pair in pairs], possible


def _worth(ranker: Ranker, row: dict) -> float:
    return float(row["hit_probability"] if ranker.hit_rate is not None else row["percentile"] / 100)


def _families(ranker: Ranker, partners: Sequence[int]) -> list[Hashable]:
    """For each partner what names its family: the smallest gene number of those that relations join to it."""
    group = {partner: partner for partner in partners}

    def root(gene: int) -> int:
        while group[gene] != gene:
            gene = group[gene]
        return gene

    for partner in group:
        related = np.flatnonzero(ranker.related.same_family(partner))
        for relative in related.tolist():
            if relative in group:
                one, other = sorted((root(partner), root(relative)))
                group[other] = one
    return [root(partner) for partner in partners]


def _greedy(
    worth: Sequence[float], partners: Sequence[Hashable], families: Sequence[Hashable], *, budget: int
) -> tuple[list[int], list[float]]:
    """Which pairs to take, in order, and what each adds; ties by the order in which they were ticked.

    What a pair adds only falls as others are taken, so a pair whose gain is still the highest when it is computed
    anew is the best one (lazy evaluation, Minoux 1978).
    """
    chosen: dict[tuple[str, Hashable], list[float]] = {}

    def gain(at: int) -> float:
        groups = (chosen.get(("partner", partners[at]), []), chosen.get(("family", families[at]), []))
        return sum(harmonic([*group, worth[at]]) - harmonic(group) for group in groups) / 2

    heap = [(-gain(at), at) for at in range(len(worth))]
    heapq.heapify(heap)
    taken, gains = [], []
    while heap and len(taken) < budget:
        _, at = heapq.heappop(heap)
        now = gain(at)
        if heap and (-now, at) > heap[0]:
            heapq.heappush(heap, (-now, at))
            continue
        taken.append(at)
        gains.append(now)
        chosen.setdefault(("partner", partners[at]), []).append(worth[at])
        chosen.setdefault(("family", families[at]), []).append(worth[at])
    return taken, gains


def harmonic(worths: Sequence[float]) -> float:
    """Σ_k w_(k) / k over the worths from the highest down."""
    return sum(value / place for place, value in enumerate(sorted(worths, reverse=True), start=1))


def _table(
    ranker: Ranker, pairs: list[Candidate], rows: list[dict], families: list[Hashable], gains: list[float]
) -> pd.DataFrame:
    names = ranker.graph.genes
    table = pd.DataFrame(
        {
            "gene_a": [names[pair.gene] for pair in pairs],
            "gene_b": [names[pair.partner] for pair in pairs],
            "order": np.arange(1, len(pairs) + 1),
            **{key: [row[key] for row in rows] for key in ("rank", "hub_adjusted_rank", "status", "hit_probability")},
            "counts": gains,
            "reason": [row["reason"] for row in rows],
            "family": _named_families(ranker, pairs, families),
            "flags": [row["flags"] for row in rows],
        }
    )
    return table.loc[:, list(PLAN_COLUMNS)]


def _named_families(ranker: Ranker, pairs: list[Candidate], families: list[Hashable]) -> list[str]:
    """The partners of the plan in each pair's family, where there are several."""
    members: dict[Hashable, list[str]] = {}
    for pair, family in zip(pairs, families, strict=True):
        names = members.setdefault(family, [])
        if ranker.graph.genes[pair.partner] not in names:
            names.append(ranker.graph.genes[pair.partner])
    return [", ".join(members[family]) if len(members[family]) > 1 else "" for family in families]


def _expected(hit_rate: HitRate | None, scores: Sequence[float], *, seed: int) -> tuple[float, float, float] | None:
    """Mean number of hits and the interval in which 95 % of plans like this would lie.

    Screens are drawn anew, and from the shares of hits that they give, hits.
    """
    if hit_rate is None or not scores:
        return None
    score = np.asarray(scores, dtype=np.float64)
    random = np.random.default_rng(seed + 1)
    hits = [int((random.uniform(size=len(score)) < rates).sum()) for rates in hit_rate.draws(score, seed=seed)]
    low, high = np.quantile(hits, INTERVAL)
    return float(hit_rate.at(score).sum()), float(low), float(high)


def _sentence(ticked: int, taken: int, budget: int) -> str:
    if not ticked:
        return "No pair is ticked, so there is nothing to plan. Tick partners of one gene or of several."
    if not budget:
        return f"A budget of 0 pairs buys no test; {some(ticked, 'pair')} would be at hand."
    if budget >= ticked:
        spare = f", and {some(budget - ticked, 'test')} would be left over" if budget > ticked else ""
        if ticked == 1:
            return f"The ticked pair can be tested{spare}."
        return f"All {some(ticked, 'ticked pair')} can be tested{spare}. The order says which to begin with. {PENALTY}"
    return f"{some(taken, 'pair')} of {ticked:,} ticked ones. {PENALTY}"


def _expected_sentence(ranker: Ranker, expected: tuple[float, float, float] | None, taken: int) -> str:
    if not taken:
        return "No hit is to be expected where nothing is tested."
    if expected is None:
        return (
            "How many hits to expect cannot be said: this run was never evaluated on held-out screens. "
            "A run with the split 'screen' can say it."
        )
    mean, low, high = expected
    screens = ranker.hit_rate.screens if ranker.hit_rate is not None else 0
    return (
        f"About {mean:.1f} hits are to be expected, {low:.0f} to {high:.0f} in 95 of 100 such plans, as far as your "
        f"screen is like the {some(screens, 'held-out screen')} that this is read from."
    )
