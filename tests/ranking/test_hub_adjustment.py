from __future__ import annotations

import math

import numpy as np
import pytest

from slviz.ranking import KnownPairs, Ranker, survey
from slviz.ranking.hub_adjustment import adjusted_ranks, lengths, places_for_partners, surprise
from slviz.ranking.survey import kept_ranks, lists_of_genes
from slviz.runs.artifacts.surveys import Survey

# Gene 0 is a hub: it scores high with everybody. Genes 1 and 2 belong together.
HUBBY = np.array(
    [
        [0.0, 0.90, 0.80, 0.70, 0.95],
        [0.90, 0.0, 0.60, 0.20, 0.10],
        [0.80, 0.60, 0.0, 0.30, 0.10],
        [0.70, 0.20, 0.30, 0.0, 0.40],
        [0.95, 0.10, 0.10, 0.40, 0.0],
    ],
    dtype=np.float32,
)


def survey_of(scores: np.ndarray, *, ranks: np.ndarray, learnt: list[tuple[int, int]] = ()) -> Survey:
    import scipy.sparse as sp

    training = np.zeros_like(scores)
    for a, b in learnt:
        training[a, b] = training[b, a] = 1
    none = np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32)
    return Survey(ranks, *lists_of_genes(scores, sp.csr_array(training), ranks), *none, *none, ranks[:0], none[1])


def log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def test_a_case_by_hand():
    """For gene 2 the hub is first (.8) and gene 1 second (.6); adjusted, gene 1 leads.

    The hub has .9, .8, .7 and .95 with the others, so .8 is below its mean; gene 1 has .9, .6, .2 and .1.
    """
    kept = survey_of(HUBBY, ranks=np.arange(1, 5))
    others = np.array([0, 1, 3, 4])
    found = surprise(kept, others, HUBBY[2, others])
    for place, partner in enumerate(others.tolist()):
        own = [log_odds(score) for score in np.delete(HUBBY[partner], partner).tolist()]
        mean = sum(own) / 4
        deviation = math.sqrt(sum((value - mean) ** 2 for value in own) / 4)
        assert found[place] == pytest.approx((log_odds(HUBBY[2, partner].item()) - mean) / deviation, abs=1e-4)
    assert found[0] < 0 < found[1]
    assert adjusted_ranks(found)[:2].tolist() == [3, 1]
    # For the hub gene 2 is third, for gene 1 second; genes 1 and 2 are level (.10) in the list of gene 4.
    assert places_for_partners(kept, others, HUBBY[2, others]).tolist() == [3, 2, 3, 3.5]


def test_places_are_the_same_read_in_blocks_of_any_size(ranker: Ranker, monkeypatch: pytest.MonkeyPatch):
    partners, scores = ranker.survey.pairs[:50, 0], ranker.survey.scores[:50]
    whole = places_for_partners(ranker.survey, partners, scores)
    monkeypatch.setattr("slviz.ranking.hub_adjustment.BLOCK", 7)
    assert places_for_partners(ranker.survey, partners, scores).tolist() == whole.tolist()
    assert places_for_partners(ranker.survey, partners[:0], scores[:0]).tolist() == []


def test_the_scale_is_that_of_the_survey_whatever_the_scores_of_one_gene(ranker: Ranker):
    """Scores that reach beyond 1 anywhere are no probabilities, even of a gene whose own all lie below."""
    scores = HUBBY.copy()
    scores[0, 4] = scores[4, 0] = 1.5
    kept = survey_of(scores, ranks=np.arange(1, 5))
    own = np.delete(scores[1], 1)
    expected = (scores[2, 1] - own.mean()) / own.std()
    assert surprise(kept, np.array([1]), scores[2, [1]]) == pytest.approx([expected], abs=1e-5)


def test_what_was_learnt_from_is_no_rival_of_a_place():
    """Once the hub's pairs with 1 and 4 are learnt from, gene 2 is first for it."""
    kept = survey_of(HUBBY, ranks=np.arange(1, 5), learnt=[(0, 1), (0, 4)])
    assert places_for_partners(kept, np.array([0]), HUBBY[2, [0]]).tolist() == [1]
    assert lengths(kept).tolist() == [2, 3, 4, 4, 3]


def test_places_between_kept_ranks_are_close_to_the_true_ones():
    random = np.random.default_rng(0)
    scores = random.beta(0.3, 3, size=(2000, 2000)).astype(np.float32)
    scores = np.triu(scores, 1) + np.triu(scores, 1).T
    kept = survey_of(scores, ranks=kept_ranks(1999))
    partners = np.arange(1, 2000)
    places = places_for_partners(kept, partners, scores[0, 1:])
    true = (scores[1:] > scores[0, 1:, None]).sum(axis=1) + 1
    assert (np.abs(places - true) <= np.maximum(0.5, 0.015 * true)).all()
    assert (places[true <= 64] == true[true <= 64]).all()


def test_a_ranker_finds_the_places_that_the_whole_matrix_says(ranker: Ranker):
    scores = ranker.scorer.all_pairs()
    learnt = ranker.known.training.adjacency.toarray() > 0
    np.fill_diagonal(learnt, True)
    table = ranker.partners(7).set_index("number")
    for partner in (0, 3, 39):
        row = table.loc[partner]
        for one, other, place in ((7, partner, "rank_for_gene"), (partner, 7, "rank_for_partner")):
            free = ~learnt[one]
            above = (scores[one, free] > scores[7, partner]).sum()
            assert row[place] == max(above + (1 if free[other] else 0.5), 1)
        own = scores[partner][~learnt[partner]].astype(np.float64)
        own = np.log(own / (1 - own))
        mine = np.log(row["score"] / (1 - row["score"]))
        assert row["surprise"] == pytest.approx((mine - own.mean()) / own.std(), abs=1e-3)
    assert (table.sort_values("hub_adjusted_rank")["surprise"].diff().dropna() <= 0).all()


def test_without_a_survey_nothing_is_said_of_hubs(ranker: Ranker):
    table = Ranker.of(ranker.graph, ranker.run, scorer=ranker.scorer).partners(7)
    assert table["hub_adjusted_rank"].isna().all()
    assert table["popularity"].isna().all()


def test_a_survey_holds_the_highest_pairs_as_a_sort_of_all_finds_them(ranker: Ranker):
    graph = ranker.graph
    scores = ranker.scorer.all_pairs()
    a, b = np.triu_indices(len(graph), k=1)
    order = np.lexsort((b, a, -scores[a, b]))
    made = survey(graph, KnownPairs.of(graph, ranker.run), ranker.scorer, top=30)
    assert made.pairs.tolist() == np.stack([a, b], axis=1)[order[:30]].tolist()
    assert (made.scores == scores[a, b][order[:30]]).all()
    listed = set(map(tuple, graph.pairs.tolist()))
    free = [(int(a[row]), int(b[row])) for row in order if (int(a[row]), int(b[row])) not in listed]
    assert [tuple(pair) for pair in made.unreported_pairs.tolist()] == free[:30]
    assert made.all_ranks[-1] == len(free)


def test_level_pairs_stand_in_the_order_of_their_genes():
    from slviz.ranking.survey import highest_pairs

    level = np.full((600, 600), 0.5, dtype=np.float32)
    level[400, 500] = level[500, 400] = 0.9
    pairs, _ = highest_pairs(level, count=4)
    assert pairs.tolist() == [[400, 500], [0, 1], [0, 2], [0, 3]]
