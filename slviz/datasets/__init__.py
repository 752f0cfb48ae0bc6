"""Genes and their pairs: what they are, and reading them from a folder."""

from slviz.datasets.gene_values import GeneColumns
from slviz.datasets.graph import EVIDENCE_COLUMNS, GENE_INFO_COLUMNS, GeneGraph, Terms
from slviz.datasets.nouns import Nouns
from slviz.datasets.relations import Relation
from slviz.datasets.screens import ScreenTable, TestedPairs

__all__ = [
    "EVIDENCE_COLUMNS",
    "GENE_INFO_COLUMNS",
    "GeneColumns",
    "GeneGraph",
    "Nouns",
    "Relation",
    "ScreenTable",
    "Terms",
    "TestedPairs",
]
