"""The highest of all pairs of a run, with what is known of each and its flags."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.ranking.flags import flags_of_pairs, rests_on_popularity
from slviz.ranking.hub_adjustment import lengths, places_for_partners
from slviz.ranking.places import ranks
from slviz.ranking.ranker import Ranker
from slviz.runs.artifacts.surveys import Survey


def top_pairs(ranker: Ranker, survey: Survey, *, count: int, unreported: bool = False) -> pd.DataFrame:
    """The `count` pairs with the highest scores, or as many as the survey holds; with `unreported` of those alone.

    Columns, one row a pair, the highest first, level ones by gene numbers: a, b (gene numbers), gene_a, gene_b, rank
    (level ones share the smallest), score, known (the part of the run that a listed pair was in, "left out" for none,
    "" where nobody lists it), status, and one of yes and no for each of `FLAGS`, said of either gene.
    """
    pairs, scores = (survey.unreported_pairs, survey.unreported_scores) if unreported else (survey.pairs, survey.scores)
    pairs, scores = pairs[:count].astype(np.int64), scores[:count]
    names = np.asarray(ranker.graph.genes, dtype=object)
    table = {
        "a": pairs[:, 0],
        "b": pairs[:, 1],
        "gene_a": names[pairs[:, 0]],
        "gene_b": names[pairs[:, 1]],
        "rank": ranks(scores),
        "score": scores.astype(np.float64),
        "known": ranker.known.parts_of_pairs(pairs),
        "status": ranker.known.of_pairs(pairs),
    }
    popularity = _popularity(survey, pairs, scores)
    return pd.DataFrame(table | flags_of_pairs(ranker.related, pairs, popularity=popularity, either=True))


def _popularity(survey: Survey, pairs: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Which pairs rest on the popularity of either gene."""
    length = lengths(survey)
    place_of_b, place_of_a = (places_for_partners(survey, pairs[:, end], scores) for end in (0, 1))
    one, other = length[pairs[:, 0]], length[pairs[:, 1]]
    return rests_on_popularity(
        place_of_b, place_of_a, length_for_gene=one, length_for_partner=other
    ) | rests_on_popularity(place_of_a, place_of_b, length_for_gene=other, length_for_partner=one)
