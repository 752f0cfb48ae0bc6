"""RunSpec: everything that decides a run's result, and the name that follows from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slviz.errors import DamagedRun, InvalidSetting
from slviz.features import FEATURE_SETS, FeatureSet
from slviz.networks import NETWORKS, Network
from slviz.optimisers import OPTIMISERS, Adam
from slviz.splits import SPLITS, Split, in_words
from slviz.tasks import TASKS, PairTask, Task

FORMAT = 1
TABLES = {"task": TASKS, "network": NETWORKS, "features": FEATURE_SETS, "split": SPLITS, "optimiser": OPTIMISERS}


@dataclass(frozen=True)
class RunSpec:
    """What is trained, on what, how: the same spec on the same device gives the same result.

    Attributes:
        data_name: name of the data set, for people; not part of the hash.
        data_source: where it was opened from: "demo", "synlethdb" or a folder; not part of the hash.
        data_fingerprint: `GeneGraph.fingerprint`.
        synthetic: whether the data set is synthetic, so that no page shows the run without saying so.
        task, network, features, split, optimiser: a choice of the table of that name.
        seed: of initial weights, negatives drawn while training, and dropout.
    """

    data_name: str
    data_source: str
    data_fingerprint: str
    synthetic: bool
    task: Task
    network: Network
    features: FeatureSet
    split: Split
    optimiser: Adam
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**31:
            raise InvalidSetting(f"seed={self.seed} is outside the range 0 to {2**31 - 1}.")

    @cached_property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of all that changes the result: no name, path or device."""
        content = self.to_json()
        content["data"] = content["data"]["fingerprint"]
        del content["format"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def held_out(self) -> str:
        """What is tested, in words: pairs by their protocol, or genes that were drawn with them."""
        words = in_words(self.split)
        return words if isinstance(self.task, PairTask) else f"genes, drawn with {words}"

    @property
    def run_id(self) -> str:
        """Readable and unique, such as `gat-both-link-3f9c2a81`."""
        return f"{self.network.name}-{self.features.name}-{self.task.name}-{self.hash[:8]}"

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "data": {
                "name": self.data_name,
                "source": self.data_source,
                "fingerprint": self.data_fingerprint,
                "synthetic": self.synthetic,
            },
            **{part: getattr(self, part).to_json() for part in TABLES},
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RunSpec:
        """The spec that `to_json` wrote; raises `DamagedRun` when it is not one."""
        if not isinstance(stored, Mapping) or stored.get("format") != FORMAT:
            found = stored.get("format") if isinstance(stored, Mapping) else type(stored).__name__
            raise DamagedRun(f"spec.json is of format {found!r}; this version of slviz reads format {FORMAT}.")
        try:
            data = stored["data"]
            return cls(
                data_name=data["name"],
                data_source=data["source"],
                data_fingerprint=data["fingerprint"],
                synthetic=data["synthetic"],
                seed=stored["seed"],
                task=TASKS.from_json(stored["task"]),
                network=NETWORKS.from_json(stored["network"]),
                features=FEATURE_SETS.from_json(stored["features"]),
                split=SPLITS.from_json(stored["split"]),
                optimiser=OPTIMISERS.from_json(stored["optimiser"]),
            )
        except (KeyError, TypeError) as error:
            raise DamagedRun(f"spec.json lacks or garbles {error}. Remove the run and train it again.") from error
