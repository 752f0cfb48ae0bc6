"""RunSpec: everything that decides a run's result, and the name that follows from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from slviz import former_names
from slviz.choices import Choice, Choices
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.features import FEATURE_SETS, FeatureSet, richest
from slviz.networks import NETWORKS, Model
from slviz.optimisers import OPTIMISERS, Optimiser
from slviz.runs.damage import damaged, later, readable
from slviz.runs.manifest import refuse_format
from slviz.runs.parsing import convert, parse_json
from slviz.runs.schemas import FormatOnly, StoredSpec
from slviz.splits import SPLITS, Split, in_words
from slviz.tasks import TASKS, Task

FORMAT = 1
SPEC_FILE = Path("spec.json")
NO_FILE_NAME = re.compile(r"[^a-z0-9_]")
LONGEST_FEATURES = 30
"""Letters of a feature set in a run's name."""
C = TypeVar("C", bound=Choice)
TABLES = {"task": TASKS, "network": NETWORKS, "features": FEATURE_SETS, "split": SPLITS, "optimiser": OPTIMISERS}
DEFAULTS = {"task": "link", "network": "gat", "features": "both", "split": "pairs", "optimiser": "adam"}
"""The entry of each table that is taken where nobody names one."""


OF_PICTURES = {"task": "reconstruct", "split": "genes"}
"""The same for pictures, which have no pairs."""
PICTURE_NETWORKS = {"features": "conv_autoencoder", "classes": "conv_classifier"}
"""The network for pictures by what a task is about."""


def default_names(task: Task | type[Task] | None = None, graph: GeneGraph | None = None) -> dict[str, str]:
    """The entry of each table that is taken where nobody names one, with the split that this task is asked by.

    For a data set of pictures these are others than for pairs of genes.
    """
    if graph is not None and graph.pictures is not None:
        about = (TASKS[OF_PICTURES["task"]] if task is None else task).about
        network = PICTURE_NETWORKS.get(about, DEFAULTS["network"])
        return DEFAULTS | OF_PICTURES | {"network": network, "features": richest(graph).name}
    split = DEFAULTS["split"] if task is None else task.default_split or DEFAULTS["split"]
    return DEFAULTS | {"split": split}


