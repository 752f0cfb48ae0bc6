"""Scorers: what scores any pair of genes, from arrays, the data set and its training pairs; no torch, no `Run`."""

from slviz.scorers.bench_scorer import BenchScorer
from slviz.scorers.blend_scorer import EMBEDDING, BlendScorer
from slviz.scorers.formula_scorer import FormulaScorer
from slviz.scorers.formulas import FORMULAS, Formula
from slviz.scorers.head import StructuralHead, fit_head
from slviz.scorers.pair_decoder import PairDecoder
from slviz.scorers.pair_features import COMMON, PairFeatures
from slviz.scorers.pair_scorer import DecoderScorer, ExplainedScorer, PairScorer, ScreenScorer
from slviz.scorers.seen_pairs import SeenPairs
from slviz.scorers.training_graph import TrainingGraph
from slviz.scorers.trees import Trees

__all__ = [
    "COMMON",
    "EMBEDDING",
    "FORMULAS",
    "BenchScorer",
    "BlendScorer",
    "DecoderScorer",
    "ExplainedScorer",
    "Formula",
    "FormulaScorer",
    "PairDecoder",
    "PairFeatures",
    "PairScorer",
    "ScreenScorer",
    "SeenPairs",
    "StructuralHead",
    "TrainingGraph",
    "Trees",
    "fit_head",
]
