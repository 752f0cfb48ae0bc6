"""Baselines as runs of their own: formulas over the known pairs, and boosted trees; no network is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.errors import InvalidSetting
from slviz.features.likeness import VIEWS
from slviz.networks.network import Network

if TYPE_CHECKING:
    from slviz.features.likeness import Likeness
    from slviz.networks.encoders import Encoder


@dataclass(frozen=True)
class Baseline(Network):
    """Scores pairs without learning in epochs. Its embedding is the truncated SVD of the training pairs.

    Class attributes:
        learns_in_epochs: whether the optimiser's settings matter; no.
        formula: name of the score in `slviz.baselines`; "" where trees are fitted.
    """

    learns_in_epochs: ClassVar[bool] = False
    formula: ClassVar[str] = ""
    layers: ClassVar[int] = 0  # type: ignore[misc]
    width: ClassVar[int] = 16  # type: ignore[misc]
    dropout: ClassVar[float] = 0.0  # type: ignore[misc]

    @property
    def scorer(self) -> str:
        return self.formula or self.name.replace("_", " ")

    @property
    def is_fitted(self) -> bool:
        return not self.formula

    def refuse(self, task: str, *, scores_pairs: bool, interactions: bool) -> None:
        if not scores_pairs:
            raise InvalidSetting(
                f"The baseline '{self.name}' scores pairs; the task '{task}' asks about genes. "
                "Take the task 'link' or 'confidence', or a network."
            )
        if self.formula == "PPI degree product" and not interactions:
            raise InvalidSetting(f"The baseline '{self.name}' needs interactions, which this data set does not have.")

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, likeness: Likeness | None = None
    ) -> Encoder:
        raise NotImplementedError(f"The baseline '{self.name}' has no encoder.")


@dataclass(frozen=True)
class MaxDegree(Baseline):
    """The number of partners of the gene that has more of them: what any model must beat."""

    name: ClassVar[str] = "max_degree"
    formula: ClassVar[str] = "max degree"


@dataclass(frozen=True)
class DegreeProduct(Baseline):
    """The numbers of partners of both genes, multiplied (preferential attachment, Barabási & Albert 1999)."""

    name: ClassVar[str] = "degree_product"
    formula: ClassVar[str] = "degree product"


@dataclass(frozen=True)
class CommonNeighbours(Baseline):
    """How many partners both genes share."""

    name: ClassVar[str] = "common_neighbours"
    formula: ClassVar[str] = "common neighbours"


@dataclass(frozen=True)
class AdamicAdar(Baseline):
    """Shared partners, those with many partners counting less (Adamic & Adar 2003)."""

    name: ClassVar[str] = "adamic_adar"
    formula: ClassVar[str] = "Adamic–Adar"


@dataclass(frozen=True)
class PathsOfThree(Baseline):
    """Paths of length three between the genes, divided by the degrees on the way (L3, Kovács 2019)."""

    name: ClassVar[str] = "l3"
    formula: ClassVar[str] = "L3"


@dataclass(frozen=True)
class TruncatedSVD(Baseline):
    """The matrix of known pairs rebuilt from its 16 main directions."""

    name: ClassVar[str] = "svd"
    formula: ClassVar[str] = "SVD"


@dataclass(frozen=True)
class InteractionProduct(Baseline):
    """The numbers of protein interactions of both genes, multiplied."""

    name: ClassVar[str] = "ppi_degree_product"
    formula: ClassVar[str] = "PPI degree product"


@dataclass(frozen=True)
class BoostedTrees(Baseline):
    """Gradient-boosted trees over partners and interactions of a pair (Friedman 2001), fitted out of fold."""

    name: ClassVar[str] = "boosted_trees"
    views: ClassVar[tuple[str, ...]] = ("partners", "interactions")


@dataclass(frozen=True)
class ViewTrees(Baseline):
    """The same trees over every view that `multiview` has, without its network: what the trees do alone."""

    name: ClassVar[str] = "view_trees"
    views: ClassVar[tuple[str, ...]] = VIEWS
