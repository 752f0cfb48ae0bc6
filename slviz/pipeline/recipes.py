"""Recipes: what people often train, as choices that fill a form, or as lists that make several runs of one.

The experiments of the gene lab are here as runs, for the command `coursework` and for the Train page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slviz.errors import InvalidSetting
from slviz.features import Joint, NoFeatures
from slviz.networks import NETWORKS, CourseworkGAT, CourseworkMultiHead
from slviz.optimisers import OPTIMISERS, Adam, Optimiser
from slviz.runs import RunSpec
from slviz.runs.settings_parser import choices_from_words, words_of, words_of_values
from slviz.runs.spec import TABLES
from slviz.splits import Pairs
from slviz.tasks import Confidence, Reconstruct

SEEDS = 5
HELD_OUT = ("fold", "publication")
"""Settings of a split that a sweep takes as a list."""
OF_EACH_OPTIMISER = frozenset({"learning_rate", "weight_decay"})
"""Settings that all optimisers have, and whose best value differs from one to the other."""


def plain_adam(epochs: int) -> Adam:
    """Adam as the coursework used it: one rate, no weight decay, no clipping to speak of, the last epoch kept."""
    return Adam(epochs=epochs, learning_rate=0.01, weight_decay=0.0, clip=1000.0, schedule="constant", keep="last")


def _autoencoder(network: CourseworkGAT, features: NoFeatures | Joint, epochs: int) -> dict[str, Any]:
    return {"task": Reconstruct(), "network": network, "features": features, "optimiser": plain_adam(epochs)}


EXPERIMENTS: Mapping[str, tuple[dict[str, Any], ...]] = {
    # One layer over a column of ones; a pair's confidence is compared with its genes' own numbers.
    "confidence": tuple(
        {
            "task": Confidence(readout="mean"),
            "network": CourseworkGAT(width=1, heads=heads),
            "features": NoFeatures(),
            "optimiser": plain_adam(200),
        }
        for heads in (1, 4)
    ),
    # An encoder and a decoder of one layer each give the column of ones back.
    "autoencoder": tuple(
        _autoencoder(CourseworkGAT(width=width, heads=heads), NoFeatures(), epochs)
        for width, heads, epochs in ((2, 1, 150), (2, 1, 100), (2, 1, 80), (2, 2, 80), (32, 1, 80), (32, 2, 80))
    ),
    # The same with MultiHeadGATConv over ones, ppi and go side by side.
    "joint": tuple(
        _autoencoder(CourseworkMultiHead(width=width, heads=heads), Joint(), epochs)
        for width, heads, epochs in ((2, 1, 60), (2, 2, 60), (32, 1, 60), (32, 2, 60), (32, 2, 220))
    ),
}
"""The experiments of the coursework that slviz began from, by name: the choices of each of their runs."""


@dataclass(frozen=True)
class Recipe:
    """What a person often wants to train.

    Attributes:
        title: what a form calls it.
        says: a sentence on what it asks, for people.
        choices: by part, what it fills the form with; nothing where it takes the form as it is.
        axes: by list of a sweep, the values that it makes runs of, each with all else as the form says.
        settings: by setting of the network, values that it makes runs of; a sweep each, since a sweep has no lists of
            settings.
        of_pictures: whether it makes sense for pictures, too.
        for_genes: whether it makes sense for anything but pictures.
    """

    title: str
    says: str
    choices: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    of_pictures: bool = False
    for_genes: bool = True

    @property
    def makes_several(self) -> bool:
        """Whether it makes several runs of what the form says."""
        return bool(self.axes or self.settings)


WIDTHS = (2, 4, 8, 16, 32)
AUTOENCODER = {"task": "reconstruct", "network": "conv_autoencoder", "optimiser": next(iter(OPTIMISERS))}
"""What the recipe of widths fills the form with, all settings as usual for pictures."""


def _autoencoder_of_pictures() -> dict[str, Any]:
    choices = choices_from_words({**AUTOENCODER, "features": "none", "split": "genes"}, [])
    return {part: choices[part] for part in AUTOENCODER}


def _experiment(name: str, title: str, says: str) -> Recipe:
    return Recipe(title, says, choices={**EXPERIMENTS[name][0], "split": Pairs()})


RECIPES: Mapping[str, Recipe] = {
    "lab-autoencoder": _experiment(
        "autoencoder",
        "Gene lab 1: representation",
        "One attention layer gives a column of ones back through two numbers a gene; most genes fall on one point.",
    ),
    "lab-confidence": _experiment(
        "confidence",
        "Gene lab 2: confidence",
        "One attention layer over a column of ones predicts the confidence of a pair; compare it with the mean.",
    ),
    "lab-joint": _experiment(
        "joint",
        "Gene lab 3: joint features",
        "Attention heads side by side give ones, PPI and GO back through a few numbers a gene; the points spread.",
    ),
    "widths": Recipe(
        f"Widths {', '.join(map(str, WIDTHS[:-1]))} and {WIDTHS[-1]}",
        "The autoencoder of pictures by the width of its bottleneck. Predictions then draws the error over the width.",
        choices=_autoencoder_of_pictures(),
        settings={"width": WIDTHS},
        of_pictures=True,
        for_genes=False,
    ),
    "features": Recipe(
        "None, PPI, GO, both",
        "The same network with each feature set: what do features add to the graph?",
        axes={"features": ("none", "ppi", "go", "both")},
    ),
    "seeds": Recipe(
        f"{SEEDS} seeds",
        "The same run from other first weights: a difference that is smaller than theirs is none.",
        axes={"seed": tuple(str(seed) for seed in range(SEEDS))},
        of_pictures=True,
    ),
    "networks": Recipe(
        "All networks",
        "Every network that learns in epochs, with all else as it is.",
        axes={
            "network": tuple(
                name
                for name, network in NETWORKS.items()
                if network.learns_in_epochs and not name.startswith(("coursework", "conv_"))
            )
        },
    ),
    "optimisers": Recipe(
        "Compare optimisers",
        "The same network by each optimiser, each at its own learning rate; compare them on validation.",
        axes={"optimiser": tuple(OPTIMISERS)},
        of_pictures=True,
    ),
}
"""By a name for code."""


Series = tuple[dict[str, tuple[str, ...]], list[str]]
"""The lists and the words of a sweep."""


def several(recipe: Recipe, spec: RunSpec) -> list[Series]:
    """The sweeps that a recipe makes of one run: one, or one for each value of the settings that it varies.

    Raises `InvalidSetting` where the run's network has no such setting.
    """
    specs = [spec]
    for key, values in recipe.settings.items():
        if key not in {setting.key for setting in spec.network.settings()}:
            raise InvalidSetting(
                f"The network '{spec.network.name}' has no setting '{key}', which “{recipe.title}” varies. Take "
                "another network, or one run as the form says."
            )
        specs = [replace(one, network=replace(one.network, **{key: value})) for one in specs for value in values]
    return [series(recipe, one) for one in specs]


def series(recipe: Recipe, spec: RunSpec) -> Series:
    """The lists and the words of the sweep that a recipe makes of one run: all of the run, and the recipe's lists.

    Settings of a part that is listed go to those that have them. Of listed optimisers each learns at its own rate and
    with its own weight decay; all else that they share is as the run has it.
    """
    axes: dict[str, tuple[str, ...]] = {part: (name,) for part, name in spec.names.items()}
    axes["seed"] = (str(spec.seed),)
    axes |= {key: (str(getattr(spec.split, key)),) for key in HELD_OUT if hasattr(spec.split, key)}
    choices = {part: getattr(spec, part) for part in TABLES}
    words = words_of(choices, leave_out=frozenset(HELD_OUT))
    if "optimiser" in recipe.axes:
        of_optimiser = words_of({"optimiser": spec.optimiser}, names=spec.names)
        words = [word for word in words if word not in of_optimiser]
        words += _shared_words(spec, recipe.axes["optimiser"])
    return axes | dict(recipe.axes), words


def _shared_words(spec: RunSpec, optimisers: tuple[str, ...]) -> list[str]:
    """The words that give every one of these optimisers what a run's own has and all of them share.

    What is usual differs from one to the other, since a paper's settings are its own optimiser's alone; so a setting is
    written where it is unusual for any of them. How fast each learns and decays is its own.
    """
    shared = {setting.key for setting in Optimiser.settings()} - OF_EACH_OPTIMISER
    values = {"optimiser": {key: getattr(spec.optimiser, key) for key in shared}}
    kinds = {part: TABLES[part][name] for part, name in spec.names.items()}
    unusual = [words_of_values({**kinds, "optimiser": OPTIMISERS[name]}, values) for name in optimisers]
    return list(dict.fromkeys(word for words in unusual for word in words))
