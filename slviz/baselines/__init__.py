"""Baselines: scores without training a network, from the training pairs or from what else is known of a pair."""

from __future__ import annotations

from slviz.baselines.knowledge_baselines import earlier_screens, every_test, knowledge_baselines
from slviz.baselines.tables import (
    confidence_baselines,
    link_baselines,
    link_rows,
    pca_errors,
    principal_directions,
    reconstruction_baselines,
)

__all__ = [
    "confidence_baselines",
    "earlier_screens",
    "every_test",
    "knowledge_baselines",
    "link_baselines",
    "link_rows",
    "pca_errors",
    "principal_directions",
    "reconstruction_baselines",
]
