"""`LabSetup`: all that a training in the lab depends on; what cannot be is refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import Choice, Choices, setting
from slviz.errors import InvalidSetting, nearest
from slviz.lab.activations import Activation, activation
from slviz.lab.initialisation import INITIALISATIONS
from slviz.lab.steps import LAB_OPTIMISERS
from slviz.text import unbroken

POINTS = ("moons", "circles", "spirals", "iris", "own")
GENERATED = ("moons", "circles", "spirals")
"""Sets of points that are drawn from a formula, in two dimensions, as many as one likes."""
MOST_UNITS, MOST_LAYERS = 64, 8
MOST_ROWS = 5000
"""Of a table of one's own."""
MOST_WORK = 20_000_000_000
"""Products of a weight and a point, over all epochs: about half a minute."""
TRAINING_SHARE = 0.64
LONGEST_SHOWN = 40
KEEP = ("accuracy", "loss")
_BETWEEN = re.compile(r"[\s,;x×–-]+")


@dataclass(frozen=True)
class LabSetup(Choice):
    """A small network, its data and how it is trained."""

    name: ClassVar[str] = "lab"
    points: str = setting("moons", "What is classified.", label="Data", options=POINTS)
    noise: float = setting(
        0.5,
        "Standard deviation of the normal noise that moves every point of moons, circles and spirals.",
        low=0.0,
        high=1.0,
    )
    count: int = setting(
        1000,
        "Points of moons, circles or spirals: 64 % for training, 16 % validation, 20 % test.",
        label="Number of points",
        low=50,
        high=2000,
    )
    hidden: str = setting(
        "5",
        "Neurons of each hidden layer, such as 5 or 3, 3, 3, 3; empty for none, which is logistic regression.",
        label="Hidden layers",
    )
    activation: str = setting(
        "logistic",
        "The activation of the hidden layers: one name for all, or one for each with commas between them.",
    )
    slope: float = setting(0.01, "Slope of leaky ReLU left of 0.", low=0.0, high=1.0)
    start: str = setting("normal", "How the first weights are drawn.", label="Weights", options=tuple(INITIALISATIONS))
    scale: float = setting(
        1.0, "Standard deviation of normal, half width of uniform, or value of constant weights.", low=0.0, high=10.0
    )
    bias: float = setting(0.0, "The first bias of every neuron.", low=-20.0, high=20.0)
    optimiser: str = setting("descent", "How parameters follow their gradients.", options=tuple(LAB_OPTIMISERS))
    rate: float = setting(
        2.0, "How far a step goes along the gradient. Too large diverges.", label="Learning rate", low=1e-5, high=1000.0
    )
    epochs: int = setting(1000, "Steps; each looks at every training point once.", low=1, high=10_000)
    keep: str = setting("accuracy", "What the best epoch is chosen by, on validation points.", options=KEEP)
    seed: int = setting(123, "Draws the noise, the split and the first weights.", low=0, high=999_999)

    def __post_init__(self) -> None:
        super().__post_init__()
        names = self.activation_names
        for name in names:
            activation(name)
        if len(names) not in (1, len(self.widths)):
            raise InvalidSetting(
                f"The setting activation names {len(names)} activations for {len(self.widths)} hidden layers. "
                "Give one for all of them, or one for each."
            )
        weights = sum(a * b for a, b in zip((4, *self.widths), (*self.widths, 1), strict=True))
        work = self.epochs * weights * TRAINING_SHARE * (self.count if self.points in GENERATED else MOST_ROWS)
        if work > MOST_WORK:
            raise InvalidSetting(
                f"{self.epochs:,} epochs of a network with about {weights:,} weights are more than the lab computes "
                "while one waits. Take fewer epochs, fewer points or fewer neurons."
            )

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of each hidden layer; raises `InvalidSetting` for what is no such list."""
        return _widths(self.hidden)

    @property
    def activation_names(self) -> tuple[str, ...]:
        """The names in `activation`, one or one a layer."""
        return tuple(filter(None, re.split(r"[\s,;]+", self.activation))) or ("",)

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each hidden layer."""
        names = self.activation_names
        return tuple(activation(name) for name in (names if len(names) > 1 else names * len(self.widths)))

    @property
    def uses_slope(self) -> bool:
        """Whether a layer is a leaky ReLU."""
        return any(layer.name == "leaky_relu" for layer in self.activations)

    def words(self) -> list[str]:
        """The settings that differ from their defaults, as they are typed: `key=value`."""
        return [
            f"{setting.key}={value!r}" if setting.kind is float else f"{setting.key}={value}"
            for setting in self.settings()
            if (value := getattr(self, setting.key)) != setting.default
        ]

    def in_words(self) -> str:
        """The setup in one line, for the foot of a figure."""
        data = (
            f"{self.points}, {self.count:,} points, noise {self.noise:g}" if self.points in GENERATED else self.points
        )
        start = INITIALISATIONS[self.start]
        scale = f" {self.scale:g}" if start.scale_means else ""
        names = ", ".join(
            f"{layer.title} {self.slope:g}" if layer.name == "leaky_relu" else layer.title
            for layer in (self.activations if len(self.activation_names) > 1 else self.activations[:1])
        )
        hidden = "–".join(map(str, self.widths)) or "none"
        return (
            f"{data}; hidden layers {hidden}{f' ({names})' if names else ''}; weights {start.name}{scale}, bias "
            f"{self.bias:g}; {LAB_OPTIMISERS[self.optimiser].title}, rate {self.rate:g}; {self.epochs:,} epochs; "
            f"seed {self.seed}"
        )


LABS: Choices[LabSetup] = Choices("lab", LabSetup)


def _widths(text: str) -> tuple[int, ...]:
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    advice = "Give the neurons of each hidden layer, such as 5 or 3, 3, 3, 3."
    if len(parts) > MOST_LAYERS:
        raise InvalidSetting(f"{len(parts):,} hidden layers are too many; the lab takes {MOST_LAYERS}. {advice}")
    for part in parts:
        if not (part.isascii() and part.isdigit()):
            raise InvalidSetting(f"'{_shown(part)}' is no number of neurons. {advice}")
        if not 1 <= int(part[:9]) <= MOST_UNITS or len(part) > 9:
            raise InvalidSetting(
                f"A layer of {_shown(part)} neurons cannot be looked at one by one; the lab takes 1 to {MOST_UNITS}. "
                f"{advice}"
            )
    return tuple(int(part) for part in parts)


def _shown(text: str) -> str:
    return unbroken(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")


def setup_from_words(words: Sequence[str]) -> LabSetup:
    """The setup that typed words `key=value` give; raises `InvalidSetting` or `UnknownChoice`."""
    settings = {setting.key: setting for setting in LabSetup.settings()}
    given = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise InvalidSetting(f"'{_shown(word)}' is not a setting. Write key=value, such as noise=0.1.")
        if key not in settings:
            raise InvalidSetting(
                f"The lab has no setting '{_shown(key)}'.{nearest(key, settings)} It has: {', '.join(settings)}."
            )
        given[key] = settings[key].parse(text)
    return LabSetup(**given)
