"""What the training graph and the likeness of genes say of a pair, and the trees that learn from it."""

from slviz.structure.head import StructuralHead, fit_head
from slviz.structure.pair_features import COMMON, PairFeatures
from slviz.structure.seen_pairs import SeenPairs
from slviz.structure.trees import Trees

__all__ = ["COMMON", "PairFeatures", "SeenPairs", "StructuralHead", "Trees", "fit_head"]
