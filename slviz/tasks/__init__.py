"""Tasks: what is predicted from an embedding, and by which loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import Choice, Choices, setting


@dataclass(frozen=True)
class Task(Choice):
    """What is predicted."""

    name: ClassVar[str]


@dataclass(frozen=True)
class Link(Task):
    """Is a pair synthetic lethal?"""

    name: ClassVar[str] = "link"
    negatives: str = setting(
        "random", "Which non-pairs training compares with.", options=("random", "degree-matched", "mixed")
    )


@dataclass(frozen=True)
class Confidence(Task):
    """How confident is the data set in a pair?"""

    name: ClassVar[str] = "confidence"


@dataclass(frozen=True)
class Reconstruct(Task):
    """A graph autoencoder: give the genes' features back."""

    name: ClassVar[str] = "reconstruct"


TASKS: Choices[Task] = Choices("task", Link, Confidence, Reconstruct)
