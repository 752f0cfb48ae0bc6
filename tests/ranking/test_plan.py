from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from slviz.errors import InvalidSetting
from slviz.ranking import Candidate, HitRate, Ranker, propose_plan
from slviz.ranking.controls import PossibleControls
from slviz.ranking.flags import FLAGS
from slviz.ranking.plan import _greedy, harmonic
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, NO_HIT


def spread(worth: list[float], partners: list[str], families: list[str], chosen: tuple[int, ...]) -> float:
    """F of the docstring, written out."""
    total = 0.0
    for names in (partners, families):
        for name in set(names):
            falling = sorted((worth[at] for at in chosen if names[at] == name), reverse=True)
            total += sum(value / place for place, value in enumerate(falling, start=1)) / 2
    return total


def test_a_plan_by_hand():
    """Three pairs of a hub, worth .9, .8 and .7, and two of others, worth .6 and .5, of one family.

    First .9; the hub's second would add .4, so .6 of the other gene is next; then the last one, of the same family,
    adds ½ .5 + ½ .25 = .375, less than the hub's .4.
    """
    worth = [0.9, 0.8, 0.7, 0.6, 0.5]
    partners, families = ["hub", "hub", "hub", "a", "b"], ["hub", "hub", "hub", "ab", "ab"]
    taken, gains = _greedy(worth, partners, families, budget=4)
    assert taken == [0, 3, 1, 4]
    assert gains == pytest.approx([0.9, 0.6, 0.4, 0.375])


def test_greedy_is_within_its_bound_of_the_best_and_every_gain_falls():
    random = np.random.default_rng(0)
    for _ in range(20):
        worth = random.uniform(size=8).tolist()
        partners, families = random.integers(3, size=8).tolist(), random.integers(2, size=8).tolist()
        taken, gains = _greedy(worth, partners, families, budget=4)
        best = max(spread(worth, partners, families, chosen) for chosen in itertools.combinations(range(8), 4))
        assert sum(gains) == pytest.approx(spread(worth, partners, families, tuple(taken)))
        assert sum(gains) >= (1 - 1 / np.e) * best
        assert (np.diff(gains) <= 1e-12).all()


def test_the_harmonic_sum_takes_the_highest_first():
    assert harmonic([0.3, 0.9, 0.6]) == pytest.approx(0.9 + 0.3 + 0.1)
    assert harmonic([]) == 0


@pytest.mark.parametrize(
    ("budget", "rows", "sentence"),
    [
        (0, 0, "A budget of 0 pairs buys no test; 3 pairs would be at hand."),
        (2, 2, "2 pairs of 3 ticked ones."),
        (3, 3, "All 3 ticked pairs can be tested. "),
        (10_000_000, 3, "All 3 ticked pairs can be tested, and 9,999,997 tests would be left over."),
    ],
)
def test_any_budget_is_answered(ranker: Ranker, budget: int, rows: int, sentence: str):
    ticked = [Candidate(5, 1), Candidate(5, 2), Candidate(6, 1), Candidate(1, 5)]  # the last is the first once more
    plan = propose_plan(ranker, ticked, budget=budget)
    assert len(plan.table) == rows
    assert plan.sentence.startswith(sentence)
    assert list(plan.table["order"]) == list(range(1, rows + 1))
    assert plan.expected is None
    assert "cannot be said" in plan.expected_sentence or not rows


def test_nothing_ticked_is_a_sentence(ranker: Ranker):
    plan = propose_plan(ranker, [], budget=5)
    assert plan.sentence.startswith("No pair is ticked")
    assert not len(plan.table)
    assert not len(plan.controls)


def test_nonsense_is_refused(ranker: Ranker):
    with pytest.raises(InvalidSetting, match="less than none"):
        propose_plan(ranker, [Candidate(1, 2)], budget=-1)
    with pytest.raises(InvalidSetting, match="paired with itself"):
        propose_plan(ranker, [Candidate(1, 1)], budget=1)


def test_controls_are_known_and_not_planned(ranker: Ranker):
    graph = ranker.graph
    plan = propose_plan(ranker, [Candidate(5, 1), Candidate(5, 2)], budget=2)
    positive = plan.controls[plan.controls["kind"] == "positive"].iloc[0]
    tested = graph.screens.tested()
    a, b = graph.number_of[positive["gene_a"]], graph.number_of[positive["gene_b"]]
    hits = {frozenset(pair) for pair in tested.pairs[tested.hit].tolist()}
    known = {frozenset(pair) for pair in graph.pairs.tolist()}
    assert frozenset((a, b)) in (hits if "a hit in" in positive["reason"] else known)
    negative = plan.controls[plan.controls["kind"] == "negative"].iloc[0]
    pair = frozenset((graph.number_of[negative["gene_a"]], graph.number_of[negative["gene_b"]]))
    assert pair not in hits | known
    assert negative["gene_b"] not in {"GENE1", "GENE2"}


