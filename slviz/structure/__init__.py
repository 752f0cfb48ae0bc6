"""What the training graph and the likeness of genes say of a pair, and the trees that learn from it."""

from slviz.structure.additive_trees import AdditiveTrees
from slviz.structure.head import StructuralHead, fit_head
from slviz.structure.pair_features import COMMON, PairFeatures
from slviz.structure.seen_pairs import SeenPairs

__all__ = ["COMMON", "AdditiveTrees", "PairFeatures", "SeenPairs", "StructuralHead", "fit_head"]
