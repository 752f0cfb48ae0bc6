"""What is made beside finished runs and vectors: maps, their quality, controls, edge ablations."""

from slviz.runs.artifacts.artifact import Artifact, Progress
from slviz.runs.artifacts.store import ArtifactStore

__all__ = ["Artifact", "ArtifactStore", "Progress"]
