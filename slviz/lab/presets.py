"""Settings worth looking at, by the name that opens them in an address: `lab?preset=zero-start`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slviz.errors import UnknownChoice, nearest
from slviz.lab.setup import LabSetup

DEEP = {"hidden": "3, 3, 3, 3", "scale": 0.01, "rate": 0.01, "epochs": 100, "seed": 102}


@dataclass(frozen=True)
class Preset:
    """A setup, what to look at first, and why.

    Attributes:
        name: in the address.
        title: on its button.
        setup: the settings.
        view: the part of the page that it opens; a key of the page.
        epoch: the epoch shown; None for the last.
        why: one sentence on what it shows.
        page: further keys of the page's address.
    """

    name: str
    title: str
    setup: LabSetup
    view: str
    why: str
    epoch: int | None = None
    page: Mapping[str, str] = field(default_factory=dict)


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "by-hand", "Two layers by hand", LabSetup(), "neurons",
            "Two layers with five logistic neurons, and gradient descent written out.",
        ),
        Preset(
            "straight", "Straight or bent", LabSetup(noise=0.1, hidden="10", activation="tanh", rate=0.5), "neurons",
            "Without a hidden layer the boundary is a straight line; a hidden layer bends it.",
            page={"straight": "true"},
        ),
        Preset(
            "zero-start", "Zero start", LabSetup(start="zeros", rate=0.2, epochs=2000), "weights",
            "All weights 0: every hidden neuron gets the same gradient at every step, so they stay one neuron.",
            epoch=5,
        ),
        Preset(
            "five-logistic", "Five logistic layers", LabSetup(activation="logistic", bias=1.0, **DEEP), "gradients",
            "Small weights and logistic layers: the gradient loses a few orders of magnitude a layer.", epoch=0,
        ),
        Preset(
            "dead-relu", "Bias −8", LabSetup(activation="relu", bias=-8.0, **DEEP), "gradients",
            "Every net input is far below 0, so every ReLU is dead, and no weight has a gradient.", epoch=0,
        ),
        Preset(
            "cure", "Its cure", LabSetup(activation="leaky_relu", bias=-8.0, **DEEP), "gradients",
            "The same start with a leaky ReLU: left of 0 it has a slope, so that a gradient comes through.", epoch=0,
        ),
        Preset(
            "over-fitting", "Over-fitting",
            LabSetup(
                noise=0.5, count=200, hidden="32, 32", activation="tanh", start="xavier", optimiser="adam", rate=0.01,
                epochs=600, keep="loss",
            ),
            "neurons", "Many neurons and few, noisy points: training gets better and better, and validation worse.",
        ),
        Preset(
            "autograd", "Hand and autograd", LabSetup(), "autograd",
            "Gradients by the backward pass written here, beside those that PyTorch's autograd finds.", epoch=0,
        ),
        Preset(
            "iris", "Iris", LabSetup(points="iris", hidden="5", rate=0.5, epochs=500), "neurons",
            "Three classes by four lengths, with softmax as the last layer.",
        ),
    )
}  # fmt: skip


def preset(name: str) -> Preset:
    """The preset of that name; raises `UnknownChoice`."""
    if name not in PRESETS:
        raise UnknownChoice(
            f"The lab has no preset '{name[:80]}'.{nearest(name, PRESETS)} There are: {', '.join(PRESETS)}."
        )
    return PRESETS[name]
