"""What any model says of tested pairs, with earlier screens and answers: it adds up, comes back and keeps order."""

from __future__ import annotations

import numpy as np
import pytest
from planted_screens import NAMES, planted_graph

from slviz.features.pair_knowledge import PairKnowledge
from slviz.scorers.blend import fit_formula_scorer
from slviz.scorers.experiment_scorer import MODEL, ExperimentScorer, is_stored, log_odds, of_validation
from slviz.scorers.tested_before import EARLIER
from slviz.scorers.tested_pairs import Tests
from slviz.splits.screen import Screen


@pytest.fixture(scope="module")
def planted():
    return planted_graph()


@pytest.fixture(scope="module")
def split(planted):
    return Screen(screen=NAMES[0]).divide(planted)


@pytest.fixture(scope="module")
def scorer(planted, split):
    base, _ = fit_formula_scorer(planted, split, formula="max degree", negative_kinds=("no hit",))
    return of_validation(base, split, PairKnowledge(planted))


@pytest.fixture(scope="module")
def never(planted, split):
    """Pairs that no screen which was learnt from tested."""
    pairs = np.stack(np.triu_indices(len(planted), k=1), axis=1)
    hits, others = Tests.of(split, "train", "validation").counts(pairs)
    return pairs[hits + others == 0]


def test_pairs_that_nobody_tested_keep_the_models_order(scorer, never):
    by_model, by_experiment = scorer.base.score(never), scorer.raw(never)
    order = np.argsort(by_model, kind="stable")
    assert (np.diff(by_experiment[order]) >= 0).all()
    assert scorer.slope > 0


def test_an_earlier_hit_never_lowers_and_what_each_side_adds_makes_the_score(scorer, split):
    tests = Tests.of(split, "train")
    hits, others = tests.counts(tests.pairs)
    adds = scorer.by_view(tests.pairs)
    assert (adds[EARLIER][(hits > 0) & (others == 0)] >= 0).all()
    assert adds[EARLIER].any()
    total = scorer.constant + adds[MODEL] + adds[EARLIER]
    np.testing.assert_allclose(scorer.score(tests.pairs), 1 / (1 + np.exp(-total)), atol=1e-6)
    new = 1 / (1 + np.exp(-scorer.constant - scorer.slope * log_odds(scorer.base.score(tests.pairs))))
    np.testing.assert_allclose(scorer.without(EARLIER, tests.pairs), new, atol=1e-6)


def test_all_pairs_and_single_ones_agree_and_it_comes_back_as_it_was(scorer, planted, never, split):
    every = scorer.all_pairs()
    tested = Tests.of(split, "train").pairs
    for pairs in (tested, never[::37]):
        np.testing.assert_allclose(every[pairs[:, 1], pairs[:, 0]], scorer.score(pairs), atol=1e-6)
    arrays = scorer.arrays()
    assert is_stored(arrays)
    again = ExperimentScorer.from_arrays(arrays, base=scorer.base, knowledge=PairKnowledge(planted))
    np.testing.assert_array_equal(again.score(tested), scorer.score(tested))
    np.testing.assert_array_equal(again.answers(never), scorer.answers(never))


def test_answers_are_calibrated_on_pairs_that_the_model_did_not_learn(scorer, split):
    validating = Tests.of(split, "validation")
    hits, others = Tests.of(split, "train", "validation").counts(validating.pairs, without=validating.screen)
    before = (hits + others > 0).sum()
    assert len(scorer.conformal.raw) == len(validating) + before
    assert scorer.conformal.hit[: len(validating)].tolist() == validating.hit.tolist()
