"""Boosted trees as runs of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.networks.baseline import TreesBaseline


@dataclass(frozen=True)
class BoostedTrees(TreesBaseline):
    """Gradient-boosted trees over partners and interactions of a pair (Friedman 2001), fitted out of fold."""

    name: ClassVar[str] = "boosted_trees"
    views: ClassVar[tuple[str, ...]] = ("partners", "interactions")


@dataclass(frozen=True)
class ViewTrees(TreesBaseline):
    """The same trees over every view that `multiview` looks at by default, without its network: the trees alone."""

    name: ClassVar[str] = "view_trees"
    views: ClassVar[tuple[str, ...]] = ("partners", "co_publication", "interactions", "terms", "location")
