"""What removal curves say of a pair's explanations, in sentences a reader can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64

from slviz.evaluation.faithfulness import CLEAR, Faithfulness, Tested, faithfulness
from slviz.evaluation.rank_agreement import rank_agreement
from slviz.evaluation.removal import RemovalCurves

ATTENTION, PARTNERS = "attention", "partners"
FEWEST_EDGES = 3
"""Edges into the two genes below which no order can be told from another."""
ALIKE = 0.7
"""Rank agreement with random weights from which on an explanation says little of what was learnt."""
NO_EDGES = "Nothing to check: neither gene has a partner in training, so no message reaches this pair."

NO_MESSAGES = "Nothing to check: no message from a partner changes this prediction."


@dataclass(frozen=True)
class PairVerdict:
    """Whether an explanation holds for a pair.

    Attributes:
        order: which explanation, such as "attention".
        measured: its test against random edges; None where there are too few edges.
        sentence: "Attention confirmed: …", "Attention refused: …" or why it cannot be checked.
        remarks: further sentences: what the number of partners alone does, and random weights.
    """

    order: str
    measured: Faithfulness | None
    sentence: str
    remarks: tuple[str, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether the explanation held."""
        return self.measured is not None and self.measured.faithful


def pair_verdict(
    curves: RemovalCurves,
    values: Mapping[str, Float[np.ndarray, " edges"]],
    randomised: Mapping[str, Float[np.ndarray, " edges"]],
    *,
    target: Int64[np.ndarray, " edges"],
    tested: Tested,
    order: str = ATTENTION,
    title: str = "Attention",
) -> PairVerdict:
    """The verdict on one explanation of a pair.

    Args:
        curves: of all explanations of the pair.
        values: what they say of each edge.
        randomised: the same with random weights.
        target: the gene that each edge leads into.
        tested: unit and words of the prediction.
        order: the explanation that is checked, one of `curves.orders`.
        title: its name at the beginning of the sentence.
    """
    if len(target) < FEWEST_EDGES:
        few = NO_EDGES if not len(target) else f"Nothing to check: the two genes hear {_partners(len(target))} in all."
        return PairVerdict(order, None, few)
    if curves.whole == curves.bare and not curves.random_change.any():
        return PairVerdict(order, None, NO_MESSAGES)
    change = curves.change[order]
    measured = faithfulness(np.array([change]), curves.random_change[None], tested=tested)
    moves = tested.told("fall" if curves.sign > 0 else "rise")
    by = {name: _rounded(getattr(measured, name)) for name in ("top", "random", "low", "high")}
    numbers = (
        f"without the edges that it puts first {moves} by {by['top']} (mean over 10 % to 75 % of the edges), without "
        f"as many random ones by {by['random']} ({by['low']} to {by['high']})"
    )
    said = "confirmed" if measured.faithful else "refused"
    remarks = [_of_flat(values[order], target, title), _of_partners(curves, order, measured)]
    remarks.append(_of_random_weights(values, randomised, order, target=target))
    return PairVerdict(order, measured, f"{title} {said}: {numbers}.", tuple(filter(None, remarks)))


def _rounded(value: float) -> str:
    """Two decimals; what rounds to nothing has no sign."""
    return f"{round(value, 2) + 0.0:.2f}"


def _partners(count: int) -> str:
    return "one partner" if count == 1 else f"{count} partners"


def _of_flat(value: np.ndarray, target: np.ndarray, title: str) -> str:
    spread = max(np.ptp(value[target == gene]) for gene in np.unique(target))
    return "" if spread > 0 else f"{title} gives all partners of a gene the same weight, so it cannot rank them."


def _of_partners(curves: RemovalCurves, order: str, measured: Faithfulness) -> str:
    """A remark where ordering neighbours by their own number of partners does as well."""
    if not measured.faithful or order == PARTNERS or PARTNERS not in curves.orders:
        return ""
    by_partners = curves.change[PARTNERS]
    as_well = by_partners >= curves.change[order] and (curves.random_change < by_partners).mean() >= CLEAR
    return f"Taking hubs away first does as much ({by_partners:.2f}): popularity may be all it sees." if as_well else ""


def _of_random_weights(
    values: Mapping[str, np.ndarray], randomised: Mapping[str, np.ndarray], order: str, *, target: np.ndarray
) -> str:
    """A remark where random weights give nearly the same order."""
    if order not in randomised:
        return ""
    agreement = rank_agreement(values[order], randomised[order], target=target).spearman
    if not agreement >= ALIKE:
        return ""
    return (
        f"A network with random weights orders the partners alike (ρ {agreement:.2f}): what is shown here was hardly "
        "learnt."
    )