def test_a_listed_pair_that_a_screen_tested_in_vain_is_no_negative_control_and_the_last_positive_one(ranker: Ranker):
    gene, degree = 7, ranker.training_degree
    table = ranker.partners(gene).assign(earlier_hits=0, earlier_tests=0)
    listed = set(ranker.graph.pairs[(ranker.graph.pairs == gene).any(axis=1)].ravel().tolist()) - {gene}
    in_vain = PossibleControls.of(ranker, gene, table, most_planned=1).positive([])[0]
    assert in_vain is not None
    free = next(number for number in table["number"].tolist() if number not in listed)
    table.loc[table["number"] == in_vain, "earlier_tests"] = 5
    table.loc[table["number"] == free, "earlier_tests"] = 1
    possible = PossibleControls.of(ranker, gene, table, most_planned=len(table))
    assert possible.negative([], training_degree=degree) == (free, "nobody lists it; tested in 1 screen, never a hit")
    others = listed - {in_vain}
    assert others
    assert possible.positive([])[0] in others
    last, reason = possible.positive(sorted(others))
    assert last == in_vain
    assert reason.endswith("; no hit in 5 screens that tested it")


def test_one_ticked_pair_needs_no_rule_for_several_and_carries_its_flags(ranker: Ranker):
    flagged = {flag: flag in ("core_essential", "same_band") for flag in FLAGS}
    plan = propose_plan(
        ranker, [Candidate(5, 1)], budget=1, partners=lambda gene: ranker.partners(gene).assign(**flagged)
    )
    assert plan.sentence == "The ticked pair can be tested."
    assert plan.table["flags"].tolist() == ["core essential, same band"]


def test_every_gene_is_ranked_once_for_pairs_and_controls(ranker: Ranker):
    ranked: list[int] = []

    def partners(gene: int):
        ranked.append(gene)
        return ranker.partners(gene)

    ticked = [Candidate(5, 1), Candidate(6, 1), Candidate(5, 2)]
    plan = propose_plan(ranker, ticked, budget=3, partners=partners)
    assert ranked == [5, 6]
    alone = propose_plan(ranker, ticked, budget=3)
    assert plan.table.equals(alone.table)
    assert plan.controls.equals(alone.controls)
    assert set(plan.controls["gene_a"]) == {"GENE5", "GENE6"}


def test_what_is_kept_of_a_gene_has_the_control_that_its_whole_list_has(ranker: Ranker):
    """Each control in turn is planned, so the next one is wanted, as often as the plan may have pairs of the gene."""
    gene, degree = 7, ranker.training_degree
    table = ranker.partners(gene)
    table = table.assign(partner_degree=table["number"] % 2)  # two groups of equally well known genes
    kept = PossibleControls.of(ranker, gene, table, most_planned=3)
    whole = PossibleControls.of(ranker, gene, table, most_planned=len(table))
    assert len(whole.free) == len(whole.free.drop_duplicates("number")) > 10
    assert len(kept.free) < len(whole.free)
    for choose in (
        lambda controls, planned: controls.positive(planned),
        lambda controls, planned: controls.negative(planned, training_degree=degree),
    ):
        planned = [int(table["number"].iloc[0])]
        while len(planned) <= 3:
            partner, reason = choose(whole, planned)
            assert choose(kept, planned) == (partner, reason)
            assert partner not in planned
            planned.append(partner)


def test_more_pairs_than_a_plan_chooses_among_are_refused_before_any_gene_is_ranked(ranker: Ranker):
    ticked = [Candidate(1, 2)] * 2_001
    with pytest.raises(InvalidSetting, match="2,001 pairs are more than a plan chooses among"):
        propose_plan(ranker, ticked, budget=5, partners=lambda gene: pytest.fail("ranked"))


def rate(hits: list[list[int]]) -> HitRate:
    """Screens of pairs with scores .1, .2, … each."""
    score = np.concatenate([np.arange(1, len(of_screen) + 1) / 10 for of_screen in hits])
    screen = np.repeat(np.arange(len(hits)), [len(of_screen) for of_screen in hits])
    return HitRate(score, np.concatenate(hits).astype(bool), screen, len(hits))


