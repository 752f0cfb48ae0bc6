"""Tasks: what is predicted from an embedding, and by which loss."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.tasks.classify import Classify
from slviz.tasks.confidence import Confidence
from slviz.tasks.link import Link
from slviz.tasks.reconstruct import Reconstruct
from slviz.tasks.screen import ScreenHit
from slviz.tasks.task import PairTask, Task

TASKS: Choices[Task] = Choices("task", Link, Confidence, ScreenHit, Reconstruct, Classify)

__all__ = ["TASKS", "Classify", "Confidence", "Link", "PairTask", "Reconstruct", "ScreenHit", "Task"]
