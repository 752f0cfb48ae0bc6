"""Ranking: from a gene to its possible partners, by a finished run; what is known, the reason and the doubt of each."""

from slviz.ranking.flags import FLAGS, UNKNOWN_YET, flag_labels, is_set, set_flags
from slviz.ranking.hit_rate import HitRate
from slviz.ranking.known_pairs import LISTED, STATUSES, KnownPairs
from slviz.ranking.later import LaterKnowledge, LaterPairs, later_knowledge, read_later_pairs
from slviz.ranking.places import percentile_text, score_text, share_text
from slviz.ranking.plan import Candidate, Plan, propose_plan
from slviz.ranking.question import QUESTIONS, question_of, runs_of_question
from slviz.ranking.ranker import RANK_BY, RANK_IN, Ranker
from slviz.ranking.reliability import Reliability, reliability_of_gene, reliability_of_pair, sibling_runs
from slviz.ranking.survey import SMALL, survey
from slviz.runs.artifacts.surveys import Survey

__all__ = [
    "FLAGS",
    "LISTED",
    "QUESTIONS",
    "RANK_BY",
    "RANK_IN",
    "SMALL",
    "STATUSES",
    "UNKNOWN_YET",
    "Candidate",
    "HitRate",
    "KnownPairs",
    "LaterKnowledge",
    "LaterPairs",
    "Plan",
    "Ranker",
    "Reliability",
    "Survey",
    "flag_labels",
    "is_set",
    "later_knowledge",
    "percentile_text",
    "propose_plan",
    "question_of",
    "read_later_pairs",
    "reliability_of_gene",
    "reliability_of_pair",
    "runs_of_question",
    "score_text",
    "set_flags",
    "share_text",
    "sibling_runs",
    "survey",
]
