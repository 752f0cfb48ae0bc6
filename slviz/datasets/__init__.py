"""Genes and their pairs: what they are, and reading them from a folder."""

from slviz.datasets.graph import EVIDENCE_COLUMNS, GENE_INFO_COLUMNS, GeneGraph, Terms

__all__ = ["EVIDENCE_COLUMNS", "GENE_INFO_COLUMNS", "GeneGraph", "Terms"]
