"""Training: a graph, a spec and a split → a run."""

from __future__ import annotations

from slviz.training.fitting import Checkpoint, Epoch
from slviz.training.train import embed, train

__all__ = ["Checkpoint", "Epoch", "embed", "train"]
