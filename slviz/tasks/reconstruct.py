"""The task `reconstruct`: a graph autoencoder that gives the genes' features back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.tasks.task import Task


@dataclass(frozen=True)
class Reconstruct(Task):
    """Give the genes' features back from fewer numbers: a map of features smoothed over the graph."""

    name: ClassVar[str] = "reconstruct"
    figure: ClassVar[str] = "rmse"
    higher_is_better: ClassVar[bool] = False
