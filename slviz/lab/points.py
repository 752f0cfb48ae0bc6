"""What the lab's networks classify: moons, circles, spirals and iris, split into training, validation and test."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int8, Int64

from slviz.errors import InvalidSetting, MissingDataFile
from slviz.lab.setup import LabSetup

PARTS = ("train", "validation", "test")
SHARES = (0.64, 0.16, 0.20)
ARMS, TURNS = 3, 1.0


@dataclass(frozen=True, eq=False)
class LabPoints:
    """Labelled points in three parts. N points, F features.

    Attributes:
        title: what they are called.
        features: name of each column.
        classes: name of each class.
        values: float64 [N, F], standardised where `standardised` says so.
        labels: int64 [N], the class of each point.
        part: int8 [N], the place of its part in `PARTS`.
        standardised: whether every feature has the training part's mean 0 and standard deviation 1.
        remarks: sentences on what was left out, and why.
    """

    title: str
    features: tuple[str, ...]
    classes: tuple[str, ...]
    values: Float64[np.ndarray, "points features"]
    labels: Int64[np.ndarray, " points"]
    part: Int8[np.ndarray, " points"]
    standardised: bool = False
    remarks: tuple[str, ...] = field(default=())

    @property
    def outputs(self) -> int:
        """Units of the last layer: one for two classes, else one a class."""
        return 1 if len(self.classes) == 2 else len(self.classes)

    def of_part(self, part: str) -> tuple[Float64[np.ndarray, "rows features"], Int64[np.ndarray, " rows"]]:
        """Values and labels of one part."""
        rows = self.part == PARTS.index(part)
        return self.values[rows], self.labels[rows]


def lab_points(setup: LabSetup, own: LabPoints | None = None) -> LabPoints:
    """The points of a setup; `own` are those of a visitor's table, for `points="own"`.

    Raises `InvalidSetting` where those are not there.
    """
    random = np.random.default_rng([setup.seed, 1])
    if setup.points == "own":
        if own is None:
            raise InvalidSetting("The data 'own' needs a table: give it with --table FILE, or upload it on the page.")
        return own
    if setup.points == "iris":
        return iris(random)
    values, labels, classes = {"moons": _moons, "circles": _circles, "spirals": _spirals}[setup.points](setup.count)
    values = values + random.normal(0.0, setup.noise, values.shape)
    return LabPoints(setup.points, ("x₁", "x₂"), classes, values, labels, parts(len(labels), random))


def _moons(count: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Two half circles of radius 1 that reach into each other."""
    first = count // 2
    upper, lower = np.linspace(0, np.pi, first), np.linspace(0, np.pi, count - first)
    values = np.concatenate(
        [np.stack([np.cos(upper), np.sin(upper)], 1), np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], 1)]
    )
    return values, np.repeat([0, 1], [first, count - first]), ("upper moon", "lower moon")


def _circles(count: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """A circle of radius 2 around one of radius 0.8."""
    first = count // 2
    angle = np.concatenate([np.linspace(0, 2 * np.pi, part, endpoint=False) for part in (first, count - first)])
    labels = np.repeat([0, 1], [first, count - first])
    return (
        np.where(labels == 0, 2.0, 0.8)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1),
        labels,
        (
            "outer circle",
            "inner circle",
        ),
    )


def _spirals(count: int) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Three arms of one turn around the middle."""
    labels = np.arange(count) * ARMS // count
    sizes = np.bincount(labels)
    along = np.concatenate([np.linspace(0.15, 1.0, size) for size in sizes])
    angle = 2 * np.pi * (TURNS * along + labels / ARMS)
    values = 3.0 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return values, labels, tuple(f"arm {number + 1}" for number in range(ARMS))


def iris(random: np.random.Generator) -> LabPoints:
    """150 irises of three species by four lengths (Fisher 1936), from scikit-learn's file, without its library."""
    package = importlib.util.find_spec("sklearn")
    file = Path((package.submodule_search_locations or [""])[0] if package else "") / "datasets" / "data" / "iris.csv"
    if not file.is_file():
        raise MissingDataFile(f"Iris comes with scikit-learn, and {file.name} is not there. Install scikit-learn.")
    first, *rows = file.read_text(encoding="utf-8").split()
    classes = tuple(first.split(",")[2:])
    table = np.array([row.split(",") for row in rows], dtype=np.float64)
    features = ("sepal length", "sepal width", "petal length", "petal width")
    part = parts(len(table), random)
    values = standardised(table[:, :4], part)
    return LabPoints("iris", features, classes, values, table[:, 4].astype(np.int64), part, standardised=True)


def parts(count: int, random: np.random.Generator) -> Int8[np.ndarray, " points"]:
    """A part for each point, by chance: 64 % training, 16 % validation, 20 % test; each has at least one."""
    training = min(max(round(count * SHARES[0]), 1), count - 2)
    validation = min(max(round(count * SHARES[1]), 1), count - training - 1)
    order = np.repeat(np.arange(3, dtype=np.int8), [training, validation, count - training - validation])
    return random.permutation(order)


def standardised(values: Float64[np.ndarray, "points features"], part: np.ndarray) -> np.ndarray:
    """Every feature less its mean and over its standard deviation, both of the training part alone."""
    training = values[part == 0]
    deviation = training.std(axis=0)
    return (values - training.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
