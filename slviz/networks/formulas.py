"""The formulas that can be trained as runs of their own, by the names under which the table of formulas has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.networks.baseline import FormulaBaseline


@dataclass(frozen=True)
class MaxDegree(FormulaBaseline):
    """The number of partners of the gene that has more of them: what any model must beat."""

    name: ClassVar[str] = "max_degree"
    baseline: ClassVar[str] = "max degree"


@dataclass(frozen=True)
class DegreeProduct(FormulaBaseline):
    """The numbers of partners of both genes, multiplied (preferential attachment, Barabási & Albert 1999)."""

    name: ClassVar[str] = "degree_product"
    baseline: ClassVar[str] = "degree product"


@dataclass(frozen=True)
class CommonNeighbours(FormulaBaseline):
    """How many partners both genes share."""

    name: ClassVar[str] = "common_neighbours"
    baseline: ClassVar[str] = "common neighbours"


@dataclass(frozen=True)
class AdamicAdar(FormulaBaseline):
    """Shared partners, those with many partners counting less (Adamic & Adar 2003)."""

    name: ClassVar[str] = "adamic_adar"
    baseline: ClassVar[str] = "Adamic–Adar"


@dataclass(frozen=True)
class PathsOfThree(FormulaBaseline):
    """Paths of length three between the genes, divided by the degrees on the way (L3, Kovács 2019)."""

    name: ClassVar[str] = "l3"
    baseline: ClassVar[str] = "L3"


@dataclass(frozen=True)
class TruncatedSVD(FormulaBaseline):
    """The matrix of known pairs rebuilt from its 16 main directions."""

    name: ClassVar[str] = "svd"
    baseline: ClassVar[str] = "SVD"


@dataclass(frozen=True)
class InteractionProduct(FormulaBaseline):
    """The numbers of protein interactions of both genes, multiplied."""

    name: ClassVar[str] = "ppi_degree_product"
    baseline: ClassVar[str] = "PPI degree product"