def test_the_share_of_hits_is_the_isotonic_regression_by_hand():
    """Hits 0 1 0 1: the second and third violate the order and are pooled to ½; beyond the ends it stays as it is."""
    found = rate([[0, 1, 0, 1]])
    assert found.at(np.array([0.1, 0.2, 0.3, 0.4, 0.9, 0.0])) == pytest.approx([0, 0.5, 0.5, 1, 1, 0])


def test_every_screen_counts_alike():
    """Nine in ten of the tests are of a screen without hits, and still the rate is half that of the other."""
    many, few = (
        HitRate(np.full(20, 0.5), np.r_[np.zeros(18, dtype=bool), True, True], np.r_[np.zeros(18, int), 1, 1], 2),
        np.array([0.5]),
    )
    assert many.at(few) == pytest.approx([0.5])
    assert {round(float(rate[0]), 6) for rate in many.draws(few, draws=50)} == {0.0, 0.5, 1.0}


def test_a_share_of_hits_is_fitted_once(monkeypatch: pytest.MonkeyPatch):
    from sklearn.isotonic import IsotonicRegression

    fitted = []
    usual = IsotonicRegression.fit
    monkeypatch.setattr(IsotonicRegression, "fit", lambda self, *a, **b: fitted.append(self) or usual(self, *a, **b))
    hit_rate = rate([[0, 1, 0, 1], [0, 0, 1, 1]])
    first = [hit_rate.at(np.array([0.2])), *hit_rate.draws(np.array([0.2]), draws=5)]
    assert len(fitted) == 6
    assert [hit_rate.at(np.array([0.2])), *hit_rate.draws(np.array([0.2]), draws=5)] == first
    assert len(fitted) == 6


def test_expected_hits_come_from_held_out_screens(ranker: Ranker):
    """A split whose test part holds tests, and predictions for them that order hits above the others."""
    tested = ranker.graph.screens.tested()
    count = len(tested)
    names = np.asarray(ranker.graph.genes, dtype=object)
    split = PairSplit(
        pairs=tested.pairs,
        part=np.full(count, "test", dtype=object),
        negative_kind=np.where(tested.hit, HIT, NO_HIT).astype(object),
        actual=tested.hit.astype(np.float32),
        score=np.full(count, np.nan, dtype=np.float32),
        gene_part=np.full(40, "test", dtype=object),
        screen=np.where(np.arange(count) % 2, "one", "two").astype(object),
    )
    predictions = ranker.run.predictions.iloc[:0]
    rows = {
        "gene_a": names[tested.pairs[:, 0]], "gene_b": names[tested.pairs[:, 1]], "part": "test",
        "negative_kind": split.negative_kind, "actual": split.actual, "prediction": np.where(tested.hit, 0.6, 0.4),
    }  # fmt: skip
    import pandas as pd

    known = ranker.run.predictions
    run = dataclasses.replace(
        ranker.run, predictions=pd.concat([known, pd.DataFrame(rows)[list(predictions.columns[:6])]])
    )
    told = Ranker(ranker.graph, run, ranker.scorer, ranker.survey, split)
    plan = propose_plan(told, [Candidate(5, partner) for partner in range(6, 20)], budget=9)
    assert plan.expected is not None
    mean, low, high = plan.expected
    assert mean == pytest.approx(plan.table["hit_probability"].sum())
    assert plan.table["counts"].iloc[0] == pytest.approx(plan.table["hit_probability"].iloc[0])
    assert 0 <= low <= mean <= high <= 9
    assert "2 held-out screens" in plan.expected_sentence


def test_what_a_pair_counts_is_its_place_and_a_family_shares_it(ranker: Ranker):
    """Of two partners of one family the second counts half as a partner of it, and whole as itself."""
    one, other = ranker.graph.relations["paralogs"].pairs[0].tolist()
    gene = next(number for number in range(40) if number not in (one, other))
    plan = propose_plan(ranker, [Candidate(gene, one), Candidate(gene, other)], budget=2)
    percentile = ranker.partners(gene).set_index("gene")["percentile"]
    worth = percentile.loc[plan.table["gene_b"]].to_numpy() / 100
    assert worth[0] >= worth[1]
    assert plan.table["counts"].tolist() == pytest.approx([worth[0], worth[1] * (1 + 1 / 2) / 2])
    assert (plan.table["family"] != "").all()