@dataclass(frozen=True)
class RunSpec:
    """What is trained, on what, how: the same spec on the same device gives the same result.

    Attributes:
        data_name: name of the data set, for people; not part of the hash.
        data_source: where it was opened from: "demo", "synlethdb" or a folder; not part of the hash.
        data_fingerprint: `GeneGraph.fingerprint`.
        data_parts: SHA-256 of each part that the choices read and the fingerprint leaves out, by name, such as
            "screens"; empty for most runs.
        synthetic: whether the data set is synthetic, so that no page shows the run without saying so.
        task, network, features, split, optimiser: a choice of the table of that name.
        seed: of initial weights, negatives drawn while training, and dropout.
    """

    data_name: str
    data_source: str
    data_fingerprint: str
    synthetic: bool
    task: Task
    network: Model
    features: FeatureSet
    split: Split
    optimiser: Optimiser
    seed: int = 0
    data_parts: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**31:
            raise InvalidSetting(f"seed={self.seed} is outside the range 0 to {2**31 - 1}.")

    @classmethod
    def of(cls, graph: GeneGraph, *, source: str | None = None, seed: int = 0, **choices: Any) -> Self:
        """The canonical spec of these choices on a data set: see `canonical`.

        Args:
            graph: the data set.
            source: where it was opened from; its name when left out.
            seed: of the training.
            choices: `task`, `network`, `features`, `split` and `optimiser`; `DEFAULTS` names what is left out.

        Raises `InvalidSetting` for a seed out of range.
        """
        unknown = set(choices) - set(TABLES)
        if unknown:
            raise TypeError(f"A run has no part '{min(unknown)}'. There are: {', '.join(TABLES)}.")
        names = default_names(choices.get("task"), graph)
        defaults = {part: TABLES[part].make(name) for part, name in names.items()}
        described = cls(
            data_name=graph.name,
            data_source=graph.name if source is None else source,
            data_fingerprint=graph.fingerprint,
            synthetic=graph.synthetic,
            seed=seed,
            **(defaults | choices),
        )
        return described.canonical(graph)._with_parts(graph)

    def _with_parts(self, graph: GeneGraph) -> Self:
        read = {name for part in TABLES for name in getattr(self, part).reads(graph)}
        read |= set(self.network.reads_for(self.task, graph))
        return dataclasses.replace(self, data_parts={name: graph.digests[name] for name in sorted(read)})

    def canonical(self, graph: GeneGraph) -> Self:
        """This spec without what makes no difference to its model, so that no run is stored and listed several times.

        No baseline reads features or an optimiser; a formula, too, no seed and no setting of the task, since nothing
        is fitted, but for what is measured. The spec of a network that learns in epochs is given back as it is.
        """
        if self.network.learns_in_epochs:
            return self
        unread: dict[str, Any] = {"features": richest(graph), "optimiser": OPTIMISERS.make(DEFAULTS["optimiser"])}
        if not self.network.is_fitted:
            unread |= {"task": type(self.task)(**self.task.of_evaluation), "seed": 0}
        return dataclasses.replace(self, **unread)

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of all that changes the result: no name, path or device."""
        content = self.to_json()
        # The names of runs must stay: a setting that has another name today is hashed under its first.
        content |= {part: former_names.as_hashed(table.kind, content[part]) for part, table in TABLES.items()}
        content["data"] = content["data"]["fingerprint"]
        if self.data_parts:
            content["data parts"] = dict(self.data_parts)
        del content["format"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def names(self) -> dict[str, str]:
        """The name of the choice of each part."""
        return {part: getattr(self, part).name for part in TABLES}

    @property
    def held_out(self) -> str:
        """What is tested, in words: pairs by their protocol, or genes that were drawn with them."""
        words = in_words(self.split)
        if not self.split.holds_out_pairs:
            return f"genes of {words}"
        return words if self.task.scores_pairs else f"genes, drawn with {words}"

    @property
    def run_id(self) -> str:
        """Readable and unique, such as `gat-both-link-3f9c2a81`."""
        features = NO_FILE_NAME.sub("_", self.features.name.lower())[:LONGEST_FEATURES]
        return f"{self.network.name}-{features}-{self.task.name}-{self.hash[:8]}"

    def predicts_like(self, other: RunSpec) -> bool:
        """Whether predictions of both mean the same: as the tasks say, and of features given back the same features."""
        gives_features_back = self.task.about == "features"
        return self.task.asks_like(other.task) and (not gives_features_back or self.features == other.features)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "data": {
                "name": self.data_name,
                "source": self.data_source,
                "fingerprint": self.data_fingerprint,
                "synthetic": self.synthetic,
                **({"parts": dict(self.data_parts)} if self.data_parts else {}),
            },
            **{part: getattr(self, part).to_json() for part in TABLES},
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], *, path: Path = SPEC_FILE) -> RunSpec:
        """The spec that `to_json` wrote; raises `DamagedRun` naming `path` when it is not one, or of a later slviz."""
        refuse_format(convert(stored, FormatOnly, path).format, FORMAT, path)
        return cls._of_stored(convert(stored, StoredSpec, path), path)

    @classmethod
    def read(cls, content: bytes, path: Path) -> RunSpec:
        """The spec in the file at `path`; raises `DamagedRun` as `from_json` does."""
        refuse_format(parse_json(content, FormatOnly, path).format, FORMAT, path)
        return cls._of_stored(parse_json(content, StoredSpec, path), path)

    @classmethod
    def _of_stored(cls, stored: StoredSpec, path: Path) -> RunSpec:
        return cls(
            data_name=stored.data.name,
            data_source=stored.data.source,
            data_fingerprint=stored.data.fingerprint,
            synthetic=stored.data.synthetic,
            data_parts=stored.data.parts,
            seed=stored.seed,
            task=read_choice(TASKS, stored.task, path),
            network=read_choice(NETWORKS, stored.network, path),
            features=read_choice(FEATURE_SETS, stored.features, path),
            split=read_choice(SPLITS, stored.split, path),
            optimiser=read_choice(OPTIMISERS, stored.optimiser, path),
        )


def read_choice(table: Choices[C], stored: Mapping[str, Any], path: Path) -> C:
    """A stored choice; raises `DamagedRun` naming `path` for one that this version does not have, or does not allow."""
    stored = former_names.todays(table.kind, stored)
    name = stored.get("name")
    if isinstance(name, str) and name not in table:
        raise later(path, f"names the {table.kind} '{readable(name, most=60)}', which this version does not have")
    known = {"name", *(setting.key for setting in table[name].settings())} if isinstance(name, str) else set(stored)
    if unknown := sorted(set(stored) - known):
        raise later(
            path,
            f"gives the {table.kind} '{name}' a setting '{readable(unknown[0], most=60)}', which this version does not "
            "have",
        )
    try:
        return table.from_json(stored)
    except InvalidSetting as error:
        raise damaged(path, f"is altered ({readable(str(error)).rstrip('.')})") from error
