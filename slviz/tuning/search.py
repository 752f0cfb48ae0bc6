"""What a search is: the settings that vary, those that hold still, and a name that it has every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slviz import former_names
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.pipeline import commands
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import TABLES, RunSpec
from slviz.tuning.space import Tried, grid_of, split_words, words_for

SAMPLERS = ("tpe", "random", "grid")
TRIALS = 30


@dataclass(frozen=True)
class Search:
    """What is searched.

    Attributes:
        name: of the study.
        tried: the settings that vary.
        spec_of: the spec of a run with these settings; raises `SlvizError` where there is none.
        base: a spec of the search, for its task and its number of epochs.
        trials: how many trials the study should have in the end.
        sampler: one of `SAMPLERS`.
        prune: whether a trial that lags behind the median of the others is stopped.
        seed: of the sampler.
        command: what starts this search, for people.
    """

    name: str
    tried: tuple[Tried, ...]
    spec_of: Callable[[dict[str, Any]], RunSpec]
    base: RunSpec
    trials: int
    sampler: str = "tpe"
    prune: bool = True
    seed: int = 0
    command: list[str] = field(default_factory=list)


def study_name(base: RunSpec, fixed: Sequence[str], tried: Sequence[Tried]) -> str:
    """A name that the same search has every time, such as `gat-both-link-3f9c2a81`."""
    split = former_names.as_hashed(TABLES["split"].kind, base.split.to_json())
    content = [base.data_fingerprint, split, base.seed, sorted(fixed), sorted(map(str, tried))]
    names = [getattr(base, part).name for part in ("network", "features", "task")]
    digest = hashlib.sha256(json.dumps([names, *content], sort_keys=True).encode()).hexdigest()
    return "-".join([*names, digest[:8]])


def make_search(
    graph: GeneGraph,
    names: Mapping[str, str],
    words: Sequence[str],
    *,
    source: str,
    trials: int | None = None,
    sampler: str = "tpe",
    prune: bool = True,
    seed: int = 0,
    name: str | None = None,
) -> Search:
    """The search that these names and `key=value` words describe.

    Args:
        graph: the data set.
        names: of each part (`task`, `network`, …) the choice.
        words: what holds still, and lists and ranges of what is tried.
        source: where `graph` was opened from.
        trials: how many in all; `TRIALS`, or the whole grid, when left out.
        sampler: one of `SAMPLERS`.
        prune: whether trials that lag are stopped.
        seed: of the runs and of the sampler.
        name: of the study; made from what is searched when left out.

    Raises `UnknownChoice` or `InvalidSetting` for what cannot be meant.
    """
    names = {part: TABLES[part][name].name for part, name in names.items()}
    if names["split"] == "file":
        raise InvalidSetting("A search needs a split of its own; 'file' is for a single training.")
    if sampler not in SAMPLERS:
        raise InvalidSetting(f"No sampler is called '{sampler}'. There are: {', '.join(SAMPLERS)}.")
    fixed, tried = split_words(names, words)

    def spec_of(values: dict[str, Any]) -> RunSpec:
        used = {
            distribution.key: distribution.used(values[distribution.key])
            for distribution in tried
            if distribution.key in values
        }
        choices: dict[str, Any] = choices_from_words(names, [*fixed, *words_for(used)])
        return RunSpec.of(
            graph,
            source=source,
            seed=seed,
            **choices,
        )

    base = spec_of({})
    if not base.network.learns_in_epochs:
        raise InvalidSetting(
            f"There is nothing to search: the baseline '{base.network.name}' has no settings that training would "
            "change. Train it once, or search over a network."
        )
    whole = len(grid_of(tried)) if sampler == "grid" else TRIALS
    if trials is not None and trials < 1:
        raise InvalidSetting(f"--trials {trials} is not a number from 1 on.")
    wanted = whole if trials is None else trials
    return Search(
        name=name or study_name(base, fixed, tried),
        tried=tuple(tried),
        spec_of=spec_of,
        base=base,
        trials=min(wanted, whole) if sampler == "grid" else wanted,
        sampler=sampler,
        prune=prune,
        seed=seed,
        command=commands.tune(
            names,
            [*fixed, *map(str, tried)],
            source=Path(source).name if Path(source).is_dir() else source,  # a path is true on one machine only
            options={"sampler": sampler if sampler != "tpe" else "", "trials": trials or "", "seed": seed or ""},
        ),
    )
