"""Former names: what earlier versions of slviz called things, each beside what it is called today. The one table.

Stored runs, addresses, sweeps and scripts of earlier versions say the left side, and are read by it. What is written
and what is shown says the right side. The hash in a run's name, and in the file name of a map, was made from the
left side: so it is made from it still (`as_hashed`), and a stored run or map is found under the name that it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

V = TypeVar("V")

CHOICES: Mapping[str, Mapping[str, str]] = {
    "split": {"twin-free": "near-duplicate-free"},
}
"""Names of choices, by the kind of their table (`Choices.kind`)."""

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "near-duplicate-free": {"twin_partners": "near_duplicate_partners"},
    "multiview": {"screens": "co_publication"},
    "adversarial": {"pull": "adversarial_weight"},
    "umap": {"spread": "min_dist"},
    "adam": {"parts": "message_partitions"},
}
"""Settings, by today's name of the choice that has them."""

COLUMNS: Mapping[str, str] = {
    "scorer": "model",
    "against": "negative_kind",
}
"""Columns of the tables of a run: predictions, split and metrics."""

COMMANDS: Mapping[str, str] = {
    "deletion": "edge-ablation",
}
"""Commands of the command line."""

ADDRESS_KEYS: Mapping[str, str] = {
    "trust": "quality",
    "believe": "map-quality",
    "against": "negatives",
    "scorer": "by",
    "figure": "metric",
    "unlisted": "unreported",
    "umap-spread": "umap-min_dist",
}
"""Keys of a page's address."""

ADDRESS_VALUES: Mapping[str, Mapping[str, str]] = {
    "split": CHOICES["split"],
    "protocol": {**CHOICES["split"], "every protocol": "all"},
    "map": {"t-sne": "tsne"},
    "colour": {
        "local density": "density",
        "known partners": "partners",
        "predicted partners": "predicted",
        "neighbourhood preservation": "preservation",
        "neighbours kept": "preservation",
        "map quality": "quality",
        "how far to believe": "quality",
        "moves between seeds": "moves",
        "density distortion": "distortion",
        "crowded by the map": "distortion",
        "actual class": "actual-class",
        "given class": "given-class",
        "members of a term": "term",
        "train or test": "part",
        "prediction error": "error",
        "gene type": "gene-type",
        "a column of my table": "own",
        "a column of the data set": "column",
        "in a screen": "screen",
        "one colour": "plain",
    },
    "view": {"one map": "map", "beside controls": "controls"},
    "clustering": {"k-means": "kmeans"},
    "quality": {"lower of both": "lower"},
    "group": {"process": "bp", "function": "mf", "component": "cc"},
    "stay": {"as chosen above": "none"},
    "direction": {"what it attends to": "into", "who attends to it": "out-of"},
    "order": {"adjusted for hubs": "adjusted"},
    "show": {
        "ranked partners": "ranked",
        "known partners": "known",
        "one neuron's numbers": "numbers",
        "hand and autograd": "autograd",
    },
    "points": {"a table of my own": "own"},
    "activation": {"leaky relu": "leaky_relu", "each layer its own": "mixed"},
    "optimiser": {"gradient descent": "descent"},
    **{f"activation-{layer}": {"leaky relu": "leaky_relu"} for layer in range(1, 9)},
}
"""Values in a page's address, in lower case, by today's key: pages wrote their wording before they wrote ids."""


ARRAYS: Mapping[str, str] = {
    ".adversary.judge.": ".adversary.discriminator.",
    "best_figure": "best_metric",
}
"""Parts of the names of stored arrays: weights and checkpoints."""


STUDIES: Mapping[str, str] = {
    "figure": "metric",
}
"""What a stored search says of itself."""

FILES: Mapping[str, str] = {
    "trust-": "quality-",
}
"""How the names of files in a run's folder begin."""


def choice(kind: str, name: Any) -> Any:
    """Today's name of a choice; any other value as it is."""
    return CHOICES.get(kind, {}).get(name, name) if isinstance(name, str) else name


def setting(of: str, key: str) -> str:
    """Today's name of a setting of the choice that is called `of` today."""
    return SETTINGS.get(of, {}).get(key, key)


def todays(kind: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored choice, `{"name": …, setting: value, …}`, with the names of today."""
    name = choice(kind, stored.get("name"))
    renamed = {setting(name, key) if isinstance(name, str) else key: value for key, value in stored.items()}
    return renamed | ({"name": name} if "name" in stored else {})


def as_hashed(kind: str, choice_json: Mapping[str, Any]) -> dict[str, Any]:
    """A choice as `Choice.to_json` gives it, with the names that a hash was always made from."""
    name = choice_json["name"]
    former_choices = {today: former for former, today in CHOICES.get(kind, {}).items()}
    former_settings = {today: former for former, today in SETTINGS.get(name, {}).items()}
    former = {former_settings.get(key, key): value for key, value in choice_json.items()}
    return former | {"name": former_choices.get(name, name)}


def arrays(stored: Mapping[str, V]) -> dict[str, V]:
    """Stored arrays by the names of today."""
    renamed: dict[str, V] = {}
    for name, array in stored.items():
        for former, today in ARRAYS.items():
            name = name.replace(former, today)
        renamed[name] = array
    return renamed


def columns(stored: pd.DataFrame) -> pd.DataFrame:
    """A stored table with the column names of today."""
    return stored.rename(columns=dict(COLUMNS))


def command(words: Sequence[str]) -> list[str]:
    """What was typed after `slviz`, with the command's name of today."""
    return [COMMANDS.get(word, word) if place == 0 else word for place, word in enumerate(words)]


def of_file(today: str) -> tuple[str, ...]:
    """How the name of a file that begins with `today` began in earlier versions."""
    return tuple(former for former, name in FILES.items() if name == today)


def address(query: Mapping[str, str]) -> dict[str, str]:
    """What an address says, with the keys and values of today; a key of today goes before its former name."""
    said: dict[str, str] = {}
    for key, value in query.items():
        today = ADDRESS_KEYS.get(key, key)
        if today == key or today not in query:
            said[today] = ADDRESS_VALUES.get(today, {}).get(value.casefold(), value)
    return said
