"""Baselines: scores without training a network, from the training pairs alone."""

from __future__ import annotations

from slviz.baselines.tables import confidence_baselines, link_baselines, link_rows, reconstruction_baselines

__all__ = [
    "confidence_baselines",
    "link_baselines",
    "link_rows",
    "reconstruction_baselines",
]
